package signin

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"roster/ent/generated/session"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
)

// perUser is how many open sessions a user may have; the oldest falls (security.md #19).
const perUser = 20

// How long a sign-in waits for its second factor, and for how many tries (security.md #12, #24).
const (
	pendingLasts = 10 * time.Minute
	pendingTries = 5
)

// lifetime is how long a session lasts without use, and in any case.
type lifetime struct{ idle, absolute time.Duration }

// lifetimeOf is security.md #18. It is asked at each request, so who becomes staff is held to staff's at once.
func lifetimeOf(staff, remember bool) lifetime {
	switch {
	case staff:
		return lifetime{30 * time.Minute, 12 * time.Hour}
	case remember:
		return lifetime{7 * 24 * time.Hour, 30 * 24 * time.Hour}
	}
	return lifetime{time.Hour, 24 * time.Hour}
}

// found is a session, with what a request needs to know of its user.
type found struct {
	id       int
	stage    session.Stage
	remember bool
	version  int

	createdAt, seenAt, expiresAt, sudoAt time.Time

	userID      int
	userVersion int
	state       user.State
	language    string
	staff       bool
	permissions permission.AdminSet
}

// lookup is all that a request costs before its own statements.
const lookup = `SELECT s.id, s.stage, s.remember, s.credential_version, s.created_at, s.seen_at, s.expires_at, s.sudo_at,
	u.id, u.credential_version, u.state, u.language, r.permissions
FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN roles r ON r.id = u.role_id
WHERE s.secret_hash = $1`

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// find returns the session with this hash, nil when there is none. Whether it is good, alive says.
func find(ctx context.Context, q querier, hash []byte) (*found, error) {
	var f found
	var role []byte
	err := q.QueryRowContext(ctx, lookup, hash).Scan(
		&f.id, &f.stage, &f.remember, &f.version, &f.createdAt, &f.seenAt, &f.expiresAt, &f.sudoAt,
		&f.userID, &f.userVersion, &f.state, &f.language, &role)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // no session is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("loading session: %w", err)
	}
	if role != nil {
		f.staff = true
		if err := json.Unmarshal(role, &f.permissions); err != nil {
			return nil, fmt.Errorf("loading role: %w", err)
		}
	}
	return &f, nil
}

// alive reports whether the session still stands for its user at now.
func (f *found) alive(now time.Time) bool {
	if f.state != user.StateACTIVE || f.version != f.userVersion || !now.Before(f.expiresAt) {
		return false
	}
	if f.stage == session.StageSECOND_FACTOR {
		return true
	}
	last := lifetimeOf(f.staff, f.remember)
	return now.Before(f.createdAt.Add(last.absolute)) && now.Before(f.seenAt.Add(last.idle))
}

// viewer is who a request with this session acts as; client describes where it comes from.
func (f *found) viewer(client *viewer.Viewer) *viewer.Viewer {
	v := &viewer.Viewer{
		Kind: viewer.User, UserID: f.userID, SessionID: f.id, Permissions: f.permissions, Language: f.language,
		Address: client.Address, Device: client.Device, RequestID: client.RequestID,
	}
	if f.staff {
		v.Kind = viewer.Staff
	}
	if !f.sudoAt.IsZero() {
		v.SudoUntil = f.sudoAt.Add(access.SudoLasts).UTC()
	}
	return v
}

// anonymous is nobody, coming from where client comes from.
func anonymous(client *viewer.Viewer) *viewer.Viewer {
	v := &viewer.Viewer{Kind: viewer.Anonymous}
	if client != nil {
		v.Address, v.Device, v.RequestID, v.Language = client.Address, client.Device, client.RequestID, client.Language
	}
	return v
}
