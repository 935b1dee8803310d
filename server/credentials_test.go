package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/settings"
)

const moveMutation = `mutation($u: ID!, $v: Int!, $e: String) { updateUser(input: {userId: $u, version: $v, email: $e}) { user { email } userErrors { field code } } }`

// #33, C9: staff move nobody's address without a proof, and their own not at all.
func Test33AnotherAddressTakesAProof(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ada := w.staff("Ada", "ada@example.com", permission.Admins...)
		b := w.browser().signIn("ada@example.com")
		r := b.ask(moveMutation, map[string]any{"u": ada.GlobalID(), "v": 1, "e": "evil@example.net"})
		if r.refusal() != "NOT_ALLOWED email" {
			t.Errorf("one's own address, by the way of staff: %s", r.Body)
		}
		eve := w.user("Eve", "Moore", "eve@example.com")
		move := map[string]any{"u": eve.GlobalID(), "v": 1, "e": "evil@example.net"}
		if r := b.ask(moveMutation, move); r.refusal() != "SUDO_REQUIRED" {
			t.Errorf("a customer's address, without a proof: %s", r.Body)
		}
		if n := w.count("users WHERE email = 'evil@example.net'"); n != 0 {
			t.Error("moved")
		}
		if r := b.confirm().ask(moveMutation, move); r.refusal() != "" {
			t.Errorf("a customer's address, with a proof: %s", r.Body)
		}
	})
}

// C13, #35: staff switch their own last factor off although it is demanded.
func Test35StaffRemoveNoFactorOfTheirOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ada := w.staff("Ada", "ada@example.com", permission.Admins...)
		w.enroll(ada)
		w.tx(storeRule)
		b := w.browser()
		b.must("signIn", signInMutation, map[string]any{"e": "ada@example.com", "p": password})
		b.must("verifySecondFactor", `mutation($c: String) { verifySecondFactor(input: {code: $c}) { userErrors { code } } }`, map[string]any{"c": w.code()})
		w.later(time.Minute)
		b.must("confirmIdentity", `mutation($p: String!, $c: String) { confirmIdentity(input: {password: $p, code: $c}) { sudoUntil userErrors { code } } }`, map[string]any{"p": password, "c": w.code()})
		if r := b.ask(`mutation { removeTotp { userErrors { code } } }`, nil); r.refusal() != "NOT_ALLOWED" {
			t.Fatalf("own way: %s", r.Body)
		}
		r := b.ask(`mutation($u: ID!) { disableTwoFactor(input: {userId: $u, reason: "x reason"}) { userErrors { field code } } }`, map[string]any{"u": ada.GlobalID()})
		if r.refusal() != "NOT_ALLOWED userId" {
			t.Errorf("switched off though required: %s", r.Body)
		}
	})
}

// #26: the own-data export must not tell whether another address has a user.
func Test26ExportTellsOfNoAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("Eve", "Moore", "eve@example.com")
		w.user("Vic", "Tim", "taken@example.com")
		b := w.browser().signIn("eve@example.com").confirm()
		seen := map[string]bool{}
		for _, wanted := range []string{"taken@example.com", "free@example.com"} {
			b.must("changeEmail", `mutation($e: String!, $p: String) { changeEmail(input: {newEmail: $e, password: $p}) { userErrors { field code } } }`,
				map[string]any{"e": wanted, "p": password})
			_, body := b.ownData(nil)
			_, mails, _ := strings.Cut(body, `"mails"`)
			mails, _, _ = strings.Cut(mails, `"audit"`)
			seen[wanted] = strings.Contains(mails, wanted)
		}
		if seen["taken@example.com"] != seen["free@example.com"] {
			t.Errorf("the export tells them apart: %v", seen)
		}
	})
}

// #23, #24: the choice of an answer must not be an unlimited test of the password.
func Test24ChoosingAnAnswerTestsNoPassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("Eve", "Moore", "eve@example.com")
		b := w.browser().signIn("eve@example.com").confirm()
		const nowhere = `mutation($a: String!) { setSecurityQuestion(input: {questionId: "cXVlc3Rpb246OTk5", answer: $a}) { userErrors { field code } } }`
		for i := range 20 {
			b.ask(nowhere, map[string]any{"a": "guess number " + strings.Repeat("x", i+1)})
		}
		if right := b.ask(nowhere, map[string]any{"a": password}); right.refusal() != "RATE_LIMITED" {
			t.Errorf("the guess after twenty, which is right: %s", right.Body)
		}
	})
}

// #34: who registered with a stranger's address must not keep its owner out by a security question.
func Test34QuestionOfAStrangerKeepsNobodyOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve := w.user("Mallory", "M", "victim@example.com") // unverified, as registered by somebody else
		w.question(eve, "only the attacker knows")
		w.browser().must("requestPasswordReset", `mutation { requestPasswordReset(input: {email: "victim@example.com"}) { userErrors { code } } }`, nil)
		token := w.link("victim@example.com", "Set a new password")
		r := w.browser().ask(`mutation($t: String!) { resetPassword(input: {token: $t, newPassword: "seven purple walruses hum"}) { done userErrors { field code } } }`, map[string]any{"t": token})
		if r.refusal() != "" {
			t.Errorf("the owner of the mailbox is kept out by what a stranger set up: %s", r.Body)
		}
	})
}

// #24, #39: staff must not find an answer out by trying; whoever checks answers must not clear their own count of tries.
func Test39StaffFindNoAnswerOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve := w.user("Eve", "Moore", "eve@example.com")
		w.question(eve, "bella")
		w.staff("Kim", "kim@example.com", permission.ResetUserPassword, permission.ListUsers)
		kim := w.browser().signIn("kim@example.com")
		for i := range 40 {
			if i%10 == 9 {
				kim.must("clearUserLock", clearLock, map[string]any{"u": eve.GlobalID()})
			}
			if got := kim.must("checkSecurityAnswer", checkAnswer, map[string]any{"u": eve.GlobalID(), "a": "guess" + strings.Repeat("x", i)}); got["match"] == true {
				t.Fatal("matched")
			}
		}
		kim.must("clearUserLock", clearLock, map[string]any{"u": eve.GlobalID()})
		if kim.must("checkSecurityAnswer", checkAnswer, map[string]any{"u": eve.GlobalID(), "a": "bella"})["match"] == true {
			t.Error("the 41st guess within a minute is told to match")
		}
	})
}

func storeRule(ctx context.Context, tx *db.Tx) error {
	s, err := settings.Load(ctx, tx.Client)
	if err != nil {
		return err
	}
	s.TwoFactor = settings.TwoFactorRule{Staff: true}
	return settings.Store(ctx, tx, s)
}
