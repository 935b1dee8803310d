package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rs/cors"
)

// CrossOrigin decides what pages of other sites may do. Those of the listed origins may call with a token and read the
// answers (security.md #52); their cookies do not count. From all others, whatever is not GET, HEAD or OPTIONS is
// refused with 403 FORBIDDEN (#51); programs that are no browsers are not concerned. One list feeds both, and none is
// the default. It fails on an entry that is not the exact origin that a browser sends.
func CrossOrigin(allowed []string) (Middleware, error) {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusForbidden, "FORBIDDEN", "Pages of other sites may not do this.", RequestIDOf(r.Context()))
	}))
	allowed = slices.Clone(allowed)
	for _, origin := range allowed {
		if err := checkOrigin(origin); err != nil {
			return nil, err
		}
		if err := guard.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("trusting origin %q: %w", origin, err)
		}
	}
	if len(allowed) == 0 { // rs/cors takes an empty list for all origins
		return guard.Handler, nil
	}
	share := cors.New(cors.Options{
		AllowedOrigins: allowed,
		AllowedMethods: []string{http.MethodPost, http.MethodOptions},
		AllowedHeaders: []string{"Content-Type", "Authorization", "Idempotency-Key", "Roster-Cost"},
		ExposedHeaders: []string{"Idempotency-Replayed", "Retry-After"},
		MaxAge:         600,
	})
	return func(next http.Handler) http.Handler {
		return share.Handler(guard.Handler(withoutForeignCookies(allowed, next)))
	}, nil
}

// withoutForeignCookies drops cookies that a page of a listed origin sends along. SameSite lets them through where it
// shares our registrable domain, and the guard trusts the list.
func withoutForeignCookies(allowed []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		if slices.Contains(allowed, origin) && !sameOrigin(r, origin) && r.Header.Get("Cookie") != "" {
			clean := *r
			clean.Header = r.Header.Clone()
			clean.Header.Del("Cookie")
			r = &clean
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin believes the browser's own word, which pages cannot set; the older ones say no more than the origin.
func sameOrigin(r *http.Request, origin string) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	_, host, _ := strings.Cut(origin, "://")
	return host == r.Host
}

// checkOrigin takes what a browser would send as Origin, letter for letter.
func checkOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil {
		return fmt.Errorf("allowed origin %q: not a URL", origin)
	}
	port := u.Port()
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("allowed origin %q: must begin with https:// or http://", origin)
	case u.Hostname() == "" || u.User != nil || u.Scheme+"://"+u.Host != origin:
		return fmt.Errorf("allowed origin %q: must be a scheme and a host, without path, user or slash at the end", origin)
	case strings.ContainsFunc(u.Host, notInHost):
		return fmt.Errorf("allowed origin %q: must be one exact host, in lower case and ASCII", origin)
	case strings.HasSuffix(u.Host, ":") || strings.HasSuffix(u.Hostname(), "."):
		return fmt.Errorf("allowed origin %q: no browser would send this", origin)
	case u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80":
		return fmt.Errorf("allowed origin %q: browsers leave port %s out; do the same", origin, port)
	}
	return nil
}

// notInHost refuses wildcards, capitals and what browsers turn into Punycode.
func notInHost(c rune) bool {
	return (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune(".-:[]", c)
}
