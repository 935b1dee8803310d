package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/schema"
	"github.com/gofrs/flock"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	ent "roster/ent/generated"
	"roster/ent/migrations"
)

// migrationLock is the key of the advisory lock on PostgreSQL.
const migrationLock = 7_263_544_881

// Migrate brings the schema up to date: ours and the job engine's. Several servers may call it at once; one works
// and the others wait. On SQLite the caller holds Lock.
func Migrate(ctx context.Context, d *DB) error {
	// A start that finds nothing to do needs neither the lock nor connections of its own.
	if current, err := d.current(ctx); err != nil || current {
		return err
	}
	conn, err := d.migrationPool()
	if err != nil {
		return err
	}
	defer conn.Close()
	unlock, err := d.advisoryLock(ctx, conn)
	if err != nil {
		return err
	}
	defer unlock()
	if err := d.migrateOwn(ctx, conn); err != nil {
		return err
	}
	return d.migrateJobs(ctx, conn)
}

// current reports whether every migration that this program knows was applied.
func (d *DB) current(ctx context.Context) (bool, error) {
	own, err := d.ownMigrations(d.write)
	if err != nil {
		return false, err
	}
	if pending, err := own.HasPending(ctx); err != nil || pending {
		return false, err
	}
	if d.Dialect == dialect.SQLite {
		if good, version, err := foreignKeysGood(ctx, d.write, own); err != nil || good != version {
			return false, err
		}
	}
	jobs, err := d.jobMigrations(d.write)
	if err != nil {
		return false, err
	}
	applied, err := jobs.ExistingVersions(ctx)
	return len(applied) == len(jobs.AllVersions()), err
}

// migrationPool is a pool of its own. On SQLite foreign keys are off in it: rebuilding a table inside a transaction
// would otherwise cascade into those that refer to it. On PostgreSQL no statement is cut short.
func (d *DB) migrationPool() (*sql.DB, error) {
	if d.Dialect == dialect.SQLite {
		pool, err := sql.Open("sqlite", sqliteDSN(d.source, "foreign_keys(0)")+"&_txlock=immediate")
		if err != nil {
			return nil, fmt.Errorf("opening the database to migrate it: %w", err)
		}
		pool.SetMaxOpenConns(1)
		return pool, nil
	}
	config, err := pgx.ParseConfig(d.source)
	if err != nil {
		return nil, fmt.Errorf("reading the database URL: %w", err)
	}
	return stdlib.OpenDB(*config), nil
}

func (d *DB) advisoryLock(ctx context.Context, pool *sql.DB) (unlock func(), err error) {
	if d.Dialect == dialect.SQLite {
		return func() {}, nil
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connecting to migrate: %w", err)
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		return nil, errors.Join(fmt.Errorf("waiting for the migration lock: %w", err), conn.Close())
	}
	return func() {
		if _, err := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrationLock); err != nil {
			slog.Warn("releasing the migration lock", "err", err)
		}
		_ = conn.Close()
	}, nil
}

func (d *DB) ownMigrations(pool *sql.DB) (*goose.Provider, error) {
	folder, gooseDialect := "sqlite", goose.DialectSQLite3
	if d.Dialect == dialect.Postgres {
		folder, gooseDialect = "postgres", goose.DialectPostgres
	}
	files, err := fs.Sub(migrations.Files, folder)
	if err != nil {
		return nil, fmt.Errorf("reading migrations: %w", err)
	}
	provider, err := goose.NewProvider(gooseDialect, pool, files)
	if err != nil {
		return nil, fmt.Errorf("reading migrations: %w", err)
	}
	return provider, nil
}

func (d *DB) migrateOwn(ctx context.Context, pool *sql.DB) error {
	provider, err := d.ownMigrations(pool)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrating: %w", err)
	}
	if d.Dialect == dialect.Postgres {
		return nil
	}
	return checkForeignKeys(ctx, pool, provider)
}

// foreignKeysGood returns the version at which all foreign keys were last found good, and the version now.
func foreignKeysGood(ctx context.Context, pool *sql.DB, provider *goose.Provider) (good, version int64, err error) {
	if version, err = provider.GetDBVersion(ctx); err != nil {
		return 0, 0, fmt.Errorf("migrating: %w", err)
	}
	if err = pool.QueryRowContext(ctx, "PRAGMA user_version").Scan(&good); err != nil {
		return 0, 0, fmt.Errorf("checking foreign keys: %w", err)
	}
	return good, version, nil
}

// checkForeignKeys checks after the fact what SQLite was told not to check meanwhile. That reads every row, so the
// version that was found good stands in user_version, and is not checked at each start.
func checkForeignKeys(ctx context.Context, pool *sql.DB, provider *goose.Provider) error {
	good, version, err := foreignKeysGood(ctx, pool, provider)
	if err != nil || good == version {
		return err
	}
	var table string
	err = pool.QueryRowContext(ctx, `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`).Scan(&table)
	switch {
	case err == nil:
		return fmt.Errorf("after migrating, rows of %s point to rows that do not exist", table)
	case !errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("checking foreign keys: %w", err)
	}
	if _, err := pool.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil { // takes no parameter
		return fmt.Errorf("checking foreign keys: %w", err)
	}
	return nil
}

func (d *DB) jobMigrations(pool *sql.DB) (*rivermigrate.Migrator[*sql.Tx], error) {
	var driver riverdriver.Driver[*sql.Tx] = riversqlite.New(pool)
	if d.Dialect == dialect.Postgres {
		driver = riverdatabasesql.New(pool)
	}
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("preparing the job tables: %w", err)
	}
	return migrator, nil
}

func (d *DB) migrateJobs(ctx context.Context, pool *sql.DB) error {
	migrator, err := d.jobMigrations(pool)
	if err != nil {
		return err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrating the job tables: %w", err)
	}
	return nil
}

// ErrLocked means that a server, or a migration, holds the SQLite file.
var ErrLocked = errors.New("the database is in use by another roster process")

// Lock takes the lock that one server, or one migration, holds on a SQLite file; on PostgreSQL there is nothing to
// take. It waits up to wait, and returns ErrLocked when another process still holds it.
func Lock(ctx context.Context, source string, wait time.Duration) (unlock func(), err error) {
	if isPostgres(source) {
		return func() {}, nil
	}
	lock := flock.New(source + ".lock")
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	held, err := lock.TryLockContext(ctx, 50*time.Millisecond)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("locking %s: %w", source, err)
	}
	if !held {
		return nil, fmt.Errorf("%s: %w", source, ErrLocked)
	}
	return func() { _ = lock.Unlock() }, nil
}

// WriteDrift writes the SQL that would still be needed to make the database what ent/schema says; tests want none.
func (d *DB) WriteDrift(ctx context.Context, w io.Writer, options ...schema.MigrateOption) error {
	client := ent.NewClient(ent.Driver(entsql.OpenDB(d.Dialect, d.write)))
	return client.Schema.WriteTo(ctx, w, options...)
}
