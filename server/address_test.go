package main

import (
	"context"
	"sync"
	"testing"
	"time"

	ent "roster/ent/generated"
	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/settings"
)

const (
	verifyMutation  = `mutation($t: String!) { verifyEmail(input: {token: $t}) { done retired userErrors { field code } } }`
	verifyPreview   = `query($t: String!) { emailVerificationByToken(token: $t) { address own retires } }`
	resendMutation  = `mutation($u: ID) { resendVerification(input: {userId: $u}) { delivery userErrors { field code message } } }`
	changeMutation  = `mutation($e: String!, $p: String) { changeEmail(input: {newEmail: $e, password: $p}) { done userErrors { field code message } } }`
	confirmChange   = `mutation($t: String!) { confirmEmailChange(input: {token: $t}) { user { email emailVerified } userErrors { field code message } } }`
	changePreview   = `query($t: String!) { emailChangeByToken(token: $t) { newEmail own } }`
	disownMutation  = `mutation($t: String!) { disownChange(input: {token: $t}) { outcome userErrors { field code message } } }`
	disownPreview   = `query($t: String!) { disownByToken(token: $t) { change at restores } }`
	profileMutation = `mutation($i: UpdateProfileInput!) { updateProfile(input: $i) {
		user { firstName lastName language timeZone version } present { version } userErrors { field code message } } }`

	pleaseConfirm = "Please confirm your email address"
	wasChanged    = "Your email address was changed"
	confirmNew    = "Confirm your new email address"
	setPassword   = "Set a new password"
)

// proven makes somebody whose address is verified.
func (w *world) proven(first, address string) *ent.User {
	w.t.Helper()
	u := w.user(first, "Moore", address)
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		return tx.User.UpdateOneID(u.ID).SetEmailVerified(true).Exec(ctx)
	})
	return u
}

// waysIn gives a user everything that opens a door.
func (w *world) waysIn(u *ent.User) {
	w.t.Helper()
	w.question(u, "Bella")
	w.enroll(u)
	at := w.clock()
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		err := tx.Passkey.Create().SetUserID(u.ID).SetName("key").SetCredentialID([]byte(u.Email)).SetHandle([]byte("h")).
			SetCredential([]byte("{}")).SetCreatedAt(at).Exec(ctx)
		if err != nil {
			return err
		}
		err = tx.BackupCode.Create().SetUserID(u.ID).SetSalt([]byte("s")).SetHash([]byte("h")).SetCreatedAt(at).Exec(ctx)
		if err != nil {
			return err
		}
		return tx.TrustedDevice.Create().SetUserID(u.ID).SetSecretHash([]byte(u.Email)).SetCredentialVersion(1).
			SetCreatedAt(at).SetExpiresAt(at.Add(time.Hour)).Exec(ctx)
	})
}

// left counts what opens the user's door.
func (w *world) left(u *ent.User) (n int) {
	w.t.Helper()
	for _, table := range []string{"sessions", "passwords", "factors", "passkeys", "backup_codes", "trusted_devices", "security_answers"} {
		n += w.count(table+" WHERE user_id = $1", u.ID)
	}
	return n
}

// Somebody registers with the address of somebody else, and prepares to stay. The owner of the mailbox uses the link: all
// that was prepared is gone, the password too, and a link to set another one waits (security.md #34, #49).
func TestFirstProofEndsWhatWasThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if r := w.browser().register(application("victim@example.com")); r.refusal() != "" {
			t.Fatalf("%s", r.Body)
		}
		token := w.link("victim@example.com", pleaseConfirm)
		intruder := w.browser().signIn("victim@example.com")
		u, err := w.db.User.Query().Only(dbtest.System(t))
		if err != nil {
			t.Fatal(err)
		}
		w.waysIn(u)
		victim := w.browser()
		if shown := victim.must("emailVerificationByToken", verifyPreview, map[string]any{"t": token}); shown["own"] != false || shown["retires"] != true || shown["address"] != "victim@example.com" {
			t.Errorf("shown: %v", shown)
		}
		if done := victim.must("verifyEmail", verifyMutation, map[string]any{"t": token}); done["retired"] != true {
			t.Errorf("%v", done)
		}
		if n := w.left(u); n != 0 || intruder.kind() != "ANONYMOUS" {
			t.Errorf("%d ways in are left; the intruder is %v", n, intruder.kind())
		}
		if w.count("users WHERE email_verified AND NOT two_factor_enabled AND NOT security_question_set") != 1 {
			t.Error("the user is not marked so")
		}
		if r := w.browser().ask(signInMutation, map[string]any{"e": "victim@example.com", "p": password}); r.refusal() != "WRONG" {
			t.Errorf("the old password: %s", r.Body)
		}
		reset := w.link("victim@example.com", setPassword)
		victim.must("resetPassword", resetMutation, map[string]any{"t": reset, "p": newPassword})
		victim.must("signIn", signInMutation, map[string]any{"e": "victim@example.com", "p": newPassword})
	})
}

// The same link in a session of its user, who gave the password there, ends nothing (security.md #34).
func TestProofInOwnSession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		nora := w.browser()
		nora.register(application("nora@example.com"))
		token := w.link("nora@example.com", pleaseConfirm)
		nora.signIn("nora@example.com")
		elsewhere := w.browser().signIn("nora@example.com")
		w.user("Eve", "Moore", "eve@example.com")
		stranger := w.browser().signIn("eve@example.com")
		if shown := stranger.must("emailVerificationByToken", verifyPreview, map[string]any{"t": token}); shown["own"] != false || shown["retires"] != true {
			t.Errorf("shown to another user: %v", shown)
		}
		if shown := nora.must("emailVerificationByToken", verifyPreview, map[string]any{"t": token}); shown["own"] != true || shown["retires"] != false {
			t.Errorf("shown: %v", shown)
		}
		if done := nora.must("verifyEmail", verifyMutation, map[string]any{"t": token}); done["done"] != true || done["retired"] != false {
			t.Errorf("%v", done)
		}
		if nora.kind() != "USER" || elsewhere.kind() != "USER" || w.count("users WHERE email_verified") != 1 {
			t.Errorf("%v, %v", nora.kind(), elsewhere.kind())
		}
		if r := nora.ask(verifyMutation, map[string]any{"t": token}); r.refusal() != "EXPIRED token" {
			t.Errorf("twice: %s", r.Body)
		}
		if r := nora.ask(resendMutation, nil); r.refusal() != "NOT_ALLOWED userId" {
			t.Errorf("another link for a proven address: %s", r.Body)
		}
	})
}

// Another verification link replaces the one before it; five per user and hour, and staff may send them (security.md #12, #25).
func TestResendVerification(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve := w.user("Eve", "Moore", "eve@example.com")
		w.user("Bob", "Moore", "bob@example.com")
		w.staff("Ada", "ada@example.com", permission.EditUsers)
		b := w.browser().signIn("eve@example.com")
		if r := w.browser().ask(resendMutation, nil); r.refusal() != "UNAUTHENTICATED" {
			t.Errorf("nobody: %s", r.Body)
		}
		if r := w.browser().signIn("bob@example.com").ask(resendMutation, map[string]any{"u": eve.GlobalID()}); r.refusal() != "FORBIDDEN" {
			t.Errorf("for another user: %s", r.Body)
		}
		b.must("resendVerification", resendMutation, nil)
		first := w.link("eve@example.com", pleaseConfirm)
		for range 3 {
			b.must("resendVerification", resendMutation, nil)
		}
		if sent := w.browser().signIn("ada@example.com").must("resendVerification", resendMutation, map[string]any{"u": eve.GlobalID()}); sent["delivery"] != "QUEUED" {
			t.Errorf("by staff: %v", sent)
		}
		if r := b.ask(verifyMutation, map[string]any{"t": first}); r.refusal() != "EXPIRED token" {
			t.Errorf("the replaced link: %s", r.Body)
		}
		last := w.link("eve@example.com", pleaseConfirm)
		if r := b.ask(resendMutation, nil); r.refusal() != "RATE_LIMITED" {
			t.Errorf("the sixth: %s", r.Body)
		}
		w.later(time.Hour + time.Second)
		if r := b.ask(verifyMutation, map[string]any{"t": last}); r.refusal() != "EXPIRED token" {
			t.Errorf("an hour later: %s", r.Body)
		}
	})
}

// The whole change: proof of identity and password, a link to the new address that works for its user only, then the new
// address is verified, other sessions are over, and both addresses are told (C9, security.md #12, #19, #33, #36).
func TestChangeEmail(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.proven("Eve", "Eve@example.com")
		w.user("Bob", "Moore", "bob@example.com")
		b, elsewhere := w.browser().signIn("eve@example.com"), w.browser().signIn("eve@example.com")
		change := map[string]any{"e": "Eva@new.example", "p": password}
		if r := b.ask(changeMutation, change); r.refusal() != "SUDO_REQUIRED" {
			t.Errorf("without a proof: %s", r.Body)
		}
		b.confirm()
		for _, c := range []struct{ address, password, want string }{
			{"", password, "REQUIRED newEmail"},
			{"eva", password, "INVALID newEmail"},
			{"Eve@example.com", password, "NOT_ALLOWED newEmail"},
			{"eva@new.example", "", "REQUIRED password"},
			{"eva@new.example", "wrong " + password, "WRONG password"},
		} {
			if r := b.ask(changeMutation, map[string]any{"e": c.address, "p": c.password}); r.refusal() != c.want {
				t.Errorf("%q, %q: %s, want %q", c.address, c.password, r.Body, c.want)
			}
		}
		if n := w.count("audit_entries WHERE action = 'EMAIL_CHANGE_REQUESTED' AND outcome = 'WRONG'"); n != 1 {
			t.Errorf("%d wrong passwords are recorded", n)
		}
		b.must("changeEmail", changeMutation, change)
		old := w.link("Eva@new.example", confirmNew)
		b.must("changeEmail", changeMutation, change)
		token := w.link("Eva@new.example", confirmNew)
		if w.count("users WHERE email = 'Eve@example.com' AND email_verified") != 1 {
			t.Error("something changed before the link was used")
		}
		bob := w.browser().signIn("bob@example.com")
		if r := w.browser().ask(confirmChange, map[string]any{"t": token}); r.refusal() != "UNAUTHENTICATED" {
			t.Errorf("signed out: %s", r.Body)
		}
		if r := bob.ask(confirmChange, map[string]any{"t": token}); r.refusal() != "NOT_ALLOWED token" {
			t.Errorf("another user: %s", r.Body)
		}
		if r := b.ask(confirmChange, map[string]any{"t": old}); r.refusal() != "EXPIRED token" {
			t.Errorf("the replaced link: %s", r.Body)
		}
		if shown := bob.must("emailChangeByToken", changePreview, map[string]any{"t": token}); shown["own"] != false || shown["newEmail"] != "Eva@new.example" {
			t.Errorf("shown to another user: %v", shown)
		}
		if shown := b.must("emailChangeByToken", changePreview, map[string]any{"t": token}); shown["own"] != true {
			t.Errorf("shown: %v", shown)
		}
		user, _ := b.must("confirmEmailChange", confirmChange, map[string]any{"t": token})["user"].(map[string]any)
		if user["email"] != "Eva@new.example" || user["emailVerified"] != true {
			t.Errorf("%v", user)
		}
		if b.kind() != "USER" || elsewhere.kind() != "ANONYMOUS" {
			t.Errorf("this session is %v, the other %v", b.kind(), elsewhere.kind())
		}
		if r := b.ask(confirmChange, map[string]any{"t": token}); r.refusal() != "EXPIRED token" {
			t.Errorf("twice: %s", r.Body)
		}
		w.link("Eve@example.com", wasChanged)
		w.link("Eva@new.example", "This is your address now")
		w.browser().signIn("eva@new.example")
		if n := w.count("audit_entries WHERE action = 'EMAIL_CHANGED' AND outcome = 'DONE'"); n != 1 {
			t.Errorf("%d entries", n)
		}
	})
}

// Changing one's address does not tell whether the new one has a user: one answer; the user who has it is told (security.md
// #26). Whoever takes the address meanwhile keeps it.
func TestChangeEmailTellsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.proven("Eve", "eve@example.com")
		w.user("Bob", "Moore", "Bob@example.com")
		b := w.browser().signIn("eve@example.com").confirm()
		begin := time.Now()
		taken := b.ask(changeMutation, map[string]any{"e": "BOB@example.com", "p": password})
		if took := time.Since(begin); took < 150*time.Millisecond {
			t.Errorf("%s is less than the time that hides the difference", took)
		}
		free := b.ask(changeMutation, map[string]any{"e": "eva@new.example", "p": password})
		if taken.refusal() != "" || taken.Status != free.Status || taken.Body != free.Body {
			t.Errorf("%s, %s", taken.Body, free.Body)
		}
		w.link("Bob@example.com", "Somebody wanted to use your address")
		token := w.link("eva@new.example", confirmNew)
		w.user("Eva", "Other", "eva@new.example")
		if r := b.ask(confirmChange, map[string]any{"t": token}); r.refusal() != "TAKEN token" {
			t.Errorf("taken meanwhile: %s", r.Body)
		}
		for range 3 {
			b.must("changeEmail", changeMutation, map[string]any{"e": "bob@example.com", "p": password})
		}
		if r := b.ask(changeMutation, map[string]any{"e": "bob@example.com", "p": password}); r.refusal() != "RATE_LIMITED" {
			t.Errorf("the sixth: %s", r.Body)
		}
	})
}

// One link, two hands: the address moves once (security.md #10, #86).
func TestOneChangeTwoHands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.proven("Eve", "eve@example.com")
		b := w.browser().signIn("eve@example.com").confirm()
		b.must("changeEmail", changeMutation, map[string]any{"e": "eva@new.example", "p": password})
		token := w.link("eva@new.example", confirmNew)
		var wg sync.WaitGroup
		answers := make([]reply, 3)
		for i := range answers {
			wg.Go(func() { answers[i] = b.ask(confirmChange, map[string]any{"t": token}) })
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
		if done != 1 || w.count("mails WHERE kind = 'EMAIL_CHANGED'") != 1 {
			t.Errorf("%d of them moved it", done)
		}
	})
}

// One's own profile: what is locked stays, what is wrong is said, an old version is refused (C9).
func TestUpdateProfile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.proven("Eve", "eve@example.com")
		b := w.browser().signIn("eve@example.com")
		update := func(version int, fields map[string]any) reply {
			fields["version"] = version
			return b.ask(profileMutation, map[string]any{"i": fields})
		}
		for _, c := range []struct {
			field string
			value any
			want  string
		}{
			{"firstName", " ", "REQUIRED firstName"},
			{"language", "xx", "INVALID language"},
			{"timeZone", "Mars/Olympus", "INVALID timeZone"},
			{"timeZone", "Local", "INVALID timeZone"},
			{"timeZone", "../../etc/passwd", "INVALID timeZone"},
		} {
			if r := update(1, map[string]any{c.field: c.value}); r.refusal() != c.want {
				t.Errorf("%s: %s, want %q", c.field, r.Body, c.want)
			}
		}
		r := update(1, map[string]any{"firstName": "Éva", "lastName": "", "language": "de", "timeZone": "Europe/Berlin"})
		payload, _ := r.Data["updateProfile"].(map[string]any)
		user, _ := payload["user"].(map[string]any)
		if user["firstName"] != "Éva" || user["language"] != "de" || user["timeZone"] != "Europe/Berlin" || user["version"] != 2. {
			t.Errorf("%s", r.Body)
		}
		if r := update(1, map[string]any{"firstName": "Eva"}); r.refusal() != "CONFLICT version" {
			t.Errorf("an old version: %s", r.Body)
		}
		w.choose(func(s *settings.Settings) { s.LockedProfile = []string{"firstName", "email"} })
		locked := b.must("installation", `{ installation { lockedProfile } }`, nil)["lockedProfile"]
		if list, _ := locked.([]any); len(list) != 2 {
			t.Errorf("locked: %v", locked)
		}
		if r := update(2, map[string]any{"firstName": "Eva", "lastName": "Moore"}); r.refusal() != "NOT_ALLOWED firstName" {
			t.Errorf("a locked field: %s", r.Body)
		}
		if r := update(2, map[string]any{"firstName": "Éva", "lastName": "Moore"}); r.refusal() != "" {
			t.Errorf("a locked field that stays: %s", r.Body)
		}
		b.confirm()
		if r := b.ask(changeMutation, map[string]any{"e": "eva@new.example", "p": password}); r.refusal() != "NOT_ALLOWED newEmail" {
			t.Errorf("a locked address: %s", r.Body)
		}
	})
}
