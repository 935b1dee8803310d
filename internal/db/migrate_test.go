package db_test

import (
	"context"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"roster/ent/generated/order"
	"roster/ent/generated/user"
	"roster/ent/migrations"
	"roster/internal/db"
	"roster/internal/dbtest"
)

// migrateTo brings a database to an earlier state of ours.
func migrateTo(t *testing.T, d *db.DB, version int64) {
	t.Helper()
	folder, dialect := "sqlite", goose.DialectSQLite3
	if d.Dialect == "postgres" {
		folder, dialect = "postgres", goose.DialectPostgres
	}
	files, err := fs.Sub(migrations.Files, folder)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(dialect, d.Writer(), files)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
}

// A database that was used before anybody was asked to prove who they are keeps its people and orders: nobody is asked, no
// order asks, and what is new can be written at once.
func TestFilledDatabasesLearnOfProofs(t *testing.T) {
	const before, rows = 11, 300
	for name, source := range map[string]string{"sqlite": t.TempDir() + "/roster.db", "postgres": dbtest.PostgresEmpty(t)} {
		t.Run(name, func(t *testing.T) {
			d := dbtest.Open(t, source)
			migrateTo(t, d, before)
			const at = "2026-01-01 00:00:00+00:00"
			statements := []string{`INSERT INTO accounts (name, name_key, email, email_key, created_at, updated_at) VALUES ('Acme', 'acme', 'a@example.com', 'a@example.com', '` + at + `', '` + at + `')`}
			for i := 1; i <= rows; i++ {
				address := fmt.Sprintf("user%d@example.com", i)
				statements = append(statements,
					fmt.Sprintf(`INSERT INTO users (first_name, name_key, last_key, email, email_key, search_text, last_login_at, created_at, updated_at)
						VALUES ('User', 'user', '', '%s', '%s', 'user', '%s', '%s', '%s')`, address, address, at, at, at),
					fmt.Sprintf(`INSERT INTO orders (number, placed_by_id, created_at, account_id) VALUES ('%d', NULLIF(%d, 1), '%s', 1)`, i, i, at))
			}
			for _, statement := range statements {
				if _, err := d.Writer().ExecContext(t.Context(), statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}

			if err := db.Migrate(t.Context(), d); err != nil {
				t.Fatal(err)
			}
			ctx := dbtest.System(t)
			if n := d.User.Query().Where(user.VerificationEQ(user.VerificationNOT_REQUESTED)).CountX(ctx); n != rows {
				t.Errorf("%d users are there, and not asked", n)
			}
			if n := d.Order.Query().Where(order.VerificationRequired(false)).CountX(ctx); n != rows {
				t.Errorf("%d orders are there, and ask nobody", n)
			}
			err := db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) error {
				if err := tx.User.UpdateOneID(rows).SetVerification(user.VerificationREQUESTED).Exec(ctx); err != nil {
					return err
				}
				return tx.Verification.Create().SetUserID(rows).SetStatus("REQUESTED").SetProvider("MANUAL").SetRequestedAt(time.Now()).Exec(ctx)
			})
			if err != nil {
				t.Errorf("asking one of them: %v", err)
			}
			if d.Dialect == "sqlite3" && inForce(t, d, true, "PRAGMA user_version") == "0" {
				t.Error("the foreign keys were not checked afterwards")
			}
		})
	}
}
