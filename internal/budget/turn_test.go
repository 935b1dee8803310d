package budget_test

import (
	"context"
	"testing"

	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/dbtest"
)

// A viewer who has half of a server waits, however many points they have; others do not wait for them.
func TestTurns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := server(t, d, newClock())
		var ends []func()
		for range d.Reader().Stats().MaxOpenConnections / 2 {
			end, err := s.Turn(user(t, 7))
			if err != nil {
				t.Fatal(err)
			}
			ends = append(ends, end)
		}
		late, cancel := context.WithCancel(user(t, 7))
		cancel()
		if _, err := s.Turn(late); waitOf(err) == 0 {
			t.Errorf("one more at once: %v", err)
		}
		if end, err := s.Turn(user(t, 8)); err != nil {
			t.Errorf("another viewer: %v", err)
		} else {
			end()
		}
		if end, err := s.Turn(viewer.With(t.Context(), &viewer.Viewer{Kind: viewer.Anonymous})); err != nil {
			t.Errorf("nobody: %v", err)
		} else {
			end()
		}
		ends[0]()
		if _, err := s.Turn(user(t, 7)); err != nil {
			t.Errorf("when one has ended: %v", err)
		}
	})
}
