package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/securityquestion"
	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
)

const (
	createQuestion = `mutation($t: [SecurityQuestionTextInput!]!) { createSecurityQuestion(input: {texts: $t}) {
		question { id text retired uses texts { language text } } userErrors { field code message } } }`
	updateQuestion = `mutation($q: ID!, $t: [SecurityQuestionTextInput!]!) { updateSecurityQuestion(input: {questionId: $q, texts: $t}) {
		question { id text } userErrors { field code message } } }`
	retireQuestion  = `mutation($q: ID!) { retireSecurityQuestion(input: {questionId: $q}) { question { retired } userErrors { field code message } } }`
	restoreQuestion = `mutation($q: ID!) { restoreSecurityQuestion(input: {questionId: $q}) { question { retired } userErrors { field code message } } }`
	deleteQuestion  = `mutation($q: ID!) { deleteSecurityQuestion(input: {questionId: $q}) {
		deletedId question { uses } userErrors { field code message } } }`
	reorderQuestions = `mutation($q: [ID!]!) { reorderSecurityQuestions(input: {questionIds: $q}) { questions { id } userErrors { field code message } } }`
	setQuestion      = `mutation($q: ID!, $a: String!, $c: String) { setSecurityQuestion(input: {questionId: $q, answer: $a, currentAnswer: $c}) {
		user { securityQuestionSet securityQuestionSince securityQuestion { text } } userErrors { field code message } } }`
	removeQuestion = `mutation($c: String!) { removeOwnSecurityQuestion(input: {currentAnswer: $c}) {
		user { securityQuestionSet } userErrors { field code message } } }`
	checkAnswer = `mutation($u: ID!, $a: String!) { checkSecurityAnswer(input: {userId: $u, answer: $a}) { match userErrors { field code message } } }`
	disable     = `mutation($u: ID!) { disableSecurityQuestion(input: {userId: $u, reason: "Asked on the phone"}) { userErrors { code } } }`
	clearLock   = `mutation($u: ID!) { clearUserLock(input: {userId: $u}) { user { secondFactorLock { until } signInLock { until } } userErrors { field code } } }`
)

func texts(pairs ...string) []map[string]any {
	var list []map[string]any
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, map[string]any{"language": pairs[i], "text": pairs[i+1]})
	}
	return list
}

// question makes one of the list, and returns its global ID.
func (b *browser) question(en string) string {
	b.t.Helper()
	made, _ := b.must("createSecurityQuestion", createQuestion, map[string]any{"t": texts("en", en)})["question"].(map[string]any)
	id, _ := made["id"].(string)
	return id
}

func ids(list any) string {
	var found []string
	rows, _ := list.([]any)
	for _, row := range rows {
		one, _ := row.(map[string]any)
		found = append(found, fmt.Sprint(one["id"]))
	}
	return strings.Join(found, " ")
}

// recorded is all that the audit log knows in detail.
func (w *world) recorded() string {
	w.t.Helper()
	rows, err := w.db.AuditDetail.Query().All(dbtest.System(w.t))
	if err != nil {
		w.t.Fatal(err)
	}
	var all strings.Builder
	for _, row := range rows {
		all.Write(row.Detail)
	}
	return all.String()
}

// Staff keep the list: made, translated, ordered, retired, restored, deleted; each act is recorded (product.md part 8).
func TestListOfQuestions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Kim", "kim@example.com", permission.ConfigureSecurityQuestions)
		eve := w.user("Eve", "Moore", "eve@example.com")
		kim, nobody := w.browser().signIn("kim@example.com"), w.browser()
		on := func() any {
			return nobody.must("installation", `{ installation { securityQuestionsOn } }`, nil)["securityQuestionsOn"]
		}
		if on() != false {
			t.Error("on without a question")
		}
		for _, c := range []struct {
			texts []map[string]any
			want  string
		}{
			{texts("de", "Ihr erstes Auto?"), "REQUIRED texts en"},
			{texts("en", "  "), "REQUIRED texts en"},
			{texts("en", "Your first car?", "tlh", "nuq"), "INVALID texts"},
			{texts("en", "Your first car?", "en", "Your second car?"), "INVALID texts"},
			{texts("en", strings.Repeat("x", 201)), "TOO_LONG texts en"},
			{texts("en", "Your\u202Efirst car?"), "INVALID texts en"},
		} {
			if r := kim.ask(createQuestion, map[string]any{"t": c.texts}); r.refusal() != c.want {
				t.Errorf("%v: %s, want %s", c.texts, r.Body, c.want)
			}
		}
		car, pet, town := kim.question("Your first car?"), kim.question(" Your  first pet? "), kim.question("Where were you born?")
		kim.must("updateSecurityQuestion", updateQuestion, map[string]any{"q": pet, "t": texts("en", "Your first pet?", "de", "Ihr erstes Haustier?")})
		kim.must("reorderSecurityQuestions", reorderQuestions, map[string]any{"q": []string{pet, town, car}})
		nobody.header.Set("Accept-Language", "de-AT")
		r := nobody.ask(`{ securityQuestions { id text english: text(language: "en-GB") } }`, nil)
		if on() != true || ids(r.Data["securityQuestions"]) != pet+" "+town+" "+car ||
			!strings.Contains(r.Body, `"text":"Ihr erstes Haustier?","english":"Your first pet?"`) {
			t.Errorf("to choose among: %s", r.Body)
		}
		if r := kim.ask(reorderQuestions, map[string]any{"q": []string{pet, town}}); r.refusal() != "CONFLICT questionIds" {
			t.Errorf("an order that forgets one: %s", r.Body)
		}
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			q, err := tx.SecurityQuestion.Query().Order(securityquestion.ByID()).First(ctx)
			if err != nil {
				return err
			}
			return tx.SecurityAnswer.Create().SetUserID(eve.ID).SetQuestion(q).SetHash("x").SetSetAt(w.now).Exec(ctx)
		})
		r = kim.ask(deleteQuestion, map[string]any{"q": car})
		if r.refusal() != "IN_USE questionId" || !strings.Contains(r.Body, `"uses":1`) {
			t.Errorf("deleting one in use: %s", r.Body)
		}
		kim.must("deleteSecurityQuestion", deleteQuestion, map[string]any{"q": town})
		if r := kim.ask(deleteQuestion, map[string]any{"q": town}); r.refusal() != "NOT_FOUND" {
			t.Errorf("deleting twice: %s", r.Body)
		}
		kim.must("retireSecurityQuestion", retireQuestion, map[string]any{"q": car})
		kim.must("retireSecurityQuestion", retireQuestion, map[string]any{"q": pet})
		if r := nobody.ask(`{ securityQuestions { id } }`, nil); on() != false || ids(r.Data["securityQuestions"]) != "" {
			t.Errorf("all retired: %s", r.Body)
		}
		if r := kim.ask(`{ allSecurityQuestions { id retired } }`, nil); ids(r.Data["allSecurityQuestions"]) != pet+" "+car {
			t.Errorf("the whole list: %s", r.Body)
		}
		if r := kim.ask(`query($q: ID!) { node(id: $q) { id } }`, map[string]any{"q": car}); !strings.Contains(r.Body, car) {
			t.Errorf("a retired one as a node: %s", r.Body)
		}
		kim.must("restoreSecurityQuestion", restoreQuestion, map[string]any{"q": pet})
		if on() != true {
			t.Error("off with a question restored")
		}
		if n := w.count("audit_entries WHERE action LIKE 'QUESTION%' AND outcome = 'DONE'"); n != 9 {
			t.Errorf("%d entries", n)
		}
		// What staff see of the list is for those who keep it (security.md #40).
		r = nobody.ask(`{ securityQuestions { text uses retired texts { text } } }`, nil)
		if r.refusal() != "UNAUTHENTICATED" || strings.Contains(r.Body, `"uses":0`) || !strings.Contains(r.Body, "Haustier") {
			t.Errorf("nobody sees %s", r.Body)
		}
	})
}

// The user's own pair: what is refused as an answer (security.md #38), the current answer to change or remove it, and a
// fresh proof of identity (#33); the mail about its end (#36).
func Test38OwnQuestion(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Kim", "kim@example.com", permission.ConfigureSecurityQuestions)
		w.user("Eve", "Moore", "eve@example.com")
		kim, eve := w.browser().signIn("kim@example.com"), w.browser().signIn("eve@example.com")
		pet, car := kim.question("Your first pet?"), kim.question("Your first car?")
		retired := kim.question("Your shoe size?")
		kim.must("retireSecurityQuestion", retireQuestion, map[string]any{"q": retired})
		if r := eve.ask(setQuestion, map[string]any{"q": pet, "a": "Bella"}); r.refusal() != "SUDO_REQUIRED" {
			t.Errorf("without a proof: %s", r.Body)
		}
		eve.confirm()
		for _, c := range []struct{ question, answer, want string }{
			{pet, " ", "REQUIRED answer"},
			{pet, " é ", "TOO_SHORT answer"},
			{pet, "ab", "TOO_SHORT answer"},
			{pet, strings.Repeat("x", 129), "TOO_LONG answer"},
			{pet, strings.Repeat("é", 40_000), "TOO_LONG answer"},
			{pet, "EVE", "NOT_ALLOWED answer"},
			{pet, "moore, eve", "NOT_ALLOWED answer"},
			{pet, "Eve@Example.com", "NOT_ALLOWED answer"},
			{pet, "your first PET", "NOT_ALLOWED answer"},
			{pet, password, "NOT_ALLOWED answer"},
			{pet, strings.ToUpper(password), "NOT_ALLOWED answer"},
			{retired, "forty-two", "NOT_ALLOWED questionId"},
			{"cXVlc3Rpb246OTk5", "forty-two", "NOT_ALLOWED questionId"},
			{"dXNlcjox", "forty-two", "NOT_FOUND"},
		} {
			if r := eve.ask(setQuestion, map[string]any{"q": c.question, "a": c.answer}); r.refusal() != c.want {
				t.Errorf("%.40q: %s, want %s", c.answer, r.Body, c.want)
			}
		}
		user, _ := eve.must("setSecurityQuestion", setQuestion, map[string]any{"q": pet, "a": "  Bella \u3000 CIAO ﬁ "})["user"].(map[string]any)
		if user["securityQuestionSet"] != true || user["securityQuestionSince"] != "2026-03-01T12:00:00Z" {
			t.Errorf("set: %v", user)
		}
		if n := w.count("security_answers WHERE hash LIKE '$argon2id$%'"); n != 1 {
			t.Errorf("%d hashed answers", n)
		}
		w.link("eve@example.com", "Your security question was set")
		for current, want := range map[string]string{"": "REQUIRED currentAnswer", "Rex": "WRONG currentAnswer"} {
			if r := eve.ask(setQuestion, map[string]any{"q": car, "a": "Volvo", "c": current}); r.refusal() != want {
				t.Errorf("changed with %q: %s", current, r.Body)
			}
		}
		user, _ = eve.must("setSecurityQuestion", setQuestion, map[string]any{"q": car, "a": "Volvo", "c": "bella ciao fi"})["user"].(map[string]any)
		if q, _ := user["securityQuestion"].(map[string]any); q["text"] != "Your first car?" {
			t.Errorf("changed: %v", user)
		}
		if n := w.count("mails WHERE kind = 'SECURITY_QUESTION_SET'"); n != 2 {
			t.Errorf("%d mails of two choices", n)
		}
		if r := eve.ask(removeQuestion, map[string]any{"c": "bella ciao fi"}); r.refusal() != "WRONG currentAnswer" {
			t.Errorf("removed with the former answer: %s", r.Body)
		}
		eve.must("removeOwnSecurityQuestion", removeQuestion, map[string]any{"c": "VOLVO"})
		w.link("eve@example.com", "You removed your security question")
		if r := eve.ask(removeQuestion, map[string]any{"c": "VOLVO"}); r.refusal() != "NOT_ALLOWED currentAnswer" {
			t.Errorf("removed twice: %s", r.Body)
		}
		if n := w.count("audit_entries WHERE action LIKE 'SECURITY_QUESTION%' AND outcome = 'DONE'"); n != 3 {
			t.Errorf("%d entries", n)
		}
		if n := w.count("audit_entries WHERE action LIKE 'SECURITY_QUESTION%' AND outcome = 'WRONG'"); n != 2 {
			t.Errorf("%d refusals recorded", n)
		}
		if all := w.recorded(); !strings.Contains(all, "questionId") || strings.Contains(strings.ToLower(all), "volvo") || strings.Contains(strings.ToLower(all), "ciao") {
			t.Errorf("the audit log holds %s", all)
		}
	})
}

// After staff removed the pair, a new one needs no old answer (product.md A8); a retired question is still asked.
func TestNewPairAfterStaffRemovedIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Ada", "ada@example.com", permission.Admins...)
		u := w.proven("Eve", "eve@example.com")
		ada, eve := w.browser().signIn("ada@example.com").confirm(), w.browser().signIn("eve@example.com").confirm()
		pet := ada.question("Your first pet?")
		eve.must("setSecurityQuestion", setQuestion, map[string]any{"q": pet, "a": "Bella"})
		ada.must("disableSecurityQuestion", disable, map[string]any{"u": u.GlobalID()})
		eve.must("setSecurityQuestion", setQuestion, map[string]any{"q": pet, "a": "Rex"})
		ada.must("retireSecurityQuestion", retireQuestion, map[string]any{"q": pet})
		w.browser().must("requestPasswordReset", requestMutation, map[string]any{"e": "eve@example.com"})
		shown := w.browser().must("passwordResetByToken", previewQuery, map[string]any{"t": w.link("eve@example.com", "Set a new password")})
		if shown["question"] != "Your first pet?" {
			t.Errorf("asked: %v", shown)
		}
	})
}

// Two who set the first answer at once, and two who change it: one of them does (security.md #45, #86).
func Test45TwoAnswersAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Kim", "kim@example.com", permission.ConfigureSecurityQuestions)
		w.user("Eve", "Moore", "eve@example.com")
		pet := w.browser().signIn("kim@example.com").question("Your first pet?")
		var eves []*browser
		for range 3 {
			eves = append(eves, w.browser().signIn("eve@example.com").confirm())
		}
		for _, current := range []any{nil, "answer 0"} {
			answers := make([]reply, len(eves))
			var wg sync.WaitGroup
			for i, eve := range eves {
				wg.Go(func() {
					answers[i] = eve.ask(setQuestion, map[string]any{"q": pet, "a": fmt.Sprintf("answer %d", i+1), "c": current})
				})
			}
			wg.Wait()
			done := 0
			for _, r := range answers {
				switch r.refusal() {
				case "":
					done++
				case "CONFLICT questionId", "REQUIRED currentAnswer", "WRONG currentAnswer":
				default:
					t.Errorf("%s", r.Body)
				}
			}
			if done != 1 || w.count("security_answers") != 1 {
				t.Errorf("%d of them set it, %d are there", done, w.count("security_answers"))
			}
			eves[0].must("removeOwnSecurityQuestion", removeQuestion, map[string]any{"c": w.winner(answers)})
			eves[0].must("setSecurityQuestion", setQuestion, map[string]any{"q": pet, "a": "answer 0"})
		}
	})
}

// winner is the answer of the one who was not refused.
func (w *world) winner(answers []reply) string {
	for i, r := range answers {
		if r.refusal() == "" {
			return fmt.Sprintf("answer %d", i+1)
		}
	}
	w.t.Fatal("nobody won")
	return ""
}

// Staff see match or no match and nothing else (security.md #37); wrong ones count with those of every surface (#24) and
// burn the reset link (#39); nobody reaches up (#46); each check is recorded.
func Test39StaffCheckOfAnAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Sue", "sue@example.com", permission.ListUsers, permission.ResetUserPassword)
		chief := w.staff("Ada", "ada@example.com", permission.Admins...)
		eve, bob := w.user("Eve", "Moore", "eve@example.com"), w.user("Bob", "Moore", "bob@example.com")
		w.question(eve, "Bella")
		sue := w.browser().signIn("sue@example.com")
		check := func(u *ent.User, answer string) reply {
			t.Helper()
			return sue.ask(checkAnswer, map[string]any{"u": u.GlobalID(), "a": answer})
		}
		if r := check(bob, "Bella"); r.refusal() != "NOT_ALLOWED userId" {
			t.Errorf("without a question: %s", r.Body)
		}
		if r := check(chief, "Bella"); r.refusal() != "FORBIDDEN" {
			t.Errorf("upwards: %s", r.Body)
		}
		if r := check(eve, " "); r.refusal() != "REQUIRED answer" {
			t.Errorf("nothing said: %s", r.Body)
		}
		shown, _ := sue.must("user", `query($u: ID!) { user(id: $u) { securityQuestion { text(language: "de") } } }`,
			map[string]any{"u": eve.GlobalID()})["securityQuestion"].(map[string]any)
		if shown["text"] != "Ihr erstes Haustier?" {
			t.Errorf("the question: %v", shown)
		}
		matches := func(answer string, want bool) {
			t.Helper()
			if r := check(eve, answer); !strings.Contains(r.Body, fmt.Sprintf(`{"checkSecurityAnswer":{"match":%v,`, want)) {
				t.Errorf("%q: %s, want %v", answer, r.Body, want)
			}
		}
		w.browser().must("requestPasswordReset", requestMutation, map[string]any{"e": "eve@example.com"})
		token := w.link("eve@example.com", "Set a new password")
		for range 12 { // right ones are given back
			matches(" bella ", true)
		}
		for range 5 {
			matches("Rex", false)
		}
		if r := w.browser().ask(resetMutation, map[string]any{"t": token, "a": "Bella", "p": newPassword}); r.refusal() != "EXPIRED token" {
			t.Errorf("the reset link after five wrong ones: %s", r.Body)
		}
		for range 5 {
			matches("Rex", false)
		}
		matches("Bella", false)
		locked := func() any {
			return sue.must("user", `query($u: ID!) { user(id: $u) { secondFactorLock { until } } }`, map[string]any{"u": eve.GlobalID()})["secondFactorLock"]
		}
		if until, _ := locked().(map[string]any); until["until"] != "2026-03-01T12:15:00Z" {
			t.Errorf("locked until %v", until)
		}
		w.later(15 * time.Minute)
		if lock := locked(); lock != nil {
			t.Errorf("later still locked: %v", lock)
		}
		matches("Bella", false) // as long as the wrong ones of a day count
		w.later(24 * time.Hour)
		sue = w.browser().signIn("sue@example.com")
		matches("Bella", true)
		if n := w.count("audit_entries WHERE action = 'SECURITY_ANSWER_CHECKED' AND target_id = $1 AND outcome = 'DONE'", eve.ID); n != 25 {
			t.Errorf("%d checks recorded", n)
		}
		if n := w.count("audit_entries WHERE action = 'SECURITY_ANSWER_CHECKED' AND outcome = 'FORBIDDEN'"); n != 1 {
			t.Errorf("%d refusals recorded", n)
		}
		if all := w.recorded(); !strings.Contains(all, `"match":true`) || strings.Contains(strings.ToLower(all), "bella") || strings.Contains(all, "Rex") {
			t.Errorf("the audit log holds %s", all)
		}
	})
}

// Staff see the locks of a user and clear them (security.md #22, #23), not upwards (#46) and not their own.
func Test22LocksAreSeenAndCleared(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		sueUser := w.staff("Sue", "sue@example.com", permission.ListUsers, permission.ResetUserPassword)
		chief := w.staff("Ada", "ada@example.com", permission.Admins...)
		eve := w.user("Eve", "Moore", "eve@example.com")
		sue := w.browser().signIn("sue@example.com")
		wrong := func(times int) {
			for range times {
				w.browser().ask(signInMutation, map[string]any{"e": "eve@example.com", "p": "wrong " + password})
			}
		}
		lock := func() map[string]any {
			found, _ := sue.must("user", `query($u: ID!) { user(id: $u) { signInLock { until } } }`, map[string]any{"u": eve.GlobalID()})["signInLock"].(map[string]any)
			return found
		}
		wrong(5)
		if found := lock(); found != nil {
			t.Errorf("after five: %v", found)
		}
		wrong(1)
		if found := lock(); found["until"] != "2026-03-01T12:00:02Z" {
			t.Errorf("after six: %v", found)
		}
		if r := w.browser().ask(signInMutation, map[string]any{"e": "eve@example.com", "p": password}); r.refusal() != "WRONG" {
			t.Errorf("the right one: %s", r.Body)
		}
		for u, want := range map[*ent.User]string{sueUser: "NOT_ALLOWED userId", chief: "FORBIDDEN"} {
			if r := sue.ask(clearLock, map[string]any{"u": u.GlobalID()}); r.refusal() != want {
				t.Errorf("%s: %s, want %s", u.FirstName, r.Body, want)
			}
		}
		user, _ := sue.must("clearUserLock", clearLock, map[string]any{"u": eve.GlobalID()})["user"].(map[string]any)
		if user["signInLock"] != nil || lock() != nil {
			t.Errorf("cleared: %v", user)
		}
		w.browser().signIn("eve@example.com")
		if n := w.count("audit_entries WHERE action = 'LOCK_CLEARED' AND target_id = $1 AND outcome = 'DONE'", eve.ID); n != 1 {
			t.Errorf("%d entries", n)
		}
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.SQL.ExecContext(ctx, "INSERT INTO throttles (id, tries, since, until) VALUES ($1, 100, $2, $2)",
				fmt.Sprintf("password:user:%d", eve.ID), w.now)
			return err
		})
		if found := lock(); found == nil || found["until"] != nil {
			t.Errorf("after a hundred: %v", found)
		}
	})
}
