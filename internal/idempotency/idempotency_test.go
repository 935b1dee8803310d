package idempotency_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/membership"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/accounttest"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/fault"
	"roster/internal/idempotency"
	"roster/internal/secret"
	"roster/internal/throttle"
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
	// user is Ada's ID.
	user int
}

func newDesk(t *testing.T, d *db.DB) *desk {
	t.Helper()
	k := &desk{t: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), user: accounttest.New(t, d).User("Ada").ID}
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
	return k.as(viewer.Viewer{Kind: viewer.Staff, UserID: k.user, SessionID: 1})
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
	case errors.As(err, &f) && f.Code == fault.RateLimited && f.RetryAfter > 0:
		return string(f.Code)
	}
	k.t.Fatalf("neither claimed, nor answered, nor a conflict: %v", err)
	return ""
}

var errBroken = errors.New("broken")

// change makes the change as the claim's. It is undone when it ends in an error.
func (k *desk) change(ctx context.Context, c *idempotency.Claim, then error) error {
	return db.InTx(idempotency.With(ctx, c), k.DB, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.SQL.ExecContext(ctx, "INSERT INTO settings (id, value) VALUES ($1, 'true')", "change "+rand.Text()); err != nil {
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
		if got := k.told(k.as(viewer.Viewer{Kind: viewer.User, UserID: k.user, SessionID: 2}), request("a")); got != idempotency.Running {
			t.Errorf("in another session: %s", got)
		}
		elsewhere := request("a")
		elsewhere.Operation = "createAccount"
		k.claim(k.ada(), elsewhere)
		for _, v := range []viewer.Viewer{
			{Kind: viewer.User, UserID: k.user + 1},
			{Kind: viewer.Token, TokenID: 3},
			{Kind: viewer.Token, TokenID: 4, MakerID: k.user},
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
		k.End(k.ada(), c, []byte("done for ida@example.com"))
		var id string
		var fingerprint, answer []byte
		if err := k.DB.Reader().QueryRowContext(t.Context(), "SELECT id, fingerprint, answer FROM idempotency_keys").Scan(&id, &fingerprint, &answer); err != nil {
			t.Fatal(err)
		}
		if len(answer) == 0 || strings.Contains(string(answer), "ida@example.com") {
			t.Errorf("the answer is legible: %q", answer)
		}
		k.keys(newKey)
		if again, err := k.Keyring.IsFingerprint("idempotency", request("").Input, fingerprint); err != nil || again || strings.Contains(id, "easy") {
			t.Errorf("known without the keyring: %t (%v), %s", again, err, id)
		}
		k.keys(newKey, oldKey)
		if got := k.told(k.ada(), request("a key that is easy to find")); got != "done for ida@example.com" {
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

// kept makes a change under the key and keeps its answer.
func (k *desk) kept(ctx context.Context, key string) {
	k.t.Helper()
	c := k.claim(ctx, request(key))
	if err := k.change(ctx, c, nil); err != nil {
		k.t.Fatal(err)
	}
	k.End(ctx, c, []byte("done"))
}

// #15: an answer is given again as long as the viewer holds what they held; of its change they are told all the same.
func Test80OnlyAsTheViewerStood(t *testing.T) {
	for name, change := range map[string]func(tx *db.Tx, m *ent.Membership, v *viewer.Viewer) error{
		"as before": nil,
		"the membership went": func(tx *db.Tx, m *ent.Membership, _ *viewer.Viewer) error {
			return tx.Membership.DeleteOne(m).Exec(dbtest.System(t))
		},
		"it ended": func(tx *db.Tx, m *ent.Membership, _ *viewer.Viewer) error {
			return tx.Membership.UpdateOne(m).SetEndsAt(time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)).Exec(dbtest.System(t))
		},
		"a permission went": func(tx *db.Tx, m *ent.Membership, _ *viewer.Viewer) error {
			return tx.Membership.UpdateOne(m).SetPermissions([]permission.Account{}).Exec(dbtest.System(t))
		},
		"the account was closed": func(tx *db.Tx, m *ent.Membership, _ *viewer.Viewer) error {
			return tx.Account.UpdateOneID(m.AccountID).SetStatus("CLOSED").Exec(dbtest.System(t))
		},
		"the credentials changed": func(tx *db.Tx, m *ent.Membership, _ *viewer.Viewer) error {
			return tx.User.UpdateOneID(m.UserID).AddCredentialVersion(1).Exec(dbtest.System(t))
		},
		"customers may not manage users": func(tx *db.Tx, _ *ent.Membership, _ *viewer.Viewer) error {
			return tx.Setting.Create().SetID("disableClientUserManagement").SetValue("true").Exec(dbtest.System(t))
		},
		"an admin permission went": func(_ *db.Tx, _ *ent.Membership, v *viewer.Viewer) error {
			v.Permissions = permission.SetOf(permission.ListUsers)
			return nil
		},
		"a scope was narrowed": func(_ *db.Tx, m *ent.Membership, v *viewer.Viewer) error {
			v.Scopes = map[int][]permission.Account{m.AccountID: {}}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, k *desk) {
				w := accounttest.New(t, k.DB)
				owner := w.User("Eve")
				a := w.Account("Acme", owner)
				var m *ent.Membership
				w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
					m, err = tx.Membership.Create().SetUserID(k.user).SetAccountID(a.ID).SetSince(k.now).
						SetPermissions([]permission.Account{permission.ManageUsers}).Save(ctx)
					return err
				})
				w.Do(func(ctx context.Context, tx *db.Tx) error { // somebody else's is no concern of hers
					return tx.Membership.Update().Where(membership.UserID(owner.ID)).SetVersion(2).Exec(ctx)
				})
				ada := viewer.Viewer{
					Kind: viewer.Token, TokenID: 4, MakerID: k.user, Permissions: permission.SetOf(permission.ListUsers, permission.EditUsers),
					Scopes: map[int][]permission.Account{a.ID: {permission.ManageUsers}},
				}
				k.kept(k.as(ada), "a")
				want := "done"
				if change != nil {
					want = idempotency.Made
					w.Do(func(_ context.Context, tx *db.Tx) error { return change(tx, m, &ada) })
				}
				if got := k.told(k.as(ada), request("a")); got != want || k.changes() != 1 {
					t.Errorf("%s, want %s; %d changes", got, want, k.changes())
				}
			})
		})
	}
}

// An answer that was moved to another row does not open there.
func TestAnswersBelongToTheirRow(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		k.kept(k.ada(), "a")
		other := request("b")
		other.Operation = "createAccount"
		c := k.claim(k.ada(), other)
		if err := k.change(k.ada(), c, nil); err != nil {
			t.Fatal(err)
		}
		k.End(k.ada(), c, []byte("made"))
		if _, err := k.DB.Writer().ExecContext(t.Context(), "UPDATE idempotency_keys SET answer = (SELECT answer FROM idempotency_keys LIMIT 1)"); err != nil {
			t.Fatal(err)
		}
		told := []string{k.told(k.ada(), request("a")), k.told(k.ada(), other)}
		slices.Sort(told)
		if told[0] != idempotency.Made || told[1] == idempotency.Made {
			t.Errorf("%v", told)
		}
	})
}

// One viewer does not fill the database with answers: beyond so many, it is only known that the change was made. What is
// kept for others, and what is over, counts for nothing.
func Test80MostKept(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		k.kept(k.ada(), "first")
		if _, err := k.DB.Writer().ExecContext(t.Context(), `WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
			INSERT INTO idempotency_keys (id, viewer, fingerprint, holder, claimed_at, expires_at, done, ended, answer)
			SELECT CAST(i AS TEXT), viewer, fingerprint, holder, claimed_at, expires_at, done, ended, answer FROM idempotency_keys, n`, idempotency.Most); err != nil {
			t.Fatal(err)
		}
		k.kept(k.ada(), "one too many")
		other := k.as(viewer.Viewer{Kind: viewer.Token, TokenID: 7})
		k.kept(other, "another's")
		for key, c := range map[string]struct {
			ctx  context.Context
			want string
		}{
			"first": {k.ada(), "done"}, "one too many": {k.ada(), idempotency.Made}, "another's": {other, "done"},
		} {
			if got := k.told(c.ctx, request(key)); got != c.want {
				t.Errorf("%s: %s, want %s", key, got, c.want)
			}
		}
		k.now = k.now.Add(24 * time.Hour)
		k.kept(k.ada(), "a day later")
		if got := k.told(k.ada(), request("a day later")); got != "done" {
			t.Errorf("a day later: %s", got)
		}
		if err := k.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := k.count("idempotency_keys"); n != 1 {
			t.Errorf("%d rows are left", n)
		}
	})
}

// made acts by a token that Ada made.
func (k *desk) made(token int) context.Context {
	return k.as(viewer.Viewer{Kind: viewer.Token, TokenID: token, MadeBy: k.user})
}

// Nor does one person by many tokens, or by few answers that are long. Each token's keys are its own all the same.
func Test80MostKeptOfAMaker(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		long := func(ctx context.Context, key string) {
			c := k.claim(ctx, request(key))
			if err := k.change(ctx, c, nil); err != nil {
				t.Fatal(err)
			}
			k.End(ctx, c, bytes.Repeat([]byte("a"), idempotency.Longest))
		}
		last := idempotency.MostBytes/idempotency.Longest - 2 // what seals an answer takes some bytes too
		for i := range last + 1 {
			long(k.made(i), "long")
		}
		long(k.made(last+1), "long")
		if got := k.told(k.made(last+1), request("long")); got != idempotency.Made {
			t.Errorf("one too many: %.20s", got)
		}
		if got := k.told(k.made(last), request("long")); len(got) != idempotency.Longest {
			t.Errorf("the last that fits: %.20s", got)
		}
		for name, ctx := range map[string]context.Context{"their own": k.ada(), "another maker's": k.as(viewer.Viewer{Kind: viewer.Token, TokenID: 1, MadeBy: 99})} {
			if long(ctx, name); len(k.told(ctx, request(name))) != idempotency.Longest {
				t.Errorf("%s is not kept", name)
			}
		}
	})
}

// One person has so many keys in a day, by however many tokens. Where it was refused, or its change was, a key is none.
func Test80MostKeys(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		k.kept(k.made(1), "first")
		if _, err := k.DB.Writer().ExecContext(t.Context(), "UPDATE throttles SET tries = $1", throttle.IdempotencyKey.Max-1); err != nil {
			t.Fatal(err)
		}
		refused := k.claim(k.made(2), request("refused"))
		if got := k.told(k.made(1), request("one too many at once")); got != "RATE_LIMITED" {
			t.Errorf("one too many at once: %s", got)
		}
		k.End(k.made(2), refused, nil)
		k.kept(k.made(2), "last")
		for name, c := range map[string]struct {
			ctx  context.Context
			want string
		}{
			"one too many": {k.made(3), "RATE_LIMITED"}, "first": {k.made(1), "done"}, "last": {k.made(2), "done"}, "their own": {k.ada(), "claimed"},
		} {
			if got := k.told(c.ctx, request(name)); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
		}
		if n := k.count("idempotency_keys"); n != 3 {
			t.Errorf("%d rows", n)
		}
		k.now = k.now.Add(24 * time.Hour)
		if got := k.told(k.made(3), request("one too many")); got != "claimed" {
			t.Errorf("a day later: %s", got)
		}
	})
}
