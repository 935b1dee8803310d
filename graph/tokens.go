package graph

import (
	"strconv"

	"roster/ent/gid"
	"roster/graph/generated/model"
	"roster/internal/tokens"
)

// tokenDraft reads a token to be made. fault.Invalid, fault.NotFound: an account's ID.
func tokenDraft(input model.CreateAPITokenInput) (tokens.Draft, error) {
	draft := tokens.Draft{Name: input.Name, Days: input.Days, Permissions: input.Permissions}
	for i, scope := range input.Accounts {
		id, err := rowOf("accounts."+strconv.Itoa(i)+".accountId", gid.Account, scope.AccountID)
		if err != nil {
			return draft, err
		}
		draft.Accounts = append(draft.Accounts, tokens.Scope{AccountID: id, Permissions: scope.Permissions})
	}
	return draft, nil
}

// listTokens announces tokens that stand side by side in the answer.
func (l *loaders) listTokens(page *tokens.Page) {
	if page == nil {
		return
	}
	for _, t := range page.Rows {
		l.hereTokens.add(t.ID)
		l.pointed(t.MakerID)
		for _, scope := range t.Edges.Scopes {
			l.hereAccounts.add(scope.AccountID)
			l.thereAccounts.add(scope.AccountID)
		}
	}
}
