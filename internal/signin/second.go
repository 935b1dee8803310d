package signin

import (
	"context"
	"errors"
	"time"

	"roster/ent/generated/session"
	"roster/ent/generated/signin"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/throttle"
)

func wrongCode() error {
	return fault.On("code", fault.Wrong, "The code is not right, or there were too many tries.")
}

func waitedTooLong() error {
	return fault.On("code", fault.Expired, "This sign-in waited too long or had too many tries. Please start again.")
}

// VerifySecondFactor gives the second factor to the sign-in that the browser's cookie waits with. fault.Expired: there
// is none, ten minutes are over, or five tries. fault.Wrong: the code, or too many tries of this user anywhere; while
// that lasts the right code fails too, with the same answer (security.md #24).
func (s *Service) VerifySecondFactor(ctx context.Context, code string) (Outcome, error) {
	if err := canHold(ctx); err != nil {
		return Outcome{}, err
	}
	waiting, locked, err := s.takeSecond(ctx)
	if err != nil {
		return Outcome{}, err
	}
	var end ended
	err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		end, err = s.second(ctx, tx, waiting, locked, code)
		return err
	})
	if errors.Is(err, errChanged) {
		return Outcome{}, waitedTooLong()
	} else if err != nil {
		return Outcome{}, err
	}
	return deliver(ctx, end), nil
}

// takeSecond finds the sign-in that waits and counts the try, of it and of its user, before it is made.
func (s *Service) takeSecond(ctx context.Context) (waiting *found, locked bool, err error) {
	hash, ok := jarOf(ctx).hash()
	if !ok {
		return nil, false, waitedTooLong()
	}
	now := s.now()
	err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		if waiting, err = find(ctx, tx.SQL, hash); err != nil {
			return err
		}
		if waiting == nil || waiting.stage != session.StageSECOND_FACTOR || !waiting.alive(now) {
			return waitedTooLong()
		}
		result, err := tx.SQL.ExecContext(ctx,
			"UPDATE sessions SET tries = tries + 1 WHERE id = $1 AND tries < $2", waiting.id, pendingTries)
		if err := one(result, err, "counting a try"); errors.Is(err, errChanged) {
			over := waitedTooLong()
			tx.Remember(func(ctx context.Context, tx *db.Tx) error {
				return s.refuseUser(ctx, tx, audit.SecondFactorRefused, waiting.userID, signin.OutcomeWRONG_SECOND_FACTOR, now, over)
			})
			return over
		} else if err != nil {
			return err
		}
		locked, err = refused(throttle.SecondFactor.Take(ctx, tx, throttle.User(waiting.userID), now))
		return err
	})
	return waiting, locked, err
}

// second checks the code, uses it up, and finishes the sign-in.
func (s *Service) second(ctx context.Context, tx *db.Tx, waiting *found, locked bool, code string) (ended, error) {
	now := s.now()
	// The wait ends once: of two right codes given at the same moment one opens a session.
	result, err := tx.SQL.ExecContext(ctx, "DELETE FROM sessions WHERE id = $1", waiting.id)
	if err := one(result, err, "ending the wait"); err != nil {
		return ended{}, err
	}
	right := false
	if !locked {
		if right, err = s.Factors.Verify(ctx, tx, waiting.userID, code); err != nil {
			return ended{}, err
		}
	}
	if !right {
		err := wrongCode()
		tx.Remember(func(ctx context.Context, tx *db.Tx) error {
			return s.refuseUser(ctx, tx, audit.SecondFactorRefused, waiting.userID, signin.OutcomeWRONG_SECOND_FACTOR, now, err)
		})
		return ended{}, err
	}
	if err := throttle.SecondFactor.GiveBack(ctx, tx, throttle.User(waiting.userID)); err != nil {
		return ended{}, err
	}
	return s.finish(ctx, tx, proof{waiting.userID, waiting.version, true, waiting.remember}, now)
}

// refuseUser remembers a refused sign-in: in the user's own history and in the audit log.
func (s *Service) refuseUser(ctx context.Context, tx *db.Tx, action audit.Action, userID int, outcome signin.Outcome, now time.Time, refusal error) error {
	entry := audit.Entry{Action: action, Target: audit.OnUser(userID), Detail: map[string]any{"outcome": outcome}}
	if userID == 0 {
		entry.Target = audit.Target{}
		return audit.Refused(ctx, tx, now, entry, refusal)
	}
	if err := s.history(ctx, tx, userID, outcome, now); err != nil {
		return err
	}
	return audit.Refused(ctx, tx, now, entry, refusal)
}

// refused tells a limit's refusal from a failure to count.
func refused(err error) (bool, error) {
	if err != nil && throttle.IsRefusal(err) {
		return true, nil
	}
	return false, err
}
