package members

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/generated/permissiontemplate"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/name"
)

// Templates returns the named sets of permissions, by name. It is for everybody who is signed in.
func (s *Service) Templates(ctx context.Context) ([]*ent.PermissionTemplate, error) {
	if err := access.SignedIn(ctx); err != nil {
		return nil, err
	}
	list, err := s.DB.PermissionTemplate.Query().Order(permissiontemplate.ByNameKey(), permissiontemplate.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("loading templates: %w", err)
	}
	return list, nil
}

// Template returns a named set of permissions; nil: there is none.
func (s *Service) Template(ctx context.Context, id int) (*ent.PermissionTemplate, error) {
	if err := access.SignedIn(ctx); err != nil {
		return nil, err
	}
	t, err := s.DB.PermissionTemplate.Get(ctx, id)
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // not there is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("loading a template: %w", err)
	}
	return t, nil
}

// TemplateChange is what is to be different; nil members stay as they are. A new template needs both.
type TemplateChange struct {
	Name        *string
	Permissions []permission.Account
	// Version is the one that the change is based on; nil: whatever is there.
	Version *int
}

// CreateTemplate makes a named set of permissions. It needs CONFIGURE_SETTINGS. Faults: name fault.Required, TooLong,
// Invalid, Taken; permissions fault.Required.
func (s *Service) CreateTemplate(ctx context.Context, c TemplateChange) (t *ent.PermissionTemplate, err error) {
	called, err := name.Require("name", *c.Name)
	if err != nil {
		return nil, err
	}
	entry := audit.Entry{Action: audit.TemplateCreated, Detail: map[string]any{"name": called, "permissions": Ordered(c.Permissions)}}
	err = s.configure(ctx, entry, func(ctx context.Context, tx *db.Tx, _ *audit.Entry) (int, error) {
		if len(c.Permissions) == 0 {
			return 0, needPermission()
		}
		t, err = tx.PermissionTemplate.Create().SetName(called).SetNameKey(name.Fold(called)).SetPermissions(Ordered(c.Permissions)).Save(ctx)
		if err != nil {
			return 0, templateFault(err)
		}
		return t.ID, nil
	})
	return t, err
}

// UpdateTemplate changes a named set of permissions, on the same terms. fault.NotFound: there is none. fault.Conflict on
// version: somebody else was first.
func (s *Service) UpdateTemplate(ctx context.Context, id int, c TemplateChange) (t *ent.PermissionTemplate, err error) {
	entry := audit.Entry{Action: audit.TemplateUpdated, Target: audit.OnTemplate(id)}
	err = s.configure(ctx, entry, func(ctx context.Context, tx *db.Tx, done *audit.Entry) (int, error) {
		before, err := tx.PermissionTemplate.Get(ctx, id)
		if err != nil {
			return 0, templateFault(err)
		}
		update := tx.PermissionTemplate.UpdateOneID(id).AddVersion(1)
		if c.Version != nil {
			update.Where(permissiontemplate.Version(*c.Version))
		}
		if c.Name != nil {
			called, err := name.Require("name", *c.Name)
			if err != nil {
				return 0, err
			}
			update.SetName(called).SetNameKey(name.Fold(called))
		}
		if c.Permissions != nil {
			if len(c.Permissions) == 0 {
				return 0, needPermission()
			}
			update.SetPermissions(Ordered(c.Permissions))
		}
		if t, err = update.Save(ctx); ent.IsNotFound(err) && c.Version != nil {
			return 0, fault.On("version", fault.Conflict, "Somebody else changed this template in the meantime.")
		} else if err != nil {
			return 0, templateFault(err)
		}
		done.Detail = map[string]any{"before": templateDetail(before), "after": templateDetail(t)}
		return id, nil
	})
	return t, err
}

// DeleteTemplate deletes a named set of permissions. It needs CONFIGURE_SETTINGS. fault.NotFound: there is none.
func (s *Service) DeleteTemplate(ctx context.Context, id int) error {
	entry := audit.Entry{Action: audit.TemplateDeleted, Target: audit.OnTemplate(id)}
	return s.configure(ctx, entry, func(ctx context.Context, tx *db.Tx, done *audit.Entry) (int, error) {
		before, err := tx.PermissionTemplate.Get(ctx, id)
		if err == nil {
			err = tx.PermissionTemplate.DeleteOne(before).Exec(ctx)
		}
		if err != nil {
			return 0, templateFault(err)
		}
		done.Detail = templateDetail(before)
		return id, nil
	})
}

func templateDetail(t *ent.PermissionTemplate) map[string]any {
	return map[string]any{"name": t.Name, "permissions": t.Permissions}
}

// configure runs a change of the templates by who may, and records it; change fills in what is to be recorded.
func (s *Service) configure(ctx context.Context, entry audit.Entry, change func(ctx context.Context, tx *db.Tx, done *audit.Entry) (int, error)) error {
	return audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := access.Staff(ctx, permission.ConfigureSettings); err != nil {
			return err
		}
		done := entry
		id, err := change(viewer.ForSystem(ctx, "permission templates"), tx, &done)
		if err != nil {
			return err
		}
		done.Target = audit.OnTemplate(id)
		return audit.Record(ctx, tx, s.now(), done)
	})
}

func needPermission() error {
	return fault.On("permissions", fault.Required, "Please choose at least one permission.")
}

func templateFault(err error) error {
	switch {
	case db.IsDuplicate(err):
		return fault.On("name", fault.Taken, "Another template has this name.")
	case ent.IsNotFound(err):
		return fault.Gone("template")
	}
	return fmt.Errorf("saving a template: %w", err)
}
