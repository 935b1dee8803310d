package signin_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	ent "roster/ent/generated"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/passkeys"
	"roster/internal/settings"
	"roster/internal/signin"
)

// device is somebody's security key with one passkey, at the site that its browser believes to be at.
type device struct {
	site virtualwebauthn.RelyingParty
	key  virtualwebauthn.Authenticator
	pass virtualwebauthn.Credential
}

// newDevice makes a key whose point has no leading zeros, which the library would drop.
func newDevice(t *testing.T) *device {
	t.Helper()
	for {
		pass := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
		key, err := x509.ParsePKCS8PrivateKey(pass.Key.Data)
		if err != nil {
			t.Fatal(err)
		}
		public, err := key.(*ecdsa.PrivateKey).PublicKey.ECDH()
		if err != nil {
			t.Fatal(err)
		}
		if point := public.Bytes(); point[1] != 0 && point[33] != 0 {
			return &device{
				site: virtualwebauthn.RelyingParty{Name: "Roster", ID: "roster.test", Origin: "https://roster.test"},
				key:  virtualwebauthn.NewAuthenticator(), pass: pass,
			}
		}
	}
}

// answer is what the device says to a challenge; its counter grows with each.
func (d *device) answer(t *testing.T, c passkeys.Challenge) string {
	t.Helper()
	asked, err := virtualwebauthn.ParseAssertionOptions(c.Options)
	if err != nil {
		t.Fatal(err)
	}
	d.pass.Counter++
	return virtualwebauthn.CreateAssertionResponse(d.site, d.key, d.pass, *asked)
}

// enrol adds the passkey of a new device to the user, whom a session of the test's own stands for.
func (w *world) enrol(u *ent.User) *device {
	w.t.Helper()
	d := newDevice(w.t)
	b := w.browser()
	b.request(func(ctx context.Context) {
		ctx = w.proven(ctx, u)
		if _, _, err := w.FinishPasskey(ctx, "Key of "+u.Email, w.made(ctx, d)); err != nil {
			w.t.Fatal(err)
		}
	})
	return d
}

// made is what the device answers when it is asked for a new passkey.
func (w *world) made(ctx context.Context, d *device) string {
	w.t.Helper()
	c, err := w.Passkeys.StartEnrolment(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	asked, err := virtualwebauthn.ParseAttestationOptions(c.Options)
	if err != nil {
		w.t.Fatal(err)
	}
	d.key.Options.UserHandle = []byte(asked.UserID)
	return virtualwebauthn.CreateAttestationResponse(d.site, d.key, d.pass, *asked)
}

// C13, #35: who waits for a factor to be set up may do so with a passkey. Once one is there, what else waits is over: the
// password alone adds none.
func Test35EnrolsByPasskey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.choose(func(s *settings.Settings) { s.TwoFactor = settings.TwoFactorRule{Everyone: true} })
		u := w.user("a@example.com")
		b, thief := w.browser(), w.browser()
		made := map[*browser]string{}
		for _, one := range []*browser{b, thief} {
			if out, err := one.signIn("a@example.com", password, false); err != nil || out.Enrolment == nil {
				t.Fatalf("%+v, %v", out, err)
			}
			one.request(func(ctx context.Context) { made[one] = w.made(ctx, newDevice(t)) })
		}
		before := b.cookie.Value
		b.request(func(ctx context.Context) {
			if _, v, err := b.FinishPasskey(ctx, "Mine", made[b]); err != nil || v.UserID != u.ID {
				t.Errorf("%+v, %v", v, err)
			}
		})
		if v := b.is(); v.UserID != u.ID || b.cookie.Value == before {
			t.Errorf("after it: %+v", v)
		}
		thief.request(func(ctx context.Context) {
			if _, _, err := thief.FinishPasskey(ctx, "Theirs", made[thief]); !fault.Is(err, fault.Unauthenticated) {
				t.Errorf("the other who waited: %v, want UNAUTHENTICATED", err)
			}
		})
		if w.number("SELECT count(*) FROM passkeys") != 1 || w.number("SELECT count(*) FROM sessions") != 1 {
			t.Error("what waited with the password alone goes on")
		}
		if w.number("SELECT count(*) FROM audit_entries WHERE action = 'PASSKEY_ADDED' AND outcome = 'DONE' AND actor_id = $1", u.ID) != 1 {
			t.Error("not in the audit log")
		}
	})
}

func (b *browser) startSignIn() (c passkeys.Challenge) {
	b.t.Helper()
	b.request(func(ctx context.Context) {
		var err error
		if c, err = b.StartPasskeySignIn(ctx); err != nil {
			b.t.Fatal(err)
		}
	})
	return c
}

func (b *browser) finishSignIn(answer string) (out signin.Outcome, err error) {
	b.t.Helper()
	b.request(func(ctx context.Context) { out, err = b.SignInWithPasskey(ctx, answer, false) })
	return out, err
}

// #28, #31: a passkey signs in by itself, and stands for both factors; also where an app is enrolled.
func Test31SignsInByItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		w.enroll(u)
		key := w.enrol(u)
		b := w.browser()
		out, err := b.finishSignIn(key.answer(t, b.startSignIn()))
		if err != nil || out.Viewer == nil || out.Viewer.UserID != u.ID || b.is().UserID != u.ID {
			t.Fatalf("%+v, %v", out, err)
		}
		if w.number("SELECT count(*) FROM sign_ins WHERE user_id = $1 AND outcome = 'SIGNED_IN'", u.ID) != 1 {
			t.Error("the user's own history does not show it")
		}
		if w.number("SELECT count(*) FROM passkeys WHERE last_used_at = $1", w.clock()) != 1 {
			t.Error("not noted when it was used")
		}
	})
}

// #31: everything that is wrong with an answer has one answer, and opens nothing.
func Test31RefusesWrongAnswers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		key := w.enrol(u)
		stranger := newDevice(t)
		stranger.key.Options.UserHandle = key.key.Options.UserHandle
		cases := map[string]func(d *device){
			"the device did not verify its user": func(d *device) { d.key.Options.UserNotVerified = true },
			"nobody was there":                   func(d *device) { d.key.Options.UserNotPresent = true },
			"another origin":                     func(d *device) { d.site.Origin = "https://roster.test.evil.example" },
			"the origin by http":                 func(d *device) { d.site.Origin = "http://roster.test" },
			"another port":                       func(d *device) { d.site.Origin = "https://roster.test:8443" },
			"another site":                       func(d *device) { d.site.ID = "test" },
			"another user's handle":              func(d *device) { d.key.Options.UserHandle = []byte("somebody else") },
			"no handle":                          func(d *device) { d.key.Options.UserHandle = nil },
			"another key for the same passkey":   func(d *device) { d.pass.Key = stranger.pass.Key },
			"an unknown passkey":                 func(d *device) { d.pass = stranger.pass },
		}
		for name, spoil := range cases {
			bad := *key
			spoil(&bad)
			b := w.browser()
			if _, err := b.finishSignIn(bad.answer(t, b.startSignIn())); !fault.Is(err, fault.Wrong) {
				t.Errorf("%s: %v, want WRONG", name, err)
			}
			if b.is().SignedIn() {
				t.Errorf("%s: signed in", name)
			}
		}
		if n := w.number("SELECT count(*) FROM audit_entries WHERE action = 'SIGN_IN_REFUSED' AND outcome = 'WRONG'"); n != len(cases) {
			t.Errorf("%d refusals in the audit log, want %d", n, len(cases))
		}
		if n := w.number("SELECT count(*) FROM sign_ins WHERE outcome = 'WRONG_PASSKEY' AND user_id = $1", u.ID); n != len(cases)-1 {
			t.Errorf("%d refusals in the user's own history, want %d", n, len(cases)-1)
		}
		for _, text := range []string{"", "{}", "[]", "null", `{"id":"AA","rawId":"AA","type":"public-key","response":{}}`, strings.Repeat("x", 40<<10)} {
			if _, err := w.browser().finishSignIn(text); !fault.Is(err, fault.Invalid) {
				t.Errorf("%.20q: %v, want INVALID", text, err)
			}
		}
		w.sql("UPDATE users SET state = 'SUSPENDED' WHERE id = $1", u.ID)
		b := w.browser()
		if _, err := b.finishSignIn(key.answer(t, b.startSignIn())); !fault.Is(err, fault.Wrong) {
			t.Errorf("suspended: %v, want WRONG", err)
		}
	})
}

// #12, #31: a challenge belongs to one browser and one purpose, works once, and for five minutes.
func Test31ChallengesAreBound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		key := w.enrol(w.user("a@example.com"))
		over := func(what string, b *browser, answer string) {
			t.Helper()
			if _, err := b.finishSignIn(answer); !fault.Is(err, fault.Expired) {
				t.Errorf("%s: %v, want EXPIRED", what, err)
			}
		}
		b := w.browser()
		answer := key.answer(t, b.startSignIn())
		over("another browser", w.browser(), answer)
		other := w.browser()
		other.startSignIn()
		if _, err := other.finishSignIn(answer); !fault.Is(err, fault.Wrong) {
			t.Errorf("another browser with a challenge of its own: %v, want WRONG", err)
		}
		if _, err := b.finishSignIn(answer); err != nil {
			t.Fatal(err)
		}
		b.cookie = nil
		over("once more", b, answer)

		tried := w.browser()
		answer = key.answer(t, tried.startSignIn())
		if _, err := tried.finishSignIn(strings.Replace(answer, `"signature":"`, `"signature":"AAAA`, 1)); !fault.Is(err, fault.Wrong) {
			t.Fatal(err)
		}
		over("after a wrong answer", tried, answer)

		late := w.browser()
		answer = key.answer(t, late.startSignIn())
		w.later(5 * time.Minute)
		over("after five minutes", late, answer)

		purpose := w.waitingFor("a@example.com", factors.Passkey)
		answer = key.answer(t, purpose.startSecond())
		over("a second factor's challenge", purpose, answer)

		w.browser().startSignIn()
		if n := w.number("SELECT count(*) FROM passkey_ceremonies WHERE expires_at <= $1", w.clock()); n != 0 {
			t.Errorf("%d challenges lie about whose time is over", n)
		}
	})
}

// #31: of many who give the same answer at once, one signs in.
func Test31OneUse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		key := w.enrol(w.user("a@example.com"))
		b := w.browser()
		answer := key.answer(t, b.startSignIn())
		var opened atomic.Int32
		var all sync.WaitGroup
		for range 4 {
			twin := *b
			all.Go(func() {
				if _, err := twin.finishSignIn(answer); err == nil {
					opened.Add(1)
				} else if !fault.Is(err, fault.Expired) {
					t.Errorf("%v, want EXPIRED", err)
				}
			})
		}
		all.Wait()
		if got := opened.Load(); got != 1 {
			t.Errorf("%d sessions, want 1", got)
		}
	})
}

// #31: a counter that did not grow tells of a copy: refused, in the audit log, and by mail; also when the copy and the
// original answer at the same moment.
func Test31FallingCounter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		key := w.enrol(w.user("a@example.com"))
		copied := *key
		for range 3 {
			b := w.browser()
			if _, err := b.finishSignIn(key.answer(t, b.startSignIn())); err != nil {
				t.Fatal(err)
			}
		}
		b := w.browser()
		if _, err := b.finishSignIn(copied.answer(t, b.startSignIn())); !fault.Is(err, fault.Wrong) || b.is().SignedIn() {
			t.Errorf("%v, want WRONG", err)
		}
		if n := w.number("SELECT count(*) FROM audit_entries WHERE action = 'PASSKEY_COPIED' AND outcome = 'WRONG'"); n != 1 {
			t.Errorf("%d entries, want 1", n)
		}
		if n := w.number("SELECT count(*) FROM mails WHERE kind = 'PASSKEY_COPIED' AND recipient = 'a@example.com'"); n != 1 {
			t.Errorf("%d mails, want 1", n)
		}
		twin := *key
		var opened atomic.Int32
		var all sync.WaitGroup
		for _, k := range []*device{key, &twin} {
			b := w.browser()
			answer := k.answer(t, b.startSignIn())
			all.Go(func() {
				if _, err := b.finishSignIn(answer); err == nil {
					opened.Add(1)
				} else if !fault.Is(err, fault.Wrong) {
					t.Errorf("%v, want WRONG", err)
				}
			})
		}
		all.Wait()
		if got := opened.Load(); got != 1 {
			t.Errorf("%d of two with the same counter got in, want 1", got)
		}
	})
}

// #23: failures count by network; a passkey opens what a locked password does not, and unlocks it.
func Test23PasskeyAndLocks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		key := w.enrol(u)
		for range 6 {
			_, _ = w.browser().signIn("a@example.com", "wrong", false)
		}
		b := w.browser()
		if _, err := b.finishSignIn(key.answer(t, b.startSignIn())); err != nil {
			t.Fatal(err)
		}
		if out, err := w.browser().signIn("a@example.com", password, false); err != nil || out.Needed == nil {
			t.Errorf("the password after the passkey: %+v, %v", out, err)
		}
		unknown := newDevice(t)
		unknown.key.Options.UserHandle = []byte("nobody")
		for i := range 30 {
			b := w.browser()
			if _, err := b.finishSignIn(unknown.answer(t, b.startSignIn())); !fault.Is(err, fault.Wrong) {
				t.Fatalf("try %d: %v, want WRONG", i+1, err)
			}
		}
		b = w.browser()
		if _, err := b.finishSignIn(key.answer(t, b.startSignIn())); !fault.Is(err, fault.RateLimited) {
			t.Errorf("after thirty from this network: %v, want RATE_LIMITED", err)
		}
		elsewhere := w.browser()
		elsewhere.from = "198.51.100.7"
		if _, err := elsewhere.finishSignIn(key.answer(t, elsewhere.startSignIn())); err != nil {
			t.Errorf("from another network: %v", err)
		}
	})
}

// Whoever is not signed in can't fill the database with challenges.
func Test31ChallengesPerNetwork(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		b := w.browser()
		for range 300 {
			b.startSignIn()
		}
		if n := w.number("SELECT count(*) FROM passkey_ceremonies"); n != 1 {
			t.Errorf("one browser holds %d challenges", n)
		}
		b.request(func(ctx context.Context) {
			if _, err := b.StartPasskeySignIn(ctx); !fault.Is(err, fault.RateLimited) {
				t.Errorf("%v, want RATE_LIMITED", err)
			}
		})
	})
}

// waitingFor is a browser whose sign-in waits for one of these.
func (w *world) waitingFor(address string, methods ...factors.Method) *browser {
	w.t.Helper()
	b := w.browser()
	out, err := b.signIn(address, password, false)
	if err != nil || out.Needed == nil || len(out.Needed.Methods) != len(methods) {
		w.t.Fatalf("signing in: %+v, %v", out, err)
	}
	for i, m := range methods {
		if out.Needed.Methods[i] != m {
			w.t.Fatalf("waits for %v, want %v", out.Needed.Methods, methods)
		}
	}
	return b
}

func (b *browser) startSecond() (c passkeys.Challenge) {
	b.t.Helper()
	b.request(func(ctx context.Context) {
		var err error
		if c, err = b.StartPasskeySecondFactor(ctx); err != nil {
			b.t.Fatal(err)
		}
	})
	return c
}

func (b *browser) finishSecond(answer string) (out signin.Outcome, err error) {
	b.t.Helper()
	b.request(func(ctx context.Context) { out, err = b.GivePasskey(ctx, answer, false) })
	return out, err
}

// #28: after a password, a user with a passkey gives it; with an app too, either.
func Test28PasskeyAsSecondFactor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		other := w.enrol(w.user("b@example.com"))
		key := w.enrol(u)
		b := w.waitingFor("a@example.com", factors.Passkey)
		if b.is().SignedIn() {
			t.Error("signed in by the password alone")
		}
		if _, err := b.finishSecond(other.answer(t, b.startSecond())); !fault.Is(err, fault.Wrong) {
			t.Errorf("somebody else's passkey: %v, want WRONG", err)
		}
		out, err := b.finishSecond(key.answer(t, b.startSecond()))
		if err != nil || out.Viewer == nil || b.is().UserID != u.ID {
			t.Errorf("%+v, %v", out, err)
		}
		if _, err := b.finishSecond(key.answer(t, w.browser().startSignIn())); !fault.Is(err, fault.Expired) {
			t.Errorf("without a sign-in that waits: %v, want EXPIRED", err)
		}
		w.enroll(u)
		b = w.waitingFor("a@example.com", factors.TOTP, factors.Passkey)
		if _, err := b.second(w.code()); err != nil {
			t.Errorf("with the app: %v", err)
		}
		b = w.waitingFor("a@example.com", factors.TOTP, factors.Passkey)
		if _, err := b.finishSecond(key.answer(t, b.startSecond())); err != nil {
			t.Errorf("with the passkey: %v", err)
		}
	})
}

// #24: the second factor's limit is one for codes and passkeys, and while it lasts the right passkey fails too.
func Test24PasskeysShareTheLimit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		key := w.enrol(u)
		w.enroll(u)
		for range 2 {
			b := w.waitingFor("a@example.com", factors.TOTP, factors.Passkey)
			for range 4 {
				_, _ = b.second("000000")
			}
			bad := *key
			bad.key.Options.UserNotVerified = true
			if _, err := b.finishSecond(bad.answer(t, b.startSecond())); !fault.Is(err, fault.Wrong) {
				t.Fatal(err)
			}
			if _, err := b.finishSecond(key.answer(t, b.startSecond())); !fault.Is(err, fault.Expired) {
				t.Errorf("the sixth try: %v, want EXPIRED", err)
			}
		}
		b := w.waitingFor("a@example.com", factors.TOTP, factors.Passkey)
		if _, err := b.finishSecond(key.answer(t, b.startSecond())); !fault.Is(err, fault.Wrong) {
			t.Errorf("the right passkey: %v, want WRONG", err)
		}
		w.later(15 * time.Minute)
		b = w.waitingFor("a@example.com", factors.TOTP, factors.Passkey)
		if _, err := b.finishSecond(key.answer(t, b.startSecond())); err != nil {
			t.Errorf("after 15 minutes: %v", err)
		}
	})
}

// #32: a passkey proves who somebody is by itself; a password alone does not, where a passkey is enrolled.
func Test32SudoByPasskey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		key := w.enrol(u)
		other := w.enrol(w.user("b@example.com"))
		b := w.browser()
		if _, err := b.finishSignIn(key.answer(t, b.startSignIn())); err != nil {
			t.Fatal(err)
		}
		if !b.is().SudoUntil.IsZero() {
			t.Error("signing in is no proof by an explicit prompt")
		}
		if c, err := b.confirm(password, ""); err != nil || !c.SecondFactorNeeded || !c.SudoUntil.IsZero() {
			t.Errorf("by the password alone: %+v, %v", c, err)
		}
		if _, err := b.finishConfirm(key.answer(t, b.startSignIn())); !fault.Is(err, fault.Expired) {
			t.Errorf("with a challenge for signing in: %v, want EXPIRED", err)
		}
		if _, err := b.finishConfirm(other.answer(t, b.startConfirm())); !fault.Is(err, fault.Wrong) {
			t.Errorf("with somebody else's: %v, want WRONG", err)
		}
		before := b.cookie.Value
		c, err := b.finishConfirm(key.answer(t, b.startConfirm()))
		if err != nil || !c.SudoUntil.Equal(w.clock().Add(10*time.Minute)) {
			t.Fatalf("%+v, %v", c, err)
		}
		if b.cookie.Value == before {
			t.Error("#17: the session kept its id")
		}
		w.enroll(u)
		w.later(time.Minute)
		if c, err := b.confirm(password, w.code()); err != nil || c.SudoUntil.IsZero() {
			t.Errorf("with password and code: %+v, %v", c, err)
		}
	})
}

func (b *browser) startConfirm() (c passkeys.Challenge) {
	b.t.Helper()
	b.request(func(ctx context.Context) {
		var err error
		if c, err = b.StartPasskeyConfirmation(ctx); err != nil {
			b.t.Fatal(err)
		}
	})
	return c
}

func (b *browser) finishConfirm(answer string) (c signin.Confirmation, err error) {
	b.t.Helper()
	b.request(func(ctx context.Context) { c, err = b.ConfirmByPasskey(ctx, answer) })
	return c, err
}

// #19, #32, #35: a new passkey takes from other sessions the proof that was given without it; staff who switch
// two-factor sign-in off remove passkeys too, and with them every session.
func Test35StaffRemovePasskeys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		b := w.browser()
		b.mustSignIn("a@example.com", false)
		if c, err := b.confirm(password, ""); err != nil || c.SudoUntil.IsZero() {
			t.Fatalf("%+v, %v", c, err)
		}
		key := w.enrol(u)
		if v := b.is(); v.UserID != u.ID || v.SudoUntil.After(w.clock()) {
			t.Errorf("after another session added a passkey: %+v", v)
		}
		boss := w.staff("boss@example.com", permission.DisableUserTwoFactor)
		by := &viewer.Viewer{
			Kind: viewer.Staff, UserID: boss.ID, Permissions: permission.SetOf(permission.DisableUserTwoFactor),
			SudoUntil: w.clock().Add(time.Minute),
		}
		after, err := w.Factors.Disable(viewer.With(t.Context(), by), u.ID, "Lost the phone.")
		if err != nil || after.TwoFactorEnabled || w.number("SELECT count(*) FROM passkeys") != 0 || b.is().SignedIn() {
			t.Errorf("%+v, %v", after, err)
		}
		late := w.browser()
		if _, err := late.finishSignIn(key.answer(t, late.startSignIn())); !fault.Is(err, fault.Wrong) {
			t.Errorf("the removed passkey: %v, want WRONG", err)
		}
		w.browser().mustSignIn("a@example.com", false)
	})
}
