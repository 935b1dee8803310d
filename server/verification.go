package main

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"roster/ent/generated/verificationfile"
	"roster/internal/fault"
	"roster/internal/verification"
)

// ofForms are the types that a form of another site can send without being asked first (security.md #51).
var ofForms = []string{"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}

// keepFile takes a picture or scan of the viewer's, as the body of a request of its own (security.md #51, #71): what it is,
// its content says. Refusals have GraphQL's form, for the page treats them like those of the API.
func keepFile(service *verification.Service) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind := verificationfile.Kind(r.URL.Query().Get("kind"))
		if verificationfile.KindValidator(kind) != nil {
			refuse(w, http.StatusBadRequest, fault.New(fault.Invalid, "The kind must be FRONT, BACK or SELFIE."))
			return
		}
		if !taken(r.Header.Get("Content-Type")) {
			refuse(w, http.StatusUnsupportedMediaType, fault.New(fault.Invalid, "Send the file itself, with its own Content-Type or none."))
			return
		}
		body := &unhurried{from: http.MaxBytesReader(w, r.Body, 2*verification.MostBytes), w: w}
		kept, err := service.Keep(r.Context(), kind, body)
		if fault.Is(err, fault.TooLong) {
			_, _ = io.Copy(io.Discard, body) // who is cut off in the middle hears no reason
		}
		if err != nil {
			refuseWith(r.Context(), w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(map[string]any{"name": kept.Name, "kind": kept.Kind, "mediaType": kept.MediaType, "bytes": kept.Bytes})
	})
}

// taken reports whether a file may come as this type: browsers read one that is not well written in their own way, and take
// it for a form's.
func taken(contentType string) bool {
	if contentType == "" {
		return true
	}
	claimed, _, err := mime.ParseMediaType(contentType)
	return err == nil && !slices.Contains(ofForms, claimed)
}

// slow is how long ten megabytes may take: a line of one megabit a second.
const slow = 90 * time.Second

// unhurried gives a body more time than other requests have (security.md #56), from when it is read first: who may send
// nothing is refused before.
type unhurried struct {
	from  io.Reader
	w     http.ResponseWriter
	begun bool
}

func (u *unhurried) Read(p []byte) (int, error) {
	if !u.begun {
		u.begun = true
		c := http.NewResponseController(u.w)
		if err := errors.Join(c.SetReadDeadline(time.Now().Add(slow)), c.SetWriteDeadline(time.Now().Add(2*slow))); err != nil {
			return 0, err
		}
	}
	return u.from.Read(p)
}

// handOutFile answers with what is in a file, for who may see it. Whatever it is, no browser runs it: it is a download, in a
// sandbox, and of the type that was found out, not of one that was claimed.
func handOutFile(service *verification.Service) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hidden, err := service.Show(r.Context())
		if err != nil {
			refuseWith(r.Context(), w, err)
			return
		}
		defer hidden()
		file, err := service.Open(r.Context(), r.PathValue("name"))
		if err != nil {
			refuseWith(r.Context(), w, err)
			return
		}
		ending := map[string]string{string(verification.JPEG): ".jpg", string(verification.PDF): ".pdf"}[file.MediaType]
		h := w.Header()
		h.Set("Content-Type", file.MediaType)
		h.Set("Content-Length", strconv.Itoa(len(file.Content)))
		h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name + ending}))
		h.Set("Cache-Control", "no-store")
		_, _ = w.Write(file.Content)
	})
}

const (
	// noticesPath is where the services that check identities send their messages to.
	noticesPath = "/identity-notices"
	// mostNotice is how many bytes such a message may have (security.md #88).
	mostNotice = 256 << 10
)

// takeNotice answers once what a message says was done: whoever hears nothing sends it again.
func takeNotice(service *verification.Service) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostNotice))
		if err != nil {
			refuse(w, http.StatusRequestEntityTooLarge, fault.New(fault.TooLong, "The message is too long, or broke off."))
			return
		}
		if err := service.Receive(r.Context(), strings.ToUpper(r.PathValue("provider")), r.Header, body); err != nil {
			refuseWith(r.Context(), w, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
