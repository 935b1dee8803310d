package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"roster/internal/idempotency"
)

// sweepEvery is how often a server looks for what is over.
const sweepEvery = time.Hour

// sweeper removes what nothing else would once nobody asks any more.
type sweeper struct {
	stop context.CancelFunc
	runs sync.WaitGroup
}

// start sweeps at once, and every hour after that.
func (s *sweeper) start(ctx context.Context, keys *idempotency.Service) {
	ctx, s.stop = context.WithCancel(ctx)
	s.runs.Go(func() {
		hours := time.NewTicker(sweepEvery)
		defer hours.Stop()
		for {
			sweep(ctx, keys)
			select {
			case <-ctx.Done():
				return
			case <-hours.C:
			}
		}
	})
}

// sweep ends what it began though the server stops meanwhile, as requests do.
func sweep(ctx context.Context, keys *idempotency.Service) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), inFlight)
	defer cancel()
	if err := keys.Sweep(ctx); err != nil {
		slog.WarnContext(ctx, "what is over was not swept", "err", err)
	}
}

// close waits for the sweep that is under way. One that was never started has none.
func (s *sweeper) close() {
	if s.stop != nil {
		s.stop()
	}
	s.runs.Wait()
}
