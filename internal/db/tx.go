package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
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

	conn     *sql.Conn
	refused  []func(context.Context, *Tx) error
	atCommit []Statement
}

// Remember keeps what must outlive a refusal: a wrong try, an attempt for the audit log. The step runs in a second
// transaction after this one was rolled back, and before the fault is returned; after a commit it does not run.
func (tx *Tx) Remember(step func(ctx context.Context, tx *Tx) error) {
	tx.refused = append(tx.refused, step)
}

// AtCommit keeps a statement that runs right before the commit, after all others of act and in the order of the calls:
// PostgreSQL gets all of them at once (see Together). So act does not see what it does, and how many rows it changes is
// nobody's concern. When it fails, the transaction does.
func (tx *Tx) AtCommit(s Statement) { tx.atCommit = append(tx.atCommit, s) }

type inside struct{}

const maxTries = 3

// InTx runs act in one transaction: committed when it returns nil, rolled back otherwise. A conflict that PostgreSQL
// reports (40001, 40P01) runs act again, up to three times in all, so it must assign and not append. A transaction
// inside another is an error: SQLite has one writer. fault.TryLater: the database is busy or gone.
func InTx(ctx context.Context, d *DB, act func(ctx context.Context, tx *Tx) error) error {
	ctx, err := enter(ctx)
	if err != nil {
		return err
	}
	var refused []func(context.Context, *Tx) error
	err = persist(ctx, func() (err error) {
		refused, err = once(ctx, d, act)
		return err
	})
	if err != nil && len(refused) > 0 {
		if rememberErr := d.remember(ctx, refused); rememberErr != nil {
			return busy(fmt.Errorf("remembering a refusal: %w", rememberErr))
		}
	}
	return busy(err)
}

// enter refuses a transaction inside another.
func enter(ctx context.Context) (context.Context, error) {
	if ctx.Value(inside{}) != nil {
		return nil, errors.New("a transaction was opened inside another")
	}
	return context.WithValue(ctx, inside{}, true), nil
}

// persist runs a transaction again that met a conflict.
func persist(ctx context.Context, try func() error) error {
	for n := 1; ; n++ {
		err := try()
		if n == maxTries || !serialization(err) || !pause(ctx, n) {
			return err
		}
	}
}

// pause waits before another try, so that those who collided do not meet again. It reports whether there is still
// somebody to try for.
func pause(ctx context.Context, try int) bool {
	timer := time.NewTimer(time.Duration(rand.Int64N(int64(20*time.Millisecond) * int64(try)))) //nolint:gosec // jitter, not a secret
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
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
	whole, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	conn, sqlTx, err := begin(whole, giveUp, d.write)
	if err != nil {
		return nil, fmt.Errorf("beginning a transaction: %w", err)
	}
	defer conn.Close()
	tx := &Tx{Client: d.over(sqlTx), SQL: sqlTx, Dialect: d.Dialect, conn: conn}
	done := false
	defer func() {
		if !done { // an error, or a panic on its way up
			_ = sqlTx.Rollback()
		}
	}()
	if err := act(ctx, tx); err != nil {
		return tx.refused, err
	}
	if _, err := tx.together(ctx, tx.atCommit); err != nil {
		return nil, fmt.Errorf("before the commit: %w", err)
	}
	if err := sqlTx.Commit(); err != nil {
		return nil, fmt.Errorf("committing: %w", err)
	}
	done = true
	return nil, nil
}

// patience is how long a transaction waits for a connection, or for its turn to write (security.md #79).
const patience = 3 * time.Second

var errNoRoom = errors.New("no connection was free in time")

// connect takes a connection for one user alone, and does first what then says, unless that takes too long.
func connect(whole context.Context, giveUp context.CancelCauseFunc, pool *sql.DB, then func(*sql.Conn) error) (*sql.Conn, error) {
	late := time.AfterFunc(patience, func() { giveUp(errNoRoom) })
	conn, err := pool.Conn(whole)
	if err == nil {
		err = then(conn)
	}
	if !late.Stop() && errors.Is(context.Cause(whole), errNoRoom) {
		err = errNoRoom
	}
	if err != nil && conn != nil {
		_ = conn.Close() // a transaction in it ended with whole
	}
	return conn, err
}

// begin begins a transaction that lasts as long as whole, on a connection of its own.
func begin(whole context.Context, giveUp context.CancelCauseFunc, pool *sql.DB) (conn *sql.Conn, tx *sql.Tx, err error) {
	conn, err = connect(whole, giveUp, pool, func(conn *sql.Conn) (err error) {
		tx, err = conn.BeginTx(whole, nil)
		return err
	})
	return conn, tx, err
}

// LockAccount keeps an account's row to this transaction: whatever changes who is in it, and who owns it, comes one after
// the other (security.md #47). It reports whether there is such an account.
func (tx *Tx) LockAccount(ctx context.Context, id int) (there bool, err error) {
	query := "SELECT 1 FROM accounts WHERE id = $1"
	if tx.Dialect == dialect.Postgres {
		query += " FOR UPDATE"
	}
	var one int
	err = tx.SQL.QueryRowContext(ctx, query, id).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("locking an account: %w", err)
	}
	return true, nil
}

// LockUser keeps a user's row to this transaction, so that what was decided by it still holds when it changes, and two
// acts upon one user come one after the other (security.md #45). SQLite has one writer: nothing is left to lock.
func (tx *Tx) LockUser(ctx context.Context, id int) error {
	if tx.Dialect != dialect.Postgres {
		return nil
	}
	if _, err := tx.SQL.ExecContext(ctx, "SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE", id); err != nil {
		return fmt.Errorf("locking a user: %w", err)
	}
	return nil
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

// broken reports whether the connection could not be had or did not last.
func broken(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

// Unavailable reports whether err says that the database is busy or gone, rather than that something is wrong.
func Unavailable(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "55P03", "57P01", "57P02", "57P03", "53300", "40001", "40P01", "57014", "25P03", "25006":
			return true
		}
		return strings.HasPrefix(pg.Code, "08")
	}
	if broken(err) || errors.Is(err, errNoRoom) {
		return true
	}
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		return false
	}
	switch lite.Code() & 0xff { // the rest of a code says more about the same
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_INTERRUPT:
		return true
	}
	return false
}
