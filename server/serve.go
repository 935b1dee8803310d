package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"

	"roster/internal/db"
	"roster/internal/mail"
	"roster/internal/web"
)

// serveCmd is the settings of a server.
type serveCmd struct {
	store
	Listen       string        `env:"ROSTER_LISTEN" default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Where to listen (${default})."`
	BaseURL      string        `name:"base-url" env:"ROSTER_BASE_URL" default:"http://localhost:8080" placeholder:"URL" help:"The address that people type and that links in mails start with (${default}). It must be https, except for localhost."`
	CORSOrigin   []string      `name:"cors-origin" env:"ROSTER_CORS_ORIGIN" placeholder:"ORIGIN" help:"A site whose pages may use the API with a token, as https://host (or http://host). Repeat it for more; none by default."`
	TrustedProxy []string      `env:"ROSTER_TRUSTED_PROXY" placeholder:"NETWORK" help:"The address or network of a proxy in front, whose word on where a request comes from is taken. Repeat it for more; none by default."`
	SMTP         string        `name:"smtp" env:"ROSTER_SMTP" placeholder:"URL" help:"The mail server: smtp://user:password@host:587 (TLS by STARTTLS, not optional), smtps://host:465, or smtp://127.0.0.1:25?tls=none for one on this machine. Without it, mails wait in the outbox."`
	MailFrom     string        `env:"ROSTER_MAIL_FROM" placeholder:"SENDER" help:"Who mails come from, as 'Name <address@example.com>'. Needed with --smtp."`
	Dev          bool          `env:"ROSTER_DEV" help:"Show the outbox, with its links, on /dev/mail. Only where nobody else can reach the server: --listen must be a loopback address."`
	StripeURL    string        `name:"stripe-url" env:"ROSTER_STRIPE_URL" hidden:"" placeholder:"URL" help:"Where Stripe's API is asked for, instead of at Stripe: a server on this machine, for tests."`
	Drain        time.Duration `env:"ROSTER_DRAIN" default:"5s" help:"How long to go on after SIGTERM, not ready, until load balancers have noticed (${default})."`
}

// patience is how long a server waits for its predecessor to let go of a SQLite file.
const patience = 10 * time.Second

// inFlight is how long requests under way may take to finish when the server stops (security.md #85).
const inFlight = 25 * time.Second

// Run serves until a signal says stop.
func (c *serveCmd) Run(ctx context.Context, built fs.FS) error {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	tuneMemory()
	settings, err := c.read(built)
	if err != nil {
		return err
	}
	unlock, err := c.lock(ctx, brief)
	if errors.Is(err, db.ErrLocked) {
		slog.Info("another roster process holds the database: waiting for it to stop", "at most", patience.String())
		unlock, err = c.lock(ctx, patience)
	}
	if err != nil {
		return err
	}
	defer unlock()
	d, err := c.openWith(ctx, db.Migrate)
	if err != nil {
		return err
	}
	defer d.Close()
	clock, err := db.NewClock(ctx, d.DB, time.Now)
	if err != nil {
		return err
	}
	keeping, stop := context.WithCancel(ctx)
	defer stop()
	go clock.Keep(keeping)
	app, err := newApp(d, settings, clock.Now)
	if err != nil {
		return err
	}
	defer app.close()
	if err := app.prepare(ctx, os.Stdout); err != nil {
		return err
	}
	if err := app.start(ctx); err != nil {
		return err
	}
	return c.listen(ctx, app)
}

// read checks every setting, before anything is made on the disk or in a database.
func (c *serveCmd) read(built fs.FS) (s appSettings, err error) {
	s = appSettings{origins: c.CORSOrigin, log: slog.Default(), preview: c.Dev}
	if s.base, err = readBaseURL(c.BaseURL); err != nil {
		return s, err
	}
	if err := checkListen(c.Listen); err != nil {
		return s, err
	}
	if s.proxies, err = readNetworks(c.TrustedProxy); err != nil {
		return s, err
	}
	if _, err := web.CrossOrigin(c.CORSOrigin); err != nil {
		return s, fmt.Errorf("--cors-origin: %w", err)
	}
	if s.relay, err = c.relay(); err != nil {
		return s, err
	}
	if c.Dev && !loopback(c.Listen) {
		return s, errors.New("--dev: everybody who reaches the server could read all mails; --listen must be a loopback address")
	}
	if s.stripe, err = readStripeURL(c.StripeURL); err != nil {
		return s, err
	}
	if c.Drain < 0 || c.Drain > time.Hour {
		return s, errors.New("--drain must be from 0s to 1h")
	}
	if s.dist, err = fs.Sub(built, "dist"); err != nil {
		return s, fmt.Errorf("reading the frontend: %w", err)
	}
	if _, err := newSPA(s.dist, nil); err != nil {
		return s, err
	}
	return s, nil
}

// relay is nil where none is set.
func (c *serveCmd) relay() (*mail.Relay, error) {
	if c.SMTP == "" {
		return nil, nil //nolint:nilnil // mails stay in the outbox
	}
	if c.MailFrom == "" {
		return nil, errors.New("--smtp needs --mail-from: who do the mails come from?")
	}
	relay, err := mail.NewRelay(c.SMTP, c.MailFrom, nil)
	if err != nil {
		return nil, fmt.Errorf("--smtp, --mail-from: %w", err)
	}
	return relay, nil
}

func loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	return err == nil && local(host)
}

func (c *serveCmd) listen(ctx context.Context, app *app) error {
	// From here on a signal stops the server in order; a second one kills it.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)

	socket, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("--listen: another program uses %s", c.Listen)
	case err != nil:
		return fmt.Errorf("--listen: %w", err)
	}
	server := newServer(app.handler)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(socket) }()
	app.ready.Store(true)
	fmt.Println("Roster serves", app.settings.base)
	slog.Info("serving", "version", version(), "address", socket.Addr().String(), "url", c.BaseURL)
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case s := <-signals:
		signal.Stop(signals)
		app.ready.Store(false)
		if s == syscall.SIGTERM {
			time.Sleep(c.Drain) // not ready, but still serving, until whoever balances the load has seen it (security.md #85)
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), inFlight)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return fmt.Errorf("stopping: %w", errors.Join(err, server.Close()))
	}
	slog.Info("stopped")
	return nil
}

// newServer bounds what a client may take of us (security.md #56).
func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16<<10 - 4<<10, // net/http reads 4 KiB more than this
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
}

// tuneMemory trades memory for time within what the machine has; GOGC and GOMEMLIMIT in the environment win.
func tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	_, err := memlimit.Set(memlimit.WithRatio(0.5),
		memlimit.WithProvider(memlimit.ApplyFallback(memlimit.FromCgroup, memlimit.FromSystem)))
	if err != nil {
		slog.Warn("no memory limit could be derived from the machine", "err", err)
	}
}

// readBaseURL takes an origin without a path. The session's cookie travels by TLS only; browsers make an exception
// for the machine they run on.
func readBaseURL(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(text, "/"))
	switch {
	case err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return nil, errors.New("--base-url must be an address like https://users.example.com, without a path")
	case u.Scheme == "https":
		return u, nil
	case u.Scheme == "http" && local(u.Hostname()):
		return u, nil
	}
	return nil, errors.New("--base-url must start with https://: browsers send the session's cookie by TLS only, except to localhost")
}

// readStripeURL takes the address of a server on this machine: anywhere else it would be told the API key.
func readStripeURL(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" || !local(u.Hostname()) || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", errors.New("--stripe-url must be a server on this machine, like http://127.0.0.1:8099")
	}
	return text, nil
}

// checkListen finds what is wrong before the socket does.
func checkListen(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("--listen: %q is not an address like 127.0.0.1:8080", address)
	}
	return nil
}

func local(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

func readNetworks(texts []string) ([]netip.Prefix, error) {
	networks := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		if address, err := netip.ParseAddr(text); err == nil {
			networks[i] = netip.PrefixFrom(address, address.BitLen())
			continue
		}
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("--trusted-proxy: %q is neither an address nor a network like 10.0.0.0/8", text)
		}
		networks[i] = network
	}
	return networks, nil
}
