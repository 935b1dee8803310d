package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"roster/ent/permission"
	"roster/internal/dbtest"
)

// security.md #53, #54, #56: every answer carries the headers, whatever it says; methods, sizes and types are refused
// with their proper status; and nothing but hashed assets may be kept.
func Test54HeadersOnEveryAnswer(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.staff("Ada", "ada@example.com", permission.Admins...)
	const call = `{"query":"{ viewer { kind } }"}`
	jsonType := map[string]string{"Content-Type": "application/json"}
	for _, c := range []struct {
		method, path, body string
		header             map[string]string
		status             int
	}{
		{"GET", "/", "", nil, 200},
		{"HEAD", "/", "", nil, 200},
		{"GET", "/users/5?x=1", "", nil, 200},
		{"GET", "/assets/none.js", "", nil, 404},
		{"GET", "/assets/none", "", nil, 404},
		{"HEAD", "/favicon.ico", "", nil, 404},
		{"GET", "/.env", "", nil, 404},
		{"GET", "/../../etc/passwd.txt", "", nil, 404},
		{"POST", "/", "", nil, 405},
		{"DELETE", "/healthz", "", nil, 405},
		{"TRACE", "/", "", nil, 405},
		{"GET", "/healthz", "", nil, 200},
		{"GET", "/readyz", "", nil, 503},
		{"GET", "/graphql?query=%7Bviewer%7Bkind%7D%7D", "", nil, 405},
		{"OPTIONS", "/graphql", "", nil, 405},
		{"PUT", "/graphql", call, jsonType, 405},
		{"POST", "/graphql", call, jsonType, 200},
		{"POST", "/graphql", call[1:], jsonType, 400},
		{"POST", "/graphql", "query=x", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 415},
		{"POST", "/graphql", call, map[string]string{"Content-Type": "application/json", "Accept": "text/html"}, 406},
		{"POST", "/graphql", call, map[string]string{"Content-Type": "application/json", "Authorization": "Bearer nonsense"}, 401},
		{"POST", "/graphql", call, map[string]string{"Content-Type": "application/json", "Origin": "https://evil.example"}, 403},
		{"POST", "/graphql", strings.Repeat(" ", 256<<10) + call, jsonType, 413},
		{"POST", "/own-data", "{}", jsonType, 401},
		{"POST", "/own-data", "x=1", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 415},
		{"POST", "/own-data", "{}", map[string]string{"Content-Type": "application/json", "Origin": "https://evil.example"}, 403},
		{"GET", "/dev/mail", "", nil, 200},
		{"GET", "/dev/mail/99", "", nil, 404},
		{"GET", "/dev/mail", "", map[string]string{"Host": "rebound.example"}, 404},
		{"GET", "/dev/mail", "", map[string]string{"Host": "localhost.evil.example:8080"}, 404},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, w.server.URL+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range c.header {
			r.Header.Set(name, value)
		}
		r.Host = r.Header.Get("Host")
		response, err := w.server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		what := c.method + " " + c.path + " " + c.header["Host"]
		if response.StatusCode != c.status {
			t.Errorf("%s: %d, want %d: %.200s", what, response.StatusCode, c.status, body)
		}
		h := response.Header
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
			"Strict-Transport-Security": "max-age=31536000; includeSubDomains",
		} {
			if got := h.Values(name); len(got) != 1 || got[0] != want {
				t.Errorf("%s: %s is %q", what, name, got)
			}
		}
		if !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-") ||
			h.Get("Permissions-Policy") == "" || len(h.Get("X-Request-Id")) < 26 || h.Get("Content-Type") == "" {
			t.Errorf("%s: %v", what, h)
		}
		if c.status == 405 && h.Get("Allow") == "" {
			t.Errorf("%s: what is allowed?", what)
		}
	}
}

// security.md #53: the explorer's page alone may carry styles of its own making, and nothing more than that; no other host is
// named anywhere.
func Test53OnlyTheExplorerMayStyleItself(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	const strict = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-N'; img-src 'self' data: blob:; font-src 'self'; " +
		"connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; " +
		"base-uri 'none'; object-src 'none'"
	loose := strings.Replace(strict, "'nonce-N'", "'unsafe-inline'", 1)
	nonce := regexp.MustCompile(`'nonce-[A-Z0-9]{26}'`)
	for path, want := range map[string]string{
		"/explorer": loose, "/explorer?x=1": loose,
		"/": strict, "/explorer/users": strict, "/explorer.html": strict, "/Explorer": strict, "/admin/users": strict, "/sign-in": strict,
		"/graphql": strict, "/assets/none.js": strict, "/own-data": strict, "/livez": strict,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := w.server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		got := response.Header.Values("Content-Security-Policy")
		if len(got) != 1 || nonce.ReplaceAllString(got[0], "'nonce-N'") != want {
			t.Errorf("%s: %q", path, got)
		}
	}
}

// security.md #56: headers beyond 16 KiB are refused, and what is no HTTP at all ends the connection.
func Test56HeadersAreBounded(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	server := httptest.NewUnstartedServer(nil)
	server.Config = newServer(w.handler)
	server.Start()
	t.Cleanup(server.Close)
	for start, want := range map[string]string{
		"GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 40<<10) + "\r\n\r\n": "HTTP/1.1 431 ",
		"\x16\x03\x01\r\n\r\n": "HTTP/1.1 400 ",
		"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\nConnection: close\r\n\r\n0\r\n\r\n": "HTTP/1.1 400 ",
	} {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(conn, start)
		answer := make([]byte, len(want))
		_, readErr := io.ReadFull(conn, answer)
		if string(answer) != want {
			t.Errorf("%.30q: %q, want %q (%v)", start, answer, want, errors.Join(err, readErr))
		}
		_ = conn.Close()
	}
}
