package main

import (
	"errors"
	"log/slog"
	"net/http"

	"roster/internal/fault"
	"roster/internal/mail"
	"roster/internal/web"
)

// mailFrame shows staff one mail with sample values as a page of its own, for a frame of theirs. Mails carry their
// styles in the elements, as mail programs want it, so the page has a policy of its own: it runs, loads and opens nothing.
func mailFrame(gallery *mail.Gallery) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sample, err := gallery.One(r.Context(), mail.Kind(r.PathValue("kind")), r.PathValue("language"))
		var f *fault.Error
		switch {
		case err == nil:
		case !errors.As(err, &f):
			slog.ErrorContext(r.Context(), "showing a mail", "err", err)
			http.Error(w, "The mail cannot be shown.", http.StatusInternalServerError)
			return
		case f.Code == fault.Unauthenticated:
			http.Error(w, f.Message, http.StatusUnauthorized)
			return
		case f.Code == fault.Forbidden:
			http.Error(w, f.Message, http.StatusForbidden)
			return
		default:
			http.Error(w, f.Message, http.StatusNotFound)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", web.FramedPolicy)
		_, _ = w.Write(sample.Page())
	})
}
