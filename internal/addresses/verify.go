package addresses

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	entpassword "roster/ent/generated/password"
	"roster/ent/generated/securityanswer"
	"roster/ent/generated/session"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/links"
	"roster/internal/mail"
)

// Proof is what a verification link would do, or did.
type Proof struct {
	// Address is the one that it proves.
	Address string
	// Own says that whoever holds the link is signed in as its user.
	Own bool
	// Retires says that all ways to sign in end with it: it is the first proof of the address, and comes from somebody who
	// has not shown that it was they who set those ways up.
	Retires bool
}

// ProofOf returns what the page behind a verification link shows; nil when the link does not stand.
func (s *Service) ProofOf(ctx context.Context, token string) (*Proof, error) {
	l, err := links.Find(ctx, s.DB.Client, mail.VerifyEmail, token, s.now())
	if err != nil || l == nil {
		return nil, err
	}
	p := proof(ctx, l.User)
	return &p, nil
}

// proof asks whether the link comes back in a session of its user. Such a session gave the password, or a passkey, which
// only a session that gave the password can have enrolled as long as the address is unproven.
func proof(ctx context.Context, u *ent.User) Proof {
	v := viewer.From(ctx)
	own := access.Person(ctx) == nil && v.UserID == u.ID
	return Proof{Address: u.Email, Own: own, Retires: factors.Unproven(u) && !own}
}

// Verify notes that a link sent to the user's address was used. Registering proves nothing, so whoever registered may not
// be who reads the mail: the first proof of an address ends all that opened the user's door before, the password too, and
// mails a link to set a new one, unless it is given in a session of that user (security.md #34). fault.Expired on token:
// the link does not stand.
func (s *Service) Verify(ctx context.Context, token string) (*Proof, error) {
	l, err := links.Find(ctx, s.DB.Client, mail.VerifyEmail, token, s.now())
	if err != nil {
		return nil, err
	} else if l == nil {
		return nil, linkOver()
	}
	p := proof(ctx, l.User)
	entry := audit.Entry{Action: audit.EmailVerified, Target: audit.OnUser(l.User.ID)}
	err = audit.Act(viewer.ForSystem(ctx, "e-mail verification"), s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		used, err := links.Use(ctx, tx, l, s.now())
		if err != nil {
			return err
		} else if !used {
			return linkOver()
		}
		if err := tx.User.UpdateOneID(l.User.ID).SetEmailVerified(true).Exec(ctx); err != nil {
			return fmt.Errorf("saving user: %w", err)
		}
		if p.Retires {
			if err := s.retire(ctx, tx, l.User.ID); err != nil {
				return err
			}
		}
		entry.Detail = map[string]any{"waysInEnded": p.Retires}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return nil, err
	}
	return &p, nil
}

// retire ends what was set up before anybody had proved the address, and lets who proved it set a password.
func (s *Service) retire(ctx context.Context, tx *db.Tx, userID int) error {
	if _, err := tx.Session.Delete().Where(session.UserID(userID)).Exec(ctx); err != nil {
		return fmt.Errorf("ending sessions: %w", err)
	}
	if _, err := tx.Password.Delete().Where(entpassword.UserID(userID)).Exec(ctx); err != nil {
		return fmt.Errorf("voiding the password: %w", err)
	}
	if _, err := tx.SecurityAnswer.Delete().Where(securityanswer.UserID(userID)).Exec(ctx); err != nil {
		return fmt.Errorf("removing a security question: %w", err)
	}
	if _, err := factors.Retire(ctx, tx, userID, time.Time{}); err != nil {
		return err
	}
	if err := links.EndAll(ctx, tx, userID); err != nil {
		return err
	}
	after, err := tx.User.UpdateOneID(userID).SetTwoFactorEnabled(false).SetSecurityQuestionSet(false).
		AddCredentialVersion(1).Save(ctx)
	if err != nil {
		return fmt.Errorf("saving user: %w", err)
	}
	return links.Send(ctx, tx, s.Outbox, s.now(), after, mail.PasswordReset)
}

// Resend mails a user another verification link; older ones die. Users ask for themselves, staff with EDIT_USERS for
// others. fault.NotAllowed on userId: the address is verified. fault.RateLimited: five went out this hour, or twenty from
// this network.
func (s *Service) Resend(ctx context.Context, userID int) (*ent.User, error) {
	if err := access.Personal(ctx, userID, permission.EditUsers); err != nil {
		return nil, err
	}
	u, err := s.DB.User.Get(viewer.ForSystem(ctx, "e-mail verification"), userID)
	if ent.IsNotFound(err) {
		return nil, fault.Gone("user")
	} else if err != nil {
		return nil, fmt.Errorf("loading user: %w", err)
	}
	if u.EmailVerified {
		return nil, fault.On("userId", fault.NotAllowed, "This address is verified already.")
	}
	if err := s.count(ctx, u.ID); err != nil {
		return nil, err
	}
	entry := audit.Entry{Action: audit.VerificationSent, Target: audit.OnUser(u.ID)}
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := access.OverUser(ctx, tx.Client, u); err != nil {
			return err
		}
		if err := links.Send(ctx, tx, s.Outbox, s.now(), u, mail.VerifyEmail); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}
