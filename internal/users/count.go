package users

import (
	"context"

	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/internal/access"
	"roster/internal/search"
)

// Count returns how many users the filter holds, and whether that is an estimate. It needs LIST_USERS.
func (s *Service) Count(ctx context.Context, f Filter) (n int, estimate bool, err error) {
	if err := access.Staff(ctx, permission.ListUsers); err != nil {
		return 0, false, err
	}
	l, err := s.plan(ctx, f)
	if err != nil {
		return 0, false, err
	}
	return search.Count(ctx, s.DB, user.Table, l.narrow)
}
