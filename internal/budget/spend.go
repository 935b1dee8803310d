package budget

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"roster/ent/viewer"
	"roster/internal/fault"
	"roster/internal/settings"
)

// purse is what this server holds for one viewer.
type purse struct {
	// turns has an item for each piece of work that the viewer has under way.
	turns chan struct{}

	mu sync.Mutex
	// held are points that the database counts as spent, and owed those that were spent without its knowing.
	held, owed int64
	// last is what the database said at last. When half of its share is spent, the next one is got.
	last grant
	// filling is closed when what is got beside the requests is there; nil: nothing is.
	filling chan struct{}
	// shut refuses from memory until then.
	shut time.Time
}

// Spend takes points from the budget of the context's viewer. fault.RateLimited: there are not so many left; it says
// when there will be. Whoever has no budget is not refused.
func (s *Service) Spend(ctx context.Context, points int) error {
	id, p := s.of(viewer.From(ctx))
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held < int64(points) {
		p.settle(ctx)
	}
	if p.held < int64(points) {
		if err := s.fill(ctx, id, p, int64(points)); err != nil {
			return err
		}
	}
	p.held -= int64(points)
	if p.held < p.last.share/2 && p.filling == nil {
		s.refill(ctx, id, p)
	}
	return nil
}

// settle waits for points that are under way to the locked purse: they are not to be had twice.
func (p *purse) settle(ctx context.Context) {
	under := p.filling
	if under == nil {
		return
	}
	p.mu.Unlock()
	defer p.mu.Lock()
	select {
	case <-under:
	case <-ctx.Done():
	}
}

// fill gets at least the points that are needed. The purse is locked: who comes next finds what there is then.
func (s *Service) fill(ctx context.Context, id string, p *purse, needed int64) error {
	now := s.Now()
	lacking := needed - p.held + p.owed
	if now.Before(p.shut) {
		return p.last.refusal(lacking, now)
	}
	taking, cancel := context.WithTimeout(ctx, s.patience())
	defer cancel()
	g, err := s.take(taking, id, lacking, now)
	switch {
	case err != nil && ctx.Err() == nil && p.owed < max(p.last.rate.limit, settings.FewestPoints):
		slog.WarnContext(ctx, "points are given on credit: the database did not count them", "viewer", id, "err", err)
		credit := max(p.last.share, needed)
		p.held, p.owed = p.held+credit, p.owed+credit
		return nil
	case err != nil:
		return err
	}
	p.last = g
	if g.points == 0 {
		p.shut = now.Add(rest)
		return g.refusal(lacking, now)
	}
	p.held, p.owed = p.held+g.points-p.owed, 0
	return nil
}

// refusal says how long it takes until the points that are lacking are there.
func (g grant) refusal(lacking int64, now time.Time) error {
	wait := max(time.Second, g.rate.wait(g.full, now, min(lacking, g.rate.limit)))
	return fault.Wait(fault.RateLimited, wait,
		"The budget of points is spent. Enough of it is there again in "+strconv.Itoa(int(wait.Seconds()))+" seconds.")
}

// refill gets the next share beside the requests. The purse is locked.
func (s *Service) refill(ctx context.Context, id string, p *purse) {
	done, owed := make(chan struct{}), p.owed
	p.filling = done
	ctx = context.WithoutCancel(ctx)
	s.filling.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, 10*s.patience())
		defer cancel()
		g, err := s.take(ctx, id, owed, s.Now())
		p.mu.Lock()
		defer p.mu.Unlock()
		p.filling = nil
		close(done)
		if err == nil && g.points > 0 { // else the request that finds nothing left is told
			p.last, p.held, p.owed = g, p.held+g.points-owed, p.owed-owed
		}
	})
}
