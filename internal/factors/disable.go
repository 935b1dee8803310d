package factors

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/session"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/links"
	"roster/internal/mail"
)

// Disable switches off the two-factor sign-in of a user for staff (product.md A7): all factors and passkeys go, all
// sessions end, and the user is told by mail, with the reason. fault.Required, fault.TooLong, fault.Invalid: the reason.
// fault.NotAllowed: there is nothing to switch off. And what access says: the permission, the proof of identity, and
// who the user is.
func (s *Service) Disable(ctx context.Context, userID int, reason string) (*ent.User, error) {
	said, unfit := audit.Reason("reason", reason)
	var u *ent.User
	entry := audit.Entry{
		Action: audit.TwoFactorDisabled, Target: audit.OnUser(userID), Detail: map[string]any{"reason": said},
	}
	err := audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := access.Staff(ctx, permission.DisableUserTwoFactor); err != nil {
			return err
		}
		if err := access.Sudo(ctx, s.now()); err != nil {
			return err
		}
		if unfit != nil {
			return unfit
		}
		var err error
		if u, err = s.removable(ctx, tx, userID); err != nil {
			return err
		}
		if u, err = s.remove(ctx, tx, u); err != nil {
			return err
		}
		err = links.Tell(ctx, tx, s.Outbox, s.now(), u, links.Told{
			About: mail.TwoFactorDisabled, To: u.Email, Proven: u.EmailVerified, Params: map[string]string{"reason": said},
		})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}

// removable is the user, when the viewer may act on them and there is something to remove.
func (s *Service) removable(ctx context.Context, tx *db.Tx, userID int) (*ent.User, error) {
	if err := tx.LockUser(ctx, userID); err != nil {
		return nil, err
	}
	u, err := tx.User.Get(ctx, userID)
	if ent.IsNotFound(err) {
		return nil, fault.Gone("user")
	} else if err != nil {
		return nil, fmt.Errorf("loading user: %w", err)
	}
	if viewer.From(ctx).UserID == u.ID {
		return nil, fault.On("userId", fault.NotAllowed, "Remove your own factors on your security page, or ask a colleague.")
	}
	if err := access.OverUser(ctx, tx.Client, u); err != nil {
		return nil, err
	}
	enrolled, err := s.Enrolled(ctx, tx.Client, userID)
	if err != nil {
		return nil, err
	}
	if len(enrolled) == 0 && !u.TwoFactorEnabled {
		return nil, fault.On("userId", fault.NotAllowed, "Two-factor sign-in is not on for this user.")
	}
	return u, nil
}

// remove takes the factors away and, with the old credentials, every session (security.md #19).
func (s *Service) remove(ctx context.Context, tx *db.Tx, u *ent.User) (*ent.User, error) {
	system := viewer.ForSystem(ctx, "removing factors")
	if _, err := Retire(ctx, tx, u.ID, time.Time{}); err != nil {
		return nil, err
	}
	if _, err := tx.Session.Delete().Where(session.UserID(u.ID)).Exec(system); err != nil {
		return nil, fmt.Errorf("ending sessions: %w", err)
	}
	u, err := tx.User.UpdateOne(u).
		SetTwoFactorEnabled(false).AddVersion(1).AddCredentialVersion(1).SetUpdatedAt(s.now()).
		Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("saving user: %w", err)
	}
	return u, nil
}
