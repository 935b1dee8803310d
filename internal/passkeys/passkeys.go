// Package passkeys enrols and checks passkeys (W3C WebAuthn). A passkey whose device verified its user is two factors in
// one: it signs in by itself, serves as the second factor after a password, and proves who somebody is (security.md
// #31, #32). What a right answer opens is for package signin; which factors somebody has, for package factors.
package passkeys

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/passkey"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/db"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/mail"
)

// PerUser is how many passkeys a user may have.
const PerUser = 20

// Service enrols, lists, checks and removes passkeys.
type Service struct {
	DB      *db.DB
	Now     func() time.Time
	Site    *Site
	Factors *factors.Service
	Outbox  *mail.Outbox
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Own returns the viewer's own passkeys, the oldest first; none for who is not a user.
func (s *Service) Own(ctx context.Context) ([]*ent.Passkey, error) {
	v := viewer.From(ctx)
	if v.UserID == 0 {
		return nil, nil
	}
	list, err := of(ctx, s.DB.Client, v.UserID)
	if err != nil {
		return nil, err
	}
	return list, nil
}

// Get returns one of the viewer's own passkeys; nil: there is none, or it is somebody else's (security.md #42).
func (s *Service) Get(ctx context.Context, id int) (*ent.Passkey, error) {
	if err := access.SignedIn(ctx); err != nil {
		return nil, err
	}
	p, err := one(ctx, s.DB.Client, viewer.From(ctx).UserID, id)
	if fault.Is(err, fault.NotFound) {
		return nil, nil //nolint:nilnil // not there is an answer, not a failure
	}
	return p, err
}

// Counts returns how many passkeys each of the users has, as far as the viewer may see it: themselves, and for staff with
// LIST_USERS everybody.
func (s *Service) Counts(ctx context.Context, userIDs []int) (map[int]int, error) {
	userIDs = access.Visible(ctx, userIDs, permission.ListUsers)
	var rows []struct {
		UserID int `json:"user_id"`
		Count  int `json:"count"`
	}
	err := s.DB.Passkey.Query().Where(passkey.UserIDIn(userIDs...)).
		GroupBy(passkey.FieldUserID).Aggregate(ent.Count()).Scan(viewer.ForSystem(ctx, "passkeys"), &rows)
	if err != nil {
		return nil, fmt.Errorf("counting passkeys: %w", err)
	}
	counts := make(map[int]int, len(userIDs))
	for _, id := range userIDs {
		counts[id] = 0
	}
	for _, row := range rows {
		counts[row.UserID] = row.Count
	}
	return counts, nil
}

// of lists a user's passkeys, the oldest first.
func of(ctx context.Context, client *ent.Client, userID int) ([]*ent.Passkey, error) {
	list, err := client.Passkey.Query().Where(passkey.UserID(userID)).Order(passkey.ByID()).All(viewer.ForSystem(ctx, "passkeys"))
	if err != nil {
		return nil, fmt.Errorf("loading passkeys: %w", err)
	}
	return list, nil
}

// one is a user's passkey. fault.NotFound: there is none, or it is somebody else's.
func one(ctx context.Context, client *ent.Client, userID, id int) (*ent.Passkey, error) {
	p, err := client.Passkey.Query().Where(passkey.ID(id), passkey.UserID(userID)).Only(viewer.ForSystem(ctx, "passkeys"))
	if ent.IsNotFound(err) {
		return nil, fault.Gone("passkey")
	} else if err != nil {
		return nil, fmt.Errorf("loading passkey: %w", err)
	}
	return p, nil
}
