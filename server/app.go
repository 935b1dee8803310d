package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"roster/ent/viewer"
	"roster/graph"
	"roster/internal/accounts"
	"roster/internal/activity"
	"roster/internal/addresses"
	"roster/internal/audit"
	"roster/internal/budget"
	"roster/internal/exports"
	"roster/internal/factors"
	"roster/internal/idempotency"
	"roster/internal/invitations"
	"roster/internal/mail"
	"roster/internal/members"
	"roster/internal/outgoing"
	"roster/internal/passkeys"
	"roster/internal/passwords"
	"roster/internal/questions"
	"roster/internal/recovery"
	"roster/internal/registration"
	"roster/internal/secret"
	"roster/internal/settings"
	"roster/internal/signin"
	"roster/internal/staff"
	"roster/internal/tokens"
	"roster/internal/users"
	"roster/internal/verification"
	"roster/internal/verification/stripe"
	"roster/internal/web"
)

// appSettings are those of a server that its parts need.
type appSettings struct {
	base    *url.URL
	origins []string
	proxies []netip.Prefix
	// dist is the built frontend.
	dist fs.FS
	log  *slog.Logger
	// relay is nil where mails stay in the outbox.
	relay *mail.Relay
	// preview shows the outbox on a page.
	preview bool
	// stripe is where the API of Stripe is asked for; empty: at Stripe's.
	stripe string
}

// app is a server's parts, wired.
type app struct {
	settings appSettings
	db       *opened
	graph    *graph.Resolver
	handler  http.Handler
	outbox   *mail.Outbox
	// mails is nil without a relay.
	mails   *mail.Runner
	sweeper sweeper
	// ready is false before the server listens and once it is about to stop.
	ready atomic.Bool
}

func newApp(d *opened, s appSettings, now func() time.Time) (*app, error) {
	outbox, err := mail.NewOutbox(d.DB, d.Keyring, s.base.Hostname())
	if err != nil {
		return nil, err
	}
	a := &app{settings: s, db: d, outbox: outbox, graph: resolver(d, outbox, s, now)}
	if s.relay != nil {
		if a.mails, err = mail.NewRunner(d.DB, outbox, s.relay, s.base.String(), now); err != nil {
			return nil, err
		}
	}
	a.handler, err = a.routes(now)
	return a, err
}

// resolver holds the activities, each with what it needs.
func resolver(d *opened, outbox *mail.Outbox, s appSettings, now func() time.Time) *graph.Resolver {
	hasher := secret.NewHasher()
	factor := &factors.Service{DB: d.DB, Now: now, Keyring: d.Keyring, Outbox: outbox, Passwords: hasher}
	passkey := &passkeys.Service{DB: d.DB, Now: now, Site: passkeys.NewSite(s.base), Factors: factor, Outbox: outbox}
	asked := &questions.Service{DB: d.DB, Now: now, Passwords: hasher, Outbox: outbox}
	token := &tokens.Service{DB: d.DB, Now: now, Outbox: outbox}
	refusals := &audit.Refusals{DB: d.DB, Now: now}
	identity := &verification.Service{
		DB: d.DB, Now: now, Outbox: outbox, Keyring: d.Keyring, ReturnTo: s.base.JoinPath("identity").String(), Refusals: refusals,
		Providers: map[string]verification.Provider{
			stripe.Name: &stripe.Provider{URL: s.stripe, HTTP: outgoing.Client(s.stripe != "")},
		},
	}
	r := &graph.Resolver{
		Tokens:   token,
		Users:    &users.Service{DB: d.DB, Now: now, Outbox: outbox},
		Accounts: &accounts.Service{DB: d.DB, Now: now, Outbox: outbox, Verify: identity.OnOrder},
		Members:  &members.Service{DB: d.DB, Now: now, Outbox: outbox},
		Staff:    &staff.Service{DB: d.DB, Now: now, Passwords: hasher},
		Factors:  factor,
		Passkeys: passkey,
		Recovery: &recovery.Service{DB: d.DB, Now: now, Passwords: hasher, Outbox: outbox, Questions: asked},
		SignIns: &signin.Service{
			DB: d.DB, Now: now, Passwords: hasher, Factors: factor, Passkeys: passkey,
			Tokens: token, Outbox: outbox,
		},
		Questions:   asked,
		Choices:     &settings.Service{DB: d.DB, Now: now, Choosable: identity.Choosable},
		Identity:    identity,
		Notices:     s.base.JoinPath(noticesPath).String() + "/",
		Acts:        &activity.Service{DB: d.DB},
		Invitations: &invitations.Service{DB: d.DB, Now: now, Outbox: outbox},
		Mails:       &mail.Gallery{DB: d.DB, BaseURL: s.base.String()},
		Refusals:    refusals,
		Budgets:     &budget.Service{DB: d.DB, Now: now},
		Keys:        &idempotency.Service{DB: d.DB, Now: now, Keyring: d.Keyring},
		Version:     version(),
	}
	r.Registration = &registration.Service{
		DB: d.DB, Now: now, Passwords: hasher, Outbox: outbox, Questions: r.Questions, Invitations: r.Invitations,
	}
	r.Passwords = &passwords.Service{DB: d.DB, Now: now, Hasher: hasher, Outbox: outbox, SignIns: r.SignIns}
	r.Addresses = &addresses.Service{DB: d.DB, Now: now, Outbox: outbox, Users: r.Users, SignIns: r.SignIns}
	return r
}

// start begins what runs beside the requests.
func (a *app) start(ctx context.Context) error {
	a.sweeper.start(ctx, chore{time.Hour, a.graph.Keys.Sweep}, chore{time.Hour, a.graph.Tokens.Sweep},
		chore{time.Hour, a.graph.Budgets.Sweep}, chore{time.Hour, a.graph.Refusals.Sweep}, chore{time.Minute, a.graph.Identity.Sweep},
		chore{time.Minute, a.db.EmptyJournal})
	if a.mails == nil {
		return nil
	}
	return a.mails.Start(ctx)
}

// close waits for what runs beside the requests. The server must have stopped.
func (a *app) close() {
	a.sweeper.close()
	a.graph.SignIns.Close()
	a.graph.Tokens.Close()
	a.graph.Budgets.Close()
	ctx, cancel := context.WithTimeout(context.Background(), inFlight)
	defer cancel()
	if err := a.graph.Refusals.Close(ctx); err != nil {
		slog.Warn("what was refused was not counted", "err", err)
	}
	if a.mails == nil {
		return
	}
	if err := a.mails.Stop(ctx); err != nil {
		slog.Warn("stopping the worker of mails", "err", err)
	}
}

// prepare makes what must be there before the first request, and prints the one-time link where nobody has set the
// installation up yet (security.md #50).
func (a *app) prepare(ctx context.Context, out io.Writer) error {
	if err := a.graph.Staff.EnsureRoles(ctx); err != nil {
		return err
	}
	needed, err := a.graph.Staff.SetupNeeded(ctx)
	if err != nil || !needed {
		return err
	}
	token, err := a.graph.Staff.NewSetupToken(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "There is no administrator yet. Make the first one within an hour:\n\n    %s/set-up#%s\n\n", a.settings.base, token)
	return nil
}

// routes is every path that the server answers, and what each request passes on its way there.
func (a *app) routes(now func() time.Time) (http.Handler, error) {
	page, err := newSPA(a.settings.dist, func(r *http.Request) string { return web.Nonce(r.Context()) })
	if err != nil {
		return nil, err
	}
	crossOrigin, err := web.CrossOrigin(a.settings.origins)
	if err != nil {
		return nil, fmt.Errorf("--cors-origin: %w", err)
	}
	known := []web.Middleware{client, a.graph.SignIns.Middleware}

	mux := http.NewServeMux()
	api := web.Chain(graph.Handler(a.graph, now), known...)
	mux.Handle("/graphql", api)
	mux.Handle("/graphql/cost", graph.Weighing(api))
	mux.Handle("GET /admin/mail/{language}/{kind}", web.Chain(mailFrame(a.graph.Mails), known...))
	own := &exports.Service{DB: a.db.DB, Now: now, SignIns: a.graph.SignIns}
	mux.Handle("POST /own-data", web.Chain(ownData(own), known...))
	mux.Handle("POST /verification-files", web.Chain(keepFile(a.graph.Identity), known...))
	mux.Handle("GET /verification-files/{name}", web.Chain(handOutFile(a.graph.Identity), known...))
	mux.Handle("POST "+noticesPath+"/{provider}", web.Chain(takeNotice(a.graph.Identity), client))
	mux.HandleFunc("GET /livez", a.alive)
	mux.HandleFunc("GET /readyz", a.isReady)
	if a.settings.preview {
		outbox := &mail.Preview{
			DB: a.db.DB, Outbox: a.outbox, BaseURL: a.settings.base.String(),
			Nonce: func(r *http.Request) string { return web.Nonce(r.Context()) },
		}
		mux.Handle("GET /dev/mail", a.onlyByName(outbox))
		mux.Handle("GET /dev/mail/{id}", a.onlyByName(outbox))
	}
	mux.Handle("/", page)
	return web.Chain(mux,
		web.RequestID, web.AccessLog(a.settings.log), web.Recover(a.settings.log, nil),
		web.Headers(a.settings.base.Scheme == "https"), web.ClientAddress(a.settings.proxies), crossOrigin), nil
}

// onlyByName answers who called this machine by its own name, or the server by its public one. Any page may give its
// own name the address of this machine; what a browser then asks for carries that name.
func (a *app) onlyByName(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		called, err := url.Parse("//" + r.Host)
		if err != nil || !local(called.Hostname()) && called.Hostname() != a.settings.base.Hostname() {
			http.NotFound(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// client puts what is known of the client into the context, for audit, history and throttles.
func client(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		next.ServeHTTP(w, r.WithContext(viewer.With(ctx, &viewer.Viewer{
			Kind: viewer.Anonymous, Address: web.AddressOf(ctx), RequestID: web.RequestIDOf(ctx),
			Language: users.LanguageFor(r.Header.Get("Accept-Language")),
		})))
	})
}

// alive answers as long as the process does (security.md #81).
func (*app) alive(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "alive") }

// isReady tells whether requests should come here.
func (a *app) isReady(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	switch {
	case !a.ready.Load():
		answer(w, http.StatusServiceUnavailable, "stopping")
	case a.db.Front().PingContext(ctx) != nil:
		answer(w, http.StatusServiceUnavailable, "no database")
	default:
		answer(w, http.StatusOK, "ready")
	}
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n")
}
