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
// one is enrolled; ConfirmByPasskey is the other way.
//
// A method weaker than the user's strongest does not count, and strength here is the number of factors, as it is at
// sign-in: what would not open a session does not open what a session keeps shut. For users with a passkey that means:
// the password alone never counts. Who has a passkey and no app confirms by passkey, which is both factors. Who has an
// app too may also give password and code. A passkey withstands a faked page and a code does not; still the code counts,
// for if only a passkey did, who lost theirs could sign in with the code but never remove the lost one, and a guard that
// is harder to pass than the door sends people to staff, who can remove everything. It follows that whoever can get hold
// of password and code can add a passkey; the mail about it tells the user (#36).
//
// The session gets a new id; the old one dies. fault.Wrong on password or code; with too many tries
// of this user, on any surface, always on password, right or not (#24). fault.Forbidden: an API token, which has nobody
// to prove. fault.Unauthenticated: nobody is signed in, or the session ended meanwhile.
func (s *Service) ConfirmIdentity(ctx context.Context, password string, second factors.Given) (Confirmation, error) {
	userID, err := mayConfirm(ctx)
	if err != nil {
		return Confirmation{}, err
	}
	if password == "" {
		return Confirmation{}, fault.On("password", fault.Required, "The password is needed.")
	}
	who, err := s.self(ctx, userID)
	if err != nil {
		return Confirmation{}, err
	}
	locked, err := s.takeSudo(ctx, userID)
	if err != nil {
		return Confirmation{}, err
	}
	result, err := s.check(ctx, who, locked, password)
	if err != nil {
		return Confirmation{}, s.giveSudoBack(ctx, userID, locked, err)
	}
	var ready factors.Proof
	if !second.None() {
		if ready, err = s.Factors.Prepare(ctx, userID, second); err != nil {
			return Confirmation{}, s.giveBackSecond(ctx, userID, locked, err)
		}
	}
	return s.proven(ctx, userID, func(ctx context.Context, tx *db.Tx) (confirmed, error) {
		return s.confirm(ctx, tx, who, result.outcome == signin.OutcomeSIGNED_IN, second, ready)
	})
}

// mayConfirm is the user who proves who they are.
func mayConfirm(ctx context.Context) (userID int, err error) {
	if err := access.SignedIn(ctx); err != nil {
		return 0, err
	}
	v := viewer.From(ctx)
	if v.UserID == 0 || !jarOf(ctx).usable() {
		return 0, fault.New(fault.Forbidden, "An API token cannot confirm who somebody is.")
	}
	return v.UserID, nil
}

// proven runs the last step of a proof, and hands the session with its new id out.
func (s *Service) proven(ctx context.Context, userID int, step func(ctx context.Context, tx *db.Tx) (confirmed, error)) (Confirmation, error) {
	var done confirmed
	entry := audit.Entry{Action: audit.IdentityConfirmed, Target: audit.OnUser(userID)}
	err := audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) (err error) {
		done, err = step(ctx, tx)
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
			tx.Remember(func(ctx context.Context, tx *db.Tx) error { return s.warn(ctx, tx, who.userID, s.now()) })
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
