// Package factors keeps what people have beside their password: the authenticator app (TOTP, RFC 6238), the backup codes
// that stand in for a lost factor, and the word on which factors somebody has, and must have. Passkeys are enrolled and
// checked in a package of their own, above; here they count.
package factors

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	ent "roster/ent/generated"
	"roster/ent/generated/factor"
	"roster/ent/generated/passkey"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/mail"
	"roster/internal/secret"
)

// Method is a way to give a second factor.
type Method string

// The methods.
const (
	// TOTP is the six-digit code of an authenticator app.
	TOTP Method = "TOTP"
	// Passkey is the answer of a passkey.
	Passkey Method = "PASSKEY"
	// BackupCode is one of the codes that stand in for a lost factor.
	BackupCode Method = "BACKUP_CODE"
)

// SeedSize is how many bytes a seed has: 160 bits (security.md #29).
const SeedSize = 20

const (
	step        = 30 // seconds
	sealPurpose = "totp"
)

// Service enrols, checks and removes second factors.
type Service struct {
	DB      *db.DB
	Now     func() time.Time
	Keyring *secret.Keyring
	Outbox  *mail.Outbox
	// Passwords hashes backup codes, which take their turn among the passwords.
	Passwords *secret.Hasher
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Enrolled lists the ways in which the user can give a second factor, any of which will do; with one, they must.
func (s *Service) Enrolled(ctx context.Context, client *ent.Client, userID int) ([]Method, error) {
	ctx = viewer.ForSystem(ctx, "factors")
	var methods []Method
	app, err := client.Factor.Query().Where(factor.UserID(userID), factor.KindEQ(factor.KindTOTP)).Exist(ctx)
	if err != nil {
		return nil, fmt.Errorf("loading factors: %w", err)
	} else if app {
		methods = append(methods, TOTP)
	}
	keys, err := client.Passkey.Query().Where(passkey.UserID(userID)).Exist(ctx)
	if err != nil {
		return nil, fmt.Errorf("loading passkeys: %w", err)
	} else if keys {
		methods = append(methods, Passkey)
	}
	return methods, nil
}

// Enroll gives the user an authenticator app with this seed, sealed at rest, and marks the user. It asks nobody:
// who may enrol is for the caller to say.
func (s *Service) Enroll(ctx context.Context, tx *db.Tx, userID int, seed []byte) error {
	sealed, err := s.Seal(userID, seed)
	if err != nil {
		return err
	}
	ctx = viewer.ForSystem(ctx, "factors")
	if err := tx.Factor.Create().SetUserID(userID).SetKind(factor.KindTOTP).SetSealedSeed(sealed).SetCreatedAt(s.now()).Exec(ctx); err != nil {
		return fmt.Errorf("saving factor: %w", err)
	}
	if err := tx.User.UpdateOneID(userID).SetTwoFactorEnabled(true).Exec(ctx); err != nil {
		return fmt.Errorf("marking the user: %w", err)
	}
	return nil
}

// Seal makes what a factor's row keeps of a user's seed.
func (s *Service) Seal(userID int, seed []byte) ([]byte, error) {
	if len(seed) != SeedSize {
		return nil, fmt.Errorf("sealing: a seed has %d bytes", SeedSize)
	}
	sealed, err := s.Keyring.Seal(sealPurpose, strconv.Itoa(userID), seed)
	if err != nil {
		return nil, fmt.Errorf("sealing the seed: %w", err)
	}
	return sealed, nil
}

// Verify reports whether code is right now, and uses it up: the same step, or an earlier one, never works again, also
// when two ask at once (security.md #29). The current step and the one before are accepted. What limits the tries is
// for the caller.
func (s *Service) Verify(ctx context.Context, tx *db.Tx, userID int, code string) (bool, error) {
	f, err := tx.Factor.Query().Where(factor.UserID(userID), factor.KindEQ(factor.KindTOTP)).Only(viewer.ForSystem(ctx, "factors"))
	if ent.IsNotFound(err) {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("loading factor: %w", err)
	}
	seed, err := s.Keyring.Open(sealPurpose, strconv.Itoa(userID), f.SealedSeed)
	if err != nil {
		return false, fmt.Errorf("opening the seed: %w", err)
	}
	used, ok := matching(seed, code, s.now())
	if !ok {
		return false, nil
	}
	result, err := tx.SQL.ExecContext(ctx,
		"UPDATE factors SET last_step = $1 WHERE user_id = $2 AND kind = 'TOTP' AND last_step < $1", used, userID)
	if err != nil {
		return false, fmt.Errorf("using the code up: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// matching finds the step whose code this is: the current one or the one before.
func matching(seed []byte, code string, now time.Time) (used int64, ok bool) {
	options := hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
	current := now.Unix() / step
	for _, candidate := range []int64{current, current - 1} {
		if candidate < 0 {
			continue
		}
		if right, err := hotp.ValidateCustom(code, uint64(candidate), keyOf(seed), options); err == nil && right {
			return candidate, true
		}
	}
	return 0, false
}
