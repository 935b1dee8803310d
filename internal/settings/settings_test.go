package settings_test

import (
	"context"
	"reflect"
	"testing"

	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/settings"
)

func TestLoad(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if s, err := settings.Load(t.Context(), d.Client); err != nil || s.Company != "Roster" {
			t.Fatalf("nothing chosen: %+v, %v", s, err)
		}
		put := func(id, value string) {
			t.Helper()
			err := db.InTx(dbtest.System(t), d, func(ctx context.Context, tx *db.Tx) error {
				return tx.Setting.Create().SetID(id).SetValue(value).Exec(ctx)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		put("company", `"Müller & Söhne"`)
		put("of a newer version", `{}`)
		if s, err := settings.Load(t.Context(), d.Client); err != nil || s.Company != "Müller & Söhne" {
			t.Fatalf("chosen: %+v, %v", s, err)
		}
	})
}

func TestStoreThenLoad(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		want := settings.Settings{
			Company: "Acme", TwoFactor: settings.TwoFactorRule{Owners: true, GraceDays: 7},
			LockedProfile: []string{"email"},
		}
		for range 2 { // the second time, rows are there
			err := db.InTx(dbtest.System(t), d, func(ctx context.Context, tx *db.Tx) error {
				return settings.Store(ctx, tx, want)
			})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := settings.Load(t.Context(), d.Client); err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("got %+v, %v, want %+v", got, err, want)
			}
			want.Company, want.Registration = "Acme & Sons", true
		}
	})
}
