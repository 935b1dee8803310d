package verification

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	ent "roster/ent/generated"
	"roster/ent/generated/verification"
	"roster/ent/generated/verificationstep"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
)

// longestProvider is in characters.
const longestProvider = 100

// Earlier is a result that was come to elsewhere, before Roster, by a service that may be no more.
type Earlier struct {
	UserID int
	// Provider says by whom, in words: "Validation.com (service ended 2023)".
	Provider string
	Approved bool
	At       time.Time
	Reason   string
}

// Bring records a result of earlier days as history: where the user stands now does not change. It needs
// MANAGE_USER_VERIFICATION. Faults: provider fault.Required, fault.TooLong, fault.Invalid, also for who decides here, whose
// results come by themselves; at fault.Invalid, it is to come; reason as for Decide, but not required.
func (s *Service) Bring(ctx context.Context, e Earlier) (*ent.User, error) {
	if err := e.check(s.now()); err != nil {
		return nil, err
	}
	if s.decides(e.Provider) {
		return nil, fault.On("provider", fault.Invalid, "This one decides here, and its results are recorded as they come.")
	}
	entry := audit.Entry{Action: audit.VerificationBrought, Target: audit.OnUser(e.UserID), AboutUserID: e.UserID,
		Detail: map[string]any{"provider": e.Provider, "approved": e.Approved, "at": e.At, "reason": e.Reason}}
	return s.act(ctx, entry, func(ctx context.Context, tx *db.Tx, m *matter, _ *audit.Entry) error {
		if err := s.begin(ctx, tx, m); err != nil {
			return err
		}
		status, cause := verificationstep.StatusAPPROVED, Cause("")
		if !e.Approved {
			status, cause = verificationstep.StatusREJECTED, Other
		}
		err := tx.VerificationStep.Create().SetVerificationID(m.row.ID).SetAt(e.At).SetStatus(status).SetProvider(e.Provider).
			SetActor(verificationstep.ActorPROVIDER).SetCause(string(cause)).SetReason(e.Reason).
			Exec(viewer.ForSystem(ctx, "identity verification"))
		if err != nil {
			return fmt.Errorf("saving the step of a verification: %w", err)
		}
		return nil
	})
}

// Earlier reports whether a step is a result that was brought: nobody who decides here came to it.
func (s *Service) Earlier(step *ent.VerificationStep) bool {
	return step.Actor == verificationstep.ActorPROVIDER && s.Providers[step.Provider] == nil
}

// decides reports whether a name is that of a provider here: what somebody wrote must not read like what it said.
func (s *Service) decides(name string) bool {
	same := func(one string) bool { return strings.EqualFold(one, name) }
	return same(Manual) || slices.ContainsFunc(slices.Collect(maps.Keys(s.Providers)), same)
}

func (e *Earlier) check(now time.Time) error {
	e.Provider, e.Reason, e.At = strings.TrimSpace(e.Provider), tidy(e.Reason), e.At.UTC().Truncate(time.Microsecond)
	var problems fault.List
	switch {
	case e.Provider == "":
		problems = append(problems, fault.On("provider", fault.Required, "Say who came to the result."))
	case utf8.RuneCountInString(e.Provider) > longestProvider:
		problems = append(problems, fault.On("provider", fault.TooLong, "The name of a service may have up to 100 characters."))
	case strings.ContainsFunc(e.Provider, audit.Unseen):
		problems = append(problems, fault.On("provider", fault.Invalid, "The name has a control character, or one that changes the direction of the text."))
	}
	if e.At.After(now) || e.At.Year() < 1970 {
		problems = append(problems, fault.On("at", fault.Invalid, "A result of earlier days has a date that is over."))
	}
	if err := checkReason(e.Reason); err != nil {
		problems = append(problems, err)
	}
	return problems.Err()
}

// begin makes the row of who has none yet.
func (s *Service) begin(ctx context.Context, tx *db.Tx, m *matter) (err error) {
	if m.row != nil {
		return nil
	}
	m.row, err = tx.Verification.Create().SetUserID(m.user.ID).SetStatus(verification.StatusNOT_REQUESTED).
		SetProvider(m.chosen.Provider).SetRequestedAt(time.Time{}).Save(viewer.ForSystem(ctx, "identity verification"))
	if err != nil {
		return fmt.Errorf("saving a verification: %w", err)
	}
	return nil
}
