package signin_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/fault"
)

// waiting is a browser whose sign-in waits for the second factor.
func (w *world) waiting(address string) *browser {
	w.t.Helper()
	b := w.browser()
	out, err := b.signIn(address, password, false)
	if err != nil || out.Needed == nil || len(out.Needed.Methods) == 0 || !out.Needed.ExpiresAt.Equal(w.clock().Add(10*time.Minute)) {
		w.t.Fatalf("signing in: %+v, %v", out, err)
	}
	return b
}

// #28: whoever enrolled a factor gives it; until then nobody is signed in, and nobody was.
func Test28DemandsTheFactor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		w.enroll(u)
		b := w.waiting("a@example.com")
		if b.is().SignedIn() {
			t.Error("signed in by the password alone")
		}
		if w.number("SELECT count(*) FROM sign_ins") != 0 {
			t.Error("a sign-in that waits counts as one")
		}
		out, err := b.second(w.code())
		if err != nil || out.Viewer == nil || out.Viewer.UserID != u.ID || b.is().UserID != u.ID {
			t.Errorf("%+v, %v", out, err)
		}
		if _, err := b.second(w.code()); !fault.Is(err, fault.Expired) {
			t.Errorf("once more: %v, want EXPIRED", err)
		}
	})
}

// #12, #24: five tries, ten minutes; then the sign-in starts anew.
func Test24FiveTries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.enroll(w.user("a@example.com"))
		b := w.waiting("a@example.com")
		for i := range 5 {
			if _, err := b.second("000000"); !fault.Is(err, fault.Wrong) {
				t.Fatalf("try %d: %v, want WRONG", i+1, err)
			}
		}
		if _, err := b.second(w.code()); !fault.Is(err, fault.Expired) {
			t.Errorf("the sixth try, right: %v, want EXPIRED", err)
		}
		late := w.waiting("a@example.com")
		w.later(10 * time.Minute)
		if _, err := late.second(w.code()); !fault.Is(err, fault.Expired) {
			t.Errorf("after ten minutes: %v, want EXPIRED", err)
		}
		if _, err := w.browser().second(w.code()); !fault.Is(err, fault.Expired) {
			t.Errorf("without a sign-in: %v, want EXPIRED", err)
		}
	})
}

// #23, #24: ten tries per user in 15 minutes, on every surface; the right code then fails like a wrong one, and the
// right password clears nothing.
func Test24TenPerUser(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.enroll(w.user("a@example.com"))
		inside := w.waiting("a@example.com")
		if _, err := inside.second(w.code()); err != nil {
			t.Fatal(err)
		}
		w.later(time.Minute)
		for range 2 {
			b := w.waiting("a@example.com")
			for range 4 {
				_, _ = b.second("000000")
			}
		}
		for range 2 {
			if _, err := inside.confirm(password, "000000"); !fault.Is(err, fault.Wrong) {
				t.Fatal(err)
			}
		}
		if _, err := w.waiting("a@example.com").second(w.code()); !fault.Is(err, fault.Wrong) {
			t.Errorf("the right code: %v, want WRONG", err)
		}
		if _, err := inside.confirm(password, w.code()); !fault.Is(err, fault.Wrong) {
			t.Errorf("the right proof: %v, want WRONG", err)
		}
		w.later(15 * time.Minute)
		if _, err := w.waiting("a@example.com").second(w.code()); err != nil {
			t.Errorf("after 15 minutes: %v", err)
		}
	})
}

// #29: one code opens one session, however many ask at once, and never again.
func Test29OneUse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.enroll(w.user("a@example.com"))
		browsers := make([]*browser, 4)
		for i := range browsers {
			browsers[i] = w.waiting("a@example.com")
		}
		var opened atomic.Int32
		var all sync.WaitGroup
		for _, b := range browsers {
			all.Go(func() {
				if _, err := b.second(w.code()); err == nil {
					opened.Add(1)
				} else if !fault.Is(err, fault.Wrong) {
					t.Errorf("%v, want WRONG", err)
				}
			})
		}
		all.Wait()
		if got := opened.Load(); got != 1 {
			t.Errorf("%d sessions, want 1", got)
		}
	})
}

// #32: the proof opens ten minutes, activity does not extend it, and the strongest method is asked for.
func Test32Sudo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("plain@example.com")
		w.enroll(w.user("enrolled@example.com"))

		plain := w.browser()
		if v := plain.mustSignIn("plain@example.com", false); !v.SudoUntil.IsZero() {
			t.Error("signing in is no proof by an explicit prompt")
		}
		if _, err := plain.confirm("wrong", ""); !fault.Is(err, fault.Wrong) {
			t.Errorf("wrong password: %v", err)
		}
		start := w.clock()
		c, err := plain.confirm(password, "")
		if err != nil || !c.SudoUntil.Equal(start.Add(10*time.Minute)) {
			t.Fatalf("%+v, %v", c, err)
		}
		w.later(9 * time.Minute)
		if v := plain.is(); !v.SudoUntil.Equal(start.Add(10 * time.Minute)) {
			t.Errorf("until %v", v.SudoUntil)
		}

		enrolled := w.waiting("enrolled@example.com")
		if _, err := enrolled.second(w.code()); err != nil {
			t.Fatal(err)
		}
		if c, err := enrolled.confirm(password, ""); err != nil || !c.SecondFactorNeeded || !c.SudoUntil.IsZero() {
			t.Errorf("by the password alone: %+v, %v", c, err)
		}
		if _, err := enrolled.confirm(password, w.code()); !fault.Is(err, fault.Wrong) {
			t.Errorf("with the code that signed in: %v, want WRONG", err)
		}
		w.later(time.Minute)
		if c, err := enrolled.confirm(password, w.code()); err != nil || c.SudoUntil.IsZero() {
			t.Errorf("with a new code: %+v, %v", c, err)
		}
		if _, err := w.browser().confirm(password, ""); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("nobody: %v, want UNAUTHENTICATED", err)
		}
	})
}
