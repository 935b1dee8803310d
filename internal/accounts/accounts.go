// Package accounts is about the billable parties that own services.
package accounts

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/db"
	"roster/internal/email"
	"roster/internal/fault"
	"roster/internal/mail"
	"roster/internal/name"
)

// Service holds what is done with accounts.
type Service struct {
	DB     *db.DB
	Now    func() time.Time
	Outbox *mail.Outbox
	// Verify asks a user to prove who they are, where an order needs it, in the order's transaction.
	Verify func(ctx context.Context, tx *db.Tx, userID int, number string) error
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// SearchText is what words are looked for in. Whoever writes an account's name or address writes it too.
func SearchText(accountName string, address email.Address) string {
	return name.Fold(accountName) + " " + address.Key
}

// Get returns an account that the viewer may see: their own, and for staff with LIST_ACCOUNTS every one. nil: there
// is none, or none that the viewer may see; the answer is the same (security.md #42).
func (s *Service) Get(ctx context.Context, id int) (*ent.Account, error) {
	if err := access.SignedIn(ctx); err != nil {
		return nil, err
	}
	v := viewer.From(ctx)
	if v.IsStaff() && !v.Can(permission.ListAccounts) {
		ctx = viewer.With(ctx, v.AsClient())
	}
	a, err := s.DB.Account.Query().Where(account.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // not there is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("loading account: %w", err)
	}
	return a, nil
}

// ByIDs returns those of the accounts that exist, by id. It is for edges whose parent the viewer may see already.
func (s *Service) ByIDs(ctx context.Context, ids []int) (map[int]*ent.Account, error) {
	list, err := s.DB.Account.Query().Where(account.IDIn(ids...)).All(viewer.ForSystem(ctx, "edges of a visible object"))
	if err != nil {
		return nil, fmt.Errorf("loading accounts: %w", err)
	}
	found := make(map[int]*ent.Account, len(list))
	for _, a := range list {
		found[a.ID] = a
	}
	return found, nil
}

// lock keeps the account to the transaction. fault.NotFound: there is no such account.
func lock(ctx context.Context, tx *db.Tx, id int) error {
	there, err := tx.LockAccount(ctx, id)
	if err == nil && !there {
		return fault.Gone("account")
	}
	return err
}
