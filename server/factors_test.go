package main

import (
	"encoding/base64"
	"encoding/xml"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/ent/permission"
	"roster/graph/generated"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/settings"
)

const (
	startMutation  = `mutation { startTotpEnrolment { totp { uri key qrCode enrolment expiresAt } userErrors { field code } } }`
	finishMutation = `mutation($e: String!, $c: String!) { finishTotpEnrolment(input: {enrolment: $e, code: $c}) {
		backupCodes viewer { kind user { id authenticatorSince backupCodesLeft } } userErrors { field code } } }`
	secondMutation = `mutation($i: VerifySecondFactorInput!) { verifySecondFactor(input: $i) {
		outcome { __typename ... on SignedIn { viewer { kind } } } userErrors { field code } } }`
)

// begin starts an enrolment and returns its key and the sealed rest.
func (b *browser) begin() (key, enrolment string) {
	b.t.Helper()
	begun, _ := b.must("startTotpEnrolment", startMutation, nil)["totp"].(map[string]any)
	key, _ = begun["key"].(string)
	enrolment, _ = begun["enrolment"].(string)
	return key, enrolment
}

// enrol adds an authenticator app and returns its key and the backup codes.
func (b *browser) enrol() (key string, codes []any) {
	b.t.Helper()
	key, enrolment := b.begin()
	done := b.must("finishTotpEnrolment", finishMutation, map[string]any{"e": enrolment, "c": b.codeOf(key)})
	codes, _ = done["backupCodes"].([]any)
	return key, codes
}

// kind is what the browser's requests act as.
func (b *browser) kind() string {
	b.t.Helper()
	kind, _ := b.must("viewer", `{ viewer { kind } }`, nil)["kind"].(string)
	return kind
}

// #29, #30, #33 through the API: the QR code, the key, the codes, and who may see what is left of them.
func Test30EnrolmentByAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("Ann", "Lee", "ann@example.com")
		w.staff("Sam", "sam@example.com", permission.ListUsers)
		w.choose(func(s *settings.Settings) { s.Company = "Acme & Sons" })
		ann := w.browser().signIn("ann@example.com")
		if r := ann.ask(startMutation, nil); r.refusal() != "SUDO_REQUIRED" {
			t.Fatalf("without a proof: %s", r.Body)
		}
		ann.confirm()
		begun, _ := ann.must("startTotpEnrolment", startMutation, nil)["totp"].(map[string]any)
		uri, err := url.Parse(begun["uri"].(string))
		if err != nil || uri.Scheme != "otpauth" || uri.Query().Get("issuer") != "Acme & Sons" || uri.Query().Get("secret") != begun["key"] || uri.Path != "/Acme & Sons:ann@example.com" {
			t.Errorf("address %v, %v", begun["uri"], err)
		}
		picture, _ := strings.CutPrefix(begun["qrCode"].(string), "data:image/svg+xml;base64,")
		svg, err := base64.StdEncoding.DecodeString(picture)
		if err != nil || xml.Unmarshal(svg, new(struct{})) != nil || !strings.Contains(string(svg), "<path") {
			t.Errorf("QR code: %.80s, %v", svg, err)
		}
		key, codes := ann.enrol()
		if len(codes) != 10 {
			t.Errorf("%d codes", len(codes))
		}
		w.later(time.Minute)
		next := w.browser().signIn("ann@example.com")
		if next.kind() != "ANONYMOUS" {
			t.Error("signed in by the password alone")
		}
		next.must("verifySecondFactor", secondMutation, map[string]any{"i": map[string]any{"backupCode": codes[0]}})
		if next.kind() != "USER" {
			t.Error("a backup code does not sign in")
		}
		const state = `query($n: Int!) { user(number: $n) { authenticatorSince backupCodesLeft } }`
		seen := w.browser().signIn("sam@example.com").must("user", state, map[string]any{"n": u.ID})
		if seen["backupCodesLeft"] != 9.0 || seen["authenticatorSince"] == nil {
			t.Errorf("staff see %v", seen)
		}
		if r := next.ask(secondMutation, map[string]any{"i": map[string]any{"code": w.codeOf(key)}}); r.refusal() != "EXPIRED code" {
			t.Errorf("a factor without a sign-in: %s", r.Body)
		}
		if r := next.ask(secondMutation, map[string]any{"i": map[string]any{}}); r.refusal() != "REQUIRED code" {
			t.Errorf("no factor: %s", r.Body)
		}
	})
}

// #35: of everything in the schema, somebody who has to enrol may call the enrolment, the way out, and what is open to
// everybody. By construction: they are the anonymous viewer, and one audience knows of them.
func Test35OpensNothingButEnrolment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.choose(func(s *settings.Settings) { s.TwoFactor = settings.TwoFactorRule{Staff: true} })
		w.staff("Ada", "ada@example.com", permission.Admins...)
		ada := w.browser()
		r := ada.must("signIn", signInMutation, map[string]any{"e": "ada@example.com", "p": password})
		if outcome, _ := r["outcome"].(map[string]any); outcome["__typename"] != "EnrolmentNeeded" {
			t.Fatalf("%v", r)
		}
		if v := ada.must("viewer", `{ viewer { kind enrolmentNeeded permissions user { id } accounts(first: 1) { nodes { id } } trustedDevices { id } } }`, nil); v["kind"] != "ANONYMOUS" || v["enrolmentNeeded"] != true || v["user"] != nil {
			t.Errorf("%v", v)
		}
		schema := generated.NewExecutableSchema(generated.Config{}).Schema()
		for _, root := range []string{"query", "mutation"} {
			fields := schema.Query.Fields
			if root == "mutation" {
				fields = schema.Mutation.Fields
			}
			for _, f := range fields {
				open := slices.ContainsFunc([]string{"public", "enrolling"}, func(name string) bool { return f.Directives.ForName(name) != nil })
				if strings.HasPrefix(f.Name, "__") || open {
					continue
				}
				if r := ada.ask(root+" { "+callOf(schema, f)+" }", nil); r.refusal() != "UNAUTHENTICATED" {
					t.Errorf("%s: %q: %s", f.Name, r.refusal(), r.Body)
				}
			}
		}
		ada.enrol()
		if ada.kind() != "STAFF" {
			t.Errorf("after the enrolment: %s", ada.kind())
		}
	})
}

// C13: removing, replacing and listing through the API, and the reasons that the form shows.
func TestFactorsByAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("Ann", "Lee", "ann@example.com")
		ann := w.browser().signIn("ann@example.com").confirm()
		key, _ := ann.enrol()
		w.later(time.Minute)
		trusting := w.browser().signIn("ann@example.com")
		trusting.must("verifySecondFactor", secondMutation, map[string]any{"i": map[string]any{"code": w.codeOf(key), "trustDevice": true}})
		const list = `{ viewer { twoFactorRequired trustedDevices { id current device address createdAt lastUsedAt expiresAt } } }`
		devices, _ := trusting.must("viewer", list, nil)["trustedDevices"].([]any)
		if len(devices) != 1 {
			t.Fatalf("%v", devices)
		}
		device, _ := devices[0].(map[string]any)
		if device["current"] != true || device["lastUsedAt"] != nil {
			t.Errorf("%v", device)
		}
		if seen := trusting.must("node", `query($id: ID!) { node(id: $id) { id } }`, map[string]any{"id": device["id"]}); seen["id"] != device["id"] {
			t.Errorf("%v", seen)
		}
		const revoke = `mutation($id: ID!) { revokeTrustedDevice(input: {deviceId: $id}) { deviceId userErrors { field code } } }`
		ann.must("revokeTrustedDevice", revoke, map[string]any{"id": device["id"]})
		if r := ann.ask(revoke, map[string]any{"id": device["id"]}); r.refusal() != "NOT_FOUND" {
			t.Errorf("once more: %s", r.Body)
		}
		if r := ann.ask(revoke, map[string]any{"id": "nonsense"}); r.refusal() != "INVALID deviceId" {
			t.Errorf("nonsense: %s", r.Body)
		}
		const fresh = `mutation { regenerateBackupCodes { backupCodes user { backupCodesLeft } userErrors { field code } } }`
		if codes, _ := ann.must("regenerateBackupCodes", fresh, nil)["backupCodes"].([]any); len(codes) != 10 {
			t.Errorf("%d codes", len(codes))
		}
		w.choose(func(s *settings.Settings) { s.TwoFactor = settings.TwoFactorRule{Everyone: true} })
		const remove = `mutation { removeTotp { user { twoFactorEnabled } userErrors { field code } } }`
		if r := ann.ask(remove, nil); r.refusal() != "NOT_ALLOWED" {
			t.Errorf("the last one: %s", r.Body)
		}
		w.choose(func(s *settings.Settings) { s.TwoFactor = settings.TwoFactorRule{} })
		after, _ := ann.must("removeTotp", remove, nil)["user"].(map[string]any)
		if after["twoFactorEnabled"] != false {
			t.Errorf("%v", after)
		}
		for _, act := range []string{remove, fresh} {
			if r := ann.ask(act, nil); r.refusal() != "NOT_ALLOWED" {
				t.Errorf("without a factor: %s", r.Body)
			}
		}
	})
}

// A7, #19: what staff switch off goes with all that hangs on it: no code opens anything afterwards.
func TestDisablingTakesCodesAndDevices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("Ann", "Lee", "ann@example.com")
		w.staff("Sam", "sam@example.com", permission.ListUsers, permission.DisableUserTwoFactor)
		key, _ := w.browser().signIn("ann@example.com").confirm().enrol()
		w.later(time.Minute)
		trusting := w.browser().signIn("ann@example.com")
		trusting.must("verifySecondFactor", secondMutation, map[string]any{"i": map[string]any{"code": w.codeOf(key), "trustDevice": true}})
		const disable = `mutation($id: ID!) { disableTwoFactor(input: {userId: $id, reason: "lost the phone"}) { user { backupCodesLeft } userErrors { field code } } }`
		w.browser().signIn("sam@example.com").confirm().must("disableTwoFactor", disable, map[string]any{"id": u.GlobalID()})
		for _, table := range []string{"factors", "backup_codes", "trusted_devices"} {
			if n := w.count(table); n != 0 {
				t.Errorf("%d rows of %s are left", n, table)
			}
		}
	})
}
