package db_test

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"testing"

	entsetting "roster/ent/generated/setting"
	"roster/internal/db"
	"roster/internal/dbtest"
)

func put(key, value string) db.Statement {
	return db.Statement{SQL: "INSERT INTO settings (id, value) VALUES ($1, $2)", Args: []any{key, value}}
}

func change(like, value string) db.Statement {
	return db.Statement{SQL: "UPDATE settings SET value = $2 WHERE id LIKE $1", Args: []any{like, value}}
}

// stored are the settings as "id=value", in order.
func stored(t *testing.T, d *db.DB) []string {
	t.Helper()
	var all []string
	for _, row := range d.Setting.Query().Order(entsetting.ByID()).AllX(dbtest.System(t)) {
		all = append(all, row.ID+"="+row.Value)
	}
	return all
}

func TestTogetherDoesAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		changed, err := db.Together(t.Context(), d, put("a", "1"), put("b", "1"), change("%", "2"), change("c", "3"))
		if err != nil || !slices.Equal(changed, []int64{1, 1, 2, 0}) {
			t.Fatalf("changed %v rows, %v", changed, err)
		}
		if _, err := db.Together(t.Context(), d, put("c", "1"), change("a", "9"), put("b", "1"), put("d", "1")); !db.IsDuplicate(err) {
			t.Fatalf("a second b: %v", err)
		}
		if got := stored(t, d); !slices.Equal(got, []string{"a=2", "b=2"}) {
			t.Fatalf("stored are %v", got)
		}
		err = db.InTx(t.Context(), d, func(ctx context.Context, _ *db.Tx) error {
			_, err := db.Together(ctx, d, put("e", "1"))
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "inside another") {
			t.Fatalf("inside a transaction: %v", err)
		}
		ended, end := context.WithCancel(t.Context())
		end()
		if _, err := db.Together(ended, d, put("f", "1"), put("g", "1")); err == nil {
			t.Fatal("nobody waits any more, and it was done all the same")
		}
		if got := stored(t, d); len(got) != 2 {
			t.Fatalf("stored are %v", got)
		}
	})
}

func TestAtCommitRunsLastOrNothingStands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := db.InTx(t.Context(), d, func(ctx context.Context, tx *db.Tx) error {
			tx.AtCommit(put("b", "1"))
			tx.AtCommit(change("%", "2"))
			return setting(ctx, tx, "a", "1")
		})
		if got := stored(t, d); err != nil || !slices.Equal(got, []string{"a=2", "b=2"}) {
			t.Fatalf("stored are %v, %v", got, err)
		}
		for _, fails := range [][]db.Statement{{put("b", "1")}, {put("d", "1"), put("b", "1")}} {
			err := db.InTx(t.Context(), d, func(ctx context.Context, tx *db.Tx) error {
				for _, s := range fails {
					tx.AtCommit(s)
				}
				tx.Remember(func(context.Context, *db.Tx) error { t.Error("a failure is no refusal"); return nil })
				return setting(ctx, tx, "c", "1")
			})
			if !db.IsDuplicate(err) {
				t.Fatalf("a second b: %v", err)
			}
		}
		if got := stored(t, d); !slices.Equal(got, []string{"a=2", "b=2"}) {
			t.Fatalf("stored are %v", got)
		}
	})
}

// SQLite's connections keep their statements: one may be asked again while its rows are read, after it failed, after many
// others, and after the table became another.
func TestKeptStatements(t *testing.T) {
	d := dbtest.SQLite(t)
	if _, err := db.Together(t.Context(), d, put("a", "1"), put("b", "2"), put("c", "3")); err != nil {
		t.Fatal(err)
	}
	inTx := func(act func(ctx context.Context, tx *sql.Tx)) {
		t.Helper()
		if err := db.InTx(t.Context(), d, func(ctx context.Context, tx *db.Tx) error { act(ctx, tx.SQL); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	const all = "SELECT id, value FROM settings ORDER BY id"
	var read func(ctx context.Context, tx *sql.Tx, depth int) string
	read = func(ctx context.Context, tx *sql.Tx, depth int) (text string) {
		rows, err := tx.QueryContext(ctx, all)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var id, value string
			if err := rows.Scan(&id, &value); err != nil {
				t.Fatal(err)
			}
			text += id + value
			if depth > 0 && id == "b" {
				text += "(" + read(ctx, tx, depth-1) + ")"
			}
		}
		return text
	}
	inTx(func(ctx context.Context, tx *sql.Tx) {
		for range 2 {
			if got := read(ctx, tx, 2); got != "a1b2(a1b2(a1b2c3)c3)c3" {
				t.Errorf("read %s", got)
			}
		}
		rows, err := tx.QueryContext(ctx, all)
		if err != nil || !rows.Next() {
			t.Fatal(err)
		}
		for i := range 200 { // more than are kept
			var n int
			if err := tx.QueryRowContext(ctx, "SELECT "+strconv.Itoa(i)).Scan(&n); err != nil || n != i {
				t.Fatalf("%d: %d, %v", i, n, err)
			}
		}
		left := 1
		for rows.Next() {
			left++
		}
		if err := rows.Close(); err != nil || left != 3 {
			t.Errorf("of rows that were open %d came, %v", left, err)
		}
	})
	const wide = "SELECT * FROM settings WHERE id = $1"
	for i, columns := range []int{2, 3} {
		inTx(func(ctx context.Context, tx *sql.Tx) {
			if _, err := tx.ExecContext(ctx, "INSERT INTO settings (id, value) VALUES ($1, $2)", "a", "9"); !db.IsDuplicate(err) {
				t.Errorf("a second a: %v", err)
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO settings (id, value) VALUES ($1, $2)", "d"+strconv.Itoa(i), "4"); err != nil {
				t.Errorf("after it failed: %v", err)
			}
			rows, err := tx.QueryContext(ctx, wide, "a")
			if err != nil {
				t.Fatal(err)
			}
			if names, err := rows.Columns(); err != nil || len(names) != columns {
				t.Errorf("columns %v, %v", names, err)
			}
			if err := rows.Close(); err != nil {
				t.Error(err)
			}
			if i == 0 {
				if _, err := tx.ExecContext(ctx, "ALTER TABLE settings ADD COLUMN more text"); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
