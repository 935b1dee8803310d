package db_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"entgo.io/ent/dialect/sql/schema"

	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/fault"
)

func setting(ctx context.Context, tx *db.Tx, key, value string) error {
	return tx.Setting.Create().SetID(key).SetValue(value).OnConflictColumns("id").UpdateNewValues().Exec(viewer.ForSystem(ctx, "test"))
}

func TestTxCommitsOrLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		refusal := fault.New(fault.Conflict, "No.")
		err := db.InTx(t.Context(), d, func(ctx context.Context, tx *db.Tx) error {
			if err := setting(ctx, tx, "a", "1"); err != nil {
				return err
			}
			tx.Remember(func(ctx context.Context, tx *db.Tx) error { return setting(ctx, tx, "tries", "1") })
			return refusal
		})
		if !errors.Is(err, refusal) {
			t.Fatalf("got %v", err)
		}
		rows := d.Setting.Query().AllX(dbtest.System(t))
		if len(rows) != 1 || rows[0].ID != "tries" {
			t.Fatalf("after a refusal only what is remembered may stand, found %v", rows)
		}
		err = db.InTx(t.Context(), d, func(ctx context.Context, tx *db.Tx) error {
			tx.Remember(func(context.Context, *db.Tx) error { t.Error("a commit remembers nothing"); return nil })
			return setting(ctx, tx, "b", "2")
		})
		if err != nil || d.Setting.Query().CountX(dbtest.System(t)) != 2 {
			t.Fatalf("commit: %v", err)
		}
	})
}

func TestTxInsideTxIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := db.InTx(t.Context(), d, func(ctx context.Context, _ *db.Tx) error {
			return db.InTx(ctx, d, func(context.Context, *db.Tx) error { return nil })
		})
		if err == nil || !strings.Contains(err.Error(), "inside another") {
			t.Fatalf("got %v", err)
		}
	})
}

func TestTxRollsBackOnPanic(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		func() {
			defer func() { _ = recover() }()
			_ = db.InTx(t.Context(), d, func(ctx context.Context, tx *db.Tx) error {
				_ = setting(ctx, tx, "a", "1")
				panic("oops") //nolint:forbidigo // the case under test
			})
		}()
		if n := d.Setting.Query().CountX(dbtest.System(t)); n != 0 {
			t.Fatalf("%d rows stayed", n)
		}
	})
}

// Many writers at once wait for each other; none is turned away (security.md #78).
func TestWritersQueue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				err := db.InTx(t.Context(), d, func(ctx context.Context, tx *db.Tx) error { return setting(ctx, tx, "k", "v") })
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

// security.md #41: a context without a viewer is refused by every table, and clients by the tables that are not theirs.
func TestPolicies(t *testing.T) {
	d := dbtest.SQLite(t)
	if _, err := d.User.Query().All(t.Context()); err == nil {
		t.Error("users were read without a viewer")
	}
	client := viewer.With(t.Context(), &viewer.Viewer{Kind: viewer.User, UserID: 1})
	if _, err := d.Session.Query().All(client); err == nil {
		t.Error("a client read sessions")
	}
	if _, err := d.Password.Query().All(viewer.With(t.Context(), &viewer.Viewer{Kind: viewer.Staff, UserID: 1})); err == nil {
		t.Error("staff read passwords")
	}
	if _, err := d.User.Query().All(client); err != nil {
		t.Errorf("a client reads within reach: %v", err)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	d := dbtest.SQLite(t)
	if err := d.Setting.Create().SetID("a").SetValue("1").Exec(dbtest.System(t)); err == nil {
		t.Fatal("the reading pool wrote")
	}
}

// The schema in Go and the versioned SQL say the same: nothing is left to add, alter or drop.
func TestMigrationsMatchSchema(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var diff bytes.Buffer
		if err := d.WriteDrift(t.Context(), &diff, schema.WithDropColumn(true), schema.WithDropIndex(true)); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(diff.String()) {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "--") || line == "BEGIN;" || line == "COMMIT;" {
				continue
			}
			t.Errorf("the migrations miss: %s", line)
		}
	})
}

func TestMigrateTwiceAtOnce(t *testing.T) {
	source := dbtest.PostgresEmpty(t)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			d, err := db.Open(t.Context(), source)
			if err != nil {
				t.Error(err)
				return
			}
			defer d.Close()
			if err := db.Migrate(t.Context(), d); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestLockKeepsASecondServerOut(t *testing.T) {
	path := t.TempDir() + "/roster.db"
	unlock, err := db.Lock(t.Context(), path, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Lock(t.Context(), path, 0); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Fatalf("got %v", err)
	}
	unlock()
	again, err := db.Lock(t.Context(), path, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	again()
}
