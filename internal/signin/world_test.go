package signin_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"encoding/base32"

	ent "roster/ent/generated"
	"roster/ent/generated/session"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/factors"
	"roster/internal/mail"
	"roster/internal/passkeys"
	"roster/internal/secret"
	"roster/internal/settings"
	"roster/internal/signin"
	"roster/internal/tokens"
)

const password = "correct horse battery staple"

// hashed is password, hashed once for all tests: it takes a while.
var hashed = sync.OnceValue(func() string {
	hash, err := secret.NewHasher().Hash(context.Background(), password)
	if err != nil {
		panic(err)
	}
	return hash
})

var seed = []byte("12345678901234567890")

// world is a service over a real database, with a clock that the test moves.
type world struct {
	*signin.Service
	t   *testing.T
	mu  sync.Mutex
	now time.Time
}

func newWorld(t *testing.T, d *db.DB) *world {
	w := &world{t: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	ring, err := secret.ParseKeys("8f1d0c52a6b94e7739d2c1f0e8b7a6958473625140f9e8d7c6b5a49382716f5e")
	if err != nil {
		t.Fatal(err)
	}
	outbox, err := mail.NewOutbox(d, ring, "roster.test")
	if err != nil {
		t.Fatal(err)
	}
	passwords := secret.NewHasher()
	factor := &factors.Service{DB: d, Now: w.clock, Keyring: ring, Outbox: outbox, Passwords: passwords}
	site := passkeys.NewSite(&url.URL{Scheme: "https", Host: "roster.test"})
	w.Service = &signin.Service{
		DB: d, Now: w.clock, Passwords: passwords, Factors: factor,
		Passkeys: &passkeys.Service{DB: d, Now: w.clock, Site: site, Factors: factor, Outbox: outbox},
		Tokens:   &tokens.Service{DB: d, Now: w.clock},
		Outbox:   outbox,
	}
	t.Cleanup(w.Close)
	w.choose(func(s *settings.Settings) { s.TwoFactor = settings.TwoFactorRule{} })
	return w
}

// choose changes the settings.
func (w *world) choose(change func(*settings.Settings)) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		chosen, err := settings.Load(ctx, tx.Client)
		if err != nil {
			return err
		}
		change(&chosen)
		return settings.Store(ctx, tx, chosen)
	})
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) later(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) tx(act func(ctx context.Context, tx *db.Tx) error) {
	w.t.Helper()
	if err := db.InTx(dbtest.System(w.t), w.DB, act); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) sql(statement string, args ...any) {
	w.t.Helper()
	if _, err := w.DB.Writer().ExecContext(w.t.Context(), statement, args...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) number(query string, args ...any) (n int) {
	w.t.Helper()
	if err := w.DB.Reader().QueryRowContext(w.t.Context(), query, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// user makes somebody with a password.
func (w *world) user(address string) (u *ent.User) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		u, err = tx.User.Create().SetFirstName("Ann").SetNameKey("ann").SetLastKey("").SetSearchText("ann").
			SetEmail(address).SetEmailKey(address).SetCreatedAt(w.now).SetUpdatedAt(w.now).Save(ctx)
		if err != nil {
			return err
		}
		return tx.Password.Create().SetUserID(u.ID).SetHash(hashed()).SetChangedAt(w.now).Exec(ctx)
	})
	return u
}

// staff makes somebody with a password and a role.
func (w *world) staff(address string, may ...permission.Admin) *ent.User {
	w.t.Helper()
	u := w.user(address)
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		r, err := tx.Role.Create().SetName("role of " + address).SetPermissions(may).Save(ctx)
		if err != nil {
			return err
		}
		return tx.User.UpdateOneID(u.ID).SetRole(r).Exec(ctx)
	})
	return u
}

// enroll gives a user an authenticator app.
func (w *world) enroll(u *ent.User) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *db.Tx) error { return w.Factors.Enroll(ctx, tx, u.ID, seed) })
}

// code is what the app shows now.
func (w *world) code() string { return w.codeOf(base32.StdEncoding.EncodeToString(seed)) }

// codeOf is what an app with this key shows now.
func (w *world) codeOf(key string) string {
	w.t.Helper()
	code, err := totp.GenerateCodeCustom(key, w.clock(),
		totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		w.t.Fatal(err)
	}
	return code
}

// browser keeps cookies from one request to the next.
type browser struct {
	*world
	cookie *http.Cookie
	// challenge is the cookie that binds a challenge for a passkey to the browser, device that of a trusted device.
	challenge, device *http.Cookie
	from              string
	header            http.Header
}

func (w *world) browser() *browser { return &browser{world: w, from: "192.0.2.1"} }

// request runs act inside a request through the middleware, and returns the answer.
func (b *browser) request(act func(ctx context.Context)) *http.Response {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
	r.Header.Set("User-Agent", "Test\u0007 Browser")
	for name, values := range b.header {
		r.Header[name] = values
	}
	for _, c := range []*http.Cookie{b.cookie, b.challenge, b.device} {
		if c != nil {
			r.AddCookie(c)
		}
	}
	ctx := viewer.With(r.Context(), &viewer.Viewer{Kind: viewer.Anonymous, Address: netip.MustParseAddr(b.from), RequestID: "r1"})
	answer := httptest.NewRecorder()
	b.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { act(r.Context()) })).
		ServeHTTP(answer, r.WithContext(ctx))
	response := answer.Result()
	for _, c := range response.Cookies() {
		switch c.Name {
		case "__Host-roster-passkey":
			b.challenge = c
			continue
		case "__Host-roster-device":
			b.device = c
			continue
		}
		if b.cookie = c; c.MaxAge < 0 {
			b.cookie = nil
		}
	}
	return response
}

func (b *browser) signIn(address, password string, remember bool) (out signin.Outcome, err error) {
	b.t.Helper()
	b.request(func(ctx context.Context) { out, err = b.SignIn(ctx, address, password, remember) })
	return out, err
}

func (b *browser) mustSignIn(address string, remember bool) *viewer.Viewer {
	b.t.Helper()
	out, err := b.signIn(address, password, remember)
	if err != nil || out.Viewer == nil {
		b.t.Fatalf("signing in: %+v, %v", out, err)
	}
	return out.Viewer
}

func (b *browser) second(code string) (out signin.Outcome, err error) {
	b.t.Helper()
	return b.give(factors.Given{Code: code}, false)
}

func (b *browser) give(second factors.Given, trust bool) (out signin.Outcome, err error) {
	b.t.Helper()
	b.request(func(ctx context.Context) { out, err = b.VerifySecondFactor(ctx, second, trust) })
	return out, err
}

func (b *browser) confirm(password, code string) (c signin.Confirmation, err error) {
	b.t.Helper()
	b.request(func(ctx context.Context) { c, err = b.ConfirmIdentity(ctx, password, factors.Given{Code: code}) })
	return c, err
}

// is who a request of the browser acts as.
func (b *browser) is() (v *viewer.Viewer) {
	b.t.Helper()
	b.request(func(ctx context.Context) { v = viewer.From(ctx) })
	return v
}

// proven is a context in which the user acts, having just proved who they are, in a session of the test's own.
func (w *world) proven(ctx context.Context, u *ent.User) context.Context {
	w.t.Helper()
	var id int
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		made, err := tx.Session.Create().SetUserID(u.ID).SetSecretHash(secret.New(secret.Session).Hash).SetStage(session.StageOPEN).
			SetCredentialVersion(tx.User.GetX(ctx, u.ID).CredentialVersion).SetCreatedAt(w.clock()).SetSeenAt(w.clock()).
			SetExpiresAt(w.clock()).SetAddress("").SetDevice("").Save(ctx)
		if err != nil {
			return err
		}
		id = made.ID
		return nil
	})
	return viewer.With(ctx, &viewer.Viewer{Kind: viewer.User, UserID: u.ID, SessionID: id, SudoUntil: w.clock().Add(time.Minute)})
}
