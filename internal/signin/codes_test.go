package signin_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/factors"
	"roster/internal/fault"
)

// #30, #36: a backup code stands in for the code, once, however it is typed, and never for another user; the user hears
// of it, and how many are left.
func Test30BackupCodes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		_, _, codes := w.enrolled(u)
		_, _, foreign := w.enrolled(w.user("b@example.com"))
		b := w.browser()
		out, err := b.signIn("a@example.com", password, false)
		if err != nil || out.Needed == nil || len(out.Needed.Methods) != 2 || out.Needed.Methods[1] != factors.BackupCode {
			t.Fatalf("%+v, %v", out, err)
		}
		for name, code := range map[string]string{"of another user": foreign[0], "malformed": "123456", "unknown": "AAAA-AAAA-AAAA-AAAA"} {
			if _, err := b.give(factors.Given{BackupCode: code}, false); !fault.Is(err, fault.Wrong) {
				t.Errorf("%s: %v, want WRONG", name, err)
			}
		}
		typed := strings.ToLower(strings.ReplaceAll(codes[3], "-", " "))
		if out, err := b.give(factors.Given{BackupCode: typed}, false); err != nil || out.Viewer == nil || out.Viewer.UserID != u.ID {
			t.Fatalf("%+v, %v", out, err)
		}
		if _, err := w.waiting("a@example.com").give(factors.Given{BackupCode: codes[3]}, false); !fault.Is(err, fault.Wrong) {
			t.Errorf("once more: %v, want WRONG", err)
		}
		var left string
		if err := d.Reader().QueryRowContext(t.Context(),
			"SELECT params FROM mails WHERE kind = 'BACKUP_CODE_USED' AND user_id = $1", u.ID).Scan(&left); err != nil || !strings.Contains(left, `"left":"9"`) && !strings.Contains(left, `"left": "9"`) {
			t.Errorf("the mail says %s, %v", left, err)
		}
		if w.number("SELECT count(*) FROM audit_entries WHERE action = 'BACKUP_CODE_USED' AND target_id = $1", u.ID) != 1 {
			t.Error("not recorded")
		}
	})
}

// #30: one backup code opens one session, however many ask at once; on PostgreSQL they ask two servers.
func Test30BackupCodeOnce(t *testing.T) {
	twoServers(t, func(t *testing.T, one, other *world) {
		_, _, codes := one.enrolled(one.user("a@example.com"))
		once(t, one, other, factors.Given{BackupCode: codes[0]})
	})
}

// #29: so with one step of an authenticator app.
func Test29StepOnceOnTwoServers(t *testing.T) {
	twoServers(t, func(t *testing.T, one, other *world) {
		one.enroll(one.user("a@example.com"))
		once(t, one, other, factors.Given{Code: one.code()})
	})
}

// twoServers runs test with two services over one database: on PostgreSQL with connections of their own, as two
// processes have; SQLite has one server, which both are.
func twoServers(t *testing.T, test func(t *testing.T, one, other *world)) {
	t.Run("sqlite", func(t *testing.T) {
		w := newWorld(t, dbtest.SQLite(t))
		test(t, w, w)
	})
	t.Run("postgres", func(t *testing.T) {
		source := dbtest.PostgreSQLSource(t)
		test(t, newWorld(t, dbtest.Open(t, source)), newWorld(t, dbtest.Open(t, source)))
	})
}

// once gives the same factor to four sign-ins at the same moment, two on each server.
func once(t *testing.T, one, other *world, given factors.Given) {
	t.Helper()
	var opened atomic.Int32
	var all sync.WaitGroup
	start := make(chan struct{})
	for _, w := range []*world{one, other, one, other} {
		b := w.waiting("a@example.com")
		all.Go(func() {
			<-start
			if _, err := b.give(given, false); err == nil {
				opened.Add(1)
			} else if !fault.Is(err, fault.Wrong) {
				t.Errorf("%v, want WRONG", err)
			}
		})
	}
	close(start)
	all.Wait()
	if n := opened.Load(); n != 1 {
		t.Errorf("%d sessions, want 1", n)
	}
}

// #24: backup codes and codes share one count of tries; while it is full, the right one fails too.
func Test24BackupCodesShareTheCount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, _, codes := w.enrolled(w.user("a@example.com"))
		for i := range 10 {
			b := w.waiting("a@example.com")
			given := factors.Given{Code: "000000"}
			if i%2 == 0 {
				given = factors.Given{BackupCode: "AAAA-AAAA-AAAA-AAAA"}
			}
			if _, err := b.give(given, false); !fault.Is(err, fault.Wrong) {
				t.Fatalf("try %d: %v", i+1, err)
			}
		}
		if _, err := w.waiting("a@example.com").give(factors.Given{BackupCode: codes[0]}, false); !fault.Is(err, fault.Wrong) {
			t.Errorf("the right one: %v, want WRONG", err)
		}
		w.later(15 * time.Minute)
		if _, err := w.waiting("a@example.com").give(factors.Given{BackupCode: codes[0]}, false); err != nil {
			t.Errorf("after 15 minutes: %v", err)
		}
		for name, given := range map[string]factors.Given{"nothing": {}, "both": {Code: "123456", BackupCode: codes[1]}} {
			if _, err := w.waiting("a@example.com").give(given, false); !fault.Is(err, fault.Required) {
				t.Errorf("%s: %v, want REQUIRED", name, err)
			}
		}
	})
}

// #30, #33: new codes need a fresh proof, and end the older ones; a backup code is such a proof for who lost the app.
func Test30NewCodes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		b, _, codes := w.enrolled(w.user("a@example.com"))
		replace := func(b *browser) (codes []string, err error) {
			b.request(func(ctx context.Context) { codes, _, err = b.Factors.ReplaceCodes(ctx) })
			return codes, err
		}
		w.later(11 * time.Minute)
		if _, err := replace(b); !fault.Is(err, fault.SudoRequired) {
			t.Errorf("without a proof: %v", err)
		}
		b.request(func(ctx context.Context) {
			if c, err := b.ConfirmIdentity(ctx, password, factors.Given{BackupCode: codes[0]}); err != nil || c.SudoUntil.IsZero() {
				t.Errorf("confirming by a backup code: %+v, %v", c, err)
			}
		})
		fresh, err := replace(b)
		if err != nil || len(fresh) != 10 || w.number("SELECT count(*) FROM backup_codes") != 10 {
			t.Fatalf("%v, %v", fresh, err)
		}
		if _, err := w.waiting("a@example.com").give(factors.Given{BackupCode: codes[1]}, false); !fault.Is(err, fault.Wrong) {
			t.Errorf("an older one: %v, want WRONG", err)
		}
		if _, err := w.waiting("a@example.com").give(factors.Given{BackupCode: fresh[1]}, false); err != nil {
			t.Errorf("a new one: %v", err)
		}
		if w.number("SELECT count(*) FROM mails WHERE kind = 'BACKUP_CODES_MADE'") != 1 {
			t.Error("the user was not told")
		}
		w.user("plain@example.com")
		plain := w.browser()
		plain.mustSignIn("plain@example.com", false)
		plain.mustConfirm("")
		if _, err := replace(plain); !fault.Is(err, fault.NotAllowed) {
			t.Errorf("without a factor: %v, want NOT_ALLOWED", err)
		}
	})
}
