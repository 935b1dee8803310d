package verification_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	ent "roster/ent/generated"
	entverification "roster/ent/generated/verification"
	"roster/ent/generated/verificationfile"
	"roster/ent/permission"
	"roster/internal/accounts"
	"roster/internal/db"
	"roster/internal/settings"
	"roster/internal/verification"
)

// product.md A9: it applies to who placed an order, and an order that staff placed counts for the account's owner.
func TestOnlyWhoPlacedAnOrderIsAsked(t *testing.T) {
	each(t, func(w *world) {
		mel := w.User("Mel")
		w.Member(w.acme, mel, permission.Accounts...)
		for _, u := range []*ent.User{w.olga, mel} {
			_, err := w.ID.Initiate(w.ada, u.ID, "")
			w.Refused(u.FirstName+" before staff's order", err, "NOT_ALLOWED userId")
			if err == nil || !strings.Contains(err.Error(), "placed no order") {
				w.Errorf("the reason is %v", err)
			}
			w.Noted("VERIFICATION_REQUESTED NOT_ALLOWED")
		}
		w.must(w.ID.Initiate(w.ada, w.eve.ID, ""))
		w.stands(w.eve, entverification.StatusREQUESTED)
		w.Told("VERIFICATION_REQUESTED eve@example.com")
		w.Noted("VERIFICATION_REQUESTED DONE")

		w.order("2", nil, false)
		w.must(w.ID.Initiate(w.ada, w.olga.ID, ""))
		w.stands(w.olga, entverification.StatusREQUESTED)
		_, err := w.ID.Initiate(w.ada, mel.ID, "")
		w.Refused("a member who owns nothing", err, "NOT_ALLOWED userId")
		applies, err := w.ID.Applicable(w.ada, []int{w.eve.ID, w.olga.ID, mel.ID})
		if err != nil || !applies[w.eve.ID] || !applies[w.olga.ID] || applies[mel.ID] {
			w.Errorf("it applies to %v, %v", applies, err)
		}
	})
}

// Each state in which nobody is asked, and each viewer who may not.
func TestAskingIsRefused(t *testing.T) {
	each(t, func(w *world) {
		ask := func(what, want string, by context.Context, id int) {
			w.Helper()
			_, err := w.ID.Initiate(by, id, "")
			w.Refused(what, err, want)
		}
		ask("nobody", "UNAUTHENTICATED", w.Nobody(), w.eve.ID)
		ask("the user", "FORBIDDEN", w.As(w.eve), w.eve.ID)
		ask("staff without the permission", "FORBIDDEN", w.Staff("Cem", permission.ListUsers), w.eve.ID)
		ask("a user who is not there", "NOT_FOUND", w.ada, 9999)
		w.choose(func(v *settings.Verification) { v.Enabled = false })
		ask("switched off", "NOT_ALLOWED userId", w.ada, w.eve.ID)
		w.choose(func(v *settings.Verification) { v.Enabled = true })
		if len(w.Mails()) != 0 {
			w.Errorf("mailed: %v", w.Mails())
		}

		w.must(w.ID.Initiate(w.Token(permission.ManageUserVerification), w.eve.ID, ""))
		ask("twice", "NOT_ALLOWED userId", w.ada, w.eve.ID)
		w.submit(w.eve)
		ask("while it is looked at", "NOT_ALLOWED userId", w.ada, w.eve.ID)
		w.must(w.ID.Decide(w.ada, verification.Decision{UserID: w.eve.ID, Approve: true}))
		w.must(w.ID.Initiate(w.ada, w.eve.ID, "")) // anew: what was proven is to be proven again
		w.stands(w.eve, entverification.StatusREQUESTED)
		w.must(w.ID.Reset(w.ada, w.eve.ID, "by mistake"))
		w.Suspend(w.eve)
		ask("suspended", "NOT_ALLOWED userId", w.ada, w.eve.ID)
	})
}

// An order that needs it asks who placed it, or the account's owner where staff did; who is asked, waits or is approved is
// not asked again.
func TestAnOrderAsks(t *testing.T) {
	each(t, func(w *world) {
		w.order("2", w.eve, true)
		w.stands(w.eve, entverification.StatusREQUESTED)
		w.Told("VERIFICATION_REQUESTED eve@example.com")
		w.order("3", nil, true)
		w.stands(w.olga, entverification.StatusREQUESTED)
		for by, want := range map[context.Context]string{w.ada: "3", w.As(w.olga): ""} { // staff read which order asks
			histories, err := w.ID.Histories(by, []int{w.olga.ID})
			if steps := histories[w.olga.ID]; err != nil || len(steps) != 1 || steps[0].Reason != want {
				w.Errorf("the history: %v, %v, want %q", steps, err, want)
			}
		}
		w.Told("VERIFICATION_REQUESTED eve@example.com", "VERIFICATION_REQUESTED olga@example.com")
		w.order("4", w.eve, true)
		w.submit(w.eve)
		w.order("5", w.eve, true)
		w.stands(w.eve, entverification.StatusSUBMITTED)
		w.must(w.ID.Decide(w.ada, verification.Decision{UserID: w.eve.ID, Approve: true}))
		w.order("6", w.eve, true)
		w.stands(w.eve, entverification.StatusAPPROVED)
		if mails := w.Mails(); len(mails) != 3 {
			w.Errorf("mailed: %q", mails)
		}
	})
}

// An order asks nobody who can't sign in, and says so to who records it.
func TestAnOrderAsksNobodyWhoIsSuspended(t *testing.T) {
	each(t, func(w *world) {
		w.Suspend(w.olga)
		_, err := w.Accounts.Record(w.ada, accounts.NewOrder{AccountID: w.acme.ID, Number: "2", VerificationRequired: true})
		w.Refused("an order of a suspended owner's", err, "NOT_ALLOWED verificationRequired")
		if n := w.Count("verifications"); n != 0 || len(w.Mails()) != 0 {
			w.Errorf("%d are asked, and mailed: %q", n, w.Mails())
		}
	})
}

// Where the feature is switched off, an order that needs it is noted and asks nobody.
func TestAnOrderAsksNobodyWhereItIsSwitchedOff(t *testing.T) {
	each(t, func(w *world) {
		w.choose(func(v *settings.Verification) { v.Enabled = false })
		w.order("2", w.eve, true)
		if n := w.Count("verifications"); n != 0 || len(w.Mails()) != 0 {
			w.Errorf("%d are asked, and mailed: %q", n, w.Mails())
		}
		if n := w.Count("orders WHERE verification_required"); n != 1 {
			w.Errorf("%d orders", n)
		}
	})
}

// The order and the question are one transaction: neither is there without the other.
func TestAnOrderAndItsQuestionAreOne(t *testing.T) {
	each(t, func(w *world) {
		broken := errors.New("the disk is full")
		w.Accounts.Verify = func(ctx context.Context, tx *db.Tx, userID int, number string) error {
			if err := w.ID.OnOrder(ctx, tx, userID, number); err != nil {
				return err
			}
			return broken
		}
		_, err := w.Accounts.Record(w.ada, accounts.NewOrder{AccountID: w.acme.ID, Number: "2", PlacedByID: &w.eve.ID, VerificationRequired: true})
		if !errors.Is(err, broken) {
			w.Errorf("recording: %v", err)
		}
		if n := w.Count("orders WHERE number = '2'") + w.Count("verifications") + w.Count("mails"); n != 0 {
			w.Errorf("%d rows are left of an order that was not noted", n)
		}
	})
}

// Staff may say why they ask: it is told to staff alone, and an order needs no words.
func TestAskingHasAReason(t *testing.T) {
	each(t, func(w *world) {
		for what, c := range map[string]struct{ reason, want string }{
			"too long":      {strings.Repeat("x", 201), "TOO_LONG reason"},
			"what turns":    {"x\u202ey", "INVALID reason"},
			"an unseen one": {"a \x00b", "INVALID reason"},
		} {
			_, err := w.ID.Initiate(w.ada, w.eve.ID, c.reason)
			w.Refused(what, err, c.want)
		}
		w.stands(w.eve, entverification.StatusNOT_REQUESTED)
		w.must(w.ID.Initiate(w.ada, w.eve.ID, "  an order over\n9,000 "))
		for _, c := range []struct {
			by   context.Context
			want string
		}{{w.As(w.eve), ""}, {w.bea, "an order over 9,000"}} {
			histories, err := w.ID.Histories(c.by, []int{w.eve.ID})
			if steps := histories[w.eve.ID]; err != nil || len(steps) != 1 || steps[0].Reason != c.want {
				w.Errorf("the history: %v, %v, want %q", steps, err, c.want)
			}
		}
	})
}

// A reset takes everything back at once: what was sent goes with its content, and the user can be asked again.
func TestResetTakesEverythingBack(t *testing.T) {
	each(t, func(w *world) {
		front := w.submitted()
		if _, err := w.ID.Reset(w.ada, w.eve.ID, " "); err == nil {
			w.Error("a reset without a reason is made")
		}
		w.must(w.ID.Reset(w.ada, w.eve.ID, "sent by her brother"))
		w.stands(w.eve, entverification.StatusNOT_REQUESTED)
		w.Noted("VERIFICATION_RESET DONE")
		if n := w.Count("verification_files") + w.Count("file_contents"); n != 0 {
			w.Errorf("%d rows of files are left", n)
		}
		_, err := w.ID.Open(w.bea, front)
		w.Refused("a file that is gone", err, "NOT_FOUND")
		_, err = w.ID.Reset(w.ada, w.eve.ID, "again")
		w.Refused("a second reset", err, "NOT_ALLOWED userId")

		// Users read that it was taken back, not why; staff read why.
		for _, c := range []struct {
			by   context.Context
			want string
		}{{w.As(w.eve), ""}, {w.bea, "sent by her brother"}} {
			histories, err := w.ID.Histories(c.by, []int{w.eve.ID})
			if steps := histories[w.eve.ID]; err != nil || len(steps) != 3 || steps[0].Reason != c.want {
				w.Errorf("the history: %v, %v, want %q", steps, err, c.want)
			}
		}
		w.must(w.ID.Initiate(w.ada, w.eve.ID, ""))
		w.submit(w.eve)
		w.stands(w.eve, entverification.StatusSUBMITTED)
	})
}

// A rejected user tries again up to the limit; then staff have to ask anew, and the count begins anew.
func TestTriesEnd(t *testing.T) {
	each(t, func(w *world) {
		w.choose(func(v *settings.Verification) { v.Tries = 2 })
		w.must(w.ID.Initiate(w.ada, w.eve.ID, ""))
		for left := 1; left >= 0; left-- {
			w.submit(w.eve)
			w.must(w.ID.Decide(w.ada, w.reject()))
			w.stands(w.eve, entverification.StatusREJECTED)
			if s := w.state(w.eve); s.TriesLeft != left || *s.Cause() != verification.Unreadable || *s.Reason() != "Too dark." {
				w.Errorf("%d tries are left, want %d; %v %v", s.TriesLeft, left, *s.Cause(), *s.Reason())
			}
			w.Told("VERIFICATION_REJECTED eve@example.com")
		}
		_, err := w.ID.Keep(w.As(w.eve), verificationfile.KindFRONT, strings.NewReader("x"))
		w.Refused("a third try", err, "NOT_ALLOWED")
		w.order("2", w.eve, true)
		w.stands(w.eve, entverification.StatusREJECTED)
		w.must(w.ID.Initiate(w.ada, w.eve.ID, ""))
		if s := w.state(w.eve); s.TriesLeft != 2 || s.Cause() != nil {
			w.Errorf("asked anew: %d tries, %v", s.TriesLeft, s.Cause())
		}
		w.submit(w.eve)
	})
}

// A result of earlier days stands in the history as of its day, and changes nothing of where the user stands.
func TestEarlierResultsLeaveTheStatusAlone(t *testing.T) {
	each(t, func(w *world) {
		e := verification.Earlier{UserID: w.eve.ID, Provider: "Validation.com (service ended 2023)", Approved: true, At: w.Now.AddDate(-4, 0, 0)}
		w.must(w.ID.Bring(w.ada, e))
		w.stands(w.eve, entverification.StatusNOT_REQUESTED)
		w.Noted("VERIFICATION_BROUGHT DONE")
		w.approved()
		e.Approved, e.Reason = false, "The document was out of date."
		w.must(w.ID.Bring(w.ada, e))
		w.stands(w.eve, entverification.StatusAPPROVED)
		histories, err := w.ID.Histories(w.bea, []int{w.eve.ID})
		if steps := histories[w.eve.ID]; err != nil || len(steps) != 5 || steps[4].Provider != e.Provider || !steps[4].At.Equal(e.At) {
			w.Errorf("the history: %v, %v", steps, err)
		}
		for what, c := range map[string]struct {
			change func(*verification.Earlier)
			want   string
		}{
			"without a name":     {func(e *verification.Earlier) { e.Provider = " " }, "REQUIRED provider"},
			"a name too long":    {func(e *verification.Earlier) { e.Provider = strings.Repeat("x", 101) }, "TOO_LONG provider"},
			"a name that turns":  {func(e *verification.Earlier) { e.Provider = "x\u202ey" }, "INVALID provider"},
			"who decides here":   {func(e *verification.Earlier) { e.Provider = "Manual" }, "INVALID provider"},
			"who might decide":   {func(e *verification.Earlier) { e.Provider = "ELSEWHERE" }, "INVALID provider"},
			"a day to come":      {func(e *verification.Earlier) { e.At = w.Now.Add(time.Hour) }, "INVALID at"},
			"no day":             {func(e *verification.Earlier) { e.At = time.Time{} }, "INVALID at"},
			"a reason too long":  {func(e *verification.Earlier) { e.Reason = strings.Repeat("x", 501) }, "TOO_LONG reason"},
			"a user who is gone": {func(e *verification.Earlier) { e.UserID = 9999 }, "NOT_FOUND"},
		} {
			bad := e
			c.change(&bad)
			_, err := w.ID.Bring(w.ada, bad)
			w.Refused(what, err, c.want)
		}
		_, err = w.ID.Bring(w.As(w.eve), e)
		w.Refused("by the user", err, "FORBIDDEN")
	})
}
