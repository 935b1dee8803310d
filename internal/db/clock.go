package db

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"entgo.io/ent/dialect"
)

// Clock tells the time that goes into rows. On PostgreSQL it is the database's, so that several servers agree about
// what is over; on SQLite the machine's own. Statements get it as a parameter and never ask for it (security.md #83).
type Clock struct {
	db     *DB
	local  func() time.Time
	offset atomic.Int64 // what the database's clock is ahead of the local one
}

// NewClock measures once, and returns a clock that Keep keeps right.
func NewClock(ctx context.Context, d *DB, local func() time.Time) (*Clock, error) {
	c := &Clock{db: d, local: local}
	return c, c.Measure(ctx)
}

// Now is the present moment.
func (c *Clock) Now() time.Time { return c.local().Add(time.Duration(c.offset.Load())) }

// Measure compares the clocks. The answer was made at some moment between question and arrival: half-way is the best guess.
func (c *Clock) Measure(ctx context.Context) error {
	if c.db.Dialect != dialect.Postgres {
		return nil
	}
	var there time.Time
	before := c.local()
	if err := c.db.Reader().QueryRowContext(ctx, "SELECT clock_timestamp()").Scan(&there); err != nil {
		return fmt.Errorf("asking the database for its time: %w", err)
	}
	after := c.local()
	c.offset.Store(int64(there.Sub(before.Add(after.Sub(before) / 2))))
	return nil
}

// Keep measures each minute until ctx ends. While the database does not answer, what was measured last holds.
func (c *Clock) Keep(ctx context.Context) {
	each := time.NewTicker(time.Minute)
	defer each.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-each.C:
		}
		if err := c.Measure(ctx); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "the clocks were not compared", "err", err)
		}
	}
}
