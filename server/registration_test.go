package main

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/ent/generated/account"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/secret"
	"roster/internal/settings"
)

const registerMutation = `mutation($i: RegisterInput!) { register(input: $i) { done userErrors { field code message } } }`

func application(address string) map[string]any {
	return map[string]any{"firstName": "Nora", "lastName": "Berg", "email": address, "password": password}
}

func (b *browser) register(input map[string]any) reply {
	b.t.Helper()
	return b.ask(registerMutation, map[string]any{"i": input})
}

// A visitor becomes a user who owns an account, is mailed a link, and can sign in before using it (C1, C12).
func TestRegister(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		b := w.browser()
		input := application("Nora@Example.com")
		input["accountName"], input["language"] = "Berg & Co", "de"
		if r := b.register(input); r.refusal() != "" || len(r.Header.Values("Set-Cookie")) > 0 {
			t.Fatalf("%v: %s", r.Header, r.Body)
		}
		if w.count("users u JOIN memberships m ON m.user_id = u.id JOIN accounts a ON a.id = m.account_id"+
			" WHERE u.email_key = 'nora@example.com' AND NOT u.email_verified AND u.language = 'de' AND m.owner AND a.name = 'Berg & Co' AND a.status = 'ACTIVE'") != 1 {
			t.Error("there is no such owner")
		}
		if w.count("audit_entries WHERE action = 'REGISTERED' AND outcome = 'DONE'") != 1 {
			t.Error("it is not recorded")
		}
		w.link("Nora@Example.com", "Bitte bestätigen Sie Ihre E-Mail-Adresse")
		w.browser().signIn("nora@example.com")
		if r := b.register(application("lena@example.com")); r.refusal() != "" {
			t.Fatalf("%s", r.Body)
		}
		if w.count("accounts WHERE name = 'Nora Berg' AND email_key = 'lena@example.com'") != 1 {
			t.Error("without a name, the account does not have the person's")
		}
	})
}

// A closed registration opens by an invitation, for the address that was invited, as long as the invitation stands (C1, #49).
func TestInvitedWhereRegistrationIsClosed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.choose(func(s *settings.Settings) { s.Registration = false })
		acme := w.account("Acme", w.user("Olga", "Moore", "olga@example.com"))
		w.browser().signIn("olga@example.com").must("inviteUser", inviteMutation, map[string]any{"i": map[string]any{
			"accountId": acme.GlobalID(), "email": "eve@example.com", "permissions": []string{"PROFILE"},
		}})
		token := w.link("eve@example.com", "Olga Moore invites you to “Acme”")
		status := func(to string) {
			w.tx(func(ctx context.Context, tx *db.Tx) error {
				return tx.Account.UpdateOneID(acme.ID).SetStatus(account.Status(to)).Exec(ctx)
			})
		}
		invited := func(address string) map[string]any {
			a := application(address)
			a["invitationToken"] = token
			return a
		}
		status("CLOSED")
		if r := w.browser().register(invited("eve@example.com")); r.refusal() != "EXPIRED invitationToken" {
			t.Errorf("the account is closed: %s", r.Body)
		}
		status("ACTIVE")
		if r := w.browser().register(invited("mallory@example.com")); r.refusal() != "NOT_ALLOWED email" {
			t.Errorf("another address: %s", r.Body)
		}
		if r := w.browser().register(application("eve@example.com")); r.refusal() != "FORBIDDEN" {
			t.Errorf("without the link: %s", r.Body)
		}
		if w.count("users") != 1 {
			t.Fatalf("%d users", w.count("users"))
		}
		if r := w.browser().register(invited("Eve@Example.com")); r.refusal() != "" || w.count("users WHERE email_key = 'eve@example.com' AND self_registered") != 1 {
			t.Errorf("invited: %s", r.Body)
		}
	})
}

// Registering does not tell whether an address has a user: one answer, the same cookies, at least the same time; the user
// who has it is told by mail, and nothing is made (security.md #26).
func TestRegisterTellsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve := w.user("Eve", "Moore", "Eve@example.com")
		b := w.browser()
		begin := time.Now()
		free := b.register(application("nora@example.com"))
		between := time.Now()
		taken := b.register(application("EVE@example.com"))
		end := time.Now()
		if free.Status != taken.Status || free.Body != taken.Body || taken.refusal() != "" {
			t.Errorf("%d %s, %d %s", free.Status, free.Body, taken.Status, taken.Body)
		}
		if len(free.Header.Values("Set-Cookie"))+len(taken.Header.Values("Set-Cookie")) > 0 {
			t.Error("a cookie was set")
		}
		for name, took := range map[string]time.Duration{"free": between.Sub(begin), "taken": end.Sub(between)} {
			if took < 150*time.Millisecond {
				t.Errorf("%s: %s is less than the time that hides the difference", name, took)
			}
		}
		w.link("Eve@example.com", "You are registered already")
		if w.count("users") != 2 || w.count("accounts") != 1 || w.count("passwords WHERE user_id = $1 AND hash = $2", eve.ID, hashed()) != 1 {
			t.Error("something was made or changed for the taken address")
		}
		for range 7 {
			if r := b.register(application("eve@example.com")); r.Body != free.Body {
				t.Errorf("%s", r.Body)
			}
		}
		if n := w.count("mails WHERE recipient = 'Eve@example.com'"); n != 5 {
			t.Errorf("%d mails to one address within the hour", n)
		}
	})
}

// Ten registrations per network and hour, whatever became of them (security.md #25).
func TestRegisterIsThrottled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		b := w.browser()
		for i := range 10 {
			if r := b.register(application(strings.Repeat("a", i/2+1) + "@example.com")); r.refusal() != "" {
				t.Fatalf("%d: %s", i+1, r.Body)
			}
		}
		if r := b.register(application("late@example.com")); r.refusal() != "RATE_LIMITED" {
			t.Errorf("the eleventh: %s", r.Body)
		}
		w.later(time.Hour)
		if r := b.register(application("late@example.com")); r.refusal() != "" {
			t.Errorf("an hour later: %s", r.Body)
		}
	})
}

// What is wrong is said at its field, all at once, before anything is looked up; closed is closed.
func TestRegisterRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("Eve", "Moore", "eve@example.com")
		b := w.browser()
		with := func(field string, value any) map[string]any {
			input := application("eve@example.com") // a taken address does not help to get past the checks
			input[field] = value
			return input
		}
		for _, c := range []struct {
			name  string
			input map[string]any
			want  string
		}{
			{"no name", with("firstName", " "), "REQUIRED firstName"},
			{"long name", with("lastName", strings.Repeat("é", 101)), "TOO_LONG lastName"},
			{"long account", with("accountName", strings.Repeat("é", 101)), "TOO_LONG accountName"},
			{"no address", with("email", ""), "REQUIRED email"},
			{"malformed address", with("email", "eve"), "INVALID email"},
			{"short password", with("password", "14 characters."), "TOO_SHORT password"},
			{"long password", with("password", strings.Repeat("ab ", 50)), "TOO_LONG password"},
			{"weak password", with("password", "Nora Berg eve@example.com"), "WEAK password"},
			{"unknown language", with("language", "xx"), "INVALID language"},
			{"malformed question", with("questionId", "?"), "INVALID questionId"},
			{"question of another kind", with("questionId", "dXNlcjox"), "NOT_FOUND"},
			{"no such question", with("questionId", "cXVlc3Rpb246OTk"), "NOT_ALLOWED questionId"},
		} {
			if r := b.register(c.input); r.refusal() != c.want {
				t.Errorf("%s: %s, want %q", c.name, r.Body, c.want)
			}
		}
		if n := w.count("mails"); n != 0 {
			t.Errorf("%d mails", n)
		}
		w.choose(func(s *settings.Settings) { s.Registration = false })
		if open := b.must("installation", `{ installation { registrationOpen } }`, nil)["registrationOpen"]; open != false {
			t.Errorf("open: %v", open)
		}
		if r := b.register(application("nora@example.com")); r.refusal() != "FORBIDDEN" || w.count("users") != 1 {
			t.Errorf("closed: %s", r.Body)
		}
	})
}

// Where staff offer security questions, one is needed, and its answer is kept as a hash (C1, security.md #38).
func TestRegisterWithQuestion(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		b := w.browser()
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			return tx.SecurityQuestion.Create().SetTexts(map[string]string{"en": "Your first pet?", "de": "Ihr erstes Haustier?"}).Exec(ctx)
		})
		if r := b.register(application("nora@example.com")); r.refusal() != "REQUIRED questionId" {
			t.Fatalf("without: %s", r.Body)
		}
		r := b.ask(`{ securityQuestions { id text de: text(language: "de") } }`, nil)
		offered, _ := r.Data["securityQuestions"].([]any)
		if len(offered) != 1 {
			t.Fatalf("%s", r.Body)
		}
		question, _ := offered[0].(map[string]any)
		if question["text"] != "Your first pet?" || question["de"] != "Ihr erstes Haustier?" {
			t.Errorf("%v", question)
		}
		input := application("nora@example.com")
		input["questionId"] = question["id"]
		for answer, want := range map[string]string{"": "REQUIRED answer", "nora BERG": "NOT_ALLOWED answer", password: "NOT_ALLOWED answer"} {
			input["answer"] = answer
			if r := b.register(input); r.refusal() != want {
				t.Errorf("%q: %s, want %q", answer, r.Body, want)
			}
		}
		input["answer"] = " Bella  Ciao "
		if r := b.register(input); r.refusal() != "" {
			t.Fatalf("%s", r.Body)
		}
		var stored string
		err := w.db.Reader().QueryRowContext(t.Context(), "SELECT hash FROM security_answers").Scan(&stored)
		if err != nil {
			t.Fatal(err)
		}
		if right, _, err := secret.NewHasher().Verify(t.Context(), stored, "bella ciao", 0); err != nil || !right {
			t.Errorf("%v, %v", right, err)
		}
		if w.count("users WHERE security_question_set") != 1 {
			t.Error("the user is not marked")
		}
	})
}

// Of many who register with one address at once, one gets a user; to each it looks the same (security.md #26, #86).
func TestOneAddressManyHands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var wg sync.WaitGroup
		answers := make([]reply, 4)
		for i := range answers {
			wg.Go(func() { answers[i] = w.browser().register(application("nora@example.com")) })
		}
		wg.Wait()
		for _, r := range answers {
			if r.refusal() != "" {
				t.Errorf("%s", r.Body)
			}
		}
		if w.count("users") != 1 || w.count("accounts") != 1 || w.count("mails WHERE kind = 'ALREADY_REGISTERED'") != 3 {
			t.Errorf("%d users, %d accounts", w.count("users"), w.count("accounts"))
		}
	})
}
