package throttle_test

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/fault"
	"roster/internal/throttle"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func take(t *testing.T, d *db.DB, l throttle.Limit, whose string, now time.Time) error {
	t.Helper()
	return db.InTx(dbtest.System(t), d, func(ctx context.Context, tx *db.Tx) error { return l.Take(ctx, tx, whose, now) })
}

func waitOf(t *testing.T, err error) time.Duration {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != fault.RateLimited {
		t.Fatalf("got %v, want RATE_LIMITED", err)
	}
	return f.RetryAfter
}

// #23: five free failures, then 2, 4, 8 … seconds up to 15 minutes; at 100 in a row only Clear opens again.
func Test23PasswordBacksOff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now, whose := noon, throttle.User(7)
		for n := 1; n <= 100; n++ {
			if err := take(t, d, throttle.Password, whose, now); err != nil {
				t.Fatalf("try %d: %v", n, err)
			}
			want := time.Duration(0)
			if n > 5 {
				want = min(time.Second<<min(n-5, 20), 15*time.Minute)
			}
			if want > 0 && n < 100 {
				if got := waitOf(t, take(t, d, throttle.Password, whose, now)); got != want {
					t.Fatalf("after try %d: wait %v, want %v", n, got, want)
				}
			}
			now = now.Add(want)
		}
		if err := take(t, d, throttle.Password, whose, now.Add(1000*time.Hour)); !errors.Is(err, throttle.ErrLocked) {
			t.Fatalf("try 101: %v, want locked", err)
		}
		err := db.InTx(dbtest.System(t), d, func(ctx context.Context, tx *db.Tx) error {
			return throttle.Password.Clear(ctx, tx, whose)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := take(t, d, throttle.Password, whose, now); err != nil {
			t.Fatalf("after clearing: %v", err)
		}
	})
}

// #23, #24, #25: so many in a window, and the time to wait is told.
func Test25Window(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l, whose := throttle.Reset, throttle.User(7)
		for i := range l.Max {
			if err := take(t, d, l, whose, noon.Add(time.Duration(i)*time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
		if got := waitOf(t, take(t, d, l, whose, noon.Add(10*time.Minute))); got != 50*time.Minute {
			t.Errorf("wait %v, want 50 min", got)
		}
		if err := take(t, d, l, throttle.User(8), noon); err != nil {
			t.Errorf("somebody else: %v", err)
		}
		if err := take(t, d, l, whose, noon.Add(l.Window)); err != nil {
			t.Errorf("in the next window: %v", err)
		}
		if err := take(t, d, l, whose, noon.Add(l.Window)); err != nil {
			t.Errorf("twice in the next window: %v", err)
		}
	})
}

func TestGiveBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l, whose := throttle.Reset, throttle.User(7)
		for range 3 * l.Max {
			if err := take(t, d, l, whose, noon); err != nil {
				t.Fatal(err)
			}
			err := db.InTx(dbtest.System(t), d, func(ctx context.Context, tx *db.Tx) error { return l.GiveBack(ctx, tx, whose) })
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// #22: tries at once count each, on one server or on several.
func Test22AtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, c := range []struct {
			name  string
			limit throttle.Limit
			want  int32
		}{
			{"window", throttle.SecondFactor, 10},
			{"backing off: the five free and the first that costs a wait", throttle.Password, 6},
		} {
			t.Run(c.name, func(t *testing.T) {
				var through atomic.Int32
				var all sync.WaitGroup
				for range 40 {
					all.Go(func() {
						switch err := take(t, d, c.limit, throttle.User(7), noon); {
						case err == nil:
							through.Add(1)
						case !throttle.IsRefusal(err):
							t.Errorf("counting: %v", err)
						}
					})
				}
				all.Wait()
				if got := through.Load(); got != c.want {
					t.Errorf("%d got through, want %d", got, c.want)
				}
			})
		}
	})
}

// #22: an IPv6 client is its /64, an IPv4 one its address in whatever spelling.
func Test22Networks(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.1":              "net:192.0.2.1",
		"::ffff:192.0.2.1":       "net:192.0.2.1",
		"2001:db8:1:2:3:4:5:6":   "net:2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::1%1": "net:2001:db8:1:2::/64",
	} {
		if got := throttle.Network(netip.MustParseAddr(in)); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// #83: tries that were counted while the clock was years ahead lock nobody out once it is right again; a clock that
// differs a little, as those of two servers do, opens nothing.
func Test83WrongClock(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ahead, whose := noon.AddDate(3, 0, 0), throttle.User(7)
		for _, l := range []throttle.Limit{throttle.SecondFactor, throttle.Password} {
			for range max(l.Max, l.Free+1) {
				if err := take(t, d, l, whose, ahead); err != nil {
					t.Fatal(err)
				}
			}
			waitOf(t, take(t, d, l, whose, ahead))
			waitOf(t, take(t, d, l, whose, ahead.Add(-time.Second)))
			if err := take(t, d, l, whose, noon); err != nil {
				t.Errorf("%s: still locked out: %v", l.Name, err)
			}
		}
	})
}

// #23, #24: what Locked tells is what Take refuses, and until when.
func Test24LockedTellsWhatTakeRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name, l := range map[string]throttle.Limit{"in a row": throttle.Password, "in a window": throttle.SecondFactor} {
			t.Run(name, func(t *testing.T) {
				whose, other := throttle.User(7), throttle.User(8)
				now, refused := noon, 0
				for range 120 {
					locks, err := l.Locked(t.Context(), d, []string{whose, other}, now)
					if err != nil {
						t.Fatal(err)
					}
					if _, stands := locks[other]; stands {
						t.Fatal("somebody else is locked")
					}
					lock, stands := locks[whose]
					switch err := take(t, d, l, whose, now); {
					case stands != throttle.IsRefusal(err):
						t.Fatalf("locked: %v, taking a try: %v", stands, err)
					case errors.Is(err, throttle.ErrLocked) && !lock.Until.IsZero():
						t.Fatalf("locked for good until %v", lock.Until)
					case fault.Is(err, fault.RateLimited):
						if want := now.Add(waitOf(t, err)); !lock.Until.Equal(want) {
							t.Fatalf("until %v, want %v", lock.Until, want)
						}
						now = lock.Until
					}
					if stands {
						refused++
					}
				}
				if refused < 10 {
					t.Errorf("refused %d times only", refused)
				}
			})
		}
	})
}
