package signin

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"entgo.io/ent/dialect"

	"roster/ent/generated/session"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/factors"
)

// subject is who signs in, as they are at that moment.
type subject struct {
	userID, version int
	lastLogin       time.Time
	language        string
	staff           bool
	permissions     permission.AdminSet
	// ways are how they can give a second factor; empty: they have none.
	ways   []factors.Method
	demand factors.Demand
	// sessions are how many they have open; nextSession is the id of the next one.
	sessions, nextSession int
	// sameDevice says that they signed in with the very same device at the very same address before; false says nothing
	// yet, see knows.
	sameDevice bool
}

// bySubject reads all that the way on depends on, of a user who is active and has the credentials that were checked.
// The id of the session comes with it, so that the session itself can be made together with the commit.
const bySubject = `SELECT %s, u.last_login_at, u.language, r.permissions, ` + factors.WaysColumns + `, ` + factors.DemandColumns + `,
	(SELECT count(*) FROM sessions s WHERE s.user_id = u.id AND s.stage = 'OPEN'),
	EXISTS (SELECT 1 FROM sign_ins i WHERE i.user_id = u.id AND i.outcome = 'SIGNED_IN' AND i.at > $3 AND i.device = $4 AND i.address = $5)
FROM users u LEFT JOIN roles r ON r.id = u.role_id
WHERE u.id = $1 AND u.credential_version = $2 AND u.state = 'ACTIVE'`

// One writer at a time gives SQLite's ids, and is the one that reads this: nothing is left to lock either.
var (
	subjectSQLite   = fmt.Sprintf(bySubject, "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'sessions'), 0) + 1")
	subjectPostgres = fmt.Sprintf(bySubject, "nextval(pg_get_serial_sequence('sessions', 'id'))") + " FOR NO KEY UPDATE OF u"
)

// subject loads who signs in with one statement, and keeps the row to the transaction: of two sign-ins at once the later
// one finds the first (security.md #45). errChanged: they may not sign in any more, or with other credentials only.
func (s *Service) subject(ctx context.Context, tx *db.Tx, p proof, now time.Time) (*subject, error) {
	query := subjectSQLite
	if tx.Dialect == dialect.Postgres {
		query = subjectPostgres
	}
	who := subject{userID: p.userID, version: p.version}
	var role []byte
	var has factors.Has
	targets := append([]any{&who.nextSession, &who.lastLogin, &who.language, &role}, has.Targets()...)
	targets = append(append(targets, who.demand.Targets()...), &who.sessions, &who.sameDevice)
	v := viewer.From(ctx)
	err := tx.SQL.QueryRowContext(ctx, query, p.userID, p.version, now.Add(-historyLasts), v.Device, addressOf(v)).Scan(targets...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errChanged
	} else if err != nil {
		return nil, fmt.Errorf("loading who signs in: %w", err)
	}
	if role != nil {
		who.staff = true
		if err := json.Unmarshal(role, &who.permissions); err != nil {
			return nil, fmt.Errorf("loading role: %w", err)
		}
	}
	who.ways = has.Ways()
	if len(who.ways) == 0 && who.demand.Enabled() {
		// PostgreSQL, having waited for the row, shows the row as it is now and the rest as it was before.
		if who.ways, err = s.Factors.Ways(ctx, tx.Client, p.userID); err != nil {
			return nil, err
		}
	}
	return &who, nil
}

// strange reports whether the user signs in with a device, or from a network, that they have not signed in with for as
// long as the history goes. The very first sign-in is no news: it follows registration or an invitation. It must be
// asked before the sign-in is recorded.
func (who *subject) strange(ctx context.Context, tx *db.Tx, now time.Time) (bool, error) {
	if who.lastLogin.IsZero() || who.sameDevice {
		return false, nil
	}
	known, err := knows(ctx, tx, who.userID, viewer.From(ctx), now)
	return !known, err
}

// found is the session that is made for the user.
func (who *subject) found(stage session.Stage, now time.Time) (*found, error) {
	f := &found{
		id: who.nextSession, stage: stage, version: who.version, createdAt: now, seenAt: now,
		userID: who.userID, userVersion: who.version, language: who.language, staff: who.staff, permissions: who.permissions,
		enabled: who.demand.Enabled(),
	}
	var err error
	f.dueAt, f.demanded, err = who.demand.Due()
	return f, err
}
