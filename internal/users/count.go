package users

import (
	"context"

	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/internal/access"
	"roster/internal/search"
)

// Count returns how many users the filter holds, and whether that is an estimate. It needs what List does.
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

// CountOf returns how many users the list of the page holds, as Count says, but counts them once.
func (s *Service) CountOf(ctx context.Context, p *Page) (n int, estimate bool, err error) {
	return p.tally.Of(func() (int, bool, error) { return s.Count(ctx, p.Filter) })
}
