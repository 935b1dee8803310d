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

// Outcome is how far a sign-in came: exactly one member is set.
type Outcome struct {
	// Viewer is who the session stands for.
	Viewer *viewer.Viewer
	// Needed says that a second factor is asked for.
	Needed *SecondFactor
	// Enrolment says that a second factor has to be set up first.
	Enrolment *Enrolment
}

// Enrolment is a sign-in that waits for a second factor to be set up.
type Enrolment struct {
	// ExpiresAt is until when it waits.
	ExpiresAt time.Time
}

// SecondFactor is what a sign-in waits for.
type SecondFactor struct {
	// Methods are the ways in which it can be given.
	Methods []factors.Method
	// ExpiresAt is until when it waits.
	ExpiresAt time.Time
	// MayTrust says that the device can go without it for a while, when its user wishes.
	MayTrust bool
}

// proof is what somebody gave to sign in, and the credentials that it was checked against.
type proof struct {
	userID   int
	version  int
	second   bool
	remember bool
	// trust asks to go without the second factor on this device for a while.
	trust bool
}

// ended is an Outcome with the cookie that carries it.
type ended struct {
	Outcome
	cookie   string
	remember bool
	// device is the cookie of a device that is trusted from here on; empty: none.
	device string
	// waiting is who the request acts as until the enrolment is done; nil unless Enrolment is set.
	waiting *viewer.Viewer
}

// finish is the one end of every way to sign in, and the only place that makes a session (security.md #28). It demands
// each enrolled factor, and makes a new id whatever the browser came with: that one dies (#17). It returns errChanged
// when the user may not sign in any more, or with other credentials only.
func (s *Service) finish(ctx context.Context, tx *db.Tx, p proof, now time.Time) (ended, error) {
	if err := s.drop(ctx, tx); err != nil {
		return ended{}, err
	}
	who, err := s.subject(ctx, tx, p, now)
	if err != nil {
		return ended{}, err
	}
	switch {
	case len(who.ways) == 0:
		if owed, err := who.demand.Owed(now); err != nil {
			return ended{}, err
		} else if owed {
			return s.enrol(ctx, tx, p, who, now)
		}
	case !p.second:
		if trusted, err := s.trusted(ctx, tx, p, who, now); err != nil {
			return ended{}, err
		} else if !trusted {
			return s.ask(ctx, tx, p, who, now)
		}
		p.remember = false // who gave no factor for up to 30 days goes without one for no 30 more (security.md #18)
	}
	return s.open(ctx, tx, p, who, now)
}

// ask makes the session of somebody who has to give the second factor.
func (s *Service) ask(ctx context.Context, tx *db.Tx, p proof, who *subject, now time.Time) (ended, error) {
	needed := &SecondFactor{Methods: who.ways, ExpiresAt: now.Add(pendingLasts)}
	var err error
	if needed.MayTrust, err = who.mayTrust(ctx, tx); err != nil {
		return ended{}, err
	}
	cookie := s.create(ctx, tx, p, who, session.StageSECOND_FACTOR, pendingLasts, now)
	return ended{Outcome: Outcome{Needed: needed}, cookie: cookie}, nil
}

// enrol makes the session of somebody who has to set up a second factor.
func (s *Service) enrol(ctx context.Context, tx *db.Tx, p proof, who *subject, now time.Time) (ended, error) {
	cookie := s.create(ctx, tx, p, who, session.StageENROLMENT, enrolmentLasts, now)
	f, err := who.found(session.StageENROLMENT, now)
	if err != nil {
		return ended{}, err
	}
	out := Outcome{Enrolment: &Enrolment{ExpiresAt: now.Add(enrolmentLasts)}}
	return ended{Outcome: out, cookie: cookie, waiting: f.enrolling(viewer.From(ctx).Actor())}, nil
}

// open makes the session of somebody who gave everything.
func (s *Service) open(ctx context.Context, tx *db.Tx, p proof, who *subject, now time.Time) (ended, error) {
	strange, err := who.strange(ctx, tx, now) // what follows makes the device a known one
	if err != nil {
		return ended{}, err
	}
	s.seen(ctx, tx, p.userID, now)
	cookie := s.create(ctx, tx, p, who, session.StageOPEN, lifetimeOf(false, p.remember).absolute, now)
	f, err := who.found(session.StageOPEN, now)
	if err != nil {
		return ended{}, err
	}
	v := f.viewer(viewer.From(ctx).Actor())
	ctx = viewer.With(ctx, v)
	if strange {
		if err := s.tell(ctx, tx, p.userID, mail.NewSignIn, now); err != nil {
			return ended{}, err
		}
	}
	entry := audit.Entry{Action: audit.SignedIn, Target: audit.OnUser(p.userID)}
	if err := audit.Record(ctx, tx, now, entry); err != nil {
		return ended{}, err
	}
	end := ended{Outcome: Outcome{Viewer: v}, cookie: cookie, remember: p.remember && !f.staff}
	if p.trust {
		end.device, err = s.trust(ctx, tx, p, who, now)
	}
	return end, err
}

// seen notes when the user signed in, on the user, whose row the transaction holds, and in their history.
func (s *Service) seen(ctx context.Context, tx *db.Tx, userID int, now time.Time) {
	tx.AtCommit(db.Statement{SQL: "UPDATE users SET last_login_at = $1 WHERE id = $2", Args: []any{now, userID}})
	tx.AtCommit(history(ctx, userID, signin.OutcomeSIGNED_IN, now))
}

const insertSession = `INSERT INTO sessions (id, user_id, secret_hash, stage, remember, credential_version,
	created_at, seen_at, expires_at, sudo_at, address, device) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11)`

const endOldest = `DELETE FROM sessions WHERE user_id = $1 AND stage = $2 AND id NOT IN
	(SELECT id FROM sessions WHERE user_id = $1 AND stage = $2 ORDER BY id DESC LIMIT $3)`

// create makes a session, under the id that is kept for it, and lets the user's oldest ones of the same stage fall.
func (s *Service) create(ctx context.Context, tx *db.Tx, p proof, who *subject, stage session.Stage, lasts time.Duration, now time.Time) (cookie string) {
	v, token := viewer.From(ctx), secret.New(secret.Session)
	tx.AtCommit(db.Statement{SQL: insertSession, Args: []any{
		who.nextSession, p.userID, token.Hash, string(stage), p.remember, p.version, now, now.Add(lasts), time.Time{}, addressOf(v), v.Device,
	}})
	// Other sign-ins of the user that came while this one waited for their row are not in the count.
	if stage != session.StageOPEN || who.sessions >= SessionsPerUser/2 {
		tx.AtCommit(db.Statement{SQL: endOldest, Args: []any{p.userID, string(stage), SessionsPerUser}})
	}
	return token.Plain
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

// history adds a row to the user's own list of sign-ins. Nobody, user 0, has none, and is looked for all the same: the
// time of a refusal must not tell whether an address has a user (security.md #26).
func history(ctx context.Context, userID int, outcome signin.Outcome, now time.Time) db.Statement {
	v := viewer.From(ctx)
	return db.Statement{
		SQL: `INSERT INTO sign_ins (user_id, at, outcome, address, device)
		SELECT id, $2, $3, $4, $5 FROM users WHERE id = $1`,
		Args: []any{userID, now, string(outcome), addressOf(v), v.Device},
	}
}
