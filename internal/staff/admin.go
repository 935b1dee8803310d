package staff

import (
	"context"
	"errors"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/generated/role"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/email"
	"roster/internal/fault"
	"roster/internal/name"
	"roster/internal/secret"
	"roster/internal/settings"
	"roster/internal/users"
)

// Profile is who an administrator is.
type Profile struct{ FirstName, LastName, Email string }

// CreateAdmin makes a Full Administrator, for the command line: it asks for no permission. Faults, all of them at
// once: the names, the address (fault.Taken when a user has it), and the password as secret.Policy says.
func (s *Service) CreateAdmin(ctx context.Context, p Profile, password string) (*ent.User, error) {
	next, err := s.prepare(ctx, p, password)
	if err != nil {
		return nil, err
	}
	var u *ent.User
	err = db.InTx(viewer.ForSystem(ctx, "making an administrator"), s.DB, func(ctx context.Context, tx *db.Tx) error {
		u, err = s.insert(ctx, tx, next, audit.AdminCreated)
		return err
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}

// newcomer is an administrator to be, checked, with the password hashed: hashing must not hold a transaction up.
type newcomer struct {
	first, last string
	address     email.Address
	hash        string
}

func (s *Service) prepare(ctx context.Context, p Profile, password string) (newcomer, error) {
	chosen, err := settings.Load(ctx, s.DB.Client)
	if err != nil {
		return newcomer{}, err
	}
	var n newcomer
	var firstErr, lastErr, emailErr error
	n.first, firstErr = name.Require("firstName", p.FirstName)
	n.last, lastErr = name.Check("lastName", p.LastName)
	n.address, emailErr = email.Check("email", p.Email)
	policy := secret.Policy{Names: []string{settings.Product, chosen.Company}}
	weak := policy.Check("password", password, secret.Person(p), secret.Alone)
	if err := together(firstErr, lastErr, emailErr, weak); err != nil {
		return newcomer{}, err
	}
	if n.hash, err = s.Passwords.Hash(ctx, password); err != nil {
		return newcomer{}, fmt.Errorf("hashing the password: %w", err)
	}
	return n, nil
}

// together makes one error of the refusals of several fields.
func together(errs ...error) error {
	var problems fault.List
	for _, err := range errs {
		var f *fault.Error
		switch {
		case errors.As(err, &f):
			problems = append(problems, f)
		case err != nil:
			return err
		}
	}
	return problems.Err()
}

// insert saves the user with role and password, and records it.
func (s *Service) insert(ctx context.Context, tx *db.Tx, n newcomer, action audit.Action) (*ent.User, error) {
	system := viewer.ForSystem(ctx, "making an administrator")
	r, err := tx.Role.Query().Where(role.Name(FullAdministrator)).Only(system)
	if err != nil {
		return nil, fmt.Errorf("loading role: %w", err)
	}
	now, keys := s.now(), users.KeysOf(n.first, n.last, n.address)
	u, err := tx.User.Create().
		SetFirstName(n.first).SetLastName(n.last).SetNameKey(keys.Name).SetLastKey(keys.Last).
		SetEmail(n.address.Spelling).SetEmailKey(n.address.Key).SetSearchText(keys.Search).
		SetCreatedAt(now).SetUpdatedAt(now).SetRole(r).
		Save(system)
	if db.IsDuplicate(err) {
		return nil, fault.On("email", fault.Taken, "Another user has this address.")
	} else if err != nil {
		return nil, fmt.Errorf("saving user: %w", err)
	}
	if err := tx.Password.Create().SetUserID(u.ID).SetHash(n.hash).SetChangedAt(now).Exec(system); err != nil {
		return nil, fmt.Errorf("saving password: %w", err)
	}
	return u, audit.Record(ctx, tx, now, audit.Entry{Action: action, Target: audit.OnUser(u.ID)})
}
