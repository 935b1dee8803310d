// Package activity reads the audit log for the people whom it is about.
package activity

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/auditentry"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/paging"
)

// actions are what users are told of: what changed in how they sign in and in what is known of them. Sign-ins have a
// history of their own.
var actions = []string{
	string(audit.Registered), string(audit.EmailVerified), string(audit.EmailChangeRequested), string(audit.EmailChanged),
	string(audit.ChangeDisowned), string(audit.UserUpdated), string(audit.PasswordResetSent), string(audit.PasswordReset),
	string(audit.PasswordChanged), string(audit.TwoFactorDisabled), string(audit.AuthenticatorAdded),
	string(audit.AuthenticatorRemoved), string(audit.BackupCodesMade), string(audit.BackupCodeUsed), string(audit.DeviceTrusted),
	string(audit.DeviceTrustRevoked), string(audit.PasskeyAdded), string(audit.PasskeyRenamed), string(audit.PasskeyRemoved),
	string(audit.SecurityQuestionSet), string(audit.SecurityQuestionRemoved), string(audit.SecurityAnswerChecked),
	string(audit.LockCleared), string(audit.SessionEnded), string(audit.OtherSessionsEnded), string(audit.OwnDataExported),
}

// Actor is who did something, as the user is told: which member of staff it was is not for them.
type Actor string

// The actors.
const (
	// Self is the user.
	Self Actor = "SELF"
	// Staff is a member of staff.
	Staff Actor = "STAFF"
	// Other is whoever had a link that was mailed, a program, or the system.
	Other Actor = "OTHER"
)

// Act is something that was done to the user.
type Act struct {
	ID     int
	At     time.Time
	Action audit.Action
	By     Actor
	// Reason is what staff gave as theirs; nil where none is asked for.
	Reason *string
}

// newestFirst: entries are written as things happen, so the id tells.
var newestFirst = paging.Order{Name: "a", Column: auditentry.FieldID, Desc: true, Kind: paging.Number}

// Page is a page of acts, the newest first.
type Page struct {
	Acts                 []*Act
	HasPrevious, HasNext bool
}

// Edge is an act in a list.
type Edge struct{ Node *Act }

// Cursor is where the act stands in the list.
func (e Edge) Cursor() string { return cursorOf(e.Node) }

func cursorOf(a *Act) string { return newestFirst.Cursor(nil, a.ID) }

// Nodes are the acts of the page.
func (p *Page) Nodes() []*Act { return p.Acts }

// Edges are the acts of the page, with their cursors.
func (p *Page) Edges() []Edge {
	edges := make([]Edge, len(p.Acts))
	for i, a := range p.Acts {
		edges[i] = Edge{Node: a}
	}
	return edges
}

// PageInfo says where the page stands in its list.
func (p *Page) PageInfo() paging.Info {
	return paging.InfoOf(p.Acts, p.HasPrevious, p.HasNext, cursorOf)
}

// Service reads what was done.
type Service struct{ DB *db.DB }

// Own returns a page of what was done to the viewer; an empty one for who is not a user. fault.Required, fault.Invalid: the
// size of the page, or a cursor that is none of this list.
func (s *Service) Own(ctx context.Context, first *int, after *string) (*Page, error) {
	slice, err := paging.Request{First: first, After: after}.Check(newestFirst)
	if err != nil {
		return nil, err
	}
	v := viewer.From(ctx)
	if v.UserID == 0 {
		return &Page{}, nil
	}
	rows, err := s.DB.AuditEntry.Query().
		Where(auditentry.TargetKind(audit.OnUser(v.UserID).Kind), auditentry.TargetID(v.UserID), auditentry.Outcome(audit.Done),
			auditentry.ActionIn(actions...)).
		WithDetail().
		Modify(slice.Apply).
		All(viewer.ForSystem(ctx, "own activity"))
	if err != nil {
		return nil, fmt.Errorf("loading what was done to the viewer: %w", err)
	}
	acts := make([]*Act, len(rows))
	for i, row := range rows {
		if acts[i], err = actOf(row); err != nil {
			return nil, err
		}
	}
	var p Page
	p.Acts, p.HasPrevious, p.HasNext = paging.Cut(slice, acts)
	return &p, nil
}

func actOf(row *ent.AuditEntry) (*Act, error) {
	a := &Act{ID: row.ID, At: row.At, Action: audit.Action(row.Action), By: Other}
	switch {
	case row.ActorID == row.TargetID:
		a.By = Self
	case row.ActorKind == string(viewer.Staff):
		a.By = Staff
	}
	if row.Edges.Detail == nil { // erased
		return a, nil
	}
	var detail struct {
		Reason *string `json:"reason"`
	}
	if err := json.Unmarshal(row.Edges.Detail.Detail, &detail); err != nil {
		return nil, fmt.Errorf("reading the detail of entry %d: %w", row.ID, err)
	}
	a.Reason = detail.Reason
	return a, nil
}
