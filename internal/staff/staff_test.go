package staff_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roster/ent/generated/role"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/fault"
	"roster/internal/secret"
	"roster/internal/staff"
)

const password = "correct horse battery staple"

var ann = staff.Profile{FirstName: "Ann", LastName: "García", Email: "Ann@Example.com"}

func newService(t *testing.T, d *db.DB, now *time.Time) *staff.Service {
	t.Helper()
	s := &staff.Service{DB: d, Now: func() time.Time { return *now }, Passwords: secret.NewHasher()}
	if err := s.EnsureRoles(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func nobody(t *testing.T) context.Context {
	t.Helper()
	return viewer.With(t.Context(), &viewer.Viewer{Kind: viewer.Anonymous})
}

func noon() *time.Time {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return &now
}

// #46: a permission that is added later is held by nobody until it is granted.
func Test46RolesStayAsTheyAre(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newService(t, d, noon())
		full := func() []permission.Admin {
			r, err := d.Role.Query().Where(role.Name(staff.FullAdministrator)).Only(dbtest.System(t))
			if err != nil {
				t.Fatal(err)
			}
			return r.Permissions
		}
		if !slices.Equal(full(), permission.Admins) {
			t.Errorf("a new one: %v", full())
		}
		older := []permission.Admin{permission.ListUsers}
		err := db.InTx(dbtest.System(t), d, func(ctx context.Context, tx *db.Tx) error {
			return tx.Role.Update().Where(role.Name(staff.FullAdministrator)).SetPermissions(older).Exec(ctx)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.EnsureRoles(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(full(), older) {
			t.Errorf("at the next start: %v", full())
		}
		if n, err := d.Role.Query().Count(dbtest.System(t)); err != nil || n != 4 {
			t.Errorf("%d roles, %v", n, err)
		}
	})
}

func TestCreateAdmin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newService(t, d, noon())
		u, err := s.CreateAdmin(t.Context(), ann, password)
		if err != nil {
			t.Fatal(err)
		}
		if u.NameKey != "ann garcia" || u.EmailKey != "ann@example.com" || u.Email != "Ann@Example.com" || u.RoleID == nil {
			t.Errorf("%+v", u)
		}
		_, err = s.CreateAdmin(t.Context(), staff.Profile{FirstName: "Bob", Email: "ANN@example.com"}, password)
		if !fault.Is(err, fault.Taken) {
			t.Errorf("the same address: %v, want TAKEN", err)
		}
		_, err = s.CreateAdmin(t.Context(), staff.Profile{Email: "bob"}, "short")
		for _, code := range []fault.Code{fault.Required, fault.Invalid, fault.TooShort} {
			if !fault.Is(err, code) {
				t.Errorf("%s is missing in %v", code, err)
			}
		}
	})
}

// #10, #12, #50: the link works once, for an hour, newest only, and only as long as there is no staff.
func Test50SetUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := noon()
		s := newService(t, d, now)
		ctx := nobody(t)
		token := func() string {
			plain, err := s.NewSetupToken(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return plain
		}
		refused := func(name, token string) {
			t.Helper()
			if _, err := s.SetUp(ctx, token, ann, password); !fault.Is(err, fault.Expired) {
				t.Errorf("%s: %v, want EXPIRED", name, err)
			}
			if needed, err := s.SetupNeeded(ctx); err != nil || !needed {
				t.Fatalf("%s: needed %v, %v", name, needed, err)
			}
		}
		older := token()
		newer := token()
		refused("replaced", older)
		refused("malformed", "set_")
		refused("of another purpose", secret.New(secret.Reset).Plain)
		refused("unknown", secret.New(secret.SetUp).Plain)
		*now = now.Add(time.Hour)
		refused("after an hour", newer)
		newest := token()
		if _, err := s.SetUp(ctx, newest, ann, "short"); !fault.Is(err, fault.TooShort) {
			t.Errorf("a weak password: %v", err)
		}
		if u, err := s.SetUp(ctx, newest, ann, password); err != nil || u.Email != ann.Email {
			t.Fatalf("%+v, %v", u, err)
		}
		if needed, err := s.SetupNeeded(ctx); err != nil || needed {
			t.Errorf("needed %v, %v", needed, err)
		}
		if _, err := s.SetUp(ctx, newest, staff.Profile{FirstName: "Eve", Email: "eve@example.com"}, password); !fault.Is(err, fault.Expired) {
			t.Errorf("used: %v", err)
		}
		if _, err := s.NewSetupToken(ctx); !fault.Is(err, fault.NotAllowed) {
			t.Errorf("a link beside an administrator: %v", err)
		}
	})
}

// #50: a link in other hands is worth nothing once somebody was made on the command line.
func Test50LinkDiesWithTheFirstAdmin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newService(t, d, noon())
		token, err := s.NewSetupToken(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.CreateAdmin(t.Context(), ann, password); err != nil {
			t.Fatal(err)
		}
		if _, err := s.SetUp(nobody(t), token, staff.Profile{FirstName: "Eve", Email: "eve@example.com"}, password); !fault.Is(err, fault.Expired) {
			t.Errorf("%v, want EXPIRED", err)
		}
	})
}

// #10, #47: two set-ups at once make one administrator.
func Test10SetUpAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newService(t, d, noon())
		token, err := s.NewSetupToken(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var made atomic.Int32
		var all sync.WaitGroup
		for i := range 2 { // as many as hash at once even on the smallest machine: none is told to come back
			all.Go(func() {
				p := staff.Profile{FirstName: "Ann", Email: string(rune('a'+i)) + "@example.com"}
				if _, err := s.SetUp(nobody(t), token, p, password); err == nil {
					made.Add(1)
				} else if !fault.Is(err, fault.Expired) {
					t.Errorf("%v, want EXPIRED", err)
				}
			})
		}
		all.Wait()
		if n, err := d.User.Query().Count(dbtest.System(t)); made.Load() != 1 || n != 1 || err != nil {
			t.Errorf("%d made, %d there, %v", made.Load(), n, err)
		}
	})
}
