package budget

import (
	"context"
	"time"

	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/fault"
)

// turns is how much work of one viewer a server does at once: half of what can read the database.
func turns(d *db.DB) int { return max(1, d.Reader().Stats().MaxOpenConnections/2) }

// Turn waits until the context's viewer has less under way than would keep others waiting, and returns what ends this piece
// of work. fault.RateLimited: the context ended first. Whoever has no budget does not wait.
func (s *Service) Turn(ctx context.Context) (end func(), err error) {
	_, p := s.of(viewer.From(ctx))
	if p == nil {
		return func() {}, nil
	}
	select {
	case p.turns <- struct{}{}:
		return func() { <-p.turns }, nil
	case <-ctx.Done():
		return nil, fault.Wait(fault.RateLimited, time.Second, "Too much was asked for at once. Send less at a time.")
	}
}
