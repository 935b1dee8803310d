package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	ent "roster/ent/generated"
	"roster/internal/fault"
)

// Tx is one transaction: ent's client over it, and the same transaction for libraries that bring their own statements.
type Tx struct {
	*ent.Client
	SQL     *sql.Tx
	Dialect string

	refused []func(context.Context, *Tx) error
}

// Remember keeps what must outlive a refusal: a wrong try, an attempt for the audit log. The step runs in a second
// transaction after this one was rolled back, and before the fault is returned; after a commit it does not run.
func (tx *Tx) Remember(step func(ctx context.Context, tx *Tx) error) {
	tx.refused = append(tx.refused, step)
}

type inside struct{}

const maxTries = 3

// InTx runs act in one transaction: committed when it returns nil, rolled back otherwise. A conflict that PostgreSQL
// reports (40001, 40P01) runs act again, up to three times in all, so it must assign and not append. A transaction
// inside another is an error: SQLite has one writer. fault.TryLater: the database is busy or gone.
func InTx(ctx context.Context, d *DB, act func(ctx context.Context, tx *Tx) error) error {
	if ctx.Value(inside{}) != nil {
		return errors.New("a transaction was opened inside another")
	}
	ctx = context.WithValue(ctx, inside{}, true)
	for try := 1; ; try++ {
		refused, err := once(ctx, d, act)
		if try < maxTries && serialization(err) {
			time.Sleep(time.Duration(rand.Int64N(int64(20*time.Millisecond) * int64(try)))) //nolint:gosec // jitter, not a secret
			continue
		}
		if err != nil && len(refused) > 0 {
			if rememberErr := d.remember(ctx, refused); rememberErr != nil {
				return busy(fmt.Errorf("remembering a refusal: %w", rememberErr))
			}
		}
		return busy(err)
	}
}

func (d *DB) remember(ctx context.Context, refused []func(context.Context, *Tx) error) error {
	// The client may be gone by now; what it tried is remembered all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_, err := once(ctx, d, func(ctx context.Context, tx *Tx) error {
		for _, step := range refused {
			if err := step(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

func once(ctx context.Context, d *DB, act func(ctx context.Context, tx *Tx) error) (refused []func(context.Context, *Tx) error, err error) {
	sqlTx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("beginning a transaction: %w", err)
	}
	tx := &Tx{Client: d.over(sqlTx), SQL: sqlTx, Dialect: d.Dialect}
	done := false
	defer func() {
		if !done { // an error, or a panic on its way up
			_ = sqlTx.Rollback()
		}
	}()
	if err := act(ctx, tx); err != nil {
		return tx.refused, err
	}
	if err := sqlTx.Commit(); err != nil {
		return nil, fmt.Errorf("committing: %w", err)
	}
	done = true
	return nil, nil
}

// joined makes ent run on a transaction that we began ourselves.
type joined struct{ *entsql.Driver }

func (d joined) Tx(context.Context) (dialect.Tx, error) { return dialect.NopTx(d), nil }

func (d joined) BeginTx(context.Context, *sql.TxOptions) (dialect.Tx, error) {
	return dialect.NopTx(d), nil
}

func (d *DB) over(tx *sql.Tx) *ent.Client {
	return ent.NewClient(ent.Driver(joined{entsql.NewDriver(d.Dialect, entsql.Conn{ExecQuerier: tx})}))
}

// IsDuplicate reports whether err is the refusal of a unique index.
func IsDuplicate(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return false
}

func serialization(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// busy turns "the database can't answer now" into the fault that says so (security.md #81).
func busy(err error) error {
	if err != nil && Unavailable(err) {
		return fmt.Errorf("%w (%w)", fault.Wait(fault.TryLater, 2*time.Second, "The service is busy. Please try again in a moment."), err)
	}
	return err
}

// Unavailable reports whether err says that the database is busy or gone, rather than that something is wrong.
func Unavailable(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "55P03", "57P01", "57P02", "57P03", "53300", "40001", "40P01", "57014":
			return true
		}
		return false
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) || errors.Is(err, sql.ErrConnDone) || pgconn.SafeToRetry(err) {
		return true
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && (lite.Code()&0xff == sqlite3.SQLITE_BUSY || lite.Code()&0xff == sqlite3.SQLITE_FULL)
}
