package questions

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/securityquestion"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/secret"
)

// Service holds what is done with security questions.
type Service struct {
	DB        *db.DB
	Now       func() time.Time
	Passwords *secret.Hasher
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// On reports whether there is a question to choose.
func (s *Service) On(ctx context.Context) (bool, error) {
	on, err := s.DB.SecurityQuestion.Query().Where(securityquestion.Retired(false)).Exist(viewer.ForSystem(ctx, "security questions"))
	if err != nil {
		return false, fmt.Errorf("looking for security questions: %w", err)
	}
	return on, nil
}

// Offered lists the questions that can be chosen, in order.
func (s *Service) Offered(ctx context.Context) ([]*ent.SecurityQuestion, error) {
	found, err := s.DB.SecurityQuestion.Query().Where(securityquestion.Retired(false)).
		Order(securityquestion.ByPosition(), securityquestion.ByID()).All(viewer.ForSystem(ctx, "security questions"))
	if err != nil {
		return nil, fmt.Errorf("loading security questions: %w", err)
	}
	return found, nil
}

// Text is the question in a language, else in English.
func Text(q *ent.SecurityQuestion, language string) string {
	if text := q.Texts[language]; text != "" {
		return text
	}
	return q.Texts["en"]
}

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
		return Choice{}, fault.On("questionId", fault.NotAllowed, "This question cannot be chosen. Please choose another one.")
	} else if err != nil {
		return Choice{}, fmt.Errorf("loading a security question: %w", err)
	}
	canonical := Canonical(answer)
	if canonical == "" {
		return Choice{}, fault.On("answer", fault.Required, "An answer is needed here.")
	}
	for _, text := range unlike {
		if canonical == Canonical(text) {
			return Choice{}, fault.On("answer", fault.NotAllowed, "The answer cannot be your name, your e-mail address, your password or the question.")
		}
	}
	hash, err := s.Passwords.Hash(ctx, canonical)
	if err != nil {
		return Choice{}, fmt.Errorf("hashing an answer: %w", err)
	}
	return Choice{questionID: q.ID, hash: hash}, nil
}

// Keep gives a user without a security question the choice, and marks the user.
func (s *Service) Keep(ctx context.Context, tx *db.Tx, userID int, c Choice) error {
	system := viewer.ForSystem(ctx, "keeping a security answer")
	err := tx.SecurityAnswer.Create().SetUserID(userID).SetQuestionID(c.questionID).SetHash(c.hash).SetSetAt(s.now()).Exec(system)
	if err != nil {
		return fmt.Errorf("saving an answer: %w", err)
	}
	if err := tx.User.UpdateOneID(userID).SetSecurityQuestionSet(true).Exec(system); err != nil {
		return fmt.Errorf("marking the user: %w", err)
	}
	return nil
}
