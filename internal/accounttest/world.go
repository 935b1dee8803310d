// Package accounttest is a small world of accounts and people for the tests of what is done with them.
package accounttest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/generated/membership"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/accounts"
	"roster/internal/activity"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/email"
	"roster/internal/fault"
	"roster/internal/invitations"
	"roster/internal/mail"
	"roster/internal/members"
	"roster/internal/name"
	"roster/internal/secret"
	"roster/internal/settings"
	"roster/internal/users"
)

// World is a database with the activities upon accounts, and a clock that the test moves.
type World struct {
	*testing.T
	DB          *db.DB
	Members     *members.Service
	Invitations *invitations.Service
	Accounts    *accounts.Service
	Acts        *activity.Service
	Users       *users.Service
	Outbox      *mail.Outbox

	// Now is the present.
	Now  time.Time
	ring *secret.Keyring
}

// Each runs test on both databases.
func Each(t *testing.T, test func(w *World)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(New(t, d)) })
}

// New makes a world of a database.
func New(t *testing.T, d *db.DB) *World {
	t.Helper()
	w := &World{T: t, DB: d, Now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	var err error
	if w.ring, err = secret.ParseKeys("8f1d0c52a6b94e7739d2c1f0e8b7a6958473625140f9e8d7c6b5a49382716f5e"); err != nil {
		t.Fatal(err)
	}
	outbox, err := mail.NewOutbox(d, w.ring, "roster.test")
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return w.Now }
	w.Members = &members.Service{DB: d, Now: clock, Outbox: outbox}
	w.Outbox = outbox
	w.Invitations = &invitations.Service{DB: d, Now: clock, Outbox: outbox}
	w.Accounts = &accounts.Service{DB: d, Now: clock, Outbox: outbox}
	w.Acts = &activity.Service{DB: d}
	w.Users = &users.Service{DB: d, Now: clock, Outbox: outbox}
	return w
}

// Later lets time pass.
func (w *World) Later(d time.Duration) { w.Now = w.Now.Add(d) }

// Do touches tables directly.
func (w *World) Do(act func(ctx context.Context, tx *db.Tx) error) {
	w.Helper()
	if err := db.InTx(dbtest.System(w.T), w.DB, act); err != nil {
		w.Fatal(err)
	}
}

// User makes somebody, with the address name@example.com.
func (w *World) User(called string) (u *ent.User) {
	w.Helper()
	address, err := email.Parse(strings.ToLower(called) + "@example.com")
	if err != nil {
		w.Fatal(err)
	}
	k := users.KeysOf(called, "Moore", address)
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		u, err = tx.User.Create().SetFirstName(called).SetLastName("Moore").SetNameKey(k.Name).SetLastKey(k.Last).SetSearchText(k.Search).
			SetEmail(address.Spelling).SetEmailKey(address.Key).SetCreatedAt(w.Now).SetUpdatedAt(w.Now).Save(ctx)
		return err
	})
	return u
}

// Claim makes the user one who registered by themselves and has not proved the address.
func (w *World) Claim(u *ent.User) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		return tx.User.UpdateOneID(u.ID).SetSelfRegistered(true).SetEmailVerified(false).Exec(ctx)
	})
}

// Prove verifies the user's address.
func (w *World) Prove(u *ent.User) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		return tx.User.UpdateOneID(u.ID).SetEmailVerified(true).Exec(ctx)
	})
}

// Staff makes somebody with a role and, as is demanded of staff, a second factor, and returns what they act with.
func (w *World) Staff(called string, may ...permission.Admin) context.Context {
	w.Helper()
	u := w.User(called)
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		r, err := tx.Role.Create().SetName("role of " + called).SetPermissions(may).Save(ctx)
		if err != nil {
			return err
		}
		return tx.User.UpdateOneID(u.ID).SetRole(r).SetTwoFactorEnabled(true).Exec(ctx)
	})
	v := w.viewer(u)
	v.Kind, v.Permissions = viewer.Staff, permission.SetOf(may...)
	return viewer.With(w.Context(), v)
}

// Token is what an API token acts with.
func (w *World) Token(may ...permission.Admin) context.Context {
	return viewer.With(w.Context(), &viewer.Viewer{Kind: viewer.Token, TokenID: 1, Permissions: permission.SetOf(may...), At: w.Now})
}

// Nobody is what nobody acts with.
func (w *World) Nobody() context.Context {
	return viewer.With(w.Context(), &viewer.Viewer{Kind: viewer.Anonymous, At: w.Now})
}

func (w *World) viewer(u *ent.User) *viewer.Viewer {
	return &viewer.Viewer{Kind: viewer.User, UserID: u.ID, SessionID: u.ID, Language: u.Language, At: w.Now, SudoUntil: w.Now.Add(10 * time.Minute)}
}

// As is what somebody acts with at present, having proved who they are.
func (w *World) As(u *ent.User) context.Context { return viewer.With(w.Context(), w.viewer(u)) }

// Unproven is what somebody acts with who has not proved again who they are.
func (w *World) Unproven(u *ent.User) context.Context {
	v := w.viewer(u)
	v.SudoUntil = time.Time{}
	return viewer.With(w.Context(), v)
}

// Account makes an account.
func (w *World) Account(called string, owner *ent.User) (a *ent.Account) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		a, err = tx.Account.Create().SetName(called).SetNameKey(name.Fold(called)).SetEmail("billing@example.com").SetEmailKey("billing@example.com").
			SetCreatedAt(w.Now).SetUpdatedAt(w.Now).Save(ctx)
		if err != nil {
			return err
		}
		return tx.Membership.Create().SetUserID(owner.ID).SetAccountID(a.ID).SetOwner(true).SetSince(w.Now).Exec(ctx)
	})
	return a
}

// Member makes somebody a member of an account.
func (w *World) Member(a *ent.Account, u *ent.User, may ...permission.Account) (m *ent.Membership) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		m, err = tx.Membership.Create().SetUserID(u.ID).SetAccountID(a.ID).SetPermissions(may).SetSince(w.Now).Save(ctx)
		return err
	})
	return m
}

// End lets a membership end at a moment.
func (w *World) End(m *ent.Membership, at time.Time) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		return tx.Membership.UpdateOneID(m.ID).SetEndsAt(at).Exec(ctx)
	})
}

// Close closes an account.
func (w *World) Close(a *ent.Account) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		return tx.Account.UpdateOneID(a.ID).SetStatus(account.StatusCLOSED).Exec(ctx)
	})
}

// Suspend locks a user out.
func (w *World) Suspend(u *ent.User) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		return tx.User.UpdateOneID(u.ID).SetState(user.StateSUSPENDED).Exec(ctx)
	})
}

// Choose changes the settings.
func (w *World) Choose(change func(*settings.Settings)) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		chosen, err := settings.Load(ctx, tx.Client)
		if err != nil {
			return err
		}
		change(&chosen)
		return settings.Store(ctx, tx, chosen)
	})
}

// Membership is the link of a user to an account; nil: there is none.
func (w *World) Membership(a *ent.Account, u *ent.User) *ent.Membership {
	w.Helper()
	m, err := w.DB.Membership.Query().Where(membership.AccountID(a.ID), membership.UserID(u.ID)).Only(dbtest.System(w.T))
	if err != nil && !ent.IsNotFound(err) {
		w.Fatal(err)
	}
	return m
}

// Owner is who owns an account.
func (w *World) Owner(a *ent.Account) int {
	w.Helper()
	m, err := w.DB.Membership.Query().Where(membership.AccountID(a.ID), membership.Owner(true)).Only(dbtest.System(w.T))
	if err != nil {
		w.Fatal(err)
	}
	return m.UserID
}

// Link is the token in the newest mail to an address.
func (w *World) Link(address string) string {
	w.Helper()
	var id string
	var sealed []byte
	err := w.DB.Reader().QueryRowContext(w.Context(), "SELECT message_id, sealed_nonce FROM mails WHERE recipient = $1 ORDER BY id DESC LIMIT 1", address).Scan(&id, &sealed)
	if err != nil {
		w.Fatalf("the newest mail to %s: %v", address, err)
	}
	nonce, err := w.ring.Open("mail nonce", id, sealed)
	if err != nil {
		w.Fatal(err)
	}
	return secret.FromNonce(secret.Invitation, nonce).Plain
}

// Count is the number of rows that the condition holds for.
func (w *World) Count(from string, args ...any) (n int) {
	w.Helper()
	if err := w.DB.Reader().QueryRowContext(w.Context(), "SELECT count(*) FROM "+from, args...).Scan(&n); err != nil {
		w.Fatal(err)
	}
	return n
}

// Mails are who was mailed about what, the oldest first.
func (w *World) Mails() []string {
	w.Helper()
	return w.texts("SELECT kind || ' ' || recipient FROM mails ORDER BY id")
}

// Audit are the acts on record, each with its outcome, the oldest first.
func (w *World) Audit() []string {
	w.Helper()
	return w.texts("SELECT action || ' ' || outcome FROM audit_entries ORDER BY id")
}

func (w *World) texts(query string) (list []string) {
	w.Helper()
	rows, err := w.DB.Reader().QueryContext(w.Context(), query)
	if err != nil {
		w.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			w.Fatal(err)
		}
		list = append(list, one)
	}
	if err := rows.Err(); err != nil {
		w.Fatal(err)
	}
	return list
}

// Told checks that the newest mails are these, in any order.
func (w *World) Told(mails ...string) {
	w.Helper()
	all := w.Mails()
	newest := slices.Sorted(slices.Values(all[max(0, len(all)-len(mails)):]))
	if slices.Sort(mails); !slices.Equal(newest, mails) {
		w.Errorf("the newest mails are %q, want %q", newest, mails)
	}
}

// Noted checks that the newest entry on record is this.
func (w *World) Noted(entry string) {
	w.Helper()
	if all := w.Audit(); len(all) == 0 || all[len(all)-1] != entry {
		w.Errorf("on record is %q, want %q last", all, entry)
	}
}

// Secretless checks that no token of a link and no API token is anywhere but in the mind of who got it (security.md #13).
func (w *World) Secretless() {
	w.Helper()
	for _, where := range []struct{ table, text string }{
		{"mails", "CAST(params AS text) || last_error"}, {"audit_details", w.textOf("detail")}, {"throttles", "id"}, {"invitations", "email || CAST(permissions AS text)"},
	} {
		for _, prefix := range []string{"inv", "rat"} {
			if n := w.Count(where.table + " WHERE " + where.text + " LIKE '%" + prefix + "\\_%' ESCAPE '\\'"); n != 0 {
				w.Errorf("%d rows of %s hold a token", n, where.table)
			}
		}
	}
}

// textOf makes text of a column of bytes.
func (w *World) textOf(column string) string {
	if w.DB.Dialect == "postgres" {
		return "convert_from(" + column + ", 'UTF8')"
	}
	return "CAST(" + column + " AS text)"
}

// Refused checks that an act was refused, with this code and field: "NOT_ALLOWED email", or "FORBIDDEN" for the whole.
func (w *World) Refused(what string, err error, want string) {
	w.Helper()
	if got := Refusal(err); got != want {
		w.Errorf("%s: %q, want %q (%v)", what, got, want, err)
	}
}

// Refusal is the code and the field of a fault; "" for none, and the error itself for what is no fault.
func Refusal(err error) string {
	var one *fault.Error
	var many fault.List
	switch {
	case err == nil:
		return ""
	case errors.As(err, &many):
		one = many[0]
	case !errors.As(err, &one):
		return fmt.Sprintf("no fault: %v", err)
	}
	return strings.TrimSpace(string(one.Code) + " " + strings.Join(one.Field, "."))
}
