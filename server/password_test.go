package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	ent "roster/ent/generated"
	entpassword "roster/ent/generated/password"
	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/secret"
	"roster/internal/settings"
)

const (
	changePassword = `mutation($c: String, $n: String!) { changePassword(input: {currentPassword: $c, newPassword: $n}) {
		password { setAt minLength } endedSessions userErrors { field code message } } }`
	ownPassword = `{ viewer { kind sudoUntil password { setAt minLength lock { until } } } }`
	another     = "nine green bottles on a wall"
	setMail     = "Your new password is set"
)

func changed(current any, next string) map[string]any { return map[string]any{"c": current, "n": next} }

// own is what the API tells of the viewer's own password.
func (b *browser) own() map[string]any {
	b.t.Helper()
	own, _ := b.must("viewer", ownPassword, nil)["password"].(map[string]any)
	return own
}

// cookies are those that the browser would send.
func (b *browser) cookies() []*http.Cookie {
	b.t.Helper()
	at, err := url.Parse(b.server.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.client.Jar.Cookies(at)
}

// with is a browser that has the cookies of another one.
func (w *world) with(cookies []*http.Cookie) *browser {
	w.t.Helper()
	b := w.browser()
	at, err := url.Parse(w.server.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, c := range cookies {
		c.Path, c.Secure = "/", true
	}
	b.client.Jar.SetCookies(at, cookies)
	return b
}

// dropPassword leaves somebody without one, as an import without hashes does.
func (w *world) dropPassword(u *ent.User) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Password.Delete().Where(entpassword.UserID(u.ID)).Exec(ctx)
		return err
	})
}

// #6, #17, #19, #33, #36, #66: the change whole. It takes a proof and the old password; every other session and every
// open link ends, this session goes on under a new id, the user is told, and it is on record.
func TestChangePassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve := w.user("Eve", "Moore", "eve@example.com")
		b, elsewhere := w.browser().signIn("eve@example.com"), w.browser().signIn("eve@example.com")
		w.browser().must("requestPasswordReset", `mutation { requestPasswordReset(input: {email: "eve@example.com"}) { userErrors { code } } }`, nil)
		link := w.link("eve@example.com", "Set a new password")
		if r := b.ask(changePassword, changed(password, another)); r.refusal() != "SUDO_REQUIRED" {
			t.Errorf("without a proof: %s", r.Body)
		}
		b.confirm()
		before := b.cookies()
		w.later(time.Minute)
		done := b.must("changePassword", changePassword, changed(password, another))
		own, _ := done["password"].(map[string]any)
		if done["endedSessions"] != float64(1) || own["setAt"] != "2026-03-01T12:01:00Z" || own["minLength"] != float64(15) {
			t.Errorf("%v", done)
		}
		if b.kind() != "USER" || elsewhere.kind() != "ANONYMOUS" {
			t.Errorf("this session is %v, the other %v", b.kind(), elsewhere.kind())
		}
		if after := b.cookies(); len(after) != 1 || after[0].Value == before[0].Value || w.with(before).kind() != "ANONYMOUS" {
			t.Error("the old id lives on")
		}
		if v := b.must("viewer", ownPassword, nil); v["sudoUntil"] == nil {
			t.Error("the proof did not go on with the session")
		}
		if shown := w.browser().ask(`query($t: String!) { passwordResetByToken(token: $t) { expiresAt } }`, map[string]any{"t": link}); shown.Data["passwordResetByToken"] != nil {
			t.Error("the reset link stands still")
		}
		if r := w.browser().ask(signInMutation, map[string]any{"e": "eve@example.com", "p": password}); r.refusal() != "WRONG" {
			t.Errorf("the old password: %s", r.Body)
		}
		w.browser().must("signIn", signInMutation, map[string]any{"e": "eve@example.com", "p": another})
		w.link("eve@example.com", setMail)
		if n := w.count("mails WHERE kind = 'OWN_PASSWORD_CHANGED' AND user_id = $1", eve.ID); n != 1 {
			t.Errorf("%d mails", n)
		}
		if n := w.count("audit_entries WHERE action = 'PASSWORD_CHANGED' AND outcome = 'DONE' AND actor_id = $1 AND target_id = $1", eve.ID); n != 1 {
			t.Errorf("%d entries", n)
		}
		if n := w.count("audit_details WHERE detail LIKE '%bottles%' OR detail LIKE '%battery%'"); n != 0 {
			t.Error("a password is in the audit log")
		}
	})
}

// #3, #5, #6: each refusal at its field, all of them at once, and nothing changes.
func TestChangePasswordRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("Eve", "Moorehead", "eve.moorehead@example.com")
		b, elsewhere := w.browser().signIn("eve.moorehead@example.com"), w.browser().signIn("eve.moorehead@example.com")
		b.confirm()
		before := w.everything()
		for name, c := range map[string]struct {
			current any
			next    string
			want    string
		}{
			"no current one":       {nil, another, "REQUIRED currentPassword"},
			"an empty current one": {"", another, "REQUIRED currentPassword"},
			"a wrong current one":  {"wrong " + password, another, "WRONG currentPassword"},
			"longer than any":      {strings.Repeat("x", 2000), another, "WRONG currentPassword"},
			"the same again":       {password, password, "NOT_ALLOWED newPassword"},
			"none":                 {password, "", "REQUIRED newPassword"},
			"short":                {password, "fourteen chars", "TOO_SHORT newPassword"},
			"long":                 {password, strings.Repeat("é", 129), "TOO_LONG newPassword"},
			"a common one":         {password, "passwordpassword", "WEAK newPassword"},
			"the user's name":      {password, "Eve Moorehead 2026", "WEAK newPassword"},
			"the user's address":   {password, "eve.moorehead@example.com", "WEAK newPassword"},
			"the product's name":   {password, "RosterRosterRoster!1", "WEAK newPassword"},
		} {
			if r := b.ask(changePassword, changed(c.current, c.next)); r.refusal() != c.want {
				t.Errorf("%s: %s, want %s", name, r.Body, c.want)
			}
		}
		both := b.ask(changePassword, changed(nil, "short"))
		if !strings.Contains(both.Body, "REQUIRED") || !strings.Contains(both.Body, "TOO_SHORT") {
			t.Errorf("not both at once: %s", both.Body)
		}
		if w.everything() != before || b.kind() != "USER" || elsewhere.kind() != "USER" {
			t.Error("something changed all the same")
		}
		if n := w.count("audit_entries WHERE action = 'PASSWORD_CHANGED' AND outcome = 'WRONG'"); n != 2 {
			t.Errorf("%d wrong passwords are on record", n)
		}
	})
}

// #4: passwords are compared as they are hashed, so another spelling of the same characters is no other password.
func TestChangePasswordToAnotherSpelling(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("Eve", "Moore", "eve@example.com")
		b := w.browser().signIn("eve@example.com").confirm()
		b.must("changePassword", changePassword, changed(password, "caf\u00e9 by the green river"))
		if r := b.ask(changePassword, changed("caf\u00e9 by the green river", "cafe\u0301 by the green river")); r.refusal() != "NOT_ALLOWED newPassword" {
			t.Errorf("%s", r.Body)
		}
		b.must("changePassword", changePassword, changed("cafe\u0301 by the green river", another))
	})
}

// #22, #24: ten wrong ones in 15 minutes, then the right one is refused likewise, with the time to wait. The count is the
// one of every proof. What is wrong with the new password alone costs no try.
func Test24ChangePasswordIsThrottled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("Eve", "Moore", "eve@example.com")
		b := w.browser().signIn("eve@example.com").confirm()
		for range 12 {
			if r := b.ask(changePassword, changed(password, "short")); r.refusal() != "TOO_SHORT newPassword" {
				t.Fatalf("%s", r.Body)
			}
		}
		for i := range 10 {
			if r := b.ask(changePassword, changed("wrong", another)); r.refusal() != "WRONG currentPassword" {
				t.Fatalf("try %d: %s", i+1, r.Body)
			}
		}
		w.later(5 * time.Minute)
		for name, current := range map[string]string{"wrong": "wrong", "right": password} {
			r := b.ask(changePassword, changed(current, another))
			if r.refusal() != "RATE_LIMITED" || r.Errors[0].Extensions["retryAfter"] != float64(600) {
				t.Errorf("%s: %s", name, r.Body)
			}
		}
		if lock, _ := b.own()["lock"].(map[string]any); lock["until"] != "2026-03-01T12:15:00Z" {
			t.Errorf("the lock: %v", lock)
		}
		if r := b.ask(confirmMutation, map[string]any{"p": password}); r.refusal() != "WRONG" {
			t.Errorf("another surface: %s", r.Body)
		}
		if n := w.count("audit_entries WHERE action = 'PASSWORD_CHANGED' AND outcome = 'RATE_LIMITED'"); n != 2 {
			t.Errorf("%d refusals are on record", n)
		}
		w.later(10 * time.Minute)
		if lock := b.own()["lock"]; lock != nil {
			t.Errorf("the lock stands: %v", lock)
		}
		b.confirm().must("changePassword", changePassword, changed(password, another))
	})
}

// #86: of those who ask at the same moment one changes the password.
func Test86ChangePasswordAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("Eve", "Moore", "eve@example.com")
		one, two := w.browser().signIn("eve@example.com").confirm(), w.browser().signIn("eve@example.com").confirm()
		got := atOnce([]*browser{one, two, one, two}, changePassword, func(int) map[string]any { return changed(password, another) })
		// Who comes when it is done already has another session's cookie, or the password of before.
		if got[""] != 1 || got["UNAUTHENTICATED"]+got["WRONG currentPassword"] != 3 {
			t.Errorf("%v", got)
		}
		if n := w.count("mails WHERE kind = 'OWN_PASSWORD_CHANGED'"); n != 1 || w.count("sessions") != 1 {
			t.Errorf("%d mails, %d sessions", n, w.count("sessions"))
		}
	})
}

// #3: who must sign in with a second factor may have a shorter one; who may remove theirs may not. #7: an imported hash is checked and replaced.
func TestChangePasswordOfOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve, bob := w.proven("Eve", "eve@example.com"), w.user("Bob", "Moore", "bob@example.com")
		b := w.browser().signIn("eve@example.com").confirm()
		w.enroll(eve)
		if own := b.own(); own["minLength"] != float64(15) {
			t.Errorf("a factor of their own choice: %v", own)
		}
		if r := b.ask(changePassword, changed(password, "grue!Zok")); r.refusal() != "TOO_SHORT newPassword" {
			t.Errorf("%s", r.Body)
		}
		w.choose(func(s *settings.Settings) { s.TwoFactor = settings.TwoFactorRule{Everyone: true} })
		if own := b.own(); own["minLength"] != float64(8) {
			t.Errorf("a factor that they must have: %v", own)
		}
		if r := b.ask(changePassword, changed(password, "7 chars")); r.refusal() != "TOO_SHORT newPassword" {
			t.Errorf("%s", r.Body)
		}
		b.must("changePassword", changePassword, changed(password, "grue!Zok"))
		w.choose(func(s *settings.Settings) { s.TwoFactor = settings.TwoFactorRule{} })

		imported, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
		if err != nil {
			t.Fatal(err)
		}
		hash, err := secret.NewHasher().Wrap(t.Context(), string(imported))
		if err != nil {
			t.Fatal(err)
		}
		b = w.browser().signIn("bob@example.com").confirm()
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			return tx.Password.Update().Where(entpassword.UserID(bob.ID)).SetHash(hash).SetWrapped(true).Exec(ctx)
		})
		b.must("changePassword", changePassword, changed(password, another))
		if w.count("passwords WHERE wrapped") != 0 {
			t.Error("the hash counts as an imported one still")
		}
		w.browser().must("signIn", signInMutation, map[string]any{"e": "bob@example.com", "p": another})
	})
}

// #6: who has no password sets the first one in a session that gave a passkey, and is told like everybody.
func TestFirstPassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve := w.user("Eve", "Moore", "eve@example.com")
		b := w.browser().signIn("eve@example.com").confirm()
		w.dropPassword(eve)
		if own := b.own(); own["setAt"] != nil || own["minLength"] != float64(15) {
			t.Errorf("%v", own)
		}
		if r := b.ask(changePassword, changed(password, another)); r.refusal() != "NOT_ALLOWED currentPassword" {
			t.Errorf("an old one that is none: %s", r.Body)
		}
		if r := b.ask(changePassword, changed(nil, "passwordpassword")); r.refusal() != "WEAK newPassword" {
			t.Errorf("%s", r.Body)
		}
		b.must("changePassword", changePassword, changed(nil, another))
		w.link("eve@example.com", setMail)
		w.browser().must("signIn", signInMutation, map[string]any{"e": "eve@example.com", "p": another})
		if own := b.own(); own["setAt"] != "2026-03-01T12:00:00Z" {
			t.Errorf("%v", own)
		}
	})
}

// #14: API tokens never touch their maker's password, nor learn of it; and nobody's is nothing.
func Test14TokensHaveNoPassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Ada", "ada@example.com", permission.Admins...)
		b := w.browser()
		if own := b.own(); own != nil {
			t.Errorf("nobody: %v", own)
		}
		if r := b.ask(changePassword, changed(password, another)); r.refusal() != "UNAUTHENTICATED" {
			t.Errorf("nobody: %s", r.Body)
		}
		token, _, err := w.graph.SignIns.Tokens.Create(dbtest.System(t), "test", "role of ada@example.com", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		b.header.Set("Authorization", "Bearer "+token)
		if own := b.own(); own != nil {
			t.Errorf("a token: %v", own)
		}
		if r := b.ask(changePassword, changed(password, another)); r.refusal() != "FORBIDDEN" {
			t.Errorf("a token: %s", r.Body)
		}
	})
}
