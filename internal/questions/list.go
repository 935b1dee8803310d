package questions

import (
	"context"
	"fmt"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	ent "roster/ent/generated"
	"roster/ent/generated/securityanswer"
	"roster/ent/generated/securityquestion"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/db"
	"roster/internal/mail"
	"roster/internal/secret"
	"roster/internal/users"
)

// Service keeps the list, and the answers.
type Service struct {
	DB        *db.DB
	Now       func() time.Time
	Passwords *secret.Hasher
	Outbox    *mail.Outbox
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// On reports whether there is a question to choose. Without one the feature is off: nobody is asked to choose, and only
// those who chose before are still asked for their answer.
func (s *Service) On(ctx context.Context) (bool, error) {
	on, err := s.DB.SecurityQuestion.Query().Where(securityquestion.Retired(false)).Exist(viewer.ForSystem(ctx, "security questions"))
	if err != nil {
		return false, fmt.Errorf("looking for security questions: %w", err)
	}
	return on, nil
}

// Active returns the questions that everybody can choose among, in the order of staff.
func (s *Service) Active(ctx context.Context) ([]*ent.SecurityQuestion, error) {
	return s.list(viewer.ForSystem(ctx, "security questions"), s.DB.SecurityQuestion.Query().Where(securityquestion.Retired(false)))
}

// All returns the whole list, with the retired ones. It needs CONFIGURE_SECURITY_QUESTIONS.
func (s *Service) All(ctx context.Context) ([]*ent.SecurityQuestion, error) {
	if err := access.Staff(ctx, permission.ConfigureSecurityQuestions); err != nil {
		return nil, err
	}
	return s.list(ctx, s.DB.SecurityQuestion.Query())
}

// Get returns a question that can be chosen, and to those who keep the list any; nil: there is none such. It is for
// everybody who is signed in.
func (s *Service) Get(ctx context.Context, id int) (*ent.SecurityQuestion, error) {
	if err := access.SignedIn(ctx); err != nil {
		return nil, err
	}
	q, err := s.DB.SecurityQuestion.Get(viewer.ForSystem(ctx, "security questions"), id)
	if ent.IsNotFound(err) || err == nil && q.Retired && !viewer.From(ctx).Can(permission.ConfigureSecurityQuestions) {
		return nil, nil //nolint:nilnil // not there is an answer
	} else if err != nil {
		return nil, fmt.Errorf("loading a security question: %w", err)
	}
	return q, nil
}

func (*Service) list(ctx context.Context, q *ent.SecurityQuestionQuery) ([]*ent.SecurityQuestion, error) {
	found, err := q.Order(securityquestion.ByPosition(), securityquestion.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("loading security questions: %w", err)
	}
	return found, nil
}

// Text is the question in a language; in a related one where there is no such text, else in English.
func Text(q *ent.SecurityQuestion, language string) string {
	base, _, _ := strings.Cut(language, "-")
	for _, tag := range []string{language, base} {
		if text := q.Texts[tag]; text != "" {
			return text
		}
	}
	return q.Texts[users.Languages[0]]
}

// Wordings are the texts of the question, in the order of the installation's languages.
func Wordings(q *ent.SecurityQuestion) []*Wording {
	var list []*Wording
	for _, language := range users.Languages {
		if text := q.Texts[language]; text != "" {
			list = append(list, &Wording{Language: language, Text: text})
		}
	}
	return list
}

// UsesOf returns how many users have each of the questions. It needs CONFIGURE_SECURITY_QUESTIONS.
func (s *Service) UsesOf(ctx context.Context, ids []int) (map[int]int, error) {
	if err := access.Staff(ctx, permission.ConfigureSecurityQuestions); err != nil {
		return nil, err
	}
	var rows []struct {
		QuestionID int `sql:"question_id"`
		Count      int `sql:"count"`
	}
	err := s.DB.SecurityAnswer.Query().Where(securityanswer.QuestionIDIn(ids...)).
		GroupBy(securityanswer.FieldQuestionID).Aggregate(ent.Count()).
		Scan(viewer.ForSystem(ctx, "uses of security questions"), &rows)
	if err != nil {
		return nil, fmt.Errorf("counting uses of security questions: %w", err)
	}
	found := make(map[int]int, len(ids))
	for _, id := range ids {
		found[id] = 0
	}
	for _, row := range rows {
		found[row.QuestionID] = row.Count
	}
	return found, nil
}

// Chosen is what a user chose, without the answer.
type Chosen struct {
	// Question is nil where the viewer may only know that there is one.
	Question *ent.SecurityQuestion
	Since    time.Time
}

// ChosenBy returns what users chose, by id, nil for those without a question: as far as the viewer may see it, which is
// their own, and for staff with LIST_USERS everybody's; the question itself needs RESET_USER_PASSWORD.
func (s *Service) ChosenBy(ctx context.Context, userIDs []int) (map[int]*Chosen, error) {
	userIDs = access.Visible(ctx, userIDs, permission.ListUsers)
	rows, err := s.DB.SecurityAnswer.Query().
		Where(securityanswer.UserIDIn(userIDs...)).
		Select(securityanswer.FieldUserID, securityanswer.FieldQuestionID, securityanswer.FieldSetAt).
		WithQuestion().All(viewer.ForSystem(ctx, "security questions of visible users"))
	if err != nil {
		return nil, fmt.Errorf("loading chosen security questions: %w", err)
	}
	found := make(map[int]*Chosen, len(userIDs))
	for _, id := range userIDs {
		found[id] = nil
	}
	for _, row := range rows {
		found[row.UserID] = &Chosen{Since: row.SetAt}
		if access.Personal(ctx, row.UserID, permission.ResetUserPassword) == nil {
			found[row.UserID].Question = row.Edges.Question
		}
	}
	return found, nil
}

// last is the position behind all others.
func last(ctx context.Context, tx *db.Tx) (int, error) {
	end, err := tx.SecurityQuestion.Query().Order(securityquestion.ByPosition(sql.OrderDesc())).First(ctx)
	if ent.IsNotFound(err) {
		return 0, nil
	} else if err != nil {
		return 0, fmt.Errorf("loading the last security question: %w", err)
	}
	return end.Position + 1, nil
}
