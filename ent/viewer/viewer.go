// Package viewer says who is asking. One Viewer rides in the context of every request, job and command;
// a context without one is refused by every table.
package viewer

import (
	"context"
	"net/netip"
	"time"

	"roster/ent/permission"
)

// Kind is what the request acts as.
type Kind string

// The kinds of viewer. System is for what runs for nobody (workers, commands); it says so by name.
const (
	Anonymous Kind = "ANONYMOUS"
	User      Kind = "USER"
	Staff     Kind = "STAFF"
	Token     Kind = "TOKEN"
	System    Kind = "SYSTEM"
	// Masquerade is staff acting as a user; no way leads there yet.
	Masquerade Kind = "MASQUERADE"
)

// Viewer is who the current request acts as.
type Viewer struct {
	Kind Kind
	// UserID is 0 for the anonymous viewer, for the system, and for a token that belongs to nobody.
	UserID int
	// Permissions are the admin permissions in force for this request.
	Permissions permission.AdminSet
	// SessionID is 0 unless a cookie was accepted; TokenID is 0 unless an API token was.
	SessionID, TokenID int
	// MakerID is who made the token, where it is a personal one: it acts in the maker's accounts, and UserID stays 0, for
	// what is a person's own is no token's. Scopes are those accounts, and what it may do in each at most.
	MakerID int
	Scopes  map[int][]permission.Account
	// MadeBy is who made the token, whichever kind it is: what it does is theirs to answer for, and upon them it may not act
	// (security.md #14, #66). 0: it was made on the command line.
	MadeBy int
	// SudoUntil is when the explicit proof of identity runs out (security.md #32); zero: none was given.
	SudoUntil time.Time
	// TwoFactorRequired says that the user must have a second factor; TwoFactorDueAt is from when on nothing opens
	// without one, zero where they have it or need none.
	TwoFactorRequired bool
	TwoFactorDueAt    time.Time
	// Enrolling is set for somebody who has to set up a second factor before anything else opens. They are Anonymous
	// to everything but that (security.md #35): no other member speaks of them.
	Enrolling *Enrolling
	// Name says which worker, command or step runs, and Behind who caused it, nil for nobody; only for System.
	Name   string
	Behind *Viewer
	// Address and Device describe the client for audit, history and throttles.
	Address netip.Addr
	Device  string
	// At is when the request came: what ends by time has ended, or not yet, for all of it. Zero: what can end has ended.
	At time.Time
	// AccountID is the account acted for at present, as the session says; whether it is still theirs, access says.
	AccountID int
	// RequestID ties answer, log and audit together.
	RequestID string
	// Language is a BCP 47 tag: the user's own, or what the browser asked for.
	Language string
}

// Enrolling is whose sign-in waits for a second factor to be set up, and the session that it waits with.
type Enrolling struct{ UserID, SessionID int }

type key struct{}

// With puts v into the context.
func With(ctx context.Context, v *Viewer) context.Context { return context.WithValue(ctx, key{}, v) }

// From returns the viewer of the context, nil when there is none.
func From(ctx context.Context) *Viewer {
	v, _ := ctx.Value(key{}).(*Viewer)
	return v
}

// ForSystem returns a context that may touch every table, under a name that says what runs. Whoever caused it
// stays known: Actor still answers with them.
func ForSystem(ctx context.Context, name string) context.Context {
	v := &Viewer{Kind: System, Name: name}
	if behind := From(ctx); behind != nil {
		v.Behind = behind.Actor()
		v.Address, v.Device, v.RequestID, v.Language, v.At = behind.Address, behind.Device, behind.RequestID, behind.Language, behind.At
	}
	return With(ctx, v)
}

// Actor is who the audit log names: whoever is behind a system step, else the viewer.
func (v *Viewer) Actor() *Viewer {
	if v.Kind == System && v.Behind != nil {
		return v.Behind
	}
	return v
}

// AdminPermissions lists the admin permissions in force, in reading order.
func (v *Viewer) AdminPermissions() []permission.Admin { return v.Permissions.List() }

// AsClient is the viewer without the staff door: what a permission would open and they lack, they see as any user does.
func (v *Viewer) AsClient() *Viewer {
	client := *v
	client.Kind, client.Permissions = User, 0
	return &client
}

// Can reports whether the viewer holds the admin permission.
func (v *Viewer) Can(p permission.Admin) bool { return v != nil && v.Permissions.Has(p) }

// IsStaff reports whether the viewer came through the staff door: a member of staff, or a token with admin scopes.
func (v *Viewer) IsStaff() bool {
	return v != nil && (v.Kind == Staff || v.Kind == Token && v.Permissions != 0)
}

// Self is the user in whose name the viewer acts in accounts: themselves, or the maker of a personal token. 0: nobody.
func (v *Viewer) Self() int {
	if v.TokenID != 0 {
		return v.MakerID
	}
	return v.UserID
}

// Author is the user whose act it is: the viewer themselves, or who made the token. 0: nobody.
func (v *Viewer) Author() int {
	if v.TokenID != 0 {
		return v.MadeBy
	}
	return v.UserID
}

// Reaches reports whether the viewer acts in the account at all, if Self does: a token only in those that it was made for.
func (v *Viewer) Reaches(accountID int) bool {
	_, scoped := v.Scopes[accountID]
	return scoped || v.TokenID == 0
}

// EnrolmentNeeded reports whether the sign-in waits for a second factor to be set up.
func (v *Viewer) EnrolmentNeeded() bool { return v != nil && v.Enrolling != nil }

// SignedIn reports whether somebody, or some token, stands behind the request.
func (v *Viewer) SignedIn() bool {
	return v != nil && (v.Kind == User || v.Kind == Staff || v.Kind == Token)
}
