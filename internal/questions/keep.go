package questions

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	ent "roster/ent/generated"
	"roster/ent/generated/securityanswer"
	"roster/ent/generated/securityquestion"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/users"
)

// longestText is how many characters a question may have.
const longestText = 200

// Wording is a question in one language.
type Wording struct{ Language, Text string }

// Create puts a question at the end of the list. It needs CONFIGURE_SECURITY_QUESTIONS, as all that keeps the list does.
// Faults on texts.LANGUAGE: fault.Required (English is), fault.Invalid, fault.TooLong; on texts: a language that is not
// one of the installation, or is there twice.
func (s *Service) Create(ctx context.Context, texts []Wording) (*ent.SecurityQuestion, error) {
	var made *ent.SecurityQuestion
	err := s.keep(ctx, audit.Entry{Action: audit.QuestionCreated}, func(ctx context.Context, tx *db.Tx, entry *audit.Entry) error {
		wanted, err := read(texts)
		if err != nil {
			return err
		}
		position, err := last(ctx, tx)
		if err != nil {
			return err
		}
		made, err = tx.SecurityQuestion.Create().SetTexts(wanted).SetPosition(position).Save(ctx)
		if err != nil {
			return fmt.Errorf("saving a security question: %w", err)
		}
		entry.Target, entry.Detail = audit.OnQuestion(made.ID), map[string]any{"after": wanted}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

// Update replaces the texts of a question, in all languages. Those who chose it keep their answer. version is the one that
// the change is based on, nil: whatever is there. The faults are those of Create, and fault.NotFound; fault.Conflict on
// version: somebody else was first.
func (s *Service) Update(ctx context.Context, id int, texts []Wording, version *int) (*ent.SecurityQuestion, error) {
	return s.change(ctx, id, audit.QuestionUpdated, func(before *ent.SecurityQuestion, update *ent.SecurityQuestionUpdateOne, entry *audit.Entry) error {
		wanted, err := read(texts)
		if err != nil {
			return err
		}
		update.SetTexts(wanted).AddVersion(1)
		if version != nil {
			update.Where(securityquestion.Version(*version))
		}
		entry.Detail = map[string]any{"before": before.Texts, "after": wanted}
		return nil
	})
}

// Retire takes a question off what can be chosen. Those who chose it keep it, and are asked for its answer.
func (s *Service) Retire(ctx context.Context, id int) (*ent.SecurityQuestion, error) {
	return s.change(ctx, id, audit.QuestionRetired, func(_ *ent.SecurityQuestion, update *ent.SecurityQuestionUpdateOne, _ *audit.Entry) error {
		update.SetRetired(true)
		return nil
	})
}

// Restore lets a retired question be chosen again.
func (s *Service) Restore(ctx context.Context, id int) (*ent.SecurityQuestion, error) {
	return s.change(ctx, id, audit.QuestionRestored, func(_ *ent.SecurityQuestion, update *ent.SecurityQuestionUpdateOne, _ *audit.Entry) error {
		update.SetRetired(false)
		return nil
	})
}

// Delete removes a question that nobody has. fault.InUse, saying how many users have it: it can only be retired.
func (s *Service) Delete(ctx context.Context, id int) error {
	entry := audit.Entry{Action: audit.QuestionDeleted, Target: audit.OnQuestion(id)}
	return s.keep(ctx, entry, func(ctx context.Context, tx *db.Tx, entry *audit.Entry) error {
		before, err := find(ctx, tx, id)
		if err != nil {
			return err
		}
		uses, err := tx.SecurityAnswer.Query().Where(securityanswer.QuestionID(id)).Count(ctx)
		if err != nil {
			return fmt.Errorf("counting uses of a security question: %w", err)
		}
		if uses > 0 {
			return inUse(fmt.Sprintf("Users who have this question: %d. It can be retired instead.", uses))
		}
		err = tx.SecurityQuestion.DeleteOne(before).Exec(ctx)
		if ent.IsConstraintError(err) { // somebody chose it meanwhile
			return inUse("A user has this question. It can be retired instead.")
		} else if err != nil {
			return fmt.Errorf("deleting a security question: %w", err)
		}
		entry.Detail = map[string]any{"before": before.Texts}
		return nil
	})
}

func inUse(why string) error { return fault.On("questionId", fault.InUse, why) }

// Reorder puts the list into this order: every question of it once. fault.Conflict on questionIds: they are not the
// list as it stands.
func (s *Service) Reorder(ctx context.Context, ids []int) ([]*ent.SecurityQuestion, error) {
	entry := audit.Entry{Action: audit.QuestionsReordered}
	err := s.keep(ctx, entry, func(ctx context.Context, tx *db.Tx, entry *audit.Entry) error {
		present, err := tx.SecurityQuestion.Query().Order(securityquestion.ByPosition(), securityquestion.ByID()).IDs(ctx)
		if err != nil {
			return fmt.Errorf("loading security questions: %w", err)
		}
		if !slices.Equal(slices.Sorted(slices.Values(present)), slices.Sorted(slices.Values(ids))) {
			return fault.On("questionIds", fault.Conflict, "The list was changed in the meantime.")
		}
		for position, id := range ids {
			if err := tx.SecurityQuestion.UpdateOneID(id).SetPosition(position).Exec(ctx); err != nil {
				return fmt.Errorf("moving a security question: %w", err)
			}
		}
		entry.Detail = map[string]any{"before": present, "after": ids}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.All(ctx)
}

// keep runs one act upon the list, and records it.
func (s *Service) keep(ctx context.Context, entry audit.Entry, act func(ctx context.Context, tx *db.Tx, entry *audit.Entry) error) error {
	return audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := access.Staff(ctx, permission.ConfigureSecurityQuestions); err != nil {
			return err
		}
		done := entry
		if err := act(viewer.ForSystem(ctx, "list of security questions"), tx, &done); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), done)
	})
}

// change is keep for one question that is there.
func (s *Service) change(ctx context.Context, id int, action audit.Action,
	how func(before *ent.SecurityQuestion, update *ent.SecurityQuestionUpdateOne, entry *audit.Entry) error,
) (*ent.SecurityQuestion, error) {
	var after *ent.SecurityQuestion
	entry := audit.Entry{Action: action, Target: audit.OnQuestion(id)}
	err := s.keep(ctx, entry, func(ctx context.Context, tx *db.Tx, entry *audit.Entry) error {
		before, err := find(ctx, tx, id)
		if err != nil {
			return err
		}
		update := tx.SecurityQuestion.UpdateOne(before)
		if err := how(before, update, entry); err != nil {
			return err
		}
		if after, err = update.Save(ctx); ent.IsNotFound(err) { // it was there a moment ago
			return fault.On("version", fault.Conflict, "Somebody else changed this question in the meantime.")
		} else if err != nil {
			return fmt.Errorf("saving a security question: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return after, nil
}

func find(ctx context.Context, tx *db.Tx, id int) (*ent.SecurityQuestion, error) {
	q, err := tx.SecurityQuestion.Get(ctx, id)
	if ent.IsNotFound(err) {
		return nil, fault.Gone("question")
	} else if err != nil {
		return nil, fmt.Errorf("loading a security question: %w", err)
	}
	return q, nil
}

// read brings the texts of a question into order. A language with an empty text has none.
func read(texts []Wording) (map[string]string, error) {
	wanted := make(map[string]string, len(texts))
	var problems fault.List
	seen := make(map[string]bool, len(texts))
	for _, w := range texts {
		if !slices.Contains(users.Languages, w.Language) || seen[w.Language] {
			return nil, fault.On("texts", fault.Invalid, "Each language can be there once, and must be one of this installation.")
		}
		seen[w.Language] = true
		text := strings.Join(strings.Fields(norm.NFC.String(w.Text)), " ")
		field := "texts." + w.Language
		switch {
		case utf8.RuneCountInString(text) > longestText:
			problems = append(problems, fault.On(field, fault.TooLong, "A question has at most 200 characters."))
		case strings.ContainsFunc(text, unreadable):
			problems = append(problems, fault.On(field, fault.Invalid, "A question cannot contain characters that are not to be seen."))
		case text != "":
			wanted[w.Language] = text
		}
	}
	if english := users.Languages[0]; wanted[english] == "" && len(problems) == 0 {
		problems = append(problems, fault.On("texts."+english, fault.Required, "A question needs a text in English."))
	}
	return wanted, problems.Err()
}

func unreadable(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || !unicode.IsGraphic(r) && !unicode.Is(unicode.Cf, r)
}
