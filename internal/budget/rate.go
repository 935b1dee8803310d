package budget

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"roster/internal/db"
	"roster/internal/settings"
)

// rate is a budget as the database counts it: a row holds the moment, in microseconds since 1970, at which all of the
// budget is there again. Each point moves it on, and time comes nearer by itself (the generic cell rate algorithm of
// ITU-T I.371): one number is all there is to keep, and nothing has to be refilled.
type rate struct {
	limit  int64
	window int64 // in which all of it refills, in microseconds
}

func rateOf(b settings.Budget) rate {
	return rate{limit: int64(b.Points), window: (time.Duration(b.Minutes) * time.Minute).Microseconds()}
}

// costs is how much time refills so many points, in microseconds, rounded up. The largest budget and window keep the
// product below 2^63.
func (r rate) costs(points int64) int64 { return (points*r.window + r.limit - 1) / r.limit }

// base is the moment to count from: not before now, and not farther than all of the budget, as it might be where the
// clock was wrong (security.md #83) or the settings were others.
func (r rate) base(full int64, now time.Time) int64 {
	return min(max(full, now.UnixMicro()), now.UnixMicro()+r.window)
}

// left is how many whole points there are.
func (r rate) left(full int64, now time.Time) int64 {
	return (now.UnixMicro() + r.window - r.base(full, now)) * r.limit / r.window
}

// wait is how long it takes until so many points are there.
func (r rate) wait(full int64, now time.Time, points int64) time.Duration {
	return time.Duration(r.base(full, now)+r.costs(points)-now.UnixMicro()-r.window) * time.Microsecond
}

// reset is when the rest is there again.
func (r rate) reset(left int64, now time.Time) time.Time {
	return now.UTC().Add(time.Duration(r.costs(r.limit-left)) * time.Microsecond).Truncate(time.Microsecond)
}

// take counts points as spent, in one statement, if there are so many.
func (r rate) take(ctx context.Context, d *db.DB, id string, points int64, now time.Time) (bool, error) {
	const base = "CASE WHEN b.full_at < $2 THEN $2 WHEN b.full_at > $3 THEN $3 ELSE b.full_at END"
	result, err := d.Writer().ExecContext(ctx,
		"INSERT INTO budgets AS b (id, full_at) VALUES ($1, $5) ON CONFLICT (id) DO UPDATE SET full_at = "+base+" + $4 WHERE "+base+" + $4 <= $3",
		id, now.UnixMicro(), now.UnixMicro()+r.window, r.costs(points), now.UnixMicro()+r.costs(points))
	if err != nil {
		return false, fmt.Errorf("spending points: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// giveBack counts points as not spent that were taken at this rate, rounded down.
func (r rate) giveBack(ctx context.Context, d *db.DB, id string, points int64) error {
	if r.limit == 0 { // taken on credit before the database ever answered
		return nil
	}
	_, err := d.Writer().ExecContext(ctx, "UPDATE budgets SET full_at = full_at - $2 WHERE id = $1", id, points*r.window/r.limit)
	if err != nil {
		return fmt.Errorf("giving points back: %w", err)
	}
	return nil
}

// mend brings back a budget that is farther away than all of it.
func (r rate) mend(ctx context.Context, d *db.DB, id string, now time.Time) error {
	_, err := d.Writer().ExecContext(ctx, "UPDATE budgets SET full_at = $2 WHERE id = $1 AND full_at > $2", id, now.UnixMicro()+r.window)
	if err != nil {
		return fmt.Errorf("mending a budget: %w", err)
	}
	return nil
}

// sweptAtOnce bounds how long one statement of Sweep keeps others from writing.
const sweptAtOnce = 1000

// Sweep deletes budgets that are full again: no row says the same. A minute more is for the clocks of other servers.
func (s *Service) Sweep(ctx context.Context) error {
	for gone := int64(sweptAtOnce); gone == sweptAtOnce; {
		result, err := s.DB.Writer().ExecContext(ctx, "DELETE FROM budgets WHERE id IN (SELECT id FROM budgets WHERE full_at < $1 ORDER BY id LIMIT $2)",
			s.Now().Add(-time.Minute).UnixMicro(), sweptAtOnce)
		if err == nil {
			gone, err = result.RowsAffected()
		}
		if err != nil {
			return fmt.Errorf("deleting full budgets: %w", err)
		}
	}
	return nil
}

// fullAt reads when all of a budget is there again; long ago for one that was never used.
func fullAt(ctx context.Context, d *db.DB, id string) (full int64, err error) {
	err = d.Reader().QueryRowContext(ctx, "SELECT full_at FROM budgets WHERE id = $1", id).Scan(&full)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("reading what is left of a budget: %w", err)
	}
	return full, nil
}
