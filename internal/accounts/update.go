package accounts

import (
	"context"
	"errors"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/email"
	"roster/internal/fault"
	"roster/internal/name"
)

// Change is what is to be different in an account; nil members stay as they are.
type Change struct {
	AccountID int
	// Version is the one that the change is based on.
	Version     int
	Name, Email *string
	Status      *account.Status
}

// Update changes an account's profile. Staff need EDIT_ACCOUNTS, members PROFILE. Faults on the fields: fault.Conflict on
// version, somebody else was faster; fault.NotAllowed on status, which is staff's.
func (s *Service) Update(ctx context.Context, c Change) (*ent.Account, error) {
	var after *ent.Account
	entry := audit.Entry{Action: audit.AccountUpdated, Target: audit.OnAccount(c.AccountID)}
	err := audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		there, err := tx.LockAccount(ctx, c.AccountID)
		if err != nil {
			return err
		}
		// Asked once the account is ours: who was removed while this waited may not any more (security.md #45).
		office, err := access.In(ctx, tx.Client, c.AccountID, permission.EditAccounts, permission.Profile)
		if err != nil {
			return err
		}
		if !there {
			return fault.Gone("account")
		}
		before, err := tx.Account.Get(viewer.ForSystem(ctx, "updating an account"), c.AccountID)
		if err != nil {
			return fmt.Errorf("loading account: %w", err)
		}
		if after, err = s.write(ctx, tx, before, c, office.Staff); err != nil {
			return err
		}
		done := entry
		done.Detail = difference(before, after)
		return audit.Record(ctx, tx, s.now(), done)
	})
	if err != nil {
		return nil, err
	}
	return after, nil
}

func (s *Service) write(ctx context.Context, tx *db.Tx, before *ent.Account, c Change, staff bool) (*ent.Account, error) {
	if before.Version != c.Version {
		return nil, fault.On("version", fault.Conflict, "Somebody else changed this account in the meantime.")
	}
	p, err := c.apply(before)
	if err != nil {
		return nil, err
	}
	status := before.Status
	if c.Status != nil && *c.Status != before.Status {
		if !staff {
			return nil, fault.On("status", fault.NotAllowed, "Only staff can change the status of an account.")
		}
		status = *c.Status
	}
	after, err := tx.Account.UpdateOneID(before.ID).
		SetName(p.Name).SetNameKey(name.Fold(p.Name)).SetSearchText(SearchText(p.Name, p.Address)).
		SetEmail(p.Address.Spelling).SetEmailKey(p.Address.Key).SetStatus(status).
		SetUpdatedAt(s.now()).AddVersion(1).
		Save(viewer.ForSystem(ctx, "updating an account"))
	if err != nil {
		return nil, fmt.Errorf("saving account: %w", err)
	}
	return after, nil
}

// apply is the profile with the change in it.
func (c Change) apply(before *ent.Account) (Profile, error) {
	var problems fault.List
	note := func(err error) {
		var f *fault.Error
		if errors.As(err, &f) {
			problems = append(problems, f)
		}
	}
	p := Profile{Name: before.Name, Address: email.Address{Spelling: before.Email, Key: before.EmailKey}}
	var err error
	if c.Name != nil {
		p.Name, err = name.Require("name", *c.Name)
		note(err)
	}
	if c.Email != nil {
		p.Address, err = email.Check("email", *c.Email)
		note(err)
	}
	return p, problems.Err()
}

// difference holds what changed, before and after, for the audit log.
func difference(before, after *ent.Account) map[string]any {
	from, to := map[string]any{}, map[string]any{}
	for field, pair := range map[string][2]string{
		"name": {before.Name, after.Name}, "email": {before.Email, after.Email}, "status": {string(before.Status), string(after.Status)},
	} {
		if pair[0] != pair[1] {
			from[field], to[field] = pair[0], pair[1]
		}
	}
	return map[string]any{"before": from, "after": to}
}
