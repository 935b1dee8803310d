package web

import (
	"context"
	"crypto/rand"
	"net/http"
)

// Headers puts the headers of security.md #53 and #54 on every answer, and makes the nonce that styles in a page need.
// Handlers may replace single ones: Cache-Control for hashed assets, the policy for the explorer's page, the camera for
// the app's. With tls, browsers are told to come back by TLS only, for a year.
func Headers(tls bool) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r, f := attach(r)
			f.nonce = rand.Text()
			h := w.Header()
			for name, value := range fixed {
				h[name] = value[:1:1]
			}
			if tls {
				h["Strict-Transport-Security"] = year[:1:1]
			}
			h["Content-Security-Policy"] = []string{Policy(f.nonce)}
			next.ServeHTTP(w, r)
		})
	}
}

// Nonce returns what <style nonce> needs in this answer and no other; "" outside Headers. It needs no escaping.
func Nonce(ctx context.Context) string {
	if f := known(ctx); f != nil {
		return f.nonce
	}
	return ""
}

// Policy is the content security policy of all pages but the explorer's.
func Policy(nonce string) string { return policy("'nonce-" + nonce + "'") }

// ExplorerPolicy is that of the API explorer's page alone (security.md #53). Its editor, Monaco, writes style elements and
// style attributes and knows no nonce. Scripts, workers, fonts and requests stay bound to our own host, as everywhere.
var ExplorerPolicy = policy("'unsafe-inline'")

// policy differs in nothing but what may style a page besides our own files.
func policy(styles string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self' " + styles + "; img-src 'self' data: blob:; " +
		"font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; " +
		"frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
}

// FramedPolicy is for pages that only our own pages show, in a frame: without scripts, without an origin, without
// anything from elsewhere. All others refuse to be framed.
const FramedPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox; form-action 'none'; frame-ancestors 'self'; base-uri 'none'"

var year = []string{"max-age=31536000; includeSubDomains"}

// fixed headers are shared by all answers; handlers replace them and never append.
var fixed = map[string][]string{
	"X-Content-Type-Options":       {"nosniff"},
	"Referrer-Policy":              {"no-referrer"},
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
	"Cache-Control":                {"no-store"},
	"Permissions-Policy":           {permissions("()")},
}

// AppPermissions is the permissions policy of the app's own document, which takes pictures of documents and faces. It can't be
// narrowed to the page that does: the app leads there from any other without loading a document.
var AppPermissions = permissions("(self)")

// permissions differ in nothing but whether there is a camera. An empty list for each: a policy that names nothing would
// leave the browser's defaults on.
func permissions(camera string) string {
	return "accelerometer=(), autoplay=(), camera=" + camera + ", display-capture=(), encrypted-media=(), fullscreen=(), " +
		"geolocation=(), gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), " +
		"picture-in-picture=(), publickey-credentials-create=(self), publickey-credentials-get=(self), " +
		"screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()"
}
