package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/settings"
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

// What is done about a proof of identity stands in the activity of whom it is about, with who did it: also what an order
// asked for, and each look at a picture. Why it was taken back, and what staff know of earlier results, is not told; staff
// who may not look at proofs are told nothing of them.
func TestOwnActivityHoldsTheProof(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.choose(func(s *settings.Settings) { s.Verification.ApprovalDays = 1 })
		eve, own, ada := prover(w)
		w.staff("Sam", "sam@example.com", permission.ListUsers)
		about := func(mutation, arguments string) {
			t.Helper()
			ada.must(mutation, `mutation($u: ID!) { `+mutation+`(input: {userId: $u`+arguments+`}) { userErrors { field code } } }`, map[string]any{"u": eve.GlobalID()})
		}
		submit := func() (front string) {
			front = own.upload("FRONT", forge{t}.jpeg(noise(64, 48)))
			own.upload("SELFIE", forge{t}.jpeg(noise(64, 48)))
			own.must("submitIdentityVerification", `mutation { submitIdentityVerification { userErrors { field code } } }`, nil)
			return front
		}
		about("bringIdentityVerification", `, provider: "Validation.com", approved: true, at: "2020-01-01T00:00:00Z", reason: "a note for staff"`)
		about("resetIdentityVerification", `, reason: "another note for staff"`)
		about("initiateIdentityVerification", "")
		if response, _ := ada.do("GET", "/verification-files/"+submit(), nil, nil); response.StatusCode != 200 {
			t.Errorf("a look: %d", response.StatusCode)
		}
		about("decideIdentityVerification", `, approve: false, cause: UNREADABLE, reason: "Too dark."`)
		submit()
		about("decideIdentityVerification", `, approve: true`)
		w.later(25 * time.Hour)
		if err := w.graph.Identity.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}

		read := func(b *browser, query string) (acts []string) {
			t.Helper()
			r := b.ask(query, map[string]any{"u": eve.GlobalID(), "first": 100})
			var answer struct {
				Data map[string]map[string]struct {
					Nodes []struct{ Action, By, Reason string }
				}
			}
			if err := json.Unmarshal([]byte(r.Body), &answer); err != nil || len(r.Errors) > 0 {
				t.Fatalf("%v: %s", err, r.Body)
			}
			for _, field := range answer.Data {
				for _, n := range field["activity"].Nodes {
					acts = append(acts, strings.TrimSpace(n.Action+" "+n.By+" "+n.Reason))
				}
			}
			slices.Reverse(acts)
			return acts
		}
		const theirs = `query($u: ID!, $first: Int) { user(id: $u) { activity(first: $first) { nodes { action by reason } } } }`
		told := []string{
			"VERIFICATION_REQUESTED STAFF", "VERIFICATION_BROUGHT STAFF", "VERIFICATION_RESET STAFF", "VERIFICATION_REQUESTED STAFF",
			"VERIFICATION_SUBMITTED SELF", "VERIFICATION_FILE_SEEN STAFF", "VERIFICATION_DECIDED STAFF Too dark.",
			"VERIFICATION_SUBMITTED SELF", "VERIFICATION_DECIDED STAFF", "VERIFICATION_EXPIRED OTHER",
		}
		own.signIn("eve@example.com")
		if acts := read(own, ownActivity); !slices.Equal(acts, told) {
			t.Errorf("the user reads %q", acts)
		}
		inside := slices.Clone(told)
		inside[0] += " 1" // the order
		inside[1] += " a note for staff"
		inside[2] += " another note for staff"
		if acts := read(ada.signIn("ada@example.com"), theirs); !slices.Equal(acts, inside) {
			t.Errorf("who looks at proofs reads %q", acts)
		}
		if acts := read(w.browser().signIn("sam@example.com"), theirs); len(acts) != 0 {
			t.Errorf("who may not look at proofs reads %q", acts)
		}
		if _, body := own.confirm().ownData(nil); strings.Contains(body, "note for staff") || !strings.Contains(body, "Too dark.") {
			t.Errorf("as a file: %s", body)
		}
	})
}
