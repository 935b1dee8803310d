// Package budget bounds what one viewer may ask of the API in a while (security.md #59): a number of points, which are
// objects that answers may hold, that refills steadily. What is spent is kept in the database, so that it holds for all
// servers and after a restart, but not written at each request: a server takes about a hundredth of the budget at a time
// and lets the viewer spend it from memory.
//
// So no viewer ever spends more than the budget and what refills, but for the hundredth that a server may still hold from
// before; and somebody may be refused when what is left lies with other servers: a hundredth for each at most.
//
// Nor does one viewer have all of a server at once: see Turn.
package budget

import (
	"cmp"
	"context"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/settings"
)

// share is the part of a budget that a server takes at a time.
const share = 100

// purses is how many viewers a server keeps in mind, unless it is told otherwise: some 400 bytes each.
const purses = 50_000

// returning bounds how many shares are on their way back at a time; what is above that is lost to its viewers.
const returning = 256

// patience is how long a request waits for its points, unless it is told otherwise.
const patience = 250 * time.Millisecond

// rest is how long a viewer without points is refused from memory, before the database is asked again.
const rest = time.Second

// State is what a viewer has.
type State struct {
	// Limit is the whole budget, and Remaining what is left of it, in points.
	Limit, Remaining int
	// ResetAt is when all of it is there again, if nothing more is spent.
	ResetAt time.Time
}

// Service keeps the budgets of the viewers who ask this server.
type Service struct {
	DB  *db.DB
	Now func() time.Time
	// Purses is how many viewers it keeps in mind; 0 means 50,000. What the others had left with it goes back.
	Purses int
	// Patience is how long a request waits for its points; 0 means 250 ms. Where the database is busy for longer, they are
	// given on credit, as many as the whole budget has: reading must not stop because something else is being written. What
	// was given is taken once it answers again.
	Patience time.Duration

	once      sync.Once
	purses    *lru.Cache[string, *purse]
	filling   sync.WaitGroup
	returning atomic.Int32
}

// of is the viewer's purse, nil for who has none: nobody but who signed in, or came with a token. To others only what is
// open to everybody answers, with throttles of its own. All tokens of one maker share a budget, so that making more of them
// gives no more to spend; it is apart from the maker's own, whose screens go on working when a program runs wild. A token of
// the command line's, which has no maker, has one of its own.
func (s *Service) of(v *viewer.Viewer) (string, *purse) {
	var id string
	switch {
	case v.MadeBy != 0:
		id = "maker:" + strconv.Itoa(v.MadeBy)
	case v.TokenID != 0:
		id = "token:" + strconv.Itoa(v.TokenID)
	case v.UserID != 0:
		id = "user:" + strconv.Itoa(v.UserID)
	default:
		return "", nil
	}
	s.once.Do(func() { s.purses, _ = lru.NewWithEvict(cmp.Or(max(s.Purses, 0), purses), s.giveBack) })
	if p, ok := s.purses.Get(id); ok {
		return id, p
	}
	p := &purse{turns: make(chan struct{}, turns(s.DB))}
	if before, ok, _ := s.purses.PeekOrAdd(id, p); ok {
		p = before
	}
	return id, p
}

// patience is how long a request waits; what runs beside the requests has ten times as long.
func (s *Service) patience() time.Duration { return cmp.Or(s.Patience, patience) }

// Close waits for what runs beside the requests.
func (s *Service) Close() { s.filling.Wait() }

// giveBack returns, beside the requests, what is left in a purse that the server no longer keeps in mind.
func (s *Service) giveBack(id string, p *purse) {
	if s.returning.Add(1) > returning {
		s.returning.Add(-1)
		return
	}
	s.filling.Go(func() {
		defer s.returning.Add(-1)
		ctx, cancel := context.WithTimeout(context.Background(), 10*s.patience())
		defer cancel()
		p.mu.Lock()
		p.settle(ctx)
		left, r := p.held-p.owed, p.last.rate
		p.held, p.owed = 0, 0
		p.mu.Unlock()
		if left <= 0 {
			return
		}
		if err := r.giveBack(ctx, s.DB, id, left); err != nil {
			slog.Warn("points are lost to a viewer", "viewer", id, "points", left, "err", err)
		}
	})
}

// grant is an answer of the database's: a share of the budget as it is set now, or why there is none.
type grant struct {
	points, share int64
	rate          rate
	full          int64
}

// take counts a share of the budget as spent, or what is needed where that is more or a share is not to be had any more. A
// grant of no points is a refusal.
func (s *Service) take(ctx context.Context, id string, needed int64, now time.Time) (grant, error) {
	chosen, err := settings.Load(ctx, s.DB.Client)
	if err != nil {
		return grant{}, err
	}
	r := rateOf(chosen.APIBudget)
	g := grant{rate: r, share: r.limit / share}
	needed = min(needed, r.limit)
	for _, points := range []int64{max(g.share, needed), needed} {
		if points == 0 {
			break
		}
		taken, err := r.take(ctx, s.DB, id, points, now)
		if err != nil {
			return g, err
		}
		if taken {
			g.points = points
			return g, nil
		}
	}
	if g.full, err = fullAt(ctx, s.DB, id); err != nil {
		return g, err
	}
	if g.full > now.UnixMicro()+r.window {
		return g, r.mend(ctx, s.DB, id, now)
	}
	return g, nil
}

// Look returns what the context's viewer has, with what this server holds for them; what other servers hold counts as
// spent. Nil for who has no budget.
func (s *Service) Look(ctx context.Context) (*State, error) {
	id, p := s.of(viewer.From(ctx))
	if p == nil {
		return nil, nil //nolint:nilnil // not everybody has a budget
	}
	chosen, err := settings.Load(ctx, s.DB.Client)
	if err != nil {
		return nil, err
	}
	full, err := fullAt(ctx, s.DB, id)
	if err != nil {
		return nil, err
	}
	now, r := s.Now(), rateOf(chosen.APIBudget)
	p.mu.Lock()
	held := p.held - p.owed
	p.mu.Unlock()
	left := min(r.limit, max(0, r.left(full, now)+held))
	return &State{Limit: int(r.limit), Remaining: int(left), ResetAt: r.reset(left, now)}, nil
}
