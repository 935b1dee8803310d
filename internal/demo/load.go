package demo

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect"

	"roster/internal/db"
)

// aside is what is taken away while many rows come in, and put back after: it is quicker to build an index of all
// rows than to keep it row by row.
type aside struct{ drop, restore []string }

// filled are the tables with many rows.
var filled = []string{"users", "users_search", "passwords", "factors", "security_answers", "accounts", "accounts_search", "memberships"}

func setAside(ctx context.Context, tx *db.Tx) (aside, error) {
	query := `SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND tbl_name = $1 AND sql IS NOT NULL`
	if tx.Dialect == dialect.Postgres {
		query = `SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = $1
			AND indexname NOT IN (SELECT conname FROM pg_constraint)`
	}
	var a aside
	for _, table := range filled {
		if err := a.add(ctx, tx, query, table); err != nil {
			return a, err
		}
	}
	if tx.Dialect == dialect.SQLite {
		// In one piece: each look into the index opens all of its pieces, and a rebuild leaves the more the longer it was.
		a.restore = append(a.restore,
			"INSERT INTO users_search (users_search) VALUES ('rebuild')", "INSERT INTO users_search (users_search) VALUES ('optimize')",
			"INSERT INTO accounts_search (accounts_search) VALUES ('rebuild')", "INSERT INTO accounts_search (accounts_search) VALUES ('optimize')")
	}
	return a, execAll(ctx, tx, a.drop)
}

func (a *aside) add(ctx context.Context, tx *db.Tx, query, table string) error {
	rows, err := tx.SQL.QueryContext(ctx, query, table)
	if err != nil {
		return fmt.Errorf("reading the indexes of %s: %w", table, err)
	}
	defer rows.Close()
	for rows.Next() {
		var kind, name, definition string
		if err := rows.Scan(&kind, &name, &definition); err != nil {
			return fmt.Errorf("reading the indexes of %s: %w", table, err)
		}
		a.drop = append(a.drop, "DROP "+kind+" "+name)
		a.restore = append(a.restore, definition)
	}
	return rows.Err()
}

func execAll(ctx context.Context, tx *db.Tx, statements []string) error {
	for _, s := range statements {
		if _, err := tx.SQL.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%.60s: %w", s, err)
		}
	}
	return nil
}

// prepare lets one transaction take its time.
func prepare(ctx context.Context, tx *db.Tx) error {
	if tx.Dialect == dialect.SQLite {
		return execAll(ctx, tx, []string{"PRAGMA cache_size = -262144"}) // KiB
	}
	return execAll(ctx, tx, []string{
		"SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0", "SET LOCAL maintenance_work_mem = '256MB'",
	})
}

// goOn makes the numbers that come next follow those that were given.
func goOn(ctx context.Context, tx *db.Tx) error {
	if tx.Dialect == dialect.SQLite {
		return nil // AUTOINCREMENT sees the greatest number itself
	}
	for _, table := range []string{"users", "accounts", "verifications", "verification_files"} {
		_, err := tx.SQL.ExecContext(ctx, fmt.Sprintf(
			"SELECT setval(pg_get_serial_sequence('%s', 'id'), (SELECT max(id) FROM %s))", table, table))
		if err != nil {
			return fmt.Errorf("setting the next number of %s: %w", table, err)
		}
	}
	return nil
}
