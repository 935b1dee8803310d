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
	"roster/internal/factors"
)

// SessionsPerUser is how many open sessions a user may have; the oldest falls (security.md #19).
const SessionsPerUser = 20

// How long a sign-in waits for its second factor, and for how many tries (security.md #12, #24).
const (
	pendingLasts = 10 * time.Minute
	pendingTries = 5
)

// enrolmentLasts is how long a sign-in waits for a second factor to be set up: time to find and install an app.
const enrolmentLasts = 30 * time.Minute

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

	// accountID is the account acted for at present; 0: none was chosen.
	accountID int

	userID      int
	userVersion int
	state       user.State
	language    string
	staff       bool
	permissions permission.AdminSet

	// demanded says that the user must have a second factor, enabled that they have one, and dueAt from when on nothing
	// opens without.
	demanded, enabled bool
	dueAt             time.Time
}

// lookup is all that a request costs before its own statements.
const lookup = `SELECT s.id, s.stage, s.remember, s.credential_version, s.created_at, s.seen_at, s.expires_at, s.sudo_at, s.account_id,
	u.id, u.credential_version, u.state, u.language, r.permissions, ` + factors.DemandColumns + `
FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN roles r ON r.id = u.role_id
WHERE s.secret_hash = $1`

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// find returns the session with this hash, nil when there is none. Whether it is good, alive says.
func find(ctx context.Context, q querier, hash []byte) (*found, error) {
	var f found
	var role []byte
	var account sql.NullInt64
	var demand factors.Demand
	err := q.QueryRowContext(ctx, lookup, hash).Scan(append([]any{
		&f.id, &f.stage, &f.remember, &f.version, &f.createdAt, &f.seenAt, &f.expiresAt, &f.sudoAt, &account,
		&f.userID, &f.userVersion, &f.state, &f.language, &role,
	}, demand.Targets()...)...)
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
	f.enabled, f.accountID = demand.Enabled(), int(account.Int64)
	if f.dueAt, f.demanded, err = demand.Due(); err != nil {
		return nil, err
	}
	return &f, nil
}

// mustEnroll reports whether nothing is open to the session but setting up a second factor. Once there is a factor,
// somebody has to give it: a session that never did is then good for nothing.
func (f *found) mustEnroll() bool { return !f.enabled && f.stage == session.StageENROLMENT }

// overdue reports whether the time to set up a second factor ran out while the session was open (product.md C13). Its
// password may have been given long ago, so it sets up nothing either: one signs in anew, and enrols then (security.md #30).
func (f *found) overdue(now time.Time) bool { return !f.enabled && f.demanded && !now.Before(f.dueAt) }

// alive reports whether the session still stands for its user at now.
func (f *found) alive(now time.Time) bool {
	if f.state != user.StateACTIVE || f.version != f.userVersion || !now.Before(f.expiresAt) {
		return false
	}
	if f.stage != session.StageOPEN {
		return true
	}
	last := lifetimeOf(f.staff, f.remember)
	return now.Before(f.createdAt.Add(last.absolute)) && now.Before(f.seenAt.Add(last.idle))
}

// viewer is who a request with this session acts as; client describes where it comes from.
func (f *found) viewer(client *viewer.Viewer) *viewer.Viewer {
	v := &viewer.Viewer{
		Kind: viewer.User, UserID: f.userID, SessionID: f.id, Permissions: f.permissions, Language: f.language,
		Address: client.Address, Device: client.Device, RequestID: client.RequestID, At: client.At, AccountID: f.accountID,
	}
	if f.staff {
		v.Kind = viewer.Staff
	}
	if !f.sudoAt.IsZero() {
		v.SudoUntil = f.sudoAt.Add(access.SudoLasts).UTC()
	}
	if v.TwoFactorRequired = f.demanded; f.demanded && !f.enabled {
		v.TwoFactorDueAt = f.dueAt.UTC()
	}
	return v
}

// enrolling is who a request acts as whose session waits for a second factor to be set up: nobody, to all but that.
func (f *found) enrolling(client *viewer.Viewer) *viewer.Viewer {
	v := anonymous(client)
	v.Enrolling = &viewer.Enrolling{UserID: f.userID, SessionID: f.id}
	return v
}

// anonymous is nobody, coming from where client comes from.
func anonymous(client *viewer.Viewer) *viewer.Viewer {
	v := &viewer.Viewer{Kind: viewer.Anonymous}
	if client != nil {
		v.Address, v.Device, v.RequestID, v.Language, v.At = client.Address, client.Device, client.RequestID, client.Language, client.At
	}
	return v
}
