package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"roster/internal/web"
)

func TestSPA(t *testing.T) {
	dist := fstest.MapFS{
		"index.html":          {Data: []byte(`<html nonce="__NONCE__">`)},
		"explorer.html":       {Data: []byte(`<html lang="en">`)},
		"assets/a-1234.js":    {Data: []byte("plain")},
		"assets/a-1234.js.br": {Data: []byte("small")},
		"mark.svg":            {Data: []byte("<svg/>")},
		".gitkeep":            {},
	}
	app, err := newSPA(dist, func(*http.Request) string { return "n0nce" })
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, method, path, accept string
		status                     int
		body, cache                string
	}{
		{"a page", "GET", "/admin/users/12", "", 200, `<html nonce="n0nce">`, "no-store"},
		{"the start", "GET", "/", "", 200, `<html nonce="n0nce">`, "no-store"},
		{"the explorer", "GET", "/explorer", "", 200, `<html lang="en">`, "no-store"},
		{"nothing is below the explorer", "GET", "/explorer/users", "", 200, `<html nonce="n0nce">`, "no-store"},
		{"an asset", "GET", "/assets/a-1234.js", "", 200, "plain", "public, max-age=31536000, immutable"},
		{"a compressed asset", "GET", "/assets/a-1234.js", "gzip, br;q=0.8", 200, "small", "public, max-age=31536000, immutable"},
		{"brotli declined", "GET", "/assets/a-1234.js", "br;q=0", 200, "plain", "public, max-age=31536000, immutable"},
		{"a file with a plain name", "GET", "/mark.svg", "", 200, "<svg/>", "public, max-age=300"},
		{"an unknown asset is not a page", "GET", "/assets/gone.js", "", 404, "There is no such file.", ""},
		{"a hidden file", "GET", "/.gitkeep", "", 404, "There is no such file.", ""},
		{"out of the folder", "GET", "/../../etc/passwd.txt", "", 404, "There is no such file.", ""},
		{"a write", "POST", "/admin", "", 405, "Method not allowed.", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "http://localhost"+c.path, nil)
			r.Header.Set("Accept-Encoding", c.accept)
			w := httptest.NewRecorder()
			app.ServeHTTP(w, r)
			if got := strings.TrimSpace(w.Body.String()); w.Code != c.status || got != c.body || w.Header().Get("Cache-Control") != c.cache {
				t.Errorf("%d %q %q", w.Code, got, w.Header().Get("Cache-Control"))
			}
		})
	}
	// The app alone may use a camera: what it leaves of the header, the middleware has filled with less.
	for path, want := range map[string]string{"/identity": web.AppPermissions, "/account": web.AppPermissions, "/explorer": "", "/mark.svg": ""} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
		if got := w.Header().Get("Permissions-Policy"); got != want {
			t.Errorf("%s: permissions %q", path, got)
		}
	}
	for _, name := range []string{"index.html", "explorer.html"} {
		if _, err := newSPA(fstest.MapFS{name: dist[name]}, nil); err == nil || !strings.Contains(err.Error(), "npm run build") {
			t.Errorf("with nothing but %s: %v", name, err)
		}
	}
}
