package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/ent/generated/signin"
	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
)

// ownData asks for the file, and returns the answer with its body.
func (b *browser) ownData(header map[string]string) (*http.Response, string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.server.URL+"/own-data", strings.NewReader("{}"))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for name, value := range header {
		r.Header.Set(name, value)
	}
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return response, string(body)
}

func refusalOf(t *testing.T, body string) string {
	t.Helper()
	var answer reply
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return answer.refusal()
}

// product C14, security.md #25, #33: who may have the file, and what the others are told.
func TestOwnDataIsGuarded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve := w.user("Eve", "Moore", "eve@example.com")
		if response, body := w.browser().ownData(nil); response.StatusCode != 401 || refusalOf(t, body) != "UNAUTHENTICATED" {
			t.Errorf("nobody: %d %s", response.StatusCode, body)
		}
		b := w.browser().signIn("eve@example.com")
		if response, body := b.ownData(nil); response.StatusCode != 403 || refusalOf(t, body) != "SUDO_REQUIRED" {
			t.Errorf("without a proof: %d %s", response.StatusCode, body)
		}
		b.confirm()
		for name, header := range map[string]map[string]string{
			"a form":       {"Content-Type": "application/x-www-form-urlencoded"},
			"another site": {"Origin": "https://evil.example"},
			"a token":      {"Authorization": "Bearer nonsense"},
		} {
			if response, body := b.ownData(header); response.StatusCode < 400 || strings.Contains(body, "eve@example.com") {
				t.Errorf("%s: %d %s", name, response.StatusCode, body)
			}
		}
		for i := range 11 {
			response, body := b.ownData(nil)
			switch limited := refusalOf(t, body) == "RATE_LIMITED"; {
			case i < 10 && response.StatusCode != 200:
				t.Fatalf("export %d: %d %s", i+1, response.StatusCode, body)
			case i == 10 && (!limited || response.StatusCode != 429 || response.Header.Get("Retry-After") != "3600"):
				t.Errorf("export 11: %d %v %s", response.StatusCode, response.Header, body)
			}
		}
		for outcome, want := range map[string]int{"DONE": 10, "SUDO_REQUIRED": 1, "RATE_LIMITED": 1} {
			if n := w.count("audit_entries WHERE action = 'OWN_DATA_EXPORTED' AND outcome = $1 AND actor_id = $2 AND target_id = $2", outcome, eve.ID); n != want {
				t.Errorf("%s is on record %d times", outcome, n)
			}
		}
	})
}

// The file has everything about the user, no secret, and nothing about anybody else.
func TestOwnDataIsWhole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve, bob := w.user("Eve", "Moore", "eve@example.com"), w.user("Bob", "Other", "bob@example.com")
		w.account("Acme", eve)
		w.account("Foreign Ltd", bob)
		w.question(eve, "Bella the cat")
		w.staff("Ada", "ada@example.com", permission.Admins...)
		ada := w.browser()
		ada.header.Set("User-Agent", "Staff browser")
		ada.signIn("ada@example.com").must("updateUser", `mutation($id: ID!) { updateUser(input: {userId: $id, version: 1, lastName: "Miller"}) { userErrors { code } } }`,
			map[string]any{"id": eve.GlobalID()})
		w.browser().signIn("bob@example.com")
		const many = 1234 // more than two pieces
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			for i := range many {
				err := tx.SignIn.Create().SetUserID(eve.ID).SetAt(w.now).SetOutcome(signin.OutcomeWRONG_PASSWORD).SetAddress(fmt.Sprintf("try %d", i)).Exec(ctx)
				if err != nil {
					return err
				}
			}
			return nil
		})
		b := w.browser().signIn("eve@example.com").confirm()
		response, body := b.ownData(nil)
		if response.StatusCode != 200 {
			t.Fatal(body)
		}
		disposition := fmt.Sprintf("attachment; filename=roster-user-%d-2026-03-01.json", eve.ID)
		if h := response.Header; h.Get("Content-Disposition") != disposition || h.Get("Content-Type") != "application/json; charset=utf-8" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%v", h)
		}
		var file struct {
			ExportedAt       time.Time
			Profile          struct{ FirstName, LastName, Email string }
			SecurityQuestion struct{ Texts map[string]string }
			Memberships      []struct{ AccountName string }
			Sessions         []struct{ Current bool }
			Factors          struct{ PasswordChangedAt *time.Time }
			SignIns          []struct{ Address, Outcome string }
			Mails            []struct{ Kind string }
			Audit            []struct {
				Action, By string
				Own        bool
				Detail     map[string]any
			}
		}
		if err := json.Unmarshal([]byte(body), &file); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		if file.Profile.LastName != "Miller" || file.Profile.Email != "eve@example.com" || !file.ExportedAt.Equal(w.clock()) {
			t.Errorf("%+v", file.Profile)
		}
		if len(file.Memberships) != 1 || file.Memberships[0].AccountName != "Acme" || len(file.Sessions) != 1 || !file.Sessions[0].Current {
			t.Errorf("%+v, %+v", file.Memberships, file.Sessions)
		}
		if file.Factors.PasswordChangedAt == nil || file.SecurityQuestion.Texts["en"] != "Your first pet?" {
			t.Errorf("%+v, %+v", file.Factors, file.SecurityQuestion)
		}
		if n := len(file.SignIns); n != many+1 || file.SignIns[0].Address != "try 0" || file.SignIns[n-1].Outcome != "SIGNED_IN" {
			t.Errorf("%d sign-ins", n)
		}
		acts := map[string]bool{}
		for _, e := range file.Audit {
			acts[e.Action] = e.Own
			if e.Action == "USER_UPDATED" && (e.By != "STAFF" || e.Detail["after"] == nil) {
				t.Errorf("%+v", e)
			}
		}
		if own, there := acts["USER_UPDATED"]; own || !there || !acts["SIGNED_IN"] || !acts["OWN_DATA_EXPORTED"] {
			t.Errorf("%+v", acts)
		}
		for _, kept := range []string{"Staff browser", "ada@example.com", "bob@example.com", "Foreign Ltd", "argon2", "Bella", "hash"} {
			if strings.Contains(body, kept) {
				t.Errorf("%q is in it", kept)
			}
		}
	})
}
