package stripetest

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"slices"
)

// outcomes are what can be chosen on the page instead of showing a document: the codes of a check that failed, and none.
var outcomes = []string{"", "document_expired", "document_unverified_other", "selfie_face_mismatch"}

// page stands for Stripe's, which asks for a document and a selfie.
var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<meta name="viewport" content="width=device-width">
<title>Stripe on this machine</title>
<h1>Stripe on this machine</h1>
<p>This stands for the page on which Stripe asks for a document and a selfie. What is to come of it?</p>
<form method="post">
{{range .}}<p><button name="code" value="{{.}}">{{if .}}Fail: {{.}}{{else}}Verify{{end}}</button></p>
{{end}}<p><label><input type="checkbox" name="hold"> Send the events later, when asked for them</label></p>
</form>
</html>
`))

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	one := s.pages[r.PathValue("page")]
	s.mu.Unlock()
	if one == nil {
		http.Error(w, "This page opened before, or never was.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = page.Execute(w, outcomes)
}

// decide is the end of the page: the events go out one after the other, or are held back, and the browser goes back.
func (s *Server) decide(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	one := s.pages[r.PathValue("page")]
	delete(s.pages, r.PathValue("page"))
	s.mu.Unlock()
	code := r.PostFormValue("code")
	if one == nil || !slices.Contains(outcomes, code) {
		http.Error(w, "This page opened before, or never was.", http.StatusNotFound)
		return
	}
	last := Verified
	if code != "" {
		last = RequiresInput
	}
	for _, step := range []struct{ status, code string }{{Processing, ""}, {last, code}} {
		body, err := s.Move(one.ID, step.status, step.code)
		if err == nil && r.PostFormValue("hold") != "" {
			s.hold(body)
		} else if err == nil {
			err = s.send(r.Context(), body)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
	}
	http.Redirect(w, r, one.returnURL, http.StatusSeeOther)
}

func (s *Server) hold(body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = append(s.held, body)
}

// release sends the oldest of the events that were held back.
func (s *Server) release(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	held := s.held
	if len(held) > 0 {
		s.held = held[1:]
	}
	s.mu.Unlock()
	if len(held) == 0 {
		http.Error(w, "Nothing was held back.", http.StatusNotFound)
		return
	}
	if err := s.send(r.Context(), held[0]); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// send posts an event to who waits for it.
func (s *Server) send(ctx context.Context, body []byte) error {
	if s.Notices == "" {
		return nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Notices, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("sending an event: %w", err)
	}
	r.Header = s.Headers(body)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("sending an event: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("an event was answered with %s", answer.Status)
	}
	return nil
}
