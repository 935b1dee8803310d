package users

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/generated/predicate"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/email"
)

// Get returns a user whom the viewer may see: themselves, the owners of their accounts, those in accounts whose users they
// manage, and for staff with LIST_USERS everybody. nil: there is none, or none that the viewer may see; the answer is the
// same (security.md #42).
func (s *Service) Get(ctx context.Context, id int) (*ent.User, error) { return s.one(ctx, user.ID(id)) }

// ByEmail returns the user with this address, whatever its capitals; nil: there is none. It needs LIST_USERS, for it
// would tell clients who is a customer.
func (s *Service) ByEmail(ctx context.Context, address string) (*ent.User, error) {
	if err := access.Staff(ctx, permission.ListUsers); err != nil {
		return nil, err
	}
	parsed, err := email.Parse(address)
	if err != nil {
		return nil, nil //nolint:nilerr // nobody has an address that cannot be one
	}
	return s.one(ctx, user.EmailKey(parsed.Key))
}

func (s *Service) one(ctx context.Context, which predicate.User) (*ent.User, error) {
	if err := access.SignedIn(ctx); err != nil {
		return nil, err
	}
	v := viewer.From(ctx)
	if v.IsStaff() && !v.Can(permission.ListUsers) {
		ctx = viewer.With(ctx, v.AsClient())
	}
	u, err := s.DB.User.Query().Where(which).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // not there is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("loading user: %w", err)
	}
	if v.Can(permission.ListUsers) || u.ID == v.UserID {
		return u, nil
	}
	if seen, err := access.SeesFellow(ctx, s.DB.Client, u.ID); err != nil || !seen {
		return nil, err
	}
	return u, nil
}

// ByIDs returns those of the users who exist, by id. It is for edges whose parent the viewer may see already.
func (s *Service) ByIDs(ctx context.Context, ids []int) (map[int]*ent.User, error) {
	list, err := s.DB.User.Query().Where(user.IDIn(ids...)).All(viewer.ForSystem(ctx, "edges of a visible object"))
	if err != nil {
		return nil, fmt.Errorf("loading users: %w", err)
	}
	found := make(map[int]*ent.User, len(list))
	for _, u := range list {
		found[u.ID] = u
	}
	return found, nil
}
