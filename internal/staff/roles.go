// Package staff keeps our own people: the roles that come with Roster, and the first administrator.
package staff

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/secret"
)

// FullAdministrator is the role that may everything there was when it was made.
const FullAdministrator = "Full Administrator"

type builtIn struct {
	name string
	may  []permission.Admin
}

// builtIns come with Roster. What a row of them may do is as it was made: a permission that a later version adds is
// held by nobody until somebody grants it (security.md #46).
var builtIns = []builtIn{
	{FullAdministrator, permission.Admins},
	{"Support Operator", []permission.Admin{
		permission.ListUsers, permission.EditUsers, permission.ResetUserPassword, permission.DisableUserTwoFactor,
		permission.DisableUserSecurityQuestion, permission.ManageUserVerification, permission.ListAccounts,
		permission.ManageMemberships, permission.ViewMailLog,
	}},
	{"Sales Operator", []permission.Admin{
		permission.ListUsers, permission.ListAccounts, permission.EditAccounts, permission.ManageMemberships,
	}},
	{"Auditor", []permission.Admin{
		permission.ListUsers, permission.ListAccounts, permission.ViewAuditLog, permission.ViewMailLog,
	}},
}

// Service makes staff.
type Service struct {
	DB        *db.DB
	Now       func() time.Time
	Passwords *secret.Hasher
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// EnsureRoles makes the roles that come with Roster where they are not there yet, and changes none that is.
func (s *Service) EnsureRoles(ctx context.Context) error {
	return db.InTx(viewer.ForSystem(ctx, "built-in roles"), s.DB, func(ctx context.Context, tx *db.Tx) error {
		for _, r := range builtIns {
			list, err := json.Marshal(r.may)
			if err != nil {
				return fmt.Errorf("writing permissions: %w", err)
			}
			_, err = tx.SQL.ExecContext(ctx,
				"INSERT INTO roles (name, built_in, permissions) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
				r.name, true, string(list))
			if err != nil {
				return fmt.Errorf("making the role %s: %w", r.name, err)
			}
		}
		return nil
	})
}
