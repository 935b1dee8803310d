// Package dbtest gives tests real databases, a fresh one each: SQLite in a file, and PostgreSQL on a throw-away server
// that the test process starts itself, or shares with others.
package dbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"

	"roster/ent/migrations"
)

// Shared names the environment variable with the URL of a server for several test processes to share. Its user must
// be a superuser, and its data must not matter.
const Shared = "ROSTER_TEST_POSTGRES"

// own keeps the server of this process reachable: once collected, its pipe would close and end it.
var own *Cluster

// server is the URL of the server of this process: the shared one, or one that is started for the first test.
var server = sync.OnceValues(func() (string, error) {
	if shared := os.Getenv(Shared); shared != "" {
		return shared, nil
	}
	var err error
	if own, err = Start(); err != nil {
		return "", err
	}
	return own.URL, nil // it ends with the process
})

// Postgres makes a database that migrate has brought up to date and returns its URL; it is dropped when t ends.
// Migrating happens once per server: each test gets a copy. migrate gets the URL of an empty database and must close
// its connections. A server that cannot be had fails t: PostgreSQL is never skipped.
func Postgres(t testing.TB, migrate func(source string) error) string {
	t.Helper()
	return copyOf(t, "template_"+schemaVersion(), migrate)
}

// PostgresEmpty makes a database with nothing in it and returns its URL; it is dropped when t ends.
func PostgresEmpty(t testing.TB) string {
	t.Helper()
	return copyOf(t, "template0", nil)
}

// schemaVersion tells templates apart when a shared server outlives a change of the migrations.
var schemaVersion = sync.OnceValue(func() string {
	sum := fnv.New64a()
	_ = fs.WalkDir(migrations.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := migrations.Files.ReadFile(path)
		_, _ = fmt.Fprintf(sum, "%s\x00%s\x00", path, content)
		return err
	}) // an embedded folder has no faults
	return strconv.FormatUint(sum.Sum64(), 36)
})

// copyOf makes a database as a copy of template, which migrate fills when it is not there. With migrate nil the
// template is one that PostgreSQL brings.
func copyOf(t testing.TB, template string, migrate func(source string) error) string {
	t.Helper()
	base, err := server()
	if err != nil {
		t.Fatal(err)
	}
	admin, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatalf("opening the test server: %v", err)
	}
	t.Cleanup(func() { _ = admin.Close() })
	if migrate != nil {
		if err := ensureTemplate(t.Context(), admin, base, template, migrate); err != nil {
			t.Fatalf("making the template database: %v", err)
		}
	}
	name := "test_" + strings.ToLower(rand.Text())
	// To copy the files takes less than half of what it takes to write each page to the log, and syncing them is off.
	if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+template+" STRATEGY FILE_COPY"); err != nil {
		t.Fatalf("making a database: %v", err)
	}
	t.Cleanup(func() {
		if _, err := admin.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("dropping a database: %v", err)
		}
	})
	source, err := inDatabase(base, name)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// ensureTemplate makes and fills the template unless it is there. The advisory lock lets one process work while the
// others wait.
func ensureTemplate(ctx context.Context, admin *sql.DB, base, name string, migrate func(source string) error) (err error) {
	conn, err := admin.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(hashtext($1))", name); err != nil {
		return fmt.Errorf("waiting for the lock: %w", err)
	}
	defer func() {
		_, unlockErr := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(hashtext($1))", name)
		err = errors.Join(err, unlockErr)
	}()
	var there bool
	row := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name)
	if err := row.Scan(&there); err != nil || there {
		return err
	}
	return fillTemplate(ctx, conn, base, name, migrate)
}

// fillTemplate works on a draft, which gets the template's name when it is whole: an attempt that failed or was
// killed leaves nothing to be mistaken for it.
func fillTemplate(ctx context.Context, conn *sql.Conn, base, name string, migrate func(source string) error) error {
	draft := name + "_draft"
	for _, statement := range []string{
		"DROP DATABASE IF EXISTS " + draft + " WITH (FORCE)",
		"CREATE DATABASE " + draft + " TEMPLATE template0",
	} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	source, err := inDatabase(base, draft)
	if err != nil {
		return err
	}
	if err := migrate(source); err != nil {
		return fmt.Errorf("migrating it: %w", err)
	}
	_, err = conn.ExecContext(ctx, "ALTER DATABASE "+draft+" RENAME TO "+name)
	return err
}

// inDatabase is the URL of another database of the server at base.
func inDatabase(base, name string) (string, error) {
	source, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("reading the URL of the test server: %w", err)
	}
	source.Path = "/" + name
	return source.String(), nil
}
