package signin_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	ent "roster/ent/generated"
	entsignin "roster/ent/generated/signin"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/fault"
	"roster/internal/signin"
)

// sessions are those that the browser's user sees of whom.
func (b *browser) sessions(of int) (list []*signin.Standing) {
	b.t.Helper()
	b.request(func(ctx context.Context) {
		byUser, err := b.SessionsOf(ctx, []int{of})
		if err != nil {
			b.t.Fatal(err)
		}
		list = byUser[of]
	})
	return list
}

func (b *browser) end(id int) (u *ent.User, err error) {
	b.t.Helper()
	b.request(func(ctx context.Context) { u, err = b.EndSession(ctx, id) })
	return u, err
}

func (b *browser) endOthers() (n int, err error) {
	b.t.Helper()
	b.request(func(ctx context.Context) { _, n, err = b.EndOtherSessions(ctx) })
	return n, err
}

// Users see where they are signed in: the present session first, and nothing that is over, or waits.
func TestOwnSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		over := w.using(firefox)
		over.mustSignIn("a@example.com", false)
		w.later(2 * time.Hour) // longer than it may idle
		phone, laptop := w.using(chrome), w.using(firefox)
		phone.mustSignIn("a@example.com", true)
		w.later(minute)
		laptop.mustSignIn("a@example.com", false)
		w.later(minute)
		third := w.browser()
		third.mustSignIn("a@example.com", false)
		w.enroll(u)
		w.waiting("a@example.com")

		list := phone.sessions(u.ID)
		if len(list) != 3 {
			t.Fatalf("%d sessions, want 3", len(list))
		}
		if first := list[0]; !first.Current || first.Browser() != "Chrome" || first.System() != "Linux" || first.Address != "192.0.2.1" {
			t.Errorf("the present one: %+v", first)
		}
		if list[1].Current || list[1].ID < list[2].ID || list[2].Browser() != "Firefox" || list[2].System() != "Windows" {
			t.Errorf("the others: %+v, %+v", list[1], list[2])
		}
		if third.sessions(u.ID)[0].ID == list[0].ID {
			t.Error("each browser has a present session of its own")
		}
	})
}

// What was ended is signed out with the next request, and stays on record; the present one is ended by signing out.
func TestEndSession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		here, there := w.using(firefox), w.using(chrome)
		own := here.mustSignIn("a@example.com", false).SessionID
		lost := there.mustSignIn("a@example.com", false).SessionID

		if _, err := here.end(own); !fault.Is(err, fault.NotAllowed) || !here.is().SignedIn() {
			t.Errorf("the present one: %v, want NOT_ALLOWED", err)
		}
		if of, err := here.end(lost); err != nil || of.ID != u.ID {
			t.Fatalf("%v, %v", of, err)
		}
		if there.is().SignedIn() || !here.is().SignedIn() {
			t.Error("the wrong one was ended")
		}
		if _, err := here.end(lost); !fault.Is(err, fault.NotFound) {
			t.Errorf("once more: %v, want NOT_FOUND", err)
		}
		for outcome, want := range map[string]int{"DONE": 1, "NOT_FOUND": 1, "NOT_ALLOWED": 1} {
			n := w.number("SELECT count(*) FROM audit_entries WHERE action = 'SESSION_ENDED' AND outcome = $1 AND actor_id = $2 AND target_id = $2", outcome, u.ID)
			if n != want {
				t.Errorf("%s is on record %d times", outcome, n)
			}
		}
	})
}

func TestEndOtherSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("a@example.com")
		w.user("b@example.com")
		foreign := w.browser()
		foreign.mustSignIn("b@example.com", false)
		w.browser().mustSignIn("a@example.com", false)
		w.later(2 * time.Hour) // that one is over, and is not counted
		foreign.mustSignIn("b@example.com", false)
		here, there := w.browser(), w.browser()
		here.mustSignIn("a@example.com", false)
		there.mustSignIn("a@example.com", false)
		here.request(func(ctx context.Context) {
			if _, n, err := here.OtherSessions(ctx); err != nil || n != 1 {
				t.Errorf("would end %d, %v", n, err)
			}
		})
		if n, err := here.endOthers(); err != nil || n != 1 {
			t.Errorf("ended %d, %v", n, err)
		}
		if there.is().SignedIn() || !here.is().SignedIn() || !foreign.is().SignedIn() {
			t.Error("the wrong ones were ended")
		}
		if n, err := here.endOthers(); err != nil || n != 0 {
			t.Errorf("ended %d, %v", n, err)
		}
	})
}

// Nobody sees, or ends, the session of somebody else; staff who may list users see them.
func TestSessionsOfOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		victim := w.user("victim@example.com")
		w.user("eve@example.com")
		w.staff("chief@example.com", permission.ListUsers)
		w.staff("other@example.com", permission.EditUsers)
		hers := w.browser()
		id := hers.mustSignIn("victim@example.com", false).SessionID
		for _, c := range []struct {
			who  string
			sees bool
		}{{"eve@example.com", false}, {"other@example.com", false}, {"chief@example.com", true}, {"", false}} {
			b := w.browser()
			if c.who != "" {
				b.mustSignIn(c.who, false)
			}
			if sees := len(b.sessions(victim.ID)) == 1; sees != c.sees {
				t.Errorf("%q sees the sessions: %v", c.who, sees)
			}
			b.request(func(ctx context.Context) {
				found, err := b.Session(ctx, id)
				if (found != nil) != c.sees || err != nil != (c.who == "") {
					t.Errorf("%q finds the session: %v, %v", c.who, found, err)
				}
				pages, err := b.HistoriesOf(ctx, []int{victim.ID}, 10)
				if err != nil || (pages[victim.ID] != nil) != c.sees {
					t.Errorf("%q sees the sign-ins: %v, %v", c.who, pages, err)
				}
				counts, err := b.CountHistories(ctx, []int{victim.ID})
				if _, sees := counts[victim.ID]; err != nil || sees != c.sees {
					t.Errorf("%q counts the sign-ins: %v, %v", c.who, counts, err)
				}
				cursor := signin.HistoryEdge{Node: &signin.Try{SignIn: &ent.SignIn{ID: 1_000_000}}}.Cursor()
				if _, err = b.FurtherHistory(ctx, victim.ID, 10, cursor); (err == nil) != c.sees {
					t.Errorf("%q turns the pages of the sign-ins: %v", c.who, err)
				}
			})
			want := fault.NotFound
			if c.who == "" {
				want = fault.Unauthenticated
			}
			if _, err := b.end(id); !fault.Is(err, want) {
				t.Errorf("%q ends the session: %v, want %s", c.who, err, want)
			}
		}
		if !hers.is().SignedIn() {
			t.Error("somebody ended it")
		}
	})
}

// #14, #48: neither a token nor staff who act as a user end sessions.
func TestOnlyPeopleEndSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u := w.user("a@example.com")
		id := w.browser().mustSignIn("a@example.com", false).SessionID
		for _, kind := range []viewer.Kind{viewer.Token, viewer.Masquerade} {
			ctx := viewer.With(t.Context(), &viewer.Viewer{Kind: kind, UserID: u.ID, SessionID: 1_000_000})
			_, one := w.EndSession(ctx, id)
			_, _, all := w.EndOtherSessions(ctx)
			_, _, dry := w.OtherSessions(ctx)
			for _, err := range []error{one, all, dry} {
				if !fault.Is(err, fault.Forbidden) {
					t.Errorf("%s: %v, want FORBIDDEN", kind, err)
				}
			}
		}
	})
}

// Of many who end a session at once, one does, and the others are told that it is not there (#86).
func TestEndedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("a@example.com")
		lost := w.browser().mustSignIn("a@example.com", false).SessionID
		browsers := make([]*browser, 4)
		for i := range browsers {
			browsers[i] = w.browser()
			browsers[i].mustSignIn("a@example.com", false)
		}
		var done atomic.Int32
		var all sync.WaitGroup
		for _, b := range browsers {
			all.Go(func() {
				if _, err := b.end(lost); err == nil {
					done.Add(1)
				} else if !fault.Is(err, fault.NotFound) {
					t.Errorf("%v, want NOT_FOUND", err)
				}
			})
		}
		all.Wait()
		if done.Load() != 1 {
			t.Errorf("ended %d times", done.Load())
		}
	})
}

// The history is turned page by page, the newest first, each try once, as far back as 180 days.
func TestHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		u, other := w.user("a@example.com"), w.user("b@example.com")
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			var errs []error
			for i := range 25 {
				at := w.now.Add(-181 * 24 * time.Hour)
				if i >= 2 {
					at = w.now.Add(time.Duration(i-30) * time.Minute)
				}
				for _, id := range []int{u.ID, other.ID} {
					errs = append(errs, tx.SignIn.Create().SetUserID(id).SetAt(at).SetOutcome(entsignin.OutcomeWRONG_PASSWORD).
						SetAddress(fmt.Sprintf("192.0.2.%d", i)).SetDevice(firefox).Exec(ctx))
				}
			}
			return errors.Join(errs...)
		})
		b := w.using(chrome)
		b.mustSignIn("a@example.com", false)
		var seen []*signin.Try
		b.request(func(ctx context.Context) {
			pages, err := b.HistoriesOf(ctx, []int{u.ID, other.ID}, 10)
			if err != nil || len(pages) != 1 {
				t.Fatalf("%v, %v", pages, err)
			}
			page := pages[u.ID]
			for {
				seen = append(seen, page.Tries...)
				if !page.PageInfo().HasNextPage {
					break
				}
				if page, err = b.FurtherHistory(ctx, u.ID, 10, *page.PageInfo().EndCursor); err != nil {
					t.Fatal(err)
				}
			}
			if counts, err := b.CountHistories(ctx, []int{u.ID}); err != nil || counts[u.ID] != 24 {
				t.Errorf("%v, %v", counts, err)
			}
			for _, bad := range []string{"x", "MQ", page.Edges()[0].Cursor() + "A"} {
				if _, err := b.FurtherHistory(ctx, u.ID, 10, bad); !fault.Is(err, fault.Invalid) {
					t.Errorf("cursor %q: %v", bad, err)
				}
			}
		})
		if len(seen) != 24 || seen[0].Outcome != entsignin.OutcomeSIGNED_IN || seen[0].Browser() != "Chrome" {
			t.Fatalf("%d tries, the first: %+v", len(seen), seen[0])
		}
		for i, try := range seen[1:] {
			if want := fmt.Sprintf("192.0.2.%d", 24-i); try.Address != want || try.UserID != u.ID || try.System() != "Windows" {
				t.Errorf("place %d: %+v", i+1, try)
			}
		}
	})
}
