package passkeys

import (
	"fmt"
	"log/slog"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"golang.org/x/net/idna"

	"roster/internal/fault"
	"roster/internal/settings"
)

// Site is what passkeys are bound to: the host name that people know us by, and the one origin that may ask for them.
// Both come from the configured address and never from a request (security.md #31).
type Site struct {
	// party is nil where there can be no passkeys.
	party *webauthn.WebAuthn
}

// NewSite reads the configured address. A passkey belongs to a name: a site that is reached by an IP address, or by a
// name that is no domain, has none, and says so in the log.
func NewSite(base *url.URL) *Site {
	party, err := partyOf(base)
	if err != nil {
		slog.Warn("passkeys are not available", "site", base.String(), "err", err)
	}
	return &Site{party: party}
}

func partyOf(base *url.URL) (*webauthn.WebAuthn, error) {
	host, err := idna.Lookup.ToASCII(base.Hostname())
	if err != nil {
		return nil, fmt.Errorf("reading the host name: %w", err)
	}
	origin := base.Scheme + "://" + host
	if port := base.Port(); port != "" && port != map[string]string{"https": "443", "http": "80"}[base.Scheme] {
		origin += ":" + port
	}
	return webauthn.New(&webauthn.Config{
		RPID: host, RPOrigins: []string{origin},
		RPDisplayName:         settings.Product, // enrolment shows the company's name instead
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			// Preferred, so that a sign-in can go without the address; keys without room still serve as second factor.
			ResidentKey:        protocol.ResidentKeyRequirementPreferred,
			RequireResidentKey: protocol.ResidentKeyNotRequired(),
			UserVerification:   protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{
			Login:        webauthn.TimeoutConfig{Timeout: lasts},
			Registration: webauthn.TimeoutConfig{Timeout: lasts},
		},
	})
}

// Available reports whether there can be passkeys at all.
func (s *Site) Available() bool { return s.party != nil }

func (s *Site) need() error {
	if !s.Available() {
		return fault.New(fault.Forbidden, "Passkeys need a site with a name; this one has none.")
	}
	return nil
}
