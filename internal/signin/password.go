package signin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"roster/ent/generated/signin"
	"roster/ent/generated/user"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/email"
	"roster/internal/fault"
	"roster/internal/secret"
	"roster/internal/throttle"
)

// wrong is the one answer for unknown, suspended, locked and wrong (security.md #26).
func wrong() error {
	return fault.New(fault.Wrong, "The e-mail address or the password is not right, or there were too many tries.")
}

// candidate is whom an address leads to; userID is 0 when to nobody.
type candidate struct {
	userID  int
	version int
	state   user.State
	hash    string
	// whose names the counter of the wrong passwords.
	whose string
	// effort is what every check has to cost while imported hashes wait for their owners (security.md #7).
	effort secret.Effort
}

// SignIn checks an address and a password, and opens a session or asks for the second factor. fault.Wrong, without a
// field: whatever the reason. fault.RateLimited: too many wrong ones from this network. fault.TryLater: too many
// sign-ins at this moment. Nobody can tell from answer or time whether the address has a user.
func (s *Service) SignIn(ctx context.Context, address, password string, remember bool) (Outcome, error) {
	beat := throttle.StartBeatOf(canonical(address), refusalStep)
	out, err := s.signIn(ctx, address, password, remember)
	if fault.Is(err, fault.Wrong) {
		beat.Wait(ctx)
	}
	return out, err
}

// refusalStep hides what a refusal of a known address takes longer than one of an unknown address: the password costs the
// same, but the database has more to look up and to write.
const refusalStep = 50 * time.Millisecond

func (s *Service) signIn(ctx context.Context, address, password string, remember bool) (Outcome, error) {
	if err := canHold(ctx); err != nil {
		return Outcome{}, err
	}
	who, err := s.candidate(ctx, address)
	if err != nil {
		return Outcome{}, err
	}
	locked, err := s.takePassword(ctx, who)
	if err != nil {
		return Outcome{}, err
	}
	checked, err := s.check(ctx, who, locked, password)
	if err != nil {
		return Outcome{}, s.giveBack(ctx, who, locked, err)
	}
	var end ended
	err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		if checked.outcome != signin.OutcomeSIGNED_IN {
			return s.refuse(ctx, tx, who, checked.outcome)
		}
		end, err = s.accept(ctx, tx, who, checked, remember)
		if errors.Is(err, errChanged) {
			return s.refuse(ctx, tx, who, signin.OutcomeNOT_ALLOWED)
		}
		return err
	})
	if err != nil {
		return Outcome{}, err
	}
	return deliver(ctx, end), nil
}

// canonical is the form of an address that the store knows. What is no address is nobody's, and told so like any other.
func canonical(address string) string {
	parsed, _ := email.Parse(address)
	return parsed.Key
}

// byAddress always returns one row, and costs the same for nobody.
const byAddress = `SELECT (SELECT max(hash) FROM passwords WHERE wrapped), u.id, u.credential_version, u.state, p.hash
FROM (SELECT 1) AS one LEFT JOIN users u ON u.email_key = $1 LEFT JOIN passwords p ON p.user_id = u.id`

func (s *Service) candidate(ctx context.Context, address string) (candidate, error) {
	key := canonical(address)
	var c candidate
	var id, version sql.NullInt64
	var state, hash, dearest sql.NullString
	if err := s.DB.Reader().QueryRowContext(ctx, byAddress, key).Scan(&dearest, &id, &version, &state, &hash); err != nil {
		return candidate{}, fmt.Errorf("loading who signs in: %w", err)
	}
	c.userID, c.version, c.state, c.hash = int(id.Int64), int(version.Int64), user.State(state.String), hash.String
	c.effort = secret.EffortOf(dearest.String)
	c.whose = throttle.Address(key)
	if id.Valid {
		c.whose = throttle.User(c.userID)
	}
	return c, nil
}

// takePassword counts the try before it is made, so that many at once count as many. Here and below the network comes
// last: all sign-ins from it wait for its row, and one order everywhere keeps them from waiting for each other.
func (s *Service) takePassword(ctx context.Context, who candidate) (locked bool, err error) {
	now, network := s.now(), throttle.Network(viewer.From(ctx).Address)
	err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		if locked, err = refused(throttle.Password.Take(ctx, tx, who.whose, now)); err != nil {
			return err
		}
		err := throttle.PasswordNetwork.Take(ctx, tx, network, now)
		if err != nil {
			tx.Remember(func(ctx context.Context, tx *db.Tx) error {
				return audit.Refused(ctx, tx, now, audit.Entry{Action: audit.SignInRefused}, err)
			})
		}
		return err
	})
	return locked, err
}

// giveBack takes a try off the counts that could not be made for want of room, and returns err.
func (s *Service) giveBack(ctx context.Context, who candidate, locked bool, err error) error {
	if !fault.Is(err, fault.TryLater) {
		return err
	}
	network := throttle.Network(viewer.From(ctx).Address)
	back := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		if !locked {
			if err := throttle.Password.GiveBack(ctx, tx, who.whose); err != nil {
				return err
			}
		}
		return throttle.PasswordNetwork.GiveBack(ctx, tx, network)
	})
	if back != nil {
		return errors.Join(err, back)
	}
	return err
}

// refuse remembers why, in the audit log and in the user's own history, and answers what it always answers.
func (s *Service) refuse(ctx context.Context, tx *db.Tx, who candidate, outcome signin.Outcome) error {
	now, refusal := s.now(), wrong()
	tx.Remember(func(ctx context.Context, tx *db.Tx) error {
		return s.refuseUser(ctx, tx, audit.SignInRefused, who.userID, outcome, now, refusal)
	})
	return refusal
}

// accept clears the counts that the right password disproves, replaces an outdated hash, and finishes.
func (s *Service) accept(ctx context.Context, tx *db.Tx, who candidate, c checked, remember bool) (ended, error) {
	now := s.now()
	if err := throttle.Password.Clear(ctx, tx, who.whose); err != nil {
		return ended{}, err
	}
	if c.fresh != "" {
		if err := replaceHash(ctx, tx, who, c.fresh); err != nil {
			return ended{}, err
		}
	}
	end, err := s.finish(ctx, tx, proof{userID: who.userID, version: who.version, remember: remember}, now)
	if err != nil {
		return ended{}, err
	}
	return end, throttle.PasswordNetwork.GiveBack(ctx, tx, throttle.Network(viewer.From(ctx).Address))
}

// replaceHash stores the same password under today's parameters, unless somebody set another one meanwhile. That is
// not a change of the password: changed_at and the credentials' version stay.
func replaceHash(ctx context.Context, tx *db.Tx, who candidate, fresh string) error {
	_, err := tx.SQL.ExecContext(ctx, "UPDATE passwords SET hash = $1, wrapped = $2 WHERE user_id = $3 AND hash = $4",
		fresh, false, who.userID, who.hash)
	if err != nil {
		return fmt.Errorf("replacing an outdated hash: %w", err)
	}
	return nil
}
