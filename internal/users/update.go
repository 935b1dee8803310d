package users

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/session"
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
)

// Change is what staff want a user's profile to be; nil members stay as they are.
type Change struct {
	UserID    int
	Version   int // that the change is based on
	FirstName *string
	LastName  *string
	Email     *string
	Language  *string
}

// Update changes a user's profile (product.md A6). A changed address becomes unverified: a verification mail goes to
// the new one and a notice to the old one, every session ends, and open reset links die. It needs EDIT_USERS, and
// every permission that a staff target holds, and for another address a fresh proof of identity (security.md #33).
// fault.Conflict on version: somebody else was first; nothing changes. fault.NotAllowed on email: one's own address, which
// takes one's password and a word from the new mailbox (C9). Faults on the fields: fault.Required, Invalid, TooLong, Taken.
func (s *Service) Update(ctx context.Context, c Change) (*ent.User, error) {
	p, unfit := read(c)
	var after *ent.User
	entry := audit.Entry{Action: audit.UserUpdated, Target: audit.OnUser(c.UserID)}
	err := audit.Act(ctx, s.DB, s.Now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := access.Staff(ctx, permission.EditUsers); err != nil {
			return err
		}
		if unfit != nil {
			return unfit
		}
		before, err := s.target(ctx, tx, c.UserID)
		if err != nil {
			return err
		}
		if before.Version != c.Version {
			return fault.On("version", fault.Conflict, "Somebody else changed this user in the meantime.")
		}
		if before.State == user.StateERASED {
			return fault.On("userId", fault.NotAllowed, "The personal data of this user were erased.")
		}
		if after, err = s.write(ctx, tx, before, p); err != nil || !p.moves(before) {
			return err
		}
		// Last, so that nobody is asked for a proof and then told that the address is another's.
		return s.mayMove(ctx, before)
	})
	if err != nil {
		return nil, err
	}
	return s.Get(ctx, after.ID)
}

// target loads the user to act upon and checks that the viewer may.
func (s *Service) target(ctx context.Context, tx *db.Tx, id int) (*ent.User, error) {
	if err := tx.LockUser(ctx, id); err != nil {
		return nil, err
	}
	u, err := tx.User.Get(viewer.ForSystem(ctx, "updating a user"), id)
	if ent.IsNotFound(err) {
		return nil, fault.Gone("user")
	} else if err != nil {
		return nil, fmt.Errorf("loading user: %w", err)
	}
	return u, access.OverUser(ctx, tx.Client, u)
}

// mayMove refuses staff without a fresh proof of identity, and whoever would move their own address past C9.
func (s *Service) mayMove(ctx context.Context, u *ent.User) error {
	if v := viewer.From(ctx); v.UserID == u.ID {
		return fault.On("email", fault.NotAllowed, "Change your own address on your profile, where the new one is asked first.")
	}
	return access.Sudo(ctx, s.now())
}

// profile is a change, read.
type profile struct {
	first, last, language, zone *string
	address                     *email.Address
}

// moves reports whether the change gives u another address.
func (p profile) moves(u *ent.User) bool { return p.address != nil && p.address.Spelling != u.Email }

func read(c Change) (profile, error) {
	var p profile
	var problems fault.List
	note := func(err error) {
		var f *fault.Error
		if errors.As(err, &f) {
			problems = append(problems, f)
		}
	}
	if c.FirstName != nil {
		first, err := name.Require("firstName", *c.FirstName)
		note(err)
		p.first = &first
	}
	if c.LastName != nil {
		last, err := name.Check("lastName", *c.LastName)
		note(err)
		p.last = &last
	}
	if c.Email != nil {
		address, err := email.Check("email", *c.Email)
		note(err)
		p.address = &address
	}
	if c.Language != nil {
		if !slices.Contains(Languages, *c.Language) {
			problems = append(problems, fault.On("language", fault.Invalid, "This language is not one of this installation."))
		}
		p.language = c.Language
	}
	return p, problems.Err()
}

func (s *Service) write(ctx context.Context, tx *db.Tx, before *ent.User, p profile) (*ent.User, error) {
	system := viewer.ForSystem(ctx, "updating a user")
	first, last := or(p.first, before.FirstName), or(p.last, before.LastName)
	address, err := email.Parse(before.Email)
	if err != nil {
		return nil, fmt.Errorf("reading the stored address of user %d: %w", before.ID, err)
	}
	moved := p.moves(before)
	if moved {
		address = *p.address
	}
	keys := KeysOf(first, last, address)
	update := tx.User.UpdateOneID(before.ID).Where(user.Version(before.Version)).
		SetFirstName(first).SetLastName(last).SetLanguage(or(p.language, before.Language)).
		SetTimeZone(or(p.zone, before.TimeZone)).
		SetNameKey(keys.Name).SetLastKey(keys.Last).SetSearchText(keys.Search).
		SetEmail(address.Spelling).SetEmailKey(address.Key).
		SetUpdatedAt(s.now()).AddVersion(1)
	if moved {
		update.SetEmailVerified(false).SetOnceProven(before.OnceProven || before.EmailVerified).AddCredentialVersion(1)
	}
	after, err := update.Save(system)
	switch {
	case db.IsDuplicate(err): // the unique index decides, not a look beforehand
		return nil, fault.On("email", fault.Taken, "Another user has this e-mail address.")
	case ent.IsNotFound(err):
		return nil, fault.On("version", fault.Conflict, "Somebody else changed this user in the meantime.")
	case err != nil:
		return nil, fmt.Errorf("saving user: %w", err)
	}
	if moved {
		if err := s.moved(system, tx, before, after); err != nil {
			return nil, err
		}
	}
	return after, audit.Record(ctx, tx, s.now(), audit.Entry{
		Action: audit.UserUpdated, Target: audit.OnUser(before.ID), Detail: difference(before, after),
	})
}

// moved does what a new address brings with it: sessions and open links end, the new address is asked, the old one told.
func (s *Service) moved(ctx context.Context, tx *db.Tx, before, after *ent.User) error {
	if _, err := tx.Session.Delete().Where(session.UserID(after.ID)).Exec(ctx); err != nil {
		return fmt.Errorf("ending sessions: %w", err)
	}
	if err := links.End(ctx, tx, after.ID); err != nil {
		return err
	}
	if err := s.TellOfMove(ctx, tx, before, after); err != nil {
		return err
	}
	return links.Send(ctx, tx, s.Outbox, s.now(), after, mail.VerifyEmail)
}

// TellOfMove tells the address that the user had of the new one. It can be asked back from there only if it was known to
// be the user's (security.md #49).
func (s *Service) TellOfMove(ctx context.Context, tx *db.Tx, before, after *ent.User) error {
	params := map[string]string{"address": email.Mask(after.Email)}
	if before.EmailVerified {
		told := links.Told{About: mail.EmailChanged, To: before.Email, Proven: true, Params: params}
		return links.Tell(ctx, tx, s.Outbox, s.now(), after, told)
	}
	params["name"] = after.Name()
	return s.Outbox.Enqueue(ctx, tx, s.now(), mail.Message{
		Kind: mail.EmailChangedUnproven, To: before.Email, UserID: after.ID, Language: after.Language, Params: params,
	})
}

// difference holds what changed, before and after, for the audit log.
func difference(before, after *ent.User) map[string]any {
	from, to := map[string]any{}, map[string]any{}
	for field, pair := range map[string][2]string{
		"firstName": {before.FirstName, after.FirstName},
		"lastName":  {before.LastName, after.LastName},
		"email":     {before.Email, after.Email},
		"language":  {before.Language, after.Language},
		"timeZone":  {before.TimeZone, after.TimeZone},
	} {
		if pair[0] != pair[1] {
			from[field], to[field] = pair[0], pair[1]
		}
	}
	return map[string]any{"before": from, "after": to}
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

func or(wanted *string, present string) string {
	if wanted != nil {
		return *wanted
	}
	return present
}
