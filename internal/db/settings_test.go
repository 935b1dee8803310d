package db_test

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roster/internal/db"
	"roster/internal/dbtest"
)

func inForce(t *testing.T, d *db.DB, write bool, query string) (value string) {
	t.Helper()
	pool := d.Reader()
	if write {
		pool = d.Writer()
	}
	if err := pool.QueryRowContext(t.Context(), query).Scan(&value); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return value
}

// security.md #78: the settings are in force on the connections that are used, not only asked for.
func Test78SQLiteSettings(t *testing.T) {
	d := dbtest.SQLite(t)
	for _, write := range []bool{true, false} {
		for pragma, want := range map[string]string{
			"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000",
			"query_only": map[bool]string{true: "0", false: "1"}[write],
		} {
			if got := inForce(t, d, write, "PRAGMA "+pragma); got != want {
				t.Errorf("%s is %s, want %s (writer: %v)", pragma, got, want, write)
			}
		}
	}
	if n := d.Writer().Stats().MaxOpenConnections; n != 1 {
		t.Errorf("%d connections write", n)
	}
	// An immediate transaction holds the right to write before its first statement.
	tx, err := d.Writer().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	other := dbtest.Open(t, sourceOf(t, d))
	if _, err := other.Writer().ExecContext(t.Context(), "PRAGMA busy_timeout = 0"); err != nil {
		t.Fatal(err)
	}
	if second, err := other.Writer().BeginTx(t.Context(), nil); err == nil {
		_ = second.Rollback()
		t.Error("two transactions may write at once")
	} else if !db.Unavailable(err) {
		t.Errorf("the second one: %v", err)
	}
}

func sourceOf(t *testing.T, d *db.DB) string {
	t.Helper()
	return filepath.Clean(inForce(t, d, false, "SELECT file FROM pragma_database_list WHERE name = 'main'"))
}

// security.md #79.
func Test79PostgreSQLSettings(t *testing.T) {
	d := dbtest.PostgreSQL(t)
	for name, want := range map[string]string{
		"lock_timeout": "3s", "idle_in_transaction_session_timeout": "15s", "statement_timeout": "15s", "TimeZone": "UTC",
	} {
		if got := inForce(t, d, true, "SHOW "+name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if n := d.Writer().Stats().MaxOpenConnections; n < 1 {
		t.Error("the pool has no bounds")
	}
}

// security.md #78, #79: a server that would answer before a write is safe, or that cannot write, is refused.
func Test79UnfitServersAreRefused(t *testing.T) {
	source := dbtest.PostgreSQLSource(t)
	for name, value := range map[string]string{"synchronous_commit": "off", "default_transaction_read_only": "on"} {
		u, err := url.Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set(name, value)
		u.RawQuery = q.Encode()
		if d, err := db.Open(t.Context(), u.String()); err == nil {
			_ = d.Close()
			t.Errorf("opened with %s=%s", name, value)
		}
	}
}

// endless never answers.
const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"

// security.md #63: the deadline reaches the statement, and what comes of it is told as "later". It measures time.
func Test63DeadlineReachesSQL(t *testing.T) {
	dbtest.EachAlone(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithTimeout(dbtest.System(t), 200*time.Millisecond)
		defer cancel()
		start, n := time.Now(), 0
		if err := d.Reader().QueryRowContext(ctx, endless).Scan(&n); err == nil || !db.Unavailable(err) {
			t.Errorf("reading: %v", err)
		}
		err := db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) error {
			return tx.SQL.QueryRowContext(ctx, endless).Scan(&n)
		})
		if err == nil || !db.Unavailable(err) {
			t.Errorf("in a transaction: %v", err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("it took %v", took)
		}
		var one int
		if err := d.Reader().QueryRowContext(t.Context(), "SELECT 1").Scan(&one); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// security.md #79: who finds no connection is told within three seconds. It measures time.
func Test79WaitIsBounded(t *testing.T) {
	dbtest.EachAlone(t, func(t *testing.T, d *db.DB) {
		d.Writer().SetMaxOpenConns(1)
		held, err := d.Writer().Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, waits := range []func() error{
			func() error {
				return db.InTx(dbtest.System(t), d, func(context.Context, *db.Tx) error { return errors.New("there was room") })
			},
			func() error {
				_, err := db.Together(dbtest.System(t), d, put("a", "1"), put("b", "1"))
				return err
			},
		} {
			start := time.Now()
			if err := waits(); err == nil || !strings.Contains(err.Error(), "busy") {
				t.Errorf("%v", err)
			}
			if took := time.Since(start); took > 4*time.Second {
				t.Errorf("it took %v", took)
			}
		}
		if err := held.Close(); err != nil {
			t.Fatal(err)
		}
		if err := db.InTx(dbtest.System(t), d, func(context.Context, *db.Tx) error { return nil }); err != nil {
			t.Errorf("with room: %v", err)
		}
	})
}
