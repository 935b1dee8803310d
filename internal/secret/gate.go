package secret

import (
	"context"
	"sync/atomic"
	"time"

	"roster/internal/fault"
)

// gate lets a few in at once, in the order they came, and turns away who would wait too long (security.md #2).
// Only hashing waits here: other requests go past.
type gate struct {
	slots    chan struct{} // senders on a full channel are served first come, first served
	room     int64         // how many may wait
	patience time.Duration // how long each may wait
	waiting  atomic.Int64
}

func newGate(slots, room int, patience time.Duration) *gate {
	return &gate{slots: make(chan struct{}, slots), room: int64(room), patience: patience}
}

// enter takes a slot; leave gives it back. It returns fault.TryLater when too many wait or the wait was too long,
// and the context's error when the context ends first.
func (g *gate) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case g.slots <- struct{}{}:
		return nil
	default:
	}
	if g.waiting.Add(1) > g.room {
		g.waiting.Add(-1)
		return busy()
	}
	defer g.waiting.Add(-1)
	timer := time.NewTimer(g.patience)
	defer timer.Stop()
	select {
	case g.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return busy()
	}
}

// enterPatiently waits for its turn until the context ends, and takes nobody's place among those who may wait:
// for work that nobody is looking at.
func (g *gate) enterPatiently(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case g.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *gate) leave() { <-g.slots }

func busy() error {
	return fault.Wait(fault.TryLater, 2*time.Second, "Too many people are signing in right now. Please try again in a moment.")
}
