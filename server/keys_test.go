package main

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/ent/generated/membership"
	"roster/ent/generated/role"
	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/idempotency"
)

const recordMutation = `mutation($i: RecordOrderInput!) { recordOrder(input: $i) { order { id number } userErrors { field code } } }`

// under is the browser that sends an Idempotency-Key.
func (b *browser) under(key string) *browser {
	with := *b
	with.header = b.header.Clone()
	with.header.Set("Idempotency-Key", key)
	return &with
}

// reason is why a key stood in the way; with the code where that is no conflict.
func (r reply) reason() string {
	if len(r.Errors) == 0 || r.refusal() != "CONFLICT" {
		return r.refusal()
	}
	reasons, _ := r.Errors[0].Extensions["reasons"].([]any)
	reason, _ := reasons[0].(string)
	return reason
}

func (r reply) replayed() bool { return r.Header.Get("Idempotency-Replayed") == "true" }

// counter is a shop's counter: Ada notes orders of an account there.
func counter(w *world) (ada *browser, order func(number string) map[string]any) {
	w.t.Helper()
	w.staff("Ada", "ada@example.com", permission.Admins...)
	a := w.account("Acme", w.user("Eve", "Moore", "eve@example.com"))
	return w.browser().signIn("ada@example.com").confirm(), func(number string) map[string]any {
		return map[string]any{"i": map[string]any{"accountId": a.GlobalID(), "number": number}}
	}
}

// #80: the same key and input get the same answer, and the change is made once. Other inputs, operations and viewers.
func Test80SameKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ada, order := counter(w)
		w.staff("Bob", "bob@example.com", permission.Admins...)
		first := ada.under("k").ask(recordMutation, order("1"))
		if first.refusal() != "" || first.replayed() {
			t.Fatalf("first: %s", first.Body)
		}
		_, token := tokenOf(ada, map[string]any{"name": "Shop", "permissions": []string{"EDIT_ACCOUNTS"}})
		for name, b := range map[string]*browser{"again": ada, "in another session": w.browser().signIn("ada@example.com")} {
			r := b.under("k").ask(recordMutation, order("1"))
			if r.Body != first.Body || !r.replayed() || r.Status != http.StatusOK {
				t.Errorf("%s: %s, replayed %t", name, r.Body, r.replayed())
			}
		}
		for name, c := range map[string]struct {
			reply reply
			want  string
		}{
			"another input":     {ada.under("k").ask(recordMutation, order("2")), idempotency.Used},
			"another selection": {ada.under("k").ask(strings.Replace(recordMutation, "id number", "id", 1), order("1")), idempotency.Used},
			"another operation": {ada.under("k").ask(sendMutation, map[string]any{"u": w.user("Zoe", "Moore", "zoe@example.com").GlobalID()}), ""},
			"another viewer":    {w.browser().signIn("bob@example.com").under("k").ask(recordMutation, order("1")), "TAKEN number"},
			"a token":           {w.bearer(token).under("k").ask(recordMutation, order("1")), "TAKEN number"},
			"another key":       {ada.under("l").ask(recordMutation, order("1")), "TAKEN number"},
			"no key":            {ada.ask(recordMutation, order("1")), "TAKEN number"},
			"what was refused":  {ada.under("l").ask(recordMutation, order("2")), ""},
		} {
			if c.reply.reason() != c.want || c.reply.replayed() {
				t.Errorf("%s: %s, want %q", name, c.reply.Body, c.want)
			}
		}
		w.later(24 * time.Hour)
		if r := w.browser().signIn("ada@example.com").under("k").ask(recordMutation, order("3")); r.refusal() != "" || r.replayed() {
			t.Errorf("after a day: %s", r.Body)
		}
		if n := w.count("orders"); n != 3 {
			t.Errorf("%d orders", n)
		}
	})
}

// #80: whoever sends the same at the same moment, to whichever server, makes it be done once.
func Test80AtOnce(t *testing.T) {
	run := func(t *testing.T, servers ...*world) {
		t.Helper()
		ada, order := counter(servers[0])
		var browsers []*browser
		for i := range 20 {
			b := *ada
			b.world = servers[i%len(servers)]
			if b.world != servers[0] { // the cookie is good for both
				b = *b.world.browser().signIn("ada@example.com")
			}
			browsers = append(browsers, b.under("k"))
		}
		replies := make([]reply, len(browsers))
		start := make(chan struct{})
		var wg sync.WaitGroup
		for i, b := range browsers {
			wg.Go(func() {
				<-start
				replies[i] = b.ask(recordMutation, order("1"))
			})
		}
		close(start)
		wg.Wait()
		answers, conflicts := map[string]int{}, 0
		for _, r := range replies {
			if r.reason() == idempotency.Running && r.Header.Get("Retry-After") != "" {
				conflicts++
				continue
			}
			if r.refusal() != "" {
				t.Errorf("%s", r.Body)
			}
			answers[r.Body]++
		}
		if len(answers) != 1 || servers[0].count("orders") != 1 {
			t.Errorf("%d orders, %d conflicts, answers: %q", servers[0].count("orders"), conflicts, slices.Collect(maps.Keys(answers)))
		}
		if r := browsers[1].ask(recordMutation, order("1")); answers[r.Body] == 0 || !r.replayed() {
			t.Errorf("afterwards: %s", r.Body)
		}
	}
	t.Run("sqlite", func(t *testing.T) { run(t, newWorld(t, dbtest.SQLite(t))) })
	t.Run("postgres", func(t *testing.T) {
		source := dbtest.PostgreSQLSource(t)
		run(t, newWorld(t, dbtest.Open(t, source)), newWorld(t, dbtest.Open(t, source)))
	})
}

// #80: one-time secrets are not given twice, nor is what sets a cookie; and they stand nowhere.
func Test80SecretsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ada, _ := counter(w)
		input := map[string]any{"i": map[string]any{"name": "Shop", "permissions": []string{"LIST_USERS"}}}
		made := ada.under("a").must("createApiToken", makeToken, input)
		if secret, _ := made["secret"].(string); secret == "" {
			t.Fatal("no secret")
		}
		inFragments := `mutation($i: CreateApiTokenInput!) { createApiToken(input: $i) { ...A } }
			fragment A on CreateApiTokenPayload { ...B } fragment B on CreateApiTokenPayload { ... { secret } userErrors { code } }`
		ada.under("b").must("createApiToken", inFragments, input)
		without := `mutation($i: CreateApiTokenInput!) { createApiToken(input: $i) { apiToken { id } userErrors { code } } }`
		ada.under("c").must("createApiToken", without, input)
		ada.under("d").must("confirmIdentity", confirmMutation, map[string]any{"p": password})
		for key, c := range map[string]struct {
			query     string
			variables map[string]any
			want      string
		}{
			"a": {makeToken, input, idempotency.Made},
			"b": {inFragments, input, idempotency.Made},
			"c": {without, input, ""},
			"d": {confirmMutation, map[string]any{"p": password}, idempotency.Made},
		} {
			if r := ada.under(key).ask(c.query, c.variables); r.reason() != c.want || r.replayed() != (c.want == "") {
				t.Errorf("%s: %s, want %q", key, r.Body, c.want)
			}
		}
		if n := w.count("api_tokens"); n != 3 {
			t.Errorf("%d tokens", n)
		}
		if n := w.count("idempotency_keys WHERE answer IS NOT NULL"); n != 1 {
			t.Errorf("%d answers are kept: one is without a secret", n)
		}
	})
}

// #15: what a viewer may not do any more is not answered either, though it was before.
func Test80NoAnswerForWhoMayNotAsk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ada, order := counter(w)
		id, secret := tokenOf(ada, map[string]any{"name": "Shop", "permissions": []string{"EDIT_ACCOUNTS"}})
		token := w.bearer(secret).under("k")
		for number, b := range map[string]*browser{"Ada's": ada.under("k"), "the token's": token} {
			if r := b.ask(recordMutation, order(number)); r.refusal() != "" {
				t.Fatal(r.Body)
			}
		}
		ada.must("revokeApiToken", `mutation($i: RevokeApiTokenInput!) { revokeApiToken(input: $i) { userErrors { code } } }`,
			map[string]any{"i": map[string]any{"tokenId": id}})
		if r := token.ask(recordMutation, order("the token's")); r.refusal() != "UNAUTHENTICATED" || r.replayed() {
			t.Errorf("a token that was revoked: %s", r.Body)
		}
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			return tx.Role.Update().Where(role.Name("role of ada@example.com")).SetPermissions([]permission.Admin{permission.ListAccounts}).Exec(ctx)
		})
		if r := ada.under("k").ask(recordMutation, order("Ada's")); r.refusal() != "FORBIDDEN" || r.replayed() {
			t.Errorf("with fewer rights: %s", r.Body)
		}
	})
}

// #80: which operations take a key.
func Test80WhatTakesAKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ada, order := counter(w)
		two := `mutation($i: RecordOrderInput!) { a: recordOrder(input: $i) { order { id } } b: recordOrder(input: $i) { order { id } } }`
		own := ada.under("k")
		own.header.Set("Accept", "application/graphql-response+json")
		for name, c := range map[string]struct {
			by        *browser
			query     string
			variables map[string]any
			want      string
			status    int
		}{
			"a query":                       {ada, "{ viewer { kind } }", nil, "", 200},
			"two fields":                    {ada, two, order("1"), "INVALID", 200},
			"two fields, own media":         {own, two, order("1"), "INVALID", 400},
			"none":                          {ada, strings.Replace(recordMutation, "(input: $i) {", "(input: $i) @skip(if: true) {", 1), order("1"), "INVALID", 200},
			"open to everybody":             {ada, requestMutation, map[string]any{"e": "eve@example.com"}, "INVALID", 200},
			"signing in":                    {w.browser(), signInMutation, map[string]any{"e": "eve@example.com", "p": password}, "INVALID", 200},
			"by nobody":                     {w.browser(), recordMutation, order("1"), "UNAUTHENTICATED", 200},
			"without the right":             {w.browser().signIn("eve@example.com"), recordMutation, order("1"), "FORBIDDEN", 200},
			"what can't be validated first": {ada, `mutation { recordOrder { order { id } } }`, nil, "INVALID", 200},
		} {
			if r := c.by.under("k").ask(c.query, c.variables); r.refusal() != c.want || r.Status != c.status {
				t.Errorf("%s: %d %s, want %d %q", name, r.Status, r.Body, c.status, c.want)
			}
		}
		if n := w.count("idempotency_keys"); n != 0 {
			t.Errorf("%d keys are left", n)
		}
		own.ask(recordMutation, order("1"))
		if r := own.ask(recordMutation, order("2")); r.Status != http.StatusConflict || r.Data != nil {
			t.Errorf("a conflict, own media: %d %s", r.Status, r.Body)
		}
	})
}

// #80: a change that needs a fresh proof of identity goes through under its key once that was given.
func Test80AfterTheProof(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ada, _ := counter(w)
		w.later(11 * time.Minute)
		const change = `mutation($i: UpdateSettingsInput!) { updateSettings(input: $i) { settings { company } userErrors { code } } }`
		input := map[string]any{"i": map[string]any{"company": "Acme"}}
		if r := ada.under("k").ask(change, input); r.refusal() != "SUDO_REQUIRED" {
			t.Fatal(r.Body)
		}
		if r := ada.confirm().under("k").ask(change, input); r.refusal() != "" || r.replayed() {
			t.Errorf("%s", r.Body)
		}
	})
}

// #15: who lost what they held in an account gets no kept answer about it, in person or by a token; nor does who gave no
// proof of late, where the act needs one.
func Test80NoAnswerOnceTheRightIsGone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		member := w.user("Kim", "Moore", "kim@example.com")
		a, other := w.account("Kims", member), w.account("Another of Kims", member)
		kim := w.browser().signIn("kim@example.com").confirm()
		_, secret := tokenOf(kim, map[string]any{"name": "Mine", "accounts": []any{
			map[string]any{"accountId": a.GlobalID(), "permissions": []string{"PROFILE"}},
			map[string]any{"accountId": other.GlobalID(), "permissions": []string{"PROFILE"}}, // so that it still opens something
		}})
		const change = `mutation($i: UpdateAccountInput!) { updateAccount(input: $i) { account { name version } userErrors { field code } } }`
		askers := map[string]*browser{"one": kim.under("k"), "two": w.bearer(secret).under("k")}
		version := 1
		inputs := map[string]map[string]any{}
		for name, b := range askers {
			inputs[name] = map[string]any{"i": map[string]any{"accountId": a.GlobalID(), "version": version, "name": name}}
			b.must("updateAccount", change, inputs[name])
			version++
			if r := b.ask(change, inputs[name]); r.refusal() != "" || !r.replayed() {
				t.Errorf("%s, while it is theirs: %s", name, r.Body)
			}
		}
		w.tx(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Membership.Delete().Where(membership.UserID(member.ID), membership.AccountID(a.ID)).Exec(ctx)
			return err
		})
		for name, b := range askers {
			if r := b.ask(change, inputs[name]); r.reason() != idempotency.Made || r.replayed() || r.Data["updateAccount"] != nil {
				t.Errorf("%s, afterwards: %s", name, r.Body)
			}
		}

		ada, _ := counter(w)
		const choose = `mutation($i: UpdateSettingsInput!) { updateSettings(input: $i) { settings { company } userErrors { code } } }`
		input := map[string]any{"i": map[string]any{"company": "Acme"}}
		ada.under("s").must("updateSettings", choose, input)
		w.later(11 * time.Minute)
		if r := ada.under("s").ask(choose, input); r.refusal() != "SUDO_REQUIRED" || r.replayed() {
			t.Errorf("without a proof of late: %s", r.Body)
		}
		if r := ada.confirm().under("s").ask(choose, input); r.refusal() != "" || !r.replayed() {
			t.Errorf("with one: %s", r.Body)
		}
	})
}

// What is only weighed takes no key, and asks for no answer that was kept under one.
func Test80WeighingTakesNoKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ada, order := counter(w)
		scale := ada.under("k")
		scale.path = "/graphql/cost"
		for _, before := range []int{0, 1} {
			r := scale.ask(recordMutation, order("1"))
			if cost, _ := r.Extensions["cost"].(map[string]any); r.refusal() != "" || r.Data != nil || cost["cost"] == nil || r.replayed() {
				t.Errorf("weighed: %s", r.Body)
			}
			if n := w.count("idempotency_keys"); n != before {
				t.Errorf("%d keys, want %d", n, before)
			}
			ada.under("k").must("recordOrder", recordMutation, order("1"))
		}
	})
}

// Keys that are over go though nobody sends another: a server sweeps when it starts, and then every hour.
func TestServersSweepKeys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ada, order := counter(w)
		ada.under("k").must("recordOrder", recordMutation, order("1"))
		w.later(24 * time.Hour)
		if err := w.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.close()
		if n := w.count("idempotency_keys"); n != 0 {
			t.Errorf("%d keys are left", n)
		}
	})
}
