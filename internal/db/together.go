package db

import (
	"context"
	"database/sql"
	"fmt"

	"entgo.io/ent/dialect"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// Statement is SQL that returns no rows, with its arguments.
type Statement struct {
	SQL  string
	Args []any
}

// Together runs statements one after the other in a transaction of their own, and returns how many rows each of them
// changed. PostgreSQL gets all of them at once: for a statement about one row, the way to it and back costs more than the
// work. Conflicts and errors are as with InTx.
func Together(ctx context.Context, d *DB, statements ...Statement) (changed []int64, err error) {
	if d.Dialect != dialect.Postgres {
		err = InTx(ctx, d, func(ctx context.Context, tx *Tx) (err error) {
			changed, err = tx.together(ctx, statements)
			return err
		})
		return changed, err
	}
	if ctx, err = enter(ctx); err != nil {
		return nil, err
	}
	err = persist(ctx, func() error {
		whole, giveUp := context.WithCancelCause(ctx)
		defer giveUp(nil)
		conn, err := connect(whole, giveUp, d.write, func(*sql.Conn) error { return nil })
		if err != nil {
			return err
		}
		defer conn.Close()
		changed, err = pipeline(ctx, conn, idle, statements)
		return err
	})
	return changed, busy(err)
}

// together runs statements inside the transaction.
func (tx *Tx) together(ctx context.Context, statements []Statement) ([]int64, error) {
	if tx.Dialect == dialect.Postgres && len(statements) > 1 {
		return pipeline(ctx, tx.conn, inTransaction, statements)
	}
	changed := make([]int64, len(statements))
	for i, s := range statements {
		result, err := tx.SQL.ExecContext(ctx, s.SQL, s.Args...)
		if err != nil {
			return nil, err
		}
		if changed[i], err = result.RowsAffected(); err != nil {
			return nil, err
		}
	}
	return changed, nil
}

// What a connection to PostgreSQL says of itself: there is no transaction, or one that can go on.
const (
	idle          = 'I'
	inTransaction = 'T'
)

// pipeline sends statements without waiting for the answer to each. Outside a transaction they are one, so the connection
// has to be where its user thinks it is.
func pipeline(ctx context.Context, conn *sql.Conn, status byte, statements []Statement) ([]int64, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var batch pgx.Batch
	changed := make([]int64, len(statements))
	for i, s := range statements {
		batch.Queue(s.SQL, s.Args...).Exec(func(tag pgconn.CommandTag) error {
			changed[i] = tag.RowsAffected()
			return nil
		})
	}
	err := conn.Raw(func(raw any) error {
		own, ok := raw.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("%T is no connection to PostgreSQL", raw)
		}
		if is := own.Conn().PgConn().TxStatus(); is != status {
			return fmt.Errorf("the connection is in state %c, not %c", is, status)
		}
		return own.Conn().SendBatch(ctx, &batch).Close()
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}
