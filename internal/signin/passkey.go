package signin

import (
	"context"
	"errors"
	"fmt"

	"roster/ent/generated/signin"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/passkeys"
	"roster/internal/throttle"
)

// StartPasskeySignIn asks the browser for a passkey of whoever has one. fault.RateLimited: the network asked too often.
func (s *Service) StartPasskeySignIn(ctx context.Context) (passkeys.Challenge, error) {
	if err := canHold(ctx); err != nil {
		return passkeys.Challenge{}, err
	}
	network := throttle.Network(viewer.From(ctx).Address)
	err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		return throttle.ChallengeNetwork.Take(ctx, tx, network, s.now())
	})
	if err != nil {
		return passkeys.Challenge{}, err
	}
	return s.Passkeys.Start(ctx, passkeys.SignIn, 0)
}

// SignInWithPasskey opens a session by a passkey alone: its device verified the user, so it stands for both factors.
// That neither the password's nor the second factor's limit counts here is meant: a passkey cannot be guessed, and it
// is the way in when the password is locked (security.md #23). On passkey: fault.Invalid, it is none; fault.Expired,
// the challenge is over; fault.Wrong, whatever else. fault.RateLimited: too many failed from this network.
func (s *Service) SignInWithPasskey(ctx context.Context, given string, remember bool) (Outcome, error) {
	if err := canHold(ctx); err != nil {
		return Outcome{}, err
	}
	answer, err := passkeys.ReadAnswer(given)
	if err != nil {
		return Outcome{}, err
	}
	if err := s.takePasskey(ctx); err != nil {
		return Outcome{}, err
	}
	taken, err := s.Passkeys.Take(ctx, passkeys.SignIn, 0)
	if err != nil {
		return Outcome{}, err
	}
	var end ended
	err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (err error) {
		end, err = s.byPasskey(ctx, tx, taken, answer, remember)
		return err
	})
	if err != nil {
		return Outcome{}, err
	}
	return deliver(ctx, end), nil
}

// takePasskey counts the try before it is made.
func (s *Service) takePasskey(ctx context.Context) error {
	now, network := s.now(), throttle.Network(viewer.From(ctx).Address)
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		err := throttle.PasskeyNetwork.Take(ctx, tx, network, now)
		if err != nil {
			tx.Remember(func(ctx context.Context, tx *db.Tx) error {
				return audit.Refused(ctx, tx, now, audit.Entry{Action: audit.SignInRefused}, err)
			})
		}
		return err
	})
}

// byPasskey checks the answer and finishes the sign-in.
func (s *Service) byPasskey(ctx context.Context, tx *db.Tx, taken passkeys.Taken, answer passkeys.Answer, remember bool) (ended, error) {
	now := s.now()
	userID, err := s.Passkeys.Verify(ctx, tx, taken, answer)
	if fault.Is(err, fault.Wrong) {
		return ended{}, s.refusePasskey(tx, userID, signin.OutcomeWRONG_PASSKEY)
	} else if err != nil {
		return ended{}, err
	}
	p := proof{userID: userID, second: true, remember: remember}
	if err := tx.SQL.QueryRowContext(ctx, "SELECT credential_version FROM users WHERE id = $1", userID).Scan(&p.version); err != nil {
		return ended{}, fmt.Errorf("loading who signs in: %w", err)
	}
	end, err := s.finish(ctx, tx, p, now)
	if errors.Is(err, errChanged) {
		return ended{}, s.refusePasskey(tx, userID, signin.OutcomeNOT_ALLOWED)
	} else if err != nil {
		return ended{}, err
	}
	tx.AtCommit(throttle.Password.Clearing(tx.Dialect, throttle.User(userID)))
	tx.AtCommit(throttle.PasskeyNetwork.GivingBack(tx.Dialect, throttle.Network(viewer.From(ctx).Address)))
	return end, nil
}

// refusePasskey remembers why, and answers what it always answers.
func (s *Service) refusePasskey(tx *db.Tx, userID int, outcome signin.Outcome) error {
	now, refusal := s.now(), passkeys.Wrong()
	tx.Remember(func(ctx context.Context, tx *db.Tx) error {
		return s.refuseUser(ctx, tx, audit.SignInRefused, userID, outcome, now, refusal)
	})
	return refusal
}

// StartPasskeySecondFactor asks the browser whose sign-in waits for a passkey of the user it waits for. fault.Expired
// on code: no sign-in waits. fault.NotAllowed on passkey: the user has none.
func (s *Service) StartPasskeySecondFactor(ctx context.Context) (passkeys.Challenge, error) {
	waiting, err := s.waiting(ctx, s.DB.Reader())
	if err != nil {
		return passkeys.Challenge{}, err
	}
	return s.Passkeys.Start(ctx, passkeys.SecondFactor, waiting.userID)
}

// GivePasskey gives a passkey as second factor to the sign-in that waits, and trusts the device if asked to; see
// VerifySecondFactor, with which it shares all limits (security.md #24). On passkey: fault.Invalid, it is none;
// fault.Expired, the challenge is over, and the sign-in waits on; fault.Wrong.
func (s *Service) GivePasskey(ctx context.Context, given string, trust bool) (Outcome, error) {
	if err := canHold(ctx); err != nil {
		return Outcome{}, err
	}
	answer, err := passkeys.ReadAnswer(given)
	if err != nil {
		return Outcome{}, err
	}
	waiting, locked, err := s.takeSecond(ctx)
	if err != nil {
		return Outcome{}, err
	}
	taken, err := s.Passkeys.Take(ctx, passkeys.SecondFactor, waiting.userID)
	if err != nil {
		return Outcome{}, err
	}
	return s.giveSecond(ctx, waiting, attempt{
		locked: locked, trust: trust, wrong: passkeys.Wrong(),
		use: func(ctx context.Context, tx *db.Tx) (bool, error) { return s.right(ctx, tx, taken, answer) },
	})
}

// right reports whether the answer is, for who counts and words the refusal themselves.
func (s *Service) right(ctx context.Context, tx *db.Tx, taken passkeys.Taken, answer passkeys.Answer) (bool, error) {
	_, err := s.Passkeys.Verify(ctx, tx, taken, answer)
	if fault.Is(err, fault.Wrong) {
		return false, nil
	}
	return err == nil, err
}

// StartPasskeyConfirmation asks the viewer's browser for a passkey of theirs. fault.NotAllowed on passkey: they have
// none.
func (s *Service) StartPasskeyConfirmation(ctx context.Context) (passkeys.Challenge, error) {
	userID, err := mayConfirm(ctx)
	if err != nil {
		return passkeys.Challenge{}, err
	}
	return s.Passkeys.Start(ctx, passkeys.Confirmation, userID)
}

// ConfirmByPasskey proves again who the viewer is, by a passkey, which is all that is asked for: see ConfirmIdentity,
// with which it shares the limit (security.md #24). On passkey: fault.Invalid, it is none; fault.Expired, the challenge
// is over; fault.Wrong, whatever else, too many tries among it.
func (s *Service) ConfirmByPasskey(ctx context.Context, given string) (Confirmation, error) {
	userID, err := mayConfirm(ctx)
	if err != nil {
		return Confirmation{}, err
	}
	answer, err := passkeys.ReadAnswer(given)
	if err != nil {
		return Confirmation{}, err
	}
	who, err := s.self(ctx, userID)
	if err != nil {
		return Confirmation{}, err
	}
	locked, err := s.takeSudo(ctx, userID)
	if err != nil {
		return Confirmation{}, err
	}
	taken, err := s.Passkeys.Take(ctx, passkeys.Confirmation, userID)
	if err != nil {
		return Confirmation{}, err
	}
	return s.proven(ctx, userID, func(ctx context.Context, tx *db.Tx) (confirmed, error) {
		if locked {
			return confirmed{}, passkeys.Wrong()
		}
		if right, err := s.right(ctx, tx, taken, answer); err != nil {
			return confirmed{}, err
		} else if !right {
			return confirmed{}, passkeys.Wrong()
		}
		if err := throttle.SecondFactor.GiveBack(ctx, tx, throttle.User(userID)); err != nil {
			return confirmed{}, err
		}
		return s.elevate(ctx, tx, who)
	})
}
