package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	ent "roster/ent/generated"
	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/settings"
)

// statements notes what PostgreSQL is asked.
type statements struct {
	mu    sync.Mutex
	texts []string
}

func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.texts = append(s.texts, q.SQL)
	return ctx
}

func (*statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart notes what is asked at once as one.
func (s *statements) TraceBatchStart(ctx context.Context, _ *pgx.Conn, b pgx.TraceBatchStartData) context.Context {
	var texts []string
	for _, q := range b.Batch.QueuedQueries {
		texts = append(texts, q.SQL)
	}
	return s.TraceQueryStart(ctx, nil, pgx.TraceQueryStartData{SQL: strings.Join(texts, ";\n")})
}

func (*statements) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

func (*statements) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

func (s *statements) during(act func()) []string {
	s.mu.Lock()
	s.texts = nil
	s.mu.Unlock()
	act()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.texts
}

// plenty is a budget of which a server takes so much at a time that the first request is the only one to ask for it.
func plenty(s *settings.Settings) { s.APIBudget.Points = settings.MostPoints }

// A page costs the same number of statements however many users are on it, and never counts the whole set.
func TestStatementsOfAPage(t *testing.T) {
	var asked statements
	w := newWorld(t, dbtest.PostgreSQL(t, db.Trace(&asked)))
	w.choose(plenty)
	w.staff("Ada", "ada@example.com", permission.Admins...)
	for i := range 60 {
		u := w.user("User", fmt.Sprintf("%02d", i), fmt.Sprintf("user%d@example.com", i))
		w.account(fmt.Sprintf("First %02d", i), u)
		w.account(fmt.Sprintf("Second %02d", i), u)
	}
	ada := w.browser().signIn("ada@example.com")
	ada.must("viewer", `{ viewer { kind } }`, nil)
	session := len(asked.during(func() { ada.must("viewer", `{ viewer { kind } }`, nil) }))
	if session != 1 {
		t.Errorf("the session takes %d statements", session)
	}
	for _, page := range []struct {
		fields string
		most   int
	}{
		// The users, their memberships, the accounts of these.
		{"memberships(first: 3) { nodes { owner permissions account { id name status } } }", 3},
		// And the roles of the users, the owners' memberships, the owners.
		{"role { name } memberships(first: 3) { nodes { account { id owner { name } } user { name } } }", 7},
	} {
		query := `query($n: Int) { users(first: $n) { nodes { id name email twoFactorEnabled lastLoginAt ` + page.fields + ` }
			pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
		for _, n := range []int{1, 10, 50} {
			texts := asked.during(func() {
				users := ada.must("users", query, map[string]any{"n": n})
				if nodes, _ := users["nodes"].([]any); len(nodes) != n {
					t.Errorf("%d users, want %d", len(nodes), n)
				}
			})
			if most := session + page.most; len(texts) > most {
				t.Errorf("a page of %d users takes %d statements, want %d at most:\n%s", n, len(texts), most, strings.Join(texts, "\n"))
			}
			if all := strings.ToLower(strings.Join(texts, "\n")); strings.Contains(all, "count(") {
				t.Errorf("a page of %d users counts: %s", n, all)
			}
		}
	}
}

// One user's many accounts, one account's many members, and many accounts with what the viewer may do in them: a page costs
// the same number of statements however many rows are on it.
func TestStatementsOfAccounts(t *testing.T) {
	var asked statements
	w := newWorld(t, dbtest.PostgreSQL(t, db.Trace(&asked)))
	w.choose(plenty)
	w.staff("Ada", "ada@example.com", permission.Admins...)
	eve, olga := w.user("Eve", "Moore", "eve@example.com"), w.user("Olga", "Owner", "olga@example.com")
	big, users := w.account("Big", olga), make([]*ent.User, 60)
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		for i := range users {
			r, err := tx.Role.Create().SetName(fmt.Sprintf("role %02d", i)).SetPermissions(nil).Save(ctx)
			if err != nil {
				return err
			}
			address := fmt.Sprintf("user%d@example.com", i)
			users[i], err = tx.User.Create().SetFirstName("User").SetNameKey(fmt.Sprintf("user %02d", i)).SetLastKey("").SetSearchText("").
				SetEmail(address).SetEmailKey(address).SetCreatedAt(w.now).SetUpdatedAt(w.now).SetRole(r).Save(ctx)
			if err != nil {
				return err
			}
			err = tx.Membership.Create().SetUserID(users[i].ID).SetAccountID(big.ID).SetPermissions(permission.Accounts).SetSince(w.now).Exec(ctx)
			if err != nil {
				return err
			}
			if err := tx.Order.Create().SetAccountID(big.ID).SetNumber(address).SetPlacedByID(users[i].ID).SetCreatedAt(w.now).Exec(ctx); err != nil {
				return err
			}
			err = tx.Invitation.Create().SetAccountID(big.ID).SetEmail("x" + address).SetEmailKey("x" + address).SetPermissions(permission.Accounts).
				SetInviterID(users[i].ID).SetCreatedAt(w.now).SetSentAt(w.now).Exec(ctx)
			if err != nil {
				return err
			}
		}
		for i := range 200 {
			name := fmt.Sprintf("account %03d", i)
			a, err := tx.Account.Create().SetName(name).SetNameKey(name).SetEmail("billing@example.com").SetEmailKey("billing@example.com").
				SetCreatedAt(w.now).SetUpdatedAt(w.now).Save(ctx)
			if err != nil {
				return err
			}
			err = tx.Order.Create().SetAccountID(a.ID).SetNumber(name).SetPlacedByID(eve.ID).SetVerificationRequired(i%2 == 0).SetCreatedAt(w.now).Exec(ctx)
			if err != nil {
				return err
			}
			owner, member := users[i%len(users)], eve
			if i%2 == 0 {
				owner, member = member, owner
			}
			err = tx.Membership.CreateBulk(
				tx.Membership.Create().SetUserID(owner.ID).SetAccountID(a.ID).SetOwner(true).SetSince(w.now),
				tx.Membership.Create().SetUserID(member.ID).SetAccountID(a.ID).SetPermissions(permission.Accounts).SetSince(w.now),
			).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return nil
	})
	ada, owner, member := w.browser().signIn("ada@example.com"), w.browser().signIn("olga@example.com"), w.browser().signIn("eve@example.com")
	for _, page := range []struct {
		of, query string
		by        *browser
		// nodes leads from the data to the rows.
		nodes []string
		most  int
	}{
		{"members, to staff", `query($n: Int) { account(id: "` + big.GlobalID() + `") { members(first: $n) {
			nodes { owner permissions since endsAt ended user { name email twoFactorEnabled lastLoginAt role { name } } } } } }`,
			ada, []string{"account", "members", "nodes"}, 4},
		{"members with what is theirs", `query($n: Int) { account(id: "` + big.GlobalID() + `") { members(first: $n) {
			nodes { user { name role { name } sessions { address } memberships(first: 3) { nodes { account { name } } } } } } } }`,
			ada, []string{"account", "members", "nodes"}, 8},
		{"accounts with what is their owners'", `query($n: Int) { accounts(first: $n) { nodes { owner { name role { name } memberships(first: 3) { nodes { account { name } } } } } } }`,
			ada, []string{"accounts", "nodes"}, 8},
		{"members, to their owner", `query($n: Int) { account(id: "` + big.GlobalID() + `") { members(first: $n) {
			nodes { owner permissions since endsAt ended user { name email twoFactorEnabled } } pageInfo { endCursor hasNextPage } } } }`,
			owner, []string{"account", "members", "nodes"}, 7},
		{"orders with who placed them", `query($n: Int) { account(id: "` + big.GlobalID() + `") { orders(first: $n) { nodes { number placedBy { name } } } } }`,
			ada, []string{"account", "orders", "nodes"}, 3},
		{"a user's orders with their accounts", `query($n: Int) { user(id: "` + eve.GlobalID() + `") { orders(first: $n) { nodes { number verificationRequired account { name } } } } }`,
			ada, []string{"user", "orders", "nodes"}, 3},
		{"invitations with who sent them", `query($n: Int) { account(id: "` + big.GlobalID() + `") { invitations(first: $n) { nodes { email status delivery inviter { name } } } } }`,
			ada, []string{"account", "invitations", "nodes"}, 5},
		{"accounts with their owners", `query($n: Int) { accounts(first: $n) { nodes { name status owner { name email } } } }`,
			ada, []string{"accounts", "nodes"}, 3},
		{"accounts with what the viewer may", `query($n: Int) { accounts(first: $n) { nodes { name viewerPermissions viewerMembership { owner } } } }`,
			ada, []string{"accounts", "nodes"}, 6},
		{"one's accounts", `query($n: Int) { viewer { accounts(first: $n) { nodes { owner permissions account {
			name status owner { name } viewerPermissions viewerMembership { since } } } } } }`,
			member, []string{"viewer", "accounts", "nodes"}, 9},
		{"a user's memberships", `query($n: Int) { user(id: "` + eve.GlobalID() + `") { memberships(first: $n) { nodes { owner permissions account { name owner { name } } } } } }`,
			ada, []string{"user", "memberships", "nodes"}, 5},
	} {
		var few int
		page.by.must("viewer", `{ viewer { kind } }`, nil) // the first takes a share of the budget
		for _, n := range []int{3, 10, 50} {               // the first alone is often somebody special
			texts := asked.during(func() {
				data := page.by.ask(page.query, map[string]any{"n": n}).Data
				if rows := at(data, page.nodes); len(rows) != n {
					t.Fatalf("%s: %d rows, want %d: %v", page.of, len(rows), n, data)
				}
			})
			if n == 3 {
				few = len(texts)
			}
			if len(texts) != few || len(texts) > 1+page.most {
				t.Errorf("a page of %d %s takes %d statements, want the %d of three, and %d at most:\n%s", n, page.of, len(texts), few, 1+page.most, strings.Join(texts, "\n"))
			}
			if all := strings.ToLower(strings.Join(texts, "\n")); strings.Contains(all, "count(") {
				t.Errorf("a page of %d %s counts: %s", n, page.of, all)
			}
		}
	}
	// The 200 of one user come in two pages, the second for what the first cost.
	const of = `query($id: ID!, $n: Int, $c: String) { user(id: $id) { memberships(first: $n, after: $c) {
		nodes { permissions account { name owner { name } viewerPermissions } } pageInfo { endCursor hasNextPage } } } }`
	cost, names := [2]int{}, map[any]bool{}
	var cursor any
	for i := range cost {
		cost[i] = len(asked.during(func() {
			data := ada.ask(of, map[string]any{"id": eve.GlobalID(), "n": 100, "c": cursor}).Data
			for _, row := range at(data, []string{"user", "memberships", "nodes"}) {
				account, _ := row.(map[string]any)["account"].(map[string]any)
				names[account["name"]] = true
			}
			user, _ := data["user"].(map[string]any)
			memberships, _ := user["memberships"].(map[string]any)
			info, _ := memberships["pageInfo"].(map[string]any)
			if cursor = info["endCursor"]; info["hasNextPage"] != (i == 0) {
				t.Errorf("page %d: %v", i, info)
			}
		}))
	}
	if cost[0] != cost[1] || cost[0] > 10 || len(names) != 200 {
		t.Errorf("two pages take %v statements, and hold %d accounts of 200", cost, len(names))
	}
}

// at is the list that a path leads to.
func at(data map[string]any, path []string) []any {
	for _, step := range path[:len(path)-1] {
		data, _ = data[step].(map[string]any)
	}
	list, _ := data[path[len(path)-1]].([]any)
	return list
}

// Who sends no key pays for none; who does pays a look, a claim and its sweep, the note in the change's own transaction,
// a count of what is kept, and the answer. What was answered before takes the look alone.
func TestStatementsOfAKey(t *testing.T) {
	var asked statements
	w := newWorld(t, dbtest.PostgreSQL(t, db.Trace(&asked)))
	ada, order := counter(w)
	for _, c := range []struct {
		by     *browser
		number string
		want   string
	}{
		{ada, "1", ""},
		{ada.under("k"), "2", "SELECT INSERT DELETE UPDATE SELECT UPDATE"},
		{ada.under("k"), "2", "SELECT"},
	} {
		var verbs []string
		for _, text := range asked.during(func() { c.by.must("recordOrder", recordMutation, order(c.number)) }) {
			if strings.Contains(text, "idempotency_keys") {
				verb, _, _ := strings.Cut(text, " ")
				verbs = append(verbs, verb)
			}
		}
		if got := strings.Join(verbs, " "); got != c.want {
			t.Errorf("order %s: %q, want %q", c.number, got, c.want)
		}
	}
}
