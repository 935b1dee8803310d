package signin

import (
	"context"
	"fmt"

	"roster/ent/generated/signin"
	"roster/ent/generated/user"
	"roster/internal/fault"
)

// checked is what a password turned out to be.
type checked struct {
	outcome signin.Outcome
	// fresh is the hash to store instead of an outdated one; empty when there is nothing to replace.
	fresh string
}

// check costs the same whoever asks (security.md #26), and holds no transaction. fault.TryLater: too many hash at
// this moment, and nothing was checked.
func (s *Service) check(ctx context.Context, who candidate, locked bool, password string) (checked, error) {
	if outcome, hopeless := who.hopeless(locked); hopeless {
		if err := s.Passwords.VerifyDummy(ctx, password, who.effort); err != nil {
			return checked{}, fmt.Errorf("checking the password of nobody: %w", err)
		}
		return checked{outcome: outcome}, nil
	}
	ok, outdated, err := s.Passwords.Verify(ctx, who.hash, password, who.effort)
	if err != nil {
		return checked{}, fmt.Errorf("checking a password: %w", err)
	}
	if !ok {
		return checked{outcome: signin.OutcomeWRONG_PASSWORD}, nil
	}
	c := checked{outcome: signin.OutcomeSIGNED_IN}
	if outdated {
		if c.fresh, err = s.Passwords.Hash(ctx, password); err != nil && !fault.Is(err, fault.TryLater) {
			return checked{}, fmt.Errorf("hashing anew: %w", err)
		}
	}
	return c, nil
}

// hopeless tells without a look at the password that it won't do, and why.
func (c candidate) hopeless(locked bool) (signin.Outcome, bool) {
	switch {
	case locked:
		return signin.OutcomeLOCKED, true
	case c.userID == 0 || c.hash == "":
		return signin.OutcomeWRONG_PASSWORD, true
	case c.state != user.StateACTIVE:
		return signin.OutcomeNOT_ALLOWED, true
	}
	return "", false
}
