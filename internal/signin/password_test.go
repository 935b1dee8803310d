package signin_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/fault"
	"roster/internal/secret"
)

// #26: one answer for unknown, suspended, locked, without a password, no address at all, and wrong.
func Test26OneAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for _, name := range []string{"known", "suspended", "locked", "nameless", "enrolled"} {
			w.user(name + "@example.com")
		}
		w.sql("UPDATE users SET state = 'SUSPENDED' WHERE email = 'suspended@example.com'")
		w.sql("DELETE FROM passwords WHERE user_id = (SELECT id FROM users WHERE email = 'nameless@example.com')")
		for range 6 {
			_, _ = w.browser().signIn("locked@example.com", "wrong", false)
		}
		for _, c := range []struct{ name, address, password string }{
			{"wrong", "known@example.com", "wrong"},
			{"empty", "known@example.com", ""},
			{"far too long", "known@example.com", strings.Repeat("x", 100_000)},
			{"unknown", "nobody@example.com", password},
			{"suspended", "suspended@example.com", password},
			{"locked, right password", "locked@example.com", password},
			{"locked, other spelling", " LOCKED@Example.com", password},
			{"no password set", "nameless@example.com", password},
			{"no address", "not an address", password},
			{"wrong, with a second factor", "enrolled@example.com", "wrong"},
		} {
			t.Run(c.name, func(t *testing.T) {
				b := w.browser()
				_, err := b.signIn(c.address, c.password, false)
				var f *fault.Error
				if !fault.Is(err, fault.Wrong) {
					t.Fatalf("%v, want WRONG", err)
				}
				f, _ = err.(*fault.Error) //nolint:errorlint // it is to be bare, so that all look the same
				if f == nil || len(f.Field) > 0 || f.RetryAfter != 0 ||
					f.Message != "The e-mail address or the password is not right, or there were too many tries." {
					t.Errorf("%+v", err)
				}
				if b.cookie != nil {
					t.Error("a cookie was set")
				}
			})
		}
		if _, err := w.browser().signIn(" KNOWN@Example.com ", password, false); err != nil {
			t.Errorf("the right password, the address in other capitals: %v", err)
		}
	})
}

// #22, #23: wrong passwords count for the user, whatever the network or the spelling; waiting opens again, and the
// right password clears the count.
func Test23Waits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		wrongTimes := func(n int) {
			t.Helper()
			for i := range n {
				b := w.browser()
				b.from = []string{"192.0.2.1", "198.51.100.7", "2001:db8::1"}[i%3]
				if _, err := b.signIn([]string{"a@example.com", "A@example.com"}[i%2], "wrong", false); !fault.Is(err, fault.Wrong) {
					t.Fatal(err)
				}
			}
		}
		wrongTimes(6)
		if _, err := w.browser().signIn("a@example.com", password, false); !fault.Is(err, fault.Wrong) {
			t.Fatalf("while it waits: %v", err)
		}
		w.later(2 * time.Second)
		w.browser().mustSignIn("a@example.com", false)
		wrongTimes(5)
		w.browser().mustSignIn("a@example.com", false)
		for outcome, want := range map[string]int{"WRONG_PASSWORD": 11, "LOCKED": 1, "SIGNED_IN": 2} {
			if got := w.number("SELECT count(*) FROM sign_ins WHERE user_id = $1 AND outcome = $2", u.ID, outcome); got != want {
				t.Errorf("history: %d %s, want %d", got, outcome, want)
			}
		}
		if got := w.number("SELECT count(*) FROM audit_entries WHERE action = 'SIGN_IN_REFUSED' AND outcome = 'WRONG' AND target_id = $1", u.ID); got != 12 {
			t.Errorf("audit: %d refusals, want 12", got)
		}
	})
}

// #23: thirty wrong passwords from one network in ten minutes; right ones do not count.
func Test23Network(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("a@example.com")
		w.browser().mustSignIn("a@example.com", false)
		for i := range 30 {
			b := w.browser()
			b.from = "2001:db8:0:1::" + string("abcdef"[i%6]) // one /64
			if _, err := b.signIn("nobody"+string(rune('a'+i))+"@example.com", strings.Repeat("x", 2000), false); !fault.Is(err, fault.Wrong) {
				t.Fatalf("try %d: %v", i+1, err)
			}
		}
		b := w.browser()
		b.from = "2001:db8:0:1::1"
		_, err := b.signIn("a@example.com", password, false)
		if f, ok := err.(*fault.Error); !ok || f.Code != fault.RateLimited || f.RetryAfter != 10*time.Minute { //nolint:errorlint // bare
			t.Errorf("try 31: %#v, want RATE_LIMITED for ten minutes", err)
		}
		// Who hangs up is on record too, and what a network that is shut out tries counts for nobody.
		turnedAway := func() int {
			return w.number("SELECT count(*) FROM audit_entries WHERE action = 'SIGN_IN_REFUSED' AND outcome = 'RATE_LIMITED'")
		}
		before := turnedAway()
		b.request(func(ctx context.Context) {
			ctx, hangUp := context.WithCancel(ctx)
			w.Now = func() time.Time { hangUp(); return w.clock() }
			_, _ = b.SignIn(ctx, "a@example.com", "wrong", false)
			w.Now = w.clock
		})
		if n := turnedAway() - before; n != 1 {
			t.Errorf("%d entries of who hung up", n)
		}
		_, _ = b.signIn("somebody@example.com", "wrong", false)
		if n := w.number("SELECT count(*) FROM throttles WHERE id = 'password:address:somebody@example.com' OR id LIKE 'password:user:%'"); n != 0 {
			t.Errorf("%d counts for others", n)
		}
		w.browser().mustSignIn("a@example.com", false) // from another network
		w.later(10 * time.Minute)
		b.mustSignIn("a@example.com", false)
	})
}

// #23: of many tries at once from one network, those that find it full count for nobody, and each is on record.
func Test23NetworkAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var all sync.WaitGroup
		for i := range 60 {
			all.Go(func() {
				_, _ = w.browser().signIn("nobody"+strconv.Itoa(i)+"@example.com", strings.Repeat("x", 2000), false)
			})
		}
		all.Wait()
		counted := w.number("SELECT count(*) FROM throttles WHERE id LIKE 'password:address:%' AND tries > 0")
		turnedAway := w.number("SELECT count(*) FROM audit_entries WHERE action = 'SIGN_IN_REFUSED' AND outcome = 'RATE_LIMITED'")
		if counted != 30 || turnedAway != 30 {
			t.Errorf("%d were counted and %d turned away, want 30 and 30", counted, turnedAway)
		}
	})
}

// #22: forty guesses at once are no more than forty one after the other.
func Test22GuessesAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { _, _ = w.browser().signIn("a@example.com", "wrong", false) })
		}
		all.Wait()
		if got := w.number("SELECT count(*) FROM sign_ins WHERE user_id = $1 AND outcome = 'WRONG_PASSWORD'", u.ID); got > 6 {
			t.Errorf("%d passwords were looked at, want at most 6", got)
		}
	})
}

// #1, #7: an imported hash keeps working, and is replaced at the first sign-in; that ends no session.
func Test07ImportedHash(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		imported, err := bcrypt.GenerateFromPassword([]byte("old password"), bcrypt.MinCost)
		if err != nil {
			t.Fatal(err)
		}
		wrapped, err := w.Passwords.Wrap(t.Context(), string(imported))
		if err != nil {
			t.Fatal(err)
		}
		w.sql("UPDATE passwords SET hash = $1, wrapped = $2 WHERE user_id = $3", wrapped, true, u.ID)
		for range 2 {
			if _, err := w.browser().signIn("a@example.com", "old password", false); err != nil {
				t.Fatal(err)
			}
			if _, err := w.browser().signIn("a@example.com", "another", false); !fault.Is(err, fault.Wrong) {
				t.Fatal(err)
			}
		}
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			p, err := tx.Password.Query().Only(ctx)
			if err == nil && (p.Wrapped || secret.EffortOf(p.Hash) != 0) {
				t.Errorf("still %s", p.Hash)
			}
			return err
		})
	})
}

// A sign-in leaves its marks: last login, history, audit.
func TestMarksOfASignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		w.browser().mustSignIn("a@example.com", false)
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			u, err := tx.User.Get(ctx, u.ID)
			if err != nil {
				return err
			}
			if !u.LastLoginAt.Equal(w.clock()) || u.Version != 1 {
				t.Errorf("last login %v, version %d", u.LastLoginAt, u.Version)
			}
			in, err := tx.SignIn.Query().Only(ctx)
			if err != nil {
				return err
			}
			if in.Outcome != "SIGNED_IN" || in.Address != "192.0.2.1" || in.Device != "Test Browser" {
				t.Errorf("history: %+v", in)
			}
			a, err := tx.AuditEntry.Query().Only(ctx)
			if err != nil {
				return err
			}
			if a.Action != "SIGNED_IN" || a.ActorID != u.ID || a.SessionID == 0 || a.TargetID != u.ID || a.RequestID != "r1" {
				t.Errorf("audit: %+v", a)
			}
			return nil
		})
	})
}
