package main

import (
	"strings"
	"testing"
	"time"

	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
)

const usersQuery = `query($first: Int, $after: String, $filter: UserFilter, $order: UserOrder) {
	users(first: $first, after: $after, filter: $filter, orderBy: $order) { nodes { id } pageInfo { endCursor } } }`

const updateMutation = `mutation($i: UpdateUserInput!) { updateUser(input: $i) {
	user { version name } present { version name } userErrors { field code message } } }`

// Whatever comes in, the answer is specific, never INTERNAL, and nothing changes.
func TestBadInput(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Ada", "ada@example.com", permission.Admins...)
		eve := w.user("Eve", "Moore", "eve@example.com")
		w.user("Bob", "Moore", "Bob@example.com")
		ada := w.browser().signIn("ada@example.com")
		cursor, _ := ada.must("users", usersQuery, map[string]any{"first": 1})["pageInfo"].(map[string]any)
		change := func(field string, value any) map[string]any {
			return map[string]any{"i": map[string]any{"userId": eve.GlobalID(), "version": 1, field: value}}
		}
		long := strings.Repeat("é", 10_000)
		before := w.count("users WHERE version = 1 AND first_name IN ('Ada', 'Eve', 'Bob')")
		for _, c := range []struct {
			name, query string
			variables   map[string]any
			want        string
		}{
			{"unknown field", "{ viewer { kind colour } }", nil, "INVALID"},
			{"unknown argument", "{ viewer(x: 1) { kind } }", nil, "INVALID"},
			{"wrong type", usersQuery, map[string]any{"first": "ten"}, "INVALID"},
			{"fraction", usersQuery, map[string]any{"first": 1.5}, "INVALID"},
			{"too great", usersQuery, map[string]any{"first": 1e300}, "INVALID"},
			{"page size missing", usersQuery, nil, "INVALID"},
			{"page size 0", usersQuery, map[string]any{"first": 0}, "INVALID"},
			{"page size 101", usersQuery, map[string]any{"first": 101}, "INVALID"},
			{"page size below 0", usersQuery, map[string]any{"first": -1}, "INVALID"},
			{"both ends", `{ users(first: 1, last: 1) { nodes { id } } }`, nil, "INVALID"},
			{"malformed cursor", usersQuery, map[string]any{"first": 1, "after": "!"}, "INVALID"},
			{"cursor of another order", usersQuery, map[string]any{"first": 1, "after": cursor["endCursor"], "order": map[string]any{"field": "EMAIL", "direction": "ASC"}}, "INVALID"},
			{"empty cursor", usersQuery, map[string]any{"first": 1, "after": ""}, "INVALID"},
			{"unknown order", usersQuery, map[string]any{"first": 1, "order": map[string]any{"field": "PASSWORD", "direction": "ASC"}}, "INVALID"},
			{"unknown filter", usersQuery, map[string]any{"first": 1, "filter": map[string]any{"passwordLike": "a"}}, "INVALID"},
			{"malformed time", usersQuery, map[string]any{"first": 1, "filter": map[string]any{"createdBefore": "yesterday"}}, "INVALID"},
			{"account of another kind", usersQuery, map[string]any{"first": 1, "filter": map[string]any{"accountId": eve.GlobalID()}}, "NOT_FOUND"},
			{"malformed id", `{ user(id: "x y") { id } }`, nil, "INVALID"},
			{"malformed node", `{ node(id: "") { id } }`, nil, "INVALID"},
			{"two keys", `{ user(number: 1, email: "a@b.c") { id } }`, nil, "INVALID"},
			{"version out of date", updateMutation, map[string]any{"i": map[string]any{"userId": eve.GlobalID(), "version": 7, "firstName": "Eva"}}, "CONFLICT version"},
			{"nobody's id", updateMutation, map[string]any{"i": map[string]any{"userId": "dXNlcjo5OTk5", "version": 1, "firstName": "Eva"}}, "NOT_FOUND"},
			{"malformed user", updateMutation, map[string]any{"i": map[string]any{"userId": "Eve", "version": 1}}, "INVALID userId"},
			{"e-mail in other capitals", updateMutation, change("email", "bOB@EXAMPLE.com"), "TAKEN email"},
			{"e-mail without @", updateMutation, change("email", "bob"), "INVALID email"},
			{"name of 10,000 letters", updateMutation, change("firstName", long), "TOO_LONG firstName"},
			{"name with a control character", updateMutation, change("firstName", "E\u0000ve"), "INVALID firstName"},
			{"name with a bidi override", updateMutation, change("lastName", "Moore\u202Egnp"), "INVALID lastName"},
			{"no name", updateMutation, change("firstName", " "), "REQUIRED firstName"},
			{"a language that nobody speaks here", updateMutation, change("language", "tlh"), "INVALID language"},
			{"state in the profile", updateMutation, change("state", "SUSPENDED"), "INVALID"},
			{"reset token", `mutation { setUp(input: {token: "set_short", firstName: "E", lastName: "", email: "x@example.com", password: "correct horse battery staple"}) { userErrors { field code } } }`, nil, "EXPIRED token"},
			{"two secrets at once", `mutation { signIn(input: {email: "a@b.c", password: "x"}) { userErrors { code } } b: signIn(input: {email: "a@b.c", password: "y"}) { userErrors { code } } }`, nil, "INVALID"},
			{"second factor without a sign-in", `mutation { verifySecondFactor(input: {code: "123456"}) { userErrors { field code } } }`, nil, "EXPIRED code"},
		} {
			t.Run(c.name, func(t *testing.T) {
				if r := ada.ask(c.query, c.variables); r.refusal() != c.want {
					t.Errorf("%q, want %q: %s", r.refusal(), c.want, r.Body)
				}
			})
		}
		if after := w.count("users WHERE version = 1 AND first_name IN ('Ada', 'Eve', 'Bob')"); after != before || before != 3 {
			t.Errorf("users as they were: %d, then %d", before, after)
		}
	})
}

// What is wrong with the request itself, rather than with the operation in it.
func TestBadRequests(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Ada", "ada@example.com", permission.Admins...)
		w.staff("Bea", "bea@example.com", permission.ListAccounts)
		w.user("Eve", "Moore", "eve@example.com")
		const question = `{"query":"{ users(first: 1) { nodes { email } } }"}`
		for _, c := range []struct {
			name, as, body string
			header         map[string]string
			status         int
			want           string
		}{
			{"no cookie", "", question, nil, 200, "UNAUTHENTICATED"},
			{"cookie of another server", "", question, map[string]string{"Cookie": "__Host-roster=ses_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}, 200, "UNAUTHENTICATED"},
			{"missing permission", "bea@example.com", question, nil, 200, "FORBIDDEN"},
			{"a customer", "eve@example.com", question, nil, 200, "FORBIDDEN"},
			{"cross-origin", "ada@example.com", question, map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, 403, "FORBIDDEN"},
			{"cookie from a listed origin", "ada@example.com", question, map[string]string{"Origin": "https://shop.example", "Sec-Fetch-Site": "cross-site"}, 200, "UNAUTHENTICATED"},
			{"form body", "ada@example.com", "query=%7Bviewer%7Bkind%7D%7D", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 415, "INVALID"},
			{"text body", "ada@example.com", question, map[string]string{"Content-Type": "text/plain"}, 415, "INVALID"},
			{"broken JSON", "ada@example.com", `{"query":"{ viewer { kind } }"`, nil, 400, "INVALID"},
			{"more after the end", "ada@example.com", question + "{}", nil, 400, "INVALID"},
			{"a key twice", "ada@example.com", `{"query":"{ a }","query":"{ viewer { kind } }"}`, nil, 400, "INVALID"},
			{"a batch", "ada@example.com", "[" + question + "]", nil, 400, "INVALID"},
			{"broken token", "", question, map[string]string{"Authorization": "Bearer rat_x"}, 401, "UNAUTHENTICATED"},
			{"no query", "ada@example.com", `{}`, nil, 400, "INVALID"},
		} {
			t.Run(c.name, func(t *testing.T) {
				b := w.browser()
				if c.as != "" {
					b.signIn(c.as)
				}
				for name, value := range c.header {
					b.header.Set(name, value)
				}
				r := b.send(c.body)
				if r.Status != c.status || r.refusal() != c.want || strings.Contains(r.Body, "@example.com") {
					t.Errorf("%d %q, want %d %q: %s", r.Status, r.refusal(), c.status, c.want, r.Body)
				}
			})
		}
	})
}

// Six wrong codes: the sign-in that waits is over after five, and the right code does not help it any more (security.md #24).
func TestWrongCodeSixTimes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve := w.user("Eve", "Moore", "eve@example.com")
		w.enroll(eve)
		b := w.browser()
		needed, _ := b.must("signIn", signInMutation, map[string]any{"e": "eve@example.com", "p": password})["outcome"].(map[string]any)
		if needed["__typename"] != "SecondFactorNeeded" {
			t.Fatalf("signed in without the second factor: %v", needed)
		}
		const give = `mutation($c: String!) { verifySecondFactor(input: {code: $c}) { outcome { __typename } userErrors { field code message } } }`
		for i, want := range []string{"WRONG code", "WRONG code", "WRONG code", "WRONG code", "WRONG code", "EXPIRED code"} {
			if r := b.ask(give, map[string]any{"c": "000000"}); r.refusal() != want {
				t.Errorf("try %d: %s, want %s", i+1, r.Body, want)
			}
		}
		if r := b.ask(give, map[string]any{"c": w.code()}); r.refusal() != "EXPIRED code" {
			t.Errorf("the right code after six wrong ones: %s", r.Body)
		}
		w.later(time.Hour)
		b.must("signIn", signInMutation, map[string]any{"e": "eve@example.com", "p": password})
		b.must("verifySecondFactor", give, map[string]any{"c": w.code()})
	})
}
