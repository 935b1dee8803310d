package verification

import (
	"context"
	"fmt"

	"roster/ent/generated/predicate"
	"roster/ent/generated/verification"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/paging"
	"roster/internal/settings"
)

// Page is a page of what waits.
type Page = paging.Page[*State]

// Edge is one of what waits.
type Edge = paging.Edge[*State]

var longestWaiting = paging.Order{Name: "w", Column: verification.FieldSubmittedAt, Kind: paging.Time}

func cursor(s *State) string { return longestWaiting.Cursor(s.Row.SubmittedAt, s.Row.ID) }

// Queue returns a page of what waits to be looked at here, the longest waiting first. It needs MANAGE_USER_VERIFICATION.
// Where the feature is switched off, nothing waits. fault.Required, fault.Invalid: see paging.Request.
func (s *Service) Queue(ctx context.Context, request paging.Request) (*Page, error) {
	all, err := s.queueing(ctx)
	if err != nil {
		return nil, err
	}
	slice, err := request.Check(longestWaiting)
	if err != nil || !all.Verification.Enabled {
		return paging.PageOf(slice, []*State{}, 0, cursor), err
	}
	rows, err := s.DB.Verification.Query().Where(waiting...).Modify(slice.Apply).All(viewer.ForSystem(ctx, "identity verification"))
	if err != nil {
		return nil, fmt.Errorf("loading what waits: %w", err)
	}
	states := make([]*State, len(rows))
	for i, row := range rows {
		states[i] = s.stateOf(row.UserID, row, all.Verification)
	}
	return paging.PageOf(slice, states, 0, cursor), nil
}

// Waiting returns how many wait to be looked at here. It needs MANAGE_USER_VERIFICATION.
func (s *Service) Waiting(ctx context.Context) (int, error) {
	all, err := s.queueing(ctx)
	if err != nil || !all.Verification.Enabled {
		return 0, err
	}
	n, err := s.DB.Verification.Query().Where(waiting...).Count(viewer.ForSystem(ctx, "identity verification"))
	if err != nil {
		return 0, fmt.Errorf("counting what waits: %w", err)
	}
	return n, nil
}

func (s *Service) queueing(ctx context.Context) (settings.Settings, error) {
	if err := access.Staff(ctx, permission.ManageUserVerification); err != nil {
		return settings.Settings{}, err
	}
	return settings.Load(ctx, s.DB.Client)
}

var waiting = []predicate.Verification{verification.StatusEQ(verification.StatusSUBMITTED), verification.Provider(Manual)}
