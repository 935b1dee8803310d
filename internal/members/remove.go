package members

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/generated/membership"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/mail"
)

// Remove takes somebody off their account; the user stays. Staff need MANAGE_MEMBERSHIPS, members MANAGE_USERS. It returns
// the account's id. Faults on membershipId: fault.NotAllowed for the owner, oneself, and who holds more.
func (s *Service) Remove(ctx context.Context, id int) (accountID int, err error) {
	if err := access.SignedIn(ctx); err != nil {
		return 0, err
	}
	err = s.act(ctx, audit.Entry{Action: audit.MemberRemoved}, func(ctx context.Context, tx *db.Tx, entry *audit.Entry) error {
		found, err := s.hold(ctx, tx, []int{id}, entry)
		if err != nil {
			return err
		}
		m := found[id]
		accountID = m.AccountID
		if m.Owner {
			return fault.On("membershipId", fault.NotAllowed, "The owner can't be removed. Make somebody else the owner first.")
		}
		if err := m.touchable(ctx); err != nil {
			return err
		}
		if err := s.end(ctx, tx, m.Membership); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, m.Membership, mail.AccessRemoved, nil); err != nil {
			return err
		}
		entry.Detail = map[string]any{"permissions": m.Permissions, "endsAt": m.EndsAt}
		return audit.Record(ctx, tx, s.now(), *entry)
	})
	return accountID, err
}

// end deletes a membership. The account is locked, so nobody made its user the owner meanwhile.
func (s *Service) end(ctx context.Context, tx *db.Tx, m *ent.Membership) error {
	err := tx.Membership.DeleteOneID(m.ID).Where(membership.Owner(false)).Exec(viewer.ForSystem(ctx, "memberships"))
	if err != nil {
		return fmt.Errorf("deleting a membership: %w", err)
	}
	return nil
}

// Leave takes the viewer off an account. It needs a fresh proof of identity. fault.NotFound: it is none of theirs.
// fault.NotAllowed on accountId: they own it.
func (s *Service) Leave(ctx context.Context, accountID int) error {
	userID, err := access.Proven(ctx, s.now())
	if err != nil {
		return err
	}
	entry := audit.Entry{Action: audit.MemberLeft, Target: audit.OnAccount(accountID), AboutUserID: userID}
	return audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.LockAccount(ctx, accountID); err != nil {
			return err
		}
		m, err := s.of(ctx, tx, userID, accountID)
		if err != nil {
			return err
		}
		if m.Owner {
			return fault.On("accountId", fault.NotAllowed, "The owner can't leave the account. Hand it over first.")
		}
		if err := s.end(ctx, tx, m); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
}

// of is a user's membership of an account that stands, with both. fault.NotFound: there is none.
func (s *Service) of(ctx context.Context, tx *db.Tx, userID, accountID int) (*ent.Membership, error) {
	m, err := tx.Membership.Query().Where(membership.UserID(userID), membership.AccountID(accountID)).
		WithUser().WithAccount().Only(viewer.ForSystem(ctx, "memberships"))
	if ent.IsNotFound(err) || err == nil && m.EndedBy(s.now()) {
		return nil, fault.Gone("account")
	} else if err != nil {
		return nil, fmt.Errorf("loading a membership: %w", err)
	}
	return m, nil
}
