package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"roster/internal/web"
)

// noncePlaceholder stands in index.html where the response's own nonce goes.
const noncePlaceholder = "__NONCE__"

// spa serves the single-page app out of dist: hashed assets for ever, every page path with index.html, which is
// never cached. nonce is what the Content-Security-Policy of the same response names. The API explorer is a document of
// its own, for it needs a looser policy than the app.
type spa struct {
	dist            fs.FS
	index, explorer []byte
	nonce           func(*http.Request) string
}

// errNoFrontend says that the program was built without its frontend.
var errNoFrontend = errors.New("this binary was built without its frontend: run `npm run build`")

func newSPA(dist fs.FS, nonce func(*http.Request) string) (*spa, error) {
	s := &spa{dist: dist, nonce: nonce}
	for name, page := range map[string]*[]byte{"index.html": &s.index, "explorer.html": &s.explorer} {
		content, err := fs.ReadFile(dist, name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, errNoFrontend
		} else if err != nil {
			return nil, fmt.Errorf("reading the frontend: %w", err)
		}
		*page = content
	}
	return s, nil
}

func (s *spa) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Method not allowed.", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	switch {
	case name == "explorer":
		w.Header().Set("Content-Security-Policy", web.ExplorerPolicy)
		writePage(w, s.explorer)
	case path.Ext(name) == "" && !strings.HasPrefix(name, "assets/"):
		// Every other path is the app's; which page it is, the app finds out itself.
		w.Header().Set("Permissions-Policy", web.AppPermissions)
		writePage(w, bytes.ReplaceAll(s.index, []byte(noncePlaceholder), []byte(s.nonce(r))))
	default:
		s.asset(w, r, name)
	}
}

func writePage(w http.ResponseWriter, content []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(content)
}

// encodings are the compressed forms that the build leaves beside each asset, the smallest first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

func (s *spa) asset(w http.ResponseWriter, r *http.Request, name string) {
	content, encoding := s.read(name, r.Header.Get("Accept-Encoding"))
	if content == nil || strings.HasPrefix(path.Base(name), ".") {
		http.Error(w, "There is no such file.", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Vary", "Accept-Encoding")
	h.Set("Content-Length", strconv.Itoa(len(content)))
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	// Vite puts a hash of the content into every name below assets/; the few other files may change.
	if strings.HasPrefix(name, "assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "public, max-age=300")
	}
	_, _ = w.Write(content)
}

func (s *spa) read(name, accept string) (content []byte, encoding string) {
	for _, e := range encodings {
		if accepts(accept, e.name) {
			if content, err := fs.ReadFile(s.dist, name+e.suffix); err == nil {
				return content, e.name
			}
		}
	}
	content, err := fs.ReadFile(s.dist, name)
	if err != nil {
		return nil, ""
	}
	return content, ""
}

func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(name, encoding) && strings.ReplaceAll(params, " ", "") != "q=0" {
			return true
		}
	}
	return false
}

func contentType(name string) string {
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}
