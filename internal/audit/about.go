package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/db"
)

// Told is an entry as the user may read it whom it is by, or about.
type Told struct {
	ID      int       `json:"-"`
	At      time.Time `json:"at"`
	Action  Action    `json:"action"`
	Outcome string    `json:"outcome"`
	// By says what kind of viewer acted; Own, that it was the user.
	By  string `json:"by"`
	Own bool   `json:"own"`
	// OnKind and OnID are what it was upon.
	OnKind string `json:"onKind,omitempty"`
	OnID   int    `json:"onNumber,omitempty"`
	// Detail is absent where it holds what is somebody else's.
	Detail json.RawMessage `json:"detail,omitempty"`
}

const about = `SELECT e.id, e.at, e.action, e.outcome, e.actor_kind, e.actor_id, e.target_kind, e.target_id, e.about_user_id, d.detail
FROM (SELECT id FROM (SELECT id FROM audit_entries WHERE target_kind = 'USER' AND target_id = $1 AND id > $2 ORDER BY id LIMIT $3) AS upon
	UNION SELECT id FROM (SELECT id FROM audit_entries WHERE about_user_id = $1 AND target_kind = 'API_TOKEN' AND id > $2 ORDER BY id LIMIT $3) AS upon_theirs
	UNION SELECT id FROM (SELECT id FROM audit_entries WHERE actor_id = $1 AND id > $2 ORDER BY id LIMIT $3) AS by_them
	ORDER BY id LIMIT $3) AS page
JOIN audit_entries e ON e.id = page.id LEFT JOIN audit_details d ON d.entry_id = e.id ORDER BY e.id`

// About returns the entries by the viewer and about them, at most that many, the oldest first, beginning behind the entry
// with the number after. They see their own acts, and what others did to them; neither the address and device of who did
// it, nor what an act of theirs says about somebody else. fault.Forbidden: the viewer is not a person.
func About(ctx context.Context, d *db.DB, after, most int) ([]Told, error) {
	if err := access.Person(ctx); err != nil {
		return nil, err
	}
	userID := viewer.From(ctx).UserID
	rows, err := d.Reader().QueryContext(ctx, about, userID, after, most)
	if err != nil {
		return nil, fmt.Errorf("loading audit entries: %w", err)
	}
	defer rows.Close()
	var list []Told
	for rows.Next() {
		var t Told
		var actorID, aboutID int
		var detail []byte
		if err := rows.Scan(&t.ID, &t.At, &t.Action, &t.Outcome, &t.By, &actorID, &t.OnKind, &t.OnID, &aboutID, &detail); err != nil {
			return nil, fmt.Errorf("loading audit entries: %w", err)
		}
		t.At, t.Own = t.At.UTC(), actorID == userID
		if t.Detail, err = t.tell(detail, userID, aboutID); err != nil {
			return nil, fmt.Errorf("reading audit entry %d: %w", t.ID, err)
		}
		list = append(list, t)
	}
	return list, rows.Err()
}

// tell leaves out of an entry's detail what is not the user's.
func (t Told) tell(detail []byte, userID, aboutID int) (json.RawMessage, error) {
	upon := t.OnKind == "" || t.OnKind == OnUser(0).Kind && t.OnID == userID || t.OnKind == OnToken(0).Kind && aboutID == userID
	switch {
	case detail == nil || !upon:
		return nil, nil
	case t.Own || t.By == string(viewer.Anonymous):
		return detail, nil
	}
	var all map[string]any
	if err := json.Unmarshal(detail, &all); err != nil {
		return nil, err
	}
	for _, theirs := range clientKeys {
		delete(all, theirs)
	}
	if t.withholds(all) {
		delete(all, "reason")
	}
	if len(all) == 0 {
		return nil, nil
	}
	return json.Marshal(all)
}

// withholds reports whether the reason is for staff alone: as in the history of a proof of identity, users are told why it
// was rejected, and nothing else.
func (t Told) withholds(detail map[string]any) bool {
	switch t.Action {
	case VerificationRequested, VerificationReset:
		return true
	case VerificationBrought:
		return detail["approved"] == true
	default:
		return false
	}
}
