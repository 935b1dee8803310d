package signin_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/factors"
	"roster/internal/fault"
)

// #14, #21: with an Authorization header cookies mean nothing; a token that is not good is told so.
func Test21Tokens(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("a@example.com", permission.ListUsers, permission.Masquerade)
		plain, _, err := w.Tokens.Create(dbtest.System(t), "billing", "role of a@example.com", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		b := w.browser()
		b.mustSignIn("a@example.com", false)
		b.header = http.Header{"Authorization": {"Bearer " + plain}}
		b.request(func(ctx context.Context) {
			v := viewer.From(ctx)
			if v.Kind != viewer.Token || v.UserID != 0 || !v.Can(permission.ListUsers) || v.Can(permission.Masquerade) || v.Device == "" {
				t.Errorf("with a token: %+v", v)
			}
			if _, err := b.SignIn(ctx, "a@example.com", password, false); !fault.Is(err, fault.Forbidden) {
				t.Errorf("signing in: %v", err)
			}
			if _, err := b.ConfirmIdentity(ctx, password, factors.Given{}); !fault.Is(err, fault.Forbidden) {
				t.Errorf("confirming: %v", err)
			}
			if v, err := b.SignOut(ctx); err != nil || v.Kind != viewer.Token {
				t.Errorf("signing out: %+v, %v", v, err)
			}
		})
		for name, header := range map[string][]string{
			"unknown": {"Bearer rat_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}, "a session": {"Bearer " + b.cookie.Value},
			"empty": {""}, "basic": {"Basic YTpi"}, "two": {"Bearer " + plain, "Bearer " + plain},
		} {
			b.header = http.Header{"Authorization": header}
			response := b.request(func(context.Context) { t.Errorf("%s: got through", name) })
			var body struct {
				Data   any
				Errors []struct{ Extensions struct{ Code string } }
			}
			if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != http.StatusUnauthorized || response.Header.Get("WWW-Authenticate") != "Bearer" ||
				len(body.Errors) != 1 || body.Errors[0].Extensions.Code != "UNAUTHENTICATED" {
				t.Errorf("%s: %d %+v", name, response.StatusCode, body)
			}
		}
		if b.header = nil; !b.is().SignedIn() {
			t.Error("the cookie's session is gone")
		}
	})
}

// No cookie, and cookies that are none of ours: the anonymous viewer, with where it comes from.
func TestAnonymous(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for _, value := range []string{"", "x", "ses_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "rst_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"} {
			b := w.browser()
			if value != "" {
				b.cookie = &http.Cookie{Name: "__Host-roster", Value: value}
			}
			if v := b.is(); v == nil || v.Kind != viewer.Anonymous || v.Address.String() != "192.0.2.1" || v.Device != "Test Browser" || v.RequestID != "r1" {
				t.Errorf("%q: %+v", value, v)
			}
		}
	})
}

// #81: when it can't be known who asks, nothing is answered.
func Test81NothingFailsOpen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("a@example.com")
		b := w.browser()
		b.mustSignIn("a@example.com", false)
		_ = d.Close()
		response := b.request(func(context.Context) { t.Error("got through") })
		if response.StatusCode < 500 {
			t.Errorf("status %d", response.StatusCode)
		}
	})
}
