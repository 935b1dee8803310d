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
	// network is the lock of the network that they come from; nil: there is none.
	network *throttle.Lock
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
const byAddress = `SELECT (SELECT max(hash) FROM passwords WHERE wrapped), n.tries, n.since, u.id, u.credential_version, u.state, p.hash
FROM (SELECT 1) AS one LEFT JOIN throttles n ON n.id = $2 LEFT JOIN users u ON u.email_key = $1 LEFT JOIN passwords p ON p.user_id = u.id`

func (s *Service) candidate(ctx context.Context, address string) (candidate, error) {
	key := canonical(address)
	var c candidate
	var tries, id, version sql.NullInt64
	var state, hash, dearest sql.NullString
	var since sql.NullTime
	network := throttle.PasswordNetwork.Key(throttle.Network(viewer.From(ctx).Address))
	err := s.DB.Reader().QueryRowContext(ctx, byAddress, key, network).Scan(&dearest, &tries, &since, &id, &version, &state, &hash)
	if err != nil {
		return candidate{}, fmt.Errorf("loading who signs in: %w", err)
	}
	if lock, stands := throttle.PasswordNetwork.LockOf(int(tries.Int64), since.Time, time.Time{}, s.now()); stands {
		c.network = &lock
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
	if who.network != nil {
		return false, s.turnAway(ctx, *who.network)
	}
	now, network := s.now(), throttle.Network(viewer.From(ctx).Address)
	counted, err := db.Together(ctx, s.DB,
		throttle.Password.Taking(s.DB.Dialect, who.whose, now), throttle.PasswordNetwork.Taking(s.DB.Dialect, network, now))
	if err != nil {
		return false, fmt.Errorf("counting a try: %w", err)
	}
	locked = counted[0] == 0
	if counted[1] > 0 {
		return locked, nil
	}
	var back []db.Statement // others were faster
	if !locked {
		back = append(back, throttle.Password.GivingBack(s.DB.Dialect, who.whose))
	}
	return false, s.turnAway(ctx, throttle.Lock{Until: now}, back...)
}

// turnAway refuses a network, and records that, whether or not anybody waits for the answer.
func (s *Service) turnAway(ctx context.Context, lock throttle.Lock, also ...db.Statement) error {
	refusal := lock.Refusal(s.now())
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		for _, statement := range also {
			tx.AtCommit(statement)
		}
		return audit.Refused(ctx, tx, s.now(), audit.Entry{Action: audit.SignInRefused}, refusal)
	})
	if err != nil {
		return err
	}
	return refusal
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

// accept replaces an outdated hash, finishes, and clears the counts that the right password disproves.
func (s *Service) accept(ctx context.Context, tx *db.Tx, who candidate, c checked, remember bool) (ended, error) {
	if c.fresh != "" {
		if err := replaceHash(ctx, tx, who, c.fresh); err != nil {
			return ended{}, err
		}
	}
	end, err := s.finish(ctx, tx, proof{userID: who.userID, version: who.version, remember: remember}, s.now())
	if err != nil {
		return ended{}, err
	}
	tx.AtCommit(throttle.Password.Clearing(tx.Dialect, who.whose))
	tx.AtCommit(throttle.PasswordNetwork.GivingBack(tx.Dialect, throttle.Network(viewer.From(ctx).Address)))
	return end, nil
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
