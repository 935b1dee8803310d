package signin

import (
	"context"
	"net/http"

	"roster/internal/secret"
)

// cookieName with its prefix makes browsers hold the cookie to this host, to https and to every path (security.md #16).
const cookieName = "__Host-roster"

// deviceCookieName is that of the cookie of a trusted device. It outlives sessions.
const deviceCookieName = "__Host-roster-device"

// jar is the cookie of one request and the way of a new one into the answer.
type jar struct {
	came string
	// device is the cookie of a trusted device.
	device string
	w      http.ResponseWriter
	// token says that the request carries an Authorization header: cookies mean nothing then (security.md #21).
	token bool
}

type jarKey struct{}

// WithCookies lets the acts of this package read the session's cookie of r and answer with another one through w.
func WithCookies(ctx context.Context, w http.ResponseWriter, r *http.Request) context.Context {
	j := &jar{w: w, token: len(r.Header.Values("Authorization")) > 0}
	if c, err := r.Cookie(cookieName); err == nil && !j.token {
		j.came = c.Value
	}
	if c, err := r.Cookie(deviceCookieName); err == nil && !j.token {
		j.device = c.Value
	}
	return context.WithValue(ctx, jarKey{}, j)
}

// jarOf never returns nil: what runs outside a request has no cookie and can set none.
func jarOf(ctx context.Context) *jar {
	if j, ok := ctx.Value(jarKey{}).(*jar); ok {
		return j
	}
	return &jar{}
}

// hash is what the store keeps of the cookie that came; false when none came that we could have made.
func (j *jar) hash() ([]byte, bool) { return secret.Hash(secret.Session, j.came) }

// deviceHash is what the store keeps of the cookie of a trusted device; false when none came.
func (j *jar) deviceHash() ([]byte, bool) { return secret.Hash(secret.Device, j.device) }

// usable reports whether a session can be handed out at all.
func (j *jar) usable() bool { return j.w != nil && !j.token }

// set hands out a session; a remembered one outlives the browser.
func (j *jar) set(value string, remember bool) {
	c := cookie(cookieName, value)
	if remember {
		c.MaxAge = int(lifetimeOf(false, true).absolute.Seconds())
	}
	j.came = value
	j.w.Header().Del("Set-Cookie")
	http.SetCookie(j.w, c)
}

// trust hands out the cookie of a trusted device, beside that of the session.
func (j *jar) trust(value string) {
	c := cookie(deviceCookieName, value)
	c.MaxAge = int(trustLasts.Seconds())
	j.device = value
	http.SetCookie(j.w, c)
}

// clear makes the browser forget the session.
func (j *jar) clear() {
	if !j.usable() {
		return
	}
	c := cookie(cookieName, "")
	c.MaxAge = -1
	j.came = ""
	http.SetCookie(j.w, c)
}

func cookie(name, value string) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}
