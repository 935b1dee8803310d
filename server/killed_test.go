package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/idempotency"
)

// worldKey is the key of every world.
const worldKey = "8f1d0c52a6b94e7739d2c1f0e8b7a6958473625140f9e8d7c6b5a49382716f5e"

// shop is a program that notes orders under an Idempotency-Key, and a second server on the same database.
type shop struct {
	t       *testing.T
	p       *program
	next    *browser
	d       *db.DB
	account string
}

func newShop(t *testing.T) *shop {
	t.Helper()
	at := place{db: dbtest.PostgresEmpty(t), key: filepath.Join(t.TempDir(), "roster.key")}
	if err := os.WriteFile(at.key, []byte(worldKey), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &shop{t: t, p: at.serve(t)}
	made, err := at.command(t, "token", "create", "--role", "Full Administrator", "--name", "shop").Output()
	if err != nil {
		t.Fatal(err)
	}
	s.d = dbtest.Open(t, at.db)
	w := newWorld(t, s.d)
	w.later(time.Since(w.clock())) // the program has the real one
	s.next = w.bearer(strings.TrimSpace(string(made))).under("k")
	created := s.next.must("createAccount", `mutation { createAccount(input: {name: "Acme", email: "acme@example.com", owner: {firstName: "Eve", email: "eve@example.com"}}) {
		account { id } userErrors { code } } }`, nil)
	account, _ := created["account"].(map[string]any)
	s.account, _ = account["id"].(string)
	return s
}

// send posts an order to the program, which will not live to answer.
func (s *shop) send() {
	body, err := json.Marshal(map[string]any{"query": recordMutation, "variables": s.order()})
	if err != nil {
		s.t.Error(err)
		return
	}
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.p.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		s.t.Error(err)
		return
	}
	r.Header = s.next.header.Clone()
	response, err := http.DefaultClient.Do(r)
	if err == nil {
		answer, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		s.t.Errorf("the program answered %s", answer)
	}
}

func (s *shop) order() map[string]any {
	return map[string]any{"i": map[string]any{"accountId": s.account, "number": "1"}}
}

// killed sends an order, kills the program once a statement of its waits for the lock that the test holds, and lets go.
// Then the connection is closed for the database too, as it is when a machine goes: what waited does not go on.
func (s *shop) killed(lock *sql.Tx) {
	s.t.Helper()
	sent := make(chan struct{})
	go func() { defer close(sent); s.send() }()
	var waiting int
	looking, cancel := context.WithTimeout(s.t.Context(), 10*time.Second) // more than a lock is waited for
	defer cancel()
	for often := time.NewTicker(10 * time.Millisecond); waiting == 0; {
		select {
		case <-often.C:
		case <-looking.Done():
			s.t.Fatal("nothing waits for the lock")
		}
		err := s.d.Reader().QueryRowContext(s.t.Context(),
			"SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waiting)
		if err != nil {
			s.t.Fatal(err)
		}
	}
	if err := s.p.cmd.Process.Kill(); err != nil {
		s.t.Fatal(err)
	}
	if err := <-s.p.done; err == nil {
		s.t.Error("it ended in order")
	}
	<-sent
	if _, err := s.d.Writer().ExecContext(s.t.Context(), "SELECT pg_terminate_backend($1, 5000)", waiting); err != nil {
		s.t.Fatal(err)
	}
	if err := lock.Rollback(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) lock(statement string, args ...any) *sql.Tx {
	s.t.Helper()
	tx, err := s.d.Writer().BeginTx(s.t.Context(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := tx.ExecContext(s.t.Context(), statement, args...); err != nil {
		s.t.Fatal(err)
	}
	return tx
}

func (s *shop) ask(want string, orders int) {
	s.t.Helper()
	if r := s.next.ask(recordMutation, s.order()); r.reason() != want {
		s.t.Errorf("%s, want %q", r.Body, want)
	}
	if n := s.next.count("orders"); n != orders {
		s.t.Errorf("%d orders, want %d", n, orders)
	}
}

// #80: a server is killed after it took the key and before it committed. Nothing happened; the next one does it, once it is
// sure that the first one is dead.
func Test80KilledBeforeCommit(t *testing.T) {
	s := newShop(t)
	s.killed(s.lock("SELECT 1 FROM accounts FOR UPDATE"))
	if n := s.next.count("idempotency_keys WHERE NOT done"); n != 1 {
		t.Errorf("%d claims are left", n)
	}
	s.ask(idempotency.Running, 0)
	s.next.later(time.Since(s.next.clock()) + 30*time.Second)
	s.ask("", 1)
	s.ask("", 1)
}

// #80: a server is killed after it committed and before it could keep the answer. Nobody does it again, and whoever asks
// is told that it was done.
func Test80KilledBeforeTheAnswer(t *testing.T) {
	s := newShop(t)
	for _, statement := range []string{
		"CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(80); RETURN NEW; END'",
		"CREATE TRIGGER wait BEFORE UPDATE ON idempotency_keys FOR EACH ROW WHEN (NEW.ended) EXECUTE FUNCTION wait()",
	} {
		if _, err := s.d.Writer().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	s.killed(s.lock("SELECT pg_advisory_xact_lock(80)"))
	s.ask(idempotency.Running, 1)
	s.next.later(time.Since(s.next.clock()) + 30*time.Second)
	s.ask(idempotency.Made, 1)
}

// commits is a line that is lost while a change commits.
type commits struct {
	net.Listener
	t       *testing.T
	forward func() (net.Conn, error)
	// heard: the database got the COMMIT, and its word on it was lost; else the COMMIT was lost itself.
	heard bool
	lost  atomic.Bool
}

// settles is in the statement that notes a change; the first time that a connection sees it, as text.
var settles, commit = []byte("SET done = TRUE"), []byte("commit\x00")

func (l *commits) serve() {
	for {
		near, err := l.Accept()
		if err != nil {
			return
		}
		far, err := l.forward()
		if err != nil {
			l.t.Error(err)
			return
		}
		var silent atomic.Bool
		go func() {
			defer func() { _ = far.Close() }()
			changed, chunk := false, make([]byte, 64<<10)
			for {
				n, err := near.Read(chunk)
				if err != nil {
					return
				}
				changed = changed || bytes.Contains(chunk[:n], settles)
				if changed && bytes.Contains(chunk[:n], commit) && l.lost.CompareAndSwap(false, true) {
					silent.Store(true)
					if !l.heard {
						_ = near.Close()
						return
					}
				}
				if _, err := far.Write(chunk[:n]); err != nil {
					return
				}
			}
		}()
		go func() {
			defer func() { _ = near.Close() }()
			chunk := make([]byte, 64<<10)
			for {
				n, err := far.Read(chunk)
				if err != nil || silent.Load() {
					return
				}
				if _, err := near.Write(chunk[:n]); err != nil {
					return
				}
			}
		}()
	}
}

// #79: a connection that is lost while it commits leaves it unknown whether the change was made. Sent again under its key,
// it is made once in all.
func Test79LostWhileCommitting(t *testing.T) {
	for name, c := range map[string]struct {
		heard bool
		again string
	}{"the word on it": {true, idempotency.Made}, "the COMMIT itself": {false, ""}} {
		t.Run(name, func(t *testing.T) {
			source := dbtest.PostgreSQLSource(t)
			there := newWorld(t, dbtest.Open(t, source)) // prepares on a line of its own
			_, order := counter(there)
			l, through := newLine(t, source)
			l.cut()
			listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", l.address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = listener.Close() })
			lossy := &commits{Listener: listener, t: t, heard: c.heard, forward: func() (net.Conn, error) { return net.Dial(l.network, l.target) }}
			go lossy.serve()

			w := newWorld(t, dbtest.Open(t, through))
			ada := w.browser().signIn("ada@example.com").under("k")
			if r := ada.ask(recordMutation, order("1")); r.refusal() != "TRY_LATER" || !lossy.lost.Load() {
				t.Fatalf("the line was lost: %t; %s", lossy.lost.Load(), r.Body)
			}
			if r := ada.ask(recordMutation, order("1")); r.reason() != c.again {
				t.Errorf("again: %s, want %q", r.Body, c.again)
			}
			if n := there.count("orders"); n != 1 {
				t.Errorf("%d orders", n)
			}
		})
	}
}
