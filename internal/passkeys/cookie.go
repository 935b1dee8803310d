package passkeys

import (
	"context"
	"net/http"

	"roster/internal/fault"
	"roster/internal/secret"
)

// cookieName with its prefix makes browsers hold the cookie to this host, to https and to every path.
const cookieName = "__Host-roster-passkey"

// jar is the cookie of one request that binds a challenge to its browser, and the way of a new one into the answer.
type jar struct {
	came string
	w    http.ResponseWriter
}

type jarKey struct{}

// WithCookies lets the acts of this package read the challenge's cookie of r and answer with another one through w. A
// request with an Authorization header has no cookies (security.md #21).
func WithCookies(ctx context.Context, w http.ResponseWriter, r *http.Request) context.Context {
	j := &jar{}
	if len(r.Header.Values("Authorization")) == 0 {
		j.w = w
		if c, err := r.Cookie(cookieName); err == nil {
			j.came = c.Value
		}
	}
	return context.WithValue(ctx, jarKey{}, j)
}

func jarOf(ctx context.Context) *jar {
	if j, ok := ctx.Value(jarKey{}).(*jar); ok {
		return j
	}
	return &jar{}
}

// hash is what the store keeps of the cookie that came; false when none came that we could have made.
func (j *jar) hash() ([]byte, bool) { return secret.Hash(secret.Passkey, j.came) }

// need refuses what is no browser.
func (j *jar) need() error {
	if j.w == nil {
		return fault.New(fault.Forbidden, "A request with an Authorization header cannot use a passkey.")
	}
	return nil
}

// set hands out the cookie of a challenge. What was set before in the same answer stays. Nobody needs to clear it: the
// challenge behind it works once, and not for long.
func (j *jar) set(value string) {
	http.SetCookie(j.w, &http.Cookie{
		Name: cookieName, Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		MaxAge: int(lasts.Seconds()),
	})
	j.came = value
}
