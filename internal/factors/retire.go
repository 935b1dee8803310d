package factors

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/backupcode"
	"roster/ent/generated/factor"
	"roster/ent/generated/passkey"
	"roster/ent/viewer"
	"roster/internal/db"
)

// Unproven reports whether nobody ever proved that an address of the user's is theirs, so that whoever does so first may
// be somebody else than who enrolled (security.md #34). A new address given by staff makes nobody unproven again: else
// changing it would be a way round switching off a factor (product.md A7).
func Unproven(u *ent.User) bool { return !u.EmailVerified && !u.OnceProven }

// Retire takes from the user what was enrolled at or after since, the zero time for all of it, and all trusted devices.
// It reports whether a second factor is left; to mark the user so is for the caller, with the new credential version.
func Retire(ctx context.Context, tx *db.Tx, userID int, since time.Time) (left bool, err error) {
	ctx = viewer.ForSystem(ctx, "retiring factors")
	if _, err := tx.Factor.Delete().Where(factor.UserID(userID), factor.CreatedAtGTE(since)).Exec(ctx); err != nil {
		return false, fmt.Errorf("removing factors: %w", err)
	}
	if _, err := tx.Passkey.Delete().Where(passkey.UserID(userID), passkey.CreatedAtGTE(since)).Exec(ctx); err != nil {
		return false, fmt.Errorf("removing passkeys: %w", err)
	}
	if err := distrust(ctx, tx, userID); err != nil {
		return false, err
	}
	apps, err := tx.Factor.Query().Where(factor.UserID(userID)).Count(ctx)
	if err != nil {
		return false, fmt.Errorf("counting factors: %w", err)
	}
	keys, err := tx.Passkey.Query().Where(passkey.UserID(userID)).Count(ctx)
	if err != nil {
		return false, fmt.Errorf("counting passkeys: %w", err)
	}
	left = apps+keys > 0
	codes := tx.BackupCode.Delete().Where(backupcode.UserID(userID))
	if left {
		codes.Where(backupcode.CreatedAtGTE(since))
	}
	if _, err := codes.Exec(ctx); err != nil {
		return false, fmt.Errorf("removing backup codes: %w", err)
	}
	return left, nil
}

// AnySince reports whether the user set up an app or a passkey at or after a moment that is there still.
func AnySince(ctx context.Context, tx *db.Tx, userID int, since time.Time) (bool, error) {
	ctx = viewer.ForSystem(ctx, "looking at factors")
	app, err := tx.Factor.Query().Where(factor.UserID(userID), factor.CreatedAtGTE(since)).Exist(ctx)
	if err != nil {
		return false, fmt.Errorf("looking for factors: %w", err)
	}
	key, err := tx.Passkey.Query().Where(passkey.UserID(userID), passkey.CreatedAtGTE(since)).Exist(ctx)
	if err != nil {
		return false, fmt.Errorf("looking for passkeys: %w", err)
	}
	return app || key, nil
}
