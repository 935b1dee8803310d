package signin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/ent/generated/mail"
	"roster/internal/db"
	"roster/internal/dbtest"
)

const (
	firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
	updated = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0"
	chrome  = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)

// using is a browser that names itself so.
func (w *world) using(agent string) *browser {
	b := w.browser()
	b.header = http.Header{"User-Agent": {agent}}
	return b
}

// mails returns what the mails of a kind name, the oldest first.
func (w *world) mails(kind string) (params []map[string]string) {
	w.t.Helper()
	rows, err := w.DB.Mail.Query().Where(mail.Kind(kind)).Order(mail.ByID()).All(dbtest.System(w.t))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, row := range rows {
		params = append(params, row.Params)
	}
	return params
}

// #36: a device or a network that was not used for 180 days is told of; the very first sign-in and known ones are not.
func Test36NewDevice(t *testing.T) {
	const home = "192.0.2.1"
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("a@example.com")
		w.sql("UPDATE users SET time_zone = 'Europe/Berlin'")
		for _, c := range []struct {
			name, agent, from string
			after             time.Duration
			mails             int
		}{
			{"the first of all", firefox, home, 0, 0},
			{"the same again", firefox, home, time.Hour, 0},
			{"updated", updated, home, time.Hour, 0},
			{"another one", chrome, home, time.Hour, 1},
			{"that one again", chrome, home, time.Hour, 1},
			{"the first one on its last day", firefox, home, 180*24*time.Hour - 3*time.Hour, 1},
			{"the other one, forgotten", chrome, home, 24 * time.Hour, 2},
			{"a program that says nothing", "", home, time.Hour, 3},
			{"a known one with another address of the provider", chrome, "192.0.77.9", time.Hour, 3},
			{"a known one from elsewhere", chrome, "198.51.100.7", time.Hour, 4},
			{"from there again", chrome, "198.51.100.8", time.Hour, 4},
			{"with the other protocol", chrome, "2001:db8:1::1", time.Hour, 5},
			{"in another subnet of it", chrome, "2001:db8:2::1", time.Hour, 5},
			{"mapped", chrome, "::ffff:192.0.2.1", time.Hour, 5},
		} {
			w.later(c.after)
			b := w.using(c.agent)
			b.from = c.from
			b.mustSignIn("a@example.com", false)
			if n := len(w.mails("NEW_SIGN_IN")); n != c.mails {
				t.Errorf("%s: %d mails, want %d", c.name, n, c.mails)
			}
		}
		told := w.mails("NEW_SIGN_IN")[0]
		if told["browser"] != "Chrome" || told["system"] != "Linux" || told["network"] != home || told["at"] != "2026-03-01 16:00 CET" {
			t.Errorf("%v", told)
		}
	})
}

// A device that only ever failed is not known, and a sign-in that waits for its second factor tells of nothing yet.
func Test36FailuresMakeNoDeviceKnown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		w.using(firefox).mustSignIn("a@example.com", false)
		if _, err := w.using(chrome).signIn("a@example.com", "wrong password of mine", false); err == nil {
			t.Fatal("signed in")
		}
		w.enroll(u)
		b := w.using(chrome)
		if out, err := b.signIn("a@example.com", password, false); err != nil || out.Needed == nil {
			t.Fatalf("%+v, %v", out, err)
		}
		if n := len(w.mails("NEW_SIGN_IN")); n != 0 {
			t.Errorf("%d mails before the second factor", n)
		}
		if _, err := b.second(w.code()); err != nil {
			t.Fatal(err)
		}
		if n := len(w.mails("NEW_SIGN_IN")); n != 1 {
			t.Errorf("%d mails, want 1", n)
		}
	})
}

// The mail is written in the transaction of the sign-in: where it can't be queued, nobody is signed in (#74).
func Test74NoSignInWithoutItsMail(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("a@example.com")
		w.using(firefox).mustSignIn("a@example.com", false)
		w.sql("UPDATE users SET email = $1", "a@example.com\r\nBcc: b@example.com")
		if out, err := w.using(chrome).signIn("a@example.com", password, false); err == nil {
			t.Errorf("%+v", out)
		}
		if n := w.number("SELECT count(*) FROM sessions"); n != 1 {
			t.Errorf("%d sessions", n)
		}
	})
}

// #36: a wrong second factor after the right password is told of, once a quarter of an hour; a wrong password is not.
func Test36WrongSecondFactor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.enroll(w.user("a@example.com"))
		if _, err := w.browser().signIn("a@example.com", "wrong password of mine", false); err == nil {
			t.Fatal("signed in")
		}
		b := w.waiting("a@example.com")
		if n := len(w.mails("WRONG_SECOND_FACTOR")); n != 0 {
			t.Fatalf("%d mails before a factor was given", n)
		}
		for range 3 {
			if _, err := b.second("000000"); err == nil {
				t.Fatal("signed in")
			}
		}
		if told := w.mails("WRONG_SECOND_FACTOR"); len(told) != 1 || told[0]["network"] != "192.0.2.1" || !strings.HasSuffix(told[0]["at"], " UTC") {
			t.Errorf("%v", told)
		}
		w.later(15 * time.Minute)
		inside := w.waiting("a@example.com")
		if _, err := inside.second(w.code()); err != nil {
			t.Fatal(err)
		}
		if n := len(w.mails("WRONG_SECOND_FACTOR")); n != 1 {
			t.Errorf("%d mails after a right one", n)
		}
		if _, err := inside.confirm(password, "000000"); err == nil {
			t.Fatal("confirmed")
		}
		if n := len(w.mails("WRONG_SECOND_FACTOR")); n != 2 {
			t.Errorf("%d mails after a wrong one as proof of identity", n)
		}
	})
}

// What the client sends as its name never gets into a mail.
func TestNoticesNameOnlyKnownDevices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("a@example.com")
		w.using(firefox).mustSignIn("a@example.com", false)
		w.using("Visit https://evil.example now").mustSignIn("a@example.com", false)
		for name, value := range w.mails("NEW_SIGN_IN")[0] {
			if strings.Contains(value, "evil") {
				t.Errorf("%s: %s", name, value)
			}
		}
	})
}
