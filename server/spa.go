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
)

// noncePlaceholder stands in index.html where the response's own nonce goes.
const noncePlaceholder = "__NONCE__"

// spa serves the single-page app out of dist: hashed assets for ever, every page path with index.html, which is
// never cached. nonce is what the Content-Security-Policy of the same response names.
type spa struct {
	dist  fs.FS
	index []byte
	nonce func(*http.Request) string
}

// errNoFrontend says that the program was built without its frontend.
var errNoFrontend = errors.New("this binary was built without its frontend: run `npm run build`")

func newSPA(dist fs.FS, nonce func(*http.Request) string) (*spa, error) {
	index, err := fs.ReadFile(dist, "index.html")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoFrontend
	} else if err != nil {
		return nil, fmt.Errorf("reading the frontend: %w", err)
	}
	return &spa{dist: dist, index: index, nonce: nonce}, nil
}

func (s *spa) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Method not allowed.", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if path.Ext(name) == "" && !strings.HasPrefix(name, "assets/") {
		s.page(w, r)
		return
	}
	s.asset(w, r, name)
}

// page answers every path of the app; which page it is, the app finds out itself.
func (s *spa) page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(bytes.ReplaceAll(s.index, []byte(noncePlaceholder), []byte(s.nonce(r))))
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
