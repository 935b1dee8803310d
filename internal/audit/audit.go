// Package audit keeps the record of who did what, and of what was refused (security.md #66). An entry is written
// in the transaction of its act; when it cannot be written, the act fails.
package audit

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"entgo.io/ent/dialect"

	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/idempotency"
)

// Action is what was done or tried; stored, so a name is for ever.
type Action string

// The actions.
const (
	SignedIn                Action = "SIGNED_IN"
	SignInRefused           Action = "SIGN_IN_REFUSED"
	SecondFactorRefused     Action = "SECOND_FACTOR_REFUSED"
	SignedOut               Action = "SIGNED_OUT"
	AccessRefused           Action = "ACCESS_REFUSED"
	IdentityConfirmed       Action = "IDENTITY_CONFIRMED"
	AdminCreated            Action = "ADMIN_CREATED"
	SetUp                   Action = "SET_UP"
	TokenCreated            Action = "TOKEN_CREATED"
	TokenRotated            Action = "TOKEN_ROTATED"
	TokenRevoked            Action = "TOKEN_REVOKED"
	UserUpdated             Action = "USER_UPDATED"
	EmailVerified           Action = "EMAIL_VERIFIED"
	PasswordResetSent       Action = "PASSWORD_RESET_SENT"
	PasswordResetRequested  Action = "PASSWORD_RESET_REQUESTED"
	PasswordReset           Action = "PASSWORD_RESET"
	PasswordChanged         Action = "PASSWORD_CHANGED"
	TwoFactorDisabled       Action = "TWO_FACTOR_DISABLED"
	SecurityQuestionRemoved Action = "SECURITY_QUESTION_REMOVED"
	PasskeyAdded            Action = "PASSKEY_ADDED"
	PasskeyRenamed          Action = "PASSKEY_RENAMED"
	PasskeyRemoved          Action = "PASSKEY_REMOVED"
	PasskeyCopied           Action = "PASSKEY_COPIED"
	Imported                Action = "IMPORTED"
	SampleDataMade          Action = "SAMPLE_DATA_MADE"

	AuthenticatorAdded   Action = "AUTHENTICATOR_ADDED"
	AuthenticatorRemoved Action = "AUTHENTICATOR_REMOVED"
	BackupCodesMade      Action = "BACKUP_CODES_MADE"
	BackupCodeUsed       Action = "BACKUP_CODE_USED"
	DeviceTrusted        Action = "DEVICE_TRUSTED"
	DeviceTrustRevoked   Action = "DEVICE_TRUST_REVOKED"
)

// The actions around one's own address.
const (
	Registered           Action = "REGISTERED"
	VerificationSent     Action = "VERIFICATION_SENT"
	EmailChangeRequested Action = "EMAIL_CHANGE_REQUESTED"
	EmailChanged         Action = "EMAIL_CHANGED"
	ChangeDisowned       Action = "CHANGE_DISOWNED"
)

// The actions around security questions, locks and settings.
const (
	QuestionCreated       Action = "QUESTION_CREATED"
	QuestionUpdated       Action = "QUESTION_UPDATED"
	QuestionRetired       Action = "QUESTION_RETIRED"
	QuestionRestored      Action = "QUESTION_RESTORED"
	QuestionDeleted       Action = "QUESTION_DELETED"
	QuestionsReordered    Action = "QUESTIONS_REORDERED"
	SecurityQuestionSet   Action = "SECURITY_QUESTION_SET"
	SecurityAnswerChecked Action = "SECURITY_ANSWER_CHECKED"
	LockCleared           Action = "LOCK_CLEARED"
	SettingsChanged       Action = "SETTINGS_CHANGED"
	RoleUpdated           Action = "ROLE_UPDATED"
)

// The actions upon accounts and the people in them.
const (
	AccountCreated          Action = "ACCOUNT_CREATED"
	AccountUpdated          Action = "ACCOUNT_UPDATED"
	AccountDeleted          Action = "ACCOUNT_DELETED"
	UserCreated             Action = "USER_CREATED"
	UserDeleted             Action = "USER_DELETED"
	MemberAdded             Action = "MEMBER_ADDED"
	MemberUpdated           Action = "MEMBER_UPDATED"
	MemberRemoved           Action = "MEMBER_REMOVED"
	MemberLeft              Action = "MEMBER_LEFT"
	OwnerChanged            Action = "OWNER_CHANGED"
	OwnershipOffered        Action = "OWNERSHIP_OFFERED"
	OwnershipOfferWithdrawn Action = "OWNERSHIP_OFFER_WITHDRAWN"
	InvitationSent          Action = "INVITATION_SENT"
	InvitationResent        Action = "INVITATION_RESENT"
	InvitationCancelled     Action = "INVITATION_CANCELLED"
	InvitationAccepted      Action = "INVITATION_ACCEPTED"
	InvitationDeclined      Action = "INVITATION_DECLINED"
	OrderRecorded           Action = "ORDER_RECORDED"
	TemplateCreated         Action = "TEMPLATE_CREATED"
	TemplateUpdated         Action = "TEMPLATE_UPDATED"
	TemplateDeleted         Action = "TEMPLATE_DELETED"
)

// The actions around proofs of identity.
const (
	VerificationRequested Action = "VERIFICATION_REQUESTED"
	VerificationReset     Action = "VERIFICATION_RESET"
	VerificationBegun     Action = "VERIFICATION_BEGUN"
	VerificationSubmitted Action = "VERIFICATION_SUBMITTED"
	VerificationDecided   Action = "VERIFICATION_DECIDED"
	VerificationExpired   Action = "VERIFICATION_EXPIRED"
	VerificationFileSeen  Action = "VERIFICATION_FILE_SEEN"
	VerificationBrought   Action = "VERIFICATION_BROUGHT"
)

// The actions upon one's own sessions and data.
const (
	SessionEnded       Action = "SESSION_ENDED"
	OtherSessionsEnded Action = "OTHER_SESSIONS_ENDED"
	OwnDataExported    Action = "OWN_DATA_EXPORTED"
)

// Target is what an act was upon.
type Target struct {
	Kind string
	ID   int
}

// OnUser is a user as a target.
func OnUser(id int) Target { return Target{Kind: "USER", ID: id} }

// OnAccount is an account as a target.
func OnAccount(id int) Target { return Target{Kind: "ACCOUNT", ID: id} }

// OnTemplate is a permission template as a target.
func OnTemplate(id int) Target { return Target{Kind: "PERMISSION_TEMPLATE", ID: id} }

// OnToken is an API token as a target.
func OnToken(id int) Target { return Target{Kind: "API_TOKEN", ID: id} }

// OnQuestion is a text of the list of security questions as a target.
func OnQuestion(id int) Target { return Target{Kind: "SECURITY_QUESTION", ID: id} }

// OnRole is an admin role as a target.
func OnRole(id int) Target { return Target{Kind: "ROLE", ID: id} }

// Entry is one act. Detail holds before, after and whatever helps to understand it, never a secret; it is kept
// apart, with address and device of the client, so that erasure can take it away.
type Entry struct {
	Action Action
	Target Target
	// AboutUserID is the user whom an act upon something else concerns; 0: none.
	AboutUserID int
	Detail      map[string]any
}

// Done is the outcome of an act that took place.
const Done = "DONE"

// Record writes an act that takes place in tx, and settles the idempotency key that it was asked for under.
// Actor, session, address and device come from the viewer in ctx; who made a token is the actor of what is done with
// it, and stays so in the entry when token and maker are gone (security.md #66). fault.Conflict: as idempotency.Settle says.
func Record(ctx context.Context, tx *db.Tx, at time.Time, e Entry) error {
	if err := idempotency.Settle(ctx, tx); err != nil {
		return err
	}
	return write(ctx, tx, at, e, Done)
}

// Refused writes an attempt that was refused with err, in a transaction that is committed all the same: see tx.Remember. An err that is no fault is our own failure
// and counts as INTERNAL.
func Refused(ctx context.Context, tx *db.Tx, at time.Time, e Entry, err error) error {
	return write(ctx, tx, at, e, string(codeOf(err)))
}

// Act runs act in a transaction and keeps a record of its refusal: the way of every change that staff make.
func Act(ctx context.Context, d *db.DB, now func() time.Time, e Entry, act func(ctx context.Context, tx *db.Tx) error) error {
	return db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) error {
		err := act(ctx, tx)
		if Worth(err) {
			tx.Remember(func(ctx context.Context, tx *db.Tx) error { return Refused(ctx, tx, now(), e, err) })
		}
		return err
	})
}

// Worth reports whether err is a refusal, and so worth an entry; an outage or a failure of ours is not.
func Worth(err error) bool { return err != nil && codeOf(err) != fault.Internal }

func codeOf(err error) fault.Code {
	var one *fault.Error
	if errors.As(err, &one) {
		return one.Code
	}
	var many fault.List
	if errors.As(err, &many) && len(many) > 0 {
		return many[0].Code
	}
	return fault.Internal
}

func write(ctx context.Context, tx *db.Tx, at time.Time, e Entry, outcome string) error {
	v := viewer.From(ctx)
	if v == nil {
		return errors.New("recording an act: no viewer in the context")
	}
	actor := v.Actor()
	detail, err := json.Marshal(withClient(v, e.Detail))
	if err != nil {
		return fmt.Errorf("recording an act: %w", err)
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	hash := sha256.Sum256(append(salt[:16:16], detail...))
	if tx.Dialect == dialect.Postgres {
		tx.AtCommit(insertBoth(v, at, e, outcome, salt, hash[:], detail))
		return nil
	}
	ctx = viewer.ForSystem(ctx, "audit")
	entry, err := tx.AuditEntry.Create().
		SetAt(at.UTC().Truncate(time.Microsecond)).SetAction(string(e.Action)).SetOutcome(outcome).
		SetActorKind(kindOf(actor)).SetActorID(actor.Author()).SetActorName(actor.Name).
		SetTokenID(actor.TokenID).SetSessionID(actor.SessionID).
		SetTargetKind(e.Target.Kind).SetTargetID(e.Target.ID).SetAboutUserID(e.AboutUserID).
		SetRequestID(v.RequestID).SetDetailHash(hash[:]).
		Save(ctx)
	if err != nil {
		return fmt.Errorf("recording %s: %w", e.Action, err)
	}
	if err := tx.AuditDetail.Create().SetEntryID(entry.ID).SetSalt(salt).SetDetail(detail).Exec(ctx); err != nil {
		return fmt.Errorf("recording the detail of %s: %w", e.Action, err)
	}
	return nil
}

// StaffToken is the kind of actor of a token that staff made for the installation: which of them is for staff alone to know,
// whereas who made a personal token acts in the open, as a member.
const StaffToken = "STAFF_TOKEN"

// kindOf is what the entry says of what acted; stored, so a name is for ever.
func kindOf(actor *viewer.Viewer) string {
	if actor.Kind == viewer.Token && actor.MadeBy != 0 && actor.Self() == 0 {
		return StaffToken
	}
	return string(actor.Kind)
}

// both is an entry with its detail: every act pays for it, and PostgreSQL takes the two at once, with the commit.
const both = `WITH entry AS (INSERT INTO audit_entries
	(at, action, outcome, actor_kind, actor_id, actor_name, token_id, session_id, target_kind, target_id, about_user_id, request_id, detail_hash)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id)
INSERT INTO audit_details (entry_id, salt, detail) SELECT id, $14, $15 FROM entry`

func insertBoth(v *viewer.Viewer, at time.Time, e Entry, outcome string, salt, hash, detail []byte) db.Statement {
	actor := v.Actor()
	return db.Statement{SQL: both, Args: []any{
		at.UTC().Truncate(time.Microsecond), string(e.Action), outcome,
		kindOf(actor), actor.Author(), actor.Name, actor.TokenID, actor.SessionID,
		e.Target.Kind, e.Target.ID, e.AboutUserID, v.RequestID, hash, salt, detail,
	}}
}

// clientKeys are where the detail names the client of who acted.
var clientKeys = []string{"address", "device"}

func withClient(v *viewer.Viewer, detail map[string]any) map[string]any {
	all := make(map[string]any, len(detail)+2)
	for k, value := range detail {
		all[k] = value
	}
	if v.Address.IsValid() {
		all["address"] = v.Address.String()
	}
	if v.Device != "" {
		all["device"] = v.Device
	}
	return all
}
