package audit_test

import (
	"strings"
	"testing"
	"time"

	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/fault"
)

// Of one person so many refusals are entries in an hour, by however many tokens; the rest is counted, and told once the
// hour is over, whether somebody is refused again or not.
func TestRefusalsAreBounded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		r := &audit.Refusals{DB: d, Now: func() time.Time { return at }, Most: 5}
		note := func(v viewer.Viewer, fields int) {
			t.Helper()
			list := make([]audit.Refusal, fields)
			for i := range list {
				list[i] = audit.Refusal{Entry: audit.Entry{Action: audit.AccessRefused}, Err: fault.New(fault.Forbidden, "No.")}
			}
			if err := r.Note(viewer.With(t.Context(), &v), at, list); err != nil {
				t.Fatal(err)
			}
		}
		// told are the entries of a user, and those among them that tell of more.
		told := func(when string, user, entries, summaries int, last string) {
			t.Helper()
			rows, err := d.Reader().QueryContext(t.Context(), `SELECT d.detail FROM audit_entries e JOIN audit_details d ON d.entry_id = e.id
				WHERE e.actor_id = $1 AND e.action = 'ACCESS_REFUSED' AND e.outcome = 'FORBIDDEN'`, user)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			var n, more int
			for ; rows.Next(); n++ {
				var detail []byte
				if err := rows.Scan(&detail); err != nil {
					t.Fatal(err)
				}
				if strings.Contains(string(detail), last) {
					more++
				}
			}
			if n != entries || more != summaries {
				t.Errorf("%s: %d entries of user %d, %d of them tell of %s; want %d, %d", when, n, user, more, last, entries, summaries)
			}
		}
		eve := viewer.Viewer{Kind: viewer.User, UserID: 7}
		token := viewer.Viewer{Kind: viewer.Token, TokenID: 3, MadeBy: 7, MakerID: 7}
		note(eve, 4)
		note(token, 3)
		note(eve, 1)
		note(viewer.Viewer{Kind: viewer.User, UserID: 8}, 2)
		told("within the hour", 7, 5, 0, `"more"`)
		told("somebody else", 8, 2, 0, `"more"`)
		at = at.Add(time.Hour - time.Second)
		if err := r.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		told("swept too early", 7, 5, 0, `"more"`)
		at = at.Add(time.Second)
		note(eve, 6)
		told("refused in the next hour", 7, 5+1+5, 1, `"more":3,`)
		at = at.Add(time.Hour)
		for range 2 {
			if err := r.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		told("swept", 7, 5+1+5+1, 1, `"more":1,`)
	})
}
