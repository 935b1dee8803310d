package addresses

import (
	"context"
	"fmt"
	"slices"

	ent "roster/ent/generated"
	"roster/ent/generated/session"
	"roster/ent/generated/user"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/email"
	"roster/internal/fault"
	"roster/internal/links"
	"roster/internal/mail"
	"roster/internal/settings"
	"roster/internal/throttle"
	"roster/internal/users"
)

// Change mails a link to the address that the viewer wants instead of theirs (product.md C9). Nothing changes before it is
// used; older links die. It needs a fresh proof of identity and the password. Nobody learns whether the new address has a
// user: the answer is the same, and takes as long; the user who has it is told (security.md #26). On newEmail:
// fault.Required, Invalid, TooLong, and NotAllowed for the present address or where settings lock it. On password:
// fault.Required, Wrong. fault.RateLimited: five mails went out this hour, or twenty from this network.
func (s *Service) Change(ctx context.Context, newEmail, password string) error {
	u, err := s.own(ctx, s.DB.Client)
	if err != nil {
		return err
	}
	if err := access.Sudo(ctx, s.now()); err != nil {
		return err
	}
	wanted, err := s.wanted(ctx, u, newEmail)
	if err != nil {
		return err
	}
	entry := audit.Entry{
		Action: audit.EmailChangeRequested, Target: audit.OnUser(u.ID), Detail: map[string]any{"wanted": wanted.Spelling},
	}
	if err := s.SignIns.ProvePassword(ctx, entry, password); err != nil {
		return err
	}
	if err := s.count(ctx, u.ID); err != nil {
		return err
	}
	return throttle.Evenly(ctx, func() error { return s.ask(ctx, u, wanted, entry) })
}

func (s *Service) wanted(ctx context.Context, u *ent.User, newEmail string) (email.Address, error) {
	if err := s.mayMove(ctx, "newEmail"); err != nil {
		return email.Address{}, err
	}
	wanted, err := email.Check("newEmail", newEmail)
	if err == nil && wanted.Spelling == u.Email {
		err = fault.On("newEmail", fault.NotAllowed, "This is your address already.")
	}
	return wanted, err
}

func (s *Service) mayMove(ctx context.Context, field string) error {
	chosen, err := settings.Load(ctx, s.DB.Client)
	if err != nil {
		return err
	}
	if slices.Contains(chosen.LockedProfile, users.LockEmail) {
		return fault.On(field, fault.NotAllowed, "Addresses are changed by our staff only.")
	}
	return nil
}

func (s *Service) ask(ctx context.Context, u *ent.User, wanted email.Address, entry audit.Entry) error {
	enough, err := s.countUnasked(ctx, wanted)
	if err != nil {
		return err
	}
	return audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := links.Replace(ctx, tx, u.ID, mail.ConfirmEmailChange); err != nil {
			return err
		}
		if !enough {
			if err := s.write(ctx, tx, u, wanted); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
}

// countUnasked keeps many people from flooding one mailbox. Nobody is told: the answer would tell of others.
func (s *Service) countUnasked(ctx context.Context, wanted email.Address) (enough bool, err error) {
	err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		err := throttle.Unasked.Take(ctx, tx, throttle.Address(wanted.Key), s.now())
		if enough = err != nil && throttle.IsRefusal(err); enough {
			return nil
		}
		return err
	})
	return enough, err
}

// write mails the link, or tells the user who has the address.
func (s *Service) write(ctx context.Context, tx *db.Tx, u *ent.User, wanted email.Address) error {
	holder, err := tx.User.Query().Where(user.EmailKey(wanted.Key), user.IDNEQ(u.ID)).Only(viewer.ForSystem(ctx, "changing an address"))
	switch {
	case ent.IsNotFound(err):
		letter := links.Letter{About: mail.ConfirmEmailChange, To: wanted.Spelling, Subject: wanted.Spelling}
		return links.Post(ctx, tx, s.Outbox, s.now(), u, letter)
	case err != nil:
		return fmt.Errorf("loading the user of an address: %w", err)
	}
	return s.Outbox.Enqueue(ctx, tx, s.now(), mail.Message{
		Kind: mail.AddressWanted, To: holder.Email, UserID: holder.ID, Language: holder.Language,
		Params: map[string]string{"name": holder.Name()},
	})
}

// Move is what a link to a new address would do.
type Move struct {
	// NewEmail is the address that it goes to.
	NewEmail string
	// Own says that whoever holds the link is signed in as its user; nobody else can use it.
	Own bool
}

// MoveOf returns what the page behind a link to a new address shows; nil when the link does not stand.
func (s *Service) MoveOf(ctx context.Context, token string) (*Move, error) {
	l, err := links.Find(ctx, s.DB.Client, mail.ConfirmEmailChange, token, s.now())
	if err != nil || l == nil {
		return nil, err
	}
	own := access.Person(ctx) == nil && viewer.From(ctx).UserID == l.User.ID
	return &Move{NewEmail: l.Token.Subject, Own: own}, nil
}

// ConfirmChange makes the address that a link went to the viewer's. Who mistyped an address must not lose their user to
// whoever reads mail there, so the link works in a session of the user who asked for it, and there only. Every other
// session ends (security.md #19), and so does every open link; the former address is told, with a way to take it back.
// On token: fault.Expired, fault.NotAllowed (the link of another user, or addresses are locked by now), fault.Taken.
func (s *Service) ConfirmChange(ctx context.Context, token string) (*ent.User, error) {
	if err := access.Person(ctx); err != nil {
		return nil, err
	}
	l, err := links.Find(ctx, s.DB.Client, mail.ConfirmEmailChange, token, s.now())
	if err != nil {
		return nil, err
	} else if l == nil {
		return nil, linkOver()
	}
	var after *ent.User
	entry := audit.Entry{Action: audit.EmailChanged, Target: audit.OnUser(l.User.ID)}
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if viewer.From(ctx).UserID != l.User.ID {
			return fault.On("token", fault.NotAllowed, "This link is another user's. Please sign in as who asked for it.")
		}
		if err := s.mayMove(ctx, "token"); err != nil {
			return err
		}
		if used, err := links.Use(ctx, tx, l, s.now()); err != nil {
			return err
		} else if !used {
			return linkOver()
		}
		after, err = s.move(ctx, tx, l)
		return err
	})
	if err != nil {
		return nil, err
	}
	return after, nil
}

func (s *Service) move(ctx context.Context, tx *db.Tx, l *links.Link) (*ent.User, error) {
	system := viewer.ForSystem(ctx, "changing an address")
	before, err := tx.User.Get(system, l.User.ID)
	if err != nil {
		return nil, fmt.Errorf("loading user: %w", err)
	}
	address, err := email.Parse(l.Token.Subject)
	if err != nil {
		return nil, fmt.Errorf("reading the address of a link: %w", err)
	}
	keys := users.KeysOf(before.FirstName, before.LastName, address)
	after, err := tx.User.UpdateOne(before).
		SetEmail(address.Spelling).SetEmailKey(address.Key).SetSearchText(keys.Search).SetEmailVerified(true).
		AddVersion(1).AddCredentialVersion(1).SetUpdatedAt(s.now()).
		Save(system)
	if db.IsDuplicate(err) { // the unique index decides, not a look beforehand
		return nil, fault.On("token", fault.Taken, "Another user has this address by now.")
	} else if err != nil {
		return nil, fmt.Errorf("saving user: %w", err)
	}
	if err := s.endOthers(system, tx, viewer.From(ctx).SessionID, after); err != nil {
		return nil, err
	}
	if err := links.End(ctx, tx, after.ID); err != nil {
		return nil, err
	}
	if err := s.tellBoth(ctx, tx, before, after); err != nil {
		return nil, err
	}
	return after, audit.Record(ctx, tx, s.now(), audit.Entry{
		Action: audit.EmailChanged, Target: audit.OnUser(after.ID),
		Detail: map[string]any{"before": map[string]any{"email": before.Email}, "after": map[string]any{"email": after.Email}},
	})
}

// endOthers ends the user's sessions but this one, which goes on under the new credential version.
func (s *Service) endOthers(ctx context.Context, tx *db.Tx, sessionID int, u *ent.User) error {
	if _, err := tx.Session.Delete().Where(session.UserID(u.ID), session.IDNEQ(sessionID)).Exec(ctx); err != nil {
		return fmt.Errorf("ending sessions: %w", err)
	}
	if err := tx.Session.Update().Where(session.ID(sessionID)).SetCredentialVersion(u.CredentialVersion).Exec(ctx); err != nil {
		return fmt.Errorf("keeping the session: %w", err)
	}
	return nil
}

func (s *Service) tellBoth(ctx context.Context, tx *db.Tx, before, after *ent.User) error {
	if err := s.Users.TellOfMove(ctx, tx, before, after); err != nil {
		return err
	}
	return s.Outbox.Enqueue(ctx, tx, s.now(), mail.Message{
		Kind: mail.NewEmail, To: after.Email, UserID: after.ID, Language: after.Language,
		Params: map[string]string{"name": after.Name()},
	})
}
