package main

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// chore is what removes, every now and then, what nothing else would once nobody asks any more.
type chore struct {
	every time.Duration
	sweep func(context.Context) error
}

// sweeper does the chores of a server.
type sweeper struct {
	stop context.CancelFunc
	runs sync.WaitGroup
}

// start does each chore at once, and at its intervals after that.
func (s *sweeper) start(ctx context.Context, chores ...chore) {
	ctx, s.stop = context.WithCancel(ctx)
	for _, c := range chores {
		s.runs.Go(func() { c.keep(ctx) })
	}
}

func (c chore) keep(ctx context.Context) {
	ticks := time.NewTicker(c.every)
	defer ticks.Stop()
	for {
		c.do(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}

// do ends what it began though the server stops meanwhile, as requests do.
func (c chore) do(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), inFlight)
	defer cancel()
	if err := c.sweep(ctx); err != nil {
		slog.WarnContext(ctx, "what is over was not swept", "err", err)
	}
}

// close waits for the chores that are under way. One that was never started has none.
func (s *sweeper) close() {
	if s.stop != nil {
		s.stop()
	}
	s.runs.Wait()
}
