package questions

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/links"
	"roster/internal/throttle"
)

// Try reports whether an answer is the stored one. The try is counted before it is made, on every surface together, and
// while too many of them lock the user, the right answer is wrong too (security.md #24). Give it back, in the transaction
// of what it opens, where it was right; where it was wrong, remember NoteWrong.
func (s *Service) Try(ctx context.Context, stored *ent.SecurityAnswer, given string) (right bool, err error) {
	locked := false
	err = db.InTx(viewer.ForSystem(ctx, "trying an answer"), s.DB, func(ctx context.Context, tx *db.Tx) error {
		err := throttle.SecondFactor.Take(ctx, tx, throttle.User(stored.UserID), s.now())
		if locked = err != nil && throttle.IsRefusal(err); locked {
			return nil
		}
		return err
	})
	if err != nil {
		return false, err
	}
	right, _, err = s.Passwords.Verify(ctx, stored.Hash, Canonical(given), 0)
	if err != nil {
		return false, fmt.Errorf("checking an answer: %w", err)
	}
	return right && !locked, nil
}

// NoteWrong counts a wrong answer against the user's reset link (security.md #39), and keeps the refusal.
func (s *Service) NoteWrong(ctx context.Context, tx *db.Tx, entry audit.Entry, userID int, wrong error) error {
	if err := links.NoteWrongAnswer(ctx, tx, userID, s.now()); err != nil {
		return err
	}
	return audit.Refused(ctx, tx, s.now(), entry, wrong)
}

// Check tells staff whether what a caller says is the user's answer, and no more (security.md #37). It needs
// RESET_USER_PASSWORD, and every permission that a staff target holds. A wrong one counts like everywhere (#24, #39).
// After four wrong ones within 24 hours none matches any more, whatever staff clear: a loop must not find the answer out.
// fault.Required on answer. fault.NotAllowed on userId: no security question is set.
func (s *Service) Check(ctx context.Context, userID int, answer string) (match bool, err error) {
	entry := audit.Entry{Action: audit.SecurityAnswerChecked, Target: audit.OnUser(userID)}
	var stored *ent.SecurityAnswer
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		stored, err = s.checkable(ctx, tx, userID, answer)
		return err
	})
	if err != nil {
		return false, err
	}
	if match, err = s.Try(ctx, stored, answer); err != nil {
		return false, err
	}
	spent, err := throttle.Answer.Locked(ctx, s.DB, []string{throttle.User(userID)}, s.now())
	if err != nil {
		return false, err
	}
	match = match && len(spent) == 0
	entry.Detail = map[string]any{"match": match}
	err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		if match {
			err = throttle.SecondFactor.GiveBack(ctx, tx, throttle.User(userID))
		} else {
			err = links.NoteWrongAnswer(ctx, tx, userID, s.now())
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	return match && err == nil, err
}

// checkable is the answer to check, when the viewer may.
func (s *Service) checkable(ctx context.Context, tx *db.Tx, userID int, answer string) (*ent.SecurityAnswer, error) {
	if err := access.Staff(ctx, permission.ResetUserPassword); err != nil {
		return nil, err
	}
	system := viewer.ForSystem(ctx, "checking a caller's answer")
	u, err := tx.User.Query().Where(user.ID(userID)).WithAnswer().Only(system)
	if ent.IsNotFound(err) {
		return nil, fault.Gone("user")
	} else if err != nil {
		return nil, fmt.Errorf("loading user: %w", err)
	}
	if err := access.OverUser(ctx, tx.Client, u); err != nil {
		return nil, err
	}
	if u.Edges.Answer == nil {
		return nil, fault.On("userId", fault.NotAllowed, "No security question is set for this user.")
	}
	if Canonical(answer) == "" {
		return nil, fault.On("answer", fault.Required, "Please type what the caller says.")
	}
	return u.Edges.Answer, nil
}
