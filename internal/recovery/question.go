package recovery

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/generated/securityanswer"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/links"
	"roster/internal/mail"
)

// DisableQuestion removes a user's security question and its answer for staff (product.md A8), and tells the user by
// mail, with the reason. It needs DISABLE_USER_SECURITY_QUESTION, a fresh proof of identity, and every permission that
// a staff target holds. fault.Required, fault.TooLong, fault.Invalid on reason. fault.NotAllowed: there is none to remove.
func (s *Service) DisableQuestion(ctx context.Context, userID int, reason string) (*ent.User, error) {
	said, unfit := audit.Reason("reason", reason)
	var u *ent.User
	entry := audit.Entry{
		Action: audit.SecurityQuestionRemoved, Target: audit.OnUser(userID), Detail: map[string]any{"reason": said},
	}
	err := audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := access.Staff(ctx, permission.DisableUserSecurityQuestion); err != nil {
			return err
		}
		if err := access.Sudo(ctx, s.now()); err != nil {
			return err
		}
		if unfit != nil {
			return unfit
		}
		var err error
		if u, err = target(ctx, tx, userID); err != nil {
			return err
		}
		if u, err = s.removeQuestion(ctx, tx, u); err != nil {
			return err
		}
		err = links.Tell(ctx, tx, s.Outbox, s.now(), u, links.Told{
			About: mail.SecurityQuestionDisabled, To: u.Email, Proven: u.EmailVerified, Params: map[string]string{"reason": said},
		})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}

func (s *Service) removeQuestion(ctx context.Context, tx *db.Tx, u *ent.User) (*ent.User, error) {
	if viewer.From(ctx).UserID == u.ID {
		return nil, fault.On("userId", fault.NotAllowed, "Remove your own question on your security page, with its answer.")
	}
	system := viewer.ForSystem(ctx, "removing a security question")
	n, err := tx.SecurityAnswer.Delete().Where(securityanswer.UserID(u.ID)).Exec(system)
	if err != nil {
		return nil, fmt.Errorf("removing a security question: %w", err)
	}
	if n == 0 && !u.SecurityQuestionSet {
		return nil, fault.On("userId", fault.NotAllowed, "No security question is set for this user.")
	}
	u, err = tx.User.UpdateOne(u).SetSecurityQuestionSet(false).AddVersion(1).SetUpdatedAt(s.now()).Save(system)
	if err != nil {
		return nil, fmt.Errorf("saving user: %w", err)
	}
	return u, nil
}
