// Package idempotency lets a client send a change again without making it twice (security.md #80): what became of it is
// kept for a day under a key that the client made up. A change and the note that it was made are one transaction, so
// wherever a server dies, and whatever the client heard of a commit (#79), either both are there or none.
//
// What was answered holds names and addresses. It is sealed, for the viewer as they stood then, and gone within an hour of
// its day: exports of own data leave it out, and erasure need not look for it.
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
	"roster/internal/access"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/secret"
	"roster/internal/throttle"
)

const (
	// lasts is how long a key means what it was first used for.
	lasts = 24 * time.Hour
	// aliveFor is how long who claimed a key may be at work: three times what an operation has (security.md #63).
	aliveFor = 30 * time.Second
	// again is when it is worth asking whether it is done by now.
	again = 2 * time.Second
	// Longest is how many bytes an answer may have to be kept, and Most and MostBytes how many answers are kept for one
	// viewer, of all tokens of one maker together. Beyond, it is known that the change was made, and no more.
	Longest   = 16 << 10
	Most      = 1000
	MostBytes = 4 << 20
	// swept is how many rows that are over go with each new one: more than one, so that they do not pile up.
	swept = 4
	// sweptAtOnce is how many go in one transaction of Sweep's.
	sweptAtOnce = 1000
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

// purpose separates our fingerprints and answers from all else that the keys are for.
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

// whose names the viewer: a person is one in all sessions, and each API token is one of its own.
func whose(v *viewer.Viewer) string {
	if v.TokenID != 0 {
		return fmt.Sprintf("token %d", v.TokenID)
	}
	return fmt.Sprintf("user %d", v.UserID)
}

// counted names whose the keys and answers are that are counted together: a person's own, those of all tokens that somebody
// made, or those of a token that nobody made.
func counted(v *viewer.Viewer) string {
	if v.MadeBy != 0 {
		return fmt.Sprintf("maker %d", v.MadeBy)
	}
	return whose(v)
}

// id names the request, by which the key itself can't be read.
func (r Request) id(viewer string) string {
	sum := sha256.Sum256([]byte(viewer + "\x00" + r.Operation + "\x00" + r.Key))
	return hex.EncodeToString(sum[:])
}

// Claim is a request that one server, and nobody else, is at work on.
type Claim struct {
	// viewer is who the key is counted for.
	id, viewer, holder string
	// settled is the transaction that noted last that the change was made, whatever became of it.
	settled *db.Tx
}

// Claim takes the request for this server, or returns what was answered to it before. Where an earlier holder must have
// died before the change was made, this one takes its place. fault.Conflict, with one of Running, Used and Made as reason; fault.RateLimited:
// the viewer has too many keys.
func (s *Service) Claim(ctx context.Context, r Request) (claim *Claim, answered []byte, err error) {
	v := viewer.From(ctx)
	if !v.SignedIn() {
		return nil, nil, errors.New("claiming a key: nobody is there to keep it for")
	}
	c, now := &Claim{id: r.id(whose(v)), viewer: counted(v), holder: rand.Text()}, s.now()
	before, err := s.look(ctx, c.id)
	if err != nil {
		return nil, nil, err
	}
	if !before.free(now) {
		if answered, err = s.kept(ctx, before, r.Input, now); answered != nil || err != nil {
			return nil, answered, err
		}
	}
	if taken, err := s.take(ctx, c, r.Input, before, now); err != nil {
		return nil, nil, err
	} else if taken {
		return c, nil, nil
	}
	// Somebody was faster.
	if before, err = s.look(ctx, c.id); err != nil {
		return nil, nil, err
	}
	if before.free(now) {
		return nil, nil, running()
	}
	if answered, err = s.kept(ctx, before, r.Input, now); answered == nil && err == nil {
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
	id                   string
	fingerprint          []byte
	holder               string
	claimedAt, expiresAt time.Time
	// done: the change was made. ended: its answer was given, and is here, sealed, if it ever will be.
	done, ended bool
	answer      []byte
}

// free reports whether the key has no meaning, or none any more.
func (r *row) free(now time.Time) bool { return r == nil || !now.Before(r.expiresAt) }

// dead reports whether who claimed it can't be at work any more. A claim from the future was made by a clock that was
// wrong; to take one over too early does no harm, for then its holder can't settle it (security.md #83).
func (r *row) dead(now time.Time) bool { return now.Sub(r.claimedAt).Abs() >= aliveFor }

func (s *Service) look(ctx context.Context, id string) (*row, error) {
	r := row{id: id}
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
func (s *Service) kept(ctx context.Context, r *row, input []byte, now time.Time) ([]byte, error) {
	same, err := s.Keyring.IsFingerprint(purpose, input, r.fingerprint)
	switch {
	case err != nil:
		return nil, fmt.Errorf("comparing the input of an idempotency key: %w", err)
	case !same:
		return nil, refusal(Used, "This Idempotency-Key was used for another input. Make up a new one for each change.")
	case r.answer != nil:
		return s.open(ctx, r, now)
	case r.done && (r.ended || r.dead(now)):
		return nil, made()
	case r.dead(now):
		return nil, nil
	}
	return nil, running()
}

func made() error {
	return refusal(Made, "This was done, under the same Idempotency-Key, and the answer is not kept. It was not done again.")
}

// seal closes an answer up for its row, and for the viewer as they stand now. What they may not see any more it does not
// open for either (#15): the least change of what they hold makes another standing.
func (s *Service) seal(ctx context.Context, id string, answer []byte, now time.Time) ([]byte, error) {
	bound, err := s.boundTo(ctx, id, now)
	if err != nil {
		return nil, err
	}
	return s.Keyring.Seal(purpose, bound, answer)
}

// open returns the answer of a row; fault.Conflict with Made where the viewer stands otherwise than when it was kept.
func (s *Service) open(ctx context.Context, r *row, now time.Time) ([]byte, error) {
	bound, err := s.boundTo(ctx, r.id, now)
	if err != nil {
		return nil, err
	}
	answer, err := s.Keyring.Open(purpose, bound, r.answer)
	if errors.Is(err, secret.ErrTampered) || errors.Is(err, secret.ErrUnknownKey) {
		return nil, made()
	} else if err != nil {
		return nil, fmt.Errorf("opening a kept answer: %w", err)
	}
	return answer, nil
}

func (s *Service) boundTo(ctx context.Context, id string, now time.Time) (string, error) {
	standing, err := access.Standing(ctx, s.DB.Client, now)
	return id + "\x00" + string(standing), err
}

// take writes the claim, unless somebody else did since before was seen. What is over goes on this occasion.
func (s *Service) take(ctx context.Context, c *Claim, input []byte, before *row, now time.Time) (taken bool, err error) {
	fingerprint, err := s.Keyring.Fingerprint(purpose, input)
	if err != nil {
		return false, fmt.Errorf("claiming an idempotency key: %w", err)
	}
	replaces := ""
	if before != nil {
		replaces = before.holder
	}
	err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		taken, err = affected(tx.SQL.ExecContext(ctx, `INSERT INTO idempotency_keys AS k
			(id, viewer, fingerprint, holder, claimed_at, expires_at, done, ended) VALUES ($1, $2, $3, $4, $5, $6, FALSE, FALSE)
			ON CONFLICT (id) DO UPDATE SET fingerprint = excluded.fingerprint, holder = excluded.holder,
				claimed_at = excluded.claimed_at, expires_at = excluded.expires_at, done = FALSE, ended = FALSE, answer = NULL
			WHERE k.holder = $7 AND (k.expires_at <= $5 OR NOT k.done)`,
			c.id, c.viewer, fingerprint, c.holder, now, now.Add(lasts), replaces))
		if err != nil {
			return fmt.Errorf("claiming an idempotency key: %w", err)
		}
		if taken && before.free(now) {
			if err := count(ctx, tx, c.viewer, now); err != nil {
				return err
			}
		}
		_, err := sweep(ctx, tx, now, swept)
		return err
	})
	return taken && err == nil, err
}

// count counts a key that means something from now on. One that is free again is given back.
func count(ctx context.Context, tx *db.Tx, viewer string, now time.Time) error {
	err := throttle.IdempotencyKey.Take(ctx, tx, viewer, now)
	var f *fault.Error
	if errors.As(err, &f) && f.Code == fault.RateLimited {
		return fault.Wait(f.Code, f.RetryAfter, "There are too many Idempotency-Keys of one day. Please wait, or send this without one.")
	}
	return err
}

// Sweep removes all rows that are over: what nobody claims anything after would stay.
func (s *Service) Sweep(ctx context.Context) error {
	for gone := int64(sweptAtOnce); gone == sweptAtOnce; {
		err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (err error) {
			gone, err = sweep(ctx, tx, s.now(), sweptAtOnce)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sweep removes so many rows that are over. Several servers do so at once, and none waits for another.
func sweep(ctx context.Context, tx *db.Tx, now time.Time, most int) (gone int64, err error) {
	over := "SELECT id FROM idempotency_keys WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2"
	if tx.Dialect == dialect.Postgres {
		over += " FOR UPDATE SKIP LOCKED"
	}
	result, err := tx.SQL.ExecContext(ctx, "DELETE FROM idempotency_keys WHERE id IN ("+over+")", now, most)
	if err != nil {
		return 0, fmt.Errorf("clearing idempotency keys away: %w", err)
	}
	return result.RowsAffected()
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
		kept, err := s.keepable(ctx, c, answer)
		if err != nil {
			return err
		}
		done, err := affected(s.DB.Writer().ExecContext(ctx,
			"UPDATE idempotency_keys SET answer = $1, ended = TRUE WHERE id = $2 AND holder = $3 AND done", kept, c.id, c.holder))
		if done || err != nil {
			return err
		}
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		gone, err := affected(tx.SQL.ExecContext(ctx, "DELETE FROM idempotency_keys WHERE id = $1 AND holder = $2 AND NOT done", c.id, c.holder))
		if !gone || err != nil {
			return err
		}
		return throttle.IdempotencyKey.GiveBack(ctx, tx, c.viewer)
	})
}

// keepable is the answer as it is kept; nil: it is not. A few more than the limits say are kept where many end at once.
func (s *Service) keepable(ctx context.Context, c *Claim, answer []byte) ([]byte, error) {
	if answer == nil || len(answer) > Longest {
		return nil, nil
	}
	var kept, bytes int
	now := s.now()
	err := s.DB.Reader().QueryRowContext(ctx, `SELECT count(*), coalesce(sum(size), 0) FROM (SELECT length(answer) AS size
		FROM idempotency_keys WHERE viewer = $1 AND answer IS NOT NULL AND expires_at > $2 LIMIT $3) AS k`, c.viewer, now, Most).Scan(&kept, &bytes)
	if err != nil {
		return nil, fmt.Errorf("counting kept answers: %w", err)
	}
	if kept >= Most || bytes+len(answer) > MostBytes {
		return nil, nil
	}
	return s.seal(ctx, c.id, answer, now)
}

func affected(r sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n > 0, err
}
