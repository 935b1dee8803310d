package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
	_ "modernc.org/sqlite"             // registers the driver "sqlite"

	"roster/internal/dbtest"
)

// store is one filled database and how to reach it.
type store struct {
	engine string // sqlite or postgres
	users  int
	folder string
	source string   // for --db
	flags  []string // --db and --key-file
	filled time.Duration
	// database are the processes of the database server, none when it runs inside ours.
	database []int
}

// fill makes a database with sample data in folder, or in the cluster for PostgreSQL.
func fill(ctx context.Context, engine string, users int, folder string, cluster *dbtest.Cluster) (*store, error) {
	s := &store{engine: engine, users: users, folder: folder, source: filepath.Join(folder, fmt.Sprintf("bench-%d.db", users))}
	if engine == "postgres" {
		source, pid, err := s.newDatabase(ctx, cluster.URL)
		if err != nil {
			return nil, err
		}
		s.source, s.database = source, []int{pid}
	}
	s.flags = []string{"--db", s.source, "--key-file", filepath.Join(folder, engine+strconv.Itoa(users)+".key")}
	began := time.Now()
	if _, err := command(ctx, s.flags, "demo", "--users", strconv.Itoa(users), "--accounts", strconv.Itoa(users*2/5), "--seed", "1"); err != nil {
		return nil, err
	}
	s.filled = time.Since(began)
	return s, s.settle(ctx)
}

// unbounded is a budget that no client here can spend: what is measured is how fast one is answered, not how much one may
// ask for. A server then takes the budget of a minute in a hundred writes.
const unbounded = `INSERT INTO settings (id, value) VALUES ('apiBudget', '{"points":100000000,"minutes":1}')
	ON CONFLICT (id) DO UPDATE SET value = excluded.value`

// settle does what PostgreSQL would otherwise do by itself, in the midst of the measurement: vacuum what is new.
func (s *store) settle(ctx context.Context) error {
	statements := []string{unbounded}
	if s.engine == "postgres" {
		statements = append(statements, "VACUUM ANALYZE", "CHECKPOINT")
	}
	d, err := s.openAs("")
	if err != nil {
		return err
	}
	defer d.Close()
	for _, statement := range statements {
		if _, err := d.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// newDatabase makes a database in the cluster and finds the process that all of PostgreSQL's are children of.
func (s *store) newDatabase(ctx context.Context, cluster string) (source string, pid int, err error) {
	admin, err := sql.Open("pgx", cluster)
	if err != nil {
		return "", 0, fmt.Errorf("connecting to PostgreSQL: %w", err)
	}
	defer admin.Close()
	name := "bench_" + strconv.Itoa(s.users)
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", 0, fmt.Errorf("creating a database: %w", err)
	}
	var pidFile string
	if err := admin.QueryRowContext(ctx, "SELECT pg_read_file('postmaster.pid')").Scan(&pidFile); err != nil {
		return "", 0, fmt.Errorf("finding PostgreSQL's process: %w", err)
	}
	first, _, _ := strings.Cut(pidFile, "\n")
	if pid, err = strconv.Atoi(first); err != nil {
		return "", 0, fmt.Errorf("finding PostgreSQL's process: %w", err)
	}
	u, err := url.Parse(cluster)
	if err != nil {
		return "", 0, fmt.Errorf("reading the cluster's address: %w", err)
	}
	u.Path = "/" + name
	return u.String(), pid, nil
}

// log is the file that takes what the servers say.
func (s *store) log() string { return filepath.Join(s.folder, "server.log") }

// open connects to the database directly, to find rows that requests will ask for.
func (s *store) open() (*sql.DB, error) { return s.openAs("?_pragma=query_only(1)") }

func (s *store) openAs(options string) (*sql.DB, error) {
	if s.engine == "postgres" {
		return sql.Open("pgx", s.source)
	}
	if _, err := os.Stat(s.source); err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	return sql.Open("sqlite", "file:"+s.source+options)
}
