// Package db opens the database, keeps its schema current and runs transactions.
package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	ent "roster/ent/generated"
	_ "roster/ent/generated/runtime" // connects schema, defaults and policies
)

// DB is one database: SQLite inside the process, or PostgreSQL.
type DB struct {
	// Client reads. It cannot write on SQLite, where its connections are query_only; writing goes through Tx.
	*ent.Client
	// Dialect is dialect.SQLite or dialect.Postgres.
	Dialect string

	source string
	read   *sql.DB
	write  *sql.DB
	front  *sql.DB
}

// Option changes how a database is opened.
type Option func(*options)

type options struct{ tracer pgx.QueryTracer }

// Trace shows each statement to t. It is for PostgreSQL only, and does nothing on SQLite.
func Trace(t pgx.QueryTracer) Option { return func(o *options) { o.tracer = t } }

// Open opens the database that source names: a path to a SQLite file, which is made when absent, or a postgres:// URL.
// It does not touch the schema; see Migrate.
func Open(ctx context.Context, source string, with ...Option) (*DB, error) {
	var o options
	for _, option := range with {
		option(&o)
	}
	d := &DB{source: source, Dialect: dialect.SQLite}
	var err error
	if isPostgres(source) {
		d.Dialect = dialect.Postgres
		d.write, err = openPostgres(source, o.tracer)
		d.read, d.front = d.write, d.write
	} else {
		d.write, d.read, d.front, err = openSQLite(source)
	}
	if err != nil {
		return nil, err
	}
	if err := d.write.PingContext(ctx); err != nil {
		d.Close()
		return nil, d.unopened(err)
	}
	d.Client = ent.NewClient(ent.Driver(entsql.OpenDB(d.Dialect, d.read)))
	return d, nil
}

// unopened says in one line why a database cannot be had.
func (d *DB) unopened(err error) error {
	var refused *pgconn.ConnectError
	switch {
	case d.Dialect == dialect.SQLite:
		return fmt.Errorf("opening database %s: %w", d.source, err)
	case errors.As(err, &refused): // it has a line for each attempt, with and without TLS
		return fmt.Errorf("opening database: %s", strings.Join(slices.Compact(strings.Split(refused.Error(), "\n\t")), " "))
	}
	return fmt.Errorf("opening database: %w", err)
}

func isPostgres(source string) bool {
	return strings.HasPrefix(source, "postgres://") || strings.HasPrefix(source, "postgresql://")
}

// openSQLite opens one connection that writes and several that only read: SQLite has one writer, and a queue
// inside the process waits less than competing connections do (security.md #78). What is deleted is overwritten: else whoever
// gets hold of the file and its key finds documents that were to be gone (#71).
func openSQLite(path string) (write, read, front *sql.DB, err error) {
	if err := newFile(path); err != nil {
		return nil, nil, nil, fmt.Errorf("opening database: %w", err)
	}
	if write, err = openKeeping(sqliteDSN(path, "foreign_keys(1)", "secure_delete(1)") + "&_txlock=immediate"); err != nil {
		return nil, nil, nil, fmt.Errorf("opening database: %w", err)
	}
	write.SetMaxOpenConns(1)
	write.SetConnMaxIdleTime(0)
	if read, err = openReaders(path, max(4, 2*runtime.GOMAXPROCS(0))); err != nil {
		return nil, nil, nil, err
	}
	front, err = openReaders(path, frontReaders)
	return write, read, front, err
}

// frontReaders is how many connections Front has: what runs there is over in a moment.
const frontReaders = 2

func openReaders(path string, most int) (*sql.DB, error) {
	pool, err := openKeeping(sqliteDSN(path, "foreign_keys(1)", "query_only(1)"))
	if err != nil {
		return nil, fmt.Errorf("opening database: %w", err)
	}
	pool.SetMaxOpenConns(most)
	pool.SetMaxIdleConns(most)
	return pool, nil
}

// newFile makes the file when it is not there, for its owner alone; SQLite would let everybody read it. What SQLite
// puts beside it later gets the same mode.
func newFile(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case err == nil:
		return file.Close()
	case !errors.Is(err, fs.ErrExist):
		return err
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder", path)
	}
	return nil
}

func sqliteDSN(path string, pragmas ...string) string {
	q := url.Values{"_time_format": {"sqlite"}, "_timezone": {"UTC"}}
	q["_pragma"] = append([]string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)"}, pragmas...)
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + q.Encode()
}

// connectLasts is how long a server may take to let us in (security.md #81).
const connectLasts = 3 * time.Second

// openPostgres sets the limits of security.md #79 on every connection; what the URL says goes first.
func openPostgres(source string, tracer pgx.QueryTracer) (*sql.DB, error) {
	config, err := pgx.ParseConfig(source)
	if err != nil {
		return nil, fmt.Errorf("reading the database URL: %w", err)
	}
	config.Tracer = tracer
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectLasts
	}
	defaults := map[string]string{
		"lock_timeout": "3s", "idle_in_transaction_session_timeout": "15s", "statement_timeout": "15s", "TimeZone": "UTC",
	}
	for name, value := range defaults {
		if _, set := config.RuntimeParams[name]; !set {
			config.RuntimeParams[name] = value
		}
	}
	config.ValidateConnect = pgxReadWrite
	pool := stdlib.OpenDB(*config)
	size := max(10, 4*runtime.GOMAXPROCS(0))
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	pool.SetConnMaxLifetime(time.Hour)
	return pool, nil
}

// Writer is the pool that may write, for libraries that bring their own statements.
func (d *DB) Writer() *sql.DB { return d.write }

// Reader is the pool for reads that ent cannot express.
func (d *DB) Reader() *sql.DB { return d.read }

// Front is the pool for what every request needs before its own work: who asks, and whether the database is there. On
// SQLite it has connections of its own, so that nobody's long reading keeps others from being let in.
func (d *DB) Front() *sql.DB { return d.front }

// Placeholder is the n-th parameter of a statement, counted from 1, as the dialect writes it.
func (d *DB) Placeholder(n int) string {
	return placeholder(d.Dialect, n)
}

// Close closes all connections.
func (d *DB) Close() error {
	err := d.write.Close()
	for _, pool := range []*sql.DB{d.read, d.front} {
		if pool != nil && pool != d.write {
			err = cmp.Or(err, pool.Close())
		}
	}
	return err
}
