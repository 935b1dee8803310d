package settings_test

import (
	"context"
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
