//go:build unix

package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"roster/internal/dbtest"
)

// told hands on the address that a server says it serves at.
type told struct {
	slog.Handler
	address chan string
}

func (told) Enabled(context.Context, slog.Level) bool { return true }

func (h told) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "address" {
			h.address <- a.Value.String()
		}
		return true
	})
	return nil
}

// security.md #85: after SIGTERM a server is not ready, finishes what is under way, takes nothing new, and ends well.
func Test85Stops(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	log := told{slog.DiscardHandler, make(chan string, 1)}
	before := slog.Default()
	slog.SetDefault(slog.New(log))
	t.Cleanup(func() { slog.SetDefault(before) })

	entered, leave := make(chan struct{}), make(chan struct{})
	real := w.handler
	w.handler = http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/graphql" {
			close(entered)
			<-leave
		}
		real.ServeHTTP(out, r)
	})
	ended := make(chan error, 1)
	go func() {
		ended <- (&serveCmd{Listen: "127.0.0.1:0", BaseURL: "http://localhost", Drain: time.Millisecond}).listen(t.Context(), w.app)
	}()
	address := <-log.address
	status := make(chan int, 1)
	go func() {
		response, err := http.Post("http://"+address+"/graphql", "application/json", strings.NewReader(`{"query":"{ viewer { kind } }"}`))
		if err != nil {
			t.Error(err)
			status <- 0
			return
		}
		_ = response.Body.Close()
		status <- response.StatusCode
	}()
	<-entered
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for { // until the socket is closed
		conn, err := net.Dial("tcp", address)
		if err != nil {
			break
		}
		_ = conn.Close()
	}
	if w.ready.Load() {
		t.Error("still ready")
	}
	select {
	case err := <-ended:
		t.Errorf("ended before the request did: %v", err)
	default:
	}
	close(leave)
	if got := <-status; got != http.StatusOK {
		t.Errorf("what was under way: %d", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("%v", err)
	}
}
