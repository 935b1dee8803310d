package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/order"
	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
)

const removeMemberMutation = `mutation($i: RemoveMemberInput!) { removeMember(input: $i) { userErrors { field code } } }`

// belongs makes the user a member of the account.
func (w *world) belongs(a *ent.Account, u *ent.User, may ...permission.Account) (m *ent.Membership) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		m, err = tx.Membership.Create().SetUserID(u.ID).SetAccountID(a.ID).SetPermissions(may).SetSince(w.clock()).Save(ctx)
		return err
	})
	return m
}

// #42 holds for edges: whom user(id) hides, nothing that points to them shows.
func Test42EdgesHideWhomUserHides(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		acme := w.account("Acme", w.user("Olga", "Moore", "olga@example.com"))
		stranger, left := w.user("Vera", "Moore", "vera@example.com"), w.user("Bob", "Left", "bob@example.com")
		w.belongs(acme, w.user("Fred", "Moore", "fred@example.com"), permission.Orders)
		w.staff("Sue", "sue@example.com", permission.ListAccounts)
		ada := w.staff("Ada", "ada@example.com", permission.Admins...)
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			for number, by := range map[string]*int{"1": &left.ID, "2": nil} {
				if err := tx.Order.Create().SetAccountID(acme.ID).SetNumber(number).SetNillablePlacedByID(by).SetCreatedAt(w.now).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		chief := w.browser().signIn("ada@example.com")
		chief.must("associateUser", associateMutation, map[string]any{"i": map[string]any{
			"accountId": acme.GlobalID(), "email": "eve@example.com", "permissions": []string{"PROFILE"}, "sendInvitation": true,
		}})
		const explain = `query($u: ID!, $a: ID!) { explainAccess(userId: $u, accountId: $a, permission: ORDERS) { user { email } } }`
		const orders = `query($a: ID!) { account(id: $a) { orders(first: 5) { nodes { number placedByStaff placedBy { email } } } } }`
		const invited = `query($a: ID!) { account(id: $a) { invitations(first: 5) { nodes { inviter { email } } } } }`
		const node = `query($o: ID!) { node(id: $o) { ... on Order { number placedByStaff placedBy { email } } } }`
		placed, err := d.Order.Query().Where(order.Number("1")).Only(dbtest.System(t))
		if err != nil {
			t.Fatal(err)
		}
		of := map[string]any{"a": acme.GlobalID(), "u": stranger.GlobalID(), "o": placed.GlobalID()}
		for name, c := range map[string]struct {
			by    *browser
			query string
			email string
			shown bool
		}{
			"a user of no account, to who lists accounts":      {w.browser().signIn("sue@example.com"), explain, stranger.Email, false},
			"to who lists users":                               {chief, explain, stranger.Email, true},
			"who left, by the order alone, to a member":        {w.browser().signIn("fred@example.com"), node, left.Email, false},
			"by the order alone, to whom it is open":           {chief, node, left.Email, true},
			"staff who invited, to the owner":                  {w.browser().signIn("olga@example.com"), invited, ada.Email, false},
			"to staff":                                         {chief, invited, ada.Email, true},
			"who placed an order and left, to a member":        {w.browser().signIn("fred@example.com"), orders, left.Email, false},
			"who placed an order and left, to the owner":       {w.browser().signIn("olga@example.com"), orders, left.Email, false},
			"who placed an order and left, to whom it is open": {chief, orders, left.Email, true},
		} {
			r := c.by.ask(c.query, of)
			if strings.Contains(r.Body, c.email) != c.shown {
				t.Errorf("%s: %s", name, r.Body)
			}
			if c.query == orders && (strings.Count(r.Body, `"placedByStaff":true`) != 1 || strings.Count(r.Body, `"placedByStaff":false`) != 1) {
				t.Errorf("%s: who is staff: %s", name, r.Body)
			}
		}
	})
}

// #42: a membership or an invitation of another account and one that is not there have one answer, and one record that the
// viewer can read, alone and beside one of their own.
func Test42TheirsIsNotThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		foreign := w.account("Foreign", w.user("Olga", "Moore", "olga@example.com"))
		theirs := w.belongs(foreign, w.user("Bob", "Moore", "bob@example.com"), permission.Orders)
		w.browser().signIn("olga@example.com").must("inviteUser", inviteMutation, map[string]any{"i": map[string]any{
			"accountId": foreign.GlobalID(), "email": "new@example.com", "permissions": []string{"PROFILE"},
		}})
		invited, err := d.Invitation.Query().Only(dbtest.System(t))
		if err != nil {
			t.Fatal(err)
		}
		eve := w.user("Eve", "Moore", "eve@example.com")
		own := w.belongs(w.account("Acme", w.user("Ann", "Moore", "ann@example.com")), eve, permission.Orders)
		b := w.browser().signIn("eve@example.com").confirm()
		const save = `mutation($i: SaveMembershipsInput!) { saveMemberships(input: $i) { userErrors { field code } } }`
		const resend = `mutation($i: ResendInvitationInput!) { resendInvitation(input: $i) { userErrors { field code } } }`
		change := func(ids ...string) map[string]any {
			var changes []any
			for _, id := range ids {
				changes = append(changes, map[string]any{"membershipId": id, "permissions": []string{"ORDERS"}})
			}
			return map[string]any{"changes": changes}
		}
		nowhere := &ent.Membership{ID: 999999}
		for name, c := range map[string]struct {
			mutation        string
			theirs, nobodys map[string]any
		}{
			"removed":          {removeMemberMutation, map[string]any{"membershipId": theirs.GlobalID()}, map[string]any{"membershipId": nowhere.GlobalID()}},
			"saved":            {save, change(theirs.GlobalID()), change(nowhere.GlobalID())},
			"beside one's own": {save, change(own.GlobalID(), theirs.GlobalID()), change(own.GlobalID(), nowhere.GlobalID())},
			"sent anew":        {resend, map[string]any{"invitationId": invited.GlobalID()}, map[string]any{"invitationId": (&ent.Invitation{ID: 999999}).GlobalID()}},
		} {
			one, other := b.ask(c.mutation, map[string]any{"i": c.theirs}), b.ask(c.mutation, map[string]any{"i": c.nobodys})
			if one.Body != other.Body || one.refusal() != "NOT_FOUND" {
				t.Errorf("%s: %s, %s", name, one.Body, other.Body)
			}
		}
		_, body := b.ownData(nil)
		var file struct {
			Audit []struct {
				Action, Outcome, OnKind string
				OnNumber                int
			}
		}
		if err := json.Unmarshal([]byte(body), &file); err != nil {
			t.Fatal(err)
		}
		refused := map[string]int{}
		for _, e := range file.Audit {
			if e.Outcome == "NOT_FOUND" {
				refused[fmt.Sprintf("%s %s %d", e.Action, e.OnKind, e.OnNumber)]++
			}
		}
		if len(refused) != 3 || refused["MEMBER_REMOVED  0"] != 2 || refused["MEMBER_UPDATED  0"] != 4 || refused["INVITATION_RESENT  0"] != 2 {
			t.Errorf("the export says %v", refused)
		}
	})
}

// #59: a list whose length the input tells is counted with what it can hold, not with what lists usually hold.
func Test59LongLists(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	acme := w.account("Acme", w.user("Olga", "Moore", "olga@example.com"))
	r := w.browser().signIn("olga@example.com").ask(`mutation($i: SaveMembershipsInput!) { saveMemberships(input: $i) { memberships { account {
		members(first: 60) { nodes { permissions } } } } userErrors { code } } }`,
		map[string]any{"i": map[string]any{"changes": []any{map[string]any{"membershipId": acme.GlobalID(), "permissions": []string{"ORDERS"}}}}})
	if r.refusal() != "TOO_COMPLEX" {
		t.Errorf("%s", r.Body)
	}
}

// Who is in an account no more reads nothing of what it is by now: neither in their activity nor in their own data.
func TestFormerMembersReadNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		acme := w.account("Acme", w.user("Olga", "Moore", "olga@example.com"))
		link := w.belongs(acme, w.user("Eve", "Moore", "eve@example.com"), permission.Orders)
		over := w.belongs(acme, w.user("Fred", "Moore", "fred@example.com"), permission.Orders)
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			return tx.Membership.UpdateOne(over).SetEndsAt(w.now.Add(-time.Hour)).Exec(ctx)
		})
		olga, eve := w.browser().signIn("olga@example.com"), w.browser().signIn("eve@example.com")
		const acts = `{ viewer { activity(first: 5) { nodes { action accountName } } } }`
		olga.must("saveMemberships", `mutation($i: SaveMembershipsInput!) { saveMemberships(input: $i) { userErrors { code } } }`,
			map[string]any{"i": map[string]any{"changes": []any{map[string]any{"membershipId": link.GlobalID(), "permissions": []string{"EMAILS"}}}}})
		if r := eve.ask(acts, nil); !strings.Contains(r.Body, "Acme") {
			t.Errorf("a member: %s", r.Body)
		}
		olga.must("removeMember", removeMemberMutation, map[string]any{"i": map[string]any{"membershipId": link.GlobalID()}})
		olga.must("updateAccount", `mutation($i: UpdateAccountInput!) { updateAccount(input: $i) { account { name } userErrors { code } } }`,
			map[string]any{"i": map[string]any{"accountId": acme.GlobalID(), "version": 1, "name": "Secret Merger"}})
		if r := eve.ask(acts, nil); strings.Contains(r.Body, "Secret") || !strings.Contains(r.Body, "MEMBER_REMOVED") {
			t.Errorf("removed: %s", r.Body)
		}
		_, body := w.browser().signIn("fred@example.com").confirm().ownData(nil)
		if strings.Contains(body, "Secret") || !strings.Contains(body, `"endsAt": "2026-03-01T11:00:00Z"`) || strings.Contains(body, "ORDERS") {
			t.Errorf("ended: %s", body)
		}
	})
}
