package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/settings"
)

const (
	rateLimitQuery = `{ rateLimit { cost limit remaining resetAt } }`
	dearQuery      = `{ users(first: 100) { nodes { id memberships(first: 48) { nodes { permissions } } } } }` // 4900 points
)

// A budget is seen, told with any answer, and refused with HTTP's own words when it is spent (security.md #59).
func TestBudget(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.choose(func(s *settings.Settings) { s.APIBudget = settings.Budget{Points: 10_000, Minutes: 10} })
		w.staff("Ada", "ada@example.com", permission.ListUsers, permission.ResetUserPassword)
		ada := w.browser().signIn("ada@example.com")
		first := ada.must("rateLimit", rateLimitQuery, nil)
		if first["cost"] != 1. || first["limit"] != 10_000. || first["remaining"] != 9_999. {
			t.Errorf("at first: %v", first)
		}

		ada.path = "/graphql/cost"
		weighed := ada.ask(dearQuery, nil)
		if cost, _ := weighed.Extensions["cost"].(map[string]any); weighed.Data != nil || cost["cost"] != 4_900. || cost["remaining"] != 9_999. {
			t.Errorf("weighed only: %s", weighed.Body)
		}
		if r := ada.ask(`mutation($i: SendPasswordResetInput!) { sendPasswordReset(input: $i) { userErrors { code } } }`,
			map[string]any{"i": map[string]any{"userId": "VXNlcjox"}}); r.refusal() != "" || w.count("mails") != 0 {
			t.Errorf("a mutation that was only weighed: %s", r.Body)
		}
		ada.path = "/graphql"
		ada.header.Set("Roster-Cost", "1")
		ran := ada.ask(dearQuery, nil)
		if cost, _ := ran.Extensions["cost"].(map[string]any); ran.Data["users"] == nil || cost["cost"] != 4_900. || cost["remaining"] != 5_099. || cost["resetAt"] == "" {
			t.Errorf("with its cost: %s", ran.Body)
		}
		ada.header.Del("Roster-Cost")
		if r := ada.ask(dearQuery, nil); r.refusal() != "" || r.Extensions != nil {
			t.Errorf("the second: %s", r.Body)
		}

		for _, form := range []string{"application/json", "application/graphql-response+json"} {
			ada.header.Set("Accept", form)
			r := ada.ask(dearQuery, nil)
			if r.Status != http.StatusTooManyRequests || r.refusal() != "RATE_LIMITED" || r.Header.Get("Retry-After") != "282" || r.Errors[0].Extensions["retryAfter"] != 282. {
				t.Errorf("%s: %d %v %s", form, r.Status, r.Header, r.Body)
			}
		}
		if r := ada.ask(`{ viewer { kind } }`, nil); r.refusal() != "" {
			t.Errorf("what there is enough for: %s", r.Body)
		}
		w.later(283 * time.Second)
		if r := ada.ask(dearQuery, nil); r.refusal() != "" {
			t.Errorf("after the wait: %s", r.Body)
		}
	})
}

// Nobody has no budget to look at, tokens share one apart from their maker's, and a refused operation costs nothing.
func TestBudgetOfATokenAndOfNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.choose(func(s *settings.Settings) { s.APIBudget = settings.Budget{Points: 10_000, Minutes: 10} })
		w.staff("Ada", "ada@example.com", permission.ListUsers, permission.ManageAPITokens)
		ada := w.browser().signIn("ada@example.com").confirm()
		_, secret := tokenOf(ada, map[string]any{"name": "CRM", "permissions": []string{"LIST_USERS"}})
		token := w.bearer(secret)
		for range 2 {
			if r := token.ask(dearQuery, nil); r.refusal() != "" {
				t.Fatalf("the token: %s", r.Body)
			}
		}
		if r := token.ask(dearQuery, nil); r.refusal() != "RATE_LIMITED" {
			t.Errorf("the token's third: %s", r.Body)
		}
		_, more := tokenOf(ada, map[string]any{"name": "CRM 2", "permissions": []string{"LIST_USERS"}})
		if r := w.bearer(more).ask(dearQuery, nil); r.refusal() != "RATE_LIMITED" {
			t.Errorf("another token of the same maker's: %s", r.Body)
		}
		if r := ada.ask(dearQuery, nil); r.refusal() != "" {
			t.Errorf("its maker: %s", r.Body)
		}
		before := ada.must("rateLimit", rateLimitQuery, nil)["remaining"]
		for _, wrong := range []string{`{ users(first: 101) { nodes { id } } }`, `{ nothing }`, `{ users(first: 100) { nodes { id memberships(first: 100) { nodes { id } } } } }`} {
			if r := ada.ask(wrong, nil); r.refusal() == "" {
				t.Errorf("passed: %s", wrong)
			}
		}
		if after := ada.must("rateLimit", rateLimitQuery, nil)["remaining"]; after != before.(float64)-1 {
			t.Errorf("%v points before, %v after", before, after)
		}
		if r := w.browser().ask(rateLimitQuery, nil); r.refusal() != "UNAUTHENTICATED" {
			t.Errorf("nobody: %s", r.Body)
		}
	})
}

// Staff choose the budget, within bounds that keep the largest operation possible.
func TestBudgetSettings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Kim", "kim@example.com", permission.ConfigureSettings)
		kim := w.browser().signIn("kim@example.com").confirm()
		change := func(i map[string]any) reply {
			return kim.ask(`mutation($i: UpdateSettingsInput!) { updateSettings(input: $i) { settings { apiBudget { points minutes } } userErrors { field code } } }`,
				map[string]any{"i": map[string]any{"apiBudget": i}})
		}
		for _, c := range []struct {
			input map[string]any
			want  string
		}{
			{map[string]any{"points": 4_999}, "INVALID apiBudget points"},
			{map[string]any{"points": 100_000_001}, "INVALID apiBudget points"},
			{map[string]any{"minutes": 0}, "INVALID apiBudget minutes"},
			{map[string]any{"minutes": 61}, "INVALID apiBudget minutes"},
			{map[string]any{"points": 5_000, "minutes": 60}, ""},
		} {
			if r := change(c.input); r.refusal() != c.want {
				t.Errorf("%v: %s, want %q", c.input, r.Body, c.want)
			}
		}
		if b := kim.must("rateLimit", rateLimitQuery, nil); b["limit"] != 5_000. {
			t.Errorf("the new budget: %v", b)
		}
	})
}

// Who asks is known, and the server stays ready, though all that read the database are busy.
func TestBusyReaders(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.user("Eve", "Moore", "eve@example.com")
	eve := w.browser().signIn("eve@example.com")
	if r := eve.ask("{ viewer { kind } }", nil); r.refusal() != "" { // there are points for what follows
		t.Fatal(r.Body)
	}
	pool := w.db.Reader()
	for range pool.Stats().MaxOpenConnections {
		held, err := pool.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = held.Close() })
	}
	if r := eve.ask("{ viewer { kind } }", nil); r.refusal() != "" || !strings.Contains(r.Body, "USER") {
		t.Errorf("%s", r.Body)
	}
	w.ready.Store(true)
	ready := httptest.NewRecorder()
	w.handler.ServeHTTP(ready, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
	if ready.Code != http.StatusOK {
		t.Errorf("readyz: %s", ready.Body)
	}
}
