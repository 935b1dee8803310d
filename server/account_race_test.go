package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	ent "roster/ent/generated"
	"roster/ent/generated/membership"
	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
)

// rounds is how often each race is run: the long run of the tests has the time for many.
func rounds() int {
	if os.Getenv("ROSTER_LONG") == "1" {
		return 200
	}
	return 20
}

// arena is a place for races about accounts: two servers on one PostgreSQL, or one server on SQLite, which has one.
type arena struct {
	*world
	there *world
	staff *ent.User
	// chief and deputy are sessions of staff, one on each server.
	chief, deputy *browser
	round         int
}

// races runs round after round of test, each followed by a look at what must hold however a race ends: on one database after
// the other, for a test keeps from round to round whom it made in the first.
func races(t *testing.T, test func(a *arena)) {
	t.Helper()
	t.Parallel()
	run := func(t *testing.T, here, there *world) {
		t.Helper()
		a := &arena{world: here, there: there, staff: here.staff("Ada", "ada@example.com", permission.Admins...)}
		a.chief = here.browser().signIn("ada@example.com").confirm()
		a.deputy = there.browser().signIn("ada@example.com").confirm()
		for a.round = range rounds() {
			test(a)
			a.invariants()
			if t.Failed() {
				t.Fatalf("in round %d", a.round)
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		w := newWorld(t, dbtest.SQLite(t))
		run(t, w, w)
	})
	t.Run("postgres", func(t *testing.T) {
		source := dbtest.PostgreSQLSource(t)
		run(t, newWorld(t, dbtest.Open(t, source)), newWorld(t, dbtest.Open(t, source)))
	})
}

// person is somebody who takes part, signed in on both servers and proven.
type person struct {
	*ent.User
	here, there *browser
}

func (a *arena) person(name string) *person {
	a.t.Helper()
	address := strings.ToLower(name) + "@example.com"
	p := &person{User: a.user(name, "Moore", address)}
	p.here, p.there = a.browser().signIn(address).confirm(), a.there.browser().signIn(address).confirm()
	return p
}

// named is a name that no other round uses.
func (a *arena) named(name string) string { return fmt.Sprintf("%s%d", name, a.round) }

// member makes somebody a member of an account, and returns the global ID of the link.
func (a *arena) member(in *ent.Account, u *ent.User, may ...permission.Account) (id string) {
	a.t.Helper()
	a.tx(func(ctx context.Context, tx *db.Tx) error {
		m, err := tx.Membership.Create().SetUserID(u.ID).SetAccountID(in.ID).SetPermissions(may).SetSince(a.now).Save(ctx)
		if err == nil {
			id = m.GlobalID()
		}
		return err
	})
	return id
}

// membership finds the link of a user to an account.
func (a *arena) membership(in *ent.Account, u *ent.User) (m *ent.Membership) {
	a.t.Helper()
	m, err := a.db.Membership.Query().Where(membership.AccountID(in.ID), membership.UserID(u.ID)).Only(dbtest.System(a.t))
	if err != nil && !ent.IsNotFound(err) {
		a.t.Fatal(err)
	}
	return m
}

// invited invites an address to an account, and returns the invitation's global ID and the token of its link.
func (a *arena) invited(to *ent.Account, address string) (id, token string) {
	a.t.Helper()
	made := a.chief.must("inviteUser", inviteMutation, map[string]any{"i": map[string]any{
		"accountId": to.GlobalID(), "email": address, "permissions": []string{"ORDERS"},
	}})
	i, _ := made["invitation"].(map[string]any)
	id, _ = i["id"].(string)
	return id, a.link(address, "You are invited to “"+to.Name+"”")
}

const (
	inviteMutation    = `mutation($i: InviteUserInput!) { inviteUser(input: $i) { invitation { id } present { id } userErrors { field code } } }`
	acceptMutation    = `mutation($i: AcceptInvitationInput!) { acceptInvitation(input: $i) { membership { id } userErrors { field code } } }`
	createMutation    = `mutation($i: CreateAccountInput!) { createAccount(input: $i) { account { id } userErrors { field code } } }`
	cancelMutation    = `mutation($i: CancelInvitationInput!) { cancelInvitation(input: $i) { invitation { status } userErrors { field code } } }`
	removeMutation    = `mutation($i: RemoveMemberInput!) { removeMember(input: $i) { removedId userErrors { field code } } }`
	makeOwnerMutation = `mutation($i: MakeOwnerInput!) { makeOwner(input: $i) { account { owner { id } } userErrors { field code } } }`
	associateMutation = `mutation($i: AssociateUserInput!) { associateUser(input: $i) { membership { id } invitation { id } userErrors { field code } } }`
	deleteMutation    = `mutation($i: DeleteAccountInput!) { deleteAccount(input: $i) { deletedNumber userErrors { field code } } }`
	offerMutation     = `mutation($i: OfferOwnershipInput!) { offerOwnership(input: $i) { account { id } userErrors { field code } } }`
	withdrawMutation  = `mutation($i: WithdrawOwnershipOfferInput!) { withdrawOwnershipOffer(input: $i) { account { id } userErrors { field code } } }`
	takeOverMutation  = `mutation($i: AcceptOwnershipInput!) { acceptOwnership(input: $i) { account { id } userErrors { field code } } }`
	leaveMutation     = `mutation($i: LeaveAccountInput!) { leaveAccount(input: $i) { leftId userErrors { field code } } }`
)

// try is one who takes part in a race, with what they ask for.
type try struct {
	by    *browser
	query string
	input map[string]any
}

// race lets all try at the same moment, and returns their refusals in the order of the tries: "" for what was done.
func (a *arena) race(tries ...try) []string {
	a.t.Helper()
	got := make([]string, len(tries))
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i, one := range tries {
		wg.Go(func() {
			<-start
			r := one.by.ask(one.query, map[string]any{"i": one.input})
			if got[i] = r.refusal(); got[i] == "" && r.Status != 200 {
				got[i] = r.Body
			}
		})
	}
	close(start)
	wg.Wait()
	return got
}

// one checks that one of them did it, and what the others were told.
func (a *arena) one(got []string, otherwise ...string) {
	a.t.Helper()
	if done := a.clean(got, otherwise...); done != 1 {
		a.t.Errorf("%d of %d did it: %q", done, len(got), got)
	}
}

// clean counts what was done, and checks what the others were told.
func (a *arena) clean(got []string, otherwise ...string) (done int) {
	a.t.Helper()
	for _, refusal := range got {
		if refusal == "" {
			done++
		} else if !slices.Contains(otherwise, refusal) {
			a.t.Errorf("refused with %q, want one of %q; all: %q", refusal, otherwise, got)
		}
	}
	return done
}

// invariants look at what is true after every race (security.md #47).
func (a *arena) invariants() {
	a.t.Helper()
	for what, where := range map[string]string{
		"accounts without exactly one owner":       `accounts a WHERE (SELECT count(*) FROM memberships m WHERE m.account_id = a.id AND m.owner) <> 1`,
		"pairs that are linked twice":              `(SELECT 1 FROM memberships GROUP BY user_id, account_id HAVING count(*) > 1) AS twice`,
		"owners whose membership ends":             `memberships WHERE owner AND ends_at IS NOT NULL`,
		"accounts that are offered twice":          `(SELECT 1 FROM memberships WHERE ownership_offered_at IS NOT NULL GROUP BY account_id HAVING count(*) > 1) AS twice`,
		"accounts that are offered to their owner": `memberships WHERE owner AND ownership_offered_at IS NOT NULL`,
		"invitations half decided":                 `invitations WHERE (status = 'PENDING') <> (decided_at IS NULL) OR (status = 'ACCEPTED') <> (accepted_by_id IS NOT NULL)`,
		"addresses that are invited twice":         `(SELECT 1 FROM invitations WHERE status = 'PENDING' GROUP BY account_id, email_key HAVING count(*) > 1) AS twice`,
		"accounts whose one invitation was decided twice": `(SELECT target_id FROM audit_entries WHERE outcome = 'DONE' AND target_kind = 'ACCOUNT'
			AND action IN ('INVITATION_ACCEPTED', 'INVITATION_DECLINED', 'INVITATION_CANCELLED') GROUP BY target_id HAVING count(*) > 1) AS twice`,
		"failures of ours on record": `audit_entries WHERE outcome = 'INTERNAL'`,
		"links of nobody":            `memberships m WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = m.user_id) OR NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = m.account_id)`,
	} {
		if n := a.count(where); n != 0 {
			a.t.Errorf("%d %s", n, what)
		}
	}
}

// ownerOf is who owns the account.
func (a *arena) ownerOf(in *ent.Account) int {
	a.t.Helper()
	m, err := a.db.Membership.Query().Where(membership.AccountID(in.ID), membership.Owner(true)).Only(dbtest.System(a.t))
	if err != nil {
		a.t.Fatal(err)
	}
	return m.UserID
}

func in(a *ent.Account) map[string]any { return map[string]any{"accountId": a.GlobalID()} }

func of(membership string) map[string]any { return map[string]any{"membershipId": membership} }

// One link makes one membership, whoever holds it and on however many servers (security.md #10).
func TestRaceAcceptTwice(t *testing.T) {
	var eve, bob *person
	var owner *ent.User
	races(t, func(a *arena) {
		if a.round == 0 {
			eve, bob, owner = a.person("Eve"), a.person("Bob"), a.user("Olga", "Owner", "olga@example.com")
		}
		to := a.account(a.named("Acme"), owner)
		_, token := a.invited(to, eve.Email)
		mine, any := map[string]any{"token": token}, map[string]any{"token": token, "confirmOtherAddress": true}
		got := a.race(try{eve.here, acceptMutation, mine}, try{eve.there, acceptMutation, mine}, try{bob.here, acceptMutation, any}, try{bob.there, acceptMutation, any})
		a.one(got, "EXPIRED token", "NOT_ALLOWED")
		if n := a.count("memberships WHERE account_id = $1 AND NOT owner", to.ID); n != 1 {
			a.t.Errorf("%d memberships of one link", n)
		}
		if n := a.count("mails WHERE account_id = $1 AND kind IN ('INVITATION_ACCEPTED', 'INVITATION_ACCEPTED_ELSEWHERE')", to.ID); n < 1 || n > 2 {
			a.t.Errorf("%d mails tell of it", n)
		}
	})
}

// Who is removed does not become the owner, and the owner is not removed.
func TestRaceMakeOwnerAgainstRemove(t *testing.T) {
	var olga *person
	var eve *ent.User
	races(t, func(a *arena) {
		if a.round == 0 {
			olga, eve = a.person("Olga"), a.user("Eve", "Moore", "eve@example.com")
		}
		to := a.account(a.named("Acme"), olga.User)
		link := a.member(to, eve, permission.Orders)
		got := a.race(try{a.chief, makeOwnerMutation, of(link)}, try{a.deputy, removeMutation, of(link)}, try{olga.there, removeMutation, of(link)})
		a.one(got, "NOT_FOUND", "NOT_ALLOWED membershipId")
		is := a.membership(to, eve)
		if made := got[0] == ""; made != (is != nil && is.Owner) || made == (is == nil) {
			a.t.Errorf("%q, and it is %v", got, is)
		}
	})
}

// However many become the owner at once, one is it in the end, and the others are members with every permission.
func TestRaceTwoMakeOwners(t *testing.T) {
	var olga, eve, bob *ent.User
	races(t, func(a *arena) {
		if a.round == 0 {
			olga, eve, bob = a.user("Olga", "Owner", "olga@example.com"), a.user("Eve", "Moore", "eve@example.com"), a.user("Bob", "Moore", "bob@example.com")
		}
		to := a.account(a.named("Acme"), olga)
		one, two := a.member(to, eve, permission.Orders), a.member(to, bob, permission.Emails)
		got := a.race(try{a.chief, makeOwnerMutation, of(one)}, try{a.deputy, makeOwnerMutation, of(two)})
		if done := a.clean(got, "NOT_ALLOWED membershipId"); done != 2 {
			a.t.Errorf("one after the other, both become it: %q", got)
		}
		if n := a.count("memberships WHERE account_id = $1", to.ID); n != 3 {
			a.t.Errorf("%d members of three", n)
		}
		if n := a.count("audit_entries WHERE action = 'OWNER_CHANGED' AND outcome = 'DONE' AND target_id = $1", to.ID); n != 2 {
			a.t.Errorf("%d changes on record", n)
		}
		again := a.race(try{a.chief, makeOwnerMutation, of(one)}, try{a.deputy, makeOwnerMutation, of(one)})
		switch done := a.clean(again, "NOT_ALLOWED membershipId"); {
		case done > 1:
			a.t.Errorf("one member became the owner twice: %q", again)
		case a.ownerOf(to) != eve.ID:
			a.t.Errorf("%q, and %d owns it", again, a.ownerOf(to))
		}
	})
}

// An invitation that was taken back opens nothing, and one that was accepted is not taken back.
func TestRaceAcceptAgainstCancel(t *testing.T) {
	var eve *person
	var owner *ent.User
	races(t, func(a *arena) {
		if a.round == 0 {
			eve, owner = a.person("Eve"), a.user("Olga", "Owner", "olga@example.com")
		}
		to := a.account(a.named("Acme"), owner)
		id, token := a.invited(to, eve.Email)
		got := a.race(try{eve.there, acceptMutation, map[string]any{"token": token}}, try{a.chief, cancelMutation, map[string]any{"invitationId": id}},
			try{a.deputy, cancelMutation, map[string]any{"invitationId": id}})
		a.one(got, "EXPIRED token", "NOT_ALLOWED invitationId")
		if accepted := got[0] == ""; accepted != (a.membership(to, eve.User) != nil) {
			a.t.Errorf("%q, and the membership is %v", got, a.membership(to, eve.User))
		}
	})
}

// An address is invited once, and who is associated at the same moment is in once.
func TestRaceAssociateTwice(t *testing.T) {
	var eve *ent.User
	var owner *ent.User
	races(t, func(a *arena) {
		if a.round == 0 {
			eve, owner = a.user("Eve", "Moore", "eve@example.com"), a.user("Olga", "Owner", "olga@example.com")
		}
		to := a.account(a.named("Acme"), owner)
		bring := func(more map[string]any) map[string]any {
			input := map[string]any{"accountId": to.GlobalID(), "permissions": []string{"ORDERS"}, "sendInvitation": false}
			for k, v := range more {
				input[k] = v
			}
			return input
		}
		byID, byAddress := bring(map[string]any{"userId": eve.GlobalID()}), bring(map[string]any{"email": "Eve@Example.com"})
		got := a.race(try{a.chief, associateMutation, byID}, try{a.deputy, associateMutation, byID}, try{a.chief, associateMutation, byAddress})
		a.one(got, "NOT_ALLOWED userId", "NOT_ALLOWED email", "CONFLICT email", "CONFLICT userId")

		address := a.named("new") + "@example.com"
		newcomer := bring(map[string]any{"email": address, "firstName": "New"})
		got = a.race(try{a.chief, associateMutation, newcomer}, try{a.deputy, associateMutation, newcomer})
		a.one(got, "NOT_ALLOWED email", "CONFLICT email")
		if n := a.count("users WHERE email_key = $1", address); n != 1 {
			a.t.Errorf("%d users of one address", n)
		}

		// The same newcomer, brought into two accounts: one user, a member of both, or told to try again.
		other, address := a.account(a.named("Other"), owner), a.named("newer")+"@example.com"
		newer := bring(map[string]any{"email": address, "firstName": "New"})
		elsewhere := bring(map[string]any{"email": address, "firstName": "New", "accountId": other.GlobalID()})
		got = a.race(try{a.chief, associateMutation, newer}, try{a.deputy, associateMutation, elsewhere})
		if done := a.clean(got, "CONFLICT email"); done < 1 || a.count("users WHERE email_key = $1", address) != 1 {
			a.t.Errorf("into two accounts: %q", got)
		}

		address = a.named("asked") + "@example.com"
		ask := map[string]any{"accountId": to.GlobalID(), "email": address, "permissions": []string{"ORDERS"}}
		got = a.race(try{a.chief, inviteMutation, ask}, try{a.deputy, inviteMutation, ask})
		a.one(got, "CONFLICT email")
	})
}

// A link leads into an account that is there, or nowhere; a user who is on the way into another account does not go with
// the one that is deleted, or is gone before.
func TestRaceDeleteAgainstAccept(t *testing.T) {
	var eve *person
	var owner *ent.User
	races(t, func(a *arena) {
		if a.round == 0 {
			eve, owner = a.person("Eve"), a.user("Olga", "Owner", "olga@example.com")
		}
		to := a.account(a.named("Acme"), owner)
		_, token := a.invited(to, eve.Email)
		kill := map[string]any{"accountId": to.GlobalID(), "deleteOrphanedUsers": true}
		a.account(a.named("Kept"), owner)
		a.member(a.account(a.named("Home"), owner), eve.User, permission.Orders)
		got := a.race(try{eve.there, acceptMutation, map[string]any{"token": token}}, try{a.chief, deleteMutation, kill}, try{a.deputy, deleteMutation, kill})
		a.clean(got[:1], "EXPIRED token", "INVALID token", "NOT_FOUND")
		a.one(got[1:], "NOT_FOUND")
		if n := a.count("accounts WHERE id = $1", to.ID); n != 0 {
			a.t.Error("the account is there still")
		}

		// Into another account, while the only one that they have goes.
		lone := a.user("Lone", "Moore", a.named("lone")+"@example.com")
		joins := a.browser().signIn(lone.Email)
		only, next := a.account(a.named("Only"), owner), a.account(a.named("Next"), owner)
		a.member(only, lone, permission.Orders)
		_, token = a.invited(next, lone.Email)
		kill = map[string]any{"accountId": only.GlobalID(), "deleteOrphanedUsers": true}
		got = a.race(try{joins, acceptMutation, map[string]any{"token": token}}, try{a.deputy, deleteMutation, kill})
		a.clean(got[:1], "EXPIRED token", "NOT_FOUND", "UNAUTHENTICATED")
		a.one(got[1:])
		if accepted := got[0] == ""; a.count("users WHERE id = $1", lone.ID) == 1 != accepted {
			a.t.Errorf("%q, and there are %d users", got, a.count("users WHERE id = $1", lone.ID))
		}

		// Brought into another account by staff, at the same moment.
		lone = a.user("Lone", "Moore", a.named("lonely")+"@example.com")
		only = a.account(a.named("Single"), owner)
		a.member(only, lone, permission.Orders)
		kill = map[string]any{"accountId": only.GlobalID(), "deleteOrphanedUsers": true}
		bring := map[string]any{"accountId": next.GlobalID(), "permissions": []string{"ORDERS"}, "sendInvitation": false}
		if a.round%2 == 0 {
			bring["userId"] = lone.GlobalID()
		} else {
			bring["email"] = lone.Email // and without a name nobody new comes of it
		}
		got = a.race(try{a.chief, associateMutation, bring}, try{a.deputy, deleteMutation, kill})
		a.clean(got[:1], "NOT_FOUND", "CONFLICT userId", "REQUIRED firstName")
		a.one(got[1:])
		if brought := got[0] == ""; a.count("users WHERE id = $1", lone.ID) == 1 != brought {
			a.t.Errorf("%q, and there are %d users", got, a.count("users WHERE id = $1", lone.ID))
		}

		// Made the owner of a new account, at the same moment.
		lone = a.user("Lone", "Moore", a.named("loneliest")+"@example.com")
		only = a.account(a.named("Sole"), owner)
		a.member(only, lone, permission.Orders)
		kill = map[string]any{"accountId": only.GlobalID(), "deleteOrphanedUsers": true}
		got = a.race(try{a.chief, createMutation, map[string]any{"name": a.named("New"), "email": "billing@example.com", "ownerId": lone.GlobalID()}},
			try{a.deputy, deleteMutation, kill})
		a.clean(got[:1], "NOT_FOUND")
		a.one(got[1:])
		if owns := got[0] == ""; a.count("users WHERE id = $1", lone.ID) == 1 != owns {
			a.t.Errorf("%q, and there are %d users", got, a.count("users WHERE id = $1", lone.ID))
		}
	})
}

// An offer of ownership is taken once, and not when it was taken back or the account went to somebody else.
func TestRaceOwnershipAcceptances(t *testing.T) {
	var olga, eve *person
	var bob *ent.User
	races(t, func(a *arena) {
		if a.round == 0 {
			olga, eve, bob = a.person("Olga"), a.person("Eve"), a.user("Bob", "Moore", "bob@example.com")
		}
		to := a.account(a.named("Acme"), olga.User)
		link := a.member(to, eve.User, permission.Orders)
		olga.here.must("offerOwnership", offerMutation, map[string]any{"i": of(link)})
		got := a.race(try{eve.here, takeOverMutation, in(to)}, try{eve.there, takeOverMutation, in(to)})
		a.one(got, "EXPIRED accountId", "NOT_ALLOWED accountId", "NOT_ALLOWED membershipId")
		if a.ownerOf(to) != eve.ID {
			a.t.Errorf("%q, and %d owns it", got, a.ownerOf(to))
		}

		to = a.account(a.named("Second"), olga.User)
		link = a.member(to, eve.User, permission.Orders)
		olga.here.must("offerOwnership", offerMutation, map[string]any{"i": of(link)})
		got = a.race(try{eve.there, takeOverMutation, in(to)}, try{olga.here, withdrawMutation, in(to)})
		a.clean(got, "EXPIRED accountId", "FORBIDDEN")
		if taken := got[0] == ""; taken != (a.ownerOf(to) == eve.ID) {
			a.t.Errorf("%q, and %d owns it", got, a.ownerOf(to))
		}

		to = a.account(a.named("Third"), olga.User)
		link = a.member(to, eve.User, permission.Orders)
		other := a.member(to, bob, permission.Orders)
		olga.here.must("offerOwnership", offerMutation, map[string]any{"i": of(link)})
		got = a.race(try{eve.there, takeOverMutation, in(to)}, try{a.chief, makeOwnerMutation, of(other)}, try{eve.here, leaveMutation, in(to)})
		a.clean(got, "EXPIRED accountId", "NOT_FOUND", "NOT_ALLOWED accountId")
		if a.ownerOf(to) != bob.ID && got[0] != "" {
			a.t.Errorf("%q, and %d owns it", got, a.ownerOf(to))
		}
	})
}
