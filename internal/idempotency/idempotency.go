// Package idempotency lets a client send a change again without making it twice (security.md #80): what became of it is
// kept for a day under a key that the client made up. A change and the note that it was made are one transaction, so
// wherever a server dies, and whatever the client heard of a commit (#79), either both are there or none.
package idempotency

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"entgo.io/ent/dialect"

	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/secret"
)

const (
	// lasts is how long a key means what it was first used for.
	lasts = 24 * time.Hour
	// aliveFor is how long who claimed a key may be at work: three times what an operation has (security.md #63).
	aliveFor = 30 * time.Second
	// again is when it is worth asking whether it is done by now.
	again = 2 * time.Second
	// Longest is how many bytes an answer may have to be kept.
	Longest = 64 << 10
	// swept is how many rows that are over go with each new one: more than one, so that they do not pile up.
	swept = 4
)

// What a fault.Conflict of Claim's is about, in its Reasons.
const (
	// Running: the change is being made, here or on another server.
	Running = "KEY_RUNNING"
	// Used: the key stands for another input.
	Used = "KEY_USED"
	// Made: the change was made, and what was answered is not kept.
	Made = "KEY_DONE"
)

// purpose separates our fingerprints from all else that the keys are for.
const purpose = "idempotency"

// Service claims keys and keeps answers.
type Service struct {
	DB      *db.DB
	Now     func() time.Time
	Keyring *secret.Keyring
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Request is a change that a client asks for under a key. The same viewer, operation and key make the same request, and
// it must have the same input each time.
type Request struct {
	Key, Operation string
	Input          []byte
}

// id names the request, by which the key itself can't be read. A person is one viewer in all sessions; each API token is
// one of its own.
func (r Request) id(v *viewer.Viewer) string {
	whose := fmt.Sprintf("user %d", v.UserID)
	if v.TokenID != 0 {
		whose = fmt.Sprintf("token %d", v.TokenID)
	}
	sum := sha256.Sum256([]byte(whose + "\x00" + r.Operation + "\x00" + r.Key))
	return hex.EncodeToString(sum[:])
}

// Claim is a request that one server, and nobody else, is at work on.
type Claim struct {
	id, holder string
	// settled is the transaction that noted last that the change was made, whatever became of it.
	settled *db.Tx
}

// Claim takes the request for this server, or returns what was answered to it before. Where an earlier holder must have
// died before the change was made, this one takes its place. fault.Conflict, with one of Running, Used and Made as reason.
func (s *Service) Claim(ctx context.Context, r Request) (claim *Claim, answered []byte, err error) {
	v := viewer.From(ctx)
	if !v.SignedIn() {
		return nil, nil, errors.New("claiming a key: nobody is there to keep it for")
	}
	id, now := r.id(v), s.now()
	before, err := s.look(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if !before.free(now) {
		if answered, err = s.kept(before, r.Input, now); answered != nil || err != nil {
			return nil, answered, err
		}
	}
	if claim, err = s.take(ctx, id, r.Input, before, now); claim != nil || err != nil {
		return claim, nil, err
	}
	// Somebody was faster.
	if before, err = s.look(ctx, id); err != nil {
		return nil, nil, err
	}
	if before.free(now) {
		return nil, nil, running()
	}
	if answered, err = s.kept(before, r.Input, now); answered == nil && err == nil {
		err = running()
	}
	return nil, answered, err
}

func running() error {
	f := fault.Wait(fault.Conflict, again, "This is being done already, under the same Idempotency-Key.")
	f.Reasons = []string{Running}
	return f
}

func refusal(reason, message string) error {
	f := fault.New(fault.Conflict, message)
	f.Reasons = []string{reason}
	return f
}

// row is what is known of a request; nil: nothing.
type row struct {
	fingerprint          []byte
	holder               string
	claimedAt, expiresAt time.Time
	// done: the change was made. ended: its answer was given, and is here if it ever will be.
	done, ended bool
	answer      sql.NullString
}

// free reports whether the key has no meaning, or none any more.
func (r *row) free(now time.Time) bool { return r == nil || !now.Before(r.expiresAt) }

// dead reports whether who claimed it can't be at work any more. A claim from the future was made by a clock that was
// wrong; to take one over too early does no harm, for then its holder can't settle it (security.md #83).
func (r *row) dead(now time.Time) bool { return now.Sub(r.claimedAt).Abs() >= aliveFor }

func (s *Service) look(ctx context.Context, id string) (*row, error) {
	var r row
	err := s.DB.Reader().QueryRowContext(ctx,
		"SELECT fingerprint, holder, claimed_at, expires_at, done, ended, answer FROM idempotency_keys WHERE id = $1", id).
		Scan(&r.fingerprint, &r.holder, &r.claimedAt, &r.expiresAt, &r.done, &r.ended, &r.answer)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // not there is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("looking for an idempotency key: %w", err)
	}
	return &r, nil
}

// kept is what there is to say to who comes with a key that means something; nothing where its holder died before the
// change was made.
func (s *Service) kept(r *row, input []byte, now time.Time) ([]byte, error) {
	same, err := s.Keyring.IsFingerprint(purpose, input, r.fingerprint)
	switch {
	case err != nil:
		return nil, fmt.Errorf("comparing the input of an idempotency key: %w", err)
	case !same:
		return nil, refusal(Used, "This Idempotency-Key was used for another input. Make up a new one for each change.")
	case r.answer.Valid:
		return []byte(r.answer.String), nil
	case r.done && (r.ended || r.dead(now)):
		return nil, refusal(Made, "This was done, under the same Idempotency-Key, and the answer is not kept. It was not done again.")
	case r.dead(now):
		return nil, nil
	}
	return nil, running()
}

// take writes the claim, unless somebody else did since before was seen. What is over goes on this occasion.
func (s *Service) take(ctx context.Context, id string, input []byte, before *row, now time.Time) (*Claim, error) {
	fingerprint, err := s.Keyring.Fingerprint(purpose, input)
	if err != nil {
		return nil, fmt.Errorf("claiming an idempotency key: %w", err)
	}
	c, replaces := &Claim{id: id, holder: rand.Text()}, ""
	if before != nil {
		replaces = before.holder
	}
	taken := false
	err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		taken, err = affected(tx.SQL.ExecContext(ctx, `INSERT INTO idempotency_keys AS k
			(id, fingerprint, holder, claimed_at, expires_at, done, ended) VALUES ($1, $2, $3, $4, $5, FALSE, FALSE)
			ON CONFLICT (id) DO UPDATE SET fingerprint = excluded.fingerprint, holder = excluded.holder,
				claimed_at = excluded.claimed_at, expires_at = excluded.expires_at, done = FALSE, ended = FALSE, answer = NULL
			WHERE k.holder = $6 AND (k.expires_at <= $4 OR NOT k.done)`,
			id, fingerprint, c.holder, now, now.Add(lasts), replaces))
		if err != nil {
			return fmt.Errorf("claiming an idempotency key: %w", err)
		}
		return sweep(ctx, tx, now)
	})
	if err != nil || !taken {
		return nil, err
	}
	return c, nil
}

// sweep removes a few rows that are over. Several servers do so at once, and none waits for another.
func sweep(ctx context.Context, tx *db.Tx, now time.Time) error {
	over := "SELECT id FROM idempotency_keys WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2"
	if tx.Dialect == dialect.Postgres {
		over += " FOR UPDATE SKIP LOCKED"
	}
	if _, err := tx.SQL.ExecContext(ctx, "DELETE FROM idempotency_keys WHERE id IN ("+over+")", now, swept); err != nil {
		return fmt.Errorf("clearing idempotency keys away: %w", err)
	}
	return nil
}

type key struct{}

// With returns a context in which the change that is made is the claim's.
func With(ctx context.Context, c *Claim) context.Context { return context.WithValue(ctx, key{}, c) }

// Settle notes in the transaction of a change that it was made; it comes to be with the change, or not at all.
// audit.Record does it for all that is recorded. Without a claim in the context there is nothing to note. fault.Conflict:
// another server took the request over meanwhile, so this one must not make the change.
func Settle(ctx context.Context, tx *db.Tx) error {
	c, _ := ctx.Value(key{}).(*Claim)
	if c == nil || c.settled == tx {
		return nil
	}
	ours, err := affected(tx.SQL.ExecContext(ctx,
		"UPDATE idempotency_keys SET done = TRUE WHERE id = $1 AND holder = $2", c.id, c.holder))
	switch {
	case err != nil:
		return fmt.Errorf("settling an idempotency key: %w", err)
	case !ours:
		return running()
	}
	c.settled = tx
	return nil
}

// End gives the claim up, with the answer that is to be kept; nil: none is. Where the change was not made the key is free
// again. That is asked of the database: who lost the connection while committing does not know. A failure here changes
// nothing of what the client is told: the next one finds the claim as a dead server would have left it.
func (s *Service) End(ctx context.Context, c *Claim, answer []byte) {
	// The client may be gone; one that is there waits for this, and must not for long where the database is gone (#81).
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := s.end(ctx, c, answer); err != nil {
		slog.WarnContext(ctx, "an answer was not kept", "err", err)
	}
}

func (s *Service) end(ctx context.Context, c *Claim, answer []byte) error {
	if c.settled != nil {
		kept := sql.NullString{String: string(answer), Valid: answer != nil && len(answer) <= Longest}
		done, err := affected(s.DB.Writer().ExecContext(ctx,
			"UPDATE idempotency_keys SET answer = $1, ended = TRUE WHERE id = $2 AND holder = $3 AND done", kept, c.id, c.holder))
		if done || err != nil {
			return err
		}
	}
	_, err := s.DB.Writer().ExecContext(ctx, "DELETE FROM idempotency_keys WHERE id = $1 AND holder = $2 AND NOT done", c.id, c.holder)
	return err
}

func affected(r sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n > 0, err
}
