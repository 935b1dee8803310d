package factors

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/generated/backupcode"
	"roster/ent/generated/factor"
	"roster/ent/generated/trusteddevice"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/mail"
)

// RemoveTOTP takes the viewer's authenticator app away, and with the last factor the backup codes; no device is trusted
// any more. It needs a fresh proof of identity. fault.NotAllowed: there is none, or it is the last factor of somebody
// who must have one (product.md C13).
func (s *Service) RemoveTOTP(ctx context.Context) (*ent.User, error) {
	userID, err := access.Proven(ctx, s.now())
	if err != nil {
		return nil, err
	}
	var u *ent.User
	entry := audit.Entry{Action: audit.AuthenticatorRemoved, Target: audit.OnUser(userID)}
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if u, err = lock(ctx, tx, userID); err != nil {
			return err
		}
		system := viewer.ForSystem(ctx, "removing a factor")
		n, err := tx.Factor.Delete().Where(factor.UserID(userID), factor.KindEQ(factor.KindTOTP)).Exec(system)
		if err != nil {
			return fmt.Errorf("removing the app: %w", err)
		} else if n == 0 {
			return fault.New(fault.NotAllowed, "There is no authenticator app to remove.")
		}
		if u, err = s.removed(ctx, tx, userID); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, u, mail.AuthenticatorRemoved, nil); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}

// removed does what follows when a user removed one of their factors, in the same transaction and on a locked row.
// fault.NotAllowed: it was the last, and the user must have one.
func (s *Service) removed(ctx context.Context, tx *db.Tx, userID int) (*ent.User, error) {
	left, err := s.Enrolled(ctx, tx.Client, userID)
	if err != nil {
		return nil, err
	}
	if len(left) == 0 {
		demand, err := DemandOn(ctx, tx, userID)
		if err != nil {
			return nil, err
		}
		if _, demanded, err := demand.Due(); err != nil {
			return nil, err
		} else if demanded {
			return nil, fault.New(fault.NotAllowed, "You must have a second factor, and this is the last one.")
		}
		if err := dropCodes(ctx, tx, userID); err != nil {
			return nil, err
		}
	}
	if err := distrust(ctx, tx, userID); err != nil {
		return nil, err
	}
	u, err := tx.User.UpdateOneID(userID).SetTwoFactorEnabled(len(left) > 0).Save(viewer.ForSystem(ctx, "removing a factor"))
	if err != nil {
		return nil, fmt.Errorf("marking the user: %w", err)
	}
	return u, nil
}

// Strip takes every second factor of a user away, and what hangs on them: backup codes and trusted devices. It asks
// nobody, and tells nobody: that is for the caller.
func Strip(ctx context.Context, tx *db.Tx, userID int) error {
	if _, err := tx.Factor.Delete().Where(factor.UserID(userID)).Exec(viewer.ForSystem(ctx, "removing factors")); err != nil {
		return fmt.Errorf("removing factors: %w", err)
	}
	if err := dropCodes(ctx, tx, userID); err != nil {
		return err
	}
	return distrust(ctx, tx, userID)
}

func dropCodes(ctx context.Context, tx *db.Tx, userID int) error {
	_, err := tx.BackupCode.Delete().Where(backupcode.UserID(userID)).Exec(viewer.ForSystem(ctx, "removing factors"))
	if err != nil {
		return fmt.Errorf("removing backup codes: %w", err)
	}
	return nil
}

// distrust makes every browser of the user ask for the second factor again.
func distrust(ctx context.Context, tx *db.Tx, userID int) error {
	_, err := tx.TrustedDevice.Delete().Where(trusteddevice.UserID(userID)).Exec(viewer.ForSystem(ctx, "removing factors"))
	if err != nil {
		return fmt.Errorf("removing trusted devices: %w", err)
	}
	return nil
}

// lock returns the user with the row locked until the transaction ends, so that changes of their factors come one
// after the other.
func lock(ctx context.Context, tx *db.Tx, userID int) (*ent.User, error) {
	if _, err := tx.SQL.ExecContext(ctx, "UPDATE users SET two_factor_enabled = two_factor_enabled WHERE id = $1", userID); err != nil {
		return nil, fmt.Errorf("locking the user: %w", err)
	}
	u, err := tx.User.Get(viewer.ForSystem(ctx, "factors"), userID)
	if err != nil {
		return nil, fmt.Errorf("loading user: %w", err)
	}
	return u, nil
}
