package web_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"roster/internal/web"
)

// serve sends one request through h and returns the answer.
func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func get() *http.Request { return httptest.NewRequest(http.MethodGet, "/", nil) }

func TestChainRunsOuterFirst(t *testing.T) {
	var order string
	mark := func(name string) web.Middleware {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				order += name
				next.ServeHTTP(w, r)
			})
		}
	}
	serve(web.Chain(http.NotFoundHandler(), mark("a"), mark("b")), get())
	if order != "ab" {
		t.Errorf("ran %s", order)
	}
}

func TestRequestID(t *testing.T) {
	var seen []string
	h := web.RequestID(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen = append(seen, web.RequestIDOf(r.Context()))
	}))
	r := get()
	r.Header.Set("X-Request-Id", "forged\nline")
	first, second := serve(h, r), serve(h, get())
	if seen[0] == seen[1] || len(seen[0]) < 26 || strings.Contains(seen[0], "forged") {
		t.Errorf("numbers %q", seen)
	}
	if first.Header().Get("X-Request-Id") != seen[0] || second.Header().Get("X-Request-Id") != seen[1] {
		t.Error("the answer has another number")
	}
	if web.RequestIDOf(t.Context()) != "" {
		t.Error("a number out of nowhere")
	}
}

func TestHeaders(t *testing.T) {
	var nonces []string
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonces = append(nonces, web.Nonce(r.Context()))
		if r.URL.Path == "/asset" {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
	})
	h := web.Headers(true)(handler)
	asset := serve(h, httptest.NewRequest(http.MethodGet, "/asset", nil))
	page := serve(h, get())
	for name, want := range map[string]string{
		"Strict-Transport-Security":    "max-age=31536000; includeSubDomains",
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cache-Control":                "no-store",
	} {
		if got := page.Header().Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := asset.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("an asset is %q", got)
	}
	if got := page.Header().Get("Permissions-Policy"); !strings.Contains(got, "camera=(), ") {
		t.Errorf("permissions %q", got)
	}
	policy := page.Header().Get("Content-Security-Policy")
	for _, want := range []string{
		"default-src 'none';", "script-src 'self';", "style-src 'self' 'nonce-" + nonces[1] + "';", "img-src 'self' data: blob:;",
		"font-src 'self';", "connect-src 'self';", "manifest-src 'self';", "worker-src 'self';", "form-action 'self';",
		"frame-src 'self';", "frame-ancestors 'none';", "base-uri 'none';", "object-src 'none'",
	} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %q: %s", want, policy)
		}
	}
	if nonces[0] == nonces[1] || len(nonces[0]) < 22 {
		t.Errorf("nonces %q", nonces)
	}
	if got := serve(web.Headers(false)(handler), get()).Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("without TLS: %q", got)
	}
}

// #27: the socket decides, configured proxies aside; what cannot be read is refused.
func TestClientAddress(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:1::/48")}
	type headers = map[string][]string
	xff := func(lines ...string) headers { return headers{"X-Forwarded-For": lines} }
	fwd := func(lines ...string) headers { return headers{"Forwarded": lines} }
	for _, c := range []struct {
		name, peer string
		headers    headers
		want       string // "" is refused
	}{
		{"the socket", "192.0.2.1:1234", nil, "192.0.2.1"},
		{"IPv6", "[2001:db8::1]:1234", nil, "2001:db8::1"},
		{"IPv4 in IPv6", "[::ffff:192.0.2.1]:1234", nil, "192.0.2.1"},
		{"a zone", "[fe80::1%eth0]:1234", nil, "fe80::1"},
		{"no address", "@", nil, ""},
		{"a stranger's header", "192.0.2.1:1234", xff("198.51.100.7"), "192.0.2.1"},
		{"a stranger's garbage", "192.0.2.1:1234", xff("garbage"), "192.0.2.1"},
		{"a proxy's own request", "10.1.2.3:1234", nil, "10.1.2.3"},
		{"behind a proxy", "10.1.2.3:1234", xff("198.51.100.7"), "198.51.100.7"},
		{"with a port", "10.1.2.3:1234", xff("198.51.100.7:4711"), "198.51.100.7"},
		{"IPv6 with a port", "10.1.2.3:1234", xff("[2001:db8::7]:4711"), "2001:db8::7"},
		{"behind two", "[2001:db8:1::9]:1234", xff("198.51.100.7, 10.9.9.9"), "198.51.100.7"},
		{"in two lines", "10.1.2.3:1234", xff("198.51.100.7", "10.9.9.9"), "198.51.100.7"},
		{"a forged first hop", "10.1.2.3:1234", xff("203.0.113.1, 198.51.100.7"), "198.51.100.7"},
		{"forged as a proxy", "10.1.2.3:1234", xff("10.0.0.1, 198.51.100.7"), "198.51.100.7"},
		{"garbage beyond the client", "10.1.2.3:1234", xff("garbage, 198.51.100.7"), "198.51.100.7"},
		{"proxies all the way", "10.1.2.3:1234", xff("10.4.4.4"), "10.4.4.4"},
		{"garbage", "10.1.2.3:1234", xff("garbage"), ""},
		{"garbage behind a proxy", "10.1.2.3:1234", xff("garbage, 10.4.4.4"), ""},
		{"empty", "10.1.2.3:1234", xff(""), ""},
		{"half a bracket", "10.1.2.3:1234", xff("[198.51.100.7"), ""},
		{"a name", "10.1.2.3:1234", xff("example.com"), ""},
		{"a number", "10.1.2.3:1234", xff("3325256711"), ""},
		{"Forwarded", "10.1.2.3:1234", fwd(`for=198.51.100.7;proto=https`), "198.51.100.7"},
		{"Forwarded, IPv6", "10.1.2.3:1234", fwd(`proto=https; For="[2001:db8::7]:4711", for=10.4.4.4`), "2001:db8::7"},
		{"Forwarded, hidden", "10.1.2.3:1234", fwd(`for=_hidden`), ""},
		{"Forwarded, unknown", "10.1.2.3:1234", fwd(`for=unknown`), ""},
		{"Forwarded without for", "10.1.2.3:1234", fwd(`proto=https`), ""},
		{"Forwarded with two", "10.1.2.3:1234", fwd(`for=198.51.100.7;for=198.51.100.8`), ""},
		{"both agree", "10.1.2.3:1234", headers{"X-Forwarded-For": {"198.51.100.7"}, "Forwarded": {"for=198.51.100.7"}}, "198.51.100.7"},
		{"both differ", "10.1.2.3:1234", headers{"X-Forwarded-For": {"198.51.100.7"}, "Forwarded": {"for=203.0.113.1"}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got netip.Addr
			h := web.ClientAddress(proxies)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				got = web.AddressOf(r.Context())
			}))
			r := get()
			r.RemoteAddr = c.peer
			for name, lines := range c.headers {
				r.Header[name] = lines
			}
			w := serve(h, r)
			if c.want == "" {
				if w.Code != http.StatusBadRequest || got.IsValid() || !strings.Contains(w.Body.String(), `"code":"INVALID"`) {
					t.Errorf("got %d %s, address %v", w.Code, w.Body, got)
				}
				return
			}
			if got != netip.MustParseAddr(c.want) {
				t.Errorf("got %v, want %s (status %d)", got, c.want, w.Code)
			}
		})
	}
}

func TestBadOriginsStopTheStart(t *testing.T) {
	for _, origin := range []string{
		"*", "null", "", "example.com", "https://*.example.com", "https://example.com/", "https://example.com/app", "https://example.com?",
		"https://u:p@example.com", "HTTPS://example.com", "https://Example.com", "https://bücher.example", "https://example.com:443",
		"http://example.com:80", "https://", "https://example.com:", "https://example.com.", "ftp://example.com", "file://", "https://a b",
		".example.com", "https://example.com#x", "https://example.com,https://b.example",
	} {
		if _, err := web.CrossOrigin([]string{"https://good.example", origin}); err == nil {
			t.Errorf("%q was taken", origin)
		}
	}
	if _, err := web.CrossOrigin([]string{"https://good.example", "http://localhost:5173", "http://[::1]:8080", "https://192.0.2.1:8443"}); err != nil {
		t.Error(err)
	}
}

func TestCrossOrigin(t *testing.T) {
	const listed, foreign = "https://app.example", "https://evil.example"
	none, err := web.CrossOrigin(nil)
	if err != nil {
		t.Fatal(err)
	}
	some, err := web.CrossOrigin([]string{listed})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, method, origin, site string
		list                       web.Middleware
		status                     int
		shared                     bool // the page may read the answer
		cookie                     bool // the handler saw the cookie
	}{
		{"our own page", "POST", "http://roster.test", "same-origin", none, 200, false, true},
		{"our own page, old browser", "POST", "http://roster.test", "", none, 200, false, true},
		{"a program", "POST", "", "", none, 200, false, true},
		{"another site", "POST", foreign, "cross-site", none, 403, false, false},
		{"another site, old browser", "POST", foreign, "", none, 403, false, false},
		{"another site reads", "GET", foreign, "cross-site", none, 200, false, true},
		{"a null origin", "POST", "null", "cross-site", none, 403, false, false},
		{"a subdomain", "POST", "http://sub.roster.test", "same-site", none, 403, false, false},
		{"a listed origin", "POST", listed, "cross-site", some, 200, true, false},
		{"a listed origin, same site", "POST", listed, "same-site", some, 200, true, false},
		{"a listed origin reads", "GET", listed, "cross-site", some, 200, false, false},
		{"not listed", "POST", foreign, "cross-site", some, 403, false, false},
		{"ends alike", "POST", "https://evilapp.example", "cross-site", some, 403, false, false},
		{"begins alike", "POST", listed + ".evil.example", "cross-site", some, 403, false, false},
		{"another scheme", "POST", "http://app.example", "cross-site", some, 403, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			cookie := false
			h := c.list(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { cookie = r.Header.Get("Cookie") != "" }))
			r := httptest.NewRequest(c.method, "http://roster.test/graphql", nil)
			r.Header.Set("Cookie", "a=b")
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
			if c.site != "" {
				r.Header.Set("Sec-Fetch-Site", c.site)
			}
			w := serve(h, r)
			if w.Code != c.status || cookie != c.cookie {
				t.Errorf("status %d, cookie %t", w.Code, cookie)
			}
			if c.status == 403 && !strings.Contains(w.Body.String(), `"code":"FORBIDDEN"`) {
				t.Errorf("body %s", w.Body)
			}
			want := ""
			if c.shared {
				want = c.origin
			}
			if got := w.Header().Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("shared with %q, want %q", got, want)
			}
			if w.Header().Get("Access-Control-Allow-Credentials") != "" {
				t.Error("credentials are on")
			}
			if r.Header.Get("Cookie") == "" {
				t.Error("the caller's request was changed")
			}
		})
	}
}

func TestPreflight(t *testing.T) {
	some, err := web.CrossOrigin([]string{"https://app.example"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		origin, method, headers string
		ok                      bool
	}{
		{"https://app.example", "POST", "authorization,content-type,idempotency-key", true},
		{"https://app.example", "POST", "content-type,x-other", false},
		{"https://app.example", "DELETE", "", false},
		{"https://evil.example", "POST", "", false},
	} {
		r := httptest.NewRequest(http.MethodOptions, "http://roster.test/graphql", nil)
		r.Header.Set("Origin", c.origin)
		r.Header.Set("Access-Control-Request-Method", c.method)
		if c.headers != "" {
			r.Header.Set("Access-Control-Request-Headers", c.headers)
		}
		w := serve(some(http.NotFoundHandler()), r)
		if got := w.Header().Get("Access-Control-Allow-Origin") == c.origin; got != c.ok || w.Code != http.StatusNoContent {
			t.Errorf("%+v: %d %v", c, w.Code, w.Header())
		}
		if c.ok && w.Header().Get("Access-Control-Max-Age") != "600" {
			t.Errorf("max-age %q", w.Header().Get("Access-Control-Max-Age"))
		}
	}
}

// logged runs h behind the usual chain, and returns the answer and the lines.
func logged(t *testing.T, h http.HandlerFunc, r *http.Request) (*httptest.ResponseRecorder, []map[string]any, int) {
	t.Helper()
	var out bytes.Buffer
	log, panics := slog.New(slog.NewJSONHandler(&out, nil)), 0
	chain := web.Chain(h, web.RequestID, web.AccessLog(log), web.Recover(log, func() { panics++ }), web.Headers(true), web.ClientAddress(nil))
	w := serve(chain, r)
	var lines []map[string]any
	for dec := json.NewDecoder(&out); ; {
		var line map[string]any
		if err := dec.Decode(&line); err == io.EOF {
			return w, lines, panics
		} else if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
}

// #13: what may hold a secret stays out of the log.
func TestAccessLog(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/a/b%07?token=s3cret", strings.NewReader("s3cret"))
	r.Header.Set("Authorization", "Bearer s3cret")
	w, lines, _ := logged(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.Copy(w, strings.NewReader("hello"))
	}, r)
	if len(lines) != 1 {
		t.Fatalf("%d lines", len(lines))
	}
	line := lines[0]
	for name, want := range map[string]any{
		"method": "POST", "path": "/a/b\u0007", "status": 418., "bytes": 5., "address": "192.0.2.1", "request": w.Header().Get("X-Request-Id"),
	} {
		if line[name] != want {
			t.Errorf("%s: %v, want %v", name, line[name], want)
		}
	}
	if b, _ := json.Marshal(line); bytes.Contains(b, []byte("s3cret")) {
		t.Errorf("a secret in %s", b)
	}
	if _, lines, _ := logged(t, func(http.ResponseWriter, *http.Request) {}, get()); lines[0]["status"] != 200. {
		t.Errorf("an empty answer is logged as %v", lines[0]["status"])
	}
	long := httptest.NewRequest(http.MethodGet, "/"+strings.Repeat("x", 5000), nil)
	if _, lines, _ := logged(t, func(http.ResponseWriter, *http.Request) {}, long); len(lines[0]["path"].(string)) > 210 {
		t.Error("a long path is logged whole")
	}
}

func TestRecover(t *testing.T) {
	w, lines, panics := logged(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "session=x")
		w.Header().Set("Content-Length", "12345")
		panic("s3cret detail") // the case under test
	}, get())
	id := w.Header().Get("X-Request-Id")
	if want := `{"errors":[{"message":"Internal error.","extensions":{"code":"INTERNAL","requestId":"` + id + `"}}]}`; w.Body.String() != want || w.Code != 500 {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if w.Header().Get("Set-Cookie")+w.Header().Get("Content-Length") != "" || w.Header().Get("X-Content-Type-Options") == "" {
		t.Errorf("headers %v", w.Header())
	}
	if panics != 1 || len(lines) != 2 || lines[0]["level"] != "ERROR" || lines[0]["panic"] != "s3cret detail" || lines[1]["status"] != 500. {
		t.Errorf("%d panics, lines %v", panics, lines)
	}
}

func TestRecoverBreaksABegunAnswer(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	srv := httptest.NewUnstartedServer(web.Chain(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.WriteString(w, "half"); err != nil {
			t.Error(err)
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		if r.URL.Path == "/abort" {
			panic(http.ErrAbortHandler)
		}
		panic("late") // the case under test
	}), web.Recover(log, nil)))
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.Start()
	t.Cleanup(srv.Close)
	for _, path := range []string{"/late", "/abort"} {
		res, err := srv.Client().Get(srv.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(res.Body); err == nil {
			t.Errorf("%s: the answer ended well: %q", path, b)
		}
		res.Body.Close()
	}
	srv.Close() // waits for the handlers, which log after the client has heard the end
	if got := strings.Count(out.String(), "handler panicked"); got != 1 {
		t.Errorf("%d panics logged", got)
	}
}

func BenchmarkChain(b *testing.B) {
	guard, err := web.CrossOrigin(nil)
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(io.Discard, nil))
	h := web.Chain(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
		web.RequestID, web.AccessLog(log), web.Recover(log, nil), web.Headers(true), web.ClientAddress(nil), guard)
	r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}
