package main

import (
	"bytes"
	"context"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	ent "roster/ent/generated"
	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/email"
	"roster/internal/questions"
	"roster/internal/secret"
	"roster/internal/settings"
	"roster/internal/users"
	"roster/internal/verification/stripe/stripetest"
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

// What the service that checks identities takes, and signs its messages with.
const stripeKey, stripeSecret = "sk_test_server", "whsec_server"

// world is a whole server over a real database, with a clock that the test moves.
type world struct {
	*app
	t      *testing.T
	server *httptest.Server
	// stripe stands for the service that checks identities.
	stripe *stripetest.Server
	mu     sync.Mutex
	now    time.Time
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	ring, err := secret.ParseKeys("8f1d0c52a6b94e7739d2c1f0e8b7a6958473625140f9e8d7c6b5a49382716f5e")
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse("https://roster.test")
	if err != nil {
		t.Fatal(err)
	}
	w.stripe = &stripetest.Server{Key: stripeKey, Secret: stripeSecret}
	checks := httptest.NewServer(w.stripe)
	t.Cleanup(checks.Close)
	w.app, err = newApp(&opened{DB: d, Keyring: ring}, appSettings{
		base: base, origins: []string{"https://shop.example"},
		dist: fstest.MapFS{
			"index.html": {Data: []byte("<!doctype html>")}, "explorer.html": {Data: []byte("<!doctype html><title>API explorer</title>")},
		},
		log: slog.New(slog.DiscardHandler), preview: true, stripe: checks.URL,
	}, w.clock)
	if err != nil {
		t.Fatal(err)
	}
	w.choose(func(s *settings.Settings) { s.TwoFactor = settings.TwoFactorRule{} })
	w.server = httptest.NewTLSServer(w.handler)
	t.Cleanup(func() { w.server.Close(); w.close() })
	return w
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
	if err := db.InTx(dbtest.System(w.t), w.db.DB, act); err != nil {
		w.t.Fatal(err)
	}
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

// user makes somebody with a password.
func (w *world) user(first, last, address string) (u *ent.User) {
	w.t.Helper()
	parsed, err := email.Parse(address)
	if err != nil {
		w.t.Fatal(err)
	}
	keys := users.KeysOf(first, last, parsed)
	w.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		u, err = tx.User.Create().SetFirstName(first).SetLastName(last).
			SetNameKey(keys.Name).SetLastKey(keys.Last).SetSearchText(keys.Search).
			SetEmail(address).SetEmailKey(parsed.Key).SetCreatedAt(w.now).SetUpdatedAt(w.now).Save(ctx)
		if err != nil {
			return err
		}
		return tx.Password.Create().SetUserID(u.ID).SetHash(hashed()).SetChangedAt(w.now).Exec(ctx)
	})
	return u
}

// staff makes somebody with a password and a role.
func (w *world) staff(first, address string, may ...permission.Admin) *ent.User {
	w.t.Helper()
	u := w.user(first, "Staff", address)
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		r, err := tx.Role.Create().SetName("role of " + address).SetPermissions(may).Save(ctx)
		if err != nil {
			return err
		}
		return tx.User.UpdateOneID(u.ID).SetRole(r).Exec(ctx)
	})
	return u
}

// account makes an account of the owner's.
func (w *world) account(name string, owner *ent.User) (a *ent.Account) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		a, err = tx.Account.Create().SetName(name).SetNameKey(strings.ToLower(name)).SetEmail("billing@example.com").SetEmailKey("billing@example.com").
			SetCreatedAt(w.now).SetUpdatedAt(w.now).Save(ctx)
		if err != nil {
			return err
		}
		return tx.Membership.Create().SetUserID(owner.ID).SetAccountID(a.ID).SetOwner(true).SetSince(w.now).Exec(ctx)
	})
	return a
}

func (w *world) enroll(u *ent.User) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *db.Tx) error { return w.graph.Factors.Enroll(ctx, tx, u.ID, seed) })
}

// code is what the authenticator app shows now.
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

// link is the token in the latest mail to the address, as the outbox's page shows it; empty when that mail has none.
func (w *world) link(to, subject string) string {
	w.t.Helper()
	var id int
	err := w.db.Reader().QueryRowContext(w.t.Context(), "SELECT max(id) FROM mails WHERE recipient = $1", to).Scan(&id)
	if err != nil {
		w.t.Fatalf("no mail to %s: %v", to, err)
	}
	response, err := w.server.Client().Get(fmt.Sprintf("%s/dev/mail/%d", w.server.URL, id))
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if !strings.Contains(string(page), ">"+subject+"</h1>") {
		w.t.Fatalf("not about %q: %s", subject, page)
	}
	_, link, _ := strings.Cut(string(page), "https://roster.test/")
	_, token, _ := strings.Cut(link, "#")
	token, _, _ = strings.Cut(token, `"`)
	return token
}

// question gives a user a security question with this answer.
func (w *world) question(u *ent.User, answer string) {
	w.t.Helper()
	hash, err := secret.NewHasher().Hash(w.t.Context(), questions.Canonical(answer))
	if err != nil {
		w.t.Fatal(err)
	}
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		q, err := tx.SecurityQuestion.Create().SetTexts(map[string]string{"en": "Your first pet?", "de": "Ihr erstes Haustier?"}).Save(ctx)
		if err != nil {
			return err
		}
		if err := tx.SecurityAnswer.Create().SetUserID(u.ID).SetQuestion(q).SetHash(hash).SetSetAt(w.now).Exec(ctx); err != nil {
			return err
		}
		return tx.User.UpdateOneID(u.ID).SetSecurityQuestionSet(true).Exec(ctx)
	})
}

// count is the number of rows that the condition holds for.
func (w *world) count(from string, args ...any) (n int) {
	w.t.Helper()
	if err := w.db.Reader().QueryRowContext(w.t.Context(), "SELECT count(*) FROM "+from, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// browser keeps cookies from one request to the next.
type browser struct {
	*world
	client *http.Client
	header http.Header
	// path is that of the API, or of its scale.
	path string
}

func (w *world) browser() *browser {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	client := *w.server.Client()
	client.Jar = jar
	return &browser{world: w, client: &client, header: http.Header{"Content-Type": {"application/json"}}, path: "/graphql"}
}

// reply is an answer of the API.
type reply struct {
	Status int
	Header http.Header
	Body   string
	Data   map[string]any
	Errors []struct {
		Message    string
		Path       []any
		Extensions map[string]any
	}
	Extensions map[string]any
}

// send posts a body as it is.
func (b *browser) send(body string) reply {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.server.URL+b.path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header = b.header.Clone()
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	answer := reply{Status: response.StatusCode, Header: response.Header, Body: string(content)}
	_ = json.Unmarshal(content, &answer) // what is no JSON has no errors either, and tests want one
	return answer
}

// ask runs one operation.
func (b *browser) ask(query string, variables map[string]any) reply {
	b.t.Helper()
	var body bytes.Buffer
	if err := json.NewEncoder(&body).Encode(map[string]any{"query": query, "variables": variables}); err != nil {
		b.t.Fatal(err)
	}
	return b.send(body.String())
}

// must runs one operation that has to work, and returns the named field.
func (b *browser) must(field, query string, variables map[string]any) map[string]any {
	b.t.Helper()
	r := b.ask(query, variables)
	if len(r.Errors) > 0 {
		b.t.Fatalf("%s: %s", field, r.Body)
	}
	data, _ := r.Data[field].(map[string]any)
	if problems, _ := data["userErrors"].([]any); len(problems) > 0 {
		b.t.Fatalf("%s: %v", field, problems)
	}
	return data
}

const signInMutation = `mutation($e: String!, $p: String!) { signIn(input: {email: $e, password: $p}) {
	outcome { __typename ... on SignedIn { viewer { kind } } } userErrors { field code message } } }`

func (b *browser) signIn(address string) *browser {
	b.t.Helper()
	b.must("signIn", signInMutation, map[string]any{"e": address, "p": password})
	return b
}

const confirmMutation = `mutation($p: String!) { confirmIdentity(input: {password: $p}) { sudoUntil userErrors { code } } }`

func (b *browser) confirm() *browser {
	b.t.Helper()
	b.must("confirmIdentity", confirmMutation, map[string]any{"p": password})
	return b
}

// code of the first refusal: of the request, else of the payload's userErrors with its field.
func (r reply) refusal() string {
	if len(r.Errors) > 0 {
		code, _ := r.Errors[0].Extensions["code"].(string)
		return code
	}
	for _, payload := range r.Data {
		fields, _ := payload.(map[string]any)
		problems, _ := fields["userErrors"].([]any)
		if len(problems) == 0 {
			continue
		}
		problem, _ := problems[0].(map[string]any)
		code, _ := problem["code"].(string)
		path, _ := problem["field"].([]any)
		for i := range path {
			step, _ := path[i].(string)
			code += " " + step
		}
		return code
	}
	return ""
}
