package signin

import (
	"context"

	"roster/ent/generated/signin"
	"roster/internal/access"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/throttle"

	"roster/ent/viewer"
)

// ProvePassword checks the viewer's own password, for acts that want it beside a fresh proof of identity. It counts as
// such a proof does (security.md #24). fault.Required on password; fault.Wrong on it, also with too many tries. Who has
// no password has nothing to prove here: their proof of identity was a passkey.
func (s *Service) ProvePassword(ctx context.Context, password string) error {
	if err := access.SignedIn(ctx); err != nil {
		return err
	}
	who, err := s.self(ctx, viewer.From(ctx).UserID)
	if err != nil || who.hash == "" {
		return err
	}
	if password == "" {
		return fault.On("password", fault.Required, "Please enter your password.")
	}
	locked, err := s.takeSudo(ctx, who.userID)
	if err != nil {
		return err
	}
	checked, err := s.check(ctx, who, locked, password)
	if err != nil {
		return err
	}
	if checked.outcome != signin.OutcomeSIGNED_IN {
		return fault.On("password", fault.Wrong, "The password is not right, or there were too many tries.")
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		return throttle.SecondFactor.GiveBack(ctx, tx, throttle.User(who.userID))
	})
}
