package main

import (
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
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

// everything is what the tables hold that people care about, as text. Tries, refusals and the use of sessions are not in it.
func (w *world) everything() string {
	w.t.Helper()
	var all strings.Builder
	for _, c := range [][2]string{
		{"users", "id, first_name, last_name, email, email_key, language, state, email_verified, two_factor_enabled, security_question_set, version, credential_version"},
		{"passwords", "user_id, hash"},
		{"factors", "id, user_id"},
		{"one_time_tokens", "id, used_at"},
		{"sessions", "id, stage, user_id"},
		{"mails", "id, recipient, state"},
		{"memberships", "id, user_id, account_id, owner"},
		{"accounts", "id, name"},
		{"security_answers", "id, user_id"},
		{"audit_entries WHERE outcome = 'DONE'", "id, action"},
	} {
		from, where, _ := strings.Cut(c[0], " ")
		rows, err := w.db.Reader().QueryContext(w.t.Context(), "SELECT "+strings.ReplaceAll(c[1], ", ", " || ' ' || ")+" FROM "+from+" "+where+" ORDER BY id")
		if err != nil {
			w.t.Fatal(err)
		}
		var lines []string
		for rows.Next() {
			var line sql.NullString
			if err := rows.Scan(&line); err != nil {
				w.t.Fatal(err)
			}
			lines = append(lines, from+": "+line.String)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			w.t.Fatal(err)
		}
		all.WriteString(strings.Join(lines, "\n") + "\n")
	}
	return all.String()
}

// ordered asks for the users that come after a cursor of our own making.
func ordered(field, plain string) map[string]any {
	return map[string]any{
		"first": 1, "after": base64.RawURLEncoding.EncodeToString([]byte(plain)), "order": map[string]any{"field": field, "direction": "ASC"},
	}
}

func disableMutation(name string) string {
	return "mutation($u: ID!, $r: String) { " + name + "(input: {userId: $u, reason: $r}) { user { id } userErrors { field code message } } }"
}

// Whatever comes in, the answer is specific, never INTERNAL, and nothing changes.
func TestBadInput(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Ada", "ada@example.com", permission.Admins...)
		eve := w.user("Eve", "Moore", "eve@example.com")
		w.user("Bob", "Moore", "Bob@example.com")
		ada := w.browser().signIn("ada@example.com")
		cursor, _ := ada.must("users", usersQuery, map[string]any{"first": 1})["pageInfo"].(map[string]any)
		w.enroll(eve)
		w.question(eve, "Bella")
		w.account("Acme", eve)
		ada.confirm()
		foreign, _ := ada.must("user", `{ user(number: 2) { memberships(first: 1) { pageInfo { endCursor } } } }`, nil)["memberships"].(map[string]any)
		another, _ := foreign["pageInfo"].(map[string]any)
		because := func(reason string) map[string]any { return map[string]any{"u": eve.GlobalID(), "r": reason} }
		change := func(field string, value any) map[string]any {
			return map[string]any{"i": map[string]any{"userId": eve.GlobalID(), "version": 1, field: value}}
		}
		long := strings.Repeat("é", 10_000)
		before := w.everything()
		for _, c := range []struct {
			name, query string
			variables   map[string]any
			want        string
		}{
			{"unknown field", "{ viewer { kind colour } }", nil, "INVALID"},
			{"unknown argument", "{ viewer(x: 1) { kind } }", nil, "INVALID"},
			{"wrong type", usersQuery, map[string]any{"first": "ten"}, "INVALID"},
			{"number out of range", `{ user(number: 99999999999999999999) { id } }`, nil, "INVALID"},
			{"number out of range in a variable", "query($n: Int) { user(number: $n) { id } }", map[string]any{"n": json.Number("99999999999999999999")}, "INVALID"},
			{"an object in a number's place", `{ user(number: {}) { id } }`, nil, "INVALID"},
			{"an object in the place of a text", `{ users(first: 1, filter: {search: {}}) { nodes { id } } }`, nil, "INVALID"},
			{"an object in an enum's place", `{ users(first: 1, orderBy: {field: {}, direction: ASC}) { nodes { id } } }`, nil, "INVALID"},
			{"an object in a time's place", `{ users(first: 1, filter: {createdBefore: {}}) { nodes { id } } }`, nil, "INVALID"},
			{"an object in a permission's place", `mutation { createApiToken(input: {name: "x", permissions: [{}]}) { userErrors { code } } }`, nil, "INVALID"},
			{"fraction", usersQuery, map[string]any{"first": 1.5}, "INVALID"},
			{"too great", usersQuery, map[string]any{"first": 1e300}, "INVALID"},
			{"page size missing", usersQuery, nil, "INVALID"},
			{"page size 0", usersQuery, map[string]any{"first": 0}, "INVALID"},
			{"page size 101", usersQuery, map[string]any{"first": 101}, "INVALID"},
			{"page size below 0", usersQuery, map[string]any{"first": -1}, "INVALID"},
			{"both ends", `{ users(first: 1, last: 1) { nodes { id } } }`, nil, "INVALID"},
			{"malformed cursor", usersQuery, map[string]any{"first": 1, "after": "!"}, "INVALID"},
			{"cursor of another order", usersQuery, map[string]any{"first": 1, "after": cursor["endCursor"], "order": map[string]any{"field": "EMAIL", "direction": "ASC"}}, "INVALID"},
			{"cursor of another list", usersQuery, map[string]any{"first": 1, "after": another["endCursor"]}, "INVALID"},
			{"cursor of no text", usersQuery, ordered("NAME", "n\x1f1\x1f\xff"), "INVALID"},
			{"cursor of no time", usersQuery, ordered("CREATED", "c\x1f1\x1f1y2p0ij32e8e7"), "INVALID"},
			{"empty cursor", usersQuery, map[string]any{"first": 1, "after": ""}, "INVALID"},
			{"unknown order", usersQuery, map[string]any{"first": 1, "order": map[string]any{"field": "PASSWORD", "direction": "ASC"}}, "INVALID"},
			{"unknown filter", usersQuery, map[string]any{"first": 1, "filter": map[string]any{"passwordLike": "a"}}, "INVALID"},
			{"malformed time", usersQuery, map[string]any{"first": 1, "filter": map[string]any{"createdBefore": "yesterday"}}, "INVALID"},
			{"account of another kind", usersQuery, map[string]any{"first": 1, "filter": map[string]any{"accountId": eve.GlobalID()}}, "NOT_FOUND"},
			{"malformed id", `{ user(id: "x y") { id } }`, nil, "INVALID"},
			{"malformed id among others", `{ nodes(ids: ["dXNlcjox", "x y"]) { id } }`, nil, "INVALID"},
			{"id in an account's place", `{ account(id: "x y") { id } }`, nil, "INVALID"},
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
			{"e-mail of 10,000 letters", updateMutation, change("email", long+"@example.com"), "TOO_LONG email"},
			{"e-mail with a bidi override", updateMutation, change("email", "bob\u202E@example.com"), "INVALID email"},
			{"no e-mail", updateMutation, change("email", ""), "REQUIRED email"},
			{"reason with a control character", disableMutation("disableTwoFactor"), because("lost\u0000phone"), "INVALID reason"},
			{"reason with a bidi override", disableMutation("disableSecurityQuestion"), because("lost\u202Ephone"), "INVALID reason"},
			{"reason of 10,000 letters", disableMutation("disableTwoFactor"), because(long), "TOO_LONG reason"},
			{"malformed user of a reset", sendMutation, map[string]any{"u": "Eve"}, "INVALID userId"},
			{"role as user of a reset", sendMutation, map[string]any{"u": "cm9sZTox"}, "NOT_FOUND"},
			{"no name", updateMutation, change("firstName", " "), "REQUIRED firstName"},
			{"a language that nobody speaks here", updateMutation, change("language", "tlh"), "INVALID language"},
			{"state in the profile", updateMutation, change("state", "SUSPENDED"), "INVALID"},
			{"reset token", resetMutation, map[string]any{"t": "rst_short", "p": newPassword}, "EXPIRED token"},
			{"verification token", `mutation { verifyEmail(input: {token: "ver_short"}) { done userErrors { field code } } }`, nil, "EXPIRED token"},
			{"set-up token", `mutation { setUp(input: {token: "set_short", firstName: "E", lastName: "", email: "x@example.com", password: "correct horse battery staple"}) { userErrors { field code } } }`, nil, "EXPIRED token"},
			{"two secrets at once", `mutation { signIn(input: {email: "a@b.c", password: "x"}) { userErrors { code } } b: signIn(input: {email: "a@b.c", password: "y"}) { userErrors { code } } }`, nil, "INVALID"},
			{"second factor without a sign-in", `mutation { verifySecondFactor(input: {code: "123456"}) { userErrors { field code } } }`, nil, "EXPIRED code"},
		} {
			t.Run(c.name, func(t *testing.T) {
				if r := ada.ask(c.query, c.variables); r.refusal() != c.want {
					t.Errorf("%q, want %q: %s", r.refusal(), c.want, r.Body)
				}
			})
		}
		if after := w.everything(); after != before {
			t.Errorf("something changed:\n%s\nthen\n%s", before, after)
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

// A page of another site ends nobody's session, in whatever form it asks.
func TestForeignPagesChangeNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("Eve", "Moore", "eve@example.com")
		for media, body := range map[string]string{
			"application/json":                  `{"query":"mutation { signOut { __typename } }"}`,
			"text/plain":                        `{"query":"mutation { signOut { __typename } }"}`,
			"application/x-www-form-urlencoded": `query=mutation+%7BsignOut%7B__typename%7D%7D`,
			"multipart/form-data; boundary=x":   "--x\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{\"query\":\"mutation { signOut { __typename } }\"}\r\n--x--\r\n",
		} {
			for _, origin := range []string{"https://evil.example", "null", "https://roster.test.evil.example"} {
				b := w.browser().signIn("eve@example.com")
				own := b.header.Clone()
				b.header.Set("Content-Type", media)
				b.header.Set("Origin", origin)
				if r := b.send(body); r.Status != 403 || r.refusal() != "FORBIDDEN" {
					t.Errorf("%s from %s: %d %s", media, origin, r.Status, r.Body)
				}
				b.header = own
				if kind := b.must("viewer", `{ viewer { kind } }`, nil)["kind"]; kind != "USER" {
					t.Errorf("%s from %s: now %v", media, origin, kind)
				}
			}
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
