// Package stripe lets Stripe Identity decide who somebody is: https://docs.stripe.com/identity. Of what people show there,
// only the outcome and Stripe's name of the session come here.
package stripe

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"

	"roster/internal/fault"
	"roster/internal/verification"
)

// Name is that of the provider.
const Name = "STRIPE"

// tolerance is how old a message may be (security.md #88).
const tolerance = 5 * time.Minute

// The secrets that Stripe needs: an API key, restricted to Identity if the installation is wise, and what its messages are
// signed with.
const (
	apiKey  = "apiKey"
	signing = "webhookSecret"
)

// Provider is Stripe Identity.
type Provider struct {
	// URL is that of Stripe's API; empty: https://api.stripe.com.
	URL string
	// HTTP makes the calls.
	HTTP *http.Client
}

var _ verification.Provider = (*Provider)(nil)

// Needs are the names of Stripe's secrets.
func (*Provider) Needs() []string { return []string{apiKey, signing} }

func (p *Provider) client(told verification.Secrets) *stripe.Client {
	config := &stripe.BackendConfig{
		HTTPClient: p.HTTP, MaxNetworkRetries: stripe.Int64(1), EnableTelemetry: stripe.Bool(false),
		LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull},
	}
	if p.URL != "" {
		config.URL = stripe.String(p.URL)
	}
	return stripe.NewClient(told[apiKey], stripe.WithBackends(stripe.NewBackendsWithConfig(config)))
}

// Begin opens a VerificationSession for a document with a matching selfie, or goes on with the one that was left: Stripe
// lets it be tried again, and its page opens once, so each time there is a new one. While Stripe checks what was shown, or
// its message that this is verified is under way, there is no other session: the outcome of this one would be lost.
func (p *Provider) Begin(ctx context.Context, told verification.Secrets, who verification.Subject) (verification.Session, error) {
	sessions := p.client(told).V1IdentityVerificationSessions
	if who.Session != "" {
		left, err := sessions.Retrieve(ctx, who.Session, nil)
		switch {
		case err != nil && !unknown(err):
			return verification.Session{}, refused(ctx, err)
		case err != nil:
		case left.Status == stripe.IdentityVerificationSessionStatusProcessing, left.Status == stripe.IdentityVerificationSessionStatusVerified:
			return verification.Session{}, verification.TryLater(verification.Checking, "What you showed is being checked. Please wait for the result.")
		case left.Status == stripe.IdentityVerificationSessionStatusRequiresInput && left.URL != "":
			return p.session(left)
		}
	}
	opened, err := sessions.Create(ctx, &stripe.IdentityVerificationSessionCreateParams{
		Type: stripe.String("document"), ClientReferenceID: stripe.String(who.Reference), ReturnURL: stripe.String(who.ReturnTo),
		Options: &stripe.IdentityVerificationSessionCreateOptionsParams{
			Document: &stripe.IdentityVerificationSessionCreateOptionsDocumentParams{RequireMatchingSelfie: stripe.Bool(true)},
		},
	})
	if err != nil {
		return verification.Session{}, refused(ctx, err)
	}
	return p.session(opened)
}

// unknown reports whether Stripe knows no such session: that of another installation, or of another key.
func unknown(err error) bool {
	var said *stripe.Error
	return errors.As(err, &said) && said.HTTPStatusCode == http.StatusNotFound
}

func (p *Provider) session(s *stripe.IdentityVerificationSession) (verification.Session, error) {
	if !strings.HasPrefix(s.URL, "https://") && p.URL == "" {
		return verification.Session{}, errors.New("stripe answered with a page that is not https")
	}
	return verification.Session{Name: s.ID, URL: s.URL}, nil
}

// Test asks for one session, to see whether the API key is right and may do this. Whether the other secret is, only a
// message of Stripe's shows.
func (p *Provider) Test(ctx context.Context, told verification.Secrets) error {
	params := &stripe.IdentityVerificationSessionListParams{}
	params.Limit = stripe.Int64(1)
	for _, err := range p.client(told).V1IdentityVerificationSessions.List(ctx, params).All(ctx) {
		if err != nil {
			return refused(ctx, err)
		}
		break
	}
	return nil
}

// refused tells keys that are wrong from a service that is not there.
func refused(ctx context.Context, err error) error {
	var said *stripe.Error
	if errors.As(err, &said) && (said.HTTPStatusCode == http.StatusUnauthorized || said.HTTPStatusCode == http.StatusForbidden) {
		return fault.On("secrets."+apiKey, fault.Invalid, "Stripe does not accept this key for Identity.")
	}
	slog.WarnContext(ctx, "asking Stripe", "err", err)
	return verification.TryLater(verification.Unreachable, "Stripe can't be reached at present. Please try again later.")
}

// Read takes a message of Stripe's, signed over its raw bytes within the last five minutes. fault.Unauthenticated: it is
// not. fault.Invalid: it can't be read.
func (p *Provider) Read(told verification.Secrets, header http.Header, body []byte) (*verification.Notice, error) {
	signature := header.Values("Stripe-Signature")
	if len(signature) != 1 || told[signing] == "" {
		return nil, fault.New(fault.Unauthenticated, "The message is not signed.")
	}
	event, err := webhook.ConstructEventWithOptions(body, signature[0], told[signing],
		webhook.ConstructEventOptions{Tolerance: tolerance, IgnoreAPIVersionMismatch: true})
	switch {
	case errors.Is(err, webhook.ErrNoValidSignature), errors.Is(err, webhook.ErrInvalidHeader), errors.Is(err, webhook.ErrNotSigned), errors.Is(err, webhook.ErrTooOld):
		return nil, fault.New(fault.Unauthenticated, "The message is not signed by Stripe, or too old.")
	case err != nil:
		return nil, unreadable()
	case ahead(signature[0]):
		return nil, fault.New(fault.Unauthenticated, "The message is signed in a time to come.")
	}
	return notice(event)
}

// ahead reports whether a message says that it was signed later than clocks differ, of which the library takes any.
func ahead(signature string) bool {
	for part := range strings.SplitSeq(signature, ",") {
		if seconds, is := strings.CutPrefix(part, "t="); is {
			at, err := strconv.ParseInt(seconds, 10, 64)
			if err != nil || time.Until(time.Unix(at, 0)) > tolerance {
				return true
			}
		}
	}
	return false
}

func unreadable() error { return fault.New(fault.Invalid, "The message can't be read.") }

// outcomes are the messages that matter (https://docs.stripe.com/identity/verification-sessions#events).
var outcomes = map[string]verification.Outcome{
	"identity.verification_session.processing":     verification.Submitted,
	"identity.verification_session.verified":       verification.Approved,
	"identity.verification_session.requires_input": verification.Rejected,
	"identity.verification_session.canceled":       verification.Cancelled,
}

func notice(event stripe.Event) (*verification.Notice, error) {
	n := &verification.Notice{ID: event.ID, At: time.Unix(event.Created, 0).UTC(), Outcome: outcomes[string(event.Type)]}
	if n.Outcome == verification.Nothing {
		return n, nil
	}
	var session stripe.IdentityVerificationSession
	if event.Data == nil || json.Unmarshal(event.Data.Raw, &session) != nil || session.ID == "" || event.ID == "" {
		return nil, unreadable()
	}
	n.Session, n.Reference = session.ID, session.ClientReferenceID
	if session.LastError != nil {
		n.Cause = causes[string(session.LastError.Code)]
	}
	n.Cause = cmp.Or(n.Cause, verification.Unaccepted)
	return n, nil
}

// causes are Stripe's, in our words (https://docs.stripe.com/identity/handle-verification-outcomes).
var causes = map[string]verification.Cause{
	"document_expired":              verification.OutOfDate,
	"document_type_not_supported":   verification.Unaccepted,
	"document_unverified_other":     verification.Unreadable,
	"document_manipulated":          verification.Unaccepted,
	"selfie_document_missing_photo": verification.Unreadable,
	"selfie_face_mismatch":          verification.Mismatch,
	"selfie_unverified_other":       verification.Unreadable,
	"selfie_manipulated":            verification.Unaccepted,
	"id_number_mismatch":            verification.Mismatch,
	"abandoned":                     verification.Incomplete,
	"consent_declined":              verification.Incomplete,
	"device_not_supported":          verification.Incomplete,
}
