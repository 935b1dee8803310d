package factors

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/backupcode"
	"roster/ent/generated/factor"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
)

// State is what a user and staff may know of the user's factors.
type State struct {
	// AppSince is when the authenticator app was set up; zero: there is none.
	AppSince time.Time
	// CodesLeft is how many backup codes are unused.
	CodesLeft int
}

// States returns the state of each of the users, as far as the viewer may see it: their own, and for staff with LIST_USERS
// everybody's.
func (s *Service) States(ctx context.Context, userIDs []int) (map[int]State, error) {
	userIDs = access.Visible(ctx, userIDs, permission.ListUsers)
	ctx = viewer.ForSystem(ctx, "state of factors")
	states := make(map[int]State, len(userIDs))
	for _, id := range userIDs {
		states[id] = State{}
	}
	apps, err := s.DB.Factor.Query().Where(factor.UserIDIn(userIDs...), factor.KindEQ(factor.KindTOTP)).
		Select(factor.FieldUserID, factor.FieldCreatedAt).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("loading factors: %w", err)
	}
	for _, app := range apps {
		states[app.UserID] = State{AppSince: app.CreatedAt}
	}
	var left []struct {
		UserID int `json:"user_id"`
		Count  int `json:"count"`
	}
	err = s.DB.BackupCode.Query().Where(backupcode.UserIDIn(userIDs...), backupcode.UsedAtIsNil()).
		GroupBy(backupcode.FieldUserID).Aggregate(ent.Count()).Scan(ctx, &left)
	if err != nil {
		return nil, fmt.Errorf("counting backup codes: %w", err)
	}
	for _, l := range left {
		state := states[l.UserID]
		state.CodesLeft = l.Count
		states[l.UserID] = state
	}
	return states, nil
}
