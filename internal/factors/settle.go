package factors

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/generated/backupcode"
	"roster/ent/generated/trusteddevice"
	"roster/ent/viewer"
	"roster/internal/db"
)

// Settle brings what hangs on a user's factors in line after a change of them, on a locked row: no device is trusted any
// more, the user is marked, and where no factor is left the backup codes go. It returns the user.
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
	if err := distrust(ctx, tx, userID); err != nil {
		return nil, err
	}
	u, err := tx.User.UpdateOneID(userID).SetTwoFactorEnabled(len(left) > 0).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("marking the user: %w", err)
	}
	return u, nil
}

// distrust makes every browser of the user ask for the second factor again.
func distrust(ctx context.Context, tx *db.Tx, userID int) error {
	_, err := tx.TrustedDevice.Delete().Where(trusteddevice.UserID(userID)).Exec(viewer.ForSystem(ctx, "factors"))
	if err != nil {
		return fmt.Errorf("removing trusted devices: %w", err)
	}
	return nil
}
