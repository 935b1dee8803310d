package verification

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	ent "roster/ent/generated"
	"roster/ent/generated/verification"
	"roster/ent/generated/verificationfile"
	"roster/ent/generated/verificationstep"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/mail"
)

// Cause is why a proof was not accepted; stored, so a name is for ever.
type Cause string

// The causes. Other needs words beside it.
const (
	Unreadable Cause = "UNREADABLE"
	Incomplete Cause = "INCOMPLETE"
	OutOfDate  Cause = "OUT_OF_DATE"
	Mismatch   Cause = "MISMATCH"
	Unaccepted Cause = "NOT_ACCEPTED"
	Other      Cause = "OTHER"
)

// CauseOf is the cause that is stored; nil for none.
func CauseOf(stored string) *Cause {
	if stored == "" {
		return nil
	}
	c := Cause(stored)
	return &c
}

// longestReason is in characters.
const longestReason = 500

// Decision is what a reviewer says of a submitted proof.
type Decision struct {
	UserID int
	// Version is that of the verification which the reviewer looked at; nil: whatever is there.
	Version *int
	Approve bool
	// Cause and Reason say why it is rejected; the user reads both. Without a cause it is Other. Line breaks become spaces.
	Cause  Cause
	Reason string
}

// Decide approves or rejects a submitted proof. Where a second reviewer is asked for, the first approval waits for another
// one by somebody else. It needs MANAGE_USER_VERIFICATION. Faults: version fault.Conflict, it was decided or submitted anew
// meanwhile; reason fault.Required, fault.Invalid, fault.TooLong; userId fault.NotAllowed: nothing waits to be looked at, it
// is the viewer's own, another service decides, they approved it already, or it is approved once the pictures are gone.
func (s *Service) Decide(ctx context.Context, d Decision) (*ent.User, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	entry := audit.Entry{Action: audit.VerificationDecided, Target: audit.OnUser(d.UserID), AboutUserID: d.UserID}
	return s.act(ctx, entry, func(ctx context.Context, tx *db.Tx, m *matter, entry *audit.Entry) error {
		if err := d.allowed(ctx, m); err != nil {
			return err
		}
		entry.Detail = map[string]any{"approved": d.Approve}
		if !d.Approve {
			entry.Detail["cause"], entry.Detail["reason"] = string(d.Cause), d.Reason
			return s.reject(ctx, tx, m, verificationstep.ActorSTAFF, d.Cause, d.Reason)
		}
		if err := shown(ctx, tx, m); err != nil {
			return err
		}
		if m.chosen.SecondReviewer && m.row.ReviewerID == 0 {
			entry.Detail["second"] = true
			reviewer := viewer.From(ctx).UserID
			return s.take(ctx, tx, m, step{to: verification.StatusSUBMITTED, by: verificationstep.ActorSTAFF,
				change: func(u *ent.VerificationUpdateOne) { u.SetReviewerID(reviewer) }})
		}
		return s.approve(ctx, tx, m, verificationstep.ActorSTAFF)
	})
}

func (d *Decision) check() error {
	d.Reason = tidy(d.Reason)
	if d.Approve {
		d.Cause, d.Reason = "", ""
		return nil
	}
	d.Cause = cmp.Or(d.Cause, Other)
	if d.Cause == Other && d.Reason == "" {
		return fault.On("reason", fault.Required, "Say what is the matter.")
	}
	if err := checkReason(d.Reason); err != nil {
		return err
	}
	return nil
}

// tidy makes one line of a reason, as it stands wherever it is shown.
func tidy(reason string) string { return strings.Join(strings.Fields(reason), " ") }

// checkReason is nil for words that can be kept and shown.
func checkReason(reason string) *fault.Error {
	switch {
	case utf8.RuneCountInString(reason) > longestReason:
		return fault.On("reason", fault.TooLong, "The reason may have up to 500 characters.")
	case strings.ContainsFunc(reason, audit.Unseen):
		return fault.On("reason", fault.Invalid, "The reason has a control character, or one that changes the direction of the text.")
	}
	return nil
}

func (d *Decision) allowed(ctx context.Context, m *matter) error {
	v := viewer.From(ctx)
	switch {
	case m.row != nil && d.Version != nil && *d.Version != m.row.Version:
		return fault.On("version", fault.Conflict, "This was decided, or something else was submitted, since you looked.")
	case m.status() != verification.StatusSUBMITTED:
		return refuse("Nothing of this user's waits to be looked at.")
	case m.row.Provider != Manual:
		return refuse("Another service decides about this.")
	case v.UserID == m.user.ID:
		return refuse("Somebody else has to look at what you submitted.")
	case m.chosen.SecondReviewer && v.UserID == 0:
		return refuse("Two people have to look at this; an API token is none.")
	case d.Approve && m.chosen.SecondReviewer && m.row.ReviewerID == v.UserID:
		return refuse("You approved this already. Somebody else has to do so too.")
	}
	return nil
}

// shown refuses to approve what nobody can look at any more.
func shown(ctx context.Context, tx *db.Tx, m *matter) error {
	there, err := tx.VerificationFile.Query().
		Where(verificationfile.VerificationID(m.row.ID), verificationfile.Submitted(true), verificationfile.PurgeAtGT(m.at)).
		Exist(viewer.ForSystem(ctx, "identity verification"))
	if err != nil {
		return fmt.Errorf("looking for files: %w", err)
	}
	if !there {
		return refuse("The pictures were removed when their time was over. Reject it, so that they are sent again.")
	}
	return nil
}

func (s *Service) approve(ctx context.Context, tx *db.Tx, m *matter, by verificationstep.Actor) error {
	until := time.Time{}
	if m.chosen.ApprovalDays > 0 {
		until = m.at.Add(time.Duration(m.chosen.ApprovalDays) * 24 * time.Hour)
	}
	err := s.take(ctx, tx, m, step{to: verification.StatusAPPROVED, by: by, change: func(u *ent.VerificationUpdateOne) {
		u.SetDecidedAt(m.at).SetExpiresAt(until).SetCause("").SetReason("").SetReviewerID(0)
	}})
	if err != nil {
		return err
	}
	return s.tell(ctx, tx, m, mail.VerificationApproved, nil)
}

func (s *Service) reject(ctx context.Context, tx *db.Tx, m *matter, by verificationstep.Actor, why Cause, words string) error {
	err := s.take(ctx, tx, m, step{to: verification.StatusREJECTED, by: by, cause: why, reason: words, change: func(u *ent.VerificationUpdateOne) {
		u.SetDecidedAt(m.at).SetCause(string(why)).SetReason(words).AddTries(1).SetReviewerID(0)
	}})
	if err != nil {
		return err
	}
	return s.tell(ctx, tx, m, mail.VerificationRejected, map[string]string{string(why): "1", "note": words})
}
