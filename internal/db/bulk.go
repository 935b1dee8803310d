package db

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"entgo.io/ent/dialect"
)

// mostParameters is how many a statement of Insert has at most: longer ones take more time to parse than they save.
const mostParameters = 2000

// Insert writes many rows with few statements. It goes past ent: policies and defaults do not apply.
func (tx *Tx) Insert(ctx context.Context, table string, columns []string, rows iter.Seq2[[]any, error]) error {
	per := mostParameters / len(columns)
	args := make([]any, 0, per*len(columns))
	var full *sql.Stmt
	for row, err := range rows {
		if err != nil {
			return err
		}
		if args = append(args, row...); len(args) < per*len(columns) {
			continue
		}
		if full == nil {
			if full, err = tx.SQL.PrepareContext(ctx, tx.insertion(table, columns, per)); err != nil {
				return fmt.Errorf("filling %s: %w", table, err)
			}
			defer full.Close()
		}
		if _, err := full.ExecContext(ctx, args...); err != nil {
			return fmt.Errorf("filling %s: %w", table, err)
		}
		args = args[:0]
	}
	if len(args) == 0 {
		return nil
	}
	if _, err := tx.SQL.ExecContext(ctx, tx.insertion(table, columns, len(args)/len(columns)), args...); err != nil {
		return fmt.Errorf("filling %s: %w", table, err)
	}
	return nil
}

func (tx *Tx) insertion(table string, columns []string, rows int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES ")
	for n := range rows * len(columns) {
		switch {
		case n == 0:
			b.WriteString("(")
		case n%len(columns) == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		b.WriteString(placeholder(tx.Dialect, n+1))
	}
	return b.String() + ")"
}

func placeholder(in string, n int) string {
	if in == dialect.Postgres {
		return "$" + strconv.Itoa(n)
	}
	return "?" // SQLite looks a numbered one up among all the others
}
