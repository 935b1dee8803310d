package signin

import (
	"context"
	"errors"
	"fmt"

	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/secret"
)

// Renewed is the viewer's session under a new id. Hand it out once its transaction is committed.
type Renewed struct {
	// Ended is how many other open sessions of the user ended.
	Ended int

	cookie   string
	remember bool
	viewer   *viewer.Viewer
}

// HandOut gives the browser the new id, and lets the rest of the request act under it.
func (r Renewed) HandOut(ctx context.Context) {
	jarOf(ctx).set(r.cookie, r.remember)
	become(ctx, r.viewer)
}

// Renew makes all that was opened with the viewer's credentials void, which stood at version a moment ago. It ends every
// session of theirs but the one at hand, which goes on under a new id; the old one dies (security.md #6, #17).
// fault.Unauthenticated: that session ended, or the credentials changed meanwhile.
func (s *Service) Renew(ctx context.Context, tx *db.Tx, version int) (Renewed, error) {
	userID := viewer.From(ctx).UserID
	result, err := tx.SQL.ExecContext(ctx, `UPDATE users SET credential_version = credential_version + 1
		WHERE id = $1 AND credential_version = $2 AND state = 'ACTIVE'`, userID, version)
	if err := one(result, err, "voiding credentials"); err != nil {
		return Renewed{}, orSignedOut(err)
	}
	old, _ := jarOf(ctx).hash()
	token := secret.New(secret.Session)
	result, err = tx.SQL.ExecContext(ctx, `UPDATE sessions SET secret_hash = $1, seen_at = $2, credential_version = $3
		WHERE secret_hash = $4 AND user_id = $5 AND stage = 'OPEN' AND credential_version = $6`,
		token.Hash, s.now(), version+1, old, userID, version)
	if err := one(result, err, "renewing the session"); err != nil {
		return Renewed{}, orSignedOut(err)
	}
	f, err := find(ctx, tx.SQL, token.Hash)
	if err != nil {
		return Renewed{}, err
	}
	ended, err := endOthers(ctx, tx, f)
	if err != nil {
		return Renewed{}, err
	}
	v := f.viewer(viewer.From(ctx).Actor())
	return Renewed{Ended: ended, cookie: token.Plain, remember: f.remember && !f.staff, viewer: v}, nil
}

// endOthers ends the user's other sessions, also those that wait for a second factor, and counts the open ones.
func endOthers(ctx context.Context, tx *db.Tx, kept *found) (open int, err error) {
	const others = " FROM sessions WHERE user_id = $1 AND id <> $2"
	err = tx.SQL.QueryRowContext(ctx, "SELECT count(*)"+others+" AND stage = 'OPEN'", kept.userID, kept.id).Scan(&open)
	if err != nil {
		return 0, fmt.Errorf("counting other sessions: %w", err)
	}
	if _, err := tx.SQL.ExecContext(ctx, "DELETE"+others, kept.userID, kept.id); err != nil {
		return 0, fmt.Errorf("ending other sessions: %w", err)
	}
	return open, nil
}

// orSignedOut tells who lost a race that they are signed out; other errors stay what they are.
func orSignedOut(err error) error {
	if errors.Is(err, errChanged) {
		return fault.New(fault.Unauthenticated, "Please sign in.")
	}
	return err
}
