// Package verification proves who somebody is (product.md part 7): staff or an order ask for it, the user submits what
// proves it, and somebody decides. Who decides, and from what, is the provider's: Roster's own reviewers by default.
package verification

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/user"
	"roster/ent/generated/verification"
	"roster/ent/generated/verificationstep"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/mail"
	"roster/internal/secret"
	"roster/internal/settings"
)

// Service holds what is done about proofs of identity.
type Service struct {
	DB      *db.DB
	Now     func() time.Time
	Outbox  *mail.Outbox
	Keyring *secret.Keyring
	// Providers are those that can be chosen beside Manual, by their names.
	Providers map[string]Provider
	// ReturnTo is the page that users come back to from a provider's.
	ReturnTo string
	// Refusals is where it is recorded who asked for a file that is not for them.
	Refusals *audit.Refusals

	// sending and showing are whose files come in, and to whom files are handed out.
	sending, showing movers
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// matter is one user's verification while something is done about it, with its row locked.
type matter struct {
	user   *ent.User
	row    *ent.Verification // nil: they were never asked
	chosen settings.Verification
	at     time.Time
}

// status is where it stands: an approval whose time is over has expired, whether or not that was written down yet.
func (m *matter) status() verification.Status {
	if m.row == nil {
		return verification.StatusNOT_REQUESTED
	}
	return Standing(m.row, m.at)
}

// Standing is the status of a row at a moment.
func Standing(row *ent.Verification, at time.Time) verification.Status {
	if row.Status == verification.StatusAPPROVED && !row.ExpiresAt.IsZero() && !at.Before(row.ExpiresAt) {
		return verification.StatusEXPIRED
	}
	return row.Status
}

// open loads a user's verification for a change, in its transaction.
func (s *Service) open(ctx context.Context, tx *db.Tx, userID int) (*matter, error) {
	system := viewer.ForSystem(ctx, "identity verification")
	if err := tx.LockUser(ctx, userID); err != nil {
		return nil, err
	}
	m := &matter{at: s.now()}
	var err error
	if m.user, err = tx.User.Get(system, userID); ent.IsNotFound(err) {
		return nil, fault.Gone("user")
	} else if err != nil {
		return nil, fmt.Errorf("loading user: %w", err)
	}
	m.row, err = tx.Verification.Query().Where(verification.UserID(userID)).Only(system)
	if err != nil && !ent.IsNotFound(err) {
		return nil, fmt.Errorf("loading a verification: %w", err)
	}
	all, err := settings.Load(ctx, tx.Client)
	m.chosen = all.Verification
	return m, err
}

// step is what happens to a verification.
type step struct {
	to verification.Status
	by verificationstep.Actor
	// cause and reason say why: a key, and words.
	cause  Cause
	reason string
	// change sets what else is different.
	change func(*ent.VerificationUpdateOne)
}

// take brings the verification a step further: its row, its history, and what lists show of the user.
func (s *Service) take(ctx context.Context, tx *db.Tx, m *matter, st step) error {
	system := viewer.ForSystem(ctx, "identity verification")
	if err := s.begin(ctx, tx, m); err != nil {
		return err
	}
	update := tx.Verification.UpdateOne(m.row).SetStatus(st.to).AddVersion(1)
	if st.change != nil {
		st.change(update)
	}
	row, err := update.Save(system)
	if err != nil {
		return fmt.Errorf("saving a verification: %w", err)
	}
	m.row = row
	err = tx.VerificationStep.Create().SetVerificationID(row.ID).SetAt(m.at).SetStatus(verificationstep.Status(st.to)).
		SetProvider(row.Provider).SetActor(st.by).SetActorID(viewer.From(ctx).Actor().UserID).SetCause(string(st.cause)).SetReason(st.reason).Exec(system)
	if err != nil {
		return fmt.Errorf("saving the step of a verification: %w", err)
	}
	if err := tx.User.UpdateOne(m.user).SetVerification(user.Verification(st.to)).Exec(system); err != nil {
		return fmt.Errorf("saving the state of a user: %w", err)
	}
	return nil
}
