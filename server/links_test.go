package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
)

// #11: looking at a link, as mail scanners do, uses nothing up: neither its page nor the query behind the page.
func Test11LooksUseNothingUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if r := w.browser().register(application("eve@example.com")); r.refusal() != "" {
			t.Fatal(r.Body)
		}
		verify := w.link("eve@example.com", pleaseConfirm)
		nobody := w.browser()
		nobody.must("requestPasswordReset", requestMutation, map[string]any{"e": "eve@example.com"})
		reset := w.link("eve@example.com", setPassword)
		for range 3 {
			for _, page := range []string{"/verify-email?" + verify, "/reset?" + reset} {
				response, err := nobody.client.Get(w.server.URL + page)
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
				if response.StatusCode != http.StatusOK {
					t.Errorf("%s: %d", page, response.StatusCode)
				}
			}
			if shown := nobody.must("emailVerificationByToken", verifyPreview, map[string]any{"t": verify}); shown["address"] != "eve@example.com" {
				t.Errorf("the verification link shows %v", shown)
			}
			if r := nobody.ask(previewQuery, map[string]any{"t": reset}); r.Data["passwordResetByToken"] == nil {
				t.Errorf("the reset link shows %s", r.Body)
			}
		}
		if n := w.count("one_time_tokens WHERE used_at IS NOT NULL") + w.count("users WHERE email_verified"); n != 0 {
			t.Errorf("%d things happened", n)
		}
		nobody.must("resetPassword", resetMutation, map[string]any{"t": reset, "p": newPassword})
	})
}

// written is every value of a table, as text.
func (w *world) written(table string) string {
	w.t.Helper()
	rows, err := w.db.Reader().QueryContext(w.t.Context(), "SELECT * FROM "+table)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		w.t.Fatal(err)
	}
	var all strings.Builder
	for rows.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			w.t.Fatal(err)
		}
		for _, v := range values {
			fmt.Fprintf(&all, "%s ", v)
		}
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return all.String()
}

// #13: the token of a link is in the mail alone: neither in an answer, also to staff who caused it, nor in any row.
func Test13TokensStayInTheirMails(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Ada", "ada@example.com", permission.Admins...)
		eve := w.user("Eve", "Moore", "eve@example.com")
		ada := w.browser().signIn("ada@example.com")
		var answers strings.Builder
		tokens := []string{}
		ask := func(b *browser, query string, variables map[string]any, subject string) {
			t.Helper()
			answers.WriteString(b.ask(query, variables).Body)
			tokens = append(tokens, w.link("eve@example.com", subject))
		}
		ask(ada, sendMutation, map[string]any{"u": eve.GlobalID()}, setPassword)
		ask(w.browser(), requestMutation, map[string]any{"e": "eve@example.com"}, setPassword)
		ask(ada, resendMutation, map[string]any{"u": eve.GlobalID()}, pleaseConfirm)
		answers.WriteString(w.browser().ask(resetMutation, map[string]any{"t": tokens[1], "p": "short"}).Body)
		answers.WriteString(w.browser().ask(verifyMutation, map[string]any{"t": tokens[2]}).Body)
		kept := answers.String()
		for _, table := range []string{"audit_entries", "audit_details", "mails", "one_time_tokens", "river_job", "throttles", "sign_ins", "users"} {
			kept += w.written(table)
		}
		for i, token := range tokens {
			if _, random, found := strings.Cut(token, "_"); !found || len(random) != 43 {
				t.Fatalf("token %d is %q", i, token)
			} else if strings.Contains(kept, random) {
				t.Errorf("token %d was answered or stored", i)
			}
		}
	})
}
