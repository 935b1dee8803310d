package signin

import (
	"context"
	"log/slog"
	"time"

	"roster/ent/generated/session"
	"roster/ent/viewer"
	"roster/internal/secret"
)

// seldom is how often the use of a session is written down, at most.
const seldom = time.Minute

// touchesAtOnce bounds what waits to be written; what finds no room is written at a later request.
const touchesAtOnce = 8

// Authenticate returns who a request with this cookie acts as, with one statement: the session, its user's state and
// credentials, and the role's permissions, so that a change of any holds from the next request on (security.md #15).
// It is the anonymous viewer when the cookie is none of ours, or its session is over or waits for a second factor: to
// be given, or to be set up.
// Address, device and request are those of the context's viewer.
func (s *Service) Authenticate(ctx context.Context, cookie string) (*viewer.Viewer, error) {
	f, err := s.standing(ctx, cookie)
	if err != nil {
		return nil, err
	}
	client := anonymous(viewer.From(ctx))
	switch {
	case f == nil:
		return client, nil
	case f.mustEnroll():
		return f.enrolling(client), nil
	case f.stage != session.StageOPEN || f.overdue(s.now()):
		return client, nil
	}
	s.touch(ctx, f)
	return f.viewer(client), nil
}

// standing is the session of the cookie, nil when there is none that stands.
func (s *Service) standing(ctx context.Context, cookie string) (*found, error) {
	hash, ok := secret.Hash(secret.Session, cookie)
	if !ok {
		return nil, nil //nolint:nilnil // no session is an answer, not a failure
	}
	f, err := find(ctx, s.DB.Front(), hash)
	if err != nil || f == nil || !f.alive(s.now()) {
		return nil, err
	}
	return f, nil
}

// touch writes down that the session was used, beside the request and not before its answer.
func (s *Service) touch(ctx context.Context, f *found) {
	now := s.now()
	if now.Sub(f.seenAt) < seldom {
		return
	}
	if s.touching.Add(1) > touchesAtOnce {
		s.touching.Add(-1)
		return
	}
	s.touches.Go(func() {
		defer s.touching.Add(-1)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_, err := s.DB.Writer().ExecContext(ctx,
			"UPDATE sessions SET seen_at = $1 WHERE id = $2 AND seen_at <= $3", now, f.id, now.Add(-seldom))
		if err == nil && f.accountID != 0 {
			_, err = s.DB.Writer().ExecContext(ctx,
				`UPDATE memberships SET last_seen_at = $1
				WHERE user_id = $2 AND account_id = $3 AND (ends_at IS NULL OR ends_at > $1)`, now, f.userID, f.accountID)
		}
		if err != nil {
			slog.WarnContext(ctx, "writing down the use of a session", "session", f.id, "err", err)
		}
	})
}
