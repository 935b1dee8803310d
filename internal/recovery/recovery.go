// Package recovery is the way back in: the mailed link, the security question behind it, and the new password; and
// what staff can do to help.
package recovery

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/email"
	"roster/internal/fault"
	"roster/internal/links"
	"roster/internal/mail"
	"roster/internal/questions"
	"roster/internal/secret"
	"roster/internal/throttle"
)

// Service holds what is done to get people back in.
type Service struct {
	DB        *db.DB
	Now       func() time.Time
	Passwords *secret.Hasher
	Outbox    *mail.Outbox
	Questions *questions.Service
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Request mails a reset link when the address belongs to an active user (product.md C11). It answers the same, after
// the same time, when it does not, and when the user had three mails within the hour. fault.Invalid, fault.Required
// on email: it can't be an address. fault.RateLimited: the network asked too often.
func (s *Service) Request(ctx context.Context, address string) error {
	parsed, err := email.Check("email", address)
	if err != nil {
		return err
	}
	return throttle.Evenly(ctx, func() error { return s.request(ctx, parsed) })
}

func (s *Service) request(ctx context.Context, address email.Address) error {
	system := viewer.ForSystem(ctx, "password reset")
	u, err := s.DB.User.Query().Where(user.EmailKey(address.Key)).Only(system)
	if err != nil && !ent.IsNotFound(err) {
		return fmt.Errorf("loading the user of an address: %w", err)
	}
	whose := throttle.Address(address.Key)
	if u != nil {
		whose = throttle.User(u.ID)
	}
	now := s.now()
	enough, err := s.count(system, whose, now)
	if err != nil {
		return err
	}
	return db.InTx(system, s.DB, func(ctx context.Context, tx *db.Tx) error {
		entry := audit.Entry{Action: audit.PasswordResetRequested}
		if u == nil || enough || u.State != user.StateACTIVE {
			return audit.Refused(ctx, tx, now, entry, fault.New(fault.NotAllowed, ""))
		}
		entry.Target = audit.OnUser(u.ID)
		if err := links.Send(ctx, tx, s.Outbox, now, u, mail.PasswordReset); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, entry)
	})
}

// count takes one mail off what the network and the user may have. Only the network is told.
func (s *Service) count(ctx context.Context, whose string, now time.Time) (enough bool, err error) {
	network := throttle.Network(viewer.From(ctx).Address)
	err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		if err := throttle.ResetNetwork.Take(ctx, tx, network, now); err != nil {
			tx.Remember(func(ctx context.Context, tx *db.Tx) error {
				return audit.Refused(ctx, tx, now, audit.Entry{Action: audit.PasswordResetRequested}, err)
			})
			return err
		}
		err := throttle.Reset.Take(ctx, tx, whose, now)
		enough = err != nil && throttle.IsRefusal(err)
		if enough {
			return nil
		}
		return err
	})
	return enough, err
}

// Send mails the user a reset link for staff (product.md A10). It needs RESET_USER_PASSWORD, and every permission that
// a staff target holds. fault.NotAllowed: the user is not active. fault.RateLimited: three mails went out this hour.
func (s *Service) Send(ctx context.Context, userID int) (*ent.User, error) {
	var u *ent.User
	entry := audit.Entry{Action: audit.PasswordResetSent, Target: audit.OnUser(userID)}
	err := audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := access.Staff(ctx, permission.ResetUserPassword); err != nil {
			return err
		}
		var err error
		if u, err = target(ctx, tx, userID); err != nil {
			return err
		}
		if u.State != user.StateACTIVE {
			return fault.On("userId", fault.NotAllowed, "This user may not sign in, so a new password would not help.")
		}
		if err := throttle.Reset.Take(ctx, tx, throttle.User(u.ID), s.now()); err != nil {
			return err
		}
		if err := links.Send(ctx, tx, s.Outbox, s.now(), u, mail.PasswordReset); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}

// target loads the user to act upon, and checks that the viewer may.
func target(ctx context.Context, tx *db.Tx, id int) (*ent.User, error) {
	if err := tx.LockUser(ctx, id); err != nil {
		return nil, err
	}
	u, err := tx.User.Get(viewer.ForSystem(ctx, "recovery"), id)
	if ent.IsNotFound(err) {
		return nil, fault.Gone("user")
	} else if err != nil {
		return nil, fmt.Errorf("loading user: %w", err)
	}
	return u, access.OverUser(ctx, tx.Client, u)
}
