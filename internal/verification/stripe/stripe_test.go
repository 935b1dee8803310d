package stripe_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/accounttest"
	"roster/internal/fault"
	"roster/internal/outgoing"
	"roster/internal/verification"
	"roster/internal/verification/stripe"
	"roster/internal/verification/stripe/stripetest"
)

var keys = verification.Secrets{"apiKey": "sk_test_unit", "webhookSecret": "whsec_unit"}

// provider asks what answers with h.
func provider(t *testing.T, h http.Handler) *stripe.Provider {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return &stripe.Provider{URL: server.URL, HTTP: outgoing.Client(true)}
}

func local() *stripetest.Server {
	return &stripetest.Server{Key: keys["apiKey"], Secret: keys["webhookSecret"]}
}

// A session asks for a document and a matching selfie, names nobody, and is gone on with as long as Stripe waits for input.
func TestSessions(t *testing.T) {
	s := local()
	p := provider(t, s)
	who := verification.Subject{Reference: "verification-7", ReturnTo: "https://roster.test/identity"}
	first, err := p.Begin(t.Context(), keys, who)
	if err != nil || !strings.HasPrefix(first.Name, "vs_") {
		t.Fatalf("%+v, %v", first, err)
	}
	if id, reference := s.Newest(); id != first.Name || reference != who.Reference {
		t.Errorf("%s is opened for %s", id, reference)
	}
	who.Session = first.Name
	again, err := p.Begin(t.Context(), keys, who)
	if err != nil || again.Name != first.Name || again.URL == first.URL {
		t.Errorf("again: %+v, %v, before %+v", again, err, first)
	}
	if _, err := s.Move(who.Session, stripetest.Canceled, ""); err != nil {
		t.Fatal(err)
	}
	next, err := p.Begin(t.Context(), keys, who)
	if err != nil || next.Name == who.Session {
		t.Errorf("behind one that was canceled: %+v, %v", next, err)
	}
	who.Session = "vs_of_another_installation"
	if next, err := p.Begin(t.Context(), keys, who); err != nil || next.Name == who.Session {
		t.Errorf("behind one that is not known: %+v, %v", next, err)
	}
}

// While Stripe checks a session, or can't say where it stands, or has verified it and we did not hear of that yet, no other
// one is opened: what became of the one that is forgotten would be lost.
func TestNoSessionBesideOneThatIsChecked(t *testing.T) {
	s := local()
	p := provider(t, s)
	first, err := p.Begin(t.Context(), keys, verification.Subject{Reference: "verification-7"})
	if err != nil {
		t.Fatal(err)
	}
	who := verification.Subject{Reference: "verification-7", Session: first.Name}
	for _, status := range []string{stripetest.Processing, stripetest.Verified} {
		if _, err := s.Move(first.Name, status, ""); err != nil {
			t.Fatal(err)
		}
		var later *fault.Error
		if _, err := p.Begin(t.Context(), keys, who); !errors.As(err, &later) || later.Code != fault.TryLater || !slices.Equal(later.Reasons, []string{verification.Checking}) {
			t.Errorf("while it is %s: %v", status, err)
		}
	}
	wrong := verification.Secrets{"apiKey": "sk_test_other", "webhookSecret": "whsec_unit"}
	if _, err := p.Begin(t.Context(), wrong, who); accounttest.Refusal(err) != "INVALID secrets.apiKey" {
		t.Errorf("with a wrong key: %v", err)
	}
	if id, _ := s.Newest(); id != first.Name {
		t.Errorf("%s was opened beside it", id)
	}
}

// security.md #88: a message is signed within five minutes of now, on either side.
func Test88NoMessageOfATimeToCome(t *testing.T) {
	s := local()
	p := provider(t, s)
	body, err := s.Event("identity.verification_session.verified", map[string]string{"id": "vs_x"})
	if err != nil {
		t.Fatal(err)
	}
	for ahead, want := range map[time.Duration]string{4 * time.Minute: "", 6 * time.Minute: "UNAUTHENTICATED", 24 * time.Hour: "UNAUTHENTICATED"} {
		header := http.Header{"Stripe-Signature": {stripetest.Sign(s.Secret, time.Now().Add(ahead), body)}}
		if _, err := p.Read(keys, header, body); accounttest.Refusal(err) != want {
			t.Errorf("%s ahead: %v, want %q", ahead, err, want)
		}
	}
}

// What Stripe answers is told apart: keys that are wrong, and a service that is not there, or is something else.
func TestRefusals(t *testing.T) {
	down := local()
	down.SetDown(true)
	elsewhere := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	answers := func(status int, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", other.URL)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		})
	}
	for name, c := range map[string]struct {
		by   http.Handler
		told verification.Secrets
		want string
	}{
		"the right key":                     {local(), keys, ""},
		"a wrong key":                       {local(), verification.Secrets{"apiKey": "sk_test_other"}, "INVALID secrets.apiKey"},
		"a key that may not":                {answers(403, `{"error": {"type": "invalid_request_error", "message": "no"}}`), keys, "INVALID secrets.apiKey"},
		"an outage":                         {down, keys, "TRY_LATER"},
		"a redirect, which is not followed": {answers(307, ""), keys, "TRY_LATER"},
		"no JSON":                           {answers(200, "<html>"), keys, "TRY_LATER"},
		"an answer of 100 KiB":              {answers(200, `{"object": "list", "data": [], "x": "`+strings.Repeat("x", 100<<10)+`"}`), keys, "TRY_LATER"},
	} {
		if got := accounttest.Refusal(provider(t, c.by).Test(t.Context(), c.told)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if elsewhere != 0 {
		t.Errorf("a redirect was followed %d times", elsewhere)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	p := &stripe.Provider{URL: gone.URL, HTTP: outgoing.Client(true)}
	if _, err := p.Begin(t.Context(), keys, verification.Subject{}); accounttest.Refusal(err) != "TRY_LATER" {
		t.Errorf("nobody there: %v", err)
	}
	live := &stripe.Provider{URL: gone.URL, HTTP: outgoing.Client(false)}
	if err := live.Test(t.Context(), keys); accounttest.Refusal(err) != "TRY_LATER" {
		t.Errorf("this machine, which is not to be called: %v", err)
	}
}

// What comes without a secret is not Stripe's, whoever signed it with none.
func TestNoSecretSignsNothing(t *testing.T) {
	s := local()
	p := provider(t, s)
	body, err := s.Event("identity.verification_session.verified", map[string]string{"id": "vs_x"})
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Stripe-Signature": {stripetest.Sign("", time.Now(), body)}}
	if n, err := p.Read(verification.Secrets{}, header, body); accounttest.Refusal(err) != "UNAUTHENTICATED" {
		t.Errorf("%+v, %v", n, err)
	}
}
