package signin

import (
	"context"

	"roster/ent/generated/signin"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/throttle"
)

// ProvePassword checks the viewer's own password, for acts that want it beside a fresh proof of identity. It counts as
// such a proof does (security.md #24), and a wrong one is recorded as a refusal of the act. fault.Required on password;
// fault.Wrong on it, also with too many tries. Who has no password has nothing to prove here: their proof of identity was
// a passkey.
func (s *Service) ProvePassword(ctx context.Context, act audit.Entry, password string) error {
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
	return audit.Act(ctx, s.DB, s.now, act, func(ctx context.Context, tx *db.Tx) error {
		if checked.outcome != signin.OutcomeSIGNED_IN {
			return fault.On("password", fault.Wrong, "The password is not right, or there were too many tries.")
		}
		return throttle.SecondFactor.GiveBack(ctx, tx, throttle.User(who.userID))
	})
}
