package dbtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"roster/ent/viewer"
	"roster/internal/db"
)

// Each runs test twice, as the sub-tests sqlite and postgres, each with a migrated, empty database of its own. They run
// beside each other and beside other tests: one waits for PostgreSQL or for the disk while another works.
func Each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, PostgreSQL(t))
	})
}

// EachAlone is Each for a test that no other of its package may run beside: it changes or measures what the whole process
// has, or it measures time.
func EachAlone(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, PostgreSQL(t)) })
}

// PostgreSQL opens a migrated, empty PostgreSQL database of its own.
func PostgreSQL(t testing.TB, with ...db.Option) *db.DB {
	t.Helper()
	return Open(t, PostgreSQLSource(t), with...)
}

// PostgreSQLSource makes a migrated, empty PostgreSQL database and returns its URL, for tests that open it more than
// once or in their own way.
func PostgreSQLSource(t testing.TB) string {
	t.Helper()
	return Postgres(t, migrated)
}

// System is the context of a test that touches tables directly.
func System(t testing.TB) context.Context { return viewer.ForSystem(t.Context(), "test") }

// Open opens a database and closes it when the test ends.
func Open(t testing.TB, source string, with ...db.Option) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), source, with...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// SQLite opens a migrated, empty SQLite database in a file of its own.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	return Open(t, SQLiteFile(t))
}

// template is an empty migrated SQLite database, made once per process: copying a file is quicker than migrating.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "roster-template-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "template.db")
	if err := migrated(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path) //nolint:gosec // a path that we made
})

// SQLiteFile makes a migrated, empty SQLite database and returns its path.
func SQLiteFile(t testing.TB) string {
	t.Helper()
	content, err := template()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "roster.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// migrated brings the database that source names up to date, and leaves no connection open.
func migrated(source string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, source)
	if err != nil {
		return err
	}
	if err := db.Migrate(ctx, d); err != nil {
		return fmt.Errorf("%s: %w", source, err)
	}
	if d.Dialect == "sqlite3" {
		if _, err := d.Writer().ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			return err
		}
	}
	return d.Close()
}
