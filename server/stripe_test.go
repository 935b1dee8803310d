package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	ent "roster/ent/generated"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/settings"
	"roster/internal/verification/stripe/stripetest"
)

const (
	tellMutation  = `mutation($s: [IdentityProviderSecretInput!]!) { setIdentityProviderSecrets(input: {provider: "STRIPE", secrets: $s}) { provider { ready secrets { name set } } userErrors { field code } } }`
	testMutation  = `mutation { testIdentityProvider(input: {provider: "STRIPE"}) { accepted userErrors { field code } } }`
	beginMutation = `mutation { beginIdentityVerification { url userErrors { field code } } }`
)

func secrets(key, secret string) map[string]any {
	return map[string]any{"s": []map[string]any{{"name": "apiKey", "value": key}, {"name": "webhookSecret", "value": secret}}}
}

// elsewhere is prover where Stripe decides.
func elsewhere(w *world) (eve *ent.User, own, ada *browser) {
	w.t.Helper()
	w.choose(func(s *settings.Settings) { s.Verification.Provider = "STRIPE" })
	eve, own, ada = prover(w)
	ada.must("setIdentityProviderSecrets", tellMutation, secrets(stripeKey, stripeSecret))
	return eve, own, ada
}

// beginSession opens a session, and returns its name.
func (b *browser) beginSession() string {
	b.t.Helper()
	url, _ := b.must("beginIdentityVerification", beginMutation, nil)["url"].(string)
	if !strings.HasPrefix(url, "http://127.0.0.1:") || !strings.Contains(url, "/start/") {
		b.t.Fatalf("the page is %q", url)
	}
	id, reference := b.stripe.Newest()
	if !strings.HasPrefix(reference, "verification-") {
		b.t.Errorf("Stripe is told of %q", reference)
	}
	return id
}

// became is the message of a session that came to a state.
func (w *world) became(id, status, code string) []byte {
	w.t.Helper()
	body, err := w.stripe.Move(id, status, code)
	if err != nil {
		w.t.Fatal(err)
	}
	return body
}

// notice sends a message to where those of a provider go, and returns the status.
func (w *world) notice(provider string, body []byte, header http.Header) int {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.server.URL+"/identity-notices/"+provider, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header = header
	answer, err := w.server.Client().Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// hears sends a message of Stripe's, which has to be taken.
func (w *world) hears(body []byte) {
	w.t.Helper()
	if status := w.notice("stripe", body, w.stripe.Headers(body)); status != 204 {
		w.t.Fatalf("a message of Stripe's is answered with %d", status)
	}
}

// proofs are all proofs of identity with their steps: what messages may change, and forged ones may not.
func (w *world) proofs() string {
	w.t.Helper()
	rows, err := w.db.Reader().QueryContext(w.t.Context(), `SELECT v.user_id, v.status, v.version, v.tries, v.cause, v.session, count(s.id) FROM verifications v
		JOIN verification_steps s ON s.verification_id = v.id GROUP BY v.id ORDER BY v.id`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	all := ""
	for rows.Next() {
		var user, version, tries, steps int
		var status, cause, session string
		if err := rows.Scan(&user, &status, &version, &tries, &cause, &session, &steps); err != nil {
			w.t.Fatal(err)
		}
		all += fmt.Sprintln(user, status, version, tries, cause, session, steps)
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return all
}

func (w *world) stands(u *ent.User, want string) {
	w.t.Helper()
	if n := w.count("verifications WHERE user_id = $1 AND status = $2", u.ID, want); n != 1 {
		w.t.Errorf("%s is not %s: %s", u.FirstName, want, w.proofs())
	}
}

// From the page of Stripe's to the approval, through signed messages; an order asks again for nothing.
func TestStripeApproves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve, own, _ := elsewhere(w)
		if response, body := own.do("POST", "/verification-files?kind=FRONT", forge{t}.jpeg(noise(64, 48)), nil); response.StatusCode != 403 {
			t.Errorf("a file, where Stripe decides: %d %s", response.StatusCode, body)
		}
		id := own.beginSession()
		created, err := w.stripe.Event("identity.verification_session.created", map[string]string{"id": id})
		if err != nil {
			t.Fatal(err)
		}
		w.hears(created) // does not matter
		w.stands(eve, "REQUESTED")
		w.hears(w.became(id, stripetest.Processing, ""))
		w.stands(eve, "SUBMITTED")
		if r := own.ask(beginMutation, nil); r.refusal() != "NOT_ALLOWED" {
			t.Errorf("while Stripe looks at it: %s", r.Body)
		}
		w.hears(w.became(id, stripetest.Verified, ""))
		w.stands(eve, "APPROVED")
		if n := w.count("mails WHERE kind = 'VERIFICATION_APPROVED' AND recipient = 'eve@example.com'"); n != 1 {
			t.Errorf("%d mails", n)
		}
		for _, action := range []string{"VERIFICATION_BEGUN", "VERIFICATION_SUBMITTED", "VERIFICATION_DECIDED"} {
			if n := w.count("audit_entries WHERE action = $1 AND target_id = $2 AND outcome = 'DONE'", action, eve.ID); n != 1 {
				t.Errorf("%s is on record %d times", action, n)
			}
		}
	})
}

// A check that failed rejects, with the cause in Roster's words; the same session is tried again, as often as one may.
func TestStripeRejects(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		at := time.Now()
		w.stripe.Now = func() time.Time { return at }
		w.choose(func(s *settings.Settings) { s.Verification.Tries = 4 })
		eve, own, _ := elsewhere(w)
		first := own.beginSession()
		for i, c := range []struct{ code, cause string }{
			{"document_expired", "OUT_OF_DATE"}, {"selfie_face_mismatch", "MISMATCH"}, {"document_unverified_other", "UNREADABLE"}, {"a_code_of_tomorrow", "NOT_ACCEPTED"},
		} {
			if i > 0 {
				if id := own.beginSession(); id != first {
					t.Errorf("try %d opens another session", i+1)
				}
			}
			at = at.Add(time.Second)
			w.hears(w.became(first, stripetest.Processing, ""))
			w.stands(eve, "SUBMITTED")
			at = at.Add(time.Second)
			w.hears(w.became(first, stripetest.RequiresInput, c.code))
			w.stands(eve, "REJECTED")
			if n := w.count("verifications WHERE cause = $1 AND tries = $2", c.cause, i+1); n != 1 {
				t.Errorf("%s: %s", c.code, w.proofs())
			}
		}
		if r := own.ask(beginMutation, nil); r.refusal() != "NOT_ALLOWED" {
			t.Errorf("a fifth try: %s", r.Body)
		}
		at = at.Add(time.Second)
		w.hears(w.became(first, stripetest.Verified, "")) // by a page that was left open: there is no try left
		w.stands(eve, "REJECTED")
	})
}

// security.md #88: a second refusal that overtakes what began its try counts as one, and what it overtook does not leave the
// user waiting for a result that has been.
func Test88ARefusalThatOvertakesItsTry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		at := time.Now()
		w.stripe.Now = func() time.Time { return at }
		eve, own, _ := elsewhere(w)
		id := own.beginSession()
		became := func(status, code string) []byte {
			at = at.Add(time.Second)
			return w.became(id, status, code)
		}
		w.hears(became(stripetest.Processing, ""))
		w.hears(became(stripetest.RequiresInput, "document_expired"))
		late := became(stripetest.Processing, "")
		w.hears(became(stripetest.RequiresInput, "selfie_face_mismatch"))
		w.hears(late)
		w.stands(eve, "REJECTED")
		if n := w.count("verifications WHERE cause = 'MISMATCH' AND tries = 2"); n != 1 {
			t.Error(w.proofs())
		}
		if again := own.beginSession(); again != id {
			t.Error("a third try opens another session")
		}
	})
}

// security.md #88: nor does the end of a session that nobody waited for.
func Test88AnEndThatOvertakes(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	at := time.Now()
	w.stripe.Now = func() time.Time { return at }
	eve, own, _ := elsewhere(w)
	id := own.beginSession()
	late := w.became(id, stripetest.Processing, "")
	at = at.Add(time.Second)
	w.hears(w.became(id, stripetest.Canceled, ""))
	w.hears(late)
	w.stands(eve, "REQUESTED")
}

// security.md #88: what is forged, late, sent twice or about somebody else changes nothing.
func Test88MessagesThatChangeNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		at := time.Now()
		w.stripe.Now = func() time.Time { return at }
		eve, own, ada := elsewhere(w)
		bob := w.user("Bob", "Other", "bob@example.com")
		beta := w.account("Beta", bob)
		ada.must("recordOrder", `mutation($a: ID!) { recordOrder(input: {accountId: $a, number: "1", verificationRequired: true}) { userErrors { field code } } }`,
			map[string]any{"a": beta.GlobalID()})
		id := own.beginSession()
		_, reference := w.stripe.Newest()
		bobs := w.browser().signIn("bob@example.com").beginSession()
		_, bobsReference := w.stripe.Newest()
		session := func(id, reference string) map[string]any {
			return map[string]any{"id": id, "object": "identity.verification_session", "client_reference_id": reference, "status": "verified"}
		}
		event := func(kind string, object any) []byte {
			body, err := w.stripe.Event("identity.verification_session."+kind, object)
			if err != nil {
				t.Fatal(err)
			}
			return body
		}
		good := event("verified", session(id, reference))
		now := time.Now()
		signed := func(value ...string) http.Header { return http.Header{"Stripe-Signature": value} }
		right := stripetest.Sign(stripeSecret, now, good)
		_, sum, _ := strings.Cut(right, ",v1=")
		long := append(bytes.Clone(good), bytes.Repeat([]byte(" "), 257<<10-len(good))...)
		unreadable := event("verified", "no session")
		before := w.proofs()
		for name, c := range map[string]struct {
			provider string
			body     []byte
			header   http.Header
			status   int
		}{
			"unsigned":                       {"stripe", good, http.Header{}, 401},
			"an empty signature":             {"stripe", good, signed(""), 401},
			"signed with another secret":     {"stripe", good, signed(stripetest.Sign("whsec_other", now, good)), 401},
			"signed with no secret":          {"stripe", good, signed(stripetest.Sign("", now, good)), 401},
			"signed six minutes ago":         {"stripe", good, signed(stripetest.Sign(stripeSecret, now.Add(-6*time.Minute), good)), 401},
			"an old one with a new time":     {"stripe", good, signed(fmt.Sprintf("t=%d,v1=%s", now.Add(time.Second).Unix(), sum)), 401},
			"signed in a way of old":         {"stripe", good, signed(strings.Replace(right, "v1=", "v0=", 1)), 401},
			"signed for another body":        {"stripe", bytes.Replace(good, []byte(id), []byte(bobs), 1), signed(right), 401},
			"a body with a space":            {"stripe", append(bytes.Clone(good), ' '), signed(right), 401},
			"two signatures":                 {"stripe", good, signed(right, right), 401},
			"257 KiB":                        {"stripe", long, signed(stripetest.Sign(stripeSecret, now, long)), 413},
			"what can't be read":             {"stripe", unreadable, w.stripe.Headers(unreadable), 422},
			"nobody's provider":              {"nobody", good, signed(right), 404},
			"the provider that is built in":  {"manual", good, signed(right), 404},
			"about an unknown session":       {"stripe", event("verified", session("vs_unknown", reference)), nil, 204},
			"about another user's reference": {"stripe", event("verified", session(id, bobsReference)), nil, 204},
			"about another user's session":   {"stripe", event("verified", session(bobs, reference)), nil, 204},
			"about no reference":             {"stripe", event("verified", session(id, "")), nil, 204},
			"about something else":           {"stripe", event("redacted", session(id, reference)), nil, 204},
		} {
			if c.header == nil {
				c.header = w.stripe.Headers(c.body)
			}
			if status := w.notice(c.provider, c.body, c.header); status != c.status {
				t.Errorf("%s: %d, want %d", name, status, c.status)
			}
			if after := w.proofs(); after != before {
				t.Fatalf("%s changed\n%sto\n%s", name, before, after)
			}
		}

		// What was sent later stands, in whatever order it comes.
		late := event("processing", session(id, reference))
		at = at.Add(time.Minute)
		rejected := event("requires_input", map[string]any{"id": id, "client_reference_id": reference, "last_error": map[string]string{"code": "document_expired"}})
		w.hears(rejected)
		w.stands(eve, "REJECTED")
		before = w.proofs()
		for name, body := range map[string][]byte{"an older one": late, "the approval from before": good, "the same again": rejected} {
			w.hears(body)
			if after := w.proofs(); after != before {
				t.Fatalf("%s changed\n%sto\n%s", name, before, after)
			}
		}
		at = at.Add(time.Minute)
		approved := event("verified", session(id, reference))
		w.hears(approved)
		w.stands(eve, "APPROVED")
		w.stands(bob, "REQUESTED")
		before = w.proofs()
		at = at.Add(time.Minute)
		for name, body := range map[string][]byte{
			"the approval again": approved, "the rejection again": rejected,
			"a later rejection of what is approved": event("requires_input", session(id, reference)), "a later end": event("canceled", session(id, reference)),
		} {
			w.hears(body)
			if after := w.proofs(); after != before {
				t.Fatalf("%s changed\n%sto\n%s", name, before, after)
			}
		}
		if n := w.count("mails WHERE kind = 'VERIFICATION_APPROVED'"); n != 1 {
			t.Errorf("told %d times", n)
		}
		w.choose(func(s *settings.Settings) { s.Verification.Enabled = false })
		before = w.proofs()
		w.hears(event("verified", session(bobs, bobsReference)))
		if after := w.proofs(); after != before {
			t.Errorf("switched off, %sbecame\n%s", before, after)
		}
	})
}

// One that is rolled over is signed with both secrets; one of them is enough.
func Test88TwoSecretsWhileOneIsReplaced(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	eve, own, _ := elsewhere(w)
	body := w.became(own.beginSession(), stripetest.Processing, "")
	right := stripetest.Sign(stripeSecret, time.Now(), body)
	moment, sum, _ := strings.Cut(right, ",v1=")
	if status := w.notice("stripe", body, http.Header{"Stripe-Signature": {moment + ",v1=" + strings.Repeat("00", 32) + ",v1=" + sum}}); status != 204 {
		t.Errorf("%d", status)
	}
	w.stands(eve, "SUBMITTED")
}

// A message that is sent to two servers at once is taken by one.
func Test88OneMessageAtTwoServers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve, own, _ := elsewhere(w)
		body := w.became(own.beginSession(), stripetest.Verified, "")
		statuses := make(chan int)
		for range 4 {
			go func() { statuses <- w.notice("stripe", body, w.stripe.Headers(body)) }()
		}
		for range 4 {
			if status := <-statuses; status != 204 {
				t.Errorf("%d", status)
			}
		}
		w.stands(eve, "APPROVED")
		if n := w.count("mails WHERE kind = 'VERIFICATION_APPROVED'"); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}

// Without its keys a provider can't be chosen, and there is no route for its messages; with wrong ones the test says so.
func TestKeysOfProviders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve, own, ada := prover(w)
		body, err := w.stripe.Event("identity.verification_session.verified", map[string]string{"id": "vs_x"})
		if err != nil {
			t.Fatal(err)
		}
		if status := w.notice("stripe", body, http.Header{"Stripe-Signature": {stripetest.Sign("", time.Now(), body)}}); status != 404 {
			t.Errorf("without a secret there is a route: %d", status)
		}
		const choose = `mutation { updateSettings(input: {identityVerification: {provider: "STRIPE"}}) { settings { version } userErrors { field code } } }`
		if r := ada.ask(choose, nil); r.refusal() != "NOT_ALLOWED identityVerification provider" {
			t.Errorf("chosen without keys: %s", r.Body)
		}
		if r := ada.ask(testMutation, nil); r.refusal() != "NOT_ALLOWED" {
			t.Errorf("tested without keys: %s", r.Body)
		}
		told := ada.must("setIdentityProviderSecrets", tellMutation, secrets("sk_test_wrong", stripeSecret))
		if fmt.Sprint(told["provider"]) != "map[ready:true secrets:[map[name:apiKey set:true] map[name:webhookSecret set:true]]]" {
			t.Errorf("%v", told)
		}
		if r := ada.ask(testMutation, nil); r.refusal() != "INVALID secrets apiKey" {
			t.Errorf("a wrong key: %s", r.Body)
		}
		if r := ada.ask(choose, nil); r.refusal() != "NOT_ALLOWED identityVerification provider" {
			t.Errorf("chosen with a wrong key: %s", r.Body)
		}
		ada.must("setIdentityProviderSecrets", tellMutation, map[string]any{"s": []map[string]any{{"name": "apiKey", "value": stripeKey}}})
		if tested := ada.must("testIdentityProvider", testMutation, nil); tested["accepted"] != true {
			t.Errorf("the right key: %v", tested)
		}
		w.stripe.SetDown(true)
		if r := ada.ask(testMutation, nil); r.refusal() != "TRY_LATER" {
			t.Errorf("an outage: %s", r.Body)
		}
		w.stripe.SetDown(false)
		ada.must("updateSettings", choose, nil)
		// Who was asked before goes on as they were asked.
		if r := own.ask(beginMutation, nil); r.refusal() != "NOT_ALLOWED" {
			t.Errorf("begun with Stripe, asked for pictures: %s", r.Body)
		}
		ada.must("resetIdentityVerification", `mutation($u: ID!) { resetIdentityVerification(input: {userId: $u, reason: "x"}) { userErrors { code } } }`, map[string]any{"u": eve.GlobalID()})
		ada.must("initiateIdentityVerification", `mutation($u: ID!) { initiateIdentityVerification(input: {userId: $u}) { userErrors { code } } }`, map[string]any{"u": eve.GlobalID()})
		w.stripe.SetDown(true)
		if r := own.ask(beginMutation, nil); r.refusal() != "TRY_LATER" || !strings.Contains(r.Body, `"reasons":["PROVIDER_UNREACHABLE"]`) {
			t.Errorf("begun in an outage: %s", r.Body)
		}
		w.stripe.SetDown(false)
		own.beginSession()
		for _, seen := range []string{stripeKey, stripeSecret} {
			if r := ada.ask(`{ settings { identityProviders { name ready tested notices secrets { name set } } } }`, nil); strings.Contains(r.Body, seen) || !strings.Contains(r.Body, "https://roster.test/identity-notices/stripe") {
				t.Errorf("%s", r.Body)
			}
			if n := w.count("settings WHERE value LIKE '%" + seen + "%'"); n != 0 {
				t.Error("a secret stands in the database")
			}
		}
	})
}

// Stripe is asked for elsewhere only on this machine: whoever is asked is told the key.
func TestStripeStandsElsewhereOnlyOnThisMachine(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "http://127.0.0.1:8099": true, "http://localhost:8099": true, "http://[::1]:8099": true,
		"https://api.stripe.com": false, "http://10.0.0.1": false, "http://127.0.0.1.evil.example": false, "http://user@127.0.0.1": false,
		"http://127.0.0.1/v1": false, "127.0.0.1:8099": false, "http://0.0.0.0:8099": false, "file:///etc/passwd": false,
	} {
		if got, err := readStripeURL(text); (err == nil) != want || err == nil && got != text {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	c := serveCmd{BaseURL: "http://localhost:8080", Listen: "127.0.0.1:0", StripeURL: "http://evil.example"}
	if _, err := c.read(fs.FS(nil)); err == nil || !strings.Contains(err.Error(), "--stripe-url") {
		t.Errorf("a server is started with it: %v", err)
	}
}

// What stands for Stripe in tests is no part of the program.
func TestNoTestIsShipped(t *testing.T) {
	list, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(string(list)) {
		if strings.HasPrefix(name, "roster/") && strings.Contains(name, "test") {
			t.Errorf("%s is in the program", name)
		}
	}
}
