// Package addresses is about the address that a user signs in with: proving it, and changing one's own.
package addresses

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/mail"
	"roster/internal/signin"
	"roster/internal/throttle"
	"roster/internal/users"
)

// Service proves and changes addresses.
type Service struct {
	DB      *db.DB
	Now     func() time.Time
	Outbox  *mail.Outbox
	Users   *users.Service
	SignIns *signin.Service
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

func linkOver() error {
	return fault.On("token", fault.Expired, "This link was used, replaced or is too old. Please ask for another.")
}

// own is the user behind a session. fault.Forbidden: an API token, whose user must not be changed by it (security.md #14).
func (s *Service) own(ctx context.Context, client *ent.Client) (*ent.User, error) {
	if err := access.Person(ctx); err != nil {
		return nil, err
	}
	u, err := client.User.Get(viewer.ForSystem(ctx, "one's own address"), viewer.From(ctx).UserID)
	if err != nil {
		return nil, fmt.Errorf("loading the user: %w", err)
	}
	return u, nil
}

// count takes one verification mail off what the network and the user may cause (security.md #25).
func (s *Service) count(ctx context.Context, userID int) error {
	now, network := s.now(), throttle.Network(viewer.From(ctx).Address)
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		if err := throttle.VerificationNetwork.Take(ctx, tx, network, now); err != nil {
			return err
		}
		return throttle.Verification.Take(ctx, tx, throttle.User(userID), now)
	})
}
