package web

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// AccessLog writes one line for each request once it is over: never its query string, headers or body, which may
// hold secrets (security.md #67). It stands outside Recover, so that panics are logged as what was answered.
func AccessLog(log *slog.Logger) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r, f := attach(r)
			rec, start := record(w), time.Now()
			// Deferred, because an answer that breaks off leaves by a panic.
			defer func() {
				log.LogAttrs(r.Context(), slog.LevelInfo, "request",
					slog.String("request", f.id),
					slog.String("method", short(r.Method, 20)),
					slog.String("path", short(r.URL.Path, 200)),
					slog.Int("status", rec.status),
					slog.Int64("bytes", rec.bytes),
					slog.Duration("took", time.Since(start)),
					slog.Any("address", f.address))
			}()
			next.ServeHTTP(rec, r)
			rec.started() // net/http answers 200 for who writes nothing
		})
	}
}

func short(s string, most int) string {
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// Recover ends a request whose handler panicked with 500 INTERNAL and no detail, or breaks the connection where the
// answer had begun (security.md #85). Each panic is logged with its stack and reported to count, which may be nil.
func Recover(log *slog.Logger, count func()) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := record(w)
			defer func() {
				panicked := recover()
				if panicked == nil {
					return
				}
				if panicked == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
					panic(panicked)
				}
				id := RequestIDOf(r.Context())
				log.ErrorContext(r.Context(), "handler panicked", "request", id, "panic", panicked, "stack", string(debug.Stack()))
				if count != nil {
					count()
				}
				if rec.status != 0 {
					panic(http.ErrAbortHandler)
				}
				refuse(rec, http.StatusInternalServerError, "INTERNAL", "Internal error.", id)
			}()
			next.ServeHTTP(rec, r)
		})
	}
}
