// Package passwords is how users change their own password, or set their first one (security.md part 1, product.md C10).
// Who forgot theirs goes through package recovery.
package passwords

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	entpassword "roster/ent/generated/password"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/db"
	"roster/internal/factors"
	"roster/internal/mail"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/throttle"
)

// Service changes passwords.
type Service struct {
	DB      *db.DB
	Now     func() time.Time
	Hasher  *secret.Hasher
	Outbox  *mail.Outbox
	SignIns *signin.Service
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Own is what users may know of their own password.
type Own struct {
	// SetAt is when it was set; nil: there is none.
	SetAt *time.Time
	// MinLength is how many characters a new one needs at least.
	MinLength int
	// Lock is what too many wrong passwords, codes and answers brought about; nil while a try is taken.
	Lock *throttle.Lock
}

// Own returns what the viewer may know of their own password; nil for who is not a user in a session of their own.
func (s *Service) Own(ctx context.Context) (*Own, error) {
	if access.Person(ctx) != nil {
		return nil, nil //nolint:nilnil // nobody's password is an answer, not a failure
	}
	u, stored, err := s.load(ctx, viewer.From(ctx).UserID)
	if err != nil {
		return nil, err
	}
	locks, err := s.SignIns.LocksOf(ctx, []int{u.ID})
	if err != nil {
		return nil, err
	}
	least, err := factors.Least(ctx, s.DB.Reader(), u)
	if err != nil {
		return nil, err
	}
	own := &Own{MinLength: int(least), Lock: locks[u.ID].SecondFactor}
	if stored != nil {
		own.SetAt = &stored.ChangedAt
	}
	return own, nil
}

// load is a user with their password, nil where they have none.
func (s *Service) load(ctx context.Context, userID int) (*ent.User, *ent.Password, error) {
	ctx = viewer.ForSystem(ctx, "one's own password")
	u, err := s.DB.User.Get(ctx, userID)
	if err != nil {
		return nil, nil, fmt.Errorf("loading the user: %w", err)
	}
	stored, err := s.DB.Password.Query().Where(entpassword.UserID(userID)).Only(ctx)
	if ent.IsNotFound(err) {
		return u, nil, nil
	} else if err != nil {
		return nil, nil, fmt.Errorf("loading the user's own password: %w", err)
	}
	return u, stored, nil
}
