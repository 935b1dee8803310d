// Package access answers whether this viewer may do that, here. It is the only place that does: directives ask it
// before a resolver runs, and activities ask it again inside their transaction, where its word is the last.
package access

import (
	"context"
	"fmt"
	"slices"
	"time"

	ent "roster/ent/generated"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/fault"
)

// SudoLasts is how long an explicit proof of identity opens the acts that need one (security.md #32).
const SudoLasts = 10 * time.Minute

func unauthenticated() error { return fault.New(fault.Unauthenticated, "Please sign in.") }

// SignedIn refuses the anonymous viewer with fault.Unauthenticated.
func SignedIn(ctx context.Context) error {
	if v := viewer.From(ctx); !v.SignedIn() && !system(v) {
		return unauthenticated()
	}
	return nil
}

// Person refuses all but people with a session of their own: fault.Unauthenticated for nobody, fault.Forbidden for API
// tokens and for staff who act as a user, neither of whom may touch credentials (security.md #14, #48).
func Person(ctx context.Context) error {
	v := viewer.From(ctx)
	switch {
	case v != nil && v.SessionID != 0 && (v.Kind == viewer.User || v.Kind == viewer.Staff):
		return nil
	case v == nil || v.Kind == viewer.Anonymous:
		return unauthenticated()
	}
	return fault.New(fault.Forbidden, "Only users themselves can do this, signed in.")
}

// Staff refuses viewers without the admin permission: fault.Unauthenticated for nobody, fault.Forbidden, naming the
// permission, for everybody else.
func Staff(ctx context.Context, need permission.Admin) error {
	v := viewer.From(ctx)
	switch {
	case system(v) || v.Can(need):
		return nil
	case !v.SignedIn():
		return unauthenticated()
	}
	return fault.Missing(string(need))
}

// Personal refuses viewers who are neither the user nor staff with the permission.
func Personal(ctx context.Context, userID int, orStaff permission.Admin) error {
	if v := viewer.From(ctx); v != nil && v.UserID == userID && v.UserID != 0 {
		return nil
	}
	return Staff(ctx, orStaff)
}

// Visible are those of the users whom Personal lets the viewer see so far. What many users are asked about at once asks it
// again, behind the directives (security.md #41).
func Visible(ctx context.Context, userIDs []int, orStaff permission.Admin) []int {
	return slices.DeleteFunc(slices.Clone(userIDs), func(id int) bool { return Personal(ctx, id, orStaff) != nil })
}

// Sudo refuses viewers who gave no explicit proof of identity in the last ten minutes, with fault.SudoRequired.
// A token needs none: its maker gave it when the scope was named (security.md #14).
func Sudo(ctx context.Context, now time.Time) error {
	v := viewer.From(ctx)
	switch {
	case system(v) || v != nil && v.Kind == viewer.Token:
		return nil
	case !v.SignedIn():
		return unauthenticated()
	case now.Before(v.SudoUntil):
		return nil
	}
	return fault.New(fault.SudoRequired, "Please confirm that it is you.")
}

// Proven returns who the viewer is, for acts upon their own credentials (security.md #33). It refuses like Person and
// Sudo.
func Proven(ctx context.Context, now time.Time) (userID int, err error) {
	if err := Person(ctx); err != nil {
		return 0, err
	}
	return viewer.From(ctx).UserID, Sudo(ctx, now)
}

// Enroller is who sets up a factor of their own, and in which session. Waiting says that nothing else is open to them.
type Enroller struct {
	UserID, SessionID int
	Waiting           bool
}

// Enrolling returns who may set up a factor: somebody whose sign-in waits for that and nothing else, or whom Proven lets
// through.
func Enrolling(ctx context.Context, now time.Time) (Enroller, error) {
	v := viewer.From(ctx)
	if v.EnrolmentNeeded() && !v.SignedIn() {
		return Enroller{UserID: v.Enrolling.UserID, SessionID: v.Enrolling.SessionID, Waiting: true}, nil
	}
	id, err := Proven(ctx, now)
	if err != nil {
		return Enroller{}, err
	}
	return Enroller{UserID: id, SessionID: v.SessionID}, nil
}

// OverUser refuses to act upon a member of staff who holds an admin permission that the viewer lacks (security.md
// #46), with fault.Forbidden naming one of them. Acting upon oneself is no escalation; but a token never acts upon its maker,
// whose credentials it must not touch (#14).
func OverUser(ctx context.Context, client *ent.Client, target *ent.User) error {
	v := viewer.From(ctx)
	if err := OverMaker(ctx, target.ID); err != nil {
		return err
	}
	if system(v) || target.RoleID == nil || v.UserID == target.ID {
		return nil
	}
	role, err := client.Role.Get(viewer.ForSystem(ctx, "access"), *target.RoleID)
	if err != nil {
		return fmt.Errorf("loading role: %w", err)
	}
	if lacking := permission.SetOf(role.Permissions...).Without(v.Permissions).List(); len(lacking) > 0 {
		f := fault.Missing(string(lacking[0]))
		f.Message = "This member of staff holds a permission that you do not have."
		return f
	}
	return nil
}

// OverMaker refuses a token to act upon the user who made it, with fault.Forbidden: it must not give them what they could not
// take, nor look as if it were them (security.md #14).
func OverMaker(ctx context.Context, userID int) error {
	if v := viewer.From(ctx); v != nil && v.MadeBy != 0 && v.MadeBy == userID {
		return fault.New(fault.Forbidden, "A token cannot act upon the user who made it.")
	}
	return nil
}

func system(v *viewer.Viewer) bool { return v != nil && v.Kind == viewer.System }

// AnyStaff is Staff for one permission, or for any at all when need is nil.
func AnyStaff(ctx context.Context, need *permission.Admin) error {
	v := viewer.From(ctx)
	switch {
	case need != nil:
		return Staff(ctx, *need)
	case system(v) || v.IsStaff():
		return nil
	case !v.SignedIn():
		return unauthenticated()
	}
	return fault.New(fault.Forbidden, "This is for staff only.")
}
