package signin

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/throttle"
)

// Locks are what keeps a user out after too many wrong tries; nil where nothing does.
type Locks struct{ SignIn, SecondFactor *throttle.Lock }

// LocksOf returns the locks of users, by id, as far as the viewer may see them: their own, and for staff with LIST_USERS
// everybody's.
func (s *Service) LocksOf(ctx context.Context, ids []int) (map[int]Locks, error) {
	ids = visible(ctx, ids)
	whose := make([]string, len(ids))
	for i, id := range ids {
		whose[i] = throttle.User(id)
	}
	passwords, err := throttle.Password.Locked(ctx, s.DB, whose, s.now())
	if err != nil {
		return nil, err
	}
	factors, err := throttle.SecondFactor.Locked(ctx, s.DB, whose, s.now())
	if err != nil {
		return nil, err
	}
	found := make(map[int]Locks, len(ids))
	for i, id := range ids {
		var locks Locks
		if lock, stands := passwords[whose[i]]; stands {
			locks.SignIn = &lock
		}
		if lock, stands := factors[whose[i]]; stands {
			locks.SecondFactor = &lock
		}
		found[id] = locks
	}
	return found, nil
}

// ClearLock lets a user try again at once: the wrong passwords, codes and answers are forgotten. It needs
// RESET_USER_PASSWORD, and every permission that a staff target holds. fault.NotAllowed: oneself, for then a stolen
// session could guess for ever. Where nothing is locked, it changes nothing that anybody notices.
func (s *Service) ClearLock(ctx context.Context, userID int) (*ent.User, error) {
	var u *ent.User
	entry := audit.Entry{Action: audit.LockCleared, Target: audit.OnUser(userID)}
	err := audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := access.Staff(ctx, permission.ResetUserPassword); err != nil {
			return err
		}
		var err error
		u, err = tx.User.Get(viewer.ForSystem(ctx, "clearing a lock"), userID)
		if ent.IsNotFound(err) {
			return fault.Gone("user")
		} else if err != nil {
			return fmt.Errorf("loading user: %w", err)
		}
		if viewer.From(ctx).UserID == u.ID {
			return fault.On("userId", fault.NotAllowed, "Somebody else has to clear your own lock.")
		}
		if err := access.OverUser(ctx, tx.Client, u); err != nil {
			return err
		}
		for _, limit := range []throttle.Limit{throttle.Password, throttle.SecondFactor} {
			if err := limit.Clear(ctx, tx, throttle.User(u.ID)); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}
