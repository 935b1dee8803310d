package staff

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/generated/role"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
)

// Roles returns the admin roles, by name. It needs LIST_USERS.
func (s *Service) Roles(ctx context.Context) ([]*ent.Role, error) {
	if err := access.Staff(ctx, permission.ListUsers); err != nil {
		return nil, err
	}
	list, err := s.DB.Role.Query().Order(role.ByName()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("loading roles: %w", err)
	}
	return list, nil
}

// Role returns one role; nil when there is none that the viewer may see. It needs LIST_USERS.
func (s *Service) Role(ctx context.Context, id int) (*ent.Role, error) {
	if err := access.Staff(ctx, permission.ListUsers); err != nil {
		return nil, err
	}
	found, err := s.DB.Role.Get(ctx, id)
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // not there is an answer
	} else if err != nil {
		return nil, fmt.Errorf("loading role: %w", err)
	}
	return found, nil
}

// RolesByIDs returns roles of users whom the viewer can see; the caller has checked that.
func (s *Service) RolesByIDs(ctx context.Context, ids []int) (map[int]*ent.Role, error) {
	rows, err := s.DB.Role.Query().Where(role.IDIn(ids...)).All(viewer.ForSystem(ctx, "roles of visible users"))
	if err != nil {
		return nil, fmt.Errorf("loading roles: %w", err)
	}
	found := make(map[int]*ent.Role, len(rows))
	for _, r := range rows {
		found[r.ID] = r
	}
	return found, nil
}
