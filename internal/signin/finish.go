package signin

import (
	"context"
	"fmt"
	"time"

	"roster/ent/generated/session"
	"roster/ent/generated/signin"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/factors"
	"roster/internal/mail"
	"roster/internal/secret"
)

// Outcome is how far a sign-in came: either Viewer or Needed is set.
type Outcome struct {
	// Viewer is who the session stands for.
	Viewer *viewer.Viewer
	// Needed says that a second factor is asked for.
	Needed *SecondFactor
}

// SecondFactor is what a sign-in waits for.
type SecondFactor struct {
	// Methods are the ways in which it can be given.
	Methods []factors.Method
	// ExpiresAt is until when it waits.
	ExpiresAt time.Time
}

// proof is what somebody gave to sign in, and the credentials that it was checked against.
type proof struct {
	userID   int
	version  int
	second   bool
	remember bool
}

// ended is an Outcome with the cookie that carries it.
type ended struct {
	Outcome
	cookie   string
	remember bool
}

// finish is the one end of every way to sign in, and the only place that makes a session (security.md #28). It demands
// each enrolled factor, and makes a new id whatever the browser came with: that one dies (#17). It returns errChanged
// when the user may not sign in any more, or with other credentials only.
func (s *Service) finish(ctx context.Context, tx *db.Tx, p proof, now time.Time) (ended, error) {
	if err := s.drop(ctx, tx); err != nil {
		return ended{}, err
	}
	methods, err := s.Factors.Enrolled(ctx, tx.Client, p.userID)
	if err != nil {
		return ended{}, err
	}
	if len(methods) > 0 && !p.second {
		cookie, _, err := s.create(ctx, tx, p, session.StageSECOND_FACTOR, pendingLasts, now)
		needed := &SecondFactor{Methods: methods, ExpiresAt: now.Add(pendingLasts)}
		return ended{Outcome: Outcome{Needed: needed}, cookie: cookie}, err
	}
	return s.open(ctx, tx, p, now)
}

// open makes the session of somebody who gave everything.
func (s *Service) open(ctx context.Context, tx *db.Tx, p proof, now time.Time) (ended, error) {
	strange, err := s.strange(ctx, tx, p.userID, now) // what follows makes the device a known one
	if err != nil {
		return ended{}, err
	}
	// One statement checks again, locks the row and records the sign-in (security.md #45).
	result, err := tx.SQL.ExecContext(ctx,
		"UPDATE users SET last_login_at = $1 WHERE id = $2 AND credential_version = $3 AND state = 'ACTIVE'",
		now, p.userID, p.version)
	if err := one(result, err, "recording the sign-in"); err != nil {
		return ended{}, err
	}
	cookie, hash, err := s.create(ctx, tx, p, session.StageOPEN, lifetimeOf(false, p.remember).absolute, now)
	if err != nil {
		return ended{}, err
	}
	f, err := find(ctx, tx.SQL, hash)
	if err != nil {
		return ended{}, err
	} else if f == nil {
		return ended{}, fmt.Errorf("loading the new session: it is not there")
	}
	v := f.viewer(viewer.From(ctx).Actor())
	ctx = viewer.With(ctx, v)
	if err := s.history(ctx, tx, p.userID, signin.OutcomeSIGNED_IN, now); err != nil {
		return ended{}, err
	}
	if strange {
		if err := s.tell(ctx, tx, p.userID, mail.NewSignIn, now); err != nil {
			return ended{}, err
		}
	}
	entry := audit.Entry{Action: audit.SignedIn, Target: audit.OnUser(p.userID)}
	if err := audit.Record(ctx, tx, now, entry); err != nil {
		return ended{}, err
	}
	return ended{Outcome: Outcome{Viewer: v}, cookie: cookie, remember: p.remember && !f.staff}, nil
}

// create makes a session row, and lets the user's oldest ones of the same stage fall.
func (s *Service) create(ctx context.Context, tx *db.Tx, p proof, stage session.Stage, lasts time.Duration, now time.Time) (cookie string, hash []byte, err error) {
	v := viewer.From(ctx)
	ctx = viewer.ForSystem(ctx, "sign-in")
	token := secret.New(secret.Session)
	err = tx.Session.Create().
		SetUserID(p.userID).SetSecretHash(token.Hash).SetStage(stage).SetRemember(p.remember).
		SetCredentialVersion(p.version).SetCreatedAt(now).SetSeenAt(now).SetExpiresAt(now.Add(lasts)).
		SetAddress(addressOf(v)).SetDevice(v.Device).
		Exec(ctx)
	if err != nil {
		return "", nil, fmt.Errorf("saving session: %w", err)
	}
	_, err = tx.SQL.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = $1 AND stage = $2 AND id NOT IN
		(SELECT id FROM sessions WHERE user_id = $1 AND stage = $2 ORDER BY id DESC LIMIT $3)`, p.userID, string(stage), perUser)
	if err != nil {
		return "", nil, fmt.Errorf("ending the oldest sessions: %w", err)
	}
	return token.Plain, token.Hash, nil
}

// drop ends the session, open or waiting, that the browser came with.
func (s *Service) drop(ctx context.Context, tx *db.Tx) error {
	hash, ok := jarOf(ctx).hash()
	if !ok {
		return nil
	}
	if _, err := tx.SQL.ExecContext(ctx, "DELETE FROM sessions WHERE secret_hash = $1", hash); err != nil {
		return fmt.Errorf("ending the session: %w", err)
	}
	return nil
}

// history adds a row to the user's own list of sign-ins.
func (s *Service) history(ctx context.Context, tx *db.Tx, userID int, outcome signin.Outcome, now time.Time) error {
	v := viewer.From(ctx)
	err := tx.SignIn.Create().SetUserID(userID).SetAt(now).SetOutcome(outcome).
		SetAddress(addressOf(v)).SetDevice(v.Device).
		Exec(viewer.ForSystem(ctx, "sign-in history"))
	if err != nil {
		return fmt.Errorf("saving the sign-in history: %w", err)
	}
	return nil
}
