package members

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/generated/membership"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/mail"
)

// OfferLasts is how long an offer of ownership stands.
const OfferLasts = 7 * 24 * time.Hour

// Offer is an owner's offer to hand an account over.
type Offer struct {
	Membership *ent.Membership
	OfferedAt  time.Time
	ExpiresAt  time.Time
}

// MakeOwner makes a member the owner; the owner until then stays, with every permission. Both are told by mail. It needs
// MANAGE_MEMBERSHIPS and a fresh proof of identity. It returns the memberships of the new owner and of the former one.
// Faults on membershipId: fault.NotAllowed for who is the owner already, is suspended, or whose membership has ended.
func (s *Service) MakeOwner(ctx context.Context, id int) ([]*ent.Membership, error) {
	if err := access.Staff(ctx, permission.ManageMemberships); err != nil {
		return nil, err
	}
	if err := access.Sudo(ctx, s.now()); err != nil {
		return nil, err
	}
	var both []*ent.Membership
	err := s.act(ctx, audit.Entry{Action: audit.OwnerChanged}, func(ctx context.Context, tx *db.Tx, entry *audit.Entry) error {
		found, err := s.hold(ctx, tx, []int{id}, entry)
		if err != nil {
			return err
		}
		both, err = s.transfer(ctx, tx, found[id].Membership)
		return err
	})
	return both, err
}

// transfer makes the member the owner of their account, which is locked. That there is one owner at most, the database
// holds; that there is one at least, the lock.
func (s *Service) transfer(ctx context.Context, tx *db.Tx, next *ent.Membership) ([]*ent.Membership, error) {
	if err := s.mayOwn(next); err != nil {
		return nil, err
	}
	if err := access.OverMaker(ctx, next.UserID); err != nil {
		return nil, err
	}
	system := viewer.ForSystem(ctx, "handing an account over")
	before, err := tx.Membership.Query().Where(membership.AccountID(next.AccountID), membership.Owner(true)).WithUser().WithAccount().Only(system)
	if err != nil {
		return nil, fmt.Errorf("loading the owner: %w", err)
	}
	if err := access.OverMaker(ctx, before.UserID); err != nil {
		return nil, err
	}
	former, err := tx.Membership.UpdateOneID(before.ID).SetOwner(false).SetPermissions(permission.Accounts).AddVersion(1).Save(system)
	if err != nil {
		return nil, fmt.Errorf("handing an account over: %w", err)
	}
	if err := s.withdraw(ctx, tx, next.AccountID); err != nil {
		return nil, err
	}
	owner, err := tx.Membership.UpdateOneID(next.ID).SetOwner(true).SetPermissions([]permission.Account{}).ClearEndsAt().AddVersion(1).Save(system)
	if err != nil {
		return nil, fmt.Errorf("handing an account over: %w", err)
	}
	if err := s.tell(ctx, tx, next, mail.OwnershipReceived, nil); err != nil {
		return nil, err
	}
	if err := s.tell(ctx, tx, before, mail.OwnershipPassed, map[string]string{"person": next.Edges.User.Name()}); err != nil {
		return nil, err
	}
	return []*ent.Membership{owner, former}, audit.Record(ctx, tx, s.now(), audit.Entry{
		Action: audit.OwnerChanged, Target: audit.OnAccount(next.AccountID), AboutUserID: next.UserID,
		Detail: map[string]any{"formerOwner": before.UserID},
	})
}

// mayOwn refuses to make somebody the owner who could not act as one.
func (s *Service) mayOwn(m *ent.Membership) error {
	switch {
	case m.Owner:
		return fault.On("membershipId", fault.NotAllowed, "This user owns the account already.")
	case m.EndedBy(s.now()):
		return fault.On("membershipId", fault.NotAllowed, "This membership has ended.")
	case m.Edges.User.State != user.StateACTIVE:
		return fault.On("membershipId", fault.NotAllowed, "This user is suspended or erased.")
	}
	return nil
}

// owning finds the account of the viewer's that they own, with the membership that it is offered to. It is not for
// customers who are kept from managing users (product.md C7).
func (s *Service) owning(ctx context.Context, tx *db.Tx, accountID int) error {
	l, err := access.Here(ctx, tx.Client, accountID)
	if err != nil {
		return err
	}
	if err := l.Require(permission.ManageUsers); err != nil {
		return err
	}
	if !l.Owner() {
		return fault.New(fault.Forbidden, "Only the owner can hand the account over.")
	}
	return nil
}

// OfferOwnership offers a member the viewer's account; another offer takes its place, the same one again changes nothing.
// The member is told by mail. It needs a fresh proof of identity. It returns the account's id. Faults on membershipId as
// for MakeOwner.
func (s *Service) OfferOwnership(ctx context.Context, id int) (accountID int, err error) {
	if _, err := access.Proven(ctx, s.now()); err != nil {
		return 0, err
	}
	err = s.act(ctx, audit.Entry{Action: audit.OwnershipOffered}, func(ctx context.Context, tx *db.Tx, entry *audit.Entry) error {
		found, err := s.hold(ctx, tx, []int{id}, entry)
		if err != nil {
			return err
		}
		m := found[id].Membership
		accountID = m.AccountID
		if err := s.owning(ctx, tx, accountID); err != nil {
			return err
		}
		if err := s.mayOwn(m); err != nil {
			return err
		}
		if standing, err := s.offered(ctx, tx.Client, accountID); err != nil {
			return err
		} else if standing != nil && standing.ID == m.ID {
			return nil // it stands, and was told
		}
		return s.offer(ctx, tx, m, *entry)
	})
	return accountID, err
}

func (s *Service) offer(ctx context.Context, tx *db.Tx, m *ent.Membership, entry audit.Entry) error {
	if err := s.withdraw(ctx, tx, m.AccountID); err != nil {
		return err
	}
	system := viewer.ForSystem(ctx, "handing an account over")
	if err := tx.Membership.UpdateOneID(m.ID).SetOwnershipOfferedAt(s.now()).Exec(system); err != nil {
		return fmt.Errorf("offering an account: %w", err)
	}
	owner, err := tx.User.Get(system, viewer.From(ctx).UserID)
	if err != nil {
		return fmt.Errorf("loading the owner: %w", err)
	}
	if err := s.tell(ctx, tx, m, mail.OwnershipOffered, map[string]string{"person": owner.Name()}); err != nil {
		return err
	}
	return audit.Record(ctx, tx, s.now(), entry)
}

// withdraw ends whatever offer of the account stands.
func (s *Service) withdraw(ctx context.Context, tx *db.Tx, accountID int) error {
	err := tx.Membership.Update().Where(membership.AccountID(accountID), membership.OwnershipOfferedAtNotNil()).
		ClearOwnershipOfferedAt().Exec(viewer.ForSystem(ctx, "handing an account over"))
	if err != nil {
		return fmt.Errorf("ending an offer: %w", err)
	}
	return nil
}

// WithdrawOffer takes an offer back, for the owner, or turns it down, for who was offered the account. Where none stands,
// nothing is done. fault.NotFound: the account is none of theirs. fault.Forbidden: they are neither.
func (s *Service) WithdrawOffer(ctx context.Context, accountID int) error {
	if err := access.Person(ctx); err != nil {
		return err
	}
	userID := viewer.From(ctx).UserID
	entry := audit.Entry{Action: audit.OwnershipOfferWithdrawn, Target: audit.OnAccount(accountID)}
	return audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.LockAccount(ctx, accountID); err != nil {
			return err
		}
		m, err := s.of(ctx, tx, userID, accountID)
		if err != nil {
			return err
		}
		offered, err := s.offered(ctx, tx.Client, accountID)
		if err != nil || offered == nil {
			return err
		}
		if !m.Owner && offered.UserID != userID {
			return fault.New(fault.Forbidden, "Only the owner, and who was offered the account, can do this.")
		}
		if err := s.withdraw(ctx, tx, accountID); err != nil {
			return err
		}
		done := entry
		done.AboutUserID = offered.UserID
		return audit.Record(ctx, tx, s.now(), done)
	})
}

// offered is the membership that the account is offered to at present; nil: none.
func (s *Service) offered(ctx context.Context, client *ent.Client, accountID int) (*ent.Membership, error) {
	m, err := client.Membership.Query().
		Where(membership.AccountID(accountID), membership.OwnershipOfferedAtGT(s.now().Add(-OfferLasts))).
		WithUser().WithAccount().
		Only(viewer.ForSystem(ctx, "handing an account over"))
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // no offer is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("loading an offer: %w", err)
	}
	return m, nil
}

// AcceptOwnership makes the viewer the owner of an account that was offered to them. It needs a fresh proof of identity.
// fault.Expired on accountId: no offer to them stands. fault.NotAllowed on it: the account is closed, or customers
// can't manage users any more.
func (s *Service) AcceptOwnership(ctx context.Context, accountID int) error {
	userID, err := access.Proven(ctx, s.now())
	if err != nil {
		return err
	}
	entry := audit.Entry{Action: audit.OwnerChanged, Target: audit.OnAccount(accountID), AboutUserID: userID}
	return audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.LockAccount(ctx, accountID); err != nil {
			return err
		}
		m, err := s.of(ctx, tx, userID, accountID)
		if err != nil {
			return err
		}
		off, err := access.UserManagementOff(ctx, tx.Client)
		if err != nil {
			return err
		}
		switch {
		case off || m.Edges.Account.Status == account.StatusCLOSED:
			return fault.On("accountId", fault.NotAllowed, "This account can't be handed over at present.")
		case m.OwnershipOfferedAt == nil || !m.OwnershipOfferedAt.After(s.now().Add(-OfferLasts)):
			return fault.On("accountId", fault.Expired, "This offer does not stand any more.")
		}
		if err := s.stillOffers(ctx, tx, accountID); err != nil {
			return err
		}
		_, err = s.transfer(ctx, tx, m)
		return err
	})
}

// stillOffers refuses an offer of somebody who may not act any more: an owner who was taken over and suspended must not
// have given the account away. Another owner than who offered there can't be: a transfer ends the offer.
func (s *Service) stillOffers(ctx context.Context, tx *db.Tx, accountID int) error {
	active, err := tx.Membership.Query().
		Where(membership.AccountID(accountID), membership.Owner(true), membership.HasUserWith(user.StateEQ(user.StateACTIVE))).
		Exist(viewer.ForSystem(ctx, "handing an account over"))
	if err != nil {
		return fmt.Errorf("loading the owner: %w", err)
	} else if !active {
		return fault.On("accountId", fault.Expired, "This offer does not stand any more.")
	}
	return nil
}

// OfferOf returns the offer of an account that stands, as far as the viewer may know of it: staff with LIST_ACCOUNTS, the
// owner, and who was offered it. nil: there is none for them to see.
func (s *Service) OfferOf(ctx context.Context, accountID int) (*Offer, error) {
	m, err := s.offered(ctx, s.DB.Client, accountID)
	if err != nil || m == nil {
		return nil, err
	}
	v := viewer.From(ctx)
	if !v.Can(permission.ListAccounts) && m.UserID != v.UserID {
		l, err := access.LinkOf(ctx, s.DB.Client, v.UserID, accountID, v.At)
		if err != nil || l == nil || !l.Owner() {
			return nil, err
		}
	}
	return &Offer{Membership: m, OfferedAt: *m.OwnershipOfferedAt, ExpiresAt: m.OwnershipOfferedAt.Add(OfferLasts)}, nil
}
