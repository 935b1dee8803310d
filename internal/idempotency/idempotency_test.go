package idempotency_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/fault"
	"roster/internal/idempotency"
	"roster/internal/secret"
)

const (
	oldKey = "8f1d0c52a6b94e7739d2c1f0e8b7a6958473625140f9e8d7c6b5a49382716f5e"
	newKey = "1f1d0c52a6b94e7739d2c1f0e8b7a6958473625140f9e8d7c6b5a49382716f5f"
)

// desk is the service with a clock that the test moves, and a change to make: one row of settings.
type desk struct {
	*idempotency.Service
	t   *testing.T
	now time.Time
}

func newDesk(t *testing.T, d *db.DB) *desk {
	t.Helper()
	k := &desk{t: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	k.Service = &idempotency.Service{DB: d, Now: func() time.Time { return k.now }}
	k.keys(oldKey)
	return k
}

func (k *desk) keys(lines ...string) {
	k.t.Helper()
	ring, err := secret.ParseKeys(strings.Join(lines, "\n"))
	if err != nil {
		k.t.Fatal(err)
	}
	k.Keyring = ring
}

func (k *desk) as(v viewer.Viewer) context.Context { return viewer.With(k.t.Context(), &v) }

// ada asks in a session.
func (k *desk) ada() context.Context {
	return k.as(viewer.Viewer{Kind: viewer.Staff, UserID: 3, SessionID: 1})
}

func request(key string) idempotency.Request {
	return idempotency.Request{Key: key, Operation: "recordOrder", Input: []byte(`{"number":"1"}`)}
}

// claim takes a request that must be free.
func (k *desk) claim(ctx context.Context, r idempotency.Request) *idempotency.Claim {
	k.t.Helper()
	c, answered, err := k.Claim(ctx, r)
	if err != nil || c == nil || answered != nil {
		k.t.Fatalf("claiming: %s, %v", answered, err)
	}
	return c
}

// told is what Claim says instead: the answer, or why not.
func (k *desk) told(ctx context.Context, r idempotency.Request) string {
	k.t.Helper()
	c, answered, err := k.Claim(ctx, r)
	var f *fault.Error
	switch {
	case c != nil:
		return "claimed"
	case answered != nil:
		return string(answered)
	case errors.As(err, &f) && f.Code == fault.Conflict && len(f.Reasons) == 1:
		if (f.RetryAfter > 0) != (f.Reasons[0] == idempotency.Running) {
			k.t.Errorf("%s: wait %v", f.Reasons[0], f.RetryAfter)
		}
		return f.Reasons[0]
	}
	k.t.Fatalf("neither claimed, nor answered, nor a conflict: %v", err)
	return ""
}

var errBroken = errors.New("broken")

// change makes the change as the claim's. It is undone when it ends in an error.
func (k *desk) change(ctx context.Context, c *idempotency.Claim, then error) error {
	return db.InTx(idempotency.With(ctx, c), k.DB, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.SQL.ExecContext(ctx, "INSERT INTO settings (id, value) VALUES ($1, 'true')", fmt.Sprintf("change %p", tx)); err != nil {
			return err
		}
		for range 2 { // two entries of one act
			if err := idempotency.Settle(ctx, tx); err != nil {
				return err
			}
		}
		return then
	})
}

func (k *desk) count(from string) (n int) {
	k.t.Helper()
	if err := k.DB.Reader().QueryRowContext(k.t.Context(), "SELECT count(*) FROM "+from).Scan(&n); err != nil {
		k.t.Fatal(err)
	}
	return n
}

func (k *desk) changes() int { return k.count("settings WHERE id LIKE 'change %'") }

func each(t *testing.T, test func(t *testing.T, k *desk)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newDesk(t, d)) })
}

// #80: the same key and input get the same answer, for 24 hours; another input is refused.
func Test80SameAnswer(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		c := k.claim(k.ada(), request("a"))
		if got := k.told(k.ada(), request("a")); got != idempotency.Running {
			t.Errorf("at work: %s", got)
		}
		if err := k.change(k.ada(), c, nil); err != nil {
			t.Fatal(err)
		}
		if got := k.told(k.ada(), request("a")); got != idempotency.Running {
			t.Errorf("made and not answered yet: %s", got)
		}
		k.End(k.ada(), c, []byte(`{"data":1}`))
		other := request("a")
		other.Input = []byte(`{"number":"2"}`)
		for range 2 {
			if got := k.told(k.ada(), request("a")); got != `{"data":1}` {
				t.Errorf("answered: %s", got)
			}
			if got := k.told(k.ada(), other); got != idempotency.Used {
				t.Errorf("another input: %s", got)
			}
			k.now = k.now.Add(24*time.Hour - time.Microsecond)
		}
		k.now = k.now.Add(time.Microsecond - 24*time.Hour).Add(time.Microsecond)
		if got := k.told(k.ada(), other); got != "claimed" {
			t.Errorf("after a day: %s", got)
		}
		if k.changes() != 1 {
			t.Errorf("%d changes", k.changes())
		}
	})
}

// #80: a key is one viewer's and one operation's: a user in all sessions, each token for itself.
func Test80PerViewerAndOperation(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		k.claim(k.ada(), request("a"))
		if got := k.told(k.as(viewer.Viewer{Kind: viewer.User, UserID: 3, SessionID: 2}), request("a")); got != idempotency.Running {
			t.Errorf("in another session: %s", got)
		}
		elsewhere := request("a")
		elsewhere.Operation = "createAccount"
		k.claim(k.ada(), elsewhere)
		for _, v := range []viewer.Viewer{
			{Kind: viewer.User, UserID: 4},
			{Kind: viewer.Token, TokenID: 3},
			{Kind: viewer.Token, TokenID: 4, MakerID: 3},
		} {
			k.claim(k.as(v), request("a"))
		}
		if _, _, err := k.Claim(k.as(viewer.Viewer{Kind: viewer.Anonymous}), request("a")); err == nil {
			t.Error("nobody has a key")
		}
	})
}

// #80: what was refused leaves the key free, also where it was refused after the note was written.
func Test80RefusedLeavesTheKeyFree(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		c := k.claim(k.ada(), request("a"))
		k.End(k.ada(), c, []byte("refused"))
		c = k.claim(k.ada(), request("a"))
		if err := k.change(k.ada(), c, errBroken); !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		k.End(k.ada(), c, []byte("refused"))
		k.claim(k.ada(), request("a"))
		if k.changes() != 0 {
			t.Error("it was made all the same")
		}
	})
}

// #80: what is not to be kept, or is too long, is not given again, and the change is not made again.
func Test80MadeWithoutAnswer(t *testing.T) {
	for name, answer := range map[string][]byte{"secret": nil, "too long": make([]byte, idempotency.Longest+1)} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, k *desk) {
				c := k.claim(k.ada(), request("a"))
				if err := k.change(k.ada(), c, nil); err != nil {
					t.Fatal(err)
				}
				k.End(k.ada(), c, answer)
				if got := k.told(k.ada(), request("a")); got != idempotency.Made {
					t.Errorf("%s", got)
				}
			})
		})
	}
}

// #80: a server that was killed before the change leaves the key to the next one, after a while; should it be alive after
// all, it can't make the change any more.
func Test80KilledBeforeTheChange(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		killed := k.claim(k.ada(), request("a"))
		k.now = k.now.Add(29 * time.Second)
		if got := k.told(k.ada(), request("a")); got != idempotency.Running {
			t.Errorf("too early: %s", got)
		}
		k.now = k.now.Add(time.Second)
		other := request("a")
		other.Input = []byte("another")
		if got := k.told(k.ada(), other); got != idempotency.Used {
			t.Errorf("another input: %s", got)
		}
		next := k.claim(k.ada(), request("a"))
		if err := k.change(k.ada(), killed, nil); !fault.Is(err, fault.Conflict) || k.changes() != 0 {
			t.Errorf("the first one: %v, %d changes", err, k.changes())
		}
		k.End(k.ada(), killed, []byte("not mine to say"))
		if err := k.change(k.ada(), next, nil); err != nil {
			t.Fatal(err)
		}
		k.End(k.ada(), next, []byte("done"))
		if got := k.told(k.ada(), request("a")); got != "done" || k.changes() != 1 {
			t.Errorf("%s, %d changes", got, k.changes())
		}
	})
}

// #80: one that was killed between change and answer has made the change, and nobody makes it again.
func Test80KilledBeforeTheAnswer(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		if err := k.change(k.ada(), k.claim(k.ada(), request("a")), nil); err != nil {
			t.Fatal(err)
		}
		k.now = k.now.Add(30 * time.Second)
		if got := k.told(k.ada(), request("a")); got != idempotency.Made || k.changes() != 1 {
			t.Errorf("%s, %d changes", got, k.changes())
		}
	})
}

// #83: a clock that was wrong for a while keeps nobody out once it is right.
func Test83ClaimFromTheFuture(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		k.now = k.now.Add(time.Hour)
		k.claim(k.ada(), request("a"))
		k.now = k.now.Add(-time.Hour)
		k.claim(k.ada(), request("a"))
	})
}

// Keys are known again after the keyring got a new first key, and never stand in the database themselves, nor does a hash
// that their input could be guessed by.
func TestNothingToGuess(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		c := k.claim(k.ada(), request("a key that is easy to find"))
		if err := k.change(k.ada(), c, nil); err != nil {
			t.Fatal(err)
		}
		k.End(k.ada(), c, []byte("done"))
		var id string
		var fingerprint []byte
		if err := k.DB.Reader().QueryRowContext(t.Context(), "SELECT id, fingerprint FROM idempotency_keys").Scan(&id, &fingerprint); err != nil {
			t.Fatal(err)
		}
		k.keys(newKey)
		if again, err := k.Keyring.IsFingerprint("idempotency", request("").Input, fingerprint); err != nil || again || strings.Contains(id, "easy") {
			t.Errorf("known without the keyring: %t (%v), %s", again, err, id)
		}
		k.keys(newKey, oldKey)
		if got := k.told(k.ada(), request("a key that is easy to find")); got != "done" {
			t.Errorf("after a rotation: %s", got)
		}
	})
}

// Rows that are over go with new ones, faster than these come.
func TestSweep(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		for i := range 9 {
			k.claim(k.ada(), request(fmt.Sprint(i)))
		}
		k.now = k.now.Add(24 * time.Hour)
		var left []int
		for i := range 4 {
			k.claim(k.ada(), request(fmt.Sprint("next", i)))
			left = append(left, k.count("idempotency_keys"))
		}
		if !slices.Equal(left, []int{6, 3, 3, 4}) {
			t.Errorf("rows: %v", left)
		}
	})
}
