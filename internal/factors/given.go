package factors

import (
	"context"

	ent "roster/ent/generated"
	"roster/internal/db"
	"roster/internal/fault"
)

// Given is a second factor as somebody gives it: one member is set, or none.
type Given struct{ Code, BackupCode string }

// Proof is a Given after the part of the check that takes a while.
type Proof struct {
	code string
	hash []byte
}

// None reports whether nothing was given.
func (g Given) None() bool { return g == Given{} }

// Check refuses what gives not exactly one, with fault.Required on code.
func (g Given) Check() error {
	if (g.Code == "") == (g.BackupCode == "") {
		return fault.On("code", fault.Required, "Give either a code or a backup code.")
	}
	return nil
}

// Field is the input field that the given factor came in.
func (g Given) Field() string {
	if g.BackupCode != "" {
		return "backupCode"
	}
	return "code"
}

// Prepare does what takes a while and belongs outside transactions. fault.TryLater: too many hash at this moment.
func (s *Service) Prepare(ctx context.Context, userID int, g Given) (Proof, error) {
	if g.BackupCode == "" {
		return Proof{code: g.Code}, nil
	}
	hash, err := s.hashed(ctx, userID, g.BackupCode)
	return Proof{hash: hash}, err
}

// Use reports whether the proof is right, and uses it up. What limits the tries is for the caller.
func (s *Service) Use(ctx context.Context, tx *db.Tx, userID int, p Proof) (bool, error) {
	if p.code != "" {
		return s.Verify(ctx, tx, userID, p.code)
	}
	return s.useCode(ctx, tx, userID, p.hash)
}

// Has is which factors a user has, for a statement that loads other things too.
type Has struct{ app, passkey, codes bool }

// WaysColumns are those of Has, for a statement over users u.
const WaysColumns = `EXISTS (SELECT 1 FROM factors f WHERE f.user_id = u.id AND f.kind = 'TOTP'),
	EXISTS (SELECT 1 FROM passkeys k WHERE k.user_id = u.id),
	EXISTS (SELECT 1 FROM backup_codes b WHERE b.user_id = u.id AND b.used_at IS NULL)`

// Targets are where the WaysColumns go.
func (h *Has) Targets() []any { return []any{&h.app, &h.passkey, &h.codes} }

// Ways lists how the second factor can be given, as Service.Ways does.
func (h *Has) Ways() []Method {
	var ways []Method
	if h.app {
		ways = append(ways, TOTP)
	}
	if h.passkey {
		ways = append(ways, Passkey)
	}
	if len(ways) > 0 && h.codes {
		ways = append(ways, BackupCode)
	}
	return ways
}

// Ways lists how the user can give a second factor: what they enrolled, and backup codes where some are left. It is
// empty for those who enrolled nothing.
func (s *Service) Ways(ctx context.Context, client *ent.Client, userID int) ([]Method, error) {
	ways, err := s.Enrolled(ctx, client, userID)
	if err != nil || len(ways) == 0 {
		return nil, err
	}
	left, err := codesLeft(ctx, client, userID)
	if err != nil {
		return nil, err
	}
	if left > 0 {
		ways = append(ways, BackupCode)
	}
	return ways, nil
}
