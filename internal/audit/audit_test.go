package audit_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/fault"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

func number(t *testing.T, d *db.DB, query string, args ...any) (n int) {
	t.Helper()
	if err := d.Reader().QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func record(t *testing.T, d *db.DB) {
	t.Helper()
	err := db.InTx(dbtest.System(t), d, func(ctx context.Context, tx *db.Tx) error {
		return audit.Record(ctx, tx, noon, audit.Entry{Action: audit.UserUpdated, Target: audit.OnUser(7), Detail: map[string]any{"before": "a"}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// security.md #67: no statement changes or removes an entry, nor what it says; the detail alone can be taken away.
func Test67EntriesStay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		record(t, d)
		statements := []string{
			"UPDATE audit_entries SET action = 'NOTHING'",
			"UPDATE audit_entries SET id = id + 1",
			"DELETE FROM audit_entries",
			"UPDATE audit_details SET detail = salt",
			"INSERT INTO audit_entries (id, at, action, outcome, actor_kind) SELECT id, at, 'NOTHING', outcome, actor_kind FROM audit_entries WHERE TRUE ON CONFLICT (id) DO UPDATE SET action = 'NOTHING'",
		}
		if d.Dialect == "postgres" {
			statements = append(statements, "TRUNCATE audit_details", "TRUNCATE audit_entries CASCADE")
		} else {
			statements = append(statements,
				"INSERT OR REPLACE INTO audit_details (id, salt, detail, entry_id) SELECT id, salt, salt, entry_id FROM audit_details",
				"REPLACE INTO audit_details (salt, detail, entry_id) SELECT salt, salt, entry_id FROM audit_details",
				"PRAGMA foreign_keys = OFF",
				"REPLACE INTO audit_entries (id, at, action, outcome, actor_kind) SELECT id, at, 'NOTHING', outcome, actor_kind FROM audit_entries")
		}
		for _, s := range statements {
			if _, err := d.Writer().ExecContext(t.Context(), s); err == nil && !strings.HasPrefix(s, "PRAGMA") {
				t.Errorf("%s: done", s)
			}
		}
		if number(t, d, "SELECT count(*) FROM audit_entries WHERE action = 'USER_UPDATED'") != 1 || number(t, d, "SELECT count(*) FROM audit_details") != 1 {
			t.Error("the entry is not what it was")
		}
		var salt, detail, hash []byte
		err := d.Reader().QueryRowContext(t.Context(), "SELECT d.salt, d.detail, e.detail_hash FROM audit_entries e JOIN audit_details d ON d.entry_id = e.id").Scan(&salt, &detail, &hash)
		if sum := sha256.Sum256(append(salt, detail...)); err != nil || string(sum[:]) != string(hash) {
			t.Errorf("the hash of salt and detail is another one (%v)", err)
		}
		if _, err := d.Writer().ExecContext(t.Context(), "DELETE FROM audit_details"); err != nil {
			t.Errorf("erasing the detail: %v", err)
		}
		record(t, d)
	})
}

// security.md #66: what cannot be recorded does not happen.
func Test66NoActWithoutEntry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if _, err := d.Writer().ExecContext(t.Context(), "ALTER TABLE audit_details RENAME TO elsewhere"); err != nil {
			t.Fatal(err)
		}
		entry := audit.Entry{Action: audit.UserUpdated}
		err := audit.Act(dbtest.System(t), d, clock, entry, func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.SQL.ExecContext(ctx, "INSERT INTO settings (id, value) VALUES ('act', 'done')"); err != nil {
				return err
			}
			return audit.Record(ctx, tx, noon, entry)
		})
		if err == nil || number(t, d, "SELECT count(*) FROM settings WHERE id = 'act'") != 0 {
			t.Errorf("it happened (%v)", err)
		}
	})
}

// security.md #66: a refusal is kept with who, from where and why, and undoes the act.
func Test66Refusals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := viewer.With(t.Context(), &viewer.Viewer{Kind: viewer.Staff, UserID: 3, SessionID: 4, RequestID: "R1", Device: "Browser"})
		refusal := fault.Missing("EDIT_USERS")
		err := audit.Act(ctx, d, clock, audit.Entry{Action: audit.UserUpdated, Target: audit.OnUser(7)}, func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.SQL.ExecContext(ctx, "INSERT INTO settings (id, value) VALUES ('act', 'done')"); err != nil {
				return err
			}
			return refusal
		})
		if !errors.Is(err, refusal) {
			t.Fatal(err)
		}
		if number(t, d, "SELECT count(*) FROM settings WHERE id = 'act'") != 0 {
			t.Error("it happened all the same")
		}
		n := number(t, d, `SELECT count(*) FROM audit_entries WHERE action = 'USER_UPDATED' AND outcome = 'FORBIDDEN' AND actor_kind = 'STAFF'
			AND actor_id = 3 AND session_id = 4 AND target_kind = 'USER' AND target_id = 7 AND request_id = 'R1'`)
		if n != 1 {
			t.Errorf("%d entries", n)
		}
		// Our own failure is no refusal of anybody.
		_ = audit.Act(ctx, d, clock, audit.Entry{Action: audit.UserUpdated}, func(context.Context, *db.Tx) error { return errors.New("broken") })
		if number(t, d, "SELECT count(*) FROM audit_entries") != 1 {
			t.Error("a failure was recorded as a refusal")
		}
	})
}
