package members

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	ent "roster/ent/generated"
	"roster/ent/generated/membership"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/paging"
)

// byUserName is the order of one account's memberships: the owner, then the others by name.
var byUserName = paging.Order{Name: "u", Column: user.FieldNameKey}

// The owner stands before every name.
const (
	ownerPlace  = "0"
	memberPlace = "1"
)

// placeOf is where a membership stands among those of its account.
func placeOf(m *ent.Membership) string {
	if m.Owner {
		return ownerPlace + m.Edges.User.NameKey
	}
	return memberPlace + m.Edges.User.NameKey
}

// OfAccount returns a page of an account's memberships, each with its user. It needs LIST_ACCOUNTS, or MANAGE_USERS in the
// account. An account has few members beside all there are, so they are put in order without an index.
func (s *Service) OfAccount(ctx context.Context, accountID int, request paging.Request) (*Page, error) {
	slice, err := request.Check(byUserName)
	if err != nil {
		return nil, err
	}
	if _, err := access.In(ctx, s.DB.Client, accountID, permission.ListAccounts, permission.ManageUsers); err != nil {
		return nil, err
	}
	rows, err := s.DB.Membership.Query().
		Where(membership.AccountID(accountID)).
		WithUser().
		Modify(func(q *sql.Selector) {
			u := sql.Table(user.Table)
			q.Join(u).On(q.C(membership.FieldUserID), u.C(user.FieldID))
			slice.ApplyAlong(q, "(CASE WHEN "+q.C(membership.FieldOwner)+" THEN '"+ownerPlace+"' ELSE '"+memberPlace+"' END || "+u.C(user.FieldNameKey)+")")
		}).
		All(viewer.ForSystem(ctx, "memberships of a visible account"))
	if err != nil {
		return nil, fmt.Errorf("loading memberships: %w", err)
	}
	p := &Page{AccountID: accountID}
	p.Memberships, p.HasPrevious, p.HasNext = paging.Cut(slice, rows)
	return p, nil
}

// Own returns the viewer's own membership of each account, as far as they have one that stands.
func (s *Service) Own(ctx context.Context, accountIDs []int) (map[int]*ent.Membership, error) {
	own := make(map[int]*ent.Membership, len(accountIDs))
	for _, id := range accountIDs {
		own[id] = nil
	}
	v := viewer.From(ctx)
	if v.UserID == 0 {
		return own, nil
	}
	rows, err := s.DB.Membership.Query().Where(membership.UserID(v.UserID), membership.AccountIDIn(accountIDs...),
		membership.Or(membership.EndsAtIsNil(), membership.EndsAtGT(v.At))).
		All(viewer.ForSystem(ctx, "own memberships"))
	if err != nil {
		return nil, fmt.Errorf("loading own memberships: %w", err)
	}
	for _, m := range rows {
		own[m.AccountID] = m
	}
	return own, nil
}
