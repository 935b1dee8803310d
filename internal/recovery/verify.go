package recovery

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/links"
	"roster/internal/mail"
)

// VerifyEmail notes that a link sent to the user's address was used. Unless the user's own session stands behind it,
// the first proof of an address also ends what was set up before anybody had proved it: sessions, factors and open
// links (security.md #34). fault.Expired on token: the link does not stand.
func (s *Service) VerifyEmail(ctx context.Context, token string) error {
	l, err := links.Find(ctx, s.DB.Client, mail.VerifyEmail, token, s.now())
	if err != nil {
		return err
	} else if l == nil {
		return linkOver()
	}
	v := viewer.From(ctx)
	owned := v.SessionID != 0 && v.UserID == l.User.ID
	entry := audit.Entry{Action: audit.EmailVerified, Target: audit.OnUser(l.User.ID)}
	return audit.Act(viewer.ForSystem(ctx, "e-mail verification"), s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		used, err := links.Use(ctx, tx, l, s.now())
		if err != nil {
			return err
		} else if !used {
			return linkOver()
		}
		if err := tx.User.UpdateOneID(l.User.ID).SetEmailVerified(true).Exec(ctx); err != nil {
			return fmt.Errorf("saving user: %w", err)
		}
		if !owned && !l.User.EmailVerified {
			if err := s.retire(ctx, tx, l.User); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
}

func (s *Service) retire(ctx context.Context, tx *db.Tx, u *ent.User) error {
	if err := s.endSessions(ctx, tx, u); err != nil {
		return err
	}
	if err := s.removeFactors(ctx, tx, u); err != nil {
		return err
	}
	if err := tx.User.UpdateOneID(u.ID).AddCredentialVersion(1).Exec(ctx); err != nil {
		return fmt.Errorf("saving user: %w", err)
	}
	return nil
}
