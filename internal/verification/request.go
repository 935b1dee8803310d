package verification

import (
	"context"
	"fmt"
	"strings"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/user"
	"roster/ent/generated/verification"
	"roster/ent/generated/verificationfile"
	"roster/ent/generated/verificationstep"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/mail"
)

// Initiate asks a user to prove who they are, on behalf of staff with MANAGE_USER_VERIFICATION, and mails them. The reason
// is for staff, and may be empty; faults on it are those of audit.Reason. Faults on userId: fault.NotAllowed for who has no
// order (one of staff's is the account's owner's), who is asked already, whose proof is being looked at, who is suspended, and
// where the feature is switched off.
func (s *Service) Initiate(ctx context.Context, userID int, reason string) (*ent.User, error) {
	entry := audit.Entry{Action: audit.VerificationRequested, Target: audit.OnUser(userID), AboutUserID: userID}
	if strings.TrimSpace(reason) != "" {
		var err error
		if reason, err = audit.Reason("reason", reason); err != nil {
			return nil, err
		}
		entry.Detail = map[string]any{"reason": reason}
	}
	return s.act(ctx, entry, func(ctx context.Context, tx *db.Tx, m *matter, _ *audit.Entry) error {
		applies, err := applies(ctx, tx.Client, []int{userID})
		switch {
		case err != nil:
			return err
		case !applies[userID]:
			return refuse("This user placed no order, so there is nothing to prove who they are for.")
		case m.user.State != user.StateACTIVE:
			return refuse("This user is suspended or erased.")
		}
		switch m.status() {
		case verification.StatusREQUESTED:
			return refuse("This user is asked to prove who they are already.")
		case verification.StatusSUBMITTED:
			return refuse("This user submitted a proof that waits to be looked at.")
		default:
			return s.request(ctx, tx, m, reason)
		}
	})
}

// Reset takes everything back, so that the user can be asked again: files go at once. It needs MANAGE_USER_VERIFICATION.
// fault.NotAllowed on userId: the user was never asked, or it was taken back already.
func (s *Service) Reset(ctx context.Context, userID int, reason string) (*ent.User, error) {
	reason, err := audit.Reason("reason", reason)
	if err != nil {
		return nil, err
	}
	entry := audit.Entry{Action: audit.VerificationReset, Target: audit.OnUser(userID), AboutUserID: userID, Detail: map[string]any{"reason": reason}}
	return s.act(ctx, entry, func(ctx context.Context, tx *db.Tx, m *matter, entry *audit.Entry) error {
		if m.status() == verification.StatusNOT_REQUESTED {
			return refuse("There is nothing to reset: this user is not asked to prove who they are.")
		}
		entry.Detail["before"] = string(m.status())
		if err := s.purge(ctx, tx, verificationfile.VerificationID(m.row.ID)); err != nil {
			return err
		}
		return s.take(ctx, tx, m, step{to: verification.StatusNOT_REQUESTED, by: verificationstep.ActorSTAFF, reason: reason, change: forget})
	})
}

// OnOrder asks whoever an order is of to prove who they are, in the order's own transaction, unless that is done, under way,
// or was rejected: an order brings nobody more tries than there are. Staff read the order's number as the reason. Where the
// feature is switched off, it asks nobody. fault.NotAllowed on verificationRequired: the account's owner is suspended.
func (s *Service) OnOrder(ctx context.Context, tx *db.Tx, userID int, number string) error {
	m, err := s.open(ctx, tx, userID)
	if err != nil || !m.chosen.Enabled {
		return err
	}
	switch m.status() {
	case verification.StatusREQUESTED, verification.StatusSUBMITTED, verification.StatusAPPROVED, verification.StatusREJECTED:
		return nil
	default:
		if m.user.State != user.StateACTIVE {
			return fault.On("verificationRequired", fault.NotAllowed, "The account's owner is suspended, and can't prove who they are.")
		}
		if err := s.request(ctx, tx, m, number); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), audit.Entry{
			Action: audit.VerificationRequested, Target: audit.OnUser(userID), AboutUserID: userID, Detail: map[string]any{"reason": number},
		})
	}
}

// request asks the user, for a reason that staff gave or none.
func (s *Service) request(ctx context.Context, tx *db.Tx, m *matter, reason string) error {
	err := s.take(ctx, tx, m, step{to: verification.StatusREQUESTED, by: verificationstep.ActorSTAFF, reason: reason, change: func(u *ent.VerificationUpdateOne) {
		forget(u)
		u.SetProvider(m.chosen.Provider).SetRequestedAt(m.at)
	}})
	if err != nil {
		return err
	}
	return s.tell(ctx, tx, m, mail.VerificationRequested, nil)
}

// forget clears what an earlier round left.
func forget(u *ent.VerificationUpdateOne) {
	u.SetCause("").SetReason("").SetTries(0).SetReviewerID(0).SetSession("").
		SetSubmittedAt(time.Time{}).SetDecidedAt(time.Time{}).SetExpiresAt(time.Time{}).SetHeardAt(time.Time{})
}

// act is the way of what staff do about a user's verification: in one transaction, with the user's row locked, recorded,
// and the user returned as they are then.
func (s *Service) act(ctx context.Context, entry audit.Entry, act func(context.Context, *db.Tx, *matter, *audit.Entry) error) (*ent.User, error) {
	var after *ent.User
	err := audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := access.Staff(ctx, permission.ManageUserVerification); err != nil {
			return err
		}
		m, err := s.open(ctx, tx, entry.AboutUserID)
		if err != nil {
			return err
		}
		if err := access.OverUser(ctx, tx.Client, m.user); err != nil {
			return err
		}
		if !m.chosen.Enabled {
			return refuse("Identity verification is switched off.")
		}
		if err := act(ctx, tx, m, &entry); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, s.now(), entry); err != nil {
			return err
		}
		after, err = tx.User.Get(viewer.ForSystem(ctx, "identity verification"), m.user.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return after, nil
}

func refuse(message string) error { return fault.On("userId", fault.NotAllowed, message) }

// tell mails the user.
func (s *Service) tell(ctx context.Context, tx *db.Tx, m *matter, kind mail.Kind, params map[string]string) error {
	all := map[string]string{"name": m.user.FirstName}
	for name, value := range params {
		all[name] = value
	}
	err := s.Outbox.Enqueue(ctx, tx, m.at, mail.Message{
		Kind: kind, To: m.user.Email, UserID: m.user.ID, Language: m.user.Language, Params: all,
	})
	if err != nil {
		return fmt.Errorf("telling a user about their verification: %w", err)
	}
	return nil
}
