package main

import (
	"context"
	"testing"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/role"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/settings"
)

const makeToken = `mutation($i: CreateApiTokenInput!) { createApiToken(input: $i) { apiToken { id } secret userErrors { field code } } }`

// tokenOf makes a token, and returns its global ID and its secret.
func tokenOf(b *browser, input map[string]any) (id, secret string) {
	made := b.must("createApiToken", makeToken, map[string]any{"i": input})
	t, _ := made["apiToken"].(map[string]any)
	id, _ = t["id"].(string)
	secret, _ = made["secret"].(string)
	return id, secret
}

func (w *world) bearer(secret string) *browser {
	b := w.browser()
	b.header.Set("Authorization", "Bearer "+secret)
	return b
}

// #14: what ends or narrows a token holds from the next request on, on every server.
func Test14TokensEndEverywhere(t *testing.T) {
	const list = `{ users(first: 1) { nodes { id } } }`
	const revoke = `mutation($i: RevokeApiTokenInput!) { revokeApiToken(input: $i) { apiToken { id } userErrors { code } } }`
	const rotate = `mutation($i: RotateApiTokenInput!) { rotateApiToken(input: $i) { secret userErrors { code } } }`
	for name, c := range map[string]struct {
		end  func(w *world, chief *browser, ada *ent.User, id string)
		want string
	}{
		"revoked": {func(_ *world, chief *browser, _ *ent.User, id string) {
			chief.must("revokeApiToken", revoke, map[string]any{"i": map[string]any{"tokenId": id}})
		}, "UNAUTHENTICATED"},
		"rotated": {func(_ *world, chief *browser, _ *ent.User, id string) {
			chief.must("rotateApiToken", rotate, map[string]any{"i": map[string]any{"tokenId": id}})
		}, "UNAUTHENTICATED"},
		"of a suspended maker": {func(w *world, _ *browser, ada *ent.User, _ string) {
			w.tx(func(ctx context.Context, tx *db.Tx) error {
				return tx.User.UpdateOne(ada).SetState(user.StateSUSPENDED).Exec(ctx)
			})
		}, "UNAUTHENTICATED"},
		"of a maker with reduced rights": {func(w *world, _ *browser, _ *ent.User, _ string) {
			w.tx(func(ctx context.Context, tx *db.Tx) error {
				return tx.Role.Update().Where(role.Name("role of ada@example.com")).SetPermissions([]permission.Admin{permission.ManageAPITokens}).Exec(ctx)
			})
		}, "FORBIDDEN"},
		"expired": {func(w *world, _ *browser, _ *ent.User, _ string) {
			w.tx(func(ctx context.Context, tx *db.Tx) error {
				return tx.APIToken.Update().SetExpiresAt(w.clock()).Exec(ctx)
			})
		}, "UNAUTHENTICATED"},
	} {
		t.Run(name, func(t *testing.T) {
			run := func(t *testing.T, here, there *world) {
				t.Helper()
				ada := here.staff("Ada", "ada@example.com", permission.ManageAPITokens, permission.ListUsers)
				chief := here.browser().signIn("ada@example.com").confirm()
				id, secret := tokenOf(chief, map[string]any{"name": "CRM", "permissions": []string{"LIST_USERS"}})
				for _, w := range []*world{here, there} {
					if r := w.bearer(secret).ask(list, nil); r.refusal() != "" {
						t.Fatalf("before: %s", r.Body)
					}
				}
				c.end(here, chief, ada, id)
				for _, w := range []*world{there, here} {
					if r := w.bearer(secret).ask(list, nil); r.refusal() != c.want {
						t.Errorf("after: %s, want %s", r.Body, c.want)
					}
				}
			}
			t.Run("sqlite", func(t *testing.T) {
				w := newWorld(t, dbtest.SQLite(t))
				run(t, w, w)
			})
			t.Run("postgres", func(t *testing.T) {
				source := dbtest.PostgreSQLSource(t)
				run(t, newWorld(t, dbtest.Open(t, source)), newWorld(t, dbtest.Open(t, source)))
			})
		})
	}
}

// #14: a scope that was named at creation, under a fresh proof, stands for the proof; a token proves nothing itself, and its
// own user's things are closed to it.
func Test14ScopesStandForSudo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Ada", "ada@example.com", permission.ManageAPITokens, permission.ListUsers, permission.DisableUserTwoFactor)
		eve := w.user("Eve", "Moore", "eve@example.com")
		w.enroll(eve)
		unproven := w.browser().signIn("ada@example.com")
		w.later(11 * time.Minute)
		if r := unproven.ask(makeToken, map[string]any{"i": map[string]any{"name": "x", "permissions": []string{"LIST_USERS"}}}); r.refusal() != "SUDO_REQUIRED" {
			t.Errorf("without a proof: %s", r.Body)
		}
		_, secret := tokenOf(w.browser().signIn("ada@example.com").confirm(), map[string]any{"name": "Desk", "permissions": []string{"DISABLE_USER_TWO_FACTOR"}})
		const disable = `mutation($i: DisableTwoFactorInput!) { disableTwoFactor(input: $i) { userErrors { code } } }`
		b := w.bearer(secret)
		if r := b.ask(disable, map[string]any{"i": map[string]any{"userId": eve.GlobalID(), "reason": "Lost phone"}}); r.refusal() != "" {
			t.Errorf("with the scope: %s", r.Body)
		}
		for _, query := range []string{
			`mutation { createApiToken(input: {name: "x", permissions: [DISABLE_USER_TWO_FACTOR]}) { secret } }`, `{ viewer { apiTokens(first: 1) { nodes { id } } } }`,
		} {
			if r := b.ask(query, nil); r.refusal() != "FORBIDDEN" {
				t.Errorf("%s: %s", query, r.Body)
			}
		}
	})
}

// #9, #35: a token outlives what its maker does with their own second factor, as their sessions do; it ends when staff take
// the factor away, with another password, and opens nothing while a factor is demanded and missing.
func Test9CredentialsEndTokens(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve := w.user("Eve", "Moore", "eve@example.com")
		acme := w.account("Acme", eve)
		w.staff("Sam", "sam@example.com", permission.DisableUserTwoFactor)
		b := w.browser().signIn("eve@example.com").confirm()
		input := map[string]any{"name": "x", "accounts": []map[string]any{{"accountId": acme.GlobalID(), "permissions": []string{"ORDERS"}}}}
		_, secret := tokenOf(b, input)
		opens := func(when, want string) {
			t.Helper()
			if r := w.bearer(secret).ask(`{ viewer { kind } }`, nil); r.refusal() != want {
				t.Errorf("%s: %s, want %q", when, r.Body, want)
			}
		}
		w.choose(func(s *settings.Settings) { s.TwoFactor = settings.TwoFactorRule{Everyone: true} })
		opens("while a factor is demanded", "UNAUTHENTICATED")
		w.choose(func(s *settings.Settings) { s.TwoFactor = settings.TwoFactorRule{} })
		opens("when none is", "")
		b.enrol()
		opens("with an app", "")
		b.must("removeTotp", `mutation { removeTotp { userErrors { code } } }`, nil)
		opens("without it", "")
		b.enrol()
		w.browser().signIn("sam@example.com").confirm().must("disableTwoFactor",
			`mutation($i: DisableTwoFactorInput!) { disableTwoFactor(input: $i) { userErrors { code } } }`,
			map[string]any{"i": map[string]any{"userId": eve.GlobalID(), "reason": "Lost phone"}})
		opens("after staff removed it", "UNAUTHENTICATED")
		b = w.browser().signIn("eve@example.com").confirm()
		_, secret = tokenOf(b, input)
		opens("another one", "")
		b.must("changePassword", changePassword, changed(password, another))
		opens("after another password", "UNAUTHENTICATED")
	})
}
