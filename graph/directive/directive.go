// Package directive holds the guards of the schema: they say who may knock. The domain has the last word about the
// row; a directive without a function here is refused by the executor, so nothing fails open.
package directive

import (
	"context"
	"errors"
	"time"

	"github.com/99designs/gqlgen/graphql"

	ent "roster/ent/generated"
	"roster/ent/permission"
	"roster/internal/access"
)

// Guards are the directives' functions.
type Guards struct {
	Now func() time.Time
	// Refused is told of each root field that a guard refused, and why.
	Refused func(context.Context, error)
}

// admit goes on, unless err refuses the viewer.
func (g Guards) admit(ctx context.Context, next graphql.Resolver, err error) (any, error) {
	if err != nil {
		g.Refused(ctx, err)
		return nil, err
	}
	return next(ctx)
}

// Public lets everybody through; that it stands in the schema is the decision.
func (Guards) Public(ctx context.Context, _ any, next graphql.Resolver) (any, error) {
	return next(ctx)
}

// Alone lets everybody through: the limits refuse the operation as a whole before anything runs.
func (Guards) Alone(ctx context.Context, _ any, next graphql.Resolver) (any, error) { return next(ctx) }

// Authenticated refuses the anonymous viewer.
func (g Guards) Authenticated(ctx context.Context, _ any, next graphql.Resolver) (any, error) {
	return g.admit(ctx, next, access.SignedIn(ctx))
}

// Person refuses all but people who signed in themselves.
func (g Guards) Person(ctx context.Context, _ any, next graphql.Resolver) (any, error) {
	return g.admit(ctx, next, access.Person(ctx))
}

// Staff refuses viewers without the admin permission; without one named, those who hold none.
func (g Guards) Staff(ctx context.Context, _ any, next graphql.Resolver, can *permission.Admin) (any, error) {
	return g.admit(ctx, next, access.AnyStaff(ctx, can))
}

// Personal refuses viewers who are neither the user at hand nor staff with the permission.
func (Guards) Personal(ctx context.Context, obj any, next graphql.Resolver, can permission.Admin) (any, error) {
	u, ok := obj.(*ent.User)
	if !ok {
		return nil, errors.New("@personal guards fields of User only")
	}
	if err := access.Personal(ctx, u.ID, can); err != nil {
		return nil, err
	}
	return next(ctx)
}

// Enrolling refuses viewers who may not set up a factor of their own.
func (g Guards) Enrolling(ctx context.Context, _ any, next graphql.Resolver) (any, error) {
	_, err := access.Enrolling(ctx, g.Now())
	return g.admit(ctx, next, err)
}

// Sudo refuses viewers who did not prove who they are within the last ten minutes.
func (g Guards) Sudo(ctx context.Context, _ any, next graphql.Resolver) (any, error) {
	return g.admit(ctx, next, access.Sudo(ctx, g.Now()))
}
