package accounts

import (
	"context"
	"errors"
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
	"roster/internal/name"
	"roster/internal/users"
)

// Profile is what people see of an account, checked.
type Profile struct {
	Name    string
	Address email.Address
}

// Make writes an account with its owner. It asks nobody: who may is for the caller to say.
func Make(ctx context.Context, tx *db.Tx, p Profile, ownerID int, at time.Time) (*ent.Account, error) {
	system := viewer.ForSystem(ctx, "a new account")
	a, err := tx.Account.Create().SetName(p.Name).SetNameKey(name.Fold(p.Name)).SetSearchText(SearchText(p.Name, p.Address)).
		SetEmail(p.Address.Spelling).SetEmailKey(p.Address.Key).SetCreatedAt(at).SetUpdatedAt(at).
		Save(system)
	if err != nil {
		return nil, fmt.Errorf("saving account: %w", err)
	}
	if err := tx.Membership.Create().SetUserID(ownerID).SetAccountID(a.ID).SetOwner(true).SetSince(at).Exec(system); err != nil {
		return nil, fmt.Errorf("saving membership: %w", err)
	}
	return a, nil
}

// Draft is an account to be.
type Draft struct {
	Name, Email string
	// OwnerID is the user who will own it; nil: Owner will.
	OwnerID *int
	// Owner is somebody who has no user yet; nil: OwnerID will own it.
	Owner *OwnerDraft
}

// OwnerDraft is somebody who becomes a user to own an account.
type OwnerDraft struct{ FirstName, LastName, Email, Language string }

// Create makes an account with its owner: a user who is there, or a new one, who is mailed a link to set a password. It
// needs EDIT_ACCOUNTS. Faults on the fields, all at once; fault.Taken on owner.email: somebody has the address;
// fault.NotAllowed on ownerId: the user is suspended or erased.
func (s *Service) Create(ctx context.Context, d Draft) (*ent.Account, error) {
	profile, newcomer, err := d.read()
	if err != nil {
		return nil, err
	}
	var made *ent.Account
	entry := audit.Entry{Action: audit.AccountCreated, Detail: map[string]any{"name": profile.Name}}
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := access.Staff(ctx, permission.EditAccounts); err != nil {
			return err
		}
		owner, err := s.owner(ctx, tx, d, newcomer)
		if err != nil {
			return err
		}
		if made, err = Make(ctx, tx, profile, owner.ID, s.now()); err != nil {
			return err
		}
		if err := s.greet(ctx, tx, made, owner, d.Owner != nil); err != nil {
			return err
		}
		done := entry
		done.Target, done.AboutUserID = audit.OnAccount(made.ID), owner.ID
		return audit.Record(ctx, tx, s.now(), done)
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

func (d Draft) read() (Profile, users.Newcomer, error) {
	var problems fault.List
	note := func(err error) {
		var one *fault.Error
		var many fault.List
		switch {
		case errors.As(err, &many):
			problems = append(problems, many...)
		case errors.As(err, &one):
			problems = append(problems, one)
		}
	}
	var p Profile
	var n users.Newcomer
	var err error
	p.Name, err = name.Require("name", d.Name)
	note(err)
	p.Address, err = email.Check("email", d.Email)
	note(err)
	switch {
	case (d.OwnerID == nil) == (d.Owner == nil):
		note(fault.On("ownerId", fault.Required, "Name either a user who will own it, or a new one."))
	case d.Owner != nil:
		n, err = users.ReadNewcomer("owner.", d.Owner.FirstName, d.Owner.LastName, d.Owner.Email, d.Owner.Language)
		note(err)
	}
	return p, n, problems.Err()
}

// owner finds the user who will own the account, or makes them.
func (s *Service) owner(ctx context.Context, tx *db.Tx, d Draft, n users.Newcomer) (*ent.User, error) {
	if d.OwnerID != nil {
		if err := tx.LockUser(ctx, *d.OwnerID); err != nil { // they may be about to go, with their only account
			return nil, err
		}
		u, err := tx.User.Query().Where(user.ID(*d.OwnerID)).Only(viewer.ForSystem(ctx, "a new account"))
		switch {
		case ent.IsNotFound(err):
			return nil, fault.Gone("user")
		case err != nil:
			return nil, fmt.Errorf("loading user: %w", err)
		case u.State != user.StateACTIVE:
			return nil, fault.On("ownerId", fault.NotAllowed, "This user is suspended or erased.")
		}
		return u, nil
	}
	u, err := users.Make(ctx, tx, n, s.now())
	if errors.Is(err, users.ErrTaken) {
		return nil, fault.On("owner.email", fault.Taken, "Another user has this e-mail address. Name that user as the owner.")
	}
	return u, err
}

// greet tells the owner, and gives a new one the means to sign in.
func (s *Service) greet(ctx context.Context, tx *db.Tx, a *ent.Account, owner *ent.User, isNew bool) error {
	if !isNew {
		return s.Outbox.Enqueue(ctx, tx, s.now(), mail.Message{
			Kind: mail.OwnershipReceived, To: owner.Email, UserID: owner.ID, AccountID: a.ID, Language: owner.Language,
			Params: map[string]string{"name": owner.Name(), "account": a.Name},
		})
	}
	if err := audit.Record(ctx, tx, s.now(), audit.Entry{Action: audit.UserCreated, Target: audit.OnUser(owner.ID)}); err != nil {
		return err
	}
	return Welcome(ctx, tx, s.Outbox, s.now(), a, owner)
}

// Welcome mails somebody who got a user without asking the link to set a password.
func Welcome(ctx context.Context, tx *db.Tx, outbox *mail.Outbox, at time.Time, a *ent.Account, u *ent.User) error {
	return links.Post(ctx, tx, outbox, at, u, links.Letter{
		About: mail.Welcome, To: u.Email, Params: map[string]string{"account": a.Name},
	})
}
