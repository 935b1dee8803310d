package tokens_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/apitoken"
	"roster/ent/generated/role"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/accounttest"
	"roster/internal/activity"
	"roster/internal/audit"
	"roster/internal/budget"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/invitations"
	"roster/internal/members"
	"roster/internal/paging"
	"roster/internal/settings"
	"roster/internal/tokens"
	"roster/internal/users"
)

const day = 24 * time.Hour

func service(w *accounttest.World) *tokens.Service {
	s := &tokens.Service{DB: w.DB, Now: func() time.Time { return w.Now }, Outbox: w.Outbox}
	w.Cleanup(s.Close)
	return s
}

// made makes a token that must be made.
func made(w *accounttest.World, ctx context.Context, d tokens.Draft) (plain string, t *ent.APIToken) {
	w.Helper()
	plain, t, err := service(w).Make(ctx, d)
	if err != nil {
		w.Fatal(err)
	}
	return plain, t
}

// by is what a request with the token acts with; nil: the token is refused.
func by(w *accounttest.World, plain string) context.Context {
	w.Helper()
	ctx := w.Nobody()
	v, err := service(w).Authenticate(ctx, plain)
	if err != nil {
		w.Refused("the token", err, "UNAUTHENTICATED")
		return nil
	}
	v.At = w.Now
	return viewer.With(w.Context(), v)
}

func reads(w *accounttest.World, ctx context.Context, a *ent.Account) error {
	one := 1
	_, err := w.Accounts.Orders(ctx, a.ID, paging.Request{First: &one})
	return err
}

// security.md #14: a personal token is its maker in the accounts that it was made for, and no more than was asked for.
func TestPersonal(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve := w.User("Olga"), w.User("Eve")
		acme, other := w.Account("Acme", olga), w.Account("Other", olga)
		link := w.Member(acme, eve, permission.Orders, permission.ManageUsers)
		w.Member(other, eve, permission.Orders)
		plain, token := made(w, w.As(eve), tokens.Draft{Name: " Sync ", Accounts: []tokens.Scope{{AccountID: acme.ID, Permissions: []permission.Account{permission.Orders}}}})
		if token.Name != "Sync" || !token.ExpiresAt.Equal(w.Now.Add(90*day)) || len(token.Edges.Scopes) != 1 || !strings.HasPrefix(plain, "rat_") {
			w.Errorf("made %v with %q", token, plain)
		}
		w.Noted("TOKEN_CREATED DONE")
		w.Told("API_TOKEN_MADE eve@example.com")
		w.Secretless()
		ctx := by(w, plain)
		if v := viewer.From(ctx); v.UserID != 0 || v.MakerID != eve.ID || v.IsStaff() || v.Kind != viewer.Token {
			w.Errorf("acts as %+v", v)
		}
		if err := reads(w, ctx, acme); err != nil {
			w.Errorf("in its scope: %v", err)
		}
		w.Refused("an account of the maker's that it was not made for", reads(w, ctx, other), "NOT_FOUND")
		draft := invitations.Draft{AccountID: acme.ID, Email: "new@example.com", Permissions: []permission.Account{permission.Orders}}
		_, err := w.Invitations.Send(ctx, draft)
		w.Refused("what the maker may and the token may not", err, "FORBIDDEN")

		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return tx.Membership.UpdateOneID(link.ID).SetPermissions([]permission.Account{permission.ManageUsers}).Exec(ctx)
		})
		w.Refused("what the maker may not any more", reads(w, by(w, plain), acme), "FORBIDDEN")
		w.End(link, w.Now)
		w.Refused("where the maker is not any more", reads(w, by(w, plain), acme), "NOT_FOUND")
	})
}

// security.md #9, #14: a token ends with its time, with its maker, and with the maker's credentials.
func TestEnds(t *testing.T) {
	for name, end := range map[string]func(w *accounttest.World, maker *ent.User){
		"time":     func(w *accounttest.World, _ *ent.User) { w.Later(10 * day) },
		"suspends": func(w *accounttest.World, maker *ent.User) { w.Suspend(maker) },
		"password": func(w *accounttest.World, maker *ent.User) {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				return tx.User.UpdateOneID(maker.ID).AddCredentialVersion(1).Exec(ctx)
			})
		},
		"deletes": func(w *accounttest.World, maker *ent.User) {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				if _, err := tx.SQL.ExecContext(ctx, "DELETE FROM memberships"); err != nil {
					return err
				}
				return tx.User.DeleteOneID(maker.ID).Exec(ctx)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			accounttest.Each(t, func(w *accounttest.World) {
				olga := w.User("Olga")
				acme := w.Account("Acme", olga)
				ada := w.Staff("Ada", permission.ManageAPITokens, permission.ListUsers)
				personal, _ := made(w, w.As(olga), tokens.Draft{Name: "x", Days: new(10), Accounts: []tokens.Scope{{AccountID: acme.ID, Permissions: []permission.Account{permission.Orders}}}})
				staff, _ := made(w, ada, tokens.Draft{Name: "x", Days: new(10), Permissions: []permission.Admin{permission.ListUsers}})
				w.Later(10*day - time.Second)
				if by(w, personal) == nil || by(w, staff) == nil {
					w.Fatal("over before its time")
				}
				w.Later(time.Second - 10*day)
				end(w, olga)
				end(w, w.DB.User.GetX(dbtest.System(w.T), viewer.From(ada).UserID))
				if by(w, personal) != nil || by(w, staff) != nil {
					w.Error("it still opens")
				}
			})
		})
	}
}

// security.md #14, #35: a token opens no more than its maker's own sign-in would: nothing, while a second factor is owed.
func TestEndsWithoutADemandedFactor(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga := w.User("Olga")
		acme := w.Account("Acme", olga)
		ada := w.Staff("Ada", permission.ManageAPITokens, permission.ListUsers)
		factor := func(id int, has bool) {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				return tx.User.UpdateOneID(id).SetTwoFactorEnabled(has).Exec(ctx)
			})
		}
		rule := func(r settings.TwoFactorRule) { w.Choose(func(s *settings.Settings) { s.TwoFactor = r }) }
		rule(settings.TwoFactorRule{})
		factor(viewer.From(ada).UserID, false)
		personal, its := made(w, w.As(olga), tokens.Draft{Name: "x", Accounts: []tokens.Scope{{AccountID: acme.ID, Permissions: []permission.Account{permission.Orders}}}})
		staff, theirs := made(w, ada, tokens.Draft{Name: "x", Permissions: []permission.Admin{permission.ListUsers}})
		opens := func(name string, ofOwner, ofStaff bool) {
			w.Helper()
			if (by(w, personal) != nil) != ofOwner || (by(w, staff) != nil) != ofStaff {
				w.Errorf("%s: the owner's opens %t, the staff's %t", name, by(w, personal) != nil, by(w, staff) != nil)
			}
			usable, err := service(w).Usable(w.Context(), []int{its.ID, theirs.ID})
			if err != nil || usable[its.ID] != ofOwner || usable[theirs.ID] != ofStaff {
				w.Errorf("%s: said to be usable %v, %v", name, usable, err)
			}
			acting, err := tokens.Acting(w.Context(), w.DB.Client, its.ID, w.Now)
			if err != nil || (acting != nil) != ofOwner {
				w.Errorf("%s: acts as %v, %v", name, acting, err)
			}
		}
		opens("nothing is demanded", true, true)
		rule(settings.TwoFactorRule{Staff: true})
		opens("of staff", true, false)
		rule(settings.TwoFactorRule{Owners: true, GraceDays: 3})
		opens("of owners, in a while", true, true)
		w.Later(3 * day)
		opens("of owners, now", false, true)
		factor(olga.ID, true)
		opens("when they have one", true, true)
	})
}

// security.md #14, #46: a token never acts upon who made it, whatever their role is by now; who made it is the actor of
// what it does, also when they are gone (#66).
func TestTheMakerOfAnInstallationToken(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		ada := w.Staff("Ada", permission.ManageAPITokens, permission.ListUsers, permission.EditUsers)
		eve := w.User("Eve")
		maker := viewer.From(ada).UserID
		plain, token := made(w, ada, tokens.Draft{Name: "x", Permissions: []permission.Admin{permission.ListUsers, permission.EditUsers}})
		w.Do(func(ctx context.Context, tx *db.Tx) error { // so that the token holds all that its maker holds
			return tx.Role.Update().Where(role.Name("role of Ada")).SetPermissions([]permission.Admin{permission.ListUsers, permission.EditUsers}).Exec(ctx)
		})
		change := func(id int) error {
			address := "thief@example.com"
			_, err := w.Users.Update(by(w, plain), users.Change{UserID: id, Version: w.DB.User.GetX(dbtest.System(w.T), id).Version, Email: &address})
			return err
		}
		w.Refused("its maker", change(maker), "FORBIDDEN")
		if err := change(eve.ID); err != nil {
			w.Fatal(err)
		}
		if v := viewer.From(by(w, plain)); v.Self() != 0 || v.Author() != maker {
			w.Errorf("acts as %d, by %d", v.Self(), v.Author())
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error { return tx.User.DeleteOneID(maker).Exec(ctx) })
		if n := w.Count("audit_entries WHERE action = 'USER_UPDATED' AND outcome = 'DONE' AND actor_kind = 'STAFF_TOKEN' AND actor_id = $1 AND token_id = $2", maker, token.ID); n != 1 {
			w.Errorf("%d entries name who made the token", n)
		}
	})
}

// security.md #14: a token ends with the membership that it was made by. Who comes back into the account, by whatever way,
// does not bring it; what it opens elsewhere stays.
func TestEndsWithTheMembership(t *testing.T) {
	for way, back := range map[string]func(w *accounttest.World, a *ent.Account, u *ent.User){
		"removed": func(w *accounttest.World, a *ent.Account, u *ent.User) {
			if _, err := w.Members.Remove(w.Staff("Ada", permission.ManageMemberships), w.Membership(a, u).ID); err != nil {
				w.Fatal(err)
			}
			w.Member(a, u, permission.Orders)
		},
		"left": func(w *accounttest.World, a *ent.Account, u *ent.User) {
			if err := w.Members.Leave(w.As(u), a.ID); err != nil {
				w.Fatal(err)
			}
			w.Member(a, u, permission.Orders)
		},
		"ended": func(w *accounttest.World, a *ent.Account, u *ent.User) {
			w.End(w.Membership(a, u), w.Now)
			w.Later(time.Second)
			_, err := w.Invitations.Join(w.Staff("Ada", permission.ManageMemberships),
				invitations.Association{AccountID: a.ID, UserID: &u.ID, Permissions: []permission.Account{permission.Orders}})
			if err != nil {
				w.Fatal(err)
			}
		},
	} {
		t.Run(way, func(t *testing.T) {
			accounttest.Each(t, func(w *accounttest.World) {
				eve := w.User("Eve")
				acme, other := w.Account("Acme", w.User("Olga")), w.Account("Other", w.User("Otto"))
				orders := []permission.Account{permission.Orders}
				w.Member(acme, eve, permission.Orders)
				w.Member(other, eve, permission.Orders)
				one, _ := made(w, w.As(eve), tokens.Draft{Name: "one", Accounts: []tokens.Scope{{AccountID: acme.ID, Permissions: orders}}})
				both, _ := made(w, w.As(eve), tokens.Draft{Name: "both", Accounts: []tokens.Scope{{AccountID: acme.ID, Permissions: orders}, {AccountID: other.ID, Permissions: orders}}})
				if err := errors.Join(reads(w, by(w, one), acme), reads(w, by(w, both), acme), reads(w, by(w, both), other)); err != nil {
					w.Fatal(err)
				}
				back(w, acme, eve)
				if by(w, one) != nil {
					w.Error("it still opens")
				}
				w.Refused("the account come back to", reads(w, by(w, both), acme), "NOT_FOUND")
				if err := reads(w, by(w, both), other); err != nil {
					w.Errorf("the other account: %v", err)
				}
			})
		})
	}
}

// security.md #14: what staff made for the installation gives them nothing, and takes nothing from them, in accounts either.
func TestATokenLeavesItsMakersMembershipsAlone(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		ada := w.Staff("Ada", permission.ManageAPITokens, permission.ManageMemberships)
		maker := w.DB.User.GetX(dbtest.System(w.T), viewer.From(ada).UserID)
		plain, _ := made(w, ada, tokens.Draft{Name: "x", Permissions: []permission.Admin{permission.ManageMemberships}})
		olga, eve := w.User("Olga"), w.User("Eve")
		acme, theirs := w.Account("Acme", olga), w.Account("Theirs", maker)
		orders := []permission.Account{permission.Orders}
		into := func(a *ent.Account, u *ent.User) error {
			_, err := w.Invitations.Join(by(w, plain), invitations.Association{AccountID: a.ID, UserID: &u.ID, Permissions: orders})
			return err
		}
		w.Refused("joining", into(acme, maker), "FORBIDDEN")
		if err := into(theirs, eve); err != nil {
			w.Fatal(err)
		}
		_, err := w.Members.MakeOwner(by(w, plain), w.Membership(theirs, eve).ID)
		w.Refused("taking their account", err, "FORBIDDEN")
		m := w.Member(acme, maker, permission.Orders)
		_, err = w.Members.MakeOwner(by(w, plain), m.ID)
		w.Refused("making them the owner", err, "FORBIDDEN")
		_, err = w.Members.Update(by(w, plain), members.Change{ID: m.ID, Permissions: []permission.Account{permission.ManageUsers}})
		w.Refused("more permissions", err, "FORBIDDEN")
		_, err = w.Members.Remove(by(w, plain), m.ID)
		w.Refused("removing", err, "FORBIDDEN")
		if w.Owner(acme) != olga.ID || w.Owner(theirs) != maker.ID {
			w.Error("an owner changed")
		}
	})
}

// product.md part 13: users read what became of their tokens, and who did it: whoever stole a session leaves that trace.
func TestActivityTellsOfTokens(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga := w.User("Olga")
		acme := w.Account("Acme", olga)
		_, token := made(w, w.As(olga), tokens.Draft{Name: "x", Accounts: []tokens.Scope{{AccountID: acme.ID, Permissions: []permission.Account{permission.Orders}}}})
		if _, _, err := service(w).Rotate(w.As(olga), token.ID); err != nil {
			w.Fatal(err)
		}
		if _, err := service(w).Revoke(w.Staff("Ada", permission.ManageAPITokens), token.ID, "It leaked."); err != nil {
			w.Fatal(err)
		}
		ten := 10
		page, err := w.Acts.OfUser(w.As(olga), olga.ID, paging.Request{First: &ten})
		if err != nil {
			w.Fatal(err)
		}
		told := []string{}
		for _, a := range page.Rows {
			line := string(a.Action) + " " + string(a.By)
			if a.Reason != nil {
				line += " " + *a.Reason
			}
			told = append(told, line)
		}
		if want := []string{"TOKEN_REVOKED STAFF It leaked.", "TOKEN_ROTATED SELF", "TOKEN_CREATED SELF"}; !slices.Equal(told, want) {
			w.Errorf("told %q, want %q", told, want)
		}
		entries, err := audit.About(w.As(olga), w.DB, 0, 100)
		if err != nil {
			w.Fatal(err)
		}
		revoked := entries[len(entries)-1]
		if revoked.Action != audit.TokenRevoked || revoked.Own || !strings.Contains(string(revoked.Detail), "It leaked.") {
			w.Errorf("their data end with %+v", revoked)
		}
	})
}

// Which member of staff made the token that acted in an account is for staff alone to know.
func TestCustomersDoNotLearnWhoMadeAStaffToken(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve := w.User("Olga"), w.User("Eve")
		acme := w.Account("Acme", olga)
		link := w.Member(acme, eve, permission.Orders)
		ada := w.Staff("Ada", permission.ManageAPITokens, permission.ManageMemberships, permission.ListAccounts)
		plain, _ := made(w, ada, tokens.Draft{Name: "x", Permissions: []permission.Admin{permission.ManageMemberships, permission.ListAccounts}})
		if _, err := w.Members.Remove(by(w, plain), link.ID); err != nil {
			w.Fatal(err)
		}
		for name, c := range map[string]struct {
			ctx  context.Context
			want string
		}{"the owner": {w.As(olga), ""}, "staff": {ada, "Ada Moore"}} {
			page, err := w.Acts.OfAccount(c.ctx, acme.ID, paging.Request{First: new(1)})
			if err != nil || len(page.Rows) != 1 {
				w.Fatalf("%s: %v", name, err)
			}
			got := ""
			if by := page.Rows[0].ByName; by != nil {
				got = *by
			}
			if page.Rows[0].By != activity.Other || got != c.want {
				w.Errorf("%s: by %s %q, want %q", name, page.Rows[0].By, got, c.want)
			}
		}
	})
}

// A use is written down beside the request: a database that is busy writing keeps nobody waiting.
func TestUseWhileTheDatabaseWrites(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		ada := w.Staff("Ada", permission.ManageAPITokens, permission.ListUsers)
		plain, token := made(w, ada, tokens.Draft{Name: "x", Permissions: []permission.Admin{permission.ListUsers}})
		busy, err := w.DB.Writer().BeginTx(w.Context(), nil)
		if err != nil {
			w.Fatal(err)
		}
		if _, err := busy.ExecContext(w.Context(), "UPDATE api_tokens SET name = name"); err != nil {
			w.Fatal(err)
		}
		s := service(w)
		if _, err := s.Authenticate(w.Nobody(), plain); err != nil {
			w.Errorf("while the database was busy: %v", err)
		}
		if err := busy.Rollback(); err != nil {
			w.Fatal(err)
		}
		s.Close()
		if t := w.DB.APIToken.GetX(dbtest.System(w.T), token.ID); !t.LastUsedAt.Equal(w.Now) {
			w.Errorf("last used at %s", t.LastUsedAt)
		}
	})
}

// security.md #14: an installation's token may what it was made for and its maker still may, and nothing that no token can.
func TestInstallation(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		ada := w.Staff("Ada", permission.ManageAPITokens, permission.ListUsers, permission.EditUsers, permission.DeleteUsers)
		plain, _ := made(w, ada, tokens.Draft{Name: "CRM", Permissions: []permission.Admin{permission.EditUsers, permission.ListUsers}})
		v := viewer.From(by(w, plain))
		if got := v.AdminPermissions(); !slices.Equal(got, []permission.Admin{permission.ListUsers, permission.EditUsers}) || v.UserID != 0 || v.Self() != 0 {
			w.Errorf("acts as %+v", v)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return tx.Role.Update().Where(role.Name("role of Ada")).SetPermissions([]permission.Admin{permission.ListUsers}).Exec(ctx)
		})
		if got := viewer.From(by(w, plain)).AdminPermissions(); !slices.Equal(got, []permission.Admin{permission.ListUsers}) {
			w.Errorf("after the role lost one: %v", got)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return tx.User.UpdateOneID(viewer.From(ada).UserID).ClearRole().Exec(ctx)
		})
		if by(w, plain) != nil {
			w.Error("it opens without its maker's role")
		}
	})
}

func TestMakingIsRefused(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve := w.User("Olga"), w.User("Eve")
		acme, foreign, closed := w.Account("Acme", olga), w.Account("Foreign", eve), w.Account("Closed", olga)
		w.Member(foreign, olga, permission.Orders)
		w.Close(closed)
		ada := w.Staff("Ada", permission.ManageAPITokens, permission.ListUsers, permission.DeleteUsers)
		bob := w.Staff("Bob", permission.ListUsers)
		in := func(a *ent.Account, may ...permission.Account) []tokens.Scope {
			return []tokens.Scope{{AccountID: a.ID, Permissions: may}}
		}
		orders := in(acme, permission.Orders)
		for name, c := range map[string]struct {
			ctx  context.Context
			d    tokens.Draft
			want string
		}{
			"no name":               {w.As(olga), tokens.Draft{Name: " ", Accounts: orders}, "REQUIRED name"},
			"a name that turns":     {w.As(olga), tokens.Draft{Name: "x\u202e", Accounts: orders}, "INVALID name"},
			"a name with a NUL":     {w.As(olga), tokens.Draft{Name: "x\x00y", Accounts: orders}, "INVALID name"},
			"a name of two lines":   {w.As(olga), tokens.Draft{Name: "x\ny", Accounts: orders}, "INVALID name"},
			"zero days":             {w.As(olga), tokens.Draft{Name: "x", Days: new(0), Accounts: orders}, "INVALID days"},
			"days that come round":  {w.As(olga), tokens.Draft{Name: "x", Days: new(213_504), Accounts: orders}, "INVALID days"},
			"and a day less":        {w.As(olga), tokens.Draft{Name: "x", Days: new(-213_400), Accounts: orders}, "INVALID days"},
			"a long name":           {w.As(olga), tokens.Draft{Name: strings.Repeat("x", 101), Accounts: orders}, "TOO_LONG name"},
			"no days":               {w.As(olga), tokens.Draft{Name: "x", Days: new(-1), Accounts: orders}, "INVALID days"},
			"too many days":         {w.As(olga), tokens.Draft{Name: "x", Days: new(366), Accounts: orders}, "INVALID days"},
			"nothing":               {w.As(olga), tokens.Draft{Name: "x"}, "REQUIRED permissions"},
			"both":                  {ada, tokens.Draft{Name: "x", Permissions: []permission.Admin{permission.ListUsers}, Accounts: orders}, "NOT_ALLOWED accounts"},
			"an account twice":      {w.As(olga), tokens.Draft{Name: "x", Accounts: append(in(acme, permission.Orders), orders...)}, "NOT_ALLOWED accounts.1.accountId"},
			"a closed account":      {w.As(olga), tokens.Draft{Name: "x", Accounts: in(closed, permission.Orders)}, "NOT_ALLOWED accounts.0.accountId"},
			"another's account":     {w.As(eve), tokens.Draft{Name: "x", Accounts: orders}, "NOT_ALLOWED accounts.0.accountId"},
			"no permission there":   {w.As(olga), tokens.Draft{Name: "x", Accounts: in(acme)}, "REQUIRED accounts.0.permissions"},
			"more than one's own":   {w.As(olga), tokens.Draft{Name: "x", Accounts: in(foreign, permission.Invoices)}, "NOT_ALLOWED accounts.0.permissions"},
			"more as staff":         {ada, tokens.Draft{Name: "x", Permissions: []permission.Admin{permission.EditUsers}}, "NOT_ALLOWED permissions"},
			"what no token can":     {ada, tokens.Draft{Name: "x", Permissions: []permission.Admin{permission.DeleteUsers}}, "NOT_ALLOWED permissions"},
			"tokens by a token":     {ada, tokens.Draft{Name: "x", Permissions: []permission.Admin{permission.ManageAPITokens}}, "NOT_ALLOWED permissions"},
			"without MANAGE":        {bob, tokens.Draft{Name: "x", Permissions: []permission.Admin{permission.ListUsers}}, "FORBIDDEN"},
			"without a fresh proof": {w.Unproven(olga), tokens.Draft{Name: "x", Accounts: orders}, "SUDO_REQUIRED"},
			"by a token":            {w.Token(permission.ManageAPITokens, permission.ListUsers), tokens.Draft{Name: "x", Permissions: []permission.Admin{permission.ListUsers}}, "FORBIDDEN"},
			"by nobody":             {w.Nobody(), tokens.Draft{Name: "x", Accounts: orders}, "UNAUTHENTICATED"},
		} {
			_, _, err := service(w).Make(c.ctx, c.d)
			w.Refused(name, err, c.want)
		}
		if n := w.DB.APIToken.Query().CountX(dbtest.System(w.T)); n != 0 {
			w.Errorf("%d were made all the same", n)
		}
		for i := range tokens.Most {
			if i > 0 && i%10 == 0 {
				_, _, err := service(w).Make(w.As(olga), tokens.Draft{Name: "x", Accounts: orders})
				w.Refused("more than ten an hour", err, "RATE_LIMITED")
				w.Later(time.Hour)
			}
			made(w, w.As(olga), tokens.Draft{Name: "x", Accounts: orders})
		}
		_, _, err := service(w).Make(w.As(olga), tokens.Draft{Name: "x", Accounts: orders})
		w.Refused("one more than fits", err, "NOT_ALLOWED")
	})
}

// Each other secret is a mail, as each token is: both count together.
func TestRotatingIsThrottled(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga := w.User("Olga")
		acme := w.Account("Acme", olga)
		_, token := made(w, w.As(olga), tokens.Draft{Name: "x", Accounts: []tokens.Scope{{AccountID: acme.ID, Permissions: []permission.Account{permission.Orders}}}})
		for range 9 {
			if _, _, err := service(w).Rotate(w.As(olga), token.ID); err != nil {
				w.Fatal(err)
			}
		}
		_, _, err := service(w).Rotate(w.As(olga), token.ID)
		w.Refused("the tenth", err, "RATE_LIMITED")
		if n := len(w.Mails()); n != 10 {
			w.Errorf("%d mails", n)
		}
		w.Later(time.Hour)
		if _, _, err := service(w).Rotate(w.As(olga), token.ID); err != nil {
			w.Errorf("an hour later: %v", err)
		}
	})
}

// security.md #72: tokens that are over for thirty days go, and budgets that are full again, though nobody makes another.
func TestSpentTokensGo(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga := w.User("Olga")
		acme := w.Account("Acme", olga)
		token := func(days int) int {
			w.Helper()
			_, t := made(w, w.As(olga), tokens.Draft{Name: "x", Days: &days, Accounts: []tokens.Scope{{AccountID: acme.ID, Permissions: []permission.Account{permission.Orders}}}})
			return t.ID
		}
		budgets := &budget.Service{DB: w.DB, Now: func() time.Time { return w.Now }}
		spend := func() {
			if err := budgets.Spend(w.As(olga), 1000); err != nil {
				w.Fatal(err)
			}
			budgets.Close()
		}
		expired, revoked, lasting := token(5), token(200), token(200)
		if _, err := service(w).Revoke(w.As(olga), revoked, ""); err != nil {
			w.Fatal(err)
		}
		spend()
		kept := func(when string, want []int, budgeted int) {
			w.Helper()
			if err := errors.Join(service(w).Sweep(w.Context()), budgets.Sweep(w.Context())); err != nil {
				w.Fatal(err)
			}
			if ids := w.DB.APIToken.Query().Order(apitoken.ByID()).IDsX(dbtest.System(w.T)); !slices.Equal(ids, want) {
				w.Errorf("%s: tokens %v, want %v", when, ids, want)
			}
			if n := w.Count("budgets"); n != budgeted {
				w.Errorf("%s: %d budgets, want %d", when, n, budgeted)
			}
		}
		kept("at once", []int{expired, revoked, lasting}, 1)
		w.Later(30 * day)
		spend()
		kept("after thirty days", []int{expired, revoked, lasting}, 1)
		w.Later(day)
		kept("a day more", []int{expired, lasting}, 0)
		w.Later(5 * day)
		kept("after five more", []int{lasting}, 0)
	})
}

func TestRotateAndRevoke(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve := w.User("Olga"), w.User("Eve")
		acme := w.Account("Acme", olga)
		s := service(w)
		first, token := made(w, w.As(olga), tokens.Draft{Name: "x", Days: new(30), Accounts: []tokens.Scope{{AccountID: acme.ID, Permissions: []permission.Account{permission.Orders}}}})
		w.Later(10 * day)
		ada := w.Staff("Ada", permission.ManageAPITokens)
		second, rotated, err := s.Rotate(w.As(olga), token.ID)
		if err != nil || !rotated.ExpiresAt.Equal(w.Now.Add(30*day)) || len(rotated.Edges.Scopes) != 1 {
			w.Fatalf("rotated to %v: %v", rotated, err)
		}
		if by(w, first) != nil {
			w.Error("the old secret still opens")
		}
		if err := reads(w, by(w, second), acme); err != nil {
			w.Errorf("the new secret: %v", err)
		}
		_, _, err = s.Rotate(w.As(eve), token.ID)
		w.Refused("another's", err, "NOT_FOUND")
		_, _, err = s.Rotate(ada, token.ID)
		w.Refused("another's, by staff: they would hold the secret", err, "NOT_FOUND")
		_, _, err = s.Rotate(w.Unproven(olga), token.ID)
		w.Refused("without a fresh proof", err, "SUDO_REQUIRED")

		_, err = s.Revoke(w.As(eve), token.ID, "")
		w.Refused("to revoke another's", err, "NOT_FOUND")
		_, err = s.Revoke(ada, token.ID, " ")
		w.Refused("without a reason", err, "REQUIRED reason")
		_, err = s.Revoke(ada, token.ID, strings.Repeat("x", 201))
		w.Refused("with a long reason", err, "TOO_LONG reason")
		_, err = s.Revoke(ada, token.ID, "x\x00y")
		w.Refused("with a NUL in the reason", err, "INVALID reason")
		_, err = s.Revoke(w.As(olga), token.ID, "x\u202ey")
		w.Refused("with one's own reason that turns", err, "INVALID reason")
		chief, _ := made(w, w.Staff("Chief", permission.ManageAPITokens, permission.ListUsers), tokens.Draft{Name: "x", Permissions: []permission.Admin{permission.ListUsers}})
		above, err := service(w).Behind(by(w, chief))
		if err != nil {
			w.Fatal(err)
		}
		_, err = s.Revoke(ada, above.ID, "Found in a log")
		w.Refused("one of somebody who holds more (security.md #46)", err, "FORBIDDEN")
		if by(w, second) == nil {
			w.Fatal("a refusal revoked it")
		}
		revoked, err := s.Revoke(ada, token.ID, "Left the company")
		if err != nil || revoked.RevokedAt == nil || revoked.RevokeReason != "Left the company" {
			w.Fatalf("revoked: %v, %v", revoked, err)
		}
		if by(w, second) != nil {
			w.Error("it opens after it was revoked")
		}
		_, err = s.Revoke(w.As(olga), token.ID, "")
		w.Refused("twice", err, "NOT_ALLOWED tokenId")
		_, _, err = s.Rotate(w.As(olga), token.ID)
		w.Refused("to rotate what is over", err, "NOT_ALLOWED tokenId")
	})
}

func TestLists(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve := w.User("Olga"), w.User("Eve")
		acme := w.Account("Acme", olga)
		ada := w.Staff("Ada", permission.ManageAPITokens, permission.ListUsers)
		_, hers := made(w, w.As(olga), tokens.Draft{Name: "hers", Accounts: []tokens.Scope{{AccountID: acme.ID, Permissions: []permission.Account{permission.Orders}}}})
		plain, staffs := made(w, ada, tokens.Draft{Name: "staff's", Permissions: []permission.Admin{permission.ListUsers}})
		s, ten := service(w), 10
		names := func(p *tokens.Page, err error) string {
			w.Helper()
			if err != nil {
				w.Fatal(err)
			}
			var list []string
			for _, t := range p.Rows {
				list = append(list, t.Name)
			}
			return strings.Join(list, ", ")
		}
		if got := names(s.Own(w.As(olga), paging.Request{First: &ten})); got != "hers" {
			w.Errorf("one's own: %s", got)
		}
		if got := names(s.All(ada, paging.Request{First: &ten})); got != "staff's, hers" {
			w.Errorf("all: %s", got)
		}
		_, err := s.All(w.As(olga), paging.Request{First: &ten})
		w.Refused("all, for a customer", err, "FORBIDDEN")
		_, err = s.Own(by(w, plain), paging.Request{First: &ten})
		w.Refused("one's own, for a token", err, "FORBIDDEN")
		for name, c := range map[string]struct {
			ctx  context.Context
			id   int
			sees bool
		}{
			"one's own":      {w.As(olga), hers.ID, true},
			"another's":      {w.As(eve), hers.ID, false},
			"staff with it":  {ada, hers.ID, true},
			"a token itself": {by(w, plain), staffs.ID, false},
		} {
			if t, err := s.Get(c.ctx, c.id); err != nil || (t != nil) != c.sees {
				w.Errorf("%s: %v, %v", name, t, err)
			}
		}
		v := viewer.From(by(w, plain))
		v.Address = netip.MustParseAddr("192.0.2.7")
		w.Later(time.Hour)
		if _, err := s.Authenticate(viewer.With(w.Context(), v), plain); err != nil {
			w.Fatal(err)
		}
		s.Close() // the use is written down beside the request
		if t := w.DB.APIToken.GetX(dbtest.System(w.T), staffs.ID); !t.LastUsedAt.Equal(w.Now) || t.LastUsedAddress != "192.0.2.7" {
			w.Errorf("last used at %s from %q", t.LastUsedAt, t.LastUsedAddress)
		}
	})
}

// security.md #49: what a token offered stands as long as the token may still give it.
func TestInvitationsOfTokens(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve := w.User("Olga"), w.User("Eve")
		acme := w.Account("Acme", olga)
		may := []permission.Account{permission.ManageUsers, permission.Orders}
		plain, token := made(w, w.As(olga), tokens.Draft{Name: "x", Accounts: []tokens.Scope{{AccountID: acme.ID, Permissions: may}}})
		ctx := by(w, plain)
		_, err := w.Invitations.Send(ctx, invitations.Draft{AccountID: acme.ID, Email: "olga@example.com", Permissions: may})
		w.Refused("the maker's own address", err, "NOT_ALLOWED email")
		_, err = w.Invitations.Send(ctx, invitations.Draft{AccountID: acme.ID, Email: "eve@example.com", Permissions: []permission.Account{permission.Invoices}})
		w.Refused("what the token lacks", err, "NOT_ALLOWED permissions")
		if _, err := w.Invitations.Send(ctx, invitations.Draft{AccountID: acme.ID, Email: "eve@example.com", Permissions: may}); err != nil {
			w.Fatal(err)
		}
		offer := w.Link("eve@example.com")
		look, err := w.Invitations.Look(w.Nobody(), offer)
		if err != nil || look.Status != invitations.LinkOpen || look.InviterName == nil || *look.InviterName != "Olga Moore" {
			w.Errorf("the offer is %+v, %v", look, err)
		}
		if _, err := service(w).Revoke(w.As(olga), token.ID, ""); err != nil {
			w.Fatal(err)
		}
		_, err = w.Invitations.Accept(w.As(eve), offer, false)
		w.Refused("after the token was revoked", err, "NOT_ALLOWED token")
	})
}
