package signin_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	ent "roster/ent/generated"
	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/settings"
)

// trusting is a browser that gave the second factor of the user of enroll and asked to be trusted.
func (w *world) trusting(address string) *browser {
	w.t.Helper()
	b := w.waiting(address)
	if _, err := b.give(factors.Given{Code: w.code()}, true); err != nil {
		w.t.Fatal(err)
	}
	w.later(time.Minute)
	return b
}

func (b *browser) devices() (list []*ent.TrustedDevice) {
	b.t.Helper()
	b.request(func(ctx context.Context) {
		var err error
		if list, err = b.Devices(ctx); err != nil {
			b.t.Fatal(err)
		}
	})
	return list
}

// asked reports whether the next sign-in of the browser asks for the second factor.
func (b *browser) asked(address string) bool {
	b.t.Helper()
	out, err := b.signIn(address, password, false)
	if err != nil {
		b.t.Fatal(err)
	}
	return out.Needed != nil
}

// A device that its user trusts goes without the second factor for 30 days, after signing out too. Its cookie is held to
// this host and hidden from scripts (#16), and #32 still asks for the factor.
func Test16TrustedDevice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.enroll(w.user("a@example.com"))
		b := w.trusting("a@example.com")
		c := b.device
		if c == nil || c.Name != "__Host-roster-device" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 30*24*3600 {
			t.Fatalf("cookie %+v", c)
		}
		response := b.request(func(ctx context.Context) { _, _ = b.SignOut(ctx) })
		if got := response.Header.Get("Clear-Site-Data"); got != `"cache", "storage"` {
			t.Errorf("signing out clears %s", got)
		}
		if b.asked("a@example.com") {
			t.Fatal("asked for the second factor")
		}
		if c, err := b.confirm(password, ""); err != nil || !c.SecondFactorNeeded {
			t.Errorf("a proof of identity without the factor: %+v, %v", c, err)
		}
		list := b.devices()
		if len(list) != 1 || list[0].LastUsedAt.IsZero() || list[0].Device != "Test Browser" {
			t.Fatalf("%+v", list)
		}
		b.request(func(ctx context.Context) {
			if !b.IsThisDevice(ctx, list[0]) {
				t.Error("not known as this device")
			}
		})
		if !w.browser().asked("a@example.com") {
			t.Error("another browser is not asked")
		}
		w.later(30 * 24 * time.Hour)
		if !b.asked("a@example.com") {
			t.Error("not asked after 30 days")
		}
	})
}

// A device is trusted by one user, never by staff, only while the setting lets it, and only under the same credentials.
func TestTrustEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		w.enroll(u)
		w.enroll(w.user("b@example.com"))
		w.enroll(w.staff("staff@example.com", permission.ListUsers))

		b := w.trusting("a@example.com")
		if !b.asked("b@example.com") {
			t.Error("another user is not asked")
		}
		w.choose(func(s *settings.Settings) { s.TrustedDevices = false })
		if !b.asked("a@example.com") {
			t.Error("not asked although the setting is off")
		}
		w.choose(func(s *settings.Settings) { s.TrustedDevices = true })
		w.sql("UPDATE users SET credential_version = credential_version + 1 WHERE id = $1", u.ID)
		if !b.asked("a@example.com") {
			t.Error("not asked although the credentials changed")
		}
		inside := w.trusting("a@example.com")
		if list := inside.devices(); len(list) != 1 {
			t.Errorf("%d devices are listed, want the one of today's credentials", len(list))
		}
		if b := w.trusting("staff@example.com"); b.device != nil {
			t.Error("staff got a trusted device")
		}
		// Who became staff since is asked too.
		role := w.number("SELECT role_id FROM users WHERE email_key = 'staff@example.com'")
		w.sql("UPDATE users SET role_id = $1 WHERE id = $2", role, u.ID)
		if !inside.asked("a@example.com") {
			t.Error("a new member of staff is not asked")
		}
	})
}

// Each user sees and ends the trust in their own devices.
func TestRevokingTrust(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.enroll(w.user("a@example.com"))
		w.user("b@example.com")
		b := w.trusting("a@example.com")
		id := b.devices()[0].ID
		stranger := w.browser()
		stranger.mustSignIn("b@example.com", false)
		stranger.request(func(ctx context.Context) {
			if err := stranger.RevokeDevice(ctx, id); !fault.Is(err, fault.NotFound) {
				t.Errorf("another user: %v, want NOT_FOUND", err)
			}
			if got, err := stranger.Device(ctx, id); got != nil || err != nil {
				t.Errorf("another user sees %+v, %v", got, err)
			}
		})
		b.request(func(ctx context.Context) {
			if err := b.RevokeDevice(ctx, id); err != nil {
				t.Error(err)
			}
		})
		if len(b.devices()) != 0 || !b.asked("a@example.com") {
			t.Error("still trusted")
		}
	})
}

// The oldest of more than 20 falls; trusting the same browser again makes no second row.
func TestTrustedDevicesAreFew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.enroll(w.user("a@example.com"))
		first := w.trusting("a@example.com")
		for range 20 {
			w.trusting("a@example.com")
		}
		if n := w.number("SELECT count(*) FROM trusted_devices"); n != 20 {
			t.Errorf("%d devices", n)
		}
		if !first.asked("a@example.com") {
			t.Error("the oldest did not fall")
		}
		if _, err := first.give(factors.Given{Code: w.code()}, true); err != nil {
			t.Fatal(err)
		}
		w.later(time.Minute)
		w.sql("UPDATE trusted_devices SET expires_at = $1 WHERE secret_hash <> (SELECT secret_hash FROM trusted_devices ORDER BY id DESC LIMIT 1)", w.clock())
		if !w.waiting("a@example.com").asked("a@example.com") || len(first.devices()) != 1 {
			t.Errorf("%d devices are listed", len(first.devices()))
		}
	})
}
