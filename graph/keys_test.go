package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"github.com/vektah/gqlparser/v2/ast"

	ent "roster/ent/generated"
	"roster/ent/generated/apitoken"
	"roster/ent/generated/factor"
	"roster/ent/generated/membership"
	"roster/ent/generated/onetimetoken"
	"roster/ent/generated/passkey"
	"roster/ent/generated/session"
	entuser "roster/ent/generated/user"
	"roster/ent/generated/verificationfile"
	"roster/ent/gid"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/passkeys"
	"roster/internal/questions"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/verification"
	"roster/internal/verification/stripe"
)

// Secrets that are shown once are marked, wherever a mutation can bring them (security.md #80).
func TestSecretsAreMarked(t *testing.T) {
	s := schema()
	secrets := regexp.MustCompile(`(?i)(secret|codes?|key|qrcode|uri|url|link|token|password|options|challenge|enrolment|seed)$`)
	seen := map[string]bool{}
	var walk func(d *ast.Definition)
	walk = func(d *ast.Definition) {
		if seen[d.Name] {
			return
		}
		seen[d.Name] = true
		for _, f := range d.Fields {
			of := s.Types[f.Type.Name()]
			if f.Type.Name() == "String" && secrets.MatchString(f.Name) && f.Directives.ForName("once") == nil {
				t.Errorf("%s.%s looks like a secret and needs @once", d.Name, f.Name)
			}
			walk(of)
		}
		for _, member := range s.PossibleTypes[d.Name] {
			walk(member)
		}
	}
	for _, f := range s.Mutation.Fields {
		walk(s.Types[f.Type.Name()])
	}
	if !seen["TotpEnrolment"] || !seen["SignedIn"] {
		t.Error("not all was looked at")
	}
}

// idle are the calls that change nothing which could be changed twice, and why.
var idle = map[string]string{
	"deleteAccount.dryRun":     "it says what would happen",
	"revokeOtherSessions":      "it says what would happen",
	"startTotpEnrolment":       "nothing is stored before it is finished",
	"startPasskeyEnrolment":    "a challenge: another one takes its place",
	"startPasskeyConfirmation": "a challenge: another one takes its place",
}

// mayChange are the tables that idle calls write to.
var mayChange = []string{"passkey_ceremonies"}

// self is somebody who acts upon themselves, in a browser of their own, with a password and no factors.
type self struct {
	*stage
	asker
	user    *ent.User
	cookies map[string]*http.Cookie
}

const ownPassword = "correct horse battery staple"

func (s *stage) self() *self {
	s.t.Helper()
	s.n++
	me, token := &self{stage: s, cookies: map[string]*http.Cookie{}}, secret.New(secret.Session)
	hash := must[string](s.t)(secret.NewHasher().Hash(s.t.Context(), ownPassword))
	s.do(func(ctx context.Context, tx *db.Tx) {
		me.user = s.person(ctx, tx, fmt.Sprintf("self%d", s.n))
		must[int](s.t)(tx.Factor.Delete().Where(factor.UserID(me.user.ID)).Exec(ctx))
		must[int](s.t)(tx.Passkey.Delete().Where(passkey.UserID(me.user.ID)).Exec(ctx))
		must[int](s.t)(tx.User.Update().Where(entuser.ID(me.user.ID)).SetTwoFactorEnabled(false).Save(ctx))
		must[*ent.Password](s.t)(tx.Password.Create().SetUserID(me.user.ID).SetHash(hash).SetChangedAt(noon).Save(ctx))
		must[int](s.t)(tx.Session.Update().Where(session.UserID(me.user.ID)).SetSecretHash(token.Hash).SetSudoAt(noon).Save(ctx))
	})
	s.people[fmt.Sprintf("self%d", s.n)] = me.user
	me.asker = s.client(fmt.Sprintf("self%d", s.n))
	me.cookies["__Host-roster"] = &http.Cookie{Name: "__Host-roster", Value: token.Plain}
	return me
}

// send runs a mutation in their browser, under a key if there is one, and returns the payload.
func (me *self) send(key, query string) map[string]any {
	me.t.Helper()
	content := must[[]byte](me.t)(json.Marshal(map[string]string{"query": query}))
	v := *me.Viewer
	r := httptest.NewRequestWithContext(viewer.With(me.t.Context(), &v), http.MethodPost, "/graphql", strings.NewReader(string(content)))
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	for _, c := range me.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	me.h.ServeHTTP(w, r.WithContext(passkeys.WithCookies(signin.WithCookies(r.Context(), w, r), w, r)))
	for _, c := range w.Result().Cookies() {
		me.cookies[c.Name] = c
	}
	var answer struct {
		Data   map[string]map[string]any
		Errors []any
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		me.t.Fatal(err)
	}
	for _, payload := range answer.Data {
		if problems, _ := payload["userErrors"].([]any); len(problems) == 0 && len(answer.Errors) == 0 {
			return payload
		}
	}
	me.t.Errorf("%s: %s", query, w.Body)
	return nil
}

// ownActs are the acts that the table has no call for which comes through: those upon oneself, and what needs more than one
// call. Each returns the mutation, once all is there that it needs.
var ownActs = map[string]func(me *self) string{
	"updateProfile": func(*self) string {
		return `mutation { updateProfile(input: {version: 1, lastName: "X"}) { user { number } userErrors { code } } }`
	},
	"confirmIdentity": func(*self) string {
		return `mutation { confirmIdentity(input: {password: "` + ownPassword + `"}) { sudoUntil userErrors { code } } }`
	},
	"changePassword": func(*self) string {
		return `mutation { changePassword(input: {currentPassword: "` + ownPassword + `", newPassword: "another horse battery staple"}) { endedSessions userErrors { code } } }`
	},
	"changeEmail": func(*self) string {
		return `mutation { changeEmail(input: {newEmail: "moved@example.com", password: "` + ownPassword + `"}) { done userErrors { code } } }`
	},
	"confirmEmailChange": func(me *self) string {
		token := secret.New(secret.ChangeEmail)
		me.do(func(ctx context.Context, tx *db.Tx) {
			must[*ent.OneTimeToken](me.t)(tx.OneTimeToken.Create().SetHash(token.Hash).SetPurpose(onetimetoken.PurposeCHANGE_EMAIL).SetUserID(me.user.ID).
				SetAddressKey("moved@example.com").SetSubject("moved@example.com").SetCredentialVersion(1).SetLifetime(3600).
				SetCreatedAt(noon).SetExpiresAt(noon.Add(time.Hour)).Save(ctx))
		})
		return `mutation { confirmEmailChange(input: {token: "` + token.Plain + `"}) { user { number } userErrors { code } } }`
	},
	"setSecurityQuestion": func(*self) string {
		return `mutation { setSecurityQuestion(input: {questionId: "{question}", answer: "Bella the cat"}) { user { number } userErrors { code } } }`
	},
	"removeOwnSecurityQuestion": func(me *self) string {
		me.do(func(ctx context.Context, tx *db.Tx) {
			must[*ent.SecurityAnswer](me.t)(tx.SecurityAnswer.Create().SetUserID(me.user.ID).SetQuestionID(me.asked(ctx, tx)).SetHash(answered()).SetSetAt(noon).Save(ctx))
		})
		return `mutation { removeOwnSecurityQuestion(input: {currentAnswer: "` + questions.Canonical("Bella") + `"}) { user { number } userErrors { code } } }`
	},
	"revokeSession": func(me *self) string {
		id := 0
		me.do(func(ctx context.Context, tx *db.Tx) {
			id = must[*ent.Session](me.t)(tx.Session.Create().SetUserID(me.user.ID).SetSecretHash([]byte("another")).SetStage(session.StageOPEN).SetCredentialVersion(1).
				SetCreatedAt(noon).SetSeenAt(noon).SetExpiresAt(noon.Add(time.Hour)).Save(ctx)).ID
		})
		return `mutation { revokeSession(input: {sessionId: "` + gid.Encode(gid.Session, id) + `"}) { user { number } userErrors { code } } }`
	},
	"revokeOtherSessions.made": func(*self) string {
		return `mutation { revokeOtherSessions(input: {}) { ended userErrors { code } } }`
	},
	"revokeTrustedDevice": func(*self) string {
		return `mutation { revokeTrustedDevice(input: {deviceId: "{ownDevice}"}) { deviceId userErrors { code } } }`
	},
	"renamePasskey": func(me *self) string {
		return `mutation { renamePasskey(input: {passkeyId: "` + me.passkey() + `", name: "x"}) { passkey { name } userErrors { code } } }`
	},
	"removePasskey": func(me *self) string {
		return `mutation { removePasskey(input: {passkeyId: "` + me.passkey() + `"}) { user { number } userErrors { code } } }`
	},
	"createApiToken": func(me *self) string {
		house := me.raise(fmt.Sprintf("own%d", me.user.ID), me.user, false)
		return `mutation { createApiToken(input: {name: "x", accounts: [{accountId: "` + house.account.GlobalID() + `", permissions: [ORDERS]}]}) { apiToken { name } userErrors { code } } }`
	},
	"rotateApiToken": func(me *self) string {
		id := 0
		me.do(func(ctx context.Context, tx *db.Tx) {
			id = must[*ent.APIToken](me.t)(tx.APIToken.Create().SetName("x").SetHash([]byte("mine")).SetKind(apitoken.KindPERSONAL).SetMakerID(me.user.ID).
				SetCredentialVersion(1).SetCreatedAt(noon).SetExpiresAt(noon.Add(time.Hour)).Save(ctx)).ID
		})
		return `mutation { rotateApiToken(input: {tokenId: "` + gid.Encode(gid.APIToken, id) + `"}) { apiToken { name } userErrors { code } } }`
	},
	"acceptOwnership": func(me *self) string {
		house := me.raise(fmt.Sprintf("offered%d", me.user.ID), me.people["owner"], false)
		me.do(func(ctx context.Context, tx *db.Tx) {
			if err := tx.Membership.Update().Where(membership.AccountID(house.account.ID)).ClearOwnershipOfferedAt().Exec(ctx); err != nil {
				me.t.Fatal(err) // there is one offer at a time
			}
			must[*ent.Membership](me.t)(tx.Membership.Create().SetUserID(me.user.ID).SetAccountID(house.account.ID).SetSince(noon).
				SetPermissions([]permission.Account{}).SetOwnershipOfferedAt(noon).Save(ctx))
		})
		return `mutation { acceptOwnership(input: {accountId: "` + house.account.GlobalID() + `"}) { account { name } userErrors { code } } }`
	},
	"reorderSecurityQuestions": func(me *self) string {
		me.Kind, me.Permissions = viewer.Staff, permission.SetOf(permission.ConfigureSecurityQuestions)
		var ids []string
		for _, id := range me.texts("SELECT id FROM security_questions ORDER BY position, id") {
			row := must[int](me.t)(strconv.Atoi(id))
			ids = append(ids, strconv.Quote(gid.Encode(gid.SecurityQuestion, row)))
		}
		return `mutation { reorderSecurityQuestions(input: {questionIds: [` + strings.Join(ids, ", ") + `]}) { questions { text } userErrors { code } } }`
	},
	"submitIdentityVerification": func(me *self) string {
		me.do(func(ctx context.Context, tx *db.Tx) {
			row := me.askedToProve(ctx, tx, me.user, verification.Manual)
			for _, kind := range []verification.Kind{verificationfile.KindFRONT, verificationfile.KindSELFIE} {
				must[*ent.VerificationFile](me.t)(tx.VerificationFile.Create().SetVerificationID(row.ID).SetName(fmt.Sprint(me.user.ID, kind)).SetKind(kind).
					SetMediaType("image/jpeg").SetBytes(1).SetCreatedAt(noon).SetPurgeAt(noon.Add(time.Hour)).Save(ctx))
			}
		})
		return `mutation { submitIdentityVerification { user { number } userErrors { code } } }`
	},
	"beginIdentityVerification": func(me *self) string { // the table gave Stripe its keys before
		me.do(func(ctx context.Context, tx *db.Tx) { me.askedToProve(ctx, tx, me.user, stripe.Name) })
		return `mutation { beginIdentityVerification { url userErrors { code } } }`
	},
	"updateSettings": func(me *self) string {
		me.Kind, me.Permissions = viewer.Staff, permission.SetOf(permission.ConfigureSettings)
		return `mutation { updateSettings(input: {company: "Acme"}) { settings { company } userErrors { code } } }`
	},
	"finishTotpEnrolment": func(me *self) string {
		begun, _ := me.send("", `mutation { startTotpEnrolment { totp { key enrolment } userErrors { code } } }`)["totp"].(map[string]any)
		code := must[string](me.t)(totp.GenerateCodeCustom(fmt.Sprint(begun["key"]), noon, totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}))
		return fmt.Sprintf(`mutation { finishTotpEnrolment(input: {enrolment: "%s", code: "%s"}) { viewer { kind } userErrors { code } } }`, begun["enrolment"], code)
	},
	"finishPasskeyEnrolment": func(me *self) string {
		begun, _ := me.send("", `mutation { startPasskeyEnrolment { challenge { options } userErrors { code } } }`)["challenge"].(map[string]any)
		options := must[*virtualwebauthn.AttestationOptions](me.t)(virtualwebauthn.ParseAttestationOptions(fmt.Sprint(begun["options"])))
		device := virtualwebauthn.NewAuthenticator()
		device.Options.UserHandle = []byte(options.UserID)
		made := virtualwebauthn.CreateAttestationResponse(virtualwebauthn.RelyingParty{Name: "Roster", ID: "roster.test", Origin: "https://roster.test"},
			device, virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeRSA), *options)
		return `mutation { finishPasskeyEnrolment(input: {name: "x", passkey: ` + strconv.Quote(made) + `}) { passkey { name } userErrors { code } } }`
	},
}

// passkey gives them one.
func (me *self) passkey() string {
	me.t.Helper()
	id := 0
	me.do(func(ctx context.Context, tx *db.Tx) {
		handle := []byte(fmt.Sprint("key of ", me.user.ID))
		id = must[*ent.Passkey](me.t)(tx.Passkey.Create().SetUserID(me.user.ID).SetName("mine").SetCredentialID(handle).SetHandle(handle).
			SetCredential([]byte("{}")).SetCreatedAt(noon).Save(ctx)).ID
	})
	return gid.Encode(gid.Passkey, id)
}

// settles runs a call under a key, and holds it to what it must leave behind.
func (s *stage) settles(name string, run func(key string)) {
	s.t.Helper()
	s.n++
	before := s.everything()
	run(fmt.Sprintf("key %d", s.n))
	after := s.everything()
	rows := s.texts("SELECT done FROM idempotency_keys")
	s.do(func(ctx context.Context, tx *db.Tx) { must[int](s.t)(tx.IdempotencyKey.Delete().Exec(ctx)) })
	if why := idle[name]; why != "" {
		for table := range after {
			if before[table] != after[table] && !slices.Contains(mayChange, table) {
				s.t.Errorf("%s changed %s, and %s", name, table, why)
			}
		}
		if len(rows) > 0 {
			s.t.Errorf("%s settled its key, and %s", name, why)
		}
		return
	}
	if len(rows) != 1 || rows[0] != "true" && rows[0] != "1" {
		s.t.Errorf("%s was made, and its key says %v: a change calls audit.Record, or idempotency.Settle, in its transaction", name, rows)
	}
}

// security.md #80: a mutation that is made says so in its own transaction, or it could be made twice. Each that takes a key
// is made once here.
func TestEveryChangeSettlesItsKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newStage(t, d)
		s.h = Handler(resolver(t, d), clock)
		made := map[string]bool{}
		for _, r := range readMatrix(t) {
			a := s.whoMay(r)
			if !isWrite(r.name) || public(r.name) || ownActs[r.name] != nil || a == nil {
				continue
			}
			made[root(r.name).Name] = true
			s.n++
			h := s.raise(fmt.Sprintf("fresh%d", s.n), s.people["owner"], true)
			may := a.in(h)
			query := s.place(calls[r.name], h, may.Viewer)
			s.settles(r.name, func(key string) {
				s.key = key
				if cell, body := s.answer(may, query); refused(cell) {
					t.Errorf("%s, %s: %s", r.name, a.name, body)
				}
			})
		}
		for _, name := range slices.Sorted(maps.Keys(ownActs)) {
			made[strings.TrimSuffix(name, ".made")] = true
			me := s.self()
			query := me.place(ownActs[name](me), s.acme, me.Viewer)
			s.settles(name, func(key string) { me.send(key, query) })
		}
		for _, f := range schema().Mutation.Fields {
			if Audience(f) != "public" && !made[f.Name] && !strings.HasPrefix(f.Name, "__") {
				t.Errorf("%s was not made: it needs a call that comes through", f.Name)
			}
		}
	})
}

// whoMay is somebody who may make the call of a row; nil: nobody may.
func (s *stage) whoMay(r row) *asker {
	for _, column := range columns {
		if askers := s.askers(r, column); !refused(r.cells[column]) && len(askers) > 0 && askers[0].Kind != viewer.Anonymous {
			return &askers[0]
		}
	}
	return nil
}
