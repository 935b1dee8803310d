package main

import (
	"context"
	"strings"
	"testing"
	"time"

	ent "roster/ent/generated"
	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
)

// moved makes Eve's address another one, as she or a stranger with her password does it, and returns the link that her
// former mailbox got.
func (w *world) moved(from *browser, former, to string) string {
	w.t.Helper()
	from.confirm().must("changeEmail", changeMutation, map[string]any{"e": to, "p": password})
	from.must("confirmEmailChange", confirmChange, map[string]any{"t": w.link(to, confirmNew)})
	return w.link(former, wasChanged)
}

// passkey gives the user one that was added at a moment.
func (w *world) passkey(u *ent.User, at time.Time) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		return tx.Passkey.Create().SetUserID(u.ID).SetName("Phone").SetCredentialID([]byte(u.Email)).SetHandle([]byte(u.Email)).
			SetCredential([]byte("{}")).SetCreatedAt(at).Exec(ctx)
	})
}

// A stranger with the password takes the user over; the former mailbox takes it back, days and changes later: the address
// returns, sessions, password, links and what was set up since are gone, what was there before stays (part 13, #19).
func TestDisownAnAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve := w.proven("Eve", "Eve@example.com")
		w.question(eve, "Bella")
		w.later(time.Minute)
		stranger := w.browser().signIn("eve@example.com")
		token := w.moved(stranger, "Eve@example.com", "mallory@evil.example")
		later := w.moved(stranger, "mallory@evil.example", "mallory2@evil.example")
		w.browser().must("requestPasswordReset", requestMutation, map[string]any{"e": "mallory2@evil.example"})
		reset := w.link("mallory2@evil.example", setPassword)
		w.browser().must("resetPassword", resetMutation, map[string]any{"t": reset, "a": "Bella", "p": newPassword})
		w.later(5 * 24 * time.Hour)
		w.enroll(eve)
		nobody := w.browser()
		shown := nobody.must("disownByToken", disownPreview, map[string]any{"t": token})
		if shown["change"] != "EMAIL_CHANGED" || shown["restores"] != "Eve@example.com" || shown["at"] != "2026-03-01T12:01:00Z" {
			t.Errorf("shown: %v", shown)
		}
		if w.count("users WHERE email = 'mallory2@evil.example'") != 1 {
			t.Error("looking changed something")
		}
		if out := nobody.must("disownChange", disownMutation, map[string]any{"t": token})["outcome"]; out != "RESTORED" {
			t.Errorf("%v", out)
		}
		if w.count("users WHERE email = 'Eve@example.com' AND email_key = 'eve@example.com' AND email_verified AND security_question_set AND NOT two_factor_enabled") != 1 {
			t.Error("the user is not as they were")
		}
		if n := w.count("sessions") + w.count("passwords") + w.count("factors"); n != 0 {
			t.Errorf("%d ways in are left", n)
		}
		if w.count("security_answers") != 1 {
			t.Error("what was set before the change is gone")
		}
		if r := nobody.ask(disownMutation, map[string]any{"t": token}); r.refusal() != "EXPIRED token" {
			t.Errorf("twice: %s", r.Body)
		}
		if r := nobody.ask(disownMutation, map[string]any{"t": later}); r.refusal() != "EXPIRED token" {
			t.Errorf("the stranger's own link: %s", r.Body)
		}
		w.link("mallory2@evil.example", "The change of your address was disputed")
		reset = w.link("Eve@example.com", setPassword)
		nobody.must("resetPassword", resetMutation, map[string]any{"t": reset, "a": "Bella", "p": newPassword})
		if n := w.count("audit_entries WHERE action = 'CHANGE_DISOWNED' AND outcome = 'DONE' AND target_id = $1", eve.ID); n != 1 {
			t.Errorf("%d entries", n)
		}
	})
}

// The stranger cannot undo the undoing: whoever was told first goes first.
func TestFirstToldGoesFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.proven("Eve", "eve@example.com")
		stranger := w.browser().signIn("eve@example.com")
		token := w.moved(stranger, "eve@example.com", "mallory@evil.example")
		later := w.moved(stranger, "mallory@evil.example", "mallory2@evil.example")
		nobody := w.browser()
		if out := nobody.must("disownChange", disownMutation, map[string]any{"t": later})["outcome"]; out != "RESTORED" {
			t.Errorf("the second: %v", out)
		}
		if out := nobody.must("disownChange", disownMutation, map[string]any{"t": token})["outcome"]; out != "RESTORED" {
			t.Errorf("the first: %v", out)
		}
		if w.count("users WHERE email = 'eve@example.com'") != 1 {
			t.Error("the address is not back")
		}
	})
}

// Another user has the address by now: it stays theirs, and nobody gets in by the new one until staff have looked.
func TestDisownWhenTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve := w.proven("Eve", "eve@example.com")
		token := w.moved(w.browser().signIn("eve@example.com"), "eve@example.com", "mallory@evil.example")
		w.user("Eve", "Again", "eve@example.com")
		if out := w.browser().must("disownChange", disownMutation, map[string]any{"t": token})["outcome"]; out != "CLOSED" {
			t.Errorf("%v", out)
		}
		mails := w.count("mails")
		w.browser().must("requestPasswordReset", requestMutation, map[string]any{"e": "mallory@evil.example"})
		if w.count("mails") != mails || w.count("users WHERE id = $1 AND state = 'SUSPENDED'", eve.ID) != 1 || w.count("passwords WHERE user_id = $1", eve.ID) != 0 {
			t.Error("there is a way in")
		}
		w.browser().signIn("eve@example.com") // the other user is none of it
	})
}

// A stranger sets up a factor and moves the address after it. Whether it is theirs or the user's own nobody can tell, so
// neither of the two gets in before staff have looked: not the stranger with the factor, nor whoever reads an old mailbox.
// One that the user had for longer stays and keeps its worth.
func TestDisownWithADoubtfulFactor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for address, c := range map[string]struct {
			before  time.Duration
			outcome string
			state   string
		}{
			"ann@example.com": {time.Minute, "CLOSED", "SUSPENDED"},
			"bea@example.com": {7*24*time.Hour - time.Minute, "CLOSED", "SUSPENDED"},
			"eve@example.com": {7*24*time.Hour + time.Minute, "RESTORED", "ACTIVE"},
		} {
			u := w.proven("Eve", address)
			b := w.browser().signIn(address)
			token := w.moved(b, address, "mallory-"+address)
			w.passkey(u, w.clock().Add(-c.before))
			mails := w.count("mails WHERE kind = 'PASSWORD_RESET'")
			if out := w.browser().must("disownChange", disownMutation, map[string]any{"t": token})["outcome"]; out != c.outcome {
				t.Errorf("%s: %v, want %s", c.before, out, c.outcome)
			}
			if w.count("users WHERE id = $1 AND email = $2 AND state = $3", u.ID, address, c.state) != 1 || w.count("passkeys WHERE user_id = $1", u.ID) != 1 {
				t.Errorf("%s: the user is not as they should be", c.before)
			}
			if sent := w.count("mails WHERE kind = 'PASSWORD_RESET'") - mails; (sent == 1) != (c.outcome == "RESTORED") {
				t.Errorf("%s: %d links to set a password", c.before, sent)
			}
			w.link("mallory-"+address, "The change of your address was disputed")
		}
	})
}

// An address that nobody had proved is told, but cannot ask the user back (security.md #49); seven days are the end of it.
func TestDisownNeedsAProvenAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("Eve", "Moore", "typo@example.com")
		b := w.browser().signIn("typo@example.com")
		if token := w.moved(b, "typo@example.com", "eve@example.com"); token != "" {
			t.Errorf("the mistyped address got a link: %s", token)
		}
		token := w.moved(b, "eve@example.com", "eva@example.com")
		w.later(7*24*time.Hour + time.Second)
		if r := w.browser().ask(disownMutation, map[string]any{"t": token}); r.refusal() != "EXPIRED token" {
			t.Errorf("after seven days: %s", r.Body)
		}
	})
}

// What staff switched off or changed because somebody asked in the user's name, the user can disown (part 13, A6-A8).
func TestDisownWhatStaffDid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Ada", "ada@example.com", permission.Admins...)
		for _, c := range []struct{ name, call, change, subject, outcome string }{
			{"two", `disableTwoFactor(input: {userId: $u, reason: "called in"})`, "TWO_FACTOR_DISABLED", "Two-factor sign-in was switched off", "SECURED"},
			{"question", `disableSecurityQuestion(input: {userId: $u, reason: "called in"})`, "SECURITY_QUESTION_DISABLED", "Your security question was removed", "SECURED"},
			{"address", `updateUser(input: {userId: $u, version: 1, email: "new-address@example.com"})`, "EMAIL_CHANGED", wasChanged, "RESTORED"},
		} {
			address := c.name + "@example.com"
			u := w.proven("Eve", address)
			w.question(u, "Bella")
			w.enroll(u)
			w.later(8 * 24 * time.Hour) // long enough for the app to be theirs for certain
			ada := w.browser().signIn("ada@example.com").confirm()
			field, _, _ := strings.Cut(c.call, "(")
			ada.must(field, "mutation($u: ID!) { "+c.call+" { userErrors { field code message } } }", map[string]any{"u": u.GlobalID()})
			token := w.link(address, c.subject)
			// The caller was a stranger, and settles in.
			w.passkey(u, w.clock())
			nobody := w.browser()
			if shown := nobody.must("disownByToken", disownPreview, map[string]any{"t": token}); shown["change"] != c.change || (shown["restores"] == address) != (c.outcome == "RESTORED") {
				t.Errorf("%s: shown: %v", c.name, shown)
			}
			if out := nobody.must("disownChange", disownMutation, map[string]any{"t": token})["outcome"]; out != c.outcome {
				t.Errorf("%s: %v", c.name, out)
			}
			if n := w.count("passwords WHERE user_id = $1", u.ID) + w.count("sessions WHERE user_id = $1", u.ID) + w.count("passkeys WHERE user_id = $1", u.ID); n != 0 {
				t.Errorf("%s: %d ways in are left", c.name, n)
			}
			w.link(address, setPassword)
			if w.count("users WHERE id = $1 AND email = $2", u.ID, address) != 1 {
				t.Errorf("%s: the address is not back", c.name)
			}
		}
		if n := w.count("audit_entries WHERE action = 'CHANGE_DISOWNED' AND outcome = 'DONE'"); n != 3 {
			t.Errorf("%d entries", n)
		}
	})
}
