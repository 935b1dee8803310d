package dbtest

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"
)

func open(t *testing.T, address string) *sql.DB {
	t.Helper()
	pool, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

func execute(address string, statements ...string) error {
	pool, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	defer pool.Close()
	for _, statement := range statements {
		if _, err := pool.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}

func TestPostgresGivesEachTestItsOwnCopy(t *testing.T) {
	migrate := func(address string) error {
		return execute(address, "CREATE EXTENSION pg_trgm", "CREATE TABLE guests (name text)", "INSERT INTO guests VALUES ('Ada')")
	}
	for _, name := range []string{"one", "two", "three"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := open(t, copyOf(t, "template_own", migrate))
			if _, err := pool.Exec("INSERT INTO guests VALUES ($1)", name); err != nil {
				t.Fatal(err)
			}
			var guests int
			if err := pool.QueryRow("SELECT count(*) FROM guests").Scan(&guests); err != nil || guests != 2 {
				t.Fatalf("%d guests, %v; want Ada and mine", guests, err)
			}
		})
	}
}

func TestPostgresEmptyHasNothingInIt(t *testing.T) {
	pool := open(t, PostgresEmpty(t))
	var tables int
	if err := pool.QueryRow("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables); err != nil || tables != 0 {
		t.Fatalf("%d tables, %v; want none", tables, err)
	}
}

func TestFailedTemplateIsMadeAnew(t *testing.T) {
	base, err := server()
	if err != nil {
		t.Fatal(err)
	}
	admin, broken := open(t, base), errors.New("broken")
	half := func(address string) error { return errors.Join(execute(address, "CREATE TABLE half (id int)"), broken) }
	if err := ensureTemplate(t.Context(), admin, base, "template_anew", half); !errors.Is(err, broken) {
		t.Fatalf("got %v, want the fault of migrate", err)
	}
	whole := func(address string) error { return execute(address, "CREATE TABLE whole (id int)") }
	pool := open(t, copyOf(t, "template_anew", whole))
	var table string
	if err := pool.QueryRow("SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'").Scan(&table); err != nil || table != "whole" {
		t.Fatalf("tables %q, %v; want only whole", table, err)
	}
}

func TestStartTakesLittleAndLeavesNothing(t *testing.T) {
	begun := time.Now()
	cluster, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("started in %v", time.Since(begun))
	var version string
	pool := open(t, cluster.URL)
	if err := pool.QueryRow("SHOW server_encoding").Scan(&version); err != nil || version != "UTF8" {
		t.Errorf("encoding %q, %v", version, err)
	}
	_, dir, _ := strings.Cut(cluster.URL, "host=")
	dir, _, _ = strings.Cut(strings.ReplaceAll(dir, "%2F", "/"), "&")
	if !exists(dir) {
		t.Fatalf("%s should be there while the cluster runs", dir)
	}
	if err := cluster.Close(); err != nil {
		t.Error(err)
	}
	if exists(dir) {
		t.Errorf("%s is left behind", dir)
	}
	if err := pool.Ping(); err == nil {
		t.Error("the server still answers")
	}
}
