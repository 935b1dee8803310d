package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/ent/generated/role"
	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/mail"
	"roster/internal/settings"
	"roster/internal/users"
)

const (
	settingsFields  = `{ company registration trustedDevices lockedProfile twoFactor { staff owners everyone graceDays since } }`
	settingsQuery   = `{ settings ` + settingsFields + ` }`
	updateSettings  = `mutation($i: UpdateSettingsInput!) { updateSettings(input: $i) { settings ` + settingsFields + ` userErrors { field code message } } }`
	roleTwoFactor   = `mutation($r: ID!, $on: Boolean!) { setRoleTwoFactor(input: {roleId: $r, required: $on}) { role { requireTwoFactor } userErrors { field code message } } }`
	mailPreviewsAll = `query($l: String!) { mailPreviews(language: $l) { kind language subject text html } }`
)

// Settings change one by one, with a fresh proof (security.md #33), are checked, and are recorded before and after (#66).
func Test33Settings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.choose(func(s *settings.Settings) { s.TwoFactor = settings.TwoFactorRule{Staff: true, GraceDays: 3} })
		w.staff("Kim", "kim@example.com", permission.ConfigureSettings)
		kim := w.browser().signIn("kim@example.com")
		rule, _ := kim.must("settings", settingsQuery, nil)["twoFactor"].(map[string]any)
		if rule["staff"] != true || rule["since"] != nil {
			t.Errorf("as it came: %v", rule)
		}
		change := func(i map[string]any) reply { return kim.ask(updateSettings, map[string]any{"i": i}) }
		if r := change(map[string]any{"company": "Acme"}); r.refusal() != "SUDO_REQUIRED" {
			t.Errorf("without a proof: %s", r.Body)
		}
		kim.confirm()
		for _, c := range []struct {
			input map[string]any
			want  string
		}{
			{map[string]any{"company": " "}, "REQUIRED company"},
			{map[string]any{"company": strings.Repeat("x", 101)}, "TOO_LONG company"},
			{map[string]any{"company": "Ac\u0007me"}, "INVALID company"},
			{map[string]any{"twoFactor": map[string]any{"graceDays": -1}}, "INVALID twoFactor graceDays"},
			{map[string]any{"twoFactor": map[string]any{"graceDays": 366}}, "INVALID twoFactor graceDays"},
			{map[string]any{"lockedProfile": []string{"email", "role"}}, "INVALID lockedProfile"},
			{map[string]any{"colour": "red"}, "INVALID"},
		} {
			if r := change(c.input); r.refusal() != c.want {
				t.Errorf("%v: %s, want %s", c.input, r.Body, c.want)
			}
		}
		w.later(time.Minute)
		kim.must("updateSettings", updateSettings, map[string]any{"i": map[string]any{"company": "Acme & Söhne", "lockedProfile": []string{"email", "firstName", "email"}}})
		after := kim.must("updateSettings", updateSettings, map[string]any{"i": map[string]any{
			"registration": false, "twoFactor": map[string]any{"owners": true, "graceDays": 7},
		}})
		set, _ := after["settings"].(map[string]any)
		rule, _ = set["twoFactor"].(map[string]any)
		locked, _ := set["lockedProfile"].([]any)
		if set["company"] != "Acme & Söhne" || set["registration"] != false || set["trustedDevices"] != true ||
			len(locked) != 2 || locked[0] != "firstName" || locked[1] != "email" ||
			rule["staff"] != true || rule["owners"] != true || rule["graceDays"] != 7. || rule["since"] != "2026-03-01T12:01:00Z" {
			t.Errorf("after: %v", set)
		}
		w.later(time.Minute)
		again := kim.must("updateSettings", updateSettings, map[string]any{"i": map[string]any{"twoFactor": map[string]any{"owners": true}}})
		set, _ = again["settings"].(map[string]any)
		if rule, _ := set["twoFactor"].(map[string]any); rule["since"] != "2026-03-01T12:01:00Z" {
			t.Errorf("a rule that did not change counts from %v", rule["since"])
		}
		if n := w.count("audit_entries WHERE action = 'SETTINGS_CHANGED' AND outcome = 'DONE'"); n != 2 {
			t.Errorf("%d entries", n)
		}
		all := w.recorded()
		if !strings.Contains(all, `"before":{"company":"Roster"`) || !strings.Contains(all, "Söhne") || !strings.Contains(all, `"after":{"registration":false,`) {
			t.Errorf("recorded %s", all)
		}
		if shown := w.browser().must("installation", `{ installation { company } }`, nil)["company"]; shown != "Acme & Söhne" {
			t.Errorf("everybody reads %v", shown)
		}
	})
}

// Who may change roles says which of them need a second factor: upwards never, for their own only tighter (security.md #46).
func Test46RoleTwoFactor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.choose(func(s *settings.Settings) { s.TwoFactor = settings.TwoFactorRule{GraceDays: 3} })
		if err := w.graph.Staff.EnsureRoles(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.staff("Kim", "kim@example.com", permission.ConfigureRoles, permission.ListUsers, permission.ListAccounts, permission.ViewAuditLog, permission.ViewMailLog)
		id := func(name string) string {
			r, err := d.Role.Query().Where(role.Name(name)).Only(dbtest.System(t))
			if err != nil {
				t.Fatal(err)
			}
			return r.GlobalID()
		}
		kim := w.browser().signIn("kim@example.com")
		if r := kim.ask(roleTwoFactor, map[string]any{"r": id("Auditor"), "on": true}); r.refusal() != "SUDO_REQUIRED" {
			t.Errorf("without a proof: %s", r.Body)
		}
		kim.confirm()
		own := id("role of kim@example.com")
		for _, c := range []struct {
			role string
			on   bool
			want string
		}{
			{id("Auditor"), true, ""},
			{id("Auditor"), false, ""},
			{id("Full Administrator"), true, "FORBIDDEN"},
			{own, true, ""},
			{own, false, "NOT_ALLOWED required"},
			{"cm9sZTo5OTk", true, "NOT_FOUND"},
			{"dXNlcjox", true, "NOT_FOUND"},
		} {
			if r := kim.ask(roleTwoFactor, map[string]any{"r": c.role, "on": c.on}); r.refusal() != c.want {
				t.Errorf("%s %v: %s, want %q", c.role, c.on, r.Body, c.want)
			}
		}
		if n := w.count("roles WHERE require_two_factor"); n != 1 {
			t.Errorf("%d roles need one", n)
		}
		if n := w.count("audit_entries WHERE action = 'ROLE_UPDATED' AND outcome = 'DONE'"); n != 3 {
			t.Errorf("%d entries", n)
		}
	})
}

// Staff see every kind of mail in every language; its page runs and loads nothing, and only ours can frame it
// (security.md #53, #57).
func Test57MailPreviews(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.staff("Kim", "kim@example.com", permission.ConfigureMail)
	w.staff("Sue", "sue@example.com", permission.ListUsers)
	kim := w.browser().signIn("kim@example.com")
	for _, language := range users.Languages {
		r := kim.ask(mailPreviewsAll, map[string]any{"l": language})
		if list, _ := r.Data["mailPreviews"].([]any); len(list) != len(mail.Kinds) || strings.Contains(r.Body, "no value") {
			t.Errorf("%s: %s", language, r.Body)
		}
	}
	if r := kim.ask(mailPreviewsAll, map[string]any{"l": "tlh"}); r.refusal() != "INVALID" {
		t.Errorf("%s", r.Body)
	}
	get := func(b *browser, path string) (*http.Response, string) {
		t.Helper()
		response, err := b.client.Get(b.server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		page, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response, string(page)
	}
	for _, c := range []struct {
		who    *browser
		path   string
		status int
	}{
		{w.browser(), "/admin/mail/en/PASSWORD_RESET", 401},
		{w.browser().signIn("sue@example.com"), "/admin/mail/en/PASSWORD_RESET", 403},
		{kim, "/admin/mail/tlh/PASSWORD_RESET", 404},
		{kim, "/admin/mail/en/NOTHING", 404},
	} {
		if response, page := get(c.who, c.path); response.StatusCode != c.status || strings.Contains(page, "password was") {
			t.Errorf("%s: %d, want %d: %s", c.path, response.StatusCode, c.status, page)
		}
	}
	response, page := get(kim, "/admin/mail/de/PASSWORD_RESET")
	policy := response.Header.Get("Content-Security-Policy")
	if response.StatusCode != 200 || !strings.Contains(page, "Neues Passwort festlegen") || !strings.Contains(page, "https://roster.test/reset#sample") {
		t.Errorf("%d: %s", response.StatusCode, page)
	}
	for _, want := range []string{"default-src 'none'", "sandbox;", "frame-ancestors 'self'", "form-action 'none'"} {
		if !strings.Contains(policy, want) || strings.Contains(policy, "script-src") {
			t.Errorf("the policy lacks %q: %s", want, policy)
		}
	}
}
