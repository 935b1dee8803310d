package main

import (
	"encoding/json"
	"testing"

	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
)

const ownActivity = `query($first: Int, $after: String) { viewer { activity(first: $first, after: $after) {
	nodes { action by reason } pageInfo { hasNextPage endCursor } } } }`

// product.md parts 12 and 13: users read what was done about them, also by staff, whose reason they are told and whose name
// they are not; never about somebody else.
func TestOwnActivity(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("Ann", "Lee", "ann@example.com")
		w.user("Bob", "Lee", "bob@example.com")
		w.staff("Sam", "sam@example.com", permission.ListUsers, permission.DisableUserTwoFactor, permission.DisableUserSecurityQuestion)
		w.browser().signIn("ann@example.com").confirm().enrol()
		const disable = `mutation($id: ID!) { disableTwoFactor(input: {userId: $id, reason: "lost the phone"}) { userErrors { code } } }`
		sam := w.browser().signIn("sam@example.com").confirm()
		sam.must("disableTwoFactor", disable, map[string]any{"id": u.GlobalID()})
		if r := sam.ask(disable, map[string]any{"id": u.GlobalID()}); r.refusal() == "" {
			t.Errorf("there was nothing to switch off: %s", r.Body)
		}
		ann := w.browser().signIn("ann@example.com")
		read := func(b *browser, variables map[string]any) (nodes string, page map[string]any) {
			t.Helper()
			page, _ = b.must("viewer", ownActivity, variables)["activity"].(map[string]any)
			text, err := json.Marshal(page["nodes"])
			if err != nil {
				t.Fatal(err)
			}
			return string(text), page["pageInfo"].(map[string]any)
		}
		newest, page := read(ann, map[string]any{"first": 1})
		if newest != `[{"action":"TWO_FACTOR_DISABLED","by":"STAFF","reason":"lost the phone"}]` || page["hasNextPage"] != true {
			t.Errorf("the newest: %s, %v", newest, page)
		}
		if rest, page := read(ann, map[string]any{"first": 100, "after": page["endCursor"]}); page["hasNextPage"] != false ||
			rest != `[{"action":"AUTHENTICATOR_ADDED","by":"SELF","reason":null}]` {
			t.Errorf("the rest: %s, %v", rest, page)
		}
		for _, other := range []*browser{w.browser().signIn("bob@example.com"), w.browser(), sam} {
			if nodes, _ := read(other, map[string]any{"first": 10}); nodes != "[]" {
				t.Errorf("of others: %s", nodes)
			}
		}
		for _, bad := range []map[string]any{{}, {"first": 0}, {"first": 101}, {"first": 1, "after": "x"}} {
			if r := ann.ask(ownActivity, bad); r.refusal() != "INVALID" && r.refusal() != "REQUIRED" {
				t.Errorf("%v: %s", bad, r.Body)
			}
		}
	})
}
