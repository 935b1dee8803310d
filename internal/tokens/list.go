package tokens

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/generated/apitoken"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/paging"
)

// Page is a page of tokens, the newest first.
type Page = paging.Page[*ent.APIToken]

// Edge is a token in a list.
type Edge = paging.Edge[*ent.APIToken]

var newest = paging.Order{Name: "t", Column: apitoken.FieldID, Desc: true, Kind: paging.Number}

func cursor(t *ent.APIToken) string { return newest.Cursor(nil, t.ID) }

// Own returns a page of the viewer's own tokens, those that are over among them. It is for people.
func (s *Service) Own(ctx context.Context, request paging.Request) (*Page, error) {
	if err := access.Person(ctx); err != nil {
		return nil, err
	}
	userID := viewer.From(ctx).UserID
	return s.page(ctx, s.DB.APIToken.Query().Where(apitoken.MakerID(userID)), request, userID)
}

// All returns a page of all tokens. It needs MANAGE_API_TOKENS.
func (s *Service) All(ctx context.Context, request paging.Request) (*Page, error) {
	if err := access.Staff(ctx, permission.ManageAPITokens); err != nil {
		return nil, err
	}
	return s.page(ctx, s.DB.APIToken.Query(), request, 0)
}

func (s *Service) page(ctx context.Context, q *ent.APITokenQuery, request paging.Request, of int) (*Page, error) {
	slice, err := request.Check(newest)
	if err != nil {
		return nil, err
	}
	rows, err := shown(q).Modify(slice.Apply).All(viewer.ForSystem(ctx, "API tokens that the viewer may see"))
	if err != nil {
		return nil, fmt.Errorf("loading tokens: %w", err)
	}
	return paging.PageOf(slice, rows, of, cursor), nil
}

// shown loads with tokens what an answer may hold of them.
func shown(q *ent.APITokenQuery) *ent.APITokenQuery { return q.WithRole().WithScopes() }

// Grantable are the admin permissions that the viewer may give a token: their own, less what no token can do.
func (s *Service) Grantable(ctx context.Context) []permission.Admin {
	v := viewer.From(ctx)
	if access.Person(ctx) != nil || !v.Can(permission.ManageAPITokens) {
		return []permission.Admin{}
	}
	return v.Permissions.Without(Never).List()
}

// Less are the permissions less what no token can do.
func Less(list []permission.Admin) []permission.Admin {
	return permission.SetOf(list...).Without(Never).List()
}

// Get returns a token that the viewer may see: one of their own, and with MANAGE_API_TOKENS every one. nil: there is none.
func (s *Service) Get(ctx context.Context, id int) (*ent.APIToken, error) {
	if err := access.SignedIn(ctx); err != nil {
		return nil, err
	}
	return s.seen(ctx, s.DB.Client, id)
}

func (s *Service) seen(ctx context.Context, client *ent.Client, id int) (*ent.APIToken, error) {
	v := viewer.From(ctx)
	q := shown(client.APIToken.Query().Where(apitoken.ID(id)))
	if !v.Can(permission.ManageAPITokens) {
		if access.Person(ctx) != nil {
			return nil, nil //nolint:nilnil // no token knows of others
		}
		q.Where(apitoken.MakerID(v.UserID))
	}
	return one(ctx, q)
}

// Behind returns the API token behind the request. nil: there is a person, or nobody.
func (s *Service) Behind(ctx context.Context) (*ent.APIToken, error) {
	id := viewer.From(ctx).TokenID
	if id == 0 {
		return nil, nil //nolint:nilnil // none is an answer
	}
	return one(ctx, shown(s.DB.APIToken.Query().Where(apitoken.ID(id))))
}

func one(ctx context.Context, q *ent.APITokenQuery) (*ent.APIToken, error) {
	t, err := q.Only(viewer.ForSystem(ctx, "API tokens that the viewer may see"))
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // not there is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("loading a token: %w", err)
	}
	return t, nil
}
