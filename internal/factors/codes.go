package factors

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	ent "roster/ent/generated"
	"roster/ent/generated/backupcode"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/mail"
	"roster/internal/secret"
)

// codesInSet is how many backup codes somebody gets at once.
const codesInSet = 10

// Codes is a new set of backup codes: Plain is shown once, and the store keeps hashes.
type Codes struct {
	Plain  []string
	salt   []byte
	hashes [][]byte
}

// NewCodes makes a set and hashes it, which takes a while and belongs outside transactions. fault.TryLater: too many
// hash at this moment.
func (s *Service) NewCodes(ctx context.Context) (Codes, error) {
	c := Codes{salt: secret.NewSalt()}
	for range codesInSet {
		plain := secret.NewCode()
		canonical, _ := secret.CanonicalCode(plain)
		hash, err := s.Passwords.HashCode(ctx, canonical, c.salt)
		if err != nil {
			return Codes{}, fmt.Errorf("hashing a backup code: %w", err)
		}
		c.Plain, c.hashes = append(c.Plain, plain), append(c.hashes, hash)
	}
	return c, nil
}

// saveCodes makes the set the user's only one.
func (s *Service) saveCodes(ctx context.Context, tx *db.Tx, userID int, c Codes) error {
	ctx = viewer.ForSystem(ctx, "factors")
	if _, err := tx.BackupCode.Delete().Where(backupcode.UserID(userID)).Exec(ctx); err != nil {
		return fmt.Errorf("removing older backup codes: %w", err)
	}
	rows := make([]*ent.BackupCodeCreate, len(c.hashes))
	for i, hash := range c.hashes {
		rows[i] = tx.BackupCode.Create().SetUserID(userID).SetSalt(c.salt).SetHash(hash).SetCreatedAt(s.now())
	}
	if err := tx.BackupCode.CreateBulk(rows...).Exec(ctx); err != nil {
		return fmt.Errorf("saving backup codes: %w", err)
	}
	return nil
}

// ReplaceCodes gives the viewer ten new backup codes; the older ones die. It needs a fresh proof of identity.
// fault.NotAllowed: they have no second factor that the codes could stand in for.
func (s *Service) ReplaceCodes(ctx context.Context) ([]string, *ent.User, error) {
	userID, err := access.Proven(ctx, s.now())
	if err != nil {
		return nil, nil, err
	}
	codes, err := s.NewCodes(ctx)
	if err != nil {
		return nil, nil, err
	}
	var u *ent.User
	entry := audit.Entry{Action: audit.BackupCodesMade, Target: audit.OnUser(userID)}
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.LockUser(ctx, userID); err != nil {
			return err
		}
		if u, err = tx.User.Get(viewer.ForSystem(ctx, "factors"), userID); err != nil {
			return fmt.Errorf("loading user: %w", err)
		}
		if enrolled, err := s.Enrolled(ctx, tx.Client, userID); err != nil {
			return err
		} else if len(enrolled) == 0 {
			return fault.New(fault.NotAllowed, "There is no second factor that backup codes could stand in for.")
		}
		if err := s.saveCodes(ctx, tx, userID, codes); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, u, mail.BackupCodesMade, nil); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return nil, nil, err
	}
	return codes.Plain, u, nil
}

// hashed is what the store keeps of a backup code that somebody gives; nil when it cannot be one of this user's.
func (s *Service) hashed(ctx context.Context, userID int, typed string) ([]byte, error) {
	canonical, ok := secret.CanonicalCode(typed)
	if !ok {
		return nil, nil
	}
	var salt []byte
	err := s.DB.Reader().QueryRowContext(ctx,
		"SELECT salt FROM backup_codes WHERE user_id = $1 AND used_at IS NULL LIMIT 1", userID).Scan(&salt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("loading backup codes: %w", err)
	}
	hash, err := s.Passwords.HashCode(ctx, canonical, salt)
	if err != nil {
		return nil, fmt.Errorf("hashing a backup code: %w", err)
	}
	return hash, nil
}

// useCode uses a backup code up, in one statement: once, also when two ask at once (security.md #30). The user is told.
func (s *Service) useCode(ctx context.Context, tx *db.Tx, userID int, hash []byte) (bool, error) {
	if hash == nil {
		return false, nil
	}
	result, err := tx.SQL.ExecContext(ctx,
		"UPDATE backup_codes SET used_at = $1 WHERE user_id = $2 AND hash = $3 AND used_at IS NULL", s.now(), userID, hash)
	if err != nil {
		return false, fmt.Errorf("using a backup code up: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	left, err := codesLeft(ctx, tx.Client, userID)
	if err != nil {
		return false, err
	}
	u, err := tx.User.Get(viewer.ForSystem(ctx, "factors"), userID)
	if err != nil {
		return false, fmt.Errorf("loading user: %w", err)
	}
	if err := s.tell(ctx, tx, u, mail.BackupCodeUsed, map[string]string{"left": strconv.Itoa(left)}); err != nil {
		return false, err
	}
	entry := audit.Entry{Action: audit.BackupCodeUsed, Target: audit.OnUser(userID), Detail: map[string]any{"left": left}}
	return true, audit.Record(ctx, tx, s.now(), entry)
}

func codesLeft(ctx context.Context, client *ent.Client, userID int) (int, error) {
	n, err := client.BackupCode.Query().Where(backupcode.UserID(userID), backupcode.UsedAtIsNil()).Count(viewer.ForSystem(ctx, "factors"))
	if err != nil {
		return 0, fmt.Errorf("counting backup codes: %w", err)
	}
	return n, nil
}
