package db_test

import (
	"testing"
	"time"

	"roster/internal/db"
	"roster/internal/dbtest"
)

// security.md #83: a server whose clock is wrong goes by the database's on PostgreSQL, also when it jumps later on.
func Test83DatabaseTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		wrong := -3 * time.Hour
		local := func() time.Time { return time.Now().Add(wrong) }
		clock, err := db.NewClock(t.Context(), d, local)
		if err != nil {
			t.Fatal(err)
		}
		check := func() {
			t.Helper()
			want := time.Duration(0)
			if d.Dialect != "postgres" {
				want = wrong
			}
			if off := time.Until(clock.Now()) - want; off.Abs() > time.Second {
				t.Errorf("%v off", off)
			}
		}
		check()
		wrong = 400 * 24 * time.Hour
		if err := clock.Measure(t.Context()); err != nil {
			t.Fatal(err)
		}
		check()
	})
}
