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
	if code == "" {
		return Outcome{}, fault.On("code", fault.Required, "The code is needed.")
	}
	waiting, locked, err := s.takeSecond(ctx)
	if err != nil {
		return Outcome{}, err
	}
	return s.giveSecond(ctx, waiting, locked, wrongCode(), func(ctx context.Context, tx *db.Tx) (bool, error) {
		return s.Factors.Verify(ctx, tx, waiting.userID, code)
	})
}

// check reports whether a second factor is right, and uses it up.
type check func(ctx context.Context, tx *db.Tx) (right bool, err error)

// giveSecond finishes the sign-in that waits when the factor is right, and refuses with refusal when it is not.
func (s *Service) giveSecond(ctx context.Context, waiting *found, locked bool, refusal error, right check) (Outcome, error) {
	var end ended
	err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (err error) {
		end, err = s.second(ctx, tx, waiting, locked, refusal, right)
		return err
	})
	if errors.Is(err, errChanged) {
		return Outcome{}, waitedTooLong()
	} else if err != nil {
		return Outcome{}, err
	}
	return deliver(ctx, end), nil
}

// waiting is the sign-in that the browser's cookie waits with. fault.Expired: there is none, or its time is over.
func (s *Service) waiting(ctx context.Context, q querier) (*found, error) {
	hash, ok := jarOf(ctx).hash()
	if !ok {
		return nil, waitedTooLong()
	}
	f, err := find(ctx, q, hash)
	if err != nil {
		return nil, err
	}
	if f == nil || f.stage != session.StageSECOND_FACTOR || !f.alive(s.now()) {
		return nil, waitedTooLong()
	}
	return f, nil
}

// takeSecond finds the sign-in that waits and counts the try, of it and of its user, before it is made.
func (s *Service) takeSecond(ctx context.Context) (waiting *found, locked bool, err error) {
	now := s.now()
	err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		if waiting, err = s.waiting(ctx, tx.SQL); err != nil {
			return err
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

// second checks the factor, uses it up, and finishes the sign-in.
func (s *Service) second(ctx context.Context, tx *db.Tx, waiting *found, locked bool, refusal error, right check) (ended, error) {
	now := s.now()
	// The wait ends once: of two right codes given at the same moment one opens a session.
	result, err := tx.SQL.ExecContext(ctx, "DELETE FROM sessions WHERE id = $1", waiting.id)
	if err := one(result, err, "ending the wait"); err != nil {
		return ended{}, err
	}
	ok := false
	if !locked {
		if ok, err = right(ctx, tx); err != nil {
			return ended{}, err
		}
	}
	if !ok {
		tx.Remember(func(ctx context.Context, tx *db.Tx) error {
			return s.refuseUser(ctx, tx, audit.SecondFactorRefused, waiting.userID, signin.OutcomeWRONG_SECOND_FACTOR, now, refusal)
		})
		return ended{}, refusal
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
	if outcome == signin.OutcomeWRONG_SECOND_FACTOR {
		if err := s.warn(ctx, tx, userID, now); err != nil {
			return err
		}
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
