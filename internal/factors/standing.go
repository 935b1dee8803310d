package factors

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/generated/backupcode"
	"roster/ent/generated/membership"
	"roster/ent/generated/trusteddevice"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/settings"
)

// Lock makes changes to one user's factors wait for each other, until the end of the transaction. Whoever adds one or
// takes one away calls it first, for what they decide rests on the others (security.md #45).
func Lock(ctx context.Context, tx *db.Tx, userID int) error {
	if _, err := tx.SQL.ExecContext(ctx, "UPDATE users SET id = id WHERE id = $1", userID); err != nil {
		return fmt.Errorf("locking the user: %w", err)
	}
	return nil
}

// Required reports whether the user must have a second factor: by their role, or by the setting for staff, for owners
// or for everyone. A period of grace is no reason to take the last one away.
func (s *Service) Required(ctx context.Context, client *ent.Client, u *ent.User) (bool, error) {
	ctx = viewer.ForSystem(ctx, "factors")
	chosen, err := settings.Load(ctx, client)
	if err != nil {
		return false, err
	}
	rule := chosen.TwoFactor
	if rule.Everyone || rule.Staff && u.RoleID != nil {
		return true, nil
	}
	if u.RoleID != nil {
		role, err := client.Role.Get(ctx, *u.RoleID)
		if err != nil || role.RequireTwoFactor {
			return err == nil, err
		}
	}
	if !rule.Owners {
		return false, nil
	}
	owns, err := client.Membership.Query().Where(membership.UserID(u.ID), membership.Owner(true)).Exist(ctx)
	if err != nil {
		return false, fmt.Errorf("loading what the user owns: %w", err)
	}
	return owns, nil
}

// Settle brings what hangs on a user's factors in line after a change of them: no device is trusted any more, the user is
// marked, and where no factor is left the backup codes go. It returns the user.
func (s *Service) Settle(ctx context.Context, tx *db.Tx, userID int) (*ent.User, error) {
	left, err := s.Enrolled(ctx, tx.Client, userID)
	if err != nil {
		return nil, err
	}
	ctx = viewer.ForSystem(ctx, "factors")
	if len(left) == 0 {
		if _, err := tx.BackupCode.Delete().Where(backupcode.UserID(userID)).Exec(ctx); err != nil {
			return nil, fmt.Errorf("removing backup codes: %w", err)
		}
	}
	if _, err := tx.TrustedDevice.Delete().Where(trusteddevice.UserID(userID)).Exec(ctx); err != nil {
		return nil, fmt.Errorf("forgetting trusted devices: %w", err)
	}
	u, err := tx.User.UpdateOneID(userID).SetTwoFactorEnabled(len(left) > 0).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("marking the user: %w", err)
	}
	return u, nil
}
