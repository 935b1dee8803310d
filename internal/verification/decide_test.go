package verification_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	entverification "roster/ent/generated/verification"
	"roster/ent/permission"
	"roster/internal/accounttest"
	"roster/internal/dbtest"
	"roster/internal/fault"
	"roster/internal/paging"
	"roster/internal/settings"
	"roster/internal/verification"
)

// A decision is made once, about what waits, by somebody else than the user, and with a reason where it is no.
func TestDecisions(t *testing.T) {
	each(t, func(w *world) {
		yes := verification.Decision{UserID: w.eve.ID, Approve: true}
		decide := func(what, want string, by context.Context, d verification.Decision) {
			w.Helper()
			_, err := w.ID.Decide(by, d)
			w.Refused(what, err, want)
		}
		decide("who was never asked", "NOT_ALLOWED userId", w.ada, yes)
		w.must(w.ID.Initiate(w.ada, w.eve.ID, ""))
		decide("who has not submitted", "NOT_ALLOWED userId", w.ada, yes)
		w.submit(w.eve)
		decide("nobody", "UNAUTHENTICATED", w.Nobody(), yes)
		decide("the user", "FORBIDDEN", w.As(w.eve), yes)
		decide("staff without the permission", "FORBIDDEN", w.Staff("Cem", permission.ListUsers, permission.EditUsers), yes)
		decide("no reason", "REQUIRED reason", w.ada, verification.Decision{UserID: w.eve.ID})
		decide("a long reason", "TOO_LONG reason", w.ada, verification.Decision{UserID: w.eve.ID, Reason: strings.Repeat("x", 501)})
		decide("a reason that cannot be seen", "INVALID reason", w.ada, verification.Decision{UserID: w.eve.ID, Reason: "a\x00b"})
		decide("a reason that turns", "INVALID reason", w.ada, verification.Decision{UserID: w.eve.ID, Reason: "x\u202ey"})
		old := w.state(w.eve).Version() - 1
		decide("what was there before", "CONFLICT version", w.ada, verification.Decision{UserID: w.eve.ID, Approve: true, Version: &old})
		w.stands(w.eve, entverification.StatusSUBMITTED)

		w.must(w.ID.Decide(w.ada, yes))
		w.stands(w.eve, entverification.StatusAPPROVED)
		w.Told("VERIFICATION_APPROVED eve@example.com")
		w.Noted("VERIFICATION_DECIDED DONE")
		decide("twice", "NOT_ALLOWED userId", w.bea, w.reject())
		w.stands(w.eve, entverification.StatusAPPROVED)
	})
}

// A reason that was written in several lines is one line.
func TestReasonsAreOneLine(t *testing.T) {
	each(t, func(w *world) {
		w.submitted()
		w.must(w.ID.Decide(w.ada, verification.Decision{UserID: w.eve.ID, Reason: " It is blurred.\r\n\nPlease try again. "}))
		histories, err := w.ID.Histories(w.As(w.eve), []int{w.eve.ID})
		if steps := histories[w.eve.ID]; err != nil || len(steps) == 0 || steps[0].Reason != "It is blurred. Please try again." {
			w.Errorf("the history: %v, %v", steps, err)
		}
	})
}

// Staff do not look at what they submitted themselves.
func TestNobodyDecidesAboutThemselves(t *testing.T) {
	each(t, func(w *world) {
		dora := w.User("Dora")
		w.Member(w.acme, dora, permission.Orders)
		w.order("2", dora, true)
		w.submit(dora)
		self := w.holding(dora, permission.ManageUserVerification)
		_, err := w.ID.Decide(self, verification.Decision{UserID: dora.ID, Approve: true})
		w.Refused("one's own", err, "NOT_ALLOWED userId")
		w.stands(dora, entverification.StatusSUBMITTED)
	})
}

// Where two have to approve, the same one twice is one, and a token is nobody.
func TestASecondReviewer(t *testing.T) {
	each(t, func(w *world) {
		w.choose(func(v *settings.Verification) { v.SecondReviewer = true })
		yes := verification.Decision{UserID: w.eve.ID, Approve: true}
		w.submitted()
		_, err := w.ID.Decide(w.Token(permission.ManageUserVerification), yes)
		w.Refused("a token", err, "NOT_ALLOWED userId")
		w.must(w.ID.Decide(w.ada, yes))
		w.stands(w.eve, entverification.StatusSUBMITTED)
		if !w.state(w.eve).ApprovedOnce() {
			w.Error("the first approval does not show")
		}
		approved := w.Now
		w.Later(time.Hour)
		if at := w.approvedBy(w.ada); at == nil || !at.Equal(approved) {
			w.Errorf("Ada approved at %v", at)
		}
		for who, by := range map[string]context.Context{"Bea": w.bea, "a token": w.Token(permission.ManageUserVerification)} {
			if at := w.approvedBy(by); at != nil {
				w.Errorf("%s approved at %v", who, at)
			}
		}
		w.choose(func(v *settings.Verification) { v.SecondReviewer = false })
		if at := w.approvedBy(w.ada); at != nil {
			w.Errorf("where one is enough, Ada is kept from it since %v", at)
		}
		w.choose(func(v *settings.Verification) { v.SecondReviewer = true })
		if mails := w.Mails(); slices.Contains(mails, "VERIFICATION_APPROVED eve@example.com") {
			w.Error("the user is told after the first approval")
		}
		_, err = w.ID.Decide(w.ada, yes)
		w.Refused("the same once more", err, "NOT_ALLOWED userId")
		w.must(w.ID.Decide(w.bea, yes))
		w.stands(w.eve, entverification.StatusAPPROVED)
		w.Told("VERIFICATION_APPROVED eve@example.com")

		w.must(w.ID.Initiate(w.ada, w.eve.ID, ""))
		w.submit(w.eve)
		w.must(w.ID.Decide(w.ada, yes))
		w.must(w.ID.Decide(w.bea, w.reject())) // one no is enough
		w.stands(w.eve, entverification.StatusREJECTED)
		w.submit(w.eve)
		if w.state(w.eve).ApprovedOnce() || w.approvedBy(w.ada) != nil {
			w.Error("an approval of what was submitted before counts for what is submitted anew")
		}
		w.must(w.ID.Decide(w.ada, yes))
		w.choose(func(v *settings.Verification) { v.SecondReviewer = false })
		w.must(w.ID.Decide(w.ada, yes)) // where one is enough, it may be the first
		w.stands(w.eve, entverification.StatusAPPROVED)
	})
}

// Two reviewers at once: one wins, and the other is told that it was decided.
func TestTwoReviewersAtOnce(t *testing.T) {
	each(t, func(w *world) {
		for round := range 5 {
			w.must(w.ID.Initiate(w.ada, w.eve.ID, ""))
			w.submit(w.eve)
			version := w.state(w.eve).Version()
			yes, no := verification.Decision{UserID: w.eve.ID, Approve: true, Version: &version}, w.reject()
			no.Version = &version
			var said [2]error
			var both sync.WaitGroup
			both.Go(func() { _, said[0] = w.ID.Decide(w.ada, yes) })
			both.Go(func() { _, said[1] = w.ID.Decide(w.bea, no) })
			both.Wait()
			winners := 0
			for i, want := range []entverification.Status{entverification.StatusAPPROVED, entverification.StatusREJECTED} {
				if said[i] == nil {
					winners++
					w.stands(w.eve, want)
				} else if got := accounttest.Refusal(said[i]); got != "CONFLICT version" {
					w.Errorf("round %d: the other is told %q", round, got)
				}
			}
			if winners != 1 {
				w.Errorf("round %d: %d won: %v", round, winners, said)
			}
		}
		if n := w.Count("verification_steps WHERE status IN ('APPROVED', 'REJECTED')"); n != 5 {
			w.Errorf("%d decisions in five rounds", n)
		}
	})
}

// An approval ends at its moment, for whoever asks; what runs beside the requests writes it down, once, mails and records it.
func TestApprovalsExpire(t *testing.T) {
	each(t, func(w *world) {
		w.choose(func(v *settings.Verification) { v.ApprovalDays = 10 })
		w.approved()
		w.Later(10*24*time.Hour - time.Second)
		if err := w.ID.Sweep(w.Context()); err != nil {
			w.Fatal(err)
		}
		w.stands(w.eve, entverification.StatusAPPROVED)
		w.Later(time.Second)
		if got := w.state(w.eve).Status(); got != entverification.StatusEXPIRED {
			w.Errorf("at its end it is %s", got)
		}
		for range 2 {
			if err := w.ID.Sweep(w.Context()); err != nil {
				w.Fatal(err)
			}
		}
		w.stands(w.eve, entverification.StatusEXPIRED)
		w.Told("VERIFICATION_EXPIRED eve@example.com")
		w.Noted("VERIFICATION_EXPIRED DONE")
		if n := w.Count("mails WHERE kind = 'VERIFICATION_EXPIRED'"); n != 1 {
			w.Errorf("the user is told %d times", n)
		}
		w.order("2", w.eve, true) // an order asks again
		w.stands(w.eve, entverification.StatusREQUESTED)
	})
}

// Where the feature is switched off nobody is told that an approval ended, until it is switched on again.
func TestNobodyIsToldWhereItIsSwitchedOff(t *testing.T) {
	each(t, func(w *world) {
		w.choose(func(v *settings.Verification) { v.ApprovalDays = 10 })
		w.approved()
		w.Later(11 * 24 * time.Hour)
		for on, want := range []int{0, 1} {
			w.choose(func(v *settings.Verification) { v.Enabled = on == 1 })
			if err := w.ID.Sweep(w.Context()); err != nil {
				w.Fatal(err)
			}
			if n := w.Count("mails WHERE kind = 'VERIFICATION_EXPIRED'"); n != want {
				w.Errorf("switched on: %t, and told %d times", on == 1, n)
			}
		}
	})
}

// An approval for good never ends.
func TestApprovalsForGood(t *testing.T) {
	each(t, func(w *world) {
		w.approved()
		w.Later(50 * 365 * 24 * time.Hour)
		if err := w.ID.Sweep(w.Context()); err != nil {
			w.Fatal(err)
		}
		w.stands(w.eve, entverification.StatusAPPROVED)
	})
}

// The queue holds what waits for Roster's staff, the longest waiting first, and is theirs alone.
func TestTheQueue(t *testing.T) {
	each(t, func(w *world) {
		w.order("2", nil, true)
		w.submit(w.olga)
		w.Later(time.Minute)
		w.submitted()
		first := 1
		for want, after := w.olga.ID, (*string)(nil); want != 0; {
			page, err := w.ID.Queue(w.bea, paging.Request{First: &first, After: after})
			if err != nil || len(page.Rows) != 1 || page.Rows[0].UserID != want {
				w.Fatalf("%+v, %v, want user %d", page, err, want)
			}
			cursor := page.Edges()[0].Cursor()
			if after, want = &cursor, map[int]int{w.olga.ID: w.eve.ID}[want]; page.HasNext != (want != 0) {
				w.Errorf("a page behind that of user %d: %t", want, page.HasNext)
			}
		}
		if n, err := w.ID.Waiting(w.bea); n != 2 || err != nil {
			w.Errorf("%d wait, %v", n, err)
		}
		for what, by := range map[string]context.Context{"the user": w.As(w.eve), "staff without the permission": w.Staff("Cem", permission.ListUsers)} {
			if _, err := w.ID.Queue(by, paging.Request{First: &first}); !fault.Is(err, fault.Forbidden) {
				w.Errorf("%s: %v", what, err)
			}
		}
		w.choose(func(v *settings.Verification) { v.Enabled = false })
		if n, err := w.ID.Waiting(w.bea); n != 0 || err != nil {
			w.Errorf("switched off, %d wait, %v", n, err)
		}
	})
}

// The queue is read from an index as it comes, and sorts nothing, however many were decided before.
func TestTheQueueWalksAnIndex(t *testing.T) {
	each(t, func(w *world) {
		w.order("2", nil, true)
		w.submit(w.olga)
		w.submitted()
		asked, first := dbtest.Watch(w.DB, "verifications"), 1
		request := paging.Request{First: &first}
		for _, page := range []string{"the first", "the next"} {
			waits, err := w.ID.Queue(w.bea, request)
			if err != nil || len(waits.Rows) != 1 {
				w.Fatalf("%s page: %+v, %v", page, waits, err)
			}
			plan := asked.Plan(w.T)
			if !strings.Contains(plan, "verification_status_submitted_at_id") || strings.Contains(plan, "Sort") || strings.Contains(plan, "TEMP B-TREE") {
				w.Errorf("%s page: %s", page, plan)
			}
			cursor := waits.Edges()[0].Cursor()
			request.After = &cursor
		}
	})
}
