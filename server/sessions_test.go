package main

import (
	"fmt"
	"strings"
	"testing"

	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
)

const ownSessions = `{ viewer { user { sessions { id current browser system device address createdAt seenAt }
	signIns(first: 2) { nodes { at outcome browser system device address } edges { cursor } pageInfo { hasNextPage endCursor } totalCount totalCountIsEstimate } } } }`

// What users see of their sessions and sign-ins by API, and that two ended in one request are both gone from the answers.
func TestOwnSessionsByAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("Eve", "Moore", "eve@example.com")
		here := w.browser()
		here.header.Set("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0")
		w.browser().signIn("eve@example.com")
		w.browser().signIn("eve@example.com")
		here.signIn("eve@example.com")
		user, _ := here.must("viewer", ownSessions, nil)["user"].(map[string]any)
		sessions, _ := user["sessions"].([]any)
		if len(sessions) != 3 {
			t.Fatalf("%v", user)
		}
		ids := make([]any, len(sessions))
		for i, s := range sessions {
			fields, _ := s.(map[string]any)
			ids[i] = fields["id"]
			if first := i == 0; fields["current"] != first || (fields["browser"] == "Firefox") != first || fields["address"] != "127.0.0.1" {
				t.Errorf("session %d: %v", i, fields)
			}
		}
		page, _ := user["signIns"].(map[string]any)
		if page["totalCount"] != 3.0 || len(page["nodes"].([]any)) != 2 || page["pageInfo"].(map[string]any)["hasNextPage"] != true {
			t.Errorf("%v", page)
		}
		const end = `mutation($a: ID!, $b: ID!) {
			a: revokeSession(input: {sessionId: $a}) { user { sessions { id } } userErrors { code field } }
			b: revokeSession(input: {sessionId: $b}) { user { sessions { id } } userErrors { code field } }
			dry: revokeOtherSessions(input: {dryRun: true}) { ended }
			c: revokeSession(input: {sessionId: $b}) { userErrors { code } } }`
		r := here.ask(end, map[string]any{"a": ids[1], "b": ids[2]})
		after := func(name string) int {
			payload, _ := r.Data[name].(map[string]any)
			of, _ := payload["user"].(map[string]any)
			list, _ := of["sessions"].([]any)
			return len(list)
		}
		if after("a") != 2 || after("b") != 1 || r.Data["dry"].(map[string]any)["ended"] != 0.0 || r.refusal() != "NOT_FOUND" {
			t.Errorf("%s", r.Body)
		}
		for id, want := range map[any]string{ids[0]: "NOT_ALLOWED sessionId", "x": "INVALID sessionId", "": "INVALID sessionId"} {
			r := here.ask(`mutation($id: ID!) { revokeSession(input: {sessionId: $id}) { user { id } userErrors { code field } } }`, map[string]any{"id": id})
			if r.refusal() != want {
				t.Errorf("%v: %s, want %s", id, r.Body, want)
			}
		}
	})
}

// Fellow members see each other, but not where and when others sign in.
func TestSessionsAreNotForFellows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve, bob := w.user("Eve", "Moore", "eve@example.com"), w.user("Bob", "Other", "bob@example.com")
		acme := w.account("Acme", eve)
		if _, err := d.Writer().ExecContext(t.Context(), "INSERT INTO memberships (user_id, account_id, owner, permissions, last_seen_at, since) VALUES ($1, $2, $3, '[]', $4, $4)",
			bob.ID, acme.ID, false, w.now); err != nil {
			t.Fatal(err)
		}
		w.browser().signIn("bob@example.com")
		b := w.browser().signIn("eve@example.com")
		const both = `query($ids: [ID!]!) { nodes(ids: $ids) { ... on User { name %s } } }`
		for _, field := range []string{"sessions { id }", "signIns(first: 5) { nodes { at } }", "signIns(first: 5) { totalCount }"} {
			r := b.ask(fmt.Sprintf(both, field), map[string]any{"ids": []any{eve.GlobalID(), bob.GlobalID()}})
			nodes, _ := r.Data["nodes"].([]any)
			if len(nodes) != 2 || r.refusal() != "FORBIDDEN" {
				t.Fatalf("%s: %s", field, r.Body)
			}
			name, _, _ := strings.Cut(field, " ")
			name, _, _ = strings.Cut(name, "(")
			own, _ := nodes[0].(map[string]any)
			fellow, _ := nodes[1].(map[string]any)
			if own[name] == nil || fellow[name] != nil || fellow["name"] != "Bob Other" {
				t.Errorf("%s: %s", field, r.Body)
			}
		}
	})
}

// A page of users with sessions and sign-ins takes the same number of statements however many they are.
func TestStatementsOfSessions(t *testing.T) {
	var asked statements
	w := newWorld(t, dbtest.PostgreSQL(t, db.Trace(&asked)))
	w.choose(plenty)
	w.staff("Ada", "ada@example.com", permission.Admins...)
	for i := range 20 {
		address := fmt.Sprintf("user%d@example.com", i)
		w.user("User", fmt.Sprintf("%02d", i), address)
		w.browser().signIn(address)
	}
	ada := w.browser().signIn("ada@example.com")
	ada.must("viewer", `{ viewer { kind } }`, nil)
	for _, n := range []int{1, 20} {
		texts := asked.during(func() {
			ada.must("users", `query($n: Int) { users(first: $n) { nodes { sessions { id browser } signIns(first: 2) { nodes { at outcome } totalCount } } } }`, map[string]any{"n": n})
		})
		// The session, the users, their sessions with their users, the sign-ins, the counts.
		if len(texts) > 6 {
			t.Errorf("%d users take %d statements:\n%s", n, len(texts), strings.Join(texts, "\n"))
		}
	}
}
