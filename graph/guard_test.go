package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	ent "roster/ent/generated"
	"roster/ent/gid"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/graph/generated"
	"roster/internal/accounts"
	"roster/internal/activity"
	"roster/internal/addresses"
	"roster/internal/audit"
	"roster/internal/budget"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/factors"
	"roster/internal/idempotency"
	"roster/internal/invitations"
	"roster/internal/mail"
	"roster/internal/members"
	"roster/internal/outgoing"
	"roster/internal/passkeys"
	"roster/internal/passwords"
	"roster/internal/questions"
	"roster/internal/recovery"
	"roster/internal/registration"
	"roster/internal/secret"
	"roster/internal/settings"
	"roster/internal/signin"
	"roster/internal/staff"
	"roster/internal/tokens"
	"roster/internal/users"
	"roster/internal/verification"
	"roster/internal/verification/stripe"
	"roster/internal/verification/stripe/stripetest"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// What the service that checks identities takes, which stands on this machine.
const stripeKey, stripeSecret = "sk_test_graph", "whsec_graph"

// open are guards that let everybody through.
func open() generated.DirectiveRoot {
	through := func(ctx context.Context, _ any, next graphql.Resolver) (any, error) { return next(ctx) }
	return generated.DirectiveRoot{
		Public: through, Authenticated: through, Person: through, Enrolling: through, Sudo: through, Alone: through,
		Staff: func(ctx context.Context, _ any, next graphql.Resolver, _ *permission.Admin) (any, error) {
			return next(ctx)
		},
		Personal: func(ctx context.Context, _ any, next graphql.Resolver, _ permission.Admin) (any, error) {
			return next(ctx)
		},
	}
}

func resolver(t *testing.T, d *db.DB) *Resolver {
	t.Helper()
	ring, err := secret.ParseKeys("8f1d0c52a6b94e7739d2c1f0e8b7a6958473625140f9e8d7c6b5a49382716f5e")
	if err != nil {
		t.Fatal(err)
	}
	outbox, err := mail.NewOutbox(d, ring, "roster.test")
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse("https://roster.test")
	if err != nil {
		t.Fatal(err)
	}
	hasher := secret.NewHasher()
	people := &users.Service{DB: d, Now: clock, Outbox: outbox}
	factor := &factors.Service{DB: d, Now: clock, Keyring: ring, Outbox: outbox, Passwords: hasher}
	passkey := &passkeys.Service{DB: d, Now: clock, Site: passkeys.NewSite(base), Factors: factor, Outbox: outbox}
	asked := &questions.Service{DB: d, Now: clock, Passwords: hasher, Outbox: outbox}
	signIns := &signin.Service{DB: d, Now: clock, Passwords: hasher, Factors: factor, Passkeys: passkey, Outbox: outbox}
	budgets := &budget.Service{DB: d, Now: clock}
	t.Cleanup(budgets.Close)
	checks := httptest.NewServer(&stripetest.Server{Key: stripeKey, Secret: stripeSecret, Now: clock})
	t.Cleanup(checks.Close)
	identity := &verification.Service{
		DB: d, Now: clock, Outbox: outbox, Keyring: ring, ReturnTo: base.JoinPath("identity").String(),
		Providers: map[string]verification.Provider{stripe.Name: &stripe.Provider{URL: checks.URL, HTTP: outgoing.Client(true)}},
	}
	return &Resolver{
		Budgets: budgets, Refusals: &audit.Refusals{DB: d, Now: clock},
		Users: people, Accounts: &accounts.Service{DB: d, Now: clock, Outbox: outbox, Verify: identity.OnOrder}, Members: &members.Service{DB: d, Now: clock, Outbox: outbox},
		Staff:   &staff.Service{DB: d, Now: clock, Passwords: hasher},
		Factors: factor, Passkeys: passkey, Questions: asked, SignIns: signIns,
		Recovery:     &recovery.Service{DB: d, Now: clock, Passwords: hasher, Outbox: outbox, Questions: asked},
		Passwords:    &passwords.Service{DB: d, Now: clock, Hasher: hasher, Outbox: outbox, SignIns: signIns},
		Addresses:    &addresses.Service{DB: d, Now: clock, Outbox: outbox, Users: people, SignIns: signIns},
		Registration: &registration.Service{DB: d, Now: clock, Passwords: hasher, Outbox: outbox, Questions: asked},
		Choices:      &settings.Service{DB: d, Now: clock, Choosable: identity.Choosable},
		Identity:     identity,
		Notices:      base.JoinPath("identity-notices").String() + "/",
		Acts:         &activity.Service{DB: d},
		Invitations:  &invitations.Service{DB: d, Now: clock, Outbox: outbox},
		Mails:        &mail.Gallery{DB: d, BaseURL: base.String()},
		Tokens:       &tokens.Service{DB: d, Now: clock, Outbox: outbox},
		Keys:         &idempotency.Service{DB: d, Now: clock, Keyring: ring},
	}
}

// user makes somebody.
func user(t *testing.T, d *db.DB, address string) (u *ent.User) {
	t.Helper()
	err := db.InTx(dbtest.System(t), d, func(ctx context.Context, tx *db.Tx) (err error) {
		u, err = tx.User.Create().SetFirstName("Eve").SetNameKey("eve").SetLastKey("").SetSearchText("eve").
			SetEmail(address).SetEmailKey(address).SetCreatedAt(noon).SetUpdatedAt(noon).Save(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// ask runs an operation as v, and returns the code of its first refusal and the body.
func ask(t *testing.T, h http.Handler, v *viewer.Viewer, query string) (code, body string) {
	t.Helper()
	content, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	viewerOfRequest := *v // acts may change it
	r := httptest.NewRequestWithContext(viewer.With(t.Context(), &viewerOfRequest), http.MethodPost, "/graphql", strings.NewReader(string(content)))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var answer struct {
		Errors []struct{ Extensions struct{ Code string } }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Errors) > 0 {
		code = answer.Errors[0].Extensions.Code
	}
	return code, w.Body.String()
}

// refusals say for each guarded root field what nobody, a customer, and staff without a fresh proof are answered.
func refusals(other *ent.User) map[string]struct{ call, nobody, customer, proofless string } {
	quoted := func(kind gid.Kind, id int) string { return `"` + gid.Encode(kind, id) + `"` }
	id, role, question := quoted(gid.User, other.ID), quoted(gid.Role, 1), quoted(gid.SecurityQuestion, 1)
	account, membership := quoted(gid.Account, 77), quoted(gid.Membership, 77)
	invitation, template := quoted(gid.Invitation, 77), quoted(gid.PermissionTemplate, 1)
	passkey, session := quoted(gid.Passkey, 1), quoted(gid.Session, 99)
	return map[string]struct{ call, nobody, customer, proofless string }{
		"users":             {"{ users(first: 1) { nodes { id } } }", "UNAUTHENTICATED", "FORBIDDEN", ""},
		"roles":             {"{ roles { id } }", "UNAUTHENTICATED", "FORBIDDEN", ""},
		"user":              {"{ user(id: " + id + ") { id } }", "UNAUTHENTICATED", "", ""},
		"account":           {"{ account(number: 1) { id } }", "UNAUTHENTICATED", "", ""},
		"node":              {"{ node(id: " + id + ") { id } }", "UNAUTHENTICATED", "", ""},
		"rateLimit":         {"{ rateLimit { cost } }", "UNAUTHENTICATED", "", ""},
		"nodes":             {"{ nodes(ids: [" + id + "]) { id } }", "UNAUTHENTICATED", "", ""},
		"confirmIdentity":   {`mutation { confirmIdentity(input: {password: "x"}) { sudoUntil } }`, "UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN"},
		"updateUser":        {"mutation { updateUser(input: {userId: " + id + `, version: 1, firstName: "X"}) { user { id } } }`, "UNAUTHENTICATED", "FORBIDDEN", ""},
		"sendPasswordReset": {"mutation { sendPasswordReset(input: {userId: " + id + "}) { user { id } } }", "UNAUTHENTICATED", "FORBIDDEN", ""},
		"disableTwoFactor": {"mutation { disableTwoFactor(input: {userId: " + id + `, reason: "x"}) { user { id } } }`,
			"UNAUTHENTICATED", "FORBIDDEN", "SUDO_REQUIRED"},
		"settings":             {"{ settings { company } }", "UNAUTHENTICATED", "FORBIDDEN", ""},
		"mailPreviews":         {`{ mailPreviews(language: "en") { kind } }`, "UNAUTHENTICATED", "FORBIDDEN", ""},
		"allSecurityQuestions": {"{ allSecurityQuestions { id } }", "UNAUTHENTICATED", "FORBIDDEN", ""},
		"clearUserLock":        {"mutation { clearUserLock(input: {userId: " + id + "}) { user { id } } }", "UNAUTHENTICATED", "FORBIDDEN", ""},
		"checkSecurityAnswer":  {"mutation { checkSecurityAnswer(input: {userId: " + id + `, answer: "Rex"}) { match } }`, "UNAUTHENTICATED", "FORBIDDEN", ""},
		"updateSettings":       {`mutation { updateSettings(input: {company: "X"}) { settings { company } } }`, "UNAUTHENTICATED", "FORBIDDEN", "SUDO_REQUIRED"},
		"setRoleTwoFactor": {"mutation { setRoleTwoFactor(input: {roleId: " + role + ", required: true}) { role { id } } }",
			"UNAUTHENTICATED", "FORBIDDEN", "SUDO_REQUIRED"},
		"createSecurityQuestion": {`mutation { createSecurityQuestion(input: {texts: [{language: "en", text: "Pet?"}]}) { question { id } } }`,
			"UNAUTHENTICATED", "FORBIDDEN", ""},
		"updateSecurityQuestion": {"mutation { updateSecurityQuestion(input: {questionId: " + question + `, texts: [{language: "en", text: "Pet?"}]}) { question { id } } }`,
			"UNAUTHENTICATED", "FORBIDDEN", ""},
		"retireSecurityQuestion":   {"mutation { retireSecurityQuestion(input: {questionId: " + question + "}) { question { id } } }", "UNAUTHENTICATED", "FORBIDDEN", ""},
		"restoreSecurityQuestion":  {"mutation { restoreSecurityQuestion(input: {questionId: " + question + "}) { question { id } } }", "UNAUTHENTICATED", "FORBIDDEN", ""},
		"deleteSecurityQuestion":   {"mutation { deleteSecurityQuestion(input: {questionId: " + question + "}) { deletedId } }", "UNAUTHENTICATED", "FORBIDDEN", ""},
		"reorderSecurityQuestions": {"mutation { reorderSecurityQuestions(input: {questionIds: [" + question + "]}) { questions { id } } }", "UNAUTHENTICATED", "FORBIDDEN", ""},
		"setSecurityQuestion": {"mutation { setSecurityQuestion(input: {questionId: " + question + `, answer: "Rex"}) { user { id } } }`,
			"UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"removeOwnSecurityQuestion": {`mutation { removeOwnSecurityQuestion(input: {currentAnswer: "Rex"}) { user { id } } }`,
			"UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"resendVerification": {"mutation { resendVerification(input: {userId: " + id + "}) { user { id } } }", "UNAUTHENTICATED", "FORBIDDEN", ""},
		"changeEmail":        {`mutation { changeEmail(input: {newEmail: "x@example.com", password: "x"}) { done } }`, "UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"confirmEmailChange": {`mutation { confirmEmailChange(input: {token: "x"}) { user { id } } }`, "UNAUTHENTICATED", "", ""},
		"updateProfile":      {`mutation { updateProfile(input: {version: 1, firstName: "X"}) { user { id } } }`, "UNAUTHENTICATED", "", ""},
		"changePassword": {`mutation { changePassword(input: {currentPassword: "x", newPassword: "x"}) { endedSessions } }`,
			"UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"startPasskeyEnrolment": {"mutation { startPasskeyEnrolment { challenge { options } } }",
			"UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"finishPasskeyEnrolment": {`mutation { finishPasskeyEnrolment(input: {name: "x", passkey: "{}"}) { passkey { id } } }`,
			"UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"renamePasskey":            {"mutation { renamePasskey(input: {passkeyId: " + passkey + `, name: "x"}) { passkey { id } } }`, "UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"removePasskey":            {"mutation { removePasskey(input: {passkeyId: " + passkey + "}) { user { id } } }", "UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"revokeSession":            {"mutation { revokeSession(input: {sessionId: " + session + "}) { user { id } } }", "UNAUTHENTICATED", "NOT_FOUND", ""},
		"revokeOtherSessions":      {"mutation { revokeOtherSessions(input: {}) { ended } }", "UNAUTHENTICATED", "", ""},
		"startPasskeyConfirmation": {"mutation { startPasskeyConfirmation { challenge { options } } }", "UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN"},
		"startTotpEnrolment":       {"mutation { startTotpEnrolment { totp { key } } }", "UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"finishTotpEnrolment": {`mutation { finishTotpEnrolment(input: {enrolment: "x", code: "123456"}) { backupCodes } }`,
			"UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"removeTotp":            {"mutation { removeTotp { user { id } } }", "UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"regenerateBackupCodes": {"mutation { regenerateBackupCodes { backupCodes } }", "UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"revokeTrustedDevice":   {`mutation { revokeTrustedDevice(input: {deviceId: "` + gid.Encode(gid.TrustedDevice, 1) + `"}) { deviceId } }`, "UNAUTHENTICATED", "NOT_FOUND", ""},
		"accounts":              {"{ accounts(first: 1) { nodes { id } } }", "UNAUTHENTICATED", "FORBIDDEN", ""},
		"permissionTemplates":   {"{ permissionTemplates { id } }", "UNAUTHENTICATED", "", ""},
		"explainAccess": {"{ explainAccess(userId: " + id + ", accountId: " + account + ", permission: ORDERS) { allowed } }",
			"UNAUTHENTICATED", "NOT_FOUND", ""},
		"createAccount": {`mutation { createAccount(input: {name: "X", email: "x@example.com", ownerId: ` + id + "}) { account { id } } }",
			"UNAUTHENTICATED", "FORBIDDEN", ""},
		"updateAccount": {"mutation { updateAccount(input: {accountId: " + account + `, version: 1, name: "X"}) { account { id } } }`,
			"UNAUTHENTICATED", "NOT_FOUND", ""},
		"deleteAccount": {"mutation { deleteAccount(input: {accountId: " + account + ", deleteOrphanedUsers: true}) { deletedNumber } }",
			"UNAUTHENTICATED", "FORBIDDEN", "SUDO_REQUIRED"},
		"recordOrder":   {"mutation { recordOrder(input: {accountId: " + account + `, number: "1"}) { order { id } } }`, "UNAUTHENTICATED", "FORBIDDEN", ""},
		"switchAccount": {"mutation { switchAccount(input: {accountId: " + account + "}) { viewer { kind } } }", "UNAUTHENTICATED", "NOT_FOUND", ""},
		"associateUser": {"mutation { associateUser(input: {accountId: " + account + ", userId: " + id + ", permissions: [ORDERS], sendInvitation: false}) { membership { id } } }",
			"UNAUTHENTICATED", "FORBIDDEN", ""},
		"updateMembershipPermissions": {"mutation { updateMembershipPermissions(input: {membershipId: " + membership + ", permissions: [ORDERS]}) { membership { id } } }",
			"UNAUTHENTICATED", "NOT_FOUND", ""},
		"saveMemberships": {"mutation { saveMemberships(input: {changes: [{membershipId: " + membership + ", permissions: [ORDERS]}]}) { memberships { id } } }",
			"UNAUTHENTICATED", "NOT_FOUND", ""},
		"removeMember": {"mutation { removeMember(input: {membershipId: " + membership + "}) { removedId } }", "UNAUTHENTICATED", "NOT_FOUND", ""},
		"makeOwner":    {"mutation { makeOwner(input: {membershipId: " + membership + "}) { account { id } } }", "UNAUTHENTICATED", "FORBIDDEN", "SUDO_REQUIRED"},
		"leaveAccount": {"mutation { leaveAccount(input: {accountId: " + account + "}) { leftId } }", "UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"offerOwnership": {"mutation { offerOwnership(input: {membershipId: " + membership + "}) { account { id } } }",
			"UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"withdrawOwnershipOffer": {"mutation { withdrawOwnershipOffer(input: {accountId: " + account + "}) { account { id } } }", "UNAUTHENTICATED", "NOT_FOUND", ""},
		"acceptOwnership": {"mutation { acceptOwnership(input: {accountId: " + account + "}) { account { id } } }",
			"UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"createPermissionTemplate": {`mutation { createPermissionTemplate(input: {name: "X", permissions: [ORDERS]}) { template { id } } }`,
			"UNAUTHENTICATED", "FORBIDDEN", ""},
		"updatePermissionTemplate": {"mutation { updatePermissionTemplate(input: {templateId: " + template + `, name: "X"}) { template { id } } }`,
			"UNAUTHENTICATED", "FORBIDDEN", ""},
		"deletePermissionTemplate": {"mutation { deletePermissionTemplate(input: {templateId: " + template + "}) { deletedId } }",
			"UNAUTHENTICATED", "FORBIDDEN", ""},
		"inviteUser": {"mutation { inviteUser(input: {accountId: " + account + `, email: "x@example.com", permissions: [ORDERS]}) { invitation { id } } }`,
			"UNAUTHENTICATED", "NOT_FOUND", ""},
		"resendInvitation":             {"mutation { resendInvitation(input: {invitationId: " + invitation + "}) { invitation { id } } }", "UNAUTHENTICATED", "NOT_FOUND", ""},
		"cancelInvitation":             {"mutation { cancelInvitation(input: {invitationId: " + invitation + "}) { invitation { id } } }", "UNAUTHENTICATED", "NOT_FOUND", ""},
		"acceptInvitation":             {`mutation { acceptInvitation(input: {token: "x"}) { membership { id } } }`, "UNAUTHENTICATED", "", ""},
		"apiTokens":                    {"{ apiTokens(first: 1) { nodes { id } } }", "UNAUTHENTICATED", "FORBIDDEN", ""},
		"createApiToken":               {`mutation { createApiToken(input: {name: "x", permissions: [LIST_USERS]}) { secret } }`, "UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"rotateApiToken":               {`mutation { rotateApiToken(input: {tokenId: "` + gid.Encode(gid.APIToken, 1) + `"}) { secret } }`, "UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"revokeApiToken":               {`mutation { revokeApiToken(input: {tokenId: "` + gid.Encode(gid.APIToken, 1) + `"}) { apiToken { id } } }`, "UNAUTHENTICATED", "SUDO_REQUIRED", "SUDO_REQUIRED"},
		"identityVerificationQueue":    {"{ identityVerificationQueue(first: 1) { nodes { status } } }", "UNAUTHENTICATED", "FORBIDDEN", ""},
		"initiateIdentityVerification": {"mutation { initiateIdentityVerification(input: {userId: " + id + "}) { user { id } } }", "UNAUTHENTICATED", "FORBIDDEN", ""},
		"resetIdentityVerification": {"mutation { resetIdentityVerification(input: {userId: " + id + `, reason: "x"}) { user { id } } }`,
			"UNAUTHENTICATED", "FORBIDDEN", ""},
		"decideIdentityVerification": {"mutation { decideIdentityVerification(input: {userId: " + id + ", approve: true}) { user { id } } }",
			"UNAUTHENTICATED", "FORBIDDEN", ""},
		"bringIdentityVerification": {"mutation { bringIdentityVerification(input: {userId: " + id + `, provider: "x", approved: true, at: "2020-01-01T00:00:00Z"}) { user { id } } }`,
			"UNAUTHENTICATED", "FORBIDDEN", ""},
		"submitIdentityVerification": {"mutation { submitIdentityVerification { user { id } } }", "UNAUTHENTICATED", "", ""},
		"beginIdentityVerification":  {"mutation { beginIdentityVerification { url } }", "UNAUTHENTICATED", "", ""},
		"setIdentityProviderSecrets": {`mutation { setIdentityProviderSecrets(input: {provider: "STRIPE", secrets: []}) { provider { name } } }`,
			"UNAUTHENTICATED", "FORBIDDEN", "SUDO_REQUIRED"},
		"testIdentityProvider": {`mutation { testIdentityProvider(input: {provider: "STRIPE"}) { accepted } }`,
			"UNAUTHENTICATED", "FORBIDDEN", "SUDO_REQUIRED"},
		"disableSecurityQuestion": {"mutation { disableSecurityQuestion(input: {userId: " + id + `, reason: "x"}) { user { id } } }`,
			"UNAUTHENTICATED", "FORBIDDEN", "SUDO_REQUIRED"},
	}
}

// security.md #41: with the directives switched off, the domain alone refuses; and each guarded field has its case.
func Test41DomainAloneRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		eve, other := user(t, d, "eve@example.com"), user(t, d, "other@example.com")
		h := guardedBy(resolver(t, d), open(), clock)
		nobody, customer := &viewer.Viewer{Kind: viewer.Anonymous}, &viewer.Viewer{Kind: viewer.User, UserID: eve.ID, SessionID: 1}
		cases := refusals(other)
		for _, root := range []*ast.Definition{schema().Query, schema().Mutation} {
			for _, f := range root.Fields {
				if strings.HasPrefix(f.Name, "__") || Audience(f) == "public" {
					continue
				}
				c, there := cases[f.Name]
				if !there {
					t.Errorf("%s has no case here", f.Name)
					continue
				}
				if code, body := ask(t, h, nobody, c.call); code != c.nobody || strings.Contains(body, other.GlobalID()) {
					t.Errorf("%s, nobody: %s, want %s", f.Name, body, c.nobody)
				}
				if code, body := ask(t, h, customer, c.call); code != c.customer || strings.Contains(body, other.GlobalID()) {
					t.Errorf("%s, a customer: %s, want %s", f.Name, body, c.customer)
				}
			}
		}
		chief := &viewer.Viewer{Kind: viewer.Staff, UserID: eve.ID, SessionID: 1, Permissions: permission.SetOf(permission.Admins...)}
		for name, c := range cases {
			if code, body := ask(t, h, chief, c.call); c.proofless == "SUDO_REQUIRED" && code != c.proofless {
				t.Errorf("%s without a proof: %s", name, body)
			}
		}
	})
}

// security.md #41: the directives alone refuse, before anything of the domain is reached: here there is none to reach.
func Test41DirectivesAloneRefuse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		eve, other := user(t, d, "eve@example.com"), user(t, d, "other@example.com")
		hollow := &Resolver{Users: &users.Service{DB: d}, Budgets: &budget.Service{DB: d, Now: clock}, Refusals: &audit.Refusals{DB: d, Most: 1000}}
		t.Cleanup(hollow.Budgets.Close)
		h := Handler(hollow, clock)
		nobody, customer := &viewer.Viewer{Kind: viewer.Anonymous}, &viewer.Viewer{Kind: viewer.User, UserID: eve.ID, SessionID: 1}
		chief := &viewer.Viewer{Kind: viewer.Staff, UserID: eve.ID, SessionID: 1, Permissions: permission.SetOf(permission.Admins...)}
		for name, c := range refusals(other) {
			if code, body := ask(t, h, nobody, c.call); code != "UNAUTHENTICATED" {
				t.Errorf("%s, nobody: %s", name, body)
			}
			if code, body := ask(t, h, customer, c.call); name != "confirmIdentity" && c.customer == "FORBIDDEN" && code != c.customer {
				t.Errorf("%s, a customer: %s", name, body)
			}
			if code, body := ask(t, h, chief, c.call); c.proofless == "SUDO_REQUIRED" && code != c.proofless {
				t.Errorf("%s without a proof: %s", name, body)
			}
		}
		// security.md #66: each refusal of somebody is on record, with whom it was about.
		var n int
		err := d.Reader().QueryRowContext(t.Context(), `SELECT count(*) FROM audit_entries WHERE action = 'ACCESS_REFUSED'
			AND actor_id = $1 AND (outcome = 'FORBIDDEN' OR outcome = 'SUDO_REQUIRED') AND target_id = $2`, eve.ID, other.ID).Scan(&n)
		if err != nil || n != 13 {
			t.Errorf("%d refusals about the other user are on record (%v)", n, err)
		}
	})
}

// security.md #40: a root field that lost its decision is refused at run time, to everybody.
func Test40UnguardedIsRefused(t *testing.T) {
	d := dbtest.SQLite(t)
	h := Handler(resolver(t, d), clock)
	chief := &viewer.Viewer{Kind: viewer.Staff, UserID: 1, Permissions: permission.SetOf(permission.Admins...)}
	const call = "{ installation { company } }"
	if code, body := ask(t, h, chief, call); code != "" {
		t.Fatal(body)
	}
	field := schema().Query.Fields.ForName("installation")
	kept := field.Directives
	t.Cleanup(func() { field.Directives = kept })
	for name, list := range map[string]ast.DirectiveList{
		"none": nil,
		"two":  {{Name: "public"}, {Name: "staff"}},
	} {
		field.Directives = list
		if code, body := ask(t, h, chief, call); code != "FORBIDDEN" || strings.Contains(body, "company") {
			t.Errorf("%s: %s", name, body)
		}
		if Audience(field) != "" {
			t.Errorf("%s: the test of the schema would let it pass", name)
		}
	}
}

// security.md #66: what one operation was refused is one entry for each user whom it would have been upon, with all fields;
// and nobody fills the log.
func Test66OneEntryForAnOperation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		eve, other := user(t, d, "eve@example.com"), user(t, d, "other@example.com")
		r := resolver(t, d)
		r.Refusals.Most = 3
		h := Handler(r, clock)
		customer := &viewer.Viewer{Kind: viewer.User, UserID: eve.ID, SessionID: 1}
		entries := func() (list []string) {
			rows, err := d.Reader().QueryContext(t.Context(), `SELECT e.outcome, e.target_id, d.detail FROM audit_entries e
				JOIN audit_details d ON d.entry_id = e.id WHERE e.action = 'ACCESS_REFUSED' ORDER BY e.id`)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			for rows.Next() {
				var outcome string
				var target int
				var text []byte
				var detail struct {
					Field  string
					Fields []string
					More   int
				}
				if err := rows.Scan(&outcome, &target, &text); err != nil {
					t.Fatal(err)
				}
				if err := json.Unmarshal(text, &detail); err != nil {
					t.Fatal(err)
				}
				slices.Sort(detail.Fields)
				list = append(list, fmt.Sprintf("%s %d %s%v %d", outcome, target, detail.Field, detail.Fields, detail.More))
			}
			return list
		}
		const query = "{ a: roles { id } b: roles { id } users(first: 1) { nodes { id } } }"
		update := func(alias string, u *ent.User) string {
			return alias + `: updateUser(input: {userId: "` + gid.Encode(gid.User, u.ID) + `", version: 1, firstName: "X"}) { user { id } } `
		}
		for _, operation := range []string{query, "mutation {" + update("a", other) + update("b", eve) + update("c", other) + "}", query, query} {
			if code, body := ask(t, h, customer, operation); code != "FORBIDDEN" {
				t.Fatal(body)
			}
		}
		want := []string{
			"FORBIDDEN 0 [roles roles users] 0",
			fmt.Sprintf("FORBIDDEN %d [updateUser updateUser] 0", other.ID),
			fmt.Sprintf("FORBIDDEN %d updateUser[] 0", eve.ID),
		}
		if got := entries(); !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		if err := r.Refusals.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := entries(); !slices.Equal(got, append(want, "FORBIDDEN 0 [] 2")) {
			t.Errorf("at the end: %q", got)
		}
	})
}
