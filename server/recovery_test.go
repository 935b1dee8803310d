package main

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/settings"
	"roster/internal/throttle"
)

const (
	sendMutation    = `mutation($u: ID!) { sendPasswordReset(input: {userId: $u}) { delivery userErrors { field code message } } }`
	requestMutation = `mutation($e: String!) { requestPasswordReset(input: {email: $e}) { userErrors { field code message } } }`
	previewQuery    = `query($t: String!) { passwordResetByToken(token: $t) { question first passwordMinLength expiresAt } }`
	resetMutation   = `mutation($t: String!, $a: String, $p: String!) { resetPassword(input: {token: $t, answer: $a, newPassword: $p}) {
		done userErrors { field code message } } }`
	newPassword = "another horse, another battery"
)

// The whole way back: staff send the link, the user answers the question and sets a password; every session is over,
// the old password too, and the second factor is still asked for (product.md A10, C11).
func TestPasswordReset(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Ada", "ada@example.com", permission.Admins...)
		eve := w.user("Eve", "Moore", "Eve@example.com")
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			return tx.User.UpdateOneID(eve.ID).SetEmailVerified(true).SetLanguage("de").Exec(ctx)
		})
		w.question(eve, "Bella  Ciao")
		old := w.browser().signIn("eve@example.com")
		w.enroll(eve)
		ada, nobody := w.browser().signIn("ada@example.com").confirm(), w.browser()
		if sent := ada.must("sendPasswordReset", sendMutation, map[string]any{"u": eve.GlobalID()}); sent["delivery"] != "QUEUED" {
			t.Fatalf("%v", sent)
		}
		token := w.link("Eve@example.com", "Neues Passwort festlegen")
		w.choose(func(s *settings.Settings) { s.TwoFactor = settings.TwoFactorRule{Everyone: true} })
		shown := nobody.must("passwordResetByToken", previewQuery, map[string]any{"t": token})
		if shown["question"] != "Ihr erstes Haustier?" || shown["passwordMinLength"] != 8. || shown["expiresAt"] != "2026-03-01T14:00:00Z" {
			t.Errorf("shown: %v", shown)
		}
		for _, c := range []struct{ answer, password, want string }{
			{"", newPassword, "REQUIRED answer"},
			{"bella ciao", "short", "TOO_SHORT newPassword"},
			{"bella ciao", "eve@example.com", "WEAK newPassword"},
			{"Rex", newPassword, "WRONG answer"},
			{" BELLA ciao ", newPassword, ""},
			{"bella ciao", newPassword, "EXPIRED token"},
		} {
			if r := nobody.ask(resetMutation, map[string]any{"t": token, "a": c.answer, "p": c.password}); r.refusal() != c.want {
				t.Errorf("%q, %q: %s, want %q", c.answer, c.password, r.Body, c.want)
			}
		}
		w.link("Eve@example.com", "Ihr Passwort wurde geändert")
		if kind := old.must("viewer", `{ viewer { kind } }`, nil)["kind"]; kind != "ANONYMOUS" {
			t.Errorf("the old session is %v", kind)
		}
		if r := w.browser().ask(signInMutation, map[string]any{"e": "eve@example.com", "p": password}); r.refusal() != "WRONG" {
			t.Errorf("the old password: %s", r.Body)
		}
		in := w.browser().must("signIn", signInMutation, map[string]any{"e": "eve@example.com", "p": newPassword})["outcome"]
		if outcome, _ := in.(map[string]any); outcome["__typename"] != "SecondFactorNeeded" {
			t.Errorf("the new password: %v", in)
		}
	})
}

// Links that do not stand: used up above; here expired, replaced, of another kind, short, after a change of credentials
// (security.md #9, #12).
func TestLinksThatDoNotStand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Ada", "ada@example.com", permission.Admins...)
		eve := w.user("Eve", "Moore", "eve@example.com")
		ada, nobody := w.browser().signIn("ada@example.com").confirm(), w.browser()
		link := func() string {
			ada.must("sendPasswordReset", sendMutation, map[string]any{"u": eve.GlobalID()})
			return w.link("eve@example.com", "Set a new password")
		}
		refused := func(why, token string) {
			t.Helper()
			if r := nobody.ask(resetMutation, map[string]any{"t": token, "p": newPassword}); r.refusal() != "EXPIRED token" {
				t.Errorf("%s: %s", why, r.Body)
			}
			if r := nobody.ask(previewQuery, map[string]any{"t": token}); len(r.Errors) > 0 || r.Data["passwordResetByToken"] != nil {
				t.Errorf("%s is shown: %s", why, r.Body)
			}
		}
		first := link()
		second := link()
		refused("replaced", first)
		refused("short", second[:len(second)-1])
		refused("another purpose", "set_"+strings.TrimPrefix(second, "rst_"))
		refused("unknown", "rst_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
		refused("empty", "")
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			return tx.User.UpdateOneID(eve.ID).AddCredentialVersion(1).Exec(ctx)
		})
		refused("after a change of credentials", second)
		third := link()
		w.later(2*time.Hour + time.Second)
		refused("expired", third)
	})
}

// Two who use one link at once: one of them sets the password (security.md #10, #86).
func TestOneLinkTwoHands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("Eve", "Moore", "eve@example.com")
		w.browser().must("requestPasswordReset", requestMutation, map[string]any{"e": "EVE@example.com"})
		token := w.link("eve@example.com", "Set a new password")
		var wg sync.WaitGroup
		answers := make([]reply, 4)
		for i := range answers {
			wg.Go(func() {
				answers[i] = w.browser().ask(resetMutation, map[string]any{"t": token, "p": newPassword + strings.Repeat("!", i)})
			})
		}
		wg.Wait()
		done := 0
		for _, r := range answers {
			switch r.refusal() {
			case "":
				done++
			case "EXPIRED token":
			default:
				t.Errorf("%s", r.Body)
			}
		}
		if done != 1 {
			t.Errorf("%d of them set the password", done)
		}
	})
}

// Whoever asks learns nothing about who is a customer (security.md #26), and nobody is flooded (#25).
func TestRequestTellsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("Eve", "Moore", "eve@example.com")
		b := w.browser()
		known := b.ask(requestMutation, map[string]any{"e": "eve@example.com"})
		unknown := b.ask(requestMutation, map[string]any{"e": "nobody@example.com"})
		if known.Status != unknown.Status || known.Body != unknown.Body || known.refusal() != "" || w.count("mails") != 1 {
			t.Errorf("%s, %s, %d mails", known.Body, unknown.Body, w.count("mails"))
		}
		if r := b.ask(requestMutation, map[string]any{"e": "nobody"}); r.refusal() != "INVALID email" {
			t.Errorf("malformed: %s", r.Body)
		}
		for range 4 {
			if r := b.ask(requestMutation, map[string]any{"e": "eve@example.com"}); r.Body != known.Body {
				t.Errorf("%s", r.Body)
			}
		}
		if n := w.count("mails"); n != 3 {
			t.Errorf("%d mails within the hour", n)
		}
		var last reply
		for range 5 {
			last = b.ask(requestMutation, map[string]any{"e": "somebody@example.com"})
		}
		if last.refusal() != "RATE_LIMITED" {
			t.Errorf("the eleventh from one network: %s", last.Body)
		}
	})
}

// Five wrong answers burn the link (security.md #39).
func TestWrongAnswersBurnTheLink(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.question(w.proven("Eve", "eve@example.com"), "Bella")
		b := w.browser()
		b.must("requestPasswordReset", requestMutation, map[string]any{"e": "eve@example.com"})
		token := w.link("eve@example.com", "Set a new password")
		for range 5 {
			if r := b.ask(resetMutation, map[string]any{"t": token, "a": "Rex", "p": newPassword}); r.refusal() != "WRONG answer" {
				t.Errorf("%s", r.Body)
			}
		}
		if r := b.ask(resetMutation, map[string]any{"t": token, "a": "Bella", "p": newPassword}); r.refusal() != "EXPIRED token" {
			t.Errorf("the sixth: %s", r.Body)
		}
	})
}

// What staff switch off is off, ends the sessions, tells the user why, and is recorded; twice is refused (A7, A8).
func TestSwitchingOff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Ada", "ada@example.com", permission.Admins...)
		eve := w.user("Eve", "Moore", "eve@example.com")
		w.question(eve, "Bella")
		there := w.browser().signIn("eve@example.com")
		w.enroll(eve)
		ada := w.browser().signIn("ada@example.com").confirm()
		for _, c := range []struct{ field, flag, subject string }{
			{"disableSecurityQuestion", "securityQuestionSet", "Your security question was removed"},
			{"disableTwoFactor", "twoFactorEnabled", "Two-factor sign-in was switched off"},
		} {
			call := "mutation($u: ID!, $r: String) { " + c.field + "(input: {userId: $u, reason: $r}) { user { " + c.flag + " } userErrors { field code message } } }"
			for reason, want := range map[string]string{" ": "REQUIRED reason", strings.Repeat("x", 201): "TOO_LONG reason"} {
				if r := ada.ask(call, map[string]any{"u": eve.GlobalID(), "r": reason}); r.refusal() != want {
					t.Errorf("%s: %s, want %q", c.field, r.Body, want)
				}
			}
			user, _ := ada.must(c.field, call, map[string]any{"u": eve.GlobalID(), "r": "Phone lost, called in"})["user"].(map[string]any)
			if user[c.flag] != false {
				t.Errorf("%s: %v", c.field, user)
			}
			w.link("eve@example.com", c.subject)
			if r := ada.ask(call, map[string]any{"u": eve.GlobalID(), "r": "again"}); r.refusal() != "NOT_ALLOWED userId" {
				t.Errorf("%s twice: %s", c.field, r.Body)
			}
		}
		if kind := there.must("viewer", `{ viewer { kind } }`, nil)["kind"]; kind != "ANONYMOUS" {
			t.Errorf("the user's session is %v", kind)
		}
		w.browser().signIn("eve@example.com")
		if n := w.count("audit_entries WHERE action IN ('TWO_FACTOR_DISABLED', 'SECURITY_QUESTION_REMOVED') AND outcome = 'DONE' AND target_id = $1", eve.ID); n != 2 {
			t.Errorf("%d entries", n)
		}
		if n := w.count("factors") + w.count("security_answers"); n != 0 {
			t.Errorf("%d credentials are left", n)
		}
	})
}

// A new address is asked and the old one told; the link proves it once (A6, C12).
func TestNewAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Ada", "ada@example.com", permission.Admins...)
		eve := w.user("Eve", "Moore", "eve@example.com")
		there := w.browser().signIn("eve@example.com")
		ada := w.browser().signIn("ada@example.com").confirm()
		ada.must("updateUser", updateMutation, map[string]any{"i": map[string]any{"userId": eve.GlobalID(), "version": 1, "email": "eva@new.example"}})
		w.link("eve@example.com", "Your email address was changed")
		if kind := there.must("viewer", `{ viewer { kind } }`, nil)["kind"]; kind != "ANONYMOUS" {
			t.Errorf("the user's session is %v", kind)
		}
		token := w.link("eva@new.example", "Please confirm your email address")
		b := w.browser()
		if done := b.must("verifyEmail", verifyMutation, map[string]any{"t": token})["done"]; done != true {
			t.Errorf("done: %v", done)
		}
		if w.count("users WHERE email_key = 'eva@new.example' AND email_verified") != 1 {
			t.Error("the address is not verified")
		}
		if r := b.ask(verifyMutation, map[string]any{"t": token}); r.refusal() != "EXPIRED token" {
			t.Errorf("twice: %s", r.Body)
		}
	})
}

// Another link does not bring other tries: wrong answers count for a day (security.md #39).
func TestWrongAnswersOfADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.question(w.proven("Eve", "eve@example.com"), "Bella")
		b := w.browser()
		try := func(token, answer string) string {
			return b.ask(resetMutation, map[string]any{"t": token, "a": answer, "p": newPassword}).refusal()
		}
		link := func() string {
			b.must("requestPasswordReset", requestMutation, map[string]any{"e": "eve@example.com"})
			return w.link("eve@example.com", "Set a new password")
		}
		first := link()
		for range 3 {
			if got := try(first, "Rex"); got != "WRONG answer" {
				t.Errorf("the first link: %s", got)
			}
		}
		w.later(time.Hour)
		second := link()
		for i, want := range []string{"WRONG answer", "WRONG answer", "EXPIRED token"} {
			if got := try(second, "Rex"); got != want {
				t.Errorf("try %d with the second link: %s, want %s", i+1, got, want)
			}
		}
		w.later(time.Hour)
		third := link()
		if got := try(third, "Rex"); got != "WRONG answer" {
			t.Errorf("the third link: %s", got)
		}
		if got := try(third, "Bella"); got != "EXPIRED token" {
			t.Errorf("the third link after one more: %s", got)
		}
		w.later(24 * time.Hour)
		fourth := link()
		if got := try(fourth, "Rex"); got != "WRONG answer" {
			t.Errorf("a day later: %s", got)
		}
		if got := try(fourth, "bella"); got != "" {
			t.Errorf("the right answer a day later: %s", got)
		}
	})
}

// The first proof of an address retires what was set up before anybody had proved it, unless the user's own session
// stands behind it; and a password that will be the only factor is as long as that asks for (security.md #3, #34).
func TestFirstProof(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Ada", "ada@example.com", permission.Admins...)
		eve, bob, tom := w.user("Eve", "Moore", "eve@example.com"), w.user("Bob", "Moore", "bob@example.com"), w.user("Tom", "Moore", "tom@example.com")
		ada, nobody := w.browser().signIn("ada@example.com").confirm(), w.browser()
		move := func(to string, id string) string {
			ada.must("updateUser", updateMutation, map[string]any{"i": map[string]any{"userId": id, "version": 1, "email": to}})
			return w.link(to, "Please confirm your email address")
		}
		kind := func(b *browser) any { return b.must("viewer", `{ viewer { kind } }`, nil)["kind"] }

		token := move("eva@example.com", eve.GlobalID())
		own, other := w.browser().signIn("eva@example.com"), w.browser().signIn("eva@example.com")
		w.enroll(eve)
		own.must("verifyEmail", verifyMutation, map[string]any{"t": token})
		if kind(own) != "USER" || kind(other) != "USER" || w.count("factors") != 1 {
			t.Errorf("proved in a session of one's own: %v, %v, %d factors", kind(own), kind(other), w.count("factors"))
		}

		token = move("bobby@example.com", bob.GlobalID())
		stranger := w.browser().signIn("bobby@example.com")
		w.enroll(bob)
		own.must("verifyEmail", verifyMutation, map[string]any{"t": token})
		if kind(stranger) != "ANONYMOUS" || kind(own) != "USER" || w.count("users WHERE two_factor_enabled") != 1 || w.count("factors") != 1 {
			t.Errorf("proved by the owner of the address: %v, %d factors", kind(stranger), w.count("factors"))
		}

		w.enroll(tom)
		nobody.must("requestPasswordReset", requestMutation, map[string]any{"e": "tom@example.com"})
		token = w.link("tom@example.com", "Set a new password")
		if shown := nobody.must("passwordResetByToken", previewQuery, map[string]any{"t": token}); shown["passwordMinLength"] != 15. {
			t.Errorf("the page asks for %v characters", shown["passwordMinLength"])
		}
		if r := nobody.ask(resetMutation, map[string]any{"t": token, "p": "nine-of-9"}); r.refusal() != "TOO_SHORT newPassword" {
			t.Errorf("a password for a sign-in with two factors: %s", r.Body)
		}
		nobody.must("resetPassword", resetMutation, map[string]any{"t": token, "p": newPassword})
		if w.count("factors") != 1 {
			t.Errorf("%d factors", w.count("factors"))
		}
	})
}

// Who may not, who asked too often and who gave a sixth code are on record (security.md #66).
func TestRefusalsAreRecorded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Sue", "sue@example.com", permission.ListUsers)
		eve := w.user("Eve", "Moore", "eve@example.com")
		w.enroll(eve)
		sue, b := w.browser().signIn("sue@example.com"), w.browser()
		sue.ask(sendMutation, map[string]any{"u": eve.GlobalID()})
		if w.count("audit_entries WHERE action = 'ACCESS_REFUSED' AND outcome = 'FORBIDDEN' AND target_id = $1 AND request_id <> ''", eve.ID) != 1 {
			t.Error("a missing permission is not on record")
		}
		for range 11 {
			b.ask(requestMutation, map[string]any{"e": "somebody@example.com"})
		}
		if w.count("audit_entries WHERE action = 'PASSWORD_RESET_REQUESTED' AND outcome = 'RATE_LIMITED'") != 1 {
			t.Error("the eleventh request is not on record")
		}
		b.ask(signInMutation, map[string]any{"e": "eve@example.com", "p": password})
		for range 6 {
			b.ask(`mutation { verifySecondFactor(input: {code: "000000"}) { userErrors { code } } }`, nil)
		}
		if n := w.count("audit_entries WHERE action = 'SECOND_FACTOR_REFUSED' AND target_id = $1", eve.ID); n != 6 {
			t.Errorf("%d of six wrong codes are on record", n)
		}
		w.browser().ask(usersQuery, map[string]any{"first": 1})
		if n := w.count("audit_entries WHERE action = 'ACCESS_REFUSED'"); n != 1 {
			t.Errorf("nobody filled the log: %d", n)
		}
	})
}

// One answer for unknown, suspended, locked and wrong, over HTTP: body, status and cookies (security.md #26).
func TestSignInTellsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("Wrong", "", "wrong@example.com")
		suspended, locked, without := w.user("S", "", "suspended@example.com"), w.user("L", "", "locked@example.com"), w.user("W", "", "without@example.com")
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			if err := tx.User.UpdateOneID(suspended.ID).SetState("SUSPENDED").Exec(ctx); err != nil {
				return err
			}
			if _, err := tx.SQL.ExecContext(ctx, "DELETE FROM passwords WHERE user_id = $1", without.ID); err != nil {
				return err
			}
			for range 6 {
				if err := throttle.Password.Take(ctx, tx, throttle.User(locked.ID), w.clock()); err != nil {
					return err
				}
			}
			return nil
		})
		var first reply
		for i, c := range [][2]string{
			{"wrong@example.com", "a wrong password"}, {"unknown@example.com", password}, {"suspended@example.com", password},
			{"locked@example.com", password}, {"without@example.com", password}, {"no address", password}, {"", ""}, {"wrong@example.com", strings.Repeat("x", 2000)},
		} {
			r := w.browser().ask(signInMutation, map[string]any{"e": c[0], "p": c[1]})
			if i == 0 {
				first = r
			}
			if r.refusal() != "WRONG" || r.Body != first.Body || r.Status != first.Status || len(r.Header.Values("Set-Cookie")) != 0 {
				t.Errorf("%s: %d %s %v, want %d %s", c[0], r.Status, r.Body, r.Header.Values("Set-Cookie"), first.Status, first.Body)
			}
		}
	})
}

// Who gets a user from staff sets their first password by the link of the welcome: no page and no mail calls it a change.
func TestWelcomeSetsTheFirstPassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		acme := w.account("Acme", w.user("Olga", "Moore", "olga@example.com"))
		w.staff("Ada", "ada@example.com", permission.Admins...)
		w.browser().signIn("ada@example.com").must("associateUser", associateMutation, map[string]any{"i": map[string]any{
			"accountId": acme.GlobalID(), "email": "new@example.com", "firstName": "Nora", "permissions": []string{"ORDERS"}, "sendInvitation": false,
		}})
		nobody, token := w.browser(), w.link("new@example.com", "Welcome to Roster: set your password")
		if shown := nobody.must("passwordResetByToken", previewQuery, map[string]any{"t": token}); shown["first"] != true {
			t.Errorf("%v", shown)
		}
		nobody.must("resetPassword", resetMutation, map[string]any{"t": token, "p": newPassword})
		w.link("new@example.com", "Your password is set")
		nobody.must("requestPasswordReset", requestMutation, map[string]any{"e": "new@example.com"})
		if shown := nobody.must("passwordResetByToken", previewQuery, map[string]any{"t": w.link("new@example.com", setPassword)}); shown["first"] != false {
			t.Errorf("the second: %v", shown)
		}
	})
}
