package demo_test

import (
	"bytes"
	"image/jpeg"
	"testing"

	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/paging"
)

// Staff of the sample find somebody in the queue, and see the pictures.
func TestTheQueueShowsSomething(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := filled(t, d)
		ctx := viewer.With(t.Context(), &viewer.Viewer{Kind: viewer.Staff, UserID: 1, SessionID: 1, Permissions: permission.SetOf(permission.Admins...)})
		queue, err := s.Identity.Queue(ctx, paging.Request{First: ptr(100)})
		if err != nil || len(queue.Rows) < 2 {
			t.Fatalf("%+v, %v", queue, err)
		}
		files, err := s.Identity.Files(ctx, []int{queue.Rows[0].UserID})
		if err != nil || len(files[queue.Rows[0].UserID]) != 3 {
			t.Fatalf("%v, %v", files, err)
		}
		for _, f := range files[queue.Rows[0].UserID] {
			file, err := s.Identity.Open(ctx, f.Name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := jpeg.Decode(bytes.NewReader(file.Content)); err != nil || len(file.Content) > 40<<10 {
				t.Errorf("%s: %d bytes, %v", f.Kind, len(file.Content), err)
			}
		}
	})
}
