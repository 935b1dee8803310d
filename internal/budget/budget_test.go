package budget_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roster/ent/viewer"
	"roster/internal/budget"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/fault"
	"roster/internal/settings"
)

const points = 10_000

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clock is moved by the test.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(start.UnixMicro())
	return c
}

func (c *clock) now() time.Time        { return time.UnixMicro(c.at.Load()).UTC() }
func (c *clock) later(d time.Duration) { c.at.Add(d.Microseconds()) }

func choose(t *testing.T, d *db.DB, points, minutes int) {
	t.Helper()
	err := db.InTx(dbtest.System(t), d, func(ctx context.Context, tx *db.Tx) error {
		chosen, err := settings.Load(ctx, tx.Client)
		if err != nil {
			return err
		}
		chosen.APIBudget = settings.Budget{Points: points, Minutes: minutes}
		return settings.Store(ctx, tx, chosen)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// server is one of several over the same database. It waits for its points, however busy the machine is.
func server(t *testing.T, d *db.DB, c *clock) *budget.Service {
	t.Helper()
	s := &budget.Service{DB: d, Now: c.now, Patience: time.Minute}
	t.Cleanup(s.Close)
	return s
}

func user(t *testing.T, id int) context.Context {
	t.Helper()
	return viewer.With(t.Context(), &viewer.Viewer{Kind: viewer.User, UserID: id})
}

// left is what there is for a user, as the server says.
func left(t *testing.T, s *budget.Service, id int) int {
	t.Helper()
	state, err := s.Look(user(t, id))
	if err != nil || state == nil {
		t.Fatalf("looking: %v, %v", state, err)
	}
	return state.Remaining
}

// waitOf is for how long a refusal says to wait; zero for what is none.
func waitOf(err error) time.Duration {
	var f *fault.Error
	if errors.As(err, &f) && f.Code == fault.RateLimited {
		return f.RetryAfter
	}
	return 0
}

// A budget is spent to its last point, refuses with the time to wait, and refills steadily (security.md #59).
func TestSpendAndRefill(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		choose(t, d, points, 10)
		c := newClock()
		s, eve := server(t, d, c), user(t, 7)
		if n := left(t, s, 7); n != points {
			t.Errorf("%d points at first", n)
		}
		for range 4 {
			if err := s.Spend(eve, points/4); err != nil {
				t.Fatal(err)
			}
		}
		if n := left(t, s, 7); n != 0 {
			t.Errorf("%d points after all were spent", n)
		}
		state, _ := s.Look(eve)
		if want := start.Add(10 * time.Minute); !state.ResetAt.Equal(want) || state.Limit != points {
			t.Errorf("%+v, want all back at %s", state, want)
		}
		// 100 points are there again after 6 seconds.
		if wait := waitOf(s.Spend(eve, 100)); wait != 6*time.Second {
			t.Errorf("100 points: wait %s", wait)
		}
		c.later(6 * time.Second)
		if err := s.Spend(eve, 100); err != nil {
			t.Errorf("after the wait: %v", err)
		}
		if waitOf(s.Spend(eve, 1)) == 0 {
			t.Error("a point more than there was")
		}
		if err := s.Spend(user(t, 8), 1); err != nil {
			t.Errorf("somebody else: %v", err)
		}
		c.later(time.Hour)
		if n := left(t, s, 7); n != points {
			t.Errorf("%d points after an hour", n)
		}
	})
}

// However many servers a viewer asks at once, all of the budget can be spent and no point more (security.md #86).
func TestServersShareABudget(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		choose(t, d, points, 10)
		c := newClock()
		servers := []*budget.Service{server(t, d, c), server(t, d, c), server(t, d, c)}
		eve := user(t, 7)
		var passed atomic.Int64
		var all sync.WaitGroup
		for i := range 12 {
			all.Go(func() {
				for range points {
					err := servers[i%len(servers)].Spend(eve, 7)
					if waitOf(err) > 0 {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					passed.Add(7)
				}
			})
		}
		all.Wait()
		// What is left with a server that was refused at last is less than a share of the budget.
		if n := passed.Load(); n > points || n < points-3*points/100-3*7 {
			t.Errorf("%d of %d points were spent", n, points)
		}
	})
}

// The database is not written for every request, and what one server holds another counts as spent.
func TestAServerTakesAHundredth(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		choose(t, d, points, 10)
		c := newClock()
		one, other, eve := server(t, d, c), server(t, d, c), user(t, 7)
		for range 50 { // half a share: nothing more is taken
			if err := one.Spend(eve, 1); err != nil {
				t.Fatal(err)
			}
		}
		if n := left(t, one, 7); n != points-50 {
			t.Errorf("%d points where 50 were spent", n)
		}
		if n := left(t, other, 7); n != points-100 {
			t.Errorf("%d points at another server", n)
		}
	})
}

// What a viewer had left with a server that has too many others to keep in mind is not lost to them.
func TestMoreViewersThanPurses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		choose(t, d, points, 10)
		s := server(t, d, newClock())
		s.Purses = 2
		for range 3 { // each comes when the two others took its place
			for id := range 3 {
				if err := s.Spend(user(t, id+1), 1); err != nil {
					t.Fatal(err)
				}
				s.Close() // what goes back beside the requests is there now
			}
		}
		for id := range 3 {
			if n := left(t, s, id+1); n != points-3 {
				t.Errorf("user %d has %d points after three were spent", id+1, n)
			}
			s.Close()
		}
	})
}

// All tokens of one maker share a budget, apart from the maker's own; one of nobody's has its own; and nobody has none.
func TestWhoHasABudget(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		choose(t, d, points, 10)
		s := server(t, d, newClock())
		by := func(token, maker int) context.Context {
			return viewer.With(t.Context(), &viewer.Viewer{Kind: viewer.Token, TokenID: token, MadeBy: maker})
		}
		token := by(7, 7)
		nobody := viewer.With(t.Context(), &viewer.Viewer{Kind: viewer.Anonymous})
		if err := s.Spend(token, points); err != nil {
			t.Fatal(err)
		}
		if waitOf(s.Spend(token, 1)) == 0 {
			t.Error("the token's budget has no end")
		}
		if waitOf(s.Spend(by(8, 7), 1)) == 0 {
			t.Error("another token of the same maker's has a budget of its own")
		}
		for name, other := range map[string]context.Context{"somebody else's token": by(9, 8), "one of the command line's": by(10, 0), "another of those": by(11, 0)} {
			if err := s.Spend(other, points); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := s.Spend(user(t, 7), points); err != nil {
			t.Errorf("its maker: %v", err)
		}
		for range 3 {
			if err := s.Spend(nobody, points); err != nil {
				t.Errorf("nobody: %v", err)
			}
		}
		if state, err := s.Look(nobody); state != nil || err != nil {
			t.Errorf("nobody has %v, %v", state, err)
		}
	})
}

// Other settings hold from the next share on, and neither they nor a clock that was wrong shut anybody out for longer than
// a whole budget takes to refill (security.md #83).
func TestOtherSettings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		choose(t, d, points, 60)
		c := newClock()
		s, eve := server(t, d, c), user(t, 7)
		c.later(24 * time.Hour)
		if err := s.Spend(eve, points); err != nil {
			t.Fatal(err)
		}
		c.later(-24 * time.Hour)
		choose(t, d, points, 1)
		if wait := waitOf(s.Spend(eve, points)); wait != time.Minute {
			t.Errorf("wait %s", wait)
		}
		c.later(time.Minute)
		if err := s.Spend(eve, points); err != nil {
			t.Errorf("a minute later: %v", err)
		}
	})
}

// While the database is busy with something long, points are given on credit, and taken when it answers again.
func TestCredit(t *testing.T) {
	dbtest.EachAlone(t, func(t *testing.T, d *db.DB) {
		choose(t, d, points, 10)
		s, eve := server(t, d, newClock()), user(t, 7)
		s.Patience = 100 * time.Millisecond // more than the database takes that is not busy
		if err := s.Spend(eve, 100); err != nil {
			t.Fatal(err)
		}
		s.Close() // what is taken beside the requests is there now
		busy, err := d.Writer().BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := busy.ExecContext(t.Context(), "UPDATE budgets SET full_at = full_at"); err != nil {
			t.Fatal(err)
		}
		if err := s.Spend(eve, 1000); err != nil {
			t.Errorf("while the database was busy: %v", err)
		}
		if err := busy.Rollback(); err != nil {
			t.Fatal(err)
		}
		spent := 1100
		for ; ; spent += 100 {
			err := s.Spend(eve, 100)
			if waitOf(err) > 0 {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		// What the database was no longer waited for it may have counted all the same: for the viewer's worse, once.
		if spent > points || spent < points-1000 {
			t.Errorf("%d of %d points were spent", spent, points)
		}
	})
}
