package passwords

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/text/unicode/norm"

	ent "roster/ent/generated"
	entpassword "roster/ent/generated/password"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/links"
	"roster/internal/mail"
	"roster/internal/secret"
	"roster/internal/settings"
	"roster/internal/signin"
	"roster/internal/throttle"
)

// Changed is what became of a change.
type Changed struct {
	// Own is what there is to know of the new password.
	Own Own
	// EndedSessions is how many other sessions of the user ended.
	EndedSessions int
}

// change is one that was asked for, by whom, and what it replaces: nil where there is no password yet.
type change struct {
	user   *ent.User
	stored *ent.Password
	// least is how long the new one must be.
	least secret.Least
	hash  string
	entry audit.Entry
}

// Change replaces the viewer's password. It needs a fresh proof of identity and the password that holds until now
// (security.md #6, #33); whoever has none sets their first one, for which only a passkey can have been the proof. Every
// other session and every open link ends, this session goes on under a new id, and a mail tells the user.
//
// On currentPassword: fault.Required; fault.Wrong; fault.NotAllowed, there is none. On newPassword: what secret.Policy
// says; fault.NotAllowed, it is the old one. fault.RateLimited: too many wrong passwords, codes and answers of this user,
// on every surface together; the right one is refused likewise (#24). fault.Unauthenticated: the session ended meanwhile.
func (s *Service) Change(ctx context.Context, current, next string) (*Changed, error) {
	if err := access.Person(ctx); err != nil {
		return nil, err
	}
	if err := access.Sudo(ctx, s.now()); err != nil {
		return nil, err
	}
	u, stored, err := s.load(ctx, viewer.From(ctx).UserID)
	if err != nil {
		return nil, err
	}
	least, err := factors.Least(ctx, s.DB.Reader(), u)
	if err != nil {
		return nil, err
	}
	c := change{user: u, stored: stored, least: least, entry: audit.Entry{
		Action: audit.PasswordChanged, Target: audit.OnUser(u.ID), Detail: map[string]any{"first": stored == nil},
	}}
	// What needs no look at a secret comes first: it costs no try and no hash.
	if err := s.check(ctx, c, current, next); err != nil {
		return nil, err
	}
	if err := s.prove(ctx, c, current); err != nil {
		return nil, err
	}
	if c.hash, err = s.Hasher.Hash(ctx, next); err != nil {
		return nil, fmt.Errorf("hashing the new password: %w", err)
	}
	return s.save(ctx, c)
}

// check refuses what can be seen without knowing the stored password, all of it at once.
func (s *Service) check(ctx context.Context, c change, current, next string) error {
	chosen, err := settings.Load(ctx, s.DB.Client)
	if err != nil {
		return err
	}
	var problems fault.List
	switch {
	case c.stored == nil && current != "":
		problems = append(problems, fault.On("currentPassword", fault.NotAllowed, "You have no password yet, so leave this empty."))
	case c.stored != nil && current == "":
		problems = append(problems, fault.On("currentPassword", fault.Required, "Please enter your current password."))
	}
	policy := secret.Policy{Names: []string{settings.Product, chosen.Company}}
	who := secret.Person{FirstName: c.user.FirstName, LastName: c.user.LastName, Email: c.user.Email}
	var weak *fault.Error
	if errors.As(policy.Check("newPassword", next, who, c.least), &weak) {
		problems = append(problems, weak)
	} else if norm.NFC.String(next) == norm.NFC.String(current) { // as they are hashed (#4)
		problems = append(problems, fault.On("newPassword", fault.NotAllowed, "The new password must not be the current one."))
	}
	return problems.Err()
}

// prove checks the password that holds until now, where there is one. The try is counted before it is made, and given
// back where it was right, or was none for want of room.
func (s *Service) prove(ctx context.Context, c change, current string) error {
	if c.stored == nil {
		return nil
	}
	whose := throttle.User(c.user.ID)
	err := audit.Act(ctx, s.DB, s.now, c.entry, func(ctx context.Context, tx *db.Tx) error {
		return throttle.SecondFactor.Take(ctx, tx, whose, s.now())
	})
	if err != nil {
		return err
	}
	right, _, err := s.Hasher.Verify(ctx, c.stored.Hash, current, 0)
	switch {
	case fault.Is(err, fault.TryLater):
		return errors.Join(err, s.giveBack(ctx, c))
	case err != nil:
		return fmt.Errorf("checking the current password: %w", err)
	case right:
		return s.giveBack(ctx, c)
	}
	return audit.Act(ctx, s.DB, s.now, c.entry, func(context.Context, *db.Tx) error {
		return fault.On("currentPassword", fault.Wrong, "This is not your current password.")
	})
}

func (s *Service) giveBack(ctx context.Context, c change) error {
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		return throttle.SecondFactor.GiveBack(ctx, tx, throttle.User(c.user.ID))
	})
}

// save writes the new password and ends what the old one opened.
func (s *Service) save(ctx context.Context, c change) (*Changed, error) {
	var renewed signin.Renewed
	at := s.now()
	err := audit.Act(ctx, s.DB, s.now, c.entry, func(ctx context.Context, tx *db.Tx) (err error) {
		// First of all, for it locks the user: of two changes at once the later one finds its session over.
		if renewed, err = s.SignIns.Renew(ctx, tx, c.user.CredentialVersion); err != nil {
			return err
		}
		if err := replace(ctx, tx, c, at); err != nil {
			return err
		}
		if err := links.End(ctx, tx, c.user.ID); err != nil {
			return err
		}
		if err := throttle.Password.Clear(ctx, tx, throttle.User(c.user.ID)); err != nil {
			return err
		}
		err = s.Outbox.Enqueue(ctx, tx, at, mail.Message{
			Kind: mail.OwnPasswordChanged, To: c.user.Email, UserID: c.user.ID, Language: c.user.Language,
			Params: map[string]string{"name": c.user.Name()},
		})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, at, c.entry)
	})
	if err != nil {
		return nil, err
	}
	renewed.HandOut(ctx)
	return &Changed{Own: Own{SetAt: &at, MinLength: int(c.least)}, EndedSessions: renewed.Ended}, nil
}

// replace writes the new hash, unless the password is not the one any more that was proved.
func replace(ctx context.Context, tx *db.Tx, c change, at time.Time) error {
	system := viewer.ForSystem(ctx, "changing one's own password")
	if c.stored == nil {
		err := tx.Password.Create().SetUserID(c.user.ID).SetHash(c.hash).SetChangedAt(at).Exec(system)
		if db.IsDuplicate(err) {
			return changedMeanwhile()
		} else if err != nil {
			return fmt.Errorf("saving the first password: %w", err)
		}
		return nil
	}
	n, err := tx.Password.Update().Where(entpassword.UserID(c.user.ID), entpassword.Hash(c.stored.Hash)).
		SetHash(c.hash).SetWrapped(false).SetChangedAt(at).Save(system)
	if err != nil {
		return fmt.Errorf("saving the new password: %w", err)
	}
	if n == 0 {
		return changedMeanwhile()
	}
	return nil
}

func changedMeanwhile() error {
	return fault.On("currentPassword", fault.Conflict, "Your password was changed in the meantime.")
}
