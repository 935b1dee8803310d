package signin

import (
	"context"
	"errors"
	"time"

	"roster/ent/generated/session"
	"roster/ent/generated/signin"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/throttle"
)

// wrongFactor is the one answer for a factor that is wrong, used before, or given while a lock lasts.
func wrongFactor(given factors.Given) error {
	return fault.On(given.Field(), fault.Wrong, "The code is not right, or there were too many tries.")
}

// proven is the proof of somebody whose sign-in waited, and who has now given the second factor.
func (f *found) proven(trust bool) proof {
	return proof{userID: f.userID, version: f.version, second: true, remember: f.remember, trust: trust}
}

func waitedTooLong() error {
	return fault.On("code", fault.Expired, "This sign-in waited too long or had too many tries. Please start again.")
}

// VerifySecondFactor gives the second factor to the sign-in that the browser's cookie waits with; trust lets the device
// go without it from then on, where that is allowed, and has no effect elsewhere. fault.Expired: there is none, ten
// minutes are over, or five tries. fault.Required: not exactly one way was given. fault.Wrong: the code, or too many
// tries of this user anywhere; while that lasts the right code fails too, with the same answer (security.md #24).
func (s *Service) VerifySecondFactor(ctx context.Context, given factors.Given, trust bool) (Outcome, error) {
	if err := canHold(ctx); err != nil {
		return Outcome{}, err
	}
	if err := given.Check(); err != nil {
		return Outcome{}, err
	}
	waiting, locked, err := s.takeSecond(ctx)
	if err != nil {
		return Outcome{}, err
	}
	ready, err := s.Factors.Prepare(ctx, waiting.userID, given)
	if err != nil {
		return Outcome{}, s.giveBackSecond(ctx, waiting.userID, locked, err)
	}
	return s.giveSecond(ctx, waiting, attempt{
		locked: locked, trust: trust, wrong: wrongFactor(given),
		use: func(ctx context.Context, tx *db.Tx) (bool, error) {
			return s.Factors.Use(ctx, tx, waiting.userID, ready)
		},
	})
}

// giveSecond finishes the sign-in that waits when the attempt succeeds.
func (s *Service) giveSecond(ctx context.Context, waiting *found, a attempt) (Outcome, error) {
	var end ended
	err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (err error) {
		end, err = s.second(ctx, tx, waiting, a)
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

// giveBackSecond takes a try off the user's count that could not be made for want of room, and returns err.
func (s *Service) giveBackSecond(ctx context.Context, userID int, locked bool, err error) error {
	if locked || !fault.Is(err, fault.TryLater) {
		return err
	}
	return errors.Join(err, db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		return throttle.SecondFactor.GiveBack(ctx, tx, throttle.User(userID))
	}))
}

// attempt is one try to give a second factor.
type attempt struct {
	// locked says that the try is refused whatever use would say.
	locked bool
	// trust asks to go without on this device from here on.
	trust bool
	// wrong is the answer where it fails.
	wrong error
	// use checks what was given, and uses it up.
	use func(ctx context.Context, tx *db.Tx) (bool, error)
}

// second checks what was given and finishes the sign-in.
func (s *Service) second(ctx context.Context, tx *db.Tx, waiting *found, a attempt) (ended, error) {
	now := s.now()
	// The wait ends once: of two right codes given at the same moment one opens a session.
	result, err := tx.SQL.ExecContext(ctx, "DELETE FROM sessions WHERE id = $1", waiting.id)
	if err := one(result, err, "ending the wait"); err != nil {
		return ended{}, err
	}
	right := false
	if !a.locked {
		if right, err = a.use(ctx, tx); err != nil {
			return ended{}, err
		}
	}
	if !right {
		tx.Remember(func(ctx context.Context, tx *db.Tx) error {
			return s.refuseUser(ctx, tx, audit.SecondFactorRefused, waiting.userID, signin.OutcomeWRONG_SECOND_FACTOR, now, a.wrong)
		})
		return ended{}, a.wrong
	}
	if err := throttle.SecondFactor.GiveBack(ctx, tx, throttle.User(waiting.userID)); err != nil {
		return ended{}, err
	}
	return s.finish(ctx, tx, waiting.proven(a.trust), now)
}

// refuseUser remembers a refused sign-in: in the user's own history and in the audit log.
func (s *Service) refuseUser(ctx context.Context, tx *db.Tx, action audit.Action, userID int, outcome signin.Outcome, now time.Time, refusal error) error {
	entry := audit.Entry{Action: action, Target: audit.OnUser(userID), Detail: map[string]any{"outcome": outcome}}
	if userID == 0 {
		entry.Target = audit.Target{}
	}
	tx.AtCommit(history(ctx, userID, outcome, now))
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
