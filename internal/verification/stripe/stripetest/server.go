// Package stripetest is a server on this machine that answers as Stripe publishes that Stripe Identity does: sessions
// (https://docs.stripe.com/api/identity/verification_sessions), the page that people go to, and signed events
// (https://docs.stripe.com/webhooks). It is for tests and journeys, and no part of what is shipped.
package stripetest

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The states of a session (https://docs.stripe.com/identity/how-sessions-work).
const (
	RequiresInput = "requires_input"
	Processing    = "processing"
	Verified      = "verified"
	Canceled      = "canceled"
)

// Server is Stripe's side. The zero value but for its keys is ready.
type Server struct {
	// Key is the API key that is taken, and Secret what events are signed with.
	Key, Secret string
	// Notices is where events of the hosted page are sent to; empty: nowhere.
	Notices string
	// Now is the clock; nil: the machine's.
	Now func() time.Time

	mu       sync.Mutex
	sessions []*session
	// made are the sessions that a request with an Idempotency-Key made.
	made  map[string]*session
	pages map[string]*session
	// held are the events that wait to be asked for.
	held  [][]byte
	down  bool
	calls []string
}

// session is as Stripe shows it.
type session struct {
	ID              string            `json:"id"`
	Object          string            `json:"object"`
	ClientReference *string           `json:"client_reference_id"`
	Created         int64             `json:"created"`
	LastError       *lastError        `json:"last_error"`
	Livemode        bool              `json:"livemode"`
	Metadata        map[string]string `json:"metadata"`
	Options         map[string]any    `json:"options"`
	Status          string            `json:"status"`
	Type            string            `json:"type"`
	// URL opens once, and is there only while something is to be shown.
	URL *string `json:"url"`

	returnURL string
}

type lastError struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

// known are the parameters of a new session that are understood. Stripe refuses those that it does not know.
var known = []string{"type", "client_reference_id", "return_url", "options[document][require_matching_selfie]"}

// ServeHTTP answers the API below /v1, the hosted page below /start, and sends an event
// that was held back whenever /held is asked for one.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/identity/verification_sessions", s.api(s.create))
	mux.HandleFunc("GET /v1/identity/verification_sessions", s.api(s.list))
	mux.HandleFunc("GET /v1/identity/verification_sessions/{id}", s.api(s.retrieve))
	mux.HandleFunc("POST /v1/identity/verification_sessions/{id}/cancel", s.api(s.cancel))
	mux.HandleFunc("GET /start/{page}", s.show)
	mux.HandleFunc("POST /start/{page}", s.decide)
	mux.HandleFunc("POST /held", s.release)
	mux.ServeHTTP(w, r)
}

// SetDown lets the API answer as it does in an outage.
func (s *Server) SetDown(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// Calls are the requests to the API so far: method and path.
func (s *Server) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *Server) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

// api asks for the key, and answers in JSON.
func (s *Server) api(act func(*http.Request) (int, any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.calls = append(s.calls, r.Method+" "+r.URL.Path)
		status, answer := http.StatusUnauthorized, problem("invalid_request_error", "", "Invalid API Key provided.")
		switch {
		case s.down:
			status, answer = http.StatusServiceUnavailable, problem("api_error", "", "There is an outage.")
		case r.Header.Get("Authorization") == "Bearer "+s.Key:
			status, answer = act(r)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(answer)
	}
}

// problem is an error as Stripe words it (https://docs.stripe.com/api/errors).
func problem(kind, code, message string) any {
	inner := map[string]string{"type": kind, "message": message}
	if code != "" {
		inner["code"] = code
	}
	return map[string]any{"error": inner}
}

func (s *Server) create(r *http.Request) (int, any) {
	if err := r.ParseForm(); err != nil {
		return http.StatusBadRequest, problem("invalid_request_error", "", "The form can't be read.")
	}
	for name := range r.PostForm {
		if !slices.Contains(known, name) {
			return http.StatusBadRequest, problem("invalid_request_error", "parameter_unknown", "Received unknown parameter: "+name)
		}
	}
	if r.PostForm.Get("type") != "document" {
		return http.StatusBadRequest, problem("invalid_request_error", "", "Invalid type: must be document.")
	}
	key := r.Header.Get("Idempotency-Key")
	if one := s.made[key]; one != nil {
		return http.StatusOK, one
	}
	one := &session{
		ID: "vs_" + rand.Text(), Object: "identity.verification_session", Created: s.now().Unix(), Metadata: map[string]string{},
		Status: RequiresInput, Type: "document", returnURL: r.PostForm.Get("return_url"),
		Options: map[string]any{"document": map[string]any{
			"require_matching_selfie": r.PostForm.Get("options[document][require_matching_selfie]") == "true",
		}},
	}
	if reference := r.PostForm.Get("client_reference_id"); reference != "" {
		one.ClientReference = &reference
	}
	s.open(r, one)
	s.sessions = append(s.sessions, one)
	if key != "" {
		if s.made == nil {
			s.made = map[string]*session{}
		}
		s.made[key] = one
	}
	return http.StatusOK, one
}

// open makes a page for a session: each opens once.
func (s *Server) open(r *http.Request, one *session) {
	if s.pages == nil {
		s.pages = map[string]*session{}
	}
	page := rand.Text()
	s.pages[page] = one
	url := "http://" + r.Host + "/start/" + page
	one.URL = &url
}

func (s *Server) list(r *http.Request) (int, any) {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 || limit > 100 {
		limit = 10
	}
	newest := slices.Clone(s.sessions)
	slices.Reverse(newest)
	return http.StatusOK, map[string]any{
		"object": "list", "url": "/v1/identity/verification_sessions", "has_more": len(newest) > limit, "data": newest[:min(limit, len(newest))],
	}
}

func (s *Server) retrieve(r *http.Request) (int, any) {
	one := s.find(r.PathValue("id"))
	if one == nil {
		return missing(r)
	}
	if one.Status == RequiresInput {
		s.open(r, one)
	}
	return http.StatusOK, one
}

func (s *Server) cancel(r *http.Request) (int, any) {
	one := s.find(r.PathValue("id"))
	switch {
	case one == nil:
		return missing(r)
	case one.Status != RequiresInput:
		return http.StatusBadRequest, problem("invalid_request_error", "", "This session can't be canceled any more.")
	}
	one.Status, one.URL = Canceled, nil
	return http.StatusOK, one
}

func missing(r *http.Request) (int, any) {
	return http.StatusNotFound, problem("invalid_request_error", "resource_missing", "No such verification session: "+r.PathValue("id"))
}

func (s *Server) find(id string) *session {
	i := slices.IndexFunc(s.sessions, func(one *session) bool { return one.ID == id })
	if i < 0 {
		return nil
	}
	return s.sessions[i]
}

// Newest is the name of the session that was opened last, and what Roster calls it; empty: none was.
func (s *Server) Newest() (id, reference string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sessions) == 0 {
		return "", ""
	}
	one := s.sessions[len(s.sessions)-1]
	if one.ClientReference != nil {
		reference = strings.Clone(*one.ClientReference)
	}
	return one.ID, reference
}
