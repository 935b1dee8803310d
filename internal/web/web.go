// Package web holds what every HTTP answer of Roster has in common: its number, whose address it goes to, its
// headers, whose pages may ask for it, and what happens when a handler panics. Each piece wraps a handler; Chain puts
// them together.
package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/netip"
)

// Middleware wraps a handler.
type Middleware = func(http.Handler) http.Handler

// Chain wraps h so that the first middleware sees a request first.
func Chain(h http.Handler, outerFirst ...Middleware) http.Handler {
	for i := len(outerFirst) - 1; i >= 0; i-- {
		h = outerFirst[i](h)
	}
	return h
}

// facts is what the pieces find out about one request. They share one value in its context, because a copy of the
// request for each of them costs more than all the rest that they do. Only the middleware writes to it, before the
// handlers run.
type facts struct {
	id      string
	address netip.Addr
	nonce   string
}

type factsKey struct{}

func known(ctx context.Context) *facts {
	f, _ := ctx.Value(factsKey{}).(*facts)
	return f
}

// attach gives the request its facts, unless a piece further out did.
func attach(r *http.Request) (*http.Request, *facts) {
	if f := known(r.Context()); f != nil {
		return r, f
	}
	f := &facts{}
	return r.WithContext(context.WithValue(r.Context(), factsKey{}, f)), f
}

// RequestID numbers requests, at random: 128 bits or more, in the answer's X-Request-Id and for RequestIDOf. A number
// that the client sends is not taken, since it would go into the audit log.
func RequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, f := attach(r)
		f.id = rand.Text()
		w.Header()["X-Request-Id"] = []string{f.id}
		next.ServeHTTP(w, r)
	})
}

// RequestIDOf returns the request's number, "" outside RequestID.
func RequestIDOf(ctx context.Context) string {
	if f := known(ctx); f != nil {
		return f.id
	}
	return ""
}

// refuse answers in the form of the API, with fixed text. The code is one of the closed list (security.md #64).
func refuse(w http.ResponseWriter, status int, code, message, id string) {
	if id != "" {
		id = `,"requestId":"` + id + `"`
	}
	h := w.Header()
	for _, name := range []string{"Content-Length", "Content-Encoding", "Set-Cookie", "Etag", "Last-Modified"} {
		h.Del(name) // a handler that panicked may have meant another answer
	}
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	// Nothing can be done about a client that has gone.
	_, _ = w.Write([]byte(`{"errors":[{"message":"` + message + `","extensions":{"code":"` + code + `"` + id + `}}]}`))
}
