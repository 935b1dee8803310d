package signin_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	ent "roster/ent/generated"
	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/settings"
	"roster/internal/signin"
)

func (b *browser) start() (e *factors.Enrolment, err error) {
	b.t.Helper()
	b.request(func(ctx context.Context) { e, err = b.Factors.StartTOTP(ctx) })
	return e, err
}

func (b *browser) mustStart() *factors.Enrolment {
	b.t.Helper()
	e, err := b.start()
	if err != nil {
		b.t.Fatal(err)
	}
	return e
}

func (b *browser) finish(e *factors.Enrolment, code string) (done signin.Enrolled, err error) {
	b.t.Helper()
	b.request(func(ctx context.Context) { done, err = b.FinishTOTP(ctx, e.Sealed, code) })
	return done, err
}

// enrolled is a browser with a fresh proof, an app with the key, and its backup codes.
func (w *world) enrolled(u *ent.User) (b *browser, key string, codes []string) {
	w.t.Helper()
	b = w.browser()
	b.mustSignIn(u.Email, false)
	b.mustConfirm("")
	e := b.mustStart()
	done, err := b.finish(e, w.codeOf(e.Key))
	if err != nil {
		w.t.Fatal(err)
	}
	return b, e.Key, done.BackupCodes
}

func (b *browser) mustConfirm(code string) {
	b.t.Helper()
	if c, err := b.confirm(password, code); err != nil || c.SudoUntil.IsZero() {
		b.t.Fatalf("confirming: %+v, %v", c, err)
	}
}

// #29, #30, #32, #36: enrolment needs a fresh proof and one right code; nothing is stored before; the code that ended it
// is used up; ten codes come with it; the user is told, and other sessions lose their proof.
func Test30Enrolment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		b, other := w.browser(), w.browser()
		b.mustSignIn("a@example.com", false)
		other.mustSignIn("a@example.com", false)
		other.mustConfirm("")
		if _, err := b.start(); !fault.Is(err, fault.SudoRequired) {
			t.Fatalf("without a proof: %v", err)
		}
		b.mustConfirm("")
		e := b.mustStart()
		if len(e.Key) != 32 || w.number("SELECT count(*) FROM factors") != 0 {
			t.Errorf("key %q; stored before it was finished", e.Key)
		}
		if _, err := b.finish(e, "000000"); !fault.Is(err, fault.Wrong) {
			t.Errorf("a wrong code: %v", err)
		}
		code := w.codeOf(e.Key)
		done, err := b.finish(e, code)
		if err != nil || len(done.BackupCodes) != 10 || done.Viewer.UserID != u.ID {
			t.Fatalf("%+v, %v", done, err)
		}
		if n := w.number("SELECT count(*) FROM users WHERE two_factor_enabled"); n != 1 {
			t.Error("the user is not marked")
		}
		if n := w.number("SELECT count(*) FROM mails WHERE kind = 'AUTHENTICATOR_ADDED' AND user_id = $1", u.ID); n != 1 {
			t.Errorf("%d mails", n)
		}
		if !other.is().SudoUntil.IsZero() || b.is().SudoUntil.IsZero() {
			t.Error("the other session keeps a proof that lacks the factor, or this one lost it")
		}
		if _, err := b.finish(e, code); !fault.Is(err, fault.Expired) {
			t.Errorf("once more: %v, want EXPIRED", err)
		}
		next := w.waiting("a@example.com")
		if _, err := next.second(code); !fault.Is(err, fault.Wrong) {
			t.Errorf("signing in with the code that enrolled: %v, want WRONG", err)
		}
		w.later(30 * time.Second)
		if out, err := next.second(w.codeOf(e.Key)); err != nil || out.Viewer == nil {
			t.Errorf("signing in with the next: %+v, %v", out, err)
		}
	})
}

// #30: an enrolment is good for its user, in its session, for a quarter of an hour.
func Test30EnrolmentIsBound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("a@example.com")
		w.user("b@example.com")
		a, elsewhere, b := w.browser(), w.browser(), w.browser()
		a.mustSignIn("a@example.com", false)
		elsewhere.mustSignIn("a@example.com", false)
		b.mustSignIn("b@example.com", false)
		for _, one := range []*browser{a, elsewhere, b} {
			one.mustConfirm("")
		}
		e := a.mustStart()
		for name, other := range map[string]*browser{"another session": elsewhere, "another user": b} {
			if _, err := other.finish(e, w.codeOf(e.Key)); !fault.Is(err, fault.Expired) {
				t.Errorf("%s: %v, want EXPIRED", name, err)
			}
		}
		if _, err := a.finish(&factors.Enrolment{Sealed: "nonsense"}, "123456"); !fault.Is(err, fault.Expired) {
			t.Errorf("nonsense: %v, want EXPIRED", err)
		}
		w.later(15 * time.Minute)
		a.mustConfirm("")
		if _, err := a.finish(e, w.codeOf(e.Key)); !fault.Is(err, fault.Expired) {
			t.Errorf("too late: %v, want EXPIRED", err)
		}
	})
}

// #29: one code ends one enrolment, however many ask at once.
func Test29EnrolsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("a@example.com")
		b := w.browser()
		b.mustSignIn("a@example.com", false)
		b.mustConfirm("")
		e := b.mustStart()
		var done atomic.Int32
		var all sync.WaitGroup
		for range 4 {
			again := *b
			all.Go(func() {
				if _, err := again.finish(e, w.codeOf(e.Key)); err == nil {
					done.Add(1)
				} else if !fault.Is(err, fault.Expired) {
					t.Errorf("%v, want EXPIRED", err)
				}
			})
		}
		all.Wait()
		if done.Load() != 1 || w.number("SELECT count(*) FROM backup_codes") != 10 {
			t.Errorf("%d enrolments, %d codes", done.Load(), w.number("SELECT count(*) FROM backup_codes"))
		}
	})
}

// A new app takes the place of the old one in one step: older codes and trusted devices go with it.
func TestReplacingTheApp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		b, old, codes := w.enrolled(w.user("a@example.com"))
		w.later(time.Minute)
		trusting := w.waiting("a@example.com")
		if _, err := trusting.give(factors.Given{Code: w.codeOf(old)}, true); err != nil {
			t.Fatal(err)
		}
		e := b.mustStart()
		if _, err := b.finish(e, w.codeOf(e.Key)); err != nil {
			t.Fatal(err)
		}
		w.later(time.Minute)
		if _, err := w.waiting("a@example.com").second(w.codeOf(old)); !fault.Is(err, fault.Wrong) {
			t.Errorf("the old app: %v, want WRONG", err)
		}
		if _, err := w.waiting("a@example.com").give(factors.Given{BackupCode: codes[0]}, false); !fault.Is(err, fault.Wrong) {
			t.Errorf("an old backup code: %v, want WRONG", err)
		}
		if out, err := trusting.signIn("a@example.com", password, false); err != nil || out.Needed == nil {
			t.Errorf("a device that was trusted: %+v, %v", out, err)
		}
		if _, err := w.waiting("a@example.com").second(w.codeOf(e.Key)); err != nil {
			t.Errorf("the new app: %v", err)
		}
	})
}

// C13, #36: an app can be removed with a fresh proof, unless a factor is demanded and it is the last.
func TestRemovingTheApp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		b, _, _ := w.enrolled(u)
		remove := func() (err error) {
			b.request(func(ctx context.Context) { _, err = b.Factors.RemoveTOTP(ctx) })
			return err
		}
		w.choose(func(s *settings.Settings) {
			s.TwoFactor = settings.TwoFactorRule{Everyone: true, GraceDays: 7, Since: w.clock()}
		})
		if err := remove(); !fault.Is(err, fault.NotAllowed) || w.number("SELECT count(*) FROM factors") != 1 {
			t.Errorf("while one is demanded: %v, want NOT_ALLOWED", err)
		}
		w.choose(func(s *settings.Settings) { s.TwoFactor = settings.TwoFactorRule{} })
		if err := remove(); err != nil {
			t.Fatal(err)
		}
		for what, query := range map[string]string{
			"factors": "SELECT count(*) FROM factors", "backup codes": "SELECT count(*) FROM backup_codes",
			"marks": "SELECT count(*) FROM users WHERE two_factor_enabled",
		} {
			if n := w.number(query); n != 0 {
				t.Errorf("%d %s left", n, what)
			}
		}
		if n := w.number("SELECT count(*) FROM mails WHERE kind = 'AUTHENTICATOR_REMOVED' AND user_id = $1", u.ID); n != 1 {
			t.Errorf("%d mails", n)
		}
		if err := remove(); !fault.Is(err, fault.NotAllowed) {
			t.Errorf("once more: %v, want NOT_ALLOWED", err)
		}
		w.later(11 * time.Minute)
		if err := remove(); !fault.Is(err, fault.SudoRequired) {
			t.Errorf("without a proof: %v, want SUDO_REQUIRED", err)
		}
	})
}

// C13, #35: who must have a factor and has none gets to nothing but its enrolment and the way out; then they are in,
// under a new id, and what else waited with the password alone is over.
func Test35ForcedEnrolment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.choose(func(s *settings.Settings) { s.TwoFactor = settings.TwoFactorRule{Staff: true} })
		u := w.staff("a@example.com", permission.Admins...)
		b, thief := w.browser(), w.browser()
		for _, one := range []*browser{b, thief} {
			out, err := one.signIn("a@example.com", password, true)
			if err != nil || out.Enrolment == nil || out.Viewer != nil || !out.Enrolment.ExpiresAt.Equal(w.clock().Add(30*time.Minute)) {
				t.Fatalf("%+v, %v", out, err)
			}
			if v := one.is(); v.SignedIn() || v.IsStaff() || v.UserID != 0 || v.SessionID != 0 || v.Permissions != 0 || !v.EnrolmentNeeded() {
				t.Errorf("while waiting: %+v", v)
			}
			if _, err := one.confirm(password, ""); !fault.Is(err, fault.Unauthenticated) {
				t.Errorf("a proof of identity: %v, want UNAUTHENTICATED", err)
			}
		}
		if w.number("SELECT count(*) FROM sign_ins") != 0 {
			t.Error("a sign-in that waits counts as one")
		}
		e, stolen, before := b.mustStart(), thief.mustStart(), b.cookie.Value
		done, err := b.finish(e, w.codeOf(e.Key))
		if err != nil || done.Viewer == nil || done.Viewer.UserID != u.ID || !done.Viewer.IsStaff() || len(done.BackupCodes) != 10 {
			t.Fatalf("%+v, %v", done, err)
		}
		if v := b.is(); v.UserID != u.ID || b.cookie.Value == before || v.EnrolmentNeeded() || !v.TwoFactorRequired || !v.TwoFactorDueAt.IsZero() {
			t.Errorf("after it: %+v", v)
		}
		if _, err := thief.finish(stolen, w.codeOf(stolen.Key)); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("the other who waited: %v, want UNAUTHENTICATED", err)
		}
		if thief.is().EnrolmentNeeded() || w.number("SELECT count(*) FROM sessions") != 1 {
			t.Error("what waited with the password alone goes on")
		}
		b.request(func(ctx context.Context) { _, err = b.SignOut(ctx) })
		if out, _ := b.signIn("a@example.com", password, false); out.Needed == nil {
			t.Errorf("the next sign-in: %+v", out)
		}
	})
}

// #35: of two who wait at once with the same password, one enrols.
func Test35OneEnrols(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.choose(func(s *settings.Settings) { s.TwoFactor = settings.TwoFactorRule{Everyone: true} })
		w.user("a@example.com")
		var in atomic.Int32
		var all sync.WaitGroup
		begun := make([]*browser, 3)
		for i := range begun {
			begun[i] = w.browser()
			if out, err := begun[i].signIn("a@example.com", password, false); err != nil || out.Enrolment == nil {
				t.Fatalf("%+v, %v", out, err)
			}
		}
		enrolments := make([]*factors.Enrolment, len(begun))
		for i, b := range begun {
			enrolments[i] = b.mustStart()
		}
		for i, b := range begun {
			e := enrolments[i]
			all.Go(func() {
				if _, err := b.finish(e, w.codeOf(e.Key)); err == nil {
					in.Add(1)
				} else if !fault.Is(err, fault.Expired) && !fault.Is(err, fault.Unauthenticated) && !fault.Is(err, fault.TryLater) {
					t.Errorf("%v, want EXPIRED, UNAUTHENTICATED or, where hashing had no room, TRY_LATER", err)
				}
			})
		}
		all.Wait()
		if in.Load() != 1 || w.number("SELECT count(*) FROM factors") != 1 || w.number("SELECT count(*) FROM sessions") != 1 {
			t.Errorf("%d enrolled, %d sessions", in.Load(), w.number("SELECT count(*) FROM sessions"))
		}
	})
}

// C13: a wait of the kind ends by itself, and by signing out.
func TestEnrolmentEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.choose(func(s *settings.Settings) { s.TwoFactor = settings.TwoFactorRule{Everyone: true} })
		w.user("a@example.com")
		late, leaving := w.browser(), w.browser()
		_, _ = late.signIn("a@example.com", password, false)
		_, _ = leaving.signIn("a@example.com", password, false)
		leaving.request(func(ctx context.Context) {
			if v, err := leaving.SignOut(ctx); err != nil || v.EnrolmentNeeded() {
				t.Errorf("signing out: %+v, %v", v, err)
			}
		})
		if leaving.is().EnrolmentNeeded() || w.number("SELECT count(*) FROM sessions") != 1 {
			t.Error("signing out does not end the wait")
		}
		w.later(30 * time.Minute)
		if _, err := late.start(); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("after half an hour: %v, want UNAUTHENTICATED", err)
		}
	})
}

// C13, #30, #33: the setting holds for open sessions from the next request on; until the time is over it only warns. Then
// the password is asked for again before anything is set up: the session may be old, or stolen.
func TestForcedOnOpenSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			a, err := tx.Account.Create().SetName("A").SetNameKey("a").SetEmail("a@example.com").SetEmailKey("a@example.com").
				SetCreatedAt(w.now).SetUpdatedAt(w.now).Save(ctx)
			if err != nil {
				return err
			}
			return tx.Membership.Create().SetUserID(u.ID).SetAccountID(a.ID).SetOwner(true).SetSince(w.now).Exec(ctx)
		})
		member := w.user("b@example.com")
		b, bystander := w.browser(), w.browser()
		b.mustSignIn("a@example.com", true)
		bystander.mustSignIn(member.Email, true)
		w.choose(func(s *settings.Settings) {
			s.TwoFactor = settings.TwoFactorRule{Owners: true, GraceDays: 2, Since: w.clock()}
		})
		due := w.clock().Add(48 * time.Hour)
		if v := b.is(); v.UserID != u.ID || !v.TwoFactorRequired || !v.TwoFactorDueAt.Equal(due) {
			t.Errorf("while there is time: %+v", v)
		}
		w.later(48 * time.Hour)
		if v := b.is(); v.SignedIn() || v.EnrolmentNeeded() {
			t.Errorf("when it is over: %+v", v)
		}
		if _, err := b.start(); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("setting up a factor in the old session: %v", err)
		}
		if v := bystander.is(); v.UserID != member.ID || v.TwoFactorRequired {
			t.Errorf("who owns nothing: %+v", v)
		}
		if out, err := b.signIn("a@example.com", password, false); err != nil || out.Enrolment == nil {
			t.Fatalf("signing in anew: %+v, %v", out, err)
		}
		e := b.mustStart()
		if done, err := b.finish(e, w.codeOf(e.Key)); err != nil || done.Viewer.UserID != u.ID || b.is().UserID != u.ID {
			t.Errorf("after the enrolment: %+v, %v", done, err)
		}
	})
}

// #15, #45: what was decided at the start of the request must still stand when it takes effect.
func Test15EndedSessionSetsUpNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		b := w.browser()
		b.mustSignIn("a@example.com", false)
		b.mustConfirm("")
		e := b.mustStart()
		b.request(func(ctx context.Context) {
			// Meanwhile the user changes the password on another server.
			w.sql("UPDATE users SET credential_version = credential_version + 1 WHERE id = $1", u.ID)
			w.sql("DELETE FROM sessions WHERE user_id = $1", u.ID)
			if _, err := b.FinishTOTP(ctx, e.Sealed, w.codeOf(e.Key)); !fault.Is(err, fault.Expired) {
				t.Errorf("a session that ended set an app up: %v", err)
			}
		})
	})
}

// #18: remember-me only after every factor was given.
func Test18RememberedOnlyWithEveryFactor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.enroll(w.user("a@example.com"))
		b := w.trusting("a@example.com")
		w.later(29 * 24 * time.Hour)
		if out, err := b.signIn("a@example.com", password, true); err != nil || out.Viewer == nil {
			t.Fatalf("%+v, %v", out, err)
		}
		if b.cookie.MaxAge > 0 {
			t.Errorf("a session of %v without a factor, on the last day of the trust", time.Duration(b.cookie.MaxAge)*time.Second)
		}
	})
}
