package main

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// sweepEvery is how often a server looks for what is over.
const sweepEvery = time.Hour

// sweepable keeps what is over after a while.
type sweepable interface {
	Sweep(ctx context.Context) error
}

// sweeper removes what nothing else would once nobody asks any more.
type sweeper struct {
	stop context.CancelFunc
	runs sync.WaitGroup
}

// start sweeps at once, and every hour after that.
func (s *sweeper) start(ctx context.Context, services ...sweepable) {
	ctx, s.stop = context.WithCancel(ctx)
	s.runs.Go(func() {
		hours := time.NewTicker(sweepEvery)
		defer hours.Stop()
		for {
			sweep(ctx, services)
			select {
			case <-ctx.Done():
				return
			case <-hours.C:
			}
		}
	})
}

// sweep ends what it began though the server stops meanwhile, as requests do.
func sweep(ctx context.Context, services []sweepable) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), inFlight)
	defer cancel()
	for _, s := range services {
		if err := s.Sweep(ctx); err != nil {
			slog.WarnContext(ctx, "what is over was not swept", "err", err)
		}
	}
}

// close waits for the sweep that is under way. One that was never started has none.
func (s *sweeper) close() {
	if s.stop != nil {
		s.stop()
	}
	s.runs.Wait()
}
