package recovery

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	entpassword "roster/ent/generated/password"
	"roster/ent/generated/securityanswer"
	"roster/ent/generated/session"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/links"
	"roster/internal/mail"
	"roster/internal/questions"
	"roster/internal/secret"
	"roster/internal/settings"
	"roster/internal/throttle"
)

// Preview is what the page behind a reset link shows.
type Preview struct {
	// Question is the security question in the user's language; empty when none is set.
	Question string
	// First says that the user has no password to change: they are new, or theirs is void.
	First             bool
	PasswordMinLength int
	ExpiresAt         time.Time
}

// Preview returns what the page behind a link shows; nil when the link does not stand.
func (s *Service) Preview(ctx context.Context, token string) (*Preview, error) {
	l, err := links.Find(ctx, s.DB.Client, mail.PasswordReset, token, s.now())
	if err != nil || l == nil {
		return nil, err
	}
	least, err := factors.Least(ctx, s.DB.Reader(), l.User)
	if err != nil {
		return nil, err
	}
	has, err := s.DB.Password.Query().Where(entpassword.UserID(l.User.ID)).Exist(viewer.ForSystem(ctx, "a reset link"))
	if err != nil {
		return nil, fmt.Errorf("looking for a password: %w", err)
	}
	p := &Preview{First: !has, PasswordMinLength: int(least), ExpiresAt: l.Token.ExpiresAt}
	answer, err := s.asked(ctx, l.User)
	if err != nil || answer == nil {
		return p, err
	}
	p.Question = questions.Text(answer.Edges.Question, l.User.Language)
	return p, nil
}

func linkOver() error {
	return fault.On("token", fault.Expired, "This link was used, replaced or is too old. Please ask for another.")
}

// Reset sets a new password with the token of a link, and the answer to the security question where one is set
// (product.md C11). Every session and every other open link ends; a second factor stays and is asked next. fault.Expired
// on token: the link does not stand. fault.Required, fault.Wrong on answer; five wrong ones in a day burn the link, and
// each further one of that day the link that it is given with. On newPassword: what secret.Policy says.
func (s *Service) Reset(ctx context.Context, token, answer, newPassword string) error {
	l, err := links.Find(ctx, s.DB.Client, mail.PasswordReset, token, s.now())
	if err != nil {
		return err
	} else if l == nil {
		return linkOver()
	}
	if err := s.checkPassword(ctx, l.User, newPassword); err != nil {
		return err
	}
	if err := s.checkAnswer(ctx, l, answer); err != nil {
		return err
	}
	hash, err := s.Passwords.Hash(ctx, newPassword)
	if err != nil {
		return fmt.Errorf("hashing the new password: %w", err)
	}
	entry := audit.Entry{Action: audit.PasswordReset, Target: audit.OnUser(l.User.ID)}
	return audit.Act(viewer.ForSystem(ctx, "password reset"), s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		used, err := links.Use(ctx, tx, l, s.now())
		if err != nil {
			return err
		} else if !used {
			return linkOver()
		}
		about, err := s.replace(ctx, tx, l.User, hash)
		if err != nil {
			return err
		}
		err = s.Outbox.Enqueue(ctx, tx, s.now(), mail.Message{
			Kind: about, To: l.User.Email, UserID: l.User.ID, Language: l.User.Language,
			Params: map[string]string{"name": l.User.Name()},
		})
		if err != nil {
			return err
		}
		entry.Detail = map[string]any{"firstProof": factors.Unproven(l.User)}
		return audit.Record(ctx, tx, s.now(), entry)
	})
}

func (s *Service) checkPassword(ctx context.Context, u *ent.User, newPassword string) error {
	chosen, err := settings.Load(ctx, s.DB.Client)
	if err != nil {
		return err
	}
	least, err := factors.Least(ctx, s.DB.Reader(), u)
	if err != nil {
		return err
	}
	policy := secret.Policy{Names: []string{settings.Product, chosen.Company}}
	who := secret.Person{FirstName: u.FirstName, LastName: u.LastName, Email: u.Email}
	return policy.Check("newPassword", newPassword, who, least)
}

// asked is the answer that a reset demands, nil where it demands none: what was chosen before anybody had proved the
// address may be a stranger's, and must not keep the mailbox's owner out (security.md #34).
func (s *Service) asked(ctx context.Context, u *ent.User) (*ent.SecurityAnswer, error) {
	if factors.Unproven(u) {
		return nil, nil //nolint:nilnil // no question is an answer, not a failure
	}
	return s.Questions.Stored(ctx, u.ID)
}

// checkAnswer wants the answer where one is set. Each wrong one counts, against the user and against the link.
func (s *Service) checkAnswer(ctx context.Context, l *links.Link, given string) error {
	stored, err := s.asked(ctx, l.User)
	if err != nil || stored == nil {
		return err
	}
	if questions.Canonical(given) == "" {
		return fault.On("answer", fault.Required, "Please answer your security question.")
	}
	right, err := s.Questions.Try(ctx, stored, given)
	if err != nil {
		return err
	}
	return db.InTx(viewer.ForSystem(ctx, "password reset"), s.DB, func(ctx context.Context, tx *db.Tx) error {
		if right {
			return throttle.SecondFactor.GiveBack(ctx, tx, throttle.User(l.User.ID))
		}
		wrong := fault.On("answer", fault.Wrong, "The answer is not right, or there were too many tries.")
		entry := audit.Entry{Action: audit.PasswordReset, Target: audit.OnUser(l.User.ID)}
		tx.Remember(func(ctx context.Context, tx *db.Tx) error {
			return s.Questions.NoteWrong(ctx, tx, entry, l.User.ID, wrong)
		})
		return wrong
	})
}

// replace writes the new password and ends what the old one opened (security.md #6, #19). A link that was the first
// proof of the address also ends what was set up before anybody had proved it (#34). It returns the mail that tells of it.
func (s *Service) replace(ctx context.Context, tx *db.Tx, u *ent.User, hash string) (about mail.Kind, err error) {
	about, err = s.write(ctx, tx, u, hash)
	if err != nil {
		return "", err
	}
	return about, s.end(ctx, tx, u)
}

func (s *Service) write(ctx context.Context, tx *db.Tx, u *ent.User, hash string) (about mail.Kind, err error) {
	about = mail.PasswordChanged
	n, err := tx.Password.Update().Where(entpassword.UserID(u.ID)).SetHash(hash).SetWrapped(false).SetChangedAt(s.now()).Save(ctx)
	if err == nil && n == 0 {
		about, err = mail.FirstPassword, tx.Password.Create().SetUserID(u.ID).SetHash(hash).SetChangedAt(s.now()).Exec(ctx)
	}
	if err != nil {
		return "", fmt.Errorf("saving the new password: %w", err)
	}
	return about, nil
}

func (s *Service) end(ctx context.Context, tx *db.Tx, u *ent.User) error {
	if _, err := tx.Session.Delete().Where(session.UserID(u.ID)).Exec(ctx); err != nil {
		return fmt.Errorf("ending sessions: %w", err)
	}
	if err := links.End(ctx, tx, u.ID); err != nil {
		return err
	}
	update := tx.User.UpdateOneID(u.ID).AddCredentialVersion(1).SetEmailVerified(true)
	if factors.Unproven(u) {
		if _, err := factors.Retire(ctx, tx, u.ID, time.Time{}); err != nil {
			return err
		}
		if _, err := tx.SecurityAnswer.Delete().Where(securityanswer.UserID(u.ID)).Exec(ctx); err != nil {
			return fmt.Errorf("removing a security question: %w", err)
		}
		update.SetTwoFactorEnabled(false).SetSecurityQuestionSet(false)
	}
	if err := update.Exec(ctx); err != nil {
		return fmt.Errorf("saving user: %w", err)
	}
	return throttle.Password.Clear(ctx, tx, throttle.User(u.ID))
}
