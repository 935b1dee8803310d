package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
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

func newClient(url, token string) (graphql.Client, error) {
	if url == "" || token == "" {
		return nil, errors.New("set ROSTER_URL and ROSTER_TOKEN")
	}
	return graphql.NewClient(strings.TrimSuffix(url, "/")+"/graphql", &http.Client{
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

// retried calls again when the answer was that time heals it, as long as that is soon.
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
	if !errors.As(err, &refusals) || len(refusals) == 0 {
		return 0, false
	}
	said := refusals[0].Extensions
	if said["code"] != "RATE_LIMITED" && said["code"] != "TRY_LATER" {
		return 0, false
	}
	seconds, _ := said["retryAfter"].(float64)
	return time.Duration(max(1, seconds)) * time.Second, true
}
