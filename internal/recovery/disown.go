package recovery

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	entpassword "roster/ent/generated/password"
	"roster/ent/generated/securityanswer"
	"roster/ent/generated/session"
	"roster/ent/generated/user"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/email"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/links"
	"roster/internal/mail"
	"roster/internal/users"
)

// Told is what the page behind a link "this wasn't me" shows.
type Told struct {
	// About is the mail that told of the change.
	About mail.Kind
	// At is when the change was made.
	At time.Time
	// Restores is the address that the user gets back; empty when they have it still.
	Restores string
}

// Undone is what became of a disowned change.
type Undone string

// The outcomes.
const (
	// Restored: the user has the former address again, and a reset link waits there.
	Restored Undone = "RESTORED"
	// Secured: the address never changed; a reset link waits there.
	Secured Undone = "SECURED"
	// Closed: nobody can sign in until staff have looked. Another user has the former address by now, or a factor was set up
	// shortly before the address moved, and it may be the stranger's.
	Closed Undone = "CLOSED"
)

// TellOf returns what the page behind a link "this wasn't me" shows; nil when the link does not stand.
func (s *Service) TellOf(ctx context.Context, token string) (*Told, error) {
	l, about, address, err := links.FindTold(ctx, s.DB.Client, token, s.now())
	if err != nil || l == nil {
		return nil, err
	}
	told := &Told{About: about, At: l.Token.CreatedAt}
	if l.User.EmailKey != l.Token.AddressKey {
		told.Restores = address
	}
	return told, nil
}

// Disown takes back a change that its user did not want, with the token of the mail that told of it (product.md part 13):
// the user gets the address back that was told, all sessions and links end, the password is void, and whatever was set up
// since the change goes: a stranger may have set it up. Who reads mail at the address gets a reset link there. What was
// enrolled before stays, so that a mailbox alone opens nothing; when that was within the seven days before an address
// moved, nobody can tell a stranger's from the user's own, and the user is closed. fault.Expired on token: the link does not stand.
func (s *Service) Disown(ctx context.Context, token string) (Undone, error) {
	l, about, address, err := links.FindTold(ctx, s.DB.Client, token, s.now())
	if err != nil {
		return "", err
	} else if l == nil {
		return "", disownOver()
	}
	var undone Undone
	entry := audit.Entry{Action: audit.ChangeDisowned, Target: audit.OnUser(l.User.ID), Detail: map[string]any{"change": string(about)}}
	err = audit.Act(viewer.ForSystem(ctx, "disowning a change"), s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if used, err := links.Use(ctx, tx, l, s.now()); err != nil {
			return err
		} else if !used {
			return disownOver()
		}
		var before *ent.User
		if before, undone, err = s.disown(ctx, tx, l, address); err != nil {
			return err
		}
		done := entry
		done.Detail = map[string]any{"change": string(about), "outcome": string(undone), "addressBefore": before.Email}
		return audit.Record(ctx, tx, s.now(), done)
	})
	if db.IsDuplicate(err) {
		// Somebody took the address this very moment: the next try sees them.
		return "", fault.Wait(fault.TryLater, time.Second, "The service is busy. Please try again in a moment.")
	} else if err != nil {
		return "", err
	}
	return undone, nil
}

func disownOver() error {
	return fault.On("token", fault.Expired, "This link was used or is too old. Please ask us for help.")
}

func (s *Service) disown(ctx context.Context, tx *db.Tx, l *links.Link, address string) (before *ent.User, undone Undone, err error) {
	if before, err = tx.User.Get(ctx, l.User.ID); err != nil {
		return nil, "", fmt.Errorf("loading user: %w", err)
	}
	update, err := s.lock(ctx, tx, l, before)
	if err != nil {
		return nil, "", err
	}
	undone = Secured
	if before.EmailKey != l.Token.AddressKey {
		if undone, err = s.restore(ctx, tx, update, before, address, l.Token.CreatedAt); err != nil {
			return nil, "", err
		}
	}
	after, err := update.Save(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("saving user: %w", err)
	}
	return before, undone, s.tellOfDisowning(ctx, tx, before, after)
}

// lock ends what opens the user's door, and what was set up since the change.
func (s *Service) lock(ctx context.Context, tx *db.Tx, l *links.Link, u *ent.User) (*ent.UserUpdateOne, error) {
	since := l.Token.CreatedAt
	if err := links.EndAfter(ctx, tx, l); err != nil {
		return nil, err
	}
	if _, err := tx.Session.Delete().Where(session.UserID(u.ID)).Exec(ctx); err != nil {
		return nil, fmt.Errorf("ending sessions: %w", err)
	}
	if _, err := tx.Password.Delete().Where(entpassword.UserID(u.ID)).Exec(ctx); err != nil {
		return nil, fmt.Errorf("voiding the password: %w", err)
	}
	if _, err := tx.SecurityAnswer.Delete().Where(securityanswer.UserID(u.ID), securityanswer.SetAtGTE(since)).Exec(ctx); err != nil {
		return nil, fmt.Errorf("removing a security question: %w", err)
	}
	asked, err := tx.SecurityAnswer.Query().Where(securityanswer.UserID(u.ID)).Exist(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for a security question: %w", err)
	}
	second, err := factors.Retire(ctx, tx, u.ID, since)
	if err != nil {
		return nil, err
	}
	return tx.User.UpdateOneID(u.ID).SetTwoFactorEnabled(second).SetSecurityQuestionSet(asked).
		AddCredentialVersion(1).AddVersion(1).SetUpdatedAt(s.now()), nil
}

// restore gives the address back that moved away at a moment, unless another user has it by now. Then nobody can be let
// in by mail: whoever has the present address may be the stranger.
func (s *Service) restore(ctx context.Context, tx *db.Tx, update *ent.UserUpdateOne, u *ent.User, address string, moved time.Time) (Undone, error) {
	if address == "" { // it moved since the link was found
		return "", disownOver()
	}
	former, err := email.Parse(address)
	if err != nil {
		return "", fmt.Errorf("reading the former address of user %d: %w", u.ID, err)
	}
	taken, err := tx.User.Query().Where(user.EmailKey(former.Key), user.IDNEQ(u.ID)).Exist(ctx)
	if err != nil {
		return "", fmt.Errorf("looking for the user of an address: %w", err)
	}
	if taken {
		update.SetState(user.StateSUSPENDED)
		return Closed, nil
	}
	keys := users.KeysOf(u.FirstName, u.LastName, former)
	update.SetEmail(former.Spelling).SetEmailKey(former.Key).SetSearchText(keys.Search).SetEmailVerified(true)
	doubtful, err := factors.AnySince(ctx, tx, u.ID, moved.Add(-doubt))
	if err != nil {
		return "", err
	}
	if doubtful {
		update.SetState(user.StateSUSPENDED)
		return Closed, nil
	}
	return Restored, nil
}

// doubt is how long before a change of the address a factor counts as maybe a stranger's. The mail that told of an older
// one was there to be answered, while the user still had the address.
const doubt = 7 * 24 * time.Hour

func (s *Service) tellOfDisowning(ctx context.Context, tx *db.Tx, before, after *ent.User) error {
	if before.EmailKey != after.EmailKey {
		err := s.Outbox.Enqueue(ctx, tx, s.now(), mail.Message{
			Kind: mail.EmailDisputed, To: before.Email, UserID: after.ID, Language: after.Language,
			Params: map[string]string{"name": after.Name()},
		})
		if err != nil {
			return err
		}
	}
	if after.State != user.StateACTIVE {
		return nil // a new password would not help
	}
	return links.Send(ctx, tx, s.Outbox, s.now(), after, mail.PasswordReset)
}
