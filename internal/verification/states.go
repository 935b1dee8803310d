package verification

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/verification"
	"roster/ent/generated/verificationfile"
	"roster/ent/generated/verificationstep"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/settings"
)

// State is where a user stands, as they and staff may know it.
type State struct {
	UserID int
	// Row is nil for who was never asked.
	Row *ent.Verification
	// TriesLeft is how often they may still submit before staff have to ask anew.
	TriesLeft int
	// KeepDays is for how many days what they submit is kept.
	KeepDays int
	// SecondReviewer is whether an approval by staff needs two of them, and ApprovalDays for how many days it holds; 0: for good.
	SecondReviewer bool
	ApprovalDays   int

	at time.Time
}

// stateOf is where a user stands by the rule in force; row is nil for who was never asked.
func (s *Service) stateOf(userID int, row *ent.Verification, rule settings.Verification) *State {
	state := &State{UserID: userID, Row: row, TriesLeft: rule.Tries, KeepDays: rule.KeepDays,
		SecondReviewer: rule.SecondReviewer, ApprovalDays: rule.ApprovalDays, at: s.now()}
	if row != nil {
		state.TriesLeft = max(0, rule.Tries-row.Tries)
	}
	return state
}

// Status is where it stands.
func (s *State) Status() verification.Status {
	if s.Row == nil {
		return verification.StatusNOT_REQUESTED
	}
	return Standing(s.Row, s.at)
}

// row is empty for who was never asked.
func (s *State) row() *ent.Verification {
	if s.Row == nil {
		return &ent.Verification{}
	}
	return s.Row
}

// Provider is who decides; nil for who was never asked.
func (s *State) Provider() *string {
	if s.RequestedAt() == nil {
		return nil
	}
	return &s.Row.Provider
}

// RequestedAt is when they were asked last, SubmittedAt when they submitted, DecidedAt when it was decided, and ExpiresAt when
// an approval ends or ended; nil for never.
func (s *State) RequestedAt() *time.Time { return moment(s.row().RequestedAt) }

// SubmittedAt is said with RequestedAt.
func (s *State) SubmittedAt() *time.Time { return moment(s.row().SubmittedAt) }

// DecidedAt is said with RequestedAt.
func (s *State) DecidedAt() *time.Time { return moment(s.row().DecidedAt) }

// ExpiresAt is said with RequestedAt.
func (s *State) ExpiresAt() *time.Time { return moment(s.row().ExpiresAt) }

func moment(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// Cause and Reason say why it was rejected; nil: it was not.
func (s *State) Cause() *Cause { return CauseOf(s.row().Cause) }

// Reason is said with Cause.
func (s *State) Reason() *string {
	if s.row().Reason == "" {
		return nil
	}
	return &s.Row.Reason
}

// ApprovedOnce reports whether one of two reviewers approved it.
func (s *State) ApprovedOnce() bool { return s.row().ReviewerID != 0 }

// ApprovedBy tells by its steps, the newest first, when a user approved it as the first of two reviewers; nil: they did not, or
// one is enough by now.
func (s *State) ApprovedBy(userID int, steps []*ent.VerificationStep) *time.Time {
	if !s.SecondReviewer || !s.ApprovedOnce() || s.Row.ReviewerID != userID {
		return nil
	}
	for _, step := range steps {
		if step.Status == verificationstep.StatusSUBMITTED && step.Actor == verificationstep.ActorSTAFF {
			return &step.At
		}
	}
	return nil
}

// Version counts the changes; 0 for who was never asked.
func (s *State) Version() int { return s.row().Version }

// States returns those of the users whom the viewer may ask about: themselves, and with MANAGE_USER_VERIFICATION everybody;
// nil where the feature is switched off.
func (s *Service) States(ctx context.Context, userIDs []int) (map[int]*State, error) {
	states := make(map[int]*State, len(userIDs))
	userIDs = access.Visible(ctx, userIDs, permission.ManageUserVerification)
	for _, id := range userIDs {
		states[id] = nil
	}
	all, err := settings.Load(ctx, s.DB.Client)
	if err != nil || !all.Verification.Enabled || len(userIDs) == 0 {
		return states, err
	}
	rows, err := s.DB.Verification.Query().Where(verification.UserIDIn(userIDs...)).All(viewer.ForSystem(ctx, "identity verification"))
	if err != nil {
		return nil, fmt.Errorf("loading verifications: %w", err)
	}
	for _, id := range userIDs {
		states[id] = s.stateOf(id, nil, all.Verification)
	}
	for _, row := range rows {
		states[row.UserID] = s.stateOf(row.UserID, row, all.Verification)
	}
	return states, nil
}

// MostSteps is how many steps of a history are shown.
const MostSteps = 50

// Histories returns the steps of those of the users whom the viewer may ask about, the newest first, at most MostSteps of
// each. Users are told why they were rejected, and nothing else.
func (s *Service) Histories(ctx context.Context, userIDs []int) (map[int][]*ent.VerificationStep, error) {
	histories := make(map[int][]*ent.VerificationStep, len(userIDs))
	userIDs = access.Visible(ctx, userIDs, permission.ManageUserVerification)
	for _, id := range userIDs {
		histories[id] = nil // said, for what is left out counts as gone
	}
	rows, err := s.DB.Verification.Query().Where(verification.UserIDIn(userIDs...)).
		WithSteps(func(q *ent.VerificationStepQuery) { q.Order(ent.Desc("at", "id")) }).
		All(viewer.ForSystem(ctx, "identity verification"))
	if err != nil {
		return nil, fmt.Errorf("loading the steps of verifications: %w", err)
	}
	inside := viewer.From(ctx).Can(permission.ManageUserVerification)
	for _, row := range rows {
		steps := row.Edges.Steps[:min(MostSteps, len(row.Edges.Steps))]
		for _, step := range steps {
			if !inside && step.Cause == "" {
				step.Reason = ""
			}
		}
		histories[row.UserID] = steps
	}
	return histories, nil
}

// Files returns the files of those of the users whom the viewer may ask about, without what is in them: to staff with
// MANAGE_USER_VERIFICATION those that were submitted, to users what they can still replace.
func (s *Service) Files(ctx context.Context, userIDs []int) (map[int][]*ent.VerificationFile, error) {
	files := make(map[int][]*ent.VerificationFile, len(userIDs))
	v, system := viewer.From(ctx), viewer.ForSystem(ctx, "identity verification")
	userIDs = access.Visible(ctx, userIDs, permission.ManageUserVerification)
	for _, id := range userIDs {
		files[id] = nil // said, for what is left out counts as gone
	}
	rows, err := s.DB.VerificationFile.Query().
		Where(verificationfile.PurgeAtGT(s.now()), verificationfile.HasVerificationWith(
			verification.UserIDIn(userIDs...))).
		WithVerification().Order(ent.Asc(verificationfile.FieldID)).All(system)
	if err != nil {
		return nil, fmt.Errorf("listing files: %w", err)
	}
	for _, f := range rows {
		of := f.Edges.Verification.UserID
		if own := v.UserID == of && v.SessionID != 0; own != f.Submitted {
			files[of] = append(files[of], f)
		}
	}
	return files, nil
}

// Applicable tells of those of the users whom the viewer may ask about whether there is an order that is theirs.
func (s *Service) Applicable(ctx context.Context, userIDs []int) (map[int]bool, error) {
	return applies(ctx, s.DB.Client, access.Visible(ctx, userIDs, permission.ManageUserVerification))
}
