package questions

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	entpassword "roster/ent/generated/password"
	"roster/ent/generated/predicate"
	"roster/ent/generated/securityanswer"
	"roster/ent/generated/securityquestion"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/mail"
	"roster/internal/throttle"
)

// Choice is a question that somebody chose, with an answer that was checked and hashed. Make it with Choose before the
// transaction, for hashing takes its time, and keep it with Keep in the transaction.
type Choice struct {
	questionID int
	hash       string
}

// Choose checks the question and the answer, and hashes the answer. unlike are texts that the answer must not be equal
// to: names, addresses, a new password. fault.NotAllowed on questionId: it is not one that can be chosen. On answer: what
// security.md #38 refuses.
func (s *Service) Choose(ctx context.Context, questionID int, answer string, unlike ...string) (Choice, error) {
	q, err := s.DB.SecurityQuestion.Query().
		Where(securityquestion.ID(questionID), securityquestion.Retired(false)).
		Only(viewer.ForSystem(ctx, "choosing a security question"))
	if ent.IsNotFound(err) {
		return Choice{}, notOffered()
	} else if err != nil {
		return Choice{}, fmt.Errorf("loading a security question: %w", err)
	}
	for _, text := range q.Texts {
		unlike = append(unlike, text)
	}
	if err := check(answer, unlike...); err != nil {
		return Choice{}, err
	}
	hash, err := s.Passwords.Hash(ctx, Canonical(answer))
	if err != nil {
		return Choice{}, fmt.Errorf("hashing an answer: %w", err)
	}
	return Choice{questionID: q.ID, hash: hash}, nil
}

func notOffered() error {
	return fault.On("questionId", fault.NotAllowed, "This question cannot be chosen. Please choose another one.")
}

// Keep gives a user without a security question the choice, and marks the user. fault.Conflict on questionId: the user
// has one by now.
func (s *Service) Keep(ctx context.Context, tx *db.Tx, userID int, c Choice) error {
	system := viewer.ForSystem(ctx, "keeping a security answer")
	if err := stillOffered(system, tx, c.questionID); err != nil {
		return err
	}
	err := tx.SecurityAnswer.Create().SetUserID(userID).SetQuestionID(c.questionID).SetHash(c.hash).SetSetAt(s.now()).Exec(system)
	switch {
	case db.IsDuplicate(err):
		return changedMeanwhile()
	case ent.IsConstraintError(err): // staff deleted it meanwhile
		return notOffered()
	case err != nil:
		return fmt.Errorf("saving an answer: %w", err)
	}
	return s.mark(system, tx, userID, true)
}

func stillOffered(ctx context.Context, tx *db.Tx, questionID int) error {
	there, err := tx.SecurityQuestion.Query().Where(securityquestion.ID(questionID), securityquestion.Retired(false)).Exist(ctx)
	if err != nil {
		return fmt.Errorf("loading a security question: %w", err)
	}
	if !there {
		return notOffered()
	}
	return nil
}

func changedMeanwhile() error {
	return fault.On("questionId", fault.Conflict, "Your security question was changed in the meantime.")
}

func (s *Service) mark(ctx context.Context, tx *db.Tx, userID int, set bool) error {
	err := tx.User.UpdateOneID(userID).SetSecurityQuestionSet(set).AddVersion(1).SetUpdatedAt(s.now()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("marking the user: %w", err)
	}
	return nil
}

// Set chooses the viewer's own question and answer (product.md C10). Whoever has a pair gives its answer as current;
// after staff removed the pair nothing is asked (A8). A mail tells them. It needs a fresh proof of identity. fault.Required, fault.Wrong on
// currentAnswer: each wrong one counts on every surface together (security.md #24); fault.RateLimited after twenty
// choices within an hour; and the faults of Choose.
func (s *Service) Set(ctx context.Context, questionID int, answer, current string) (*ent.User, error) {
	u, stored, err := s.own(ctx)
	if err != nil {
		return nil, err
	}
	entry := audit.Entry{Action: audit.SecurityQuestionSet, Target: audit.OnUser(u.ID)}
	if err := s.unlikePassword(ctx, u, answer); err != nil {
		return nil, err
	}
	choice, err := s.Choose(ctx, questionID, answer, u.FirstName, u.LastName, u.Name(), u.LastName+" "+u.FirstName, u.Email)
	if err != nil {
		return nil, err
	}
	if err := s.proveCurrent(ctx, entry, stored, current); err != nil {
		return nil, err
	}
	entry.Detail = map[string]any{"questionId": questionID, "replaced": stored != nil}
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if stored == nil {
			err = s.Keep(ctx, tx, u.ID, choice)
		} else {
			err = s.replace(ctx, tx, stored, choice)
		}
		if err != nil {
			return err
		}
		if err := s.tell(ctx, tx, u, mail.SecurityQuestionSet); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return nil, err
	}
	return s.reload(ctx, u.ID)
}

// tell mails the user what was done with their sign-in (security.md #36).
func (s *Service) tell(ctx context.Context, tx *db.Tx, u *ent.User, about mail.Kind) error {
	return s.Outbox.Enqueue(ctx, tx, s.now(), mail.Message{
		Kind: about, To: u.Email, UserID: u.ID, Language: u.Language, Params: map[string]string{"name": u.Name()},
	})
}

// RemoveOwn removes the viewer's own question and answer, and tells them by mail (security.md #36). It needs a fresh
// proof of identity and the current answer, with the faults of Set. fault.NotAllowed: there is none.
func (s *Service) RemoveOwn(ctx context.Context, current string) (*ent.User, error) {
	u, stored, err := s.own(ctx)
	if err != nil {
		return nil, err
	}
	if stored == nil {
		return nil, fault.On("currentAnswer", fault.NotAllowed, "You have no security question.")
	}
	entry := audit.Entry{Action: audit.SecurityQuestionRemoved, Target: audit.OnUser(u.ID)}
	if err := s.proveCurrent(ctx, entry, stored, current); err != nil {
		return nil, err
	}
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		system := viewer.ForSystem(ctx, "removing one's own security question")
		n, err := tx.SecurityAnswer.Delete().Where(same(stored)...).Exec(system)
		if err != nil {
			return fmt.Errorf("removing an answer: %w", err)
		}
		if n == 0 {
			return changedMeanwhile()
		}
		if err := s.mark(system, tx, u.ID, false); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, u, mail.SecurityQuestionRemoved); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return nil, err
	}
	return s.reload(ctx, u.ID)
}

// own is the viewer, and what they chose; stored is nil where that is nothing.
func (s *Service) own(ctx context.Context) (u *ent.User, stored *ent.SecurityAnswer, err error) {
	if err := access.SignedIn(ctx); err != nil {
		return nil, nil, err
	}
	if err := access.Sudo(ctx, s.now()); err != nil {
		return nil, nil, err
	}
	v := viewer.From(ctx)
	if v.UserID == 0 || v.TokenID != 0 {
		return nil, nil, fault.New(fault.Forbidden, "An API token has no security question.")
	}
	u, err = s.DB.User.Get(viewer.ForSystem(ctx, "one's own security question"), v.UserID)
	if err != nil {
		return nil, nil, fmt.Errorf("loading the user: %w", err)
	}
	stored, err = s.Stored(ctx, u.ID)
	return u, stored, err
}

// Stored is the answer of a user, with its question; nil where there is none. It is for checks, never to be shown.
func (s *Service) Stored(ctx context.Context, userID int) (*ent.SecurityAnswer, error) {
	a, err := s.DB.SecurityAnswer.Query().Where(securityanswer.UserID(userID)).WithQuestion().
		Only(viewer.ForSystem(ctx, "security answer"))
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // no question is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("loading a security answer: %w", err)
	}
	return a, nil
}

func same(stored *ent.SecurityAnswer) []predicate.SecurityAnswer {
	return []predicate.SecurityAnswer{securityanswer.ID(stored.ID), securityanswer.Hash(stored.Hash)}
}

func (s *Service) replace(ctx context.Context, tx *db.Tx, stored *ent.SecurityAnswer, c Choice) error {
	system := viewer.ForSystem(ctx, "replacing a security answer")
	if err := stillOffered(system, tx, c.questionID); err != nil {
		return err
	}
	// What was proved a moment ago must still stand.
	n, err := tx.SecurityAnswer.Update().Where(same(stored)...).
		SetQuestionID(c.questionID).SetHash(c.hash).SetSetAt(s.now()).Save(system)
	switch {
	case ent.IsConstraintError(err): // staff deleted the question meanwhile
		return notOffered()
	case err != nil:
		return fmt.Errorf("saving an answer: %w", err)
	case n == 0:
		return changedMeanwhile()
	}
	return s.mark(system, tx, stored.UserID, true)
}

func (s *Service) countChoice(ctx context.Context, u *ent.User) error {
	return db.InTx(viewer.ForSystem(ctx, "choosing an answer"), s.DB, func(ctx context.Context, tx *db.Tx) error {
		return throttle.Choice.Take(ctx, tx, throttle.User(u.ID), s.now())
	})
}

// unlikePassword refuses the user's password as an answer (security.md #38).
func (s *Service) unlikePassword(ctx context.Context, u *ent.User, answer string) error {
	if err := check(answer); err != nil { // nothing of any length is hashed here
		return err
	}
	if err := s.countChoice(ctx, u); err != nil {
		return err
	}
	stored, err := s.DB.Password.Query().Where(entpassword.UserID(u.ID)).Only(viewer.ForSystem(ctx, "one's own password"))
	if ent.IsNotFound(err) {
		return nil
	} else if err != nil {
		return fmt.Errorf("loading the user's own password: %w", err)
	}
	forms := []string{answer}
	if canonical := Canonical(answer); canonical != answer {
		forms = append(forms, canonical)
	}
	for _, form := range forms {
		equal, _, err := s.Passwords.Verify(ctx, stored.Hash, form, 0)
		if err != nil {
			return fmt.Errorf("comparing an answer with the password: %w", err)
		}
		if equal {
			return noSecret()
		}
	}
	return nil
}

// proveCurrent wants the answer that is in force, where there is one.
func (s *Service) proveCurrent(ctx context.Context, entry audit.Entry, stored *ent.SecurityAnswer, current string) error {
	if stored == nil {
		return nil
	}
	if Canonical(current) == "" {
		return fault.On("currentAnswer", fault.Required, "Please give your present answer.")
	}
	right, err := s.Try(ctx, stored, current)
	if err != nil {
		return err
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		if right {
			return throttle.SecondFactor.GiveBack(ctx, tx, throttle.User(stored.UserID))
		}
		wrong := fault.On("currentAnswer", fault.Wrong, "The answer is not right, or there were too many tries.")
		tx.Remember(func(ctx context.Context, tx *db.Tx) error { return s.NoteWrong(ctx, tx, entry, stored.UserID, wrong) })
		return wrong
	})
}

func (s *Service) reload(ctx context.Context, userID int) (*ent.User, error) {
	u, err := s.DB.User.Get(viewer.ForSystem(ctx, "one's own security question"), userID)
	if err != nil {
		return nil, fmt.Errorf("loading the user: %w", err)
	}
	return u, nil
}
