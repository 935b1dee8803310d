package staff

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
)

// RequireTwoFactor says whether whoever holds the role must have a second factor. It needs CONFIGURE_ROLES, a fresh
// proof of identity, and every permission of the role. fault.NotAllowed on required: nobody loosens a rule that they are
// under themselves (security.md #46); to tighten it is open to them.
func (s *Service) RequireTwoFactor(ctx context.Context, roleID int, required bool) (*ent.Role, error) {
	var after *ent.Role
	entry := audit.Entry{Action: audit.RoleUpdated, Target: audit.OnRole(roleID)}
	err := audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := access.Staff(ctx, permission.ConfigureRoles); err != nil {
			return err
		}
		if err := access.Sudo(ctx, s.now()); err != nil {
			return err
		}
		system := viewer.ForSystem(ctx, "changing a role")
		before, err := tx.Role.Get(system, roleID)
		if ent.IsNotFound(err) {
			return fault.Gone("role")
		} else if err != nil {
			return fmt.Errorf("loading role: %w", err)
		}
		if err := mayChange(system, tx, viewer.From(ctx), before, required); err != nil {
			return err
		}
		if after, err = tx.Role.UpdateOne(before).SetRequireTwoFactor(required).Save(system); err != nil {
			return fmt.Errorf("saving role: %w", err)
		}
		entry.Detail = map[string]any{
			"before": map[string]any{"requireTwoFactor": before.RequireTwoFactor},
			"after":  map[string]any{"requireTwoFactor": required},
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return nil, err
	}
	return after, nil
}

func mayChange(system context.Context, tx *db.Tx, v *viewer.Viewer, r *ent.Role, required bool) error {
	if lacking := permission.SetOf(r.Permissions...).Without(v.Permissions).List(); len(lacking) > 0 {
		return fault.Missing(string(lacking[0]))
	}
	if required || v.UserID == 0 {
		return nil
	}
	self, err := tx.User.Get(system, v.UserID)
	if err != nil {
		return fmt.Errorf("loading who asks: %w", err)
	}
	if self.RoleID != nil && *self.RoleID == r.ID {
		return fault.On("required", fault.NotAllowed, "Nobody can loosen the rules of their own role.")
	}
	return nil
}
