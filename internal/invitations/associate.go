package invitations

import (
	"context"
	"errors"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/generated/invitation"
	"roster/ent/generated/membership"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/accounts"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/email"
	"roster/internal/fault"
	"roster/internal/mail"
	"roster/internal/members"
	"roster/internal/users"
)

// Association is somebody to bring into an account.
type Association struct {
	AccountID int
	// UserID is the user; nil: Email says who.
	UserID *int
	// Email is an address, with a user or without; empty: UserID says who.
	Email string
	// FirstName and LastName are those of the new user, where the address has none.
	FirstName, LastName string
	Permissions         []permission.Account
	EndsAt              *time.Time
}

// Invite asks somebody by mail, on behalf of staff with MANAGE_MEMBERSHIPS. The faults are those of Send; on userId
// fault.NotFound: there is no such user.
func (s *Service) Invite(ctx context.Context, a Association) (*Offer, error) {
	if err := access.Staff(ctx, permission.ManageMemberships); err != nil {
		return nil, err
	}
	address := a.Email
	if a.UserID != nil {
		u, err := s.DB.User.Get(viewer.ForSystem(ctx, "bringing a user into an account"), *a.UserID)
		if ent.IsNotFound(err) {
			return nil, fault.Gone("user")
		} else if err != nil {
			return nil, fmt.Errorf("loading user: %w", err)
		}
		address = u.Email
	}
	return s.Send(ctx, Draft{AccountID: a.AccountID, Email: address, Permissions: a.Permissions, EndsAt: a.EndsAt})
}

// Join brings somebody into an account at once. A new address gets a user without a password, who is mailed a link to set
// one. It needs MANAGE_MEMBERSHIPS. Faults: permissions fault.Required; endsAt fault.Invalid; accountId fault.NotAllowed,
// closed; userId or email fault.NotAllowed, a member already, suspended, or registered
// with an address that they never proved; firstName fault.Required for a new user.
func (s *Service) Join(ctx context.Context, a Association) (*ent.Membership, error) {
	if err := access.Staff(ctx, permission.ManageMemberships); err != nil {
		return nil, err
	}
	address, err := s.check(a)
	if err != nil {
		return nil, err
	}
	var made *ent.Membership
	entry := audit.Entry{Action: audit.MemberAdded, Target: audit.OnAccount(a.AccountID)}
	if a.UserID != nil {
		entry.AboutUserID = *a.UserID
	}
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		into, _, err := s.enter(ctx, tx, a.AccountID)
		if err != nil {
			return err
		}
		if into.Status == account.StatusCLOSED {
			return fault.On("accountId", fault.NotAllowed, "This account is closed.")
		}
		u, isNew, err := s.person(ctx, tx, a, address)
		if err != nil {
			return err
		}
		if err := access.OverMaker(ctx, u.ID); err != nil {
			return err
		}
		if made, err = s.bring(ctx, tx, a, into, u, isNew); err != nil {
			return err
		}
		done := entry
		done.AboutUserID, done.Detail = u.ID, map[string]any{"permissions": made.Permissions, "endsAt": made.EndsAt}
		return audit.Record(ctx, tx, s.now(), done)
	})
	return made, err
}

func (s *Service) check(a Association) (email.Address, error) {
	var address email.Address
	if (a.UserID == nil) == (a.Email == "") {
		return address, fault.On("userId", fault.Required, "Name either a user or an address.")
	}
	if len(a.Permissions) == 0 {
		return address, fault.On("permissions", fault.Required, "Please choose at least one permission.")
	}
	if err := members.CheckEnd("endsAt", a.EndsAt, s.now()); err != nil || a.UserID != nil {
		return address, err
	}
	return email.Check("email", a.Email)
}

// person finds the user, with the row kept to the transaction, or makes one for an address that has none.
func (s *Service) person(ctx context.Context, tx *db.Tx, a Association, address email.Address) (u *ent.User, isNew bool, err error) {
	system := viewer.ForSystem(ctx, "bringing a user into an account")
	which := user.EmailKey(address.Key)
	if a.UserID != nil {
		which = user.ID(*a.UserID)
	}
	ids, err := tx.User.Query().Where(which).IDs(system)
	if err != nil {
		return nil, false, fmt.Errorf("finding user: %w", err)
	}
	for _, id := range ids {
		if err := tx.LockUser(ctx, id); err != nil {
			return nil, false, err
		}
	}
	u, err = tx.User.Query().Where(which).Only(system) // as they are now, if they still are
	switch {
	case err == nil && u.State != user.StateACTIVE:
		return nil, false, fault.On(a.field(), fault.NotAllowed, "This user is suspended or erased.")
	case err == nil && a.UserID == nil && users.Claimed(u):
		return nil, false, fault.On("email", fault.NotAllowed,
			"Somebody registered with this address and has not proved that it is theirs. Send an invitation instead.")
	case err == nil:
		return u, false, nil
	case !ent.IsNotFound(err):
		return nil, false, fmt.Errorf("loading user: %w", err)
	case a.UserID != nil:
		return nil, false, fault.Gone("user")
	}
	n, err := users.ReadNewcomer("", a.FirstName, a.LastName, a.Email, "")
	if err != nil {
		return nil, false, err
	}
	u, err = users.Make(ctx, tx, n, s.now())
	if errors.Is(err, users.ErrTaken) { // this very moment
		return nil, false, fault.On("email", fault.Conflict, "Somebody has just become a user with this address. Please try again.")
	} else if err != nil {
		return nil, false, err
	}
	return u, true, audit.Record(ctx, tx, s.now(), audit.Entry{Action: audit.UserCreated, Target: audit.OnUser(u.ID)})
}

// field is the one that names the person.
func (a Association) field() string {
	if a.UserID != nil {
		return "userId"
	}
	return "email"
}

// bring writes the membership, ends an open invitation of the same address, and tells the user.
func (s *Service) bring(ctx context.Context, tx *db.Tx, a Association, into *ent.Account, u *ent.User, isNew bool) (*ent.Membership, error) {
	system := viewer.ForSystem(ctx, "bringing a user into an account")
	old, err := tx.Membership.Query().Where(membership.UserID(u.ID), membership.AccountID(into.ID)).Only(system)
	switch {
	case ent.IsNotFound(err):
	case err != nil:
		return nil, fmt.Errorf("looking for a membership: %w", err)
	case !old.EndedBy(s.now()):
		return nil, fault.On(a.field(), fault.NotAllowed, "This user is a member of the account already.")
	default:
		if err := tx.Membership.DeleteOne(old).Exec(system); err != nil {
			return nil, fmt.Errorf("deleting a membership that has ended: %w", err)
		}
	}
	m, err := tx.Membership.Create().SetUserID(u.ID).SetAccountID(into.ID).SetPermissions(members.Ordered(a.Permissions)).
		SetNillableEndsAt(a.EndsAt).SetSince(s.now()).Save(system)
	if err != nil {
		return nil, fmt.Errorf("saving a membership: %w", err)
	}
	err = tx.Invitation.Update().Where(invitation.AccountID(into.ID), invitation.EmailKey(u.EmailKey), invitation.DecidedAtIsNil()).
		SetStatus(invitation.StatusACCEPTED).SetDecidedAt(s.now()).SetAcceptedByID(u.ID).Exec(system)
	if err != nil {
		return nil, fmt.Errorf("ending an invitation: %w", err)
	}
	if isNew {
		return m, accounts.Welcome(ctx, tx, s.Outbox, s.now(), into, u)
	}
	return m, s.Outbox.Enqueue(ctx, tx, s.now(), mail.Message{
		Kind: mail.AccessGiven, To: u.Email, UserID: u.ID, AccountID: into.ID, Language: u.Language,
		Params: map[string]string{"name": u.Name(), "account": into.Name},
	})
}
