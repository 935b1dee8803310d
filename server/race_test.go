package main

import (
	"fmt"
	"sync"
	"testing"

	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
)

// atOnce asks the same of all browsers at the same moment, and counts the answers by their refusals.
func atOnce(browsers []*browser, query string, variables func(i int) map[string]any) map[string]int {
	answers := make([]string, len(browsers))
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i, b := range browsers {
		wg.Go(func() {
			<-start
			answers[i] = b.ask(query, variables(i)).refusal()
		})
	}
	close(start)
	wg.Wait()
	counts := map[string]int{}
	for _, a := range answers {
		counts[a]++
	}
	return counts
}

func same(n int, b *browser) []*browser {
	all := make([]*browser, n)
	for i := range all {
		all[i] = b
	}
	return all
}

// security.md #86: of those who do the same at the same moment one does it, and the others are told so.
func Test86AtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Ada", "ada@example.com", permission.Admins...)
		eve, bob := w.user("Eve", "Moore", "eve@example.com"), w.user("Bob", "Moore", "bob@example.com")
		w.enroll(eve)
		w.question(eve, "Bella")
		ada := same(4, w.browser().signIn("ada@example.com").confirm())
		check := func(what string, got map[string]int, done int, otherwise string) {
			t.Helper()
			if got[""] != done || got[otherwise] != len(ada)-done {
				t.Errorf("%s: %v, want %d done and the others %s", what, got, done, otherwise)
			}
		}
		check("changes of one version", atOnce(ada, updateMutation, func(i int) map[string]any {
			return map[string]any{"i": map[string]any{"userId": eve.GlobalID(), "version": 1, "firstName": fmt.Sprintf("Eve%d", i)}}
		}), 1, "CONFLICT version")
		check("switching two-factor off", atOnce(ada, disableMutation("disableTwoFactor"), func(int) map[string]any {
			return map[string]any{"u": eve.GlobalID(), "r": "lost"}
		}), 1, "NOT_ALLOWED userId")
		check("removing the question", atOnce(ada, disableMutation("disableSecurityQuestion"), func(int) map[string]any {
			return map[string]any{"u": eve.GlobalID(), "r": "lost"}
		}), 1, "NOT_ALLOWED userId")
		if n := w.count("mails WHERE kind IN ('TWO_FACTOR_DISABLED', 'SECURITY_QUESTION_DISABLED')"); n != 2 {
			t.Errorf("%d mails about two acts", n)
		}
		two := ada[:2]
		versions := []int{4, 1} // the three acts above changed one of them
		taken := atOnce(two, updateMutation, func(i int) map[string]any {
			who := []string{eve.GlobalID(), bob.GlobalID()}[i]
			return map[string]any{"i": map[string]any{"userId": who, "version": versions[i], "email": "Same@Example.com"}}
		})
		if taken[""] != 1 || taken["TAKEN email"] != 1 {
			t.Errorf("one address for two: %v", taken)
		}
	})
}

// security.md #12: of links that are asked for at the same moment the newest stands, alone.
func Test12NewestOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("Eve", "Moore", "eve@example.com")
		got := atOnce(same(3, w.browser()), requestMutation, func(int) map[string]any { return map[string]any{"e": "eve@example.com"} })
		if got[""] != 3 || w.count("mails") != 3 {
			t.Errorf("%v, %d mails", got, w.count("mails"))
		}
		if n := w.count("one_time_tokens WHERE used_at IS NULL"); n != 1 {
			t.Errorf("%d links stand", n)
		}
	})
}

// security.md #10, #15: two servers on one PostgreSQL use a link once between them, and what one changes holds on the
// other from the next request on.
func Test10TwoServers(t *testing.T) {
	source := dbtest.PostgreSQLSource(t)
	here, there := newWorld(t, dbtest.Open(t, source)), newWorld(t, dbtest.Open(t, source))
	ada := here.staff("Ada", "ada@example.com", permission.Admins...)
	here.user("Eve", "Moore", "eve@example.com")
	eve := there.browser().signIn("eve@example.com")
	here.browser().must("requestPasswordReset", requestMutation, map[string]any{"e": "eve@example.com"})
	token := here.link("eve@example.com", "Set a new password")
	hands := []*browser{here.browser(), there.browser(), here.browser(), there.browser()}
	got := atOnce(hands, resetMutation, func(i int) map[string]any {
		return map[string]any{"t": token, "p": fmt.Sprint(newPassword, i)}
	})
	if got[""] != 1 || got["EXPIRED token"] != 3 {
		t.Errorf("%v", got)
	}
	if kind := eve.must("viewer", `{ viewer { kind } }`, nil)["kind"]; kind != "ANONYMOUS" {
		t.Errorf("on the other server the session is %v", kind)
	}
	chief := there.browser().signIn("ada@example.com")
	chief.must("users", usersQuery, map[string]any{"first": 1})
	if _, err := here.db.Writer().ExecContext(t.Context(), "UPDATE roles SET permissions = '[]' WHERE id = (SELECT role_id FROM users WHERE id = $1)", ada.ID); err != nil {
		t.Fatal(err)
	}
	if r := chief.ask(usersQuery, map[string]any{"first": 1}); r.refusal() != "FORBIDDEN" {
		t.Errorf("without the permission, on the other server: %s", r.Body)
	}
}
