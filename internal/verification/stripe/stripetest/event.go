package stripetest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// apiVersion is the one that events are made in.
const apiVersion = "2025-03-31.basil"

// event is as Stripe sends it (https://docs.stripe.com/api/events/object).
type event struct {
	ID         string         `json:"id"`
	Object     string         `json:"object"`
	APIVersion string         `json:"api_version"`
	Created    int64          `json:"created"`
	Data       map[string]any `json:"data"`
	Livemode   bool           `json:"livemode"`
	Pending    int            `json:"pending_webhooks"`
	Type       string         `json:"type"`
}

// Move brings a session to a state, as Stripe does once somebody was at its page, and returns the event that says so. A
// code says why input is required again.
func (s *Server) Move(id, status, code string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.find(id)
	if one == nil {
		return nil, fmt.Errorf("there is no session %q", id)
	}
	one.Status, one.URL, one.LastError = status, nil, nil
	if code != "" {
		one.LastError = &lastError{Code: code, Reason: "The check ended with " + code + "."}
	}
	return s.Event("identity.verification_session."+status, one)
}

// Event is an event about anything.
func (s *Server) Event(kind string, object any) ([]byte, error) {
	return json.Marshal(event{
		ID: "evt_" + rand.Text(), Object: "event", APIVersion: apiVersion, Created: s.now().Unix(),
		Data: map[string]any{"object": object}, Pending: 1, Type: kind,
	})
}

// Headers are those of a request that carries an event, signed now.
func (s *Server) Headers(body []byte) http.Header {
	return http.Header{"Content-Type": {"application/json; charset=utf-8"}, "Stripe-Signature": {Sign(s.Secret, s.now(), body)}}
}

// Sign is the header of a body that is signed at a moment: https://docs.stripe.com/webhooks#verify-manually.
func Sign(secret string, at time.Time, body []byte) string {
	moment := strconv.FormatInt(at.Unix(), 10)
	sum := hmac.New(sha256.New, []byte(secret))
	sum.Write([]byte(moment + "."))
	sum.Write(body)
	return "t=" + moment + ",v1=" + hex.EncodeToString(sum.Sum(nil))
}
