package graph

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/generated/apitoken"
	"roster/ent/generated/factor"
	"roster/ent/generated/onetimetoken"
	"roster/ent/generated/session"
	entuser "roster/ent/generated/user"
	entverification "roster/ent/generated/verification"
	"roster/ent/generated/verificationfile"
	"roster/ent/generated/verificationstep"
	"roster/ent/gid"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/mail"
	"roster/internal/passkeys"
	"roster/internal/questions"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/tokens"
	"roster/internal/verification"
)

// columns are the viewers of the table, in its order. Its head says who they are.
var columns = []string{"nobody", "enrolling", "user", "member", "member+", "owner", "other", "staff+", "staff-", "token+", "token-", "token0", "mine+", "mine-"}

// row is a line of the table: a call, what opens it, and what each viewer is answered.
type row struct {
	name string
	// admin are the admin permissions that it needs of staff, the last of them for itself and the others for what leads there.
	admin   []permission.Admin
	account permission.Account
	cells   map[string]string
	// byGuardAlone: a column of a row that the viewer may see, which the directive alone keeps.
	byGuardAlone bool
}

func (r row) String() string {
	needs := make([]string, len(r.admin))
	for i, p := range r.admin {
		needs[i] = string(p)
	}
	name := r.name
	if r.byGuardAlone {
		name += "!"
	}
	text := fmt.Sprintf("%-34s %-30s %-13s", name, orDash(strings.Join(needs, "+")), orDash(string(r.account)))
	for _, c := range columns {
		text += fmt.Sprintf(" %-5s", r.cells[c])
	}
	return strings.TrimRight(text, " ")
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// readMatrix reads the table.
func readMatrix(t *testing.T) []row {
	t.Helper()
	content, err := os.ReadFile("testdata/matrix.txt")
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for n, line := range strings.Split(string(content), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if len(words) != 3+len(columns) {
			t.Fatalf("line %d of the table has %d words: %s", n+1, len(words), line)
		}
		r := row{name: strings.TrimSuffix(words[0], "!"), cells: map[string]string{}, byGuardAlone: strings.HasSuffix(words[0], "!")}
		if words[1] != "-" {
			for _, need := range strings.Split(words[1], "+") {
				r.admin = append(r.admin, permission.Admin(need))
				if !permission.Admin(need).Known() {
					t.Fatalf("line %d: there is no permission %s", n+1, need)
				}
			}
		}
		if words[2] != "-" {
			if r.account = permission.Account(words[2]); !r.account.Known() {
				t.Fatalf("line %d: there is no permission %s", n+1, words[2])
			}
		}
		for i, c := range columns {
			r.cells[c] = words[3+i]
		}
		rows = append(rows, r)
	}
	return rows
}

// calls are what the rows ask, by their names. The words in braces are put in: see place.
var calls = map[string]string{
	"node.User":               `{ node(id: "{targetUser}") { ... on User { name email } } }`,
	"node.Account":            `{ node(id: "{account}") { ... on Account { name email } } }`,
	"node.Membership":         `{ node(id: "{target}") { ... on Membership { user { name } account { name } permissions } } }`,
	"node.Membership.owner":   `{ node(id: "{ownerLink}") { ... on Membership { user { name } account { name } } } }`,
	"node.Invitation":         `{ node(id: "{invitation}") { ... on Invitation { email account { name } inviter { name } } } }`,
	"node.Order":              `{ node(id: "{order}") { ... on Order { number account { name } placedBy { name } } } }`,
	"node.Session":            `{ node(id: "{session}") { ... on Session { address } } }`,
	"node.Passkey":            `{ node(id: "{passkey}") { ... on Passkey { name } } }`,
	"node.TrustedDevice":      `{ node(id: "{device}") { ... on TrustedDevice { address } } }`,
	"node.Role":               `{ node(id: "{role}") { ... on Role { name } } }`,
	"node.PermissionTemplate": `{ node(id: "{template}") { ... on PermissionTemplate { name } } }`,
	"node.ApiToken":           `{ node(id: "{apiToken}") { ... on ApiToken { name scopes { permissions } } } }`,
	"node.SecurityQuestion":   `{ node(id: "{question}") { ... on SecurityQuestion { text } } }`,
	"nodes":                   `{ nodes(ids: ["{target}", "{invitation}"]) { ... on Membership { user { name } } ... on Invitation { email } } }`,
	"installation":            `{ installation { company } }`,
	"viewer":                  `{ viewer { kind } }`,
	"viewer.accounts":         `{ viewer { accounts(first: 100) { nodes { account { name } } } } }`,
	"viewer.apiToken":         `{ viewer { apiToken { kind } } }`,
	"viewer.apiTokens":        `{ viewer { apiTokens(first: 40) { nodes { name } } } }`,
	"viewer.tokenPermissions": `{ viewer { tokenPermissions } }`,
	"apiTokens":               `{ apiTokens(first: 40) { nodes { name maker { name } scopes { account { name } } } } }`,
	"rateLimit":               `{ rateLimit { limit } }`,
	"viewer.activity":         `{ viewer { activity(first: 100) { nodes { action userName accountName } } } }`,

	"user":                      `{ user(id: "{targetUser}") { name email twoFactorEnabled } }`,
	"user.number":               `{ user(number: {targetNumber}) { name email } }`,
	"user.email":                `{ user(email: "{targetEmail}") { name email } }`,
	"user.owner":                `{ user(id: "{ownerUser}") { name email } }`,
	"users":                     `{ users(first: 100) { nodes { name } totalCount } }`,
	"users.accountId":           `{ users(first: 100, filter: {accountId: "{account}"}) { nodes { name } totalCount } }`,
	"users.verification":        `{ users(first: 100, filter: {verification: [SUBMITTED]}) { nodes { name } totalCount } }`,
	"users.byVerification":      `{ users(first: 100, orderBy: {field: VERIFICATION, direction: ASC}) { nodes { name } } }`,
	"roles":                     `{ roles { name } }`,
	"account":                   `{ account(id: "{account}") { name email owner { name } } }`,
	"account.number":            `{ account(number: {number}) { name email } }`,
	"accounts":                  `{ accounts(first: 100) { nodes { name } totalCount } }`,
	"settings":                  `{ settings { company } }`,
	"settings.identity":         `{ settings { identityVerification { enabled } identityProviders { name ready notices secrets { name set } } } }`,
	"mailPreviews":              `{ mailPreviews(language: "en") { kind } }`,
	"securityQuestions":         `{ securityQuestions { text } }`,
	"allSecurityQuestions":      `{ allSecurityQuestions { text uses } }`,
	"permissionTemplates":       `{ permissionTemplates { name } }`,
	"identityVerificationQueue": `{ identityVerificationQueue(first: 20) { nodes { status applicable user { name } files { name kind } history { by byName reason } } totalCount } }`,
	"explainAccess":             `{ explainAccess(userId: "{targetUser}", accountId: "{account}", permission: ORDERS) { allowed user { name } account { name } } }`,

	"emailVerificationByToken": `{ emailVerificationByToken(token: "x") { address } }`,
	"emailChangeByToken":       `{ emailChangeByToken(token: "x") { newEmail } }`,
	"disownByToken":            `{ disownByToken(token: "x") { change } }`,
	"passwordResetByToken":     `{ passwordResetByToken(token: "x") { question } }`,
	"invitationByToken":        `{ invitationByToken(token: "{token}") { accountName } }`,

	"Account.viewerPermissions": `{ account(id: "{account}") { name viewerPermissions } }`,
	"Account.viewerMembership":  `{ account(id: "{account}") { viewerMembership { user { name } } } }`,
	"Account.members":           `{ account(id: "{account}") { members(first: 100) { nodes { user { name } } totalCount } } }`,
	"Account.invitations":       `{ account(id: "{account}") { invitations(first: 100) { nodes { email } totalCount } } }`,
	"Account.orders":            `{ account(id: "{account}") { orders(first: 100) { nodes { number placedBy { name } } totalCount } } }`,
	"Account.emails":            `{ account(id: "{account}") { emails(first: 100) { nodes { subject recipient } totalCount } } }`,
	"Account.activity":          `{ account(id: "{account}") { activity(first: 100) { nodes { action byName userName } } } }`,
	"Account.ownershipOffer":    `{ account(id: "{account}") { ownershipOffer { membership { user { name } } } } }`,
	"User.orders":               `{ user(id: "{targetUser}") { id orders(first: 20) { nodes { number account { name } } totalCount } } }`,
	"SecurityQuestion.uses":     `{ node(id: "{question}") { ... on SecurityQuestion { uses retired texts { text } } } }`,

	"createAccount":                     `mutation { createAccount(input: {name: "X", email: "x@example.com", ownerId: "{guest}"}) { account { name } userErrors { field code } } }`,
	"updateAccount":                     `mutation { updateAccount(input: {accountId: "{account}", version: 1, email: "x@example.com"}) { account { name } present { name } userErrors { field code } } }`,
	"updateAccount.status":              `mutation { updateAccount(input: {accountId: "{account}", version: 1, status: CLOSED}) { account { name } present { name } userErrors { field code } } }`,
	"deleteAccount":                     `mutation { deleteAccount(input: {accountId: "{account}", deleteOrphanedUsers: false}) { consequences { memberships orphanedUsers { name } } userErrors { field code } } }`,
	"deleteAccount.dryRun":              `mutation { deleteAccount(input: {accountId: "{account}", deleteOrphanedUsers: false, dryRun: true}) { consequences { memberships orphanedUsers { name } } userErrors { field code } } }`,
	"recordOrder":                       `mutation { recordOrder(input: {accountId: "{account}", number: "new"}) { order { account { name } } userErrors { field code } } }`,
	"switchAccount":                     `mutation { switchAccount(input: {accountId: "{account}"}) { viewer { account { name } } userErrors { field code } } }`,
	"associateUser":                     `mutation { associateUser(input: {accountId: "{account}", userId: "{guest}", permissions: [ORDERS], sendInvitation: false}) { membership { user { name } } userErrors { field code } } }`,
	"associateUser.invite":              `mutation { associateUser(input: {accountId: "{account}", userId: "{guest}", permissions: [ORDERS], sendInvitation: true}) { invitation { email } userErrors { field code } } }`,
	"updateMembershipPermissions":       `mutation { updateMembershipPermissions(input: {membershipId: "{target}", permissions: [MANAGE_USERS], endsAt: "2030-01-01T00:00:00Z"}) { membership { user { name } } userErrors { field code } } }`,
	"updateMembershipPermissions.owner": `mutation { updateMembershipPermissions(input: {membershipId: "{ownerLink}", permissions: [MANAGE_USERS]}) { membership { user { name } } userErrors { field code } } }`,
	"saveMemberships":                   `mutation { saveMemberships(input: {changes: [{membershipId: "{target}", permissions: [MANAGE_USERS], endsAt: "2030-01-01T00:00:00Z"}]}) { memberships { user { name } } userErrors { field code } } }`,
	"removeMember":                      `mutation { removeMember(input: {membershipId: "{target}"}) { removedId account { name } userErrors { field code } } }`,
	"removeMember.owner":                `mutation { removeMember(input: {membershipId: "{ownerLink}"}) { removedId userErrors { field code } } }`,
	"makeOwner":                         `mutation { makeOwner(input: {membershipId: "{target}"}) { memberships { user { name } } userErrors { field code } } }`,
	"leaveAccount":                      `mutation { leaveAccount(input: {accountId: "{account}"}) { leftId userErrors { field code } } }`,
	"offerOwnership":                    `mutation { offerOwnership(input: {membershipId: "{target}"}) { account { name } userErrors { field code } } }`,
	"withdrawOwnershipOffer":            `mutation { withdrawOwnershipOffer(input: {accountId: "{account}"}) { account { name } userErrors { field code } } }`,
	"acceptOwnership":                   `mutation { acceptOwnership(input: {accountId: "{account}"}) { account { name } userErrors { field code } } }`,
	"createPermissionTemplate":          `mutation { createPermissionTemplate(input: {name: "new {n}", permissions: [ORDERS]}) { template { name } userErrors { field code } } }`,
	"updatePermissionTemplate":          `mutation { updatePermissionTemplate(input: {templateId: "{template}", permissions: [EMAILS]}) { template { name } userErrors { field code } } }`,
	"deletePermissionTemplate":          `mutation { deletePermissionTemplate(input: {templateId: "{template}"}) { deletedId userErrors { field code } } }`,
	"inviteUser":                        `mutation { inviteUser(input: {accountId: "{account}", email: "new{n}@example.com", permissions: [MANAGE_USERS]}) { invitation { account { name } } present { email } userErrors { field code } } }`,
	"inviteUser.beyond":                 `mutation { inviteUser(input: {accountId: "{account}", email: "new{n}@example.com", permissions: [PROFILE, CONTACTS]}) { invitation { account { name } } present { email } userErrors { field code } } }`,
	"resendInvitation":                  `mutation { resendInvitation(input: {invitationId: "{invitation}"}) { invitation { email } userErrors { field code } } }`,
	"cancelInvitation":                  `mutation { cancelInvitation(input: {invitationId: "{invitation}"}) { invitation { email } userErrors { field code } } }`,
	"acceptInvitation":                  `mutation { acceptInvitation(input: {token: "{token}", confirmOtherAddress: true}) { membership { account { name } } userErrors { field code } } }`,
	"declineInvitation":                 `mutation { declineInvitation(input: {token: "{token}"}) { accountName userErrors { field code } } }`,

	"updateUser":                          `mutation { updateUser(input: {userId: "{targetUser}", version: 1, lastName: "X"}) { user { name } present { name } userErrors { field code } } }`,
	"updateUser.stale":                    `mutation { updateUser(input: {userId: "{targetUser}", version: 7, lastName: "X"}) { user { name } present { name } userErrors { field code } } }`,
	"sendPasswordReset":                   `mutation { sendPasswordReset(input: {userId: "{targetUser}"}) { user { name } userErrors { field code } } }`,
	"disableTwoFactor":                    `mutation { disableTwoFactor(input: {userId: "{targetUser}", reason: "lost"}) { user { name } userErrors { field code } } }`,
	"disableSecurityQuestion":             `mutation { disableSecurityQuestion(input: {userId: "{targetUser}", reason: "lost"}) { user { name } userErrors { field code } } }`,
	"clearUserLock":                       `mutation { clearUserLock(input: {userId: "{targetUser}"}) { user { name } userErrors { field code } } }`,
	"checkSecurityAnswer":                 `mutation { checkSecurityAnswer(input: {userId: "{targetUser}", answer: "Rex"}) { match userErrors { field code } } }`,
	"resendVerification":                  `mutation { resendVerification(input: {userId: "{targetUser}"}) { user { name } userErrors { field code } } }`,
	"revokeSession":                       `mutation { revokeSession(input: {sessionId: "{session}"}) { user { name } userErrors { field code } } }`,
	"revokeTrustedDevice":                 `mutation { revokeTrustedDevice(input: {deviceId: "{device}"}) { deviceId userErrors { field code } } }`,
	"renamePasskey":                       `mutation { renamePasskey(input: {passkeyId: "{passkey}", name: "x"}) { passkey { name } userErrors { field code } } }`,
	"removePasskey":                       `mutation { removePasskey(input: {passkeyId: "{passkey}"}) { user { name } userErrors { field code } } }`,
	"updateSettings":                      `mutation { updateSettings(input: {company: "Roster"}) { settings { company } userErrors { field code } } }`,
	"setRoleTwoFactor":                    `mutation { setRoleTwoFactor(input: {roleId: "{role}", required: true}) { role { name } userErrors { field code } } }`,
	"initiateIdentityVerification":        `mutation { initiateIdentityVerification(input: {userId: "{heirUser}"}) { user { name } userErrors { field code } } }`,
	"initiateIdentityVerification.orders": `mutation { initiateIdentityVerification(input: {userId: "{guest}"}) { user { name } userErrors { field code } } }`,
	"resetIdentityVerification":           `mutation { resetIdentityVerification(input: {userId: "{targetUser}", reason: "x"}) { user { name } userErrors { field code } } }`,
	"decideIdentityVerification":          `mutation { decideIdentityVerification(input: {userId: "{targetUser}", approve: true}) { user { name } userErrors { field code } } }`,
	"decideIdentityVerification.stale":    `mutation { decideIdentityVerification(input: {userId: "{targetUser}", version: 7, approve: true}) { user { name } present { status } userErrors { field code } } }`,
	"bringIdentityVerification":           `mutation { bringIdentityVerification(input: {userId: "{targetUser}", provider: "Validation.com (service ended 2023)", approved: true, at: "2020-01-01T00:00:00Z"}) { user { name } userErrors { field code } } }`,
	// The keys are right, so that the test behind it has something to ask with.
	"setIdentityProviderSecrets": `mutation { setIdentityProviderSecrets(input: {provider: "STRIPE", secrets: [{name: "apiKey", value: "` + stripeKey + `"}, {name: "webhookSecret", value: "` + stripeSecret + `"}]}) { provider { name } userErrors { field code } } }`,
	"testIdentityProvider":       `mutation { testIdentityProvider(input: {provider: "STRIPE"}) { accepted userErrors { field code } } }`,
	"createSecurityQuestion":     `mutation { createSecurityQuestion(input: {texts: [{language: "en", text: "Number {n}?"}]}) { question { text } userErrors { field code } } }`,
	"updateSecurityQuestion":     `mutation { updateSecurityQuestion(input: {questionId: "{question}", texts: [{language: "en", text: "Number {n}, again?"}]}) { question { text } userErrors { field code } } }`,
	"retireSecurityQuestion":     `mutation { retireSecurityQuestion(input: {questionId: "{question}"}) { question { text } userErrors { field code } } }`,
	"restoreSecurityQuestion":    `mutation { restoreSecurityQuestion(input: {questionId: "{question}"}) { question { text } userErrors { field code } } }`,
	"deleteSecurityQuestion":     `mutation { deleteSecurityQuestion(input: {questionId: "{question}"}) { deletedId userErrors { field code } } }`,
	"reorderSecurityQuestions":   `mutation { reorderSecurityQuestions(input: {questionIds: ["{question}", "{question}"]}) { questions { text } userErrors { field code } } }`,

	// Upon oneself: what comes through is refused for its input, so that nothing is left to undo.
	"updateProfile":             `mutation { updateProfile(input: {version: 7, lastName: "X"}) { user { number } present { number } userErrors { field code } } }`,
	"confirmIdentity":           `mutation { confirmIdentity(input: {}) { sudoUntil userErrors { field code } } }`,
	"changePassword":            `mutation { changePassword(input: {newPassword: "x"}) { endedSessions userErrors { field code } } }`,
	"changeEmail":               `mutation { changeEmail(input: {newEmail: "x@", password: "x"}) { done userErrors { field code } } }`,
	"confirmEmailChange":        `mutation { confirmEmailChange(input: {token: "x"}) { user { number } userErrors { field code } } }`,
	"setSecurityQuestion":       `mutation { setSecurityQuestion(input: {questionId: "{question}", answer: ""}) { user { number } userErrors { field code } } }`,
	"removeOwnSecurityQuestion": `mutation { removeOwnSecurityQuestion(input: {currentAnswer: ""}) { user { number } userErrors { field code } } }`,
	"revokeOtherSessions":       `mutation { revokeOtherSessions(input: {dryRun: true}) { ended userErrors { field code } } }`,
	"startTotpEnrolment":        `mutation { startTotpEnrolment { totp { expiresAt } userErrors { field code } } }`,
	"finishTotpEnrolment":       `mutation { finishTotpEnrolment(input: {enrolment: "x", code: "123456"}) { viewer { kind } userErrors { field code } } }`,
	"removeTotp":                `mutation { removeTotp { user { number } userErrors { field code } } }`,
	"regenerateBackupCodes":     `mutation { regenerateBackupCodes { user { number } userErrors { field code } } }`,
	"startPasskeyEnrolment":     `mutation { startPasskeyEnrolment { challenge { expiresAt } userErrors { field code } } }`,
	"finishPasskeyEnrolment":    `mutation { finishPasskeyEnrolment(input: {name: "x", passkey: "{}"}) { passkey { name } userErrors { field code } } }`,
	"startPasskeyConfirmation":  `mutation { startPasskeyConfirmation { challenge { expiresAt } userErrors { field code } } }`,

	"submitIdentityVerification": `mutation { submitIdentityVerification { user { number } userErrors { field code } } }`,
	"beginIdentityVerification":  `mutation { beginIdentityVerification { url userErrors { field code } } }`,
	"createApiToken":             `mutation { createApiToken(input: {name: "x", accounts: []}) { secret userErrors { field code } } }`,
	"rotateApiToken":             `mutation { rotateApiToken(input: {tokenId: "{apiToken}"}) { secret userErrors { field code } } }`,
	"revokeApiToken":             `mutation { revokeApiToken(input: {tokenId: "{apiToken}", reason: "x"}) { apiToken { name } userErrors { field code } } }`,

	// For everybody: what they are given opens nothing.
	"signIn":                   `mutation { signIn(input: {email: "x", password: "x"}) { outcome { __typename } userErrors { field code } } }`,
	"verifySecondFactor":       `mutation { verifySecondFactor(input: {code: "123456"}) { outcome { __typename } userErrors { field code } } }`,
	"signOut":                  `mutation { signOut { viewer { kind } } }`,
	"setUp":                    `mutation { setUp(input: {token: "x", firstName: "X", lastName: "X", email: "x@example.com", password: "x"}) { user { number } userErrors { field code } } }`,
	"disownChange":             `mutation { disownChange(input: {token: "x"}) { outcome userErrors { field code } } }`,
	"requestPasswordReset":     `mutation { requestPasswordReset(input: {email: "x@"}) { userErrors { field code } } }`,
	"resetPassword":            `mutation { resetPassword(input: {token: "x", newPassword: "x"}) { done userErrors { field code } } }`,
	"verifyEmail":              `mutation { verifyEmail(input: {token: "x"}) { done userErrors { field code } } }`,
	"register":                 `mutation { register(input: {firstName: "", lastName: "", email: "x@", password: "x"}) { done userErrors { field code } } }`,
	"startPasskeySignIn":       `mutation { startPasskeySignIn { challenge { expiresAt } userErrors { field code } } }`,
	"signInWithPasskey":        `mutation { signInWithPasskey(input: {passkey: "{}"}) { outcome { __typename } userErrors { field code } } }`,
	"startPasskeySecondFactor": `mutation { startPasskeySecondFactor { challenge { expiresAt } userErrors { field code } } }`,
}

// selections are what is asked of the fields of User that are no scalars.
var selections = map[string]string{
	"Role": " { name }", "MembershipConnection": "(first: 100) { nodes { account { name } } totalCount }", "Lock": " { until }", "Session": " { address }",
	"SignInConnection": "(first: 100) { nodes { address } totalCount }", "ActivityConnection": "(first: 100) { nodes { action accountName } }", "SecurityQuestion": " { text }",
	"IdentityVerification": " { status applicable triesLeft files { name kind } history { by byName reason } user { name } }",
}

// personal are the fields of User that are guarded.
func personal() ast.FieldList {
	var list ast.FieldList
	for _, f := range schema().Types["User"].Fields {
		if f.Directives.ForName("personal") != nil {
			list = append(list, f)
		}
	}
	return list
}

func init() {
	all := ""
	for _, f := range personal() {
		asked, beside := f.Name+selections[f.Type.Name()], "id " // so that null is something given
		if f.Name == "securityQuestion" {
			beside = ""
		}
		calls["User."+f.Name] = `{ user(id: "{targetUser}") { ` + beside + asked + ` } }`
		all += asked + " "
	}
	calls["User.self"] = `{ user(id: "{self}") { name ` + all + `} }`
	calls["node.Session.self"] = `{ node(id: "{ownSession}") { ... on Session { address } } }`
	calls["node.Passkey.self"] = `{ node(id: "{ownPasskey}") { ... on Passkey { name } } }`
	calls["node.TrustedDevice.self"] = `{ node(id: "{ownDevice}") { ... on TrustedDevice { address } } }`
}

// mark is in all that belongs to one record, and in nothing else. It is a word, and an address with example.com.
func mark(of string) string { return "mk_" + strings.ToLower(of) + "_" }

// stage is a seeded database and the API over it.
type stage struct {
	t       *testing.T
	d       *db.DB
	h       http.Handler
	people  map[string]*ent.User
	own     map[int]belongings
	acme    *house
	foreign *house
	n       int
	tables  []string
	// key is the Idempotency-Key that calls come with; empty: none.
	key string
}

// belongings are the things that only their user may touch.
type belongings struct{ session, passkey, device int }

// house is an account with all that hangs on it.
type house struct {
	account                  *ent.Account
	target, heir, guest      *ent.User
	targetLink, ownerLink    *ent.Membership
	invitation, order        int
	apiToken                 int
	role, template, question int
	token                    string
	owner                    *ent.User
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newStage(t *testing.T, d *db.DB) *stage {
	t.Helper()
	s := &stage{t: t, d: d, people: map[string]*ent.User{}, own: map[int]belongings{}}
	if d.Dialect != "postgres" { // thousands of refusals are recorded, and none has to outlive the test
		if _, err := d.Writer().ExecContext(t.Context(), "PRAGMA synchronous = OFF"); err != nil {
			t.Fatal(err)
		}
	}
	s.do(func(ctx context.Context, tx *db.Tx) {
		for _, p := range permission.Accounts {
			s.people["member "+string(p)] = s.person(ctx, tx, string(p))
		}
		for _, name := range []string{"user", "owner", "other", "staff"} {
			s.people[name] = s.person(ctx, tx, name)
		}
	})
	s.acme, s.foreign = s.raise("acme", s.people["owner"], true), s.raise("foreign", s.people["other"], false)
	s.tables = s.tableNames()
	return s
}

func (s *stage) do(act func(ctx context.Context, tx *db.Tx)) {
	s.t.Helper()
	err := db.InTx(dbtest.System(s.t), s.d, func(ctx context.Context, tx *db.Tx) error { act(ctx, tx); return nil })
	if err != nil {
		s.t.Fatal(err)
	}
}

// person makes somebody, with a session, a passkey and a trusted device.
func (s *stage) person(ctx context.Context, tx *db.Tx, of string) *ent.User {
	s.t.Helper()
	m := mark(of)
	u := must[*ent.User](s.t)(tx.User.Create().SetFirstName(m).SetNameKey(m).SetLastKey("").SetSearchText(m).SetEmail(m + "@example.com").SetEmailKey(m + "@example.com").
		SetTwoFactorEnabled(true).SetSecurityQuestionSet(true).SetCreatedAt(noon).SetUpdatedAt(noon).Save(ctx))
	hash := sha256.Sum256([]byte(m))
	one := must[*ent.Session](s.t)(tx.Session.Create().SetUserID(u.ID).SetSecretHash(hash[:]).SetStage(session.StageOPEN).SetCredentialVersion(1).SetCreatedAt(noon).SetSeenAt(noon).
		SetExpiresAt(noon.Add(time.Hour)).SetAddress(m).Save(ctx))
	key := must[*ent.Passkey](s.t)(tx.Passkey.Create().SetUserID(u.ID).SetName(m).SetCredentialID(hash[:]).SetHandle(hash[:]).SetCredential([]byte("{}")).SetCreatedAt(noon).Save(ctx))
	device := must[*ent.TrustedDevice](s.t)(tx.TrustedDevice.Create().SetUserID(u.ID).SetSecretHash(hash[:]).SetCredentialVersion(1).SetAddress(m).SetCreatedAt(noon).SetExpiresAt(noon.Add(time.Hour)).Save(ctx))
	must[*ent.SignIn](s.t)(tx.SignIn.Create().SetUserID(u.ID).SetAt(noon).SetOutcome("SIGNED_IN").SetAddress(m).Save(ctx))
	must[*ent.Factor](s.t)(tx.Factor.Create().SetUserID(u.ID).SetKind(factor.KindTOTP).SetSealedSeed(hash[:]).SetCreatedAt(noon).Save(ctx))
	s.own[u.ID] = belongings{one.ID, key.ID, device.ID}
	return u
}

// raise makes an account of the owner's; each member with one permission is in it when they are to be.
func (s *stage) raise(of string, owner *ent.User, withMembers bool) *house {
	s.t.Helper()
	h := &house{owner: owner}
	token := secret.New(secret.Invitation)
	h.token = token.Plain
	s.do(func(ctx context.Context, tx *db.Tx) {
		m := mark(of)
		h.target, h.heir, h.guest = s.person(ctx, tx, of+"_target"), s.person(ctx, tx, of+"_heir"), s.person(ctx, tx, of+"_guest")
		h.account = must[*ent.Account](s.t)(tx.Account.Create().SetName(m).SetNameKey(m).SetEmail(m + "billing@example.com").SetEmailKey(m + "billing@example.com").
			SetStatus(account.StatusACTIVE).SetCreatedAt(noon).SetUpdatedAt(noon).Save(ctx))
		link := func(u *ent.User) *ent.MembershipCreate {
			return tx.Membership.Create().SetUserID(u.ID).SetAccountID(h.account.ID).SetSince(noon).SetPermissions([]permission.Account{})
		}
		h.ownerLink = must[*ent.Membership](s.t)(link(owner).SetOwner(true).Save(ctx))
		h.targetLink = must[*ent.Membership](s.t)(link(h.target).SetPermissions([]permission.Account{permission.ManageUsers}).Save(ctx))
		must[*ent.Membership](s.t)(link(h.heir).SetOwnershipOfferedAt(noon).Save(ctx))
		if withMembers {
			var links []*ent.MembershipCreate
			for _, p := range permission.Accounts {
				links = append(links, link(s.people["member "+string(p)]).SetPermissions([]permission.Account{p}))
			}
			must[[]*ent.Membership](s.t)(tx.Membership.CreateBulk(links...).Save(ctx))
		}
		i := must[*ent.Invitation](s.t)(tx.Invitation.Create().SetAccountID(h.account.ID).SetEmail(m + "invited@example.com").SetEmailKey(m + "invited@example.com").
			SetPermissions([]permission.Account{permission.ManageUsers}).SetInviterID(owner.ID).SetCreatedAt(noon).SetSentAt(noon).Save(ctx))
		h.invitation = i.ID
		one := must[*ent.OneTimeToken](s.t)(tx.OneTimeToken.Create().SetHash(token.Hash).SetPurpose(onetimetoken.PurposeINVITATION).SetInvitationID(i.ID).
			SetAddressKey(i.EmailKey).SetLifetime(3600).SetCreatedAt(noon).SetExpiresAt(noon.Add(time.Hour)).Save(ctx))
		must[*ent.Invitation](s.t)(i.Update().SetTokenID(one.ID).Save(ctx))
		h.order = must[*ent.Order](s.t)(tx.Order.Create().SetAccountID(h.account.ID).SetNumber(m + "order").SetPlacedByID(h.target.ID).SetCreatedAt(noon).Save(ctx)).ID
		must[*ent.Order](s.t)(tx.Order.Create().SetAccountID(h.account.ID).SetNumber(m + "another order").SetPlacedByID(h.heir.ID).SetCreatedAt(noon).Save(ctx))
		s.submitted(ctx, tx, h.target, m)
		key := must[*ent.APIToken](s.t)(tx.APIToken.Create().SetName(m + "token").SetHash([]byte(m)).SetKind(apitoken.KindPERSONAL).SetMakerID(h.target.ID).
			SetCredentialVersion(1).SetCreatedAt(noon).SetExpiresAt(noon.Add(time.Hour)).Save(ctx))
		must[*ent.TokenScope](s.t)(tx.TokenScope.Create().SetTokenID(key.ID).SetAccountID(h.account.ID).SetMembershipID(h.targetLink.ID).SetPermissions([]permission.Account{permission.Orders}).Save(ctx))
		h.apiToken = key.ID
		h.template = must[*ent.PermissionTemplate](s.t)(tx.PermissionTemplate.Create().SetName("template of " + of).SetNameKey("template of " + of).SetPermissions(permission.Accounts).Save(ctx)).ID
		h.role = must[*ent.Role](s.t)(tx.Role.Create().SetName(m + "role").SetPermissions(nil).Save(ctx)).ID
		h.question = must[*ent.SecurityQuestion](s.t)(tx.SecurityQuestion.Create().SetTexts(map[string]string{"en": "Question of " + of + "?"}).Save(ctx)).ID
		must[*ent.SecurityAnswer](s.t)(tx.SecurityAnswer.Create().SetUserID(h.target.ID).SetQuestionID(s.asked(ctx, tx)).SetHash(answered()).SetSetAt(noon).Save(ctx))
		must[*ent.Mail](s.t)(tx.Mail.Create().SetKind(string(mail.AccessGiven)).SetRecipient(m + "mail@example.com").SetAccountID(h.account.ID).SetMessageID(m).
			SetParams(map[string]string{"name": "X", "account": m}).SetCreatedAt(noon).Save(ctx))
		for _, e := range []audit.Entry{
			{Action: audit.MemberAdded, Target: audit.OnAccount(h.account.ID), AboutUserID: h.target.ID}, {Action: audit.UserUpdated, Target: audit.OnUser(h.target.ID)},
		} {
			if err := audit.Record(ctx, tx, noon, e); err != nil {
				s.t.Fatal(err)
			}
		}
	})
	return h
}

// askedToProve makes somebody one who is asked to prove who they are.
func (s *stage) askedToProve(ctx context.Context, tx *db.Tx, u *ent.User, provider string) *ent.Verification {
	s.t.Helper()
	return must[*ent.Verification](s.t)(tx.Verification.Create().SetUserID(u.ID).SetStatus(entverification.StatusREQUESTED).
		SetProvider(provider).SetRequestedAt(noon).Save(ctx))
}

// submitted makes somebody one whose proof of identity waits to be looked at.
func (s *stage) submitted(ctx context.Context, tx *db.Tx, u *ent.User, m string) {
	s.t.Helper()
	v := s.askedToProve(ctx, tx, u, verification.Manual)
	must[*ent.VerificationStep](s.t)(tx.VerificationStep.Create().SetVerificationID(v.ID).SetAt(noon).SetStatus(verificationstep.StatusREQUESTED).
		SetProvider(verification.Manual).SetActor(verificationstep.ActorSTAFF).SetActorID(s.people["staff"].ID).SetReason(m).Save(ctx))
	must[*ent.Verification](s.t)(v.Update().SetStatus(entverification.StatusSUBMITTED).SetSubmittedAt(noon).Save(ctx))
	must[*ent.VerificationFile](s.t)(tx.VerificationFile.Create().SetVerificationID(v.ID).SetName(m + "file").SetKind(verificationfile.KindFRONT).
		SetSubmitted(true).SetMediaType("image/jpeg").SetBytes(1).SetCreatedAt(noon).SetPurgeAt(noon.Add(time.Hour)).Save(ctx))
	must[*ent.User](s.t)(tx.User.UpdateOneID(u.ID).SetVerification(entuser.VerificationSUBMITTED).Save(ctx))
}

// answered is an answer, hashed once for all: it takes a while.
var answered = sync.OnceValue(func() string {
	hash, err := secret.NewHasher().Hash(context.Background(), questions.Canonical("Bella"))
	if err != nil {
		panic(err)
	}
	return hash
})

// asked is the question that everybody chose.
func (s *stage) asked(ctx context.Context, tx *db.Tx) int {
	s.t.Helper()
	rows := must[[]*ent.SecurityQuestion](s.t)(tx.SecurityQuestion.Query().All(ctx))
	return rows[0].ID
}

// place puts what a house has into a call.
func (s *stage) place(call string, h *house, v *viewer.Viewer) string {
	s.n++
	quoted := func(kind gid.Kind, id int) string { return gid.Encode(kind, max(id, 1)) }
	mine, theirs := s.own[v.UserID], s.own[h.target.ID]
	return strings.NewReplacer(
		"{account}", h.account.GlobalID(), "{number}", strconv.Itoa(h.account.ID), "{target}", h.targetLink.GlobalID(), "{ownerLink}", h.ownerLink.GlobalID(),
		"{targetUser}", h.target.GlobalID(), "{targetNumber}", strconv.Itoa(h.target.ID), "{targetEmail}", h.target.Email, "{ownerUser}", h.owner.GlobalID(),
		"{guest}", h.guest.GlobalID(), "{heirUser}", h.heir.GlobalID(), "{invitation}", quoted(gid.Invitation, h.invitation), "{order}", quoted(gid.Order, h.order), "{token}", h.token,
		"{role}", quoted(gid.Role, h.role), "{template}", quoted(gid.PermissionTemplate, h.template), "{question}", quoted(gid.SecurityQuestion, h.question),
		"{session}", quoted(gid.Session, theirs.session), "{passkey}", quoted(gid.Passkey, theirs.passkey), "{device}", quoted(gid.TrustedDevice, theirs.device),
		"{apiToken}", quoted(gid.APIToken, h.apiToken), "{ownSession}", quoted(gid.Session, mine.session), "{ownPasskey}", quoted(gid.Passkey, mine.passkey), "{ownDevice}", quoted(gid.TrustedDevice, mine.device),
		"{self}", quoted(gid.User, v.UserID), "{n}", strconv.Itoa(s.n),
	).Replace(call)
}

// asker is somebody of a column.
type asker struct {
	name string
	*viewer.Viewer
	// scope is what a personal token may do in the account at hand.
	scope []permission.Account
}

// in is the asker with a personal token that was made for the account of the house.
func (a asker) in(h *house) asker {
	if a.scope != nil {
		v := *a.Viewer
		v.Scopes = map[int][]permission.Account{h.account.ID: a.scope}
		a.Viewer = &v
	}
	return a
}

func (s *stage) client(name string) asker {
	u := s.people[name]
	return asker{name: name, Viewer: &viewer.Viewer{Kind: viewer.User, UserID: u.ID, SessionID: s.own[u.ID].session, At: noon, SudoUntil: noon.Add(10 * time.Minute), Language: "en"}}
}

func (s *stage) staff(may ...permission.Admin) asker {
	a := s.client("staff")
	a.Kind, a.Permissions = viewer.Staff, permission.SetOf(may...)
	return a
}

func token(may ...permission.Admin) asker {
	return asker{name: "a token", Viewer: &viewer.Viewer{Kind: viewer.Token, TokenID: 1, Permissions: permission.SetOf(may...).Without(tokens.Never), At: noon, Language: "en"}}
}

// personalToken is one that the owner of Acme made.
func (s *stage) personalToken(may []permission.Account) asker {
	v := &viewer.Viewer{Kind: viewer.Token, TokenID: 1, MakerID: s.people["owner"].ID, At: noon, Language: "en"}
	return asker{name: "owner", Viewer: v, scope: may}.in(s.acme)
}

// askers are the people of a column, as far as a row has any.
func (s *stage) askers(r row, column string) []asker {
	but := slices.DeleteFunc(slices.Clone(permission.Admins), func(p permission.Admin) bool {
		return len(r.admin) > 0 && p == r.admin[len(r.admin)-1]
	})
	if strings.HasSuffix(r.name, ".self") && (strings.HasPrefix(column, "token") || strings.HasPrefix(column, "mine")) {
		return nil // a token is nobody in person
	}
	switch column {
	case "nobody":
		return []asker{{name: "nobody", Viewer: &viewer.Viewer{Kind: viewer.Anonymous, At: noon, Language: "en"}}}
	case "enrolling":
		u := s.people["user"]
		return []asker{{name: "user", Viewer: &viewer.Viewer{Kind: viewer.Anonymous, At: noon, Language: "en", Enrolling: &viewer.Enrolling{UserID: u.ID, SessionID: s.own[u.ID].session}}}}
	case "member":
		var list []asker
		for _, p := range permission.Accounts {
			if p != r.account {
				list = append(list, s.client("member "+string(p)))
			}
		}
		if public(r.name) || r.admin == nil && !upon.MatchString(calls[r.name]) {
			list = list[:1] // nothing that they hold is asked about
		}
		return list
	case "member+":
		if r.account != "" {
			return []asker{s.client("member " + string(r.account))}
		}
	case "staff+":
		if r.admin != nil {
			return []asker{s.staff(r.admin...)}
		}
	case "staff-":
		return []asker{s.staff(but...)}
	case "token+":
		if r.admin != nil {
			return []asker{token(r.admin...)}
		}
	case "token-":
		return []asker{token(but...)}
	case "token0":
		return []asker{token()}
	case "mine+":
		if r.account != "" {
			return []asker{s.personalToken([]permission.Account{r.account})}
		}
	case "mine-":
		return []asker{s.personalToken(slices.DeleteFunc(slices.Clone(permission.Accounts), func(p permission.Account) bool { return p == r.account }))}
	default:
		return []asker{s.client(column)}
	}
	return nil
}

// root is the root field of a row's call.
func root(name string) *ast.FieldDefinition {
	first, _, _ := strings.Cut(name, ".")
	switch first {
	case "User":
		first = "user"
	case "Account":
		first = "account"
	case "SecurityQuestion":
		first = "node"
	}
	for _, d := range []*ast.Definition{schema().Query, schema().Mutation} {
		if f := d.Fields.ForName(first); f != nil {
			return f
		}
	}
	return nil
}

func public(name string) bool { return Audience(root(name)) == "public" }

// upon finds what a call is upon: an object of a house.
var upon = regexp.MustCompile(`\{[a-zA-Z]{2,}\}`)

// isWrite reports whether the call of a row is a mutation.
func isWrite(name string) bool { return strings.HasPrefix(calls[name], "mutation") }

// short are the codes of the table.
var short = map[string]string{
	"UNAUTHENTICATED": "AUTH", "FORBIDDEN": "FORB", "NOT_FOUND": "GONE", "SUDO_REQUIRED": "SUDO", "NOT_ALLOWED": "NALL", "EXPIRED": "EXPI",
	"CONFLICT": "CONF", "INVALID": "INVA", "REQUIRED": "REQU", "TOO_SHORT": "SHORT",
}

func shortened(code string) string {
	if known, is := short[code]; is {
		return known
	}
	return code
}

// answer asks, and returns what the table says of the answer, and the body.
func (s *stage) answer(a asker, query string) (cell, body string) {
	s.t.Helper()
	content, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		s.t.Fatal(err)
	}
	v := *a.Viewer // acts may change it
	r := httptest.NewRequestWithContext(viewer.With(s.t.Context(), &v), http.MethodPost, "/graphql", strings.NewReader(string(content)))
	r.Header.Set("Content-Type", "application/json")
	if s.key != "" {
		r.Header.Set("Idempotency-Key", s.key)
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r.WithContext(passkeys.WithCookies(signin.WithCookies(r.Context(), w, r), w, r)))
	body = w.Body.String()
	var answer struct {
		Data   map[string]any
		Errors []struct{ Extensions struct{ Code string } }
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		s.t.Fatal(err)
	}
	if len(answer.Errors) > 0 {
		return shortened(answer.Errors[0].Extensions.Code), body
	}
	for _, value := range answer.Data {
		return outcome(value), body
	}
	return "null", body
}

// outcome is what an answer without errors amounts to.
func outcome(value any) string {
	switch is := value.(type) {
	case nil:
		return "null"
	case []any:
		if !slices.ContainsFunc(is, func(one any) bool { return one != nil }) {
			return "null"
		}
	case map[string]any:
		if problems, _ := is["userErrors"].([]any); len(problems) > 0 {
			problem, _ := problems[0].(map[string]any)
			return shortened(fmt.Sprint(problem["code"]))
		}
		if len(is) == 1 { // the field that it is about
			for _, inner := range is {
				if inner == nil {
					return "null"
				}
			}
		}
	}
	return "ok"
}

// tableNames are all tables but those that refusals write to, what every operation costs, and the job engine's own books.
func (s *stage) tableNames() []string {
	s.t.Helper()
	query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%_search%'"
	if s.d.Dialect == "postgres" {
		query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
	}
	var names []string
	for _, name := range s.texts(query) {
		apart := []string{"audit_entries", "audit_details", "throttles", "budgets", "idempotency_keys"}
		if !slices.Contains(apart, name) {
			names = append(names, name)
		}
	}
	return names
}

func (s *stage) texts(query string) (list []string) {
	s.t.Helper()
	rows, err := s.d.Writer().QueryContext(s.t.Context(), query)
	if err != nil {
		s.t.Fatal(query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		s.t.Fatal(err)
	}
	values, places := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			s.t.Fatal(err)
		}
		text := ""
		for _, v := range values {
			text += fmt.Sprint(v)
		}
		list = append(list, text)
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return list
}

// everything is all rows of all tables, in a form that is equal only when nothing changed.
func (s *stage) everything() map[string]string {
	s.t.Helper()
	all := map[string]string{}
	if s.d.Dialect == "postgres" {
		parts := make([]string, len(s.tables))
		for i, name := range s.tables {
			parts[i] = "SELECT '" + name + "=' || count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM " + name + " AS t"
		}
		for _, line := range s.texts(strings.Join(parts, " UNION ALL ")) {
			name, sum, _ := strings.Cut(line, "=")
			all[name] = sum
		}
		return all
	}
	for _, name := range s.tables {
		rows := s.texts("SELECT * FROM " + name)
		all[name] = fmt.Sprintf("%d rows, %x", len(rows), sha256.Sum256([]byte(strings.Join(rows, "\n"))))
	}
	return all
}

// leaks are the marks in a body that are not the asker's own.
func (s *stage) leaks(a asker, body string) bool {
	if u := s.people[a.name]; u != nil {
		body = strings.ReplaceAll(body, u.FirstName, "")
	}
	return strings.Contains(body, "mk_")
}

// refused reports whether a cell gives and does nothing.
func refused(cell string) bool { return cell != "ok" }

// run asks all of all rows, and returns the rows as they are: first what is refused, which leaves all as it was, and then
// what is open.
func (s *stage) run(rows []row, guarded bool) []row {
	s.t.Helper()
	are := make([]row, len(rows))
	before := s.everything()
	for i, r := range rows {
		are[i] = r
		are[i].cells = map[string]string{}
		s.refusals(r, are[i], guarded)
		after := s.everything()
		for name := range after {
			if before[name] != after[name] {
				s.t.Errorf("%s: a refusal changed %s: %s became %s", r.name, name, before[name], after[name])
			}
		}
		before = after
	}
	for i, r := range rows {
		for _, column := range columns {
			if !refused(r.cells[column]) {
				for _, a := range s.askers(r, column) {
					s.note(are[i], column, s.allow(r, a))
				}
			}
		}
	}
	return are
}

// refusals asks what must be refused of a row.
func (s *stage) refusals(r, is row, guarded bool) {
	s.t.Helper()
	for _, column := range columns {
		askers := s.askers(r, column)
		if len(askers) == 0 {
			is.cells[column] = "-"
			continue
		}
		if refused(r.cells[column]) {
			for _, a := range askers {
				s.note(is, column, s.refuse(r, a, s.acme, column))
			}
		}
	}
	// What belongs to another account is to its members as it is to everybody from outside.
	if !refused(r.cells["user"]) || !upon.MatchString(calls[r.name]) || strings.HasSuffix(r.name, ".self") {
		return
	}
	for _, column := range []string{"member", "member+", "owner", "mine+", "mine-"} {
		stranger := "user"
		if strings.HasPrefix(column, "mine") {
			stranger = "token0"
		}
		for _, a := range s.askers(r, column) {
			if got := s.refuse(r, a, s.foreign, stranger); guarded && got != r.cells[stranger] {
				s.t.Errorf("%s, %s, of another account: %s, want %s", r.name, a.name, got, r.cells[stranger])
			} else if !refused(got) {
				s.t.Errorf("%s, %s, of another account: open", r.name, a.name)
			}
		}
	}
}

// note puts an answer into its cell; those of one column must be one.
func (s *stage) note(r row, column, cell string) {
	if was, there := r.cells[column]; there && was != cell {
		cell = was + "|" + cell
		if strings.HasSuffix(was, cell) {
			cell = was
		}
	}
	r.cells[column] = cell
}

// refuse asks what must be refused.
func (s *stage) refuse(r row, a asker, h *house, column string) string {
	s.t.Helper()
	cell, body := s.answer(a, s.place(calls[r.name], h, a.Viewer))
	if refused(r.cells[column]) && s.leaks(a, body) {
		s.t.Errorf("%s, %s: the refusal tells %s", r.name, a.name, body)
	}
	return cell
}

// allow asks what must be open: writes each upon a house of its own. Without a proof of who they are, people are refused
// what needs one.
func (s *stage) allow(r row, a asker) string {
	s.t.Helper()
	h := s.acme
	if isWrite(r.name) {
		s.n++
		h = s.raise(fmt.Sprintf("fresh%d", s.n), s.people["owner"], true)
	}
	a = a.in(h)
	query := s.place(calls[r.name], h, a.Viewer)
	if root(r.name).Directives.ForName("sudo") != nil && a.Kind != viewer.Token {
		unproven := *a.Viewer
		unproven.SudoUntil = time.Time{}
		if cell, body := s.answer(asker{name: a.name, Viewer: &unproven}, query); cell != "SUDO" {
			s.t.Errorf("%s, %s, without a proof: %s", r.name, a.name, body)
		}
	}
	cell, body := s.answer(a, query)
	if refused(cell) {
		if cell == "INTERNAL" {
			s.t.Errorf("%s, %s: %s", r.name, a.name, body)
		}
		return cell
	}
	if a.Kind == viewer.User && a.name != "other" && strings.Contains(body, "mk_foreign") {
		s.t.Errorf("%s, %s: the answer tells of another account: %s", r.name, a.name, body)
	}
	if !isWrite(r.name) && strings.Contains(calls[r.name], "name") && strings.Contains(calls[r.name], "{account}") && !strings.Contains(body, "mk_") {
		s.t.Errorf("%s, %s: the answer has nothing in it: %s", r.name, a.name, body)
	}
	if isWrite(r.name) { // who came from outside goes again
		s.do(func(ctx context.Context, tx *db.Tx) {
			for _, name := range []string{"user", "other", "staff"} {
				if _, err := tx.SQL.ExecContext(ctx, "DELETE FROM memberships WHERE user_id = $1 AND account_id <> $2", s.people[name].ID, s.foreign.account.ID); err != nil {
					s.t.Fatal(err)
				}
			}
		})
	}
	return cell
}

// Every root field and every field that gives what is not for everybody has its row; see the head of the table.
func TestMatrixIsWhole(t *testing.T) {
	rows := map[string]bool{}
	for _, r := range readMatrix(t) {
		if calls[r.name] == "" {
			t.Errorf("%s has no call", r.name)
		}
		if rows[r.name] {
			t.Errorf("%s stands there twice", r.name)
		}
		rows[r.name] = true
	}
	for name := range calls {
		if !rows[name] {
			t.Errorf("%s has no row", name)
		}
	}
	covered := map[string]bool{}
	for name := range rows {
		first, _, _ := strings.Cut(name, ".")
		covered[first] = true
	}
	for _, d := range []*ast.Definition{schema().Query, schema().Mutation} {
		for _, f := range d.Fields {
			if !strings.HasPrefix(f.Name, "__") && !covered[f.Name] {
				t.Errorf("%s.%s has no row in testdata/matrix.txt", d.Name, f.Name)
			}
		}
	}
	for _, f := range personal() {
		if !rows["User."+f.Name] {
			t.Errorf("User.%s has no row", f.Name)
		}
	}
	plain := []string{"id", "number", "name", "email", "status", "owner", "createdAt", "updatedAt", "version"} // of whoever sees the account
	for _, f := range schema().Types["Account"].Fields {
		if !slices.Contains(plain, f.Name) && !strings.HasPrefix(f.Name, "__") && !rows["Account."+f.Name] {
			t.Errorf("Account.%s has no row", f.Name)
		}
	}
	for _, d := range schema().PossibleTypes["Node"] {
		if !rows["node."+d.Name] {
			t.Errorf("%s as a node has no row", d.Name)
		}
	}
}

// Each viewer is answered as the table says; what is refused gives and changes nothing (security.md part 7).
func TestMatrix(t *testing.T) {
	rows := readMatrix(t)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newStage(t, d)
		s.h = Handler(resolver(t, d), clock)
		for i, is := range s.run(rows, true) {
			if !maps.Equal(is.cells, rows[i].cells) {
				t.Errorf("it is\n%s\nand not\n%s", is, rows[i])
			}
		}
	})
}

// With the directives switched off, the domain alone refuses what the table says is refused, if with other words
// (security.md #41). What the directive alone guards, the table says with "!".
func TestMatrixWithoutGuards(t *testing.T) {
	rows := slices.DeleteFunc(readMatrix(t), func(r row) bool { return r.byGuardAlone })
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newStage(t, d)
		s.h = guardedBy(resolver(t, d), open(), clock)
		for i, is := range s.run(rows, false) {
			r := rows[i]
			for _, column := range columns {
				if refused(r.cells[column]) && slices.Contains(strings.Split(is.cells[column], "|"), "ok") {
					t.Errorf("%s, %s: open, want %s", r.name, column, r.cells[column])
				} else if !refused(r.cells[column]) && is.cells[column] != "ok" {
					t.Errorf("%s, %s: %s, want it open", r.name, column, is.cells[column])
				}
			}
		}
	})
}
