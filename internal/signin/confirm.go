package signin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"roster/ent/generated/signin"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/secret"
	"roster/internal/throttle"
)

// Confirmation is what became of a proof of identity: either SudoUntil or SecondFactorNeeded is set.
type Confirmation struct {
	// SudoUntil is until when the acts that need the proof are open.
	SudoUntil time.Time
	// SecondFactorNeeded says that the password was right, and that the code is needed too.
	SecondFactorNeeded bool
}

// ConfirmIdentity proves again who the viewer is (security.md #32): by the password, and by the second factor where
// one is enrolled. The session gets a new id; the old one dies. fault.Wrong on password or code; with too many tries
// of this user, on any surface, always on password, right or not (#24). fault.Forbidden: an API token, which has nobody
// to prove. fault.Unauthenticated: nobody is signed in, or the session ended meanwhile.
func (s *Service) ConfirmIdentity(ctx context.Context, password string, second factors.Given) (Confirmation, error) {
	if err := access.SignedIn(ctx); err != nil {
		return Confirmation{}, err
	}
	if !second.None() {
		if err := second.Check(); err != nil {
			return Confirmation{}, err
		}
	}
	v := viewer.From(ctx)
	if v.UserID == 0 || !jarOf(ctx).usable() {
		return Confirmation{}, fault.New(fault.Forbidden, "An API token cannot confirm who somebody is.")
	}
	who, err := s.self(ctx, v.UserID)
	if err != nil {
		return Confirmation{}, err
	}
	locked, err := s.takeSudo(ctx, v.UserID)
	if err != nil {
		return Confirmation{}, err
	}
	result, err := s.check(ctx, who, locked, password)
	if err != nil {
		return Confirmation{}, s.giveSudoBack(ctx, v.UserID, locked, err)
	}
	var ready factors.Proof
	if !second.None() {
		if ready, err = s.Factors.Prepare(ctx, v.UserID, second); err != nil {
			return Confirmation{}, s.giveBackSecond(ctx, v.UserID, locked, err)
		}
	}
	var done confirmed
	entry := audit.Entry{Action: audit.IdentityConfirmed, Target: audit.OnUser(v.UserID)}
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		done, err = s.confirm(ctx, tx, who, result.outcome == signin.OutcomeSIGNED_IN, second, ready)
		return err
	})
	if err != nil {
		return Confirmation{}, err
	}
	if done.viewer != nil {
		jarOf(ctx).set(done.cookie, done.remember)
		become(ctx, done.viewer)
	}
	return done.Confirmation, nil
}

// confirmed is a Confirmation with the session that carries it.
type confirmed struct {
	Confirmation
	cookie   string
	remember bool
	viewer   *viewer.Viewer
}

// self is the signed-in user as one whose password is checked.
func (s *Service) self(ctx context.Context, userID int) (candidate, error) {
	c := candidate{userID: userID, whose: throttle.User(userID)}
	var hash sql.NullString
	err := s.DB.Reader().QueryRowContext(ctx,
		"SELECT u.credential_version, u.state, p.hash FROM users u LEFT JOIN passwords p ON p.user_id = u.id WHERE u.id = $1",
		userID).Scan(&c.version, &c.state, &hash)
	if err != nil {
		return candidate{}, fmt.Errorf("loading the user's own password: %w", err)
	}
	c.hash = hash.String
	return c, nil
}

func (s *Service) takeSudo(ctx context.Context, userID int) (locked bool, err error) {
	err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		locked, err = refused(throttle.SecondFactor.Take(ctx, tx, throttle.User(userID), s.now()))
		return err
	})
	return locked, err
}

// giveSudoBack takes a try off the count that could not be made for want of room, and returns err.
func (s *Service) giveSudoBack(ctx context.Context, userID int, locked bool, err error) error {
	if locked || !fault.Is(err, fault.TryLater) {
		return err
	}
	back := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		return throttle.SecondFactor.GiveBack(ctx, tx, throttle.User(userID))
	})
	return errors.Join(err, back)
}

// confirm checks the second factor, where there is one, and writes the proof into the session.
func (s *Service) confirm(ctx context.Context, tx *db.Tx, who candidate, right bool, second factors.Given, ready factors.Proof) (confirmed, error) {
	if !right {
		return confirmed{}, fault.On("password", fault.Wrong, "The password is not right, or there were too many tries.")
	}
	enrolled, err := s.Factors.Enrolled(ctx, tx.Client, who.userID)
	if err != nil {
		return confirmed{}, err
	}
	if len(enrolled) > 0 && !second.None() {
		if ok, err := s.Factors.Use(ctx, tx, who.userID, ready); err != nil {
			return confirmed{}, err
		} else if !ok {
			return confirmed{}, wrongFactor(second)
		}
	}
	if err := throttle.SecondFactor.GiveBack(ctx, tx, throttle.User(who.userID)); err != nil {
		return confirmed{}, err
	}
	if len(enrolled) > 0 && second.None() {
		return confirmed{Confirmation: Confirmation{SecondFactorNeeded: true}}, nil
	}
	return s.elevate(ctx, tx, who)
}

// elevate notes the proof in the session, under a new id (security.md #17).
func (s *Service) elevate(ctx context.Context, tx *db.Tx, who candidate) (confirmed, error) {
	ended := fault.New(fault.Unauthenticated, "Please sign in.")
	old, ok := jarOf(ctx).hash()
	if !ok {
		return confirmed{}, ended
	}
	now, token := s.now(), secret.New(secret.Session)
	result, err := tx.SQL.ExecContext(ctx, `UPDATE sessions SET secret_hash = $1, sudo_at = $2, seen_at = $2
		WHERE secret_hash = $3 AND user_id = $4 AND stage = 'OPEN' AND credential_version = $5
		AND credential_version = (SELECT credential_version FROM users WHERE id = $4)`,
		token.Hash, now, old, who.userID, who.version)
	if err := one(result, err, "noting the proof"); errors.Is(err, errChanged) {
		return confirmed{}, ended
	} else if err != nil {
		return confirmed{}, err
	}
	f, err := find(ctx, tx.SQL, token.Hash)
	if err != nil {
		return confirmed{}, err
	}
	v := f.viewer(viewer.From(ctx).Actor())
	entry := audit.Entry{Action: audit.IdentityConfirmed, Target: audit.OnUser(who.userID)}
	if err := audit.Record(ctx, tx, now, entry); err != nil {
		return confirmed{}, err
	}
	return confirmed{Confirmation{SudoUntil: v.SudoUntil}, token.Plain, f.remember && !f.staff, v}, nil
}
