package dbtest

import (
	"context"
	"strings"
	"testing"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	ent "roster/ent/generated"
	"roster/internal/db"
)

// Watched is a database whose latest question with a word in it is kept.
type Watched struct {
	dialect.Driver
	d    *db.DB
	word string
	text string
	args []any
}

// Watch keeps what is asked of the database by its Client from now on.
func Watch(d *db.DB, word string) *Watched {
	w := &Watched{Driver: entsql.OpenDB(d.Dialect, d.Reader()), d: d, word: word}
	d.Client = ent.NewClient(ent.Driver(w))
	return w
}

// Query is the driver's.
func (w *Watched) Query(ctx context.Context, query string, args, into any) error {
	if list, ok := args.([]any); ok && strings.Contains(query, w.word) {
		w.text, w.args = query, list
	}
	return w.Driver.Query(ctx, query, args, into)
}

// Plan is how the question that was kept is answered, with the question above it. PostgreSQL is told that reading everything
// and sorting cost too much, as they do in a large table; SQLite thinks so of tables that it knows nothing about.
func (w *Watched) Plan(t testing.TB) string {
	t.Helper()
	tx, err := w.d.Reader().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	explain, columns := "EXPLAIN QUERY PLAN ", 4
	if w.d.Dialect == dialect.Postgres {
		explain, columns = "EXPLAIN ", 1
		for _, way := range []string{"enable_seqscan", "enable_sort", "enable_bitmapscan"} {
			if _, err := tx.ExecContext(t.Context(), "SET LOCAL "+way+" = off"); err != nil {
				t.Fatal(err)
			}
		}
	}
	rows, err := tx.QueryContext(t.Context(), explain+w.text, w.args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	plan := w.text + "\n"
	for rows.Next() {
		var step string
		into := []any{new(int), new(int), new(int), &step}[4-columns:]
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		plan += step + "\n"
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan
}
