package verification

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/providernotice"
	"roster/ent/generated/verification"
	"roster/ent/generated/verificationfile"
	"roster/ent/generated/verificationstep"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/mail"
	"roster/internal/settings"
)

const (
	// batch is how many approvals that are over are looked for at once.
	batch = 100
	// noticesLast is how long a message of a provider is known again (security.md #88).
	noticesLast = 30 * 24 * time.Hour
)

// Sweep ends approvals, and removes files, whose time is over. Servers that share a database do so beside each other.
func (s *Service) Sweep(ctx context.Context) error {
	system := viewer.ForSystem(ctx, "identity verification")
	err := db.InTx(system, s.DB, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.ProviderNotice.Delete().Where(providernotice.AtLT(s.now().Add(-noticesLast))).Exec(ctx); err != nil {
			return fmt.Errorf("forgetting messages: %w", err)
		}
		return s.purge(ctx, tx, verificationfile.PurgeAtLTE(s.now()))
	})
	if err != nil {
		return err
	}
	return s.expireAll(system)
}

// expireAll ends the approvals whose time is over. Where the feature is switched off that waits, for nobody is mailed.
func (s *Service) expireAll(ctx context.Context) error {
	all, err := settings.Load(ctx, s.DB.Client)
	if err != nil || !all.Verification.Enabled {
		return err
	}
	for after, more := 0, true; more; {
		over, err := s.DB.Verification.Query().
			Where(verification.StatusEQ(verification.StatusAPPROVED), verification.ExpiresAtGT(time.Time{}), verification.ExpiresAtLTE(s.now()), verification.IDGT(after)).
			Order(ent.Asc(verification.FieldID)).Limit(batch).All(ctx)
		if err != nil {
			return fmt.Errorf("looking for approvals that are over: %w", err)
		}
		for _, row := range over {
			if err := s.expire(ctx, row); err != nil {
				return err
			}
			after = row.ID
		}
		more = len(over) == batch
	}
	return nil
}

// expire ends one approval, unless somebody else did meanwhile.
func (s *Service) expire(ctx context.Context, row *ent.Verification) error {
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		m, err := s.open(ctx, tx, row.UserID)
		if err != nil {
			return err
		}
		if m.row == nil || !m.chosen.Enabled || m.row.Version != row.Version || m.status() != verification.StatusEXPIRED {
			return nil
		}
		if err := s.take(ctx, tx, m, step{to: verification.StatusEXPIRED, by: verificationstep.ActorSYSTEM}); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, m, mail.VerificationExpired, nil); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), audit.Entry{Action: audit.VerificationExpired, Target: audit.OnUser(row.UserID), AboutUserID: row.UserID})
	})
}
