package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/Khan/genqlient/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// How often a request is sent at most, and how long is waited for the next time.
const (
	tries   = 5
	longest = time.Minute
)

func newClient(server, token string) (graphql.Client, error) {
	if server == "" || token == "" {
		return nil, errors.New("set ROSTER_URL and ROSTER_TOKEN")
	}
	return graphql.NewClient(strings.TrimSuffix(server, "/")+"/graphql", &http.Client{
		Timeout: 30 * time.Second, Transport: authorized{token},
	}), nil
}

// authorized adds the token to each request, and the idempotency key that its context holds.
type authorized struct{ token string }

type keyOf struct{}

// withKey gives the requests of the context one idempotency key.
func withKey(ctx context.Context) context.Context {
	return context.WithValue(ctx, keyOf{}, rand.Text())
}

func (a authorized) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+a.token)
	if key, ok := r.Context().Value(keyOf{}).(string); ok {
		r.Header.Set("Idempotency-Key", key)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// retried calls again when the answer got lost, or was that time heals it, as long as that is soon. It is for what only
// reads, and for changes under a key.
func retried[T any](ctx context.Context, call func() (T, error)) (T, error) {
	for try := 1; ; try++ {
		answer, err := call()
		wait, heals := healsIn(err)
		switch {
		case !heals || try == tries:
			return answer, err
		case wait > longest:
			return answer, fmt.Errorf("%w Try again in %s.", err, wait)
		}
		select {
		case <-ctx.Done():
			return answer, ctx.Err()
		case <-time.After(wait):
		}
	}
}

// healsIn says how long to wait before another try can succeed.
func healsIn(err error) (time.Duration, bool) {
	var refusals gqlerror.List
	var answered *graphql.HTTPError
	switch {
	case errors.As(err, &refusals):
	case errors.As(err, &answered):
		refusals = answered.Response.Errors
	default:
		return time.Second, lost(err)
	}
	if len(refusals) == 0 {
		return 0, false
	}
	said := refusals[0].Extensions
	seconds, _ := said["retryAfter"].(float64)
	wait := time.Duration(max(1, seconds)) * time.Second
	switch said["code"] {
	case "RATE_LIMITED", "TRY_LATER":
		return wait, true
	case "CONFLICT":
		reasons, _ := said["reasons"].([]any)
		return wait, slices.Contains(reasons, any("KEY_RUNNING"))
	case nil: // not the API's words: what stands before it has no server, or lost it
		return wait, answered != nil && answered.StatusCode > http.StatusInternalServerError
	}
	return 0, false
}

// lost reports whether no answer came, or not all of it.
func lost(err error) bool {
	var broken *url.Error
	return errors.As(err, &broken) || errors.Is(err, io.ErrUnexpectedEOF)
}
