package signin

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/session"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/devices"
	"roster/internal/fault"
)

// Standing is a session that stands: its user is signed in with it.
type Standing struct {
	*ent.Session
	// Current says that the viewer asks with this very session.
	Current bool
}

// Browser is what the session was opened with, empty when it is not recognised.
func (s *Standing) Browser() string { return devices.Read(s.Device).Browser }

// System is what the browser runs on, empty when it is not recognised.
func (s *Standing) System() string { return devices.Read(s.Device).System }

// stands reports whether a session, loaded with its user, still opens anything at now.
func stands(s *ent.Session, now time.Time) bool {
	u := s.Edges.User
	f := found{
		stage: s.Stage, remember: s.Remember, version: s.CredentialVersion,
		createdAt: s.CreatedAt, seenAt: s.SeenAt, expiresAt: s.ExpiresAt,
		userVersion: u.CredentialVersion, state: u.State, staff: u.RoleID != nil,
	}
	return f.stage == session.StageOPEN && f.alive(now)
}

func standing(ctx context.Context, s *ent.Session) *Standing {
	return &Standing{Session: s, Current: s.ID == viewer.From(ctx).SessionID}
}

// visible are those of the users whose sessions, sign-ins and locks the viewer may see: themselves, and for staff with
// LIST_USERS everybody.
func visible(ctx context.Context, userIDs []int) []int {
	return access.Visible(ctx, userIDs, permission.ListUsers)
}

// SessionsOf returns the sessions in which each of the users is signed in, as far as the viewer may see them: their own
// present one first, then the one used last. There are 20 of a user at most (security.md #19).
func (s *Service) SessionsOf(ctx context.Context, userIDs []int) (map[int][]*Standing, error) {
	userIDs = visible(ctx, userIDs)
	rows, err := s.DB.Session.Query().
		Where(session.UserIDIn(userIDs...), session.StageEQ(session.StageOPEN)).
		WithUser().
		All(viewer.ForSystem(ctx, "sessions of visible users"))
	if err != nil {
		return nil, fmt.Errorf("loading sessions: %w", err)
	}
	byUser := make(map[int][]*Standing, len(userIDs))
	for _, id := range userIDs {
		byUser[id] = []*Standing{}
	}
	now := s.now()
	for _, row := range rows {
		if stands(row, now) {
			byUser[row.UserID] = append(byUser[row.UserID], standing(ctx, row))
		}
	}
	for _, list := range byUser {
		slices.SortFunc(list, latestFirst)
	}
	return byUser, nil
}

func latestFirst(a, b *Standing) int {
	switch {
	case a.Current != b.Current && a.Current:
		return -1
	case a.Current != b.Current:
		return 1
	}
	return cmp.Or(b.SeenAt.Compare(a.SeenAt), cmp.Compare(b.ID, a.ID))
}

// Session returns a session that stands and that the viewer may see; nil when there is none (security.md #42).
func (s *Service) Session(ctx context.Context, id int) (*Standing, error) {
	if err := access.SignedIn(ctx); err != nil {
		return nil, err
	}
	row, err := s.DB.Session.Query().Where(session.ID(id)).WithUser().Only(viewer.ForSystem(ctx, "sessions of visible users"))
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // not there is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("loading session: %w", err)
	}
	if len(visible(ctx, []int{row.UserID})) == 0 || !stands(row, s.now()) {
		return nil, nil //nolint:nilnil // not there is an answer, not a failure
	}
	return standing(ctx, row), nil
}

// EndSession ends one of the viewer's other sessions: its next request is signed out. fault.NotFound: there is no such
// session, or it is somebody else's. fault.NotAllowed on sessionId: it is the one that the viewer asks with, which
// SignOut ends together with what the browser keeps.
func (s *Service) EndSession(ctx context.Context, id int) (*ent.User, error) {
	if err := access.Person(ctx); err != nil {
		return nil, err
	}
	v := viewer.From(ctx)
	entry := audit.Entry{Action: audit.SessionEnded, Target: audit.OnUser(v.UserID)}
	var u *ent.User
	err := audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) (err error) {
		if id == v.SessionID {
			return fault.On("sessionId", fault.NotAllowed, "This is the session that you are in. Sign out to end it.")
		}
		ended, err := takeSession(ctx, tx, v.UserID, id)
		if err != nil {
			return err
		}
		done := entry
		done.Detail = map[string]any{"endedAddress": ended.Address, "endedDevice": ended.Device, "signedInAt": ended.CreatedAt}
		if err := audit.Record(ctx, tx, s.now(), done); err != nil {
			return err
		}
		u, err = owner(ctx, tx, v.UserID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}

// takeSession removes one open session of the user's, and returns what it was.
func takeSession(ctx context.Context, tx *db.Tx, userID, id int) (*ent.Session, error) {
	ctx = viewer.ForSystem(ctx, "ending a session")
	row, err := tx.Session.Query().
		Where(session.ID(id), session.UserID(userID), session.StageEQ(session.StageOPEN)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.Gone("session")
	} else if err != nil {
		return nil, fmt.Errorf("loading session: %w", err)
	}
	n, err := tx.Session.Delete().Where(session.ID(id), session.UserID(userID)).Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("ending session: %w", err)
	} else if n == 0 { // it ended at this very moment
		return nil, fault.Gone("session")
	}
	return row, nil
}

// OtherSessions returns the viewer and how many sessions EndOtherSessions would end.
func (s *Service) OtherSessions(ctx context.Context) (*ent.User, int, error) {
	if err := access.Person(ctx); err != nil {
		return nil, 0, err
	}
	id := viewer.From(ctx).UserID
	byUser, err := s.SessionsOf(ctx, []int{id})
	if err != nil {
		return nil, 0, err
	}
	u, err := s.DB.User.Get(viewer.ForSystem(ctx, "sessions"), id)
	if err != nil {
		return nil, 0, fmt.Errorf("loading user: %w", err)
	}
	others := slices.DeleteFunc(byUser[id], func(s *Standing) bool { return s.Current })
	return u, len(others), nil
}

// EndOtherSessions ends all sessions of the viewer but the one that they ask with, and every sign-in that waits for
// something. It returns how many were open.
func (s *Service) EndOtherSessions(ctx context.Context) (*ent.User, int, error) {
	if err := access.Person(ctx); err != nil {
		return nil, 0, err
	}
	v := viewer.From(ctx)
	entry := audit.Entry{Action: audit.OtherSessionsEnded, Target: audit.OnUser(v.UserID)}
	var u *ent.User
	var ended int
	err := audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) (err error) {
		if ended, err = takeOthers(ctx, tx, v, s.now()); err != nil {
			return err
		}
		done := entry
		done.Detail = map[string]any{"sessions": ended}
		if err := audit.Record(ctx, tx, s.now(), done); err != nil {
			return err
		}
		u, err = owner(ctx, tx, v.UserID)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	return u, ended, nil
}

// takeOthers removes the viewer's other sessions, and returns how many of them stood.
func takeOthers(ctx context.Context, tx *db.Tx, v *viewer.Viewer, now time.Time) (int, error) {
	ctx = viewer.ForSystem(ctx, "ending sessions")
	if err := tx.LockUser(ctx, v.UserID); err != nil { // a sign-in at this moment comes before, or after
		return 0, err
	}
	rows, err := tx.Session.Query().Where(session.UserID(v.UserID), session.IDNEQ(v.SessionID)).WithUser().All(ctx)
	if err != nil {
		return 0, fmt.Errorf("loading sessions: %w", err)
	}
	n := 0
	for _, row := range rows {
		if stands(row, now) {
			n++
		}
	}
	if _, err := tx.Session.Delete().Where(session.UserID(v.UserID), session.IDNEQ(v.SessionID)).Exec(ctx); err != nil {
		return 0, fmt.Errorf("ending sessions: %w", err)
	}
	return n, nil
}

func owner(ctx context.Context, tx *db.Tx, userID int) (*ent.User, error) {
	u, err := tx.User.Get(viewer.ForSystem(ctx, "sessions"), userID)
	if err != nil {
		return nil, fmt.Errorf("loading user: %w", err)
	}
	return u, nil
}
