package signin_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/dbtest"
)

const minute = time.Minute

// #15: what changes for a user, a role or a password holds from the next request on.
func Test15ChangesHoldAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, c := range []struct {
			name, change string
			kind         viewer.Kind
		}{
			{"nothing", "UPDATE users SET language = 'de' WHERE id = $1", viewer.Staff},
			{"suspended", "UPDATE users SET state = 'SUSPENDED' WHERE id = $1", viewer.Anonymous},
			{"new credentials", "UPDATE users SET credential_version = 2 WHERE id = $1", viewer.Anonymous},
			{"no staff any more", "UPDATE users SET role_id = NULL WHERE id = $1", viewer.User},
		} {
			t.Run(c.name, func(t *testing.T) {
				w := newWorld(t, d)
				u := w.staff(strings.ReplaceAll(c.name, " ", "-")+"@example.com", permission.ListUsers)
				b := w.browser()
				b.mustSignIn(u.Email, false)
				if v := b.is(); v.Kind != viewer.Staff || v.UserID != u.ID || !v.Can(permission.ListUsers) || v.Can(permission.EditUsers) {
					t.Fatalf("after signing in: %+v", v)
				}
				w.sql(c.change, u.ID)
				if v := b.is(); v.Kind != c.kind {
					t.Errorf("after the change: %s, want %s", v.Kind, c.kind)
				}
			})
		}
	})
}

// #16: __Host-, Secure, HttpOnly, SameSite=Lax, Path=/, no Domain.
func Test16Cookie(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("a@example.com")
		for _, remember := range []bool{false, true} {
			b := w.browser()
			b.mustSignIn("a@example.com", remember)
			c := b.cookie
			if c.Name != "__Host-roster" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("cookie: %+v", c)
			}
			if kept := c.MaxAge > 0; kept != remember {
				t.Errorf("remember %v: kept %v", remember, kept)
			}
		}
	})
}

// #17: a new id at sign-in, second factor and sudo; the old one dies. An id that is not ours is never adopted.
func Test17NewIDs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		w.enroll(u)
		b := w.browser()
		b.cookie = &http.Cookie{Name: "__Host-roster", Value: "ses_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
		seen := map[string]bool{b.cookie.Value: true}
		fresh := func(after string) {
			t.Helper()
			if seen[b.cookie.Value] {
				t.Errorf("the id stayed the same after %s", after)
			}
			for old := range seen {
				stale := w.browser()
				stale.cookie = &http.Cookie{Name: "__Host-roster", Value: old}
				if stale.is().SignedIn() {
					t.Errorf("an old id works after %s", after)
				}
			}
			seen[b.cookie.Value] = true
		}
		if out, err := b.signIn(u.Email, password, false); err != nil || out.Needed == nil {
			t.Fatalf("%+v, %v", out, err)
		}
		fresh("the password")
		if out, err := b.second(w.code()); err != nil || out.Viewer == nil {
			t.Fatalf("%+v, %v", out, err)
		}
		fresh("the second factor")
		w.later(minute)
		if c, err := b.confirm(password, w.code()); err != nil || c.SudoUntil.IsZero() {
			t.Fatalf("%+v, %v", c, err)
		}
		fresh("sudo")
		if out, err := b.signIn(u.Email, password, false); err != nil || out.Needed == nil {
			t.Fatalf("%+v, %v", out, err)
		}
		fresh("signing in again")
	})
}

// #18: idle and absolute ends, computed on the server; remembering is not for staff.
func Test18Ends(t *testing.T) {
	day := 24 * time.Hour
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, c := range []struct {
			name            string
			staff, remember bool
			idle, absolute  time.Duration
		}{
			{"client", false, false, time.Hour, day},
			{"remembered", false, true, 7 * day, 30 * day},
			{"staff", true, false, 30 * minute, 12 * time.Hour},
			{"staff who asked to be remembered", true, true, 30 * minute, 12 * time.Hour},
		} {
			t.Run(c.name, func(t *testing.T) {
				w := newWorld(t, d)
				address := strings.ReplaceAll(c.name, " ", "-") + "@example.com"
				if c.staff {
					w.staff(address, permission.ListUsers)
				} else {
					w.user(address)
				}
				idle := w.browser()
				idle.mustSignIn(address, c.remember)
				w.later(c.idle - time.Second)
				if !idle.is().SignedIn() {
					t.Fatal("ended before the idle time")
				}
				w.Close() // what is written beside the request is there now
				w.later(c.idle)
				if idle.is().SignedIn() {
					t.Error("did not end when idle")
				}
				busy := w.browser()
				busy.mustSignIn(address, c.remember)
				for spent := c.idle / 2; spent < c.absolute; spent += c.idle / 2 {
					w.later(c.idle / 2)
					if !busy.is().SignedIn() {
						t.Fatalf("ended after %v", spent)
					}
					w.Close()
				}
				w.later(c.idle / 2)
				if busy.is().SignedIn() {
					t.Error("did not end for good")
				}
			})
		}
	})
}

// #19: twenty sessions per user, the oldest falls.
func Test19Twenty(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("a@example.com")
		browsers := make([]*browser, 21)
		for i := range browsers {
			browsers[i] = w.browser()
			browsers[i].mustSignIn("a@example.com", false)
		}
		for i, b := range browsers {
			if got, want := b.is().SignedIn(), i > 0; got != want {
				t.Errorf("browser %d of 21: signed in %v", i+1, got)
			}
		}
	})
}

// #21: signing out ends the session on the server and empties the browser.
func Test21SignOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("a@example.com")
		b := w.browser()
		b.mustSignIn("a@example.com", false)
		kept := b.cookie
		response := b.request(func(ctx context.Context) {
			v, err := b.SignOut(ctx)
			if err != nil || v.Kind != viewer.Anonymous || viewer.From(ctx).SignedIn() {
				t.Errorf("%+v, %v", v, err)
			}
		})
		if got := response.Header.Get("Clear-Site-Data"); got != `"cache", "cookies", "storage"` {
			t.Errorf("Clear-Site-Data: %s", got)
		}
		if b.cookie != nil {
			t.Error("the cookie stayed")
		}
		if b.cookie = kept; b.is().SignedIn() {
			t.Error("the session stayed")
		}
		b.request(func(ctx context.Context) {
			if _, err := b.SignOut(ctx); err != nil {
				t.Errorf("signing out twice: %v", err)
			}
		})
	})
}

// The use of a session is written down once a minute, not at each request.
func TestSeenOnceAMinute(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("a@example.com")
		b := w.browser()
		b.mustSignIn("a@example.com", false)
		start := w.clock()
		for _, c := range []struct{ wait, seen time.Duration }{{30 * time.Second, 0}, {30 * time.Second, minute}, {59 * time.Second, minute}} {
			w.later(c.wait)
			b.is()
			w.Close()
			var seen time.Time
			if err := d.Reader().QueryRowContext(t.Context(), "SELECT seen_at FROM sessions").Scan(&seen); err != nil {
				t.Fatal(err)
			}
			if !seen.Equal(start.Add(c.seen)) {
				t.Errorf("at %v: seen %v, want %v", w.clock().Sub(start), seen.Sub(start), c.seen)
			}
		}
	})
}
