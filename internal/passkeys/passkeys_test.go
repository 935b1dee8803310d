package passkeys_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	ent "roster/ent/generated"
	"roster/ent/generated/session"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/mail"
	"roster/internal/passkeys"
	"roster/internal/secret"
	"roster/internal/settings"
)

// world is a service over a real database, with a clock that the test moves.
type world struct {
	*passkeys.Service
	t   *testing.T
	now time.Time
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	ring, err := secret.ParseKeys("8f1d0c52a6b94e7739d2c1f0e8b7a6958473625140f9e8d7c6b5a49382716f5e")
	if err != nil {
		t.Fatal(err)
	}
	outbox, err := mail.NewOutbox(d, ring, "roster.test")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return w.now }
	w.Service = &passkeys.Service{
		DB: d, Now: clock, Site: passkeys.NewSite(&url.URL{Scheme: "https", Host: "roster.test"}),
		Factors: &factors.Service{DB: d, Now: clock, Keyring: ring, Outbox: outbox}, Outbox: outbox,
	}
	return w
}

func (w *world) tx(act func(ctx context.Context, tx *db.Tx) error) {
	w.t.Helper()
	if err := db.InTx(dbtest.System(w.t), w.DB, act); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) user(address string) (u *ent.User) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		u, err = tx.User.Create().SetFirstName("Ann").SetNameKey("ann").SetLastKey("").SetSearchText("ann").
			SetEmail(address).SetEmailKey(address).SetCreatedAt(w.now).SetUpdatedAt(w.now).Save(ctx)
		return err
	})
	return u
}

func (w *world) marked(u *ent.User) bool {
	w.t.Helper()
	now, err := w.DB.User.Get(dbtest.System(w.t), u.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return now.TwoFactorEnabled
}

func (w *world) count(from string, args ...any) (n int) {
	w.t.Helper()
	if err := w.DB.Reader().QueryRowContext(w.t.Context(), "SELECT count(*) FROM "+from, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// browser is somebody's, who proved a moment ago who they are; it keeps the cookie of the challenge.
type browser struct {
	*world
	as     viewer.Viewer
	cookie *http.Cookie
}

func (w *world) browser(u *ent.User) *browser {
	w.t.Helper()
	as := viewer.Viewer{Kind: viewer.User, UserID: u.ID, SudoUntil: w.now.Add(time.Hour)}
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		made, err := tx.Session.Create().SetUserID(u.ID).SetSecretHash(secret.New(secret.Session).Hash).SetStage(session.StageOPEN).
			SetCredentialVersion(u.CredentialVersion).SetCreatedAt(w.now).SetSeenAt(w.now).SetExpiresAt(w.now.Add(time.Hour)).
			SetAddress("").SetDevice("").Save(ctx)
		if err != nil {
			return err
		}
		as.SessionID = made.ID
		return nil
	})
	return &browser{world: w, as: as}
}

// request runs act in a request of the browser's.
func (b *browser) request(act func(ctx context.Context)) {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	answer, as := httptest.NewRecorder(), b.as
	act(passkeys.WithCookies(viewer.With(b.t.Context(), &as), answer, r))
	for _, c := range answer.Result().Cookies() {
		b.cookie = c
	}
}

// device makes one passkey at a site.
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

func (b *browser) start() (options string, err error) {
	b.t.Helper()
	b.request(func(ctx context.Context) {
		var c passkeys.Challenge
		c, err = b.StartEnrolment(ctx)
		options = c.Options
	})
	return options, err
}

// made is what the device answers to a challenge.
func (b *browser) made(d *device) string {
	b.t.Helper()
	options, err := b.start()
	if err != nil {
		b.t.Fatal(err)
	}
	asked, err := virtualwebauthn.ParseAttestationOptions(options)
	if err != nil {
		b.t.Fatal(err)
	}
	return virtualwebauthn.CreateAttestationResponse(d.site, d.key, d.pass, *asked)
}

func (b *browser) finish(name, made string) (p *ent.Passkey, err error) {
	b.t.Helper()
	b.request(func(ctx context.Context) { p, err = b.add(ctx, name, made) })
	return p, err
}

// add does with a passkey what package signin does, which alone ends an enrolment.
func (b *browser) add(ctx context.Context, name, made string) (p *ent.Passkey, err error) {
	who, err := access.Enrolling(ctx, b.now)
	if err != nil {
		return nil, err
	}
	opened, err := b.Open(ctx, who, name, made)
	if err != nil {
		return nil, err
	}
	err = db.InTx(ctx, b.DB, func(ctx context.Context, tx *db.Tx) (err error) {
		p, _, err = b.Add(ctx, tx, who, opened)
		return err
	})
	return p, err
}

func (b *browser) enrol(name string) *ent.Passkey {
	b.t.Helper()
	p, err := b.finish(name, b.made(newDevice(b.t)))
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

func (b *browser) remove(p *ent.Passkey) (err error) {
	b.t.Helper()
	b.request(func(ctx context.Context) { _, err = b.Remove(ctx, p.ID) })
	return err
}

// #31, #36: what a browser is asked, and what becomes of its answer.
func Test31Enrolment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		b := w.browser(u)
		options, err := b.start()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			`"id":"roster.test"`, `"userVerification":"required"`, `"residentKey":"preferred"`, `"attestation":"none"`, `"timeout":300000`,
		} {
			if !strings.Contains(options, want) {
				t.Errorf("%s is not in %s", want, options)
			}
		}
		asked, err := virtualwebauthn.ParseAttestationOptions(options)
		if err != nil || len(asked.Challenge) < 32 || len(asked.UserID) != 64 || strings.Contains(asked.UserID, u.Email) {
			t.Errorf("%+v, %v", asked, err)
		}
		if c := b.cookie; c.Name != "__Host-roster-passkey" || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.MaxAge != 300 {
			t.Errorf("the cookie: %+v", c)
		}
		p, err := b.finish("  Work   laptop ", b.made(newDevice(t)))
		if err != nil || p.Name != "Work laptop" || !p.LastUsedAt.IsZero() || !w.marked(u) {
			t.Fatalf("%+v, %v", p, err)
		}
		if strings.Contains(string(p.Credential), "attestationObject") || strings.Contains(string(p.Credential), "clientDataJSON") {
			t.Error("more is stored than the key, the flags and the counter")
		}
		if w.count("mails WHERE kind = 'PASSKEY_ADDED' AND user_id = $1", u.ID) != 1 {
			t.Error("no mail")
		}
		if options, _ = b.start(); !strings.Contains(options, `"excludeCredentials":[{`) {
			t.Error("the same device may be asked for a second one")
		}
		second := b.enrol("Second")
		if string(second.Handle) != string(p.Handle) {
			t.Error("two passkeys of one user know them by different handles")
		}
	})
}

// #31: whatever is wrong with it, no passkey is added.
func Test31EnrolmentRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u, other := w.user("a@example.com"), w.user("b@example.com")
		b := w.browser(u)
		for name, spoil := range map[string]func(d *device){
			"the device did not verify its user": func(d *device) { d.key.Options.UserNotVerified = true },
			"nobody was there":                   func(d *device) { d.key.Options.UserNotPresent = true },
			"another origin":                     func(d *device) { d.site.Origin = "https://roster.test.evil.example" },
			"another site":                       func(d *device) { d.site.ID = "evil.example" },
		} {
			bad := newDevice(t)
			spoil(bad)
			if _, err := b.finish("x", b.made(bad)); !fault.Is(err, fault.Wrong) {
				t.Errorf("%s: %v, want WRONG", name, err)
			}
		}
		for _, text := range []string{"", "{}", "null", strings.Repeat("x", 40<<10)} {
			if _, err := b.finish("x", text); !fault.Is(err, fault.Invalid) {
				t.Errorf("%.20q: %v, want INVALID", text, err)
			}
		}
		for name, want := range map[string]fault.Code{
			"": fault.Required, "   ": fault.Required, strings.Repeat("ü", 61): fault.TooLong, "a\u202eb": fault.Invalid, "a\x00b": fault.Invalid,
		} {
			if _, err := b.finish(name, b.made(newDevice(t))); !fault.Is(err, want) {
				t.Errorf("the name %q: %v, want %s", name, err, want)
			}
		}
		made := b.made(newDevice(t))
		stolen := w.browser(other)
		stolen.cookie = b.cookie
		if _, err := stolen.finish("x", made); !fault.Is(err, fault.Expired) {
			t.Errorf("another user with the same cookie: %v, want EXPIRED", err)
		}
		if _, err := w.browser(u).finish("x", made); !fault.Is(err, fault.Expired) {
			t.Errorf("another browser: %v, want EXPIRED", err)
		}
		w.now = w.now.Add(5 * time.Minute)
		if _, err := b.finish("x", made); !fault.Is(err, fault.Expired) {
			t.Errorf("after five minutes: %v, want EXPIRED", err)
		}
		if w.count("passkeys") != 0 || w.marked(u) {
			t.Error("a passkey was added all the same")
		}
	})
}

// #31: a credential belongs to one user, for ever.
func Test31OneOwner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		key := newDevice(t)
		a := w.browser(w.user("a@example.com"))
		p, err := a.finish("Mine", a.made(key))
		if err != nil {
			t.Fatal(err)
		}
		other := w.user("b@example.com")
		b := w.browser(other)
		if _, err := b.finish("Mine too", b.made(key)); !fault.Is(err, fault.Taken) || w.marked(other) {
			t.Errorf("%v, want TAKEN", err)
		}
		b.request(func(ctx context.Context) {
			if _, err := b.Rename(ctx, p.ID, "Stolen"); !fault.Is(err, fault.NotFound) {
				t.Errorf("renaming somebody else's: %v, want NOT_FOUND", err)
			}
			if found, err := b.Get(ctx, p.ID); found != nil || err != nil {
				t.Errorf("somebody else's: %v, %v", found, err)
			}
			if list, err := b.Own(ctx); len(list) != 0 || err != nil {
				t.Errorf("%v, %v", list, err)
			}
		})
		if err := b.remove(p); !fault.Is(err, fault.NotFound) || w.count("passkeys") != 1 {
			t.Errorf("removing somebody else's: %v, want NOT_FOUND", err)
		}
	})
}

// #14, #33: only the users themselves, with a fresh proof.
func Test33WhoMay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		p := w.browser(u).enrol("Mine")
		for name, c := range map[string]struct {
			as   viewer.Viewer
			want fault.Code
		}{
			"without a fresh proof": {viewer.Viewer{Kind: viewer.User, UserID: u.ID, SessionID: 1}, fault.SudoRequired},
			"the proof is over":     {viewer.Viewer{Kind: viewer.User, UserID: u.ID, SessionID: 1, SudoUntil: w.now}, fault.SudoRequired},
			"nobody":                {viewer.Viewer{Kind: viewer.Anonymous}, fault.Unauthenticated},
			"a token":               {viewer.Viewer{Kind: viewer.Token, UserID: u.ID}, fault.Forbidden},
		} {
			b := &browser{world: w, as: c.as}
			b.request(func(ctx context.Context) {
				_, start := b.StartEnrolment(ctx)
				_, finish := b.add(ctx, "x", "{}")
				_, rename := b.Rename(ctx, p.ID, "x")
				_, remove := b.Remove(ctx, p.ID)
				for act, err := range map[string]error{"start": start, "finish": finish, "rename": rename, "remove": remove} {
					if !fault.Is(err, c.want) {
						t.Errorf("%s, %s: %v, want %s", name, act, err, c.want)
					}
				}
			})
		}
	})
}

// At most 20, also when two are added at once.
func TestPerUser(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		b := w.browser(u)
		for i := range passkeys.PerUser - 1 {
			b.enrol(fmt.Sprintf("Key %d", i))
		}
		var added atomic.Int32
		var all sync.WaitGroup
		first, second := w.browser(u), w.browser(u)
		for one, made := range map[*browser]string{first: first.made(newDevice(t)), second: second.made(newDevice(t))} {
			all.Go(func() {
				if _, err := one.finish("Last", made); err == nil {
					added.Add(1)
				} else if !fault.Is(err, fault.NotAllowed) {
					t.Errorf("%v, want NOT_ALLOWED", err)
				}
			})
		}
		all.Wait()
		if added.Load() != 1 || w.count("passkeys") != passkeys.PerUser {
			t.Errorf("%d were added, %d there", added.Load(), w.count("passkeys"))
		}
		if _, err := b.start(); !fault.Is(err, fault.NotAllowed) {
			t.Errorf("one more: %v, want NOT_ALLOWED", err)
		}
	})
}

// Names, and what goes with the last factor.
func TestRenameAndRemove(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		b := w.browser(u)
		first, second := b.enrol("First"), b.enrol("Second")
		b.request(func(ctx context.Context) {
			if p, err := b.Rename(ctx, first.ID, "Phone"); err != nil || p.Name != "Phone" {
				t.Errorf("%+v, %v", p, err)
			}
			if _, err := b.Rename(ctx, first.ID, strings.Repeat("x", 61)); !fault.Is(err, fault.TooLong) {
				t.Errorf("%v, want TOO_LONG", err)
			}
			list, err := b.Own(ctx)
			if err != nil || len(list) != 2 || list[0].Name != "Phone" || list[1].Name != "Second" {
				t.Errorf("%v, %v", list, err)
			}
		})
		if counts, err := b.Counts(dbtest.System(t), []int{u.ID, u.ID + 1}); err != nil || counts[u.ID] != 2 || counts[u.ID+1] != 0 {
			t.Errorf("%v, %v", counts, err)
		}
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			return tx.BackupCode.Create().SetUserID(u.ID).SetSalt([]byte("s")).SetHash([]byte("h")).SetCreatedAt(w.now).Exec(ctx)
		})
		if err := b.remove(first); err != nil || !w.marked(u) || w.count("backup_codes") != 1 {
			t.Errorf("one of two: %v", err)
		}
		if err := b.remove(second); err != nil || w.marked(u) || w.count("backup_codes") != 0 {
			t.Errorf("the last: %v", err)
		}
		if err := b.remove(second); !fault.Is(err, fault.NotFound) {
			t.Errorf("once more: %v, want NOT_FOUND", err)
		}
		if w.count("mails WHERE kind = 'PASSKEY_REMOVED'") != 2 || w.count("audit_entries WHERE action = 'PASSKEY_REMOVED' AND outcome = 'DONE'") != 2 {
			t.Error("mails or entries are missing")
		}
	})
}

// product.md C13: the last factor stays where one is required; of two removed at the same moment, too.
func TestTheLastStaysWhereRequired(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			chosen, err := settings.Load(ctx, tx.Client)
			if err != nil {
				return err
			}
			chosen.TwoFactor.Everyone = true
			return settings.Store(ctx, tx, chosen)
		})
		u := w.user("a@example.com")
		b := w.browser(u)
		var removed atomic.Int32
		var all sync.WaitGroup
		for _, p := range []*ent.Passkey{b.enrol("First"), b.enrol("Second")} {
			one := w.browser(u)
			all.Go(func() {
				if err := one.remove(p); err == nil {
					removed.Add(1)
				} else if !fault.Is(err, fault.NotAllowed) {
					t.Errorf("%v, want NOT_ALLOWED", err)
				}
			})
		}
		all.Wait()
		if removed.Load() != 1 || w.count("passkeys") != 1 || !w.marked(u) {
			t.Errorf("%d were removed, %d are left", removed.Load(), w.count("passkeys"))
		}
		if w.count("audit_entries WHERE action = 'PASSKEY_REMOVED' AND outcome = 'NOT_ALLOWED'") != 1 {
			t.Error("the refusal is not in the audit log")
		}
	})
}

// A passkey belongs to a name; the site's own, from the configured address.
func TestSite(t *testing.T) {
	for address, available := range map[string]bool{
		"https://users.example.com": true, "http://localhost:8080": true, "https://bücher.example": true,
		"https://192.0.2.1": false, "http://127.0.0.1:8080": false, "https://[2001:db8::1]": false,
	} {
		base, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if site := passkeys.NewSite(base); site.Available() != available {
			t.Errorf("%s: available %v, want %v", address, !available, available)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		b := w.browser(w.user("a@example.com"))
		w.Site = passkeys.NewSite(&url.URL{Scheme: "http", Host: "127.0.0.1:8080"})
		if _, err := b.start(); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%v, want FORBIDDEN", err)
		}
	})
}
