package users

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/internal/access"
)

// countedExactly is up to how many users a count is exact. Above, a sample answers: no page counts the whole set.
const countedExactly = 10_000

// The sample: blocks of consecutive numbers, spread evenly over all of them.
const (
	sampleBlocks = 40
	sampleBlock  = 250
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
	rows := s.selection()
	l.narrow(rows)
	if n, err = s.count(ctx, rows.Limit(countedExactly+1)); err != nil || n <= countedExactly {
		return n, false, err
	}
	n, err = s.estimate(ctx, l)
	return max(n, countedExactly+1), true, err
}

// estimate counts the matches in the sample and takes the rest to be like it.
func (s *Service) estimate(ctx context.Context, l *plan) (int, error) {
	var last int
	query, args := s.selection().Select(sql.Max(user.FieldID)).Query()
	if err := s.DB.Reader().QueryRowContext(ctx, query, args...).Scan(&last); err != nil {
		return 0, fmt.Errorf("finding the last user: %w", err)
	}
	rows := s.selection()
	stride := max(last/sampleBlocks, sampleBlock)
	var blocks []*sql.Predicate
	for from := 1; from <= last; from += stride {
		id := rows.C(user.FieldID)
		blocks = append(blocks, sql.And(sql.GTE(id, from), sql.LT(id, from+sampleBlock)))
	}
	l.narrow(rows.Where(sql.Or(blocks...)))
	n, err := s.count(ctx, rows)
	return n * last / (len(blocks) * sampleBlock), err
}

func (s *Service) selection() *sql.Selector {
	return sql.Dialect(s.DB.Dialect).Select(user.FieldID).From(sql.Table(user.Table))
}

func (s *Service) count(ctx context.Context, rows *sql.Selector) (n int, err error) {
	query, args := sql.Dialect(s.DB.Dialect).Select(sql.Count("*")).From(rows.As("counted")).Query()
	if err := s.DB.Reader().QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting users: %w", err)
	}
	return n, nil
}
