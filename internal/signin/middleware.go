package signin

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode"

	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/passkeys"
)

// deviceMax is how many bytes of a User-Agent are kept.
const deviceMax = 200

// Middleware puts one viewer into the context of each request: that of the session's cookie, of the API token in the
// Authorization header, or the anonymous one. Address and request id are those of the viewer that is there already.
// A token that is not good is answered with 401, for a program would not notice that it acts as nobody; and when it
// can't be known who asks, nothing is answered but that (security.md #81).
func (s *Service) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client := anonymous(viewer.From(r.Context()))
		client.Device, client.At = device(r.UserAgent()), s.now()
		ctx := viewer.With(r.Context(), client)
		v, err := s.inTime(ctx, r)
		if err != nil {
			refuseRequest(ctx, w, err)
			return
		}
		ctx = passkeys.WithCookies(WithCookies(viewer.With(ctx, v), w, r), w, r)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// patience is how long a request waits to know who asks: a database that is gone is told at once (security.md #81).
const patience = 2 * time.Second

func (s *Service) inTime(ctx context.Context, r *http.Request) (*viewer.Viewer, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return s.whoAsks(ctx, r)
}

func (s *Service) whoAsks(ctx context.Context, r *http.Request) (*viewer.Viewer, error) {
	headers := r.Header.Values("Authorization")
	if len(headers) == 0 {
		cookie, err := r.Cookie(cookieName)
		if err != nil {
			return viewer.From(ctx), nil
		}
		return s.Authenticate(ctx, cookie.Value)
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	if len(headers) > 1 || !strings.EqualFold(scheme, "Bearer") {
		return nil, fault.New(fault.Unauthenticated, "The Authorization header must hold one Bearer token.")
	}
	v, err := s.Tokens.Authenticate(ctx, strings.TrimSpace(token))
	if err != nil {
		return nil, err
	}
	client := viewer.From(ctx)
	v.Address, v.Device, v.RequestID, v.Language, v.At = client.Address, client.Device, client.RequestID, client.Language, client.At
	return v, nil
}

// refuseRequest answers in GraphQL's form, without data.
func refuseRequest(ctx context.Context, w http.ResponseWriter, err error) {
	status, answer := http.StatusInternalServerError, &fault.Error{Code: fault.Internal, Message: "Internal error."}
	var f *fault.Error
	switch errors.As(err, &f); {
	case f != nil && f.Code == fault.Unauthenticated:
		status, answer = http.StatusUnauthorized, f
		w.Header().Set("WWW-Authenticate", "Bearer")
	case db.Unavailable(err):
		status = http.StatusServiceUnavailable
		answer = fault.New(fault.TryLater, "The service is busy. Please try again in a moment.")
		w.Header().Set("Retry-After", "2")
	default:
		slog.ErrorContext(ctx, "finding out who asks", "request", viewer.From(ctx).RequestID, "err", err)
	}
	extensions := map[string]any{"code": answer.Code}
	if answer.Code == fault.Internal {
		extensions["requestId"] = viewer.From(ctx).RequestID
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []any{map[string]any{"message": answer.Message, "extensions": extensions}}})
}

// device is what the browser says it is, fit to be stored and shown.
func device(agent string) string {
	agent = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(agent, ""))
	if len(agent) > deviceMax {
		agent = strings.ToValidUTF8(agent[:deviceMax], "")
	}
	return agent
}
