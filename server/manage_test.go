package main

import (
	"strings"
	"testing"
	"time"

	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
)

// A change is kept whole, told to the next reader, and recorded with who made it (security.md #66).
func TestUpdateUser(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Ada", "ada@example.com", permission.Admins...)
		eve := w.user("Eve", "Moore", "eve@example.com")
		ada := w.browser().signIn("ada@example.com")
		entries := w.count("audit_entries WHERE action = 'USER_UPDATED' AND outcome = 'DONE'")
		user, _ := ada.must("updateUser", updateMutation, map[string]any{"i": map[string]any{
			"userId": eve.GlobalID(), "version": 1, "firstName": "Éva", "language": "de",
		}})["user"].(map[string]any)
		if user["name"] != "Éva Moore" || user["version"] != 2. {
			t.Errorf("after the change: %v", user)
		}
		found := ada.must("users", usersQuery, map[string]any{"first": 5, "filter": map[string]any{"search": "eva moore"}})
		if nodes, _ := found["nodes"].([]any); len(nodes) != 1 {
			t.Errorf("under the new name: %v", found)
		}
		if n := w.count("audit_entries WHERE action = 'USER_UPDATED' AND outcome = 'DONE'"); n != entries+1 {
			t.Errorf("%d entries were written", n-entries)
		}
		r := ada.ask(updateMutation, map[string]any{"i": map[string]any{"userId": eve.GlobalID(), "version": 1, "firstName": "Eva"}})
		payload, _ := r.Data["updateUser"].(map[string]any)
		if present, _ := payload["present"].(map[string]any); r.refusal() != "CONFLICT version" || present["name"] != "Éva Moore" {
			t.Errorf("out of date: %s", r.Body)
		}
	})
}

// Nobody acts on staff who may do what they may not (security.md #46), and the attempt is recorded.
func TestNobodyReachesUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		chief := w.staff("Ada", "ada@example.com", permission.Admins...)
		w.staff("Sue", "sue@example.com", permission.ListUsers, permission.EditUsers)
		sue := w.browser().signIn("sue@example.com")
		r := sue.ask(updateMutation, map[string]any{"i": map[string]any{"userId": chief.GlobalID(), "version": 1, "firstName": "X"}})
		if r.refusal() != "FORBIDDEN" {
			t.Errorf("%q: %s", r.refusal(), r.Body)
		}
		if w.count("users WHERE first_name = 'Ada'") != 1 {
			t.Error("it was changed all the same")
		}
		if w.count("audit_entries WHERE outcome = 'FORBIDDEN' AND target_id = $1", chief.ID) != 1 {
			t.Error("the attempt is not recorded")
		}
	})
}

// Acts that need a fresh proof stay closed until it is given, and again ten minutes later (security.md #32).
func TestSudo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ada := w.staff("Ada", "ada@example.com", permission.Admins...)
		b := w.browser().signIn("ada@example.com")
		disable := `mutation { disableTwoFactor(input: {userId: "` + ada.GlobalID() + `", reason: "lost phone"}) { userErrors { code } } }`
		if r := b.ask(disable, nil); r.refusal() != "SUDO_REQUIRED" {
			t.Errorf("without a proof: %s", r.Body)
		}
		if r := b.ask(confirmMutation, map[string]any{"p": "wrong " + password}); !strings.HasPrefix(r.refusal(), "WRONG") {
			t.Errorf("with a wrong password: %s", r.Body)
		}
		if until := b.must("viewer", `{ viewer { sudoUntil } }`, nil)["sudoUntil"]; until != nil {
			t.Errorf("open without a proof until %v", until)
		}
		b.confirm()
		if until := b.must("viewer", `{ viewer { sudoUntil } }`, nil)["sudoUntil"]; until != "2026-03-01T12:10:00Z" {
			t.Errorf("open until %v", until)
		}
		w.later(10*time.Minute + time.Second)
		if r := b.ask(disable, nil); r.refusal() != "SUDO_REQUIRED" {
			t.Errorf("ten minutes later: %s", r.Body)
		}
	})
}
