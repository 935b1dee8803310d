package main

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"roster/ent/permission"
	"roster/internal/dbtest"
)

// line is a connection to PostgreSQL that can be cut and mended.
type line struct {
	t               *testing.T
	network, target string
	address         string

	mu       sync.Mutex
	listener net.Listener
	open     []net.Conn
}

// newLine lays a line to the server of source, and returns the URL that goes through it.
func newLine(t *testing.T, source string) (*line, string) {
	t.Helper()
	config, err := pgconn.ParseConfig(source)
	if err != nil {
		t.Fatal(err)
	}
	l := &line{t: t, address: "127.0.0.1:0"}
	l.network, l.target = pgconn.NetworkAddress(config.Host, config.Port)
	l.mend()
	t.Cleanup(l.cut)
	through := url.URL{Scheme: "postgres", User: url.UserPassword(config.User, config.Password), Host: l.address, Path: "/" + config.Database, RawQuery: "sslmode=disable"}
	return l, through.String()
}

func (l *line) mend() {
	l.t.Helper()
	listener, err := new(net.ListenConfig).Listen(l.t.Context(), "tcp", l.address)
	if err != nil {
		l.t.Fatal(err)
	}
	l.listener, l.address = listener, listener.Addr().String()
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial(l.network, l.target)
			if err != nil {
				_ = near.Close()
				continue
			}
			l.mu.Lock()
			l.open = append(l.open, near, far)
			l.mu.Unlock()
			go pass(near, far)
			go pass(far, near)
		}
	}()
}

func pass(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	_ = to.Close()
}

func (l *line) cut() {
	_ = l.listener.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.open {
		_ = c.Close()
	}
	l.open = nil
}

// security.md #81: with the database gone every answer is TRY_LATER, soon; the process is alive and not ready; and when
// the database is back, so is the server.
func Test81DatabaseGone(t *testing.T) {
	l, source := newLine(t, dbtest.PostgreSQLSource(t))
	w := newWorld(t, dbtest.Open(t, source))
	w.ready.Store(true)
	w.staff("Ada", "ada@example.com", permission.Admins...)
	eve := w.user("Eve", "Moore", "eve@example.com")
	ada, nobody := w.browser().signIn("ada@example.com"), w.browser()
	status := func(path string) int {
		response, err := w.server.Client().Get(w.server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		return response.StatusCode
	}
	for range 2 {
		if got := status("/readyz"); got != http.StatusOK {
			t.Errorf("ready: %d", got)
		}
		l.cut()
		for name, ask := range map[string]func() reply{
			"a read of nobody": func() reply { return nobody.ask("{ installation { setupNeeded } }", nil) },
			"a sign-in":        func() reply { return nobody.ask(signInMutation, map[string]any{"e": "eve@example.com", "p": password}) },
			"a reset":          func() reply { return nobody.ask(requestMutation, map[string]any{"e": "eve@example.com"}) },
			"a link":           func() reply { return nobody.ask(previewQuery, map[string]any{"t": "rst_" + strings.Repeat("A", 43)}) },
			"a read":           func() reply { return ada.ask(usersQuery, map[string]any{"first": 1}) },
			"a write": func() reply {
				return ada.ask(updateMutation, map[string]any{"i": map[string]any{"userId": eve.GlobalID(), "version": 1, "firstName": "X"}})
			},
		} {
			start := time.Now()
			r := ask()
			if took := time.Since(start); r.refusal() != "TRY_LATER" || took > 3*time.Second {
				t.Errorf("%s: %s after %v", name, r.Body, took)
			}
		}
		if live, ready := status("/healthz"), status("/readyz"); live != http.StatusOK || ready != http.StatusServiceUnavailable {
			t.Errorf("alive: %d, ready: %d", live, ready)
		}
		l.mend()
		ada.must("users", usersQuery, map[string]any{"first": 1})
		ada.must("sendPasswordReset", sendMutation, map[string]any{"u": eve.GlobalID()})
	}
	if n := w.count("users WHERE first_name = 'X'"); n != 0 {
		t.Error("a write that was refused is there")
	}
}
