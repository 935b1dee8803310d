// Package mail is the outbox, the texts of the mails and the worker that sends them. A mail's row and its job are
// written in the transaction of their cause, so that neither is ever without the other (security.md part 11).
package mail

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"entgo.io/ent/dialect"
	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/secret"
)

// Kind is what a mail is about; each has a text in every language.
type Kind string

// The kinds.
const (
	PasswordReset            Kind = "PASSWORD_RESET"
	PasswordChanged          Kind = "PASSWORD_CHANGED"
	TwoFactorDisabled        Kind = "TWO_FACTOR_DISABLED"
	SecurityQuestionDisabled Kind = "SECURITY_QUESTION_DISABLED"
	EmailChanged             Kind = "EMAIL_CHANGED"
	VerifyEmail              Kind = "VERIFY_EMAIL"
	// SecurityQuestionSet tells users that they set or replaced theirs by themselves, SecurityQuestionRemoved that they
	// removed it.
	SecurityQuestionSet     Kind = "SECURITY_QUESTION_SET"
	SecurityQuestionRemoved Kind = "SECURITY_QUESTION_REMOVED"
	APITokenMade            Kind = "API_TOKEN_MADE"
	PasskeyAdded            Kind = "PASSKEY_ADDED"
	PasskeyRemoved          Kind = "PASSKEY_REMOVED"
	PasskeyCopied           Kind = "PASSKEY_COPIED"
)

// The kinds around one's own address.
const (
	// AlreadyRegistered tells the user of an address that somebody wanted to register with it.
	AlreadyRegistered Kind = "ALREADY_REGISTERED"
	// AddressWanted tells the user of an address that another user wanted it as theirs.
	AddressWanted Kind = "ADDRESS_WANTED"
	// ConfirmEmailChange goes to the new address; nothing changes before its link is used.
	ConfirmEmailChange Kind = "CONFIRM_EMAIL_CHANGE"
	// EmailChangedUnproven is EmailChanged to an address that nobody had proved to be theirs: it cannot be asked back.
	EmailChangedUnproven Kind = "EMAIL_CHANGED_UNPROVEN"
	// NewEmail welcomes the new address.
	NewEmail Kind = "NEW_EMAIL"
	// EmailDisputed tells an address that the one before it disowned the change.
	EmailDisputed Kind = "EMAIL_DISPUTED"

	AuthenticatorAdded   Kind = "AUTHENTICATOR_ADDED"
	AuthenticatorRemoved Kind = "AUTHENTICATOR_REMOVED"
	BackupCodesMade      Kind = "BACKUP_CODES_MADE"
	BackupCodeUsed       Kind = "BACKUP_CODE_USED"
)

// FirstPassword tells users who had none, or a void one, that they set a password by the link of a mail.
const FirstPassword Kind = "FIRST_PASSWORD"

// OwnPasswordChanged tells users that they changed their password themselves, or set their first one.
const OwnPasswordChanged Kind = "OWN_PASSWORD_CHANGED"

// The kinds that lead to the page of sessions and sign-ins.
const (
	// NewSignIn tells of a sign-in with a device, or from a network, that was not used for a while.
	NewSignIn Kind = "NEW_SIGN_IN"
	// WrongSecondFactor tells that somebody knew the password and failed at the second factor.
	WrongSecondFactor Kind = "WRONG_SECOND_FACTOR"
)

// The kinds around accounts and the people in them.
const (
	// Welcome goes to who got a user without asking: its link sets the first password.
	Welcome           Kind = "WELCOME"
	Invitation        Kind = "INVITATION"
	InvitationByStaff Kind = "INVITATION_BY_STAFF"
	// InvitationAccepted tells who invited. InvitationAcceptedElsewhere tells them and the owner that another address than
	// the invited one joined (security.md #49).
	InvitationAccepted          Kind = "INVITATION_ACCEPTED"
	InvitationAcceptedElsewhere Kind = "INVITATION_ACCEPTED_ELSEWHERE"
	AccessGiven                 Kind = "ACCESS_GIVEN"
	PermissionsChanged          Kind = "PERMISSIONS_CHANGED"
	AccessRemoved               Kind = "ACCESS_REMOVED"
	OwnershipOffered            Kind = "OWNERSHIP_OFFERED"
	// OwnershipReceived goes to the new owner, OwnershipPassed to the one before.
	OwnershipReceived Kind = "OWNERSHIP_RECEIVED"
	OwnershipPassed   Kind = "OWNERSHIP_PASSED"
)

// The kinds around proofs of identity.
const (
	VerificationRequested Kind = "VERIFICATION_REQUESTED"
	VerificationApproved  Kind = "VERIFICATION_APPROVED"
	VerificationRejected  Kind = "VERIFICATION_REJECTED"
	VerificationExpired   Kind = "VERIFICATION_EXPIRED"
)

// Kinds are all of them.
var Kinds = []Kind{
	PasswordReset, PasswordChanged, TwoFactorDisabled, SecurityQuestionDisabled, EmailChanged, VerifyEmail,
	AlreadyRegistered, AddressWanted, ConfirmEmailChange, EmailChangedUnproven, NewEmail, EmailDisputed,
	SecurityQuestionSet, SecurityQuestionRemoved,
	APITokenMade, PasskeyAdded, PasskeyRemoved, PasskeyCopied, OwnPasswordChanged, FirstPassword,
	AuthenticatorAdded, AuthenticatorRemoved, BackupCodesMade, BackupCodeUsed,
	NewSignIn, WrongSecondFactor,
	Welcome, Invitation, InvitationByStaff, InvitationAccepted, InvitationAcceptedElsewhere, AccessGiven, PermissionsChanged,
	AccessRemoved, OwnershipOffered, OwnershipReceived, OwnershipPassed,
	VerificationRequested, VerificationApproved, VerificationRejected, VerificationExpired,
}

// linked says which kinds carry a link: the path of its page, and what its token opens.
var linked = map[Kind]struct {
	path    string
	purpose secret.Purpose
}{
	PasswordReset: {"/reset", secret.Reset},
	VerifyEmail:   {"/verify-email", secret.VerifyEmail},

	Welcome: {"/reset", secret.Reset},

	Invitation:        {"/invitation", secret.Invitation},
	InvitationByStaff: {"/invitation", secret.Invitation},

	ConfirmEmailChange:       {"/confirm-email", secret.ChangeEmail},
	EmailChanged:             {"/disown", secret.Disown},
	TwoFactorDisabled:        {"/disown", secret.Disown},
	SecurityQuestionDisabled: {"/disown", secret.Disown},
}

// pages says which kinds lead to a page that opens for who is signed in, without a token.
var pages = map[Kind]string{
	NewSignIn:         "/security",
	WrongSecondFactor: "/security",

	InvitationAccepted:          "/accounts",
	InvitationAcceptedElsewhere: "/accounts",
	AccessGiven:                 "/accounts",
	PermissionsChanged:          "/accounts",
	OwnershipOffered:            "/accounts",
	OwnershipReceived:           "/accounts",

	VerificationRequested: "/identity",
	VerificationRejected:  "/identity",
}

// Linked reports whether mails of the kind carry a link of their own, and so need a nonce.
func (k Kind) Linked() bool {
	_, has := linked[k]
	return has
}

// longestParam is how many characters of a text by people stand in a mail (security.md #77).
const longestParam = 200

const sealPurpose = "mail nonce"

// Message is a mail to be sent.
type Message struct {
	Kind Kind
	// To is an address in its stored spelling.
	To string
	// UserID is whom it is to; 0: an address without a user, or whose user is not to be told apart.
	UserID int
	// AccountID is the account that it is about; 0: none.
	AccountID int
	Language  string
	// Params are what the text names: never a secret.
	Params map[string]string
	// Nonce and TokenID are those of the link's token, for the kinds that have a link.
	Nonce   []byte
	TokenID int
}

// Outbox takes mails.
type Outbox struct {
	Keyring *secret.Keyring
	// Host is the part behind the @ of Message-IDs.
	Host string

	jobs *river.Client[*sql.Tx]
}

// NewOutbox makes the outbox of a database.
func NewOutbox(d *db.DB, ring *secret.Keyring, host string) (*Outbox, error) {
	jobs, err := river.NewClient(driver(d), &river.Config{})
	if err != nil {
		return nil, fmt.Errorf("preparing the queue of mails: %w", err)
	}
	return &Outbox{Keyring: ring, Host: host, jobs: jobs}, nil
}

func driver(d *db.DB) riverdriver.Driver[*sql.Tx] {
	if d.Dialect == dialect.Postgres {
		return riverdatabasesql.New(d.Writer())
	}
	return riversqlite.New(d.Writer())
}

// job names the mail to send.
type job struct {
	MailID int `json:"mailId"`
}

// Kind is the name of the job, for ever.
func (job) Kind() string { return "mail" }

// Enqueue puts a mail into the outbox; it leaves after tx was committed.
func (o *Outbox) Enqueue(ctx context.Context, tx *db.Tx, at time.Time, m Message) error {
	if m.Kind.Linked() != (m.Nonce != nil) {
		return fmt.Errorf("enqueueing %s: with a link or without", m.Kind)
	}
	if strings.ContainsAny(m.To, "\r\n\x00") {
		return errors.New("enqueueing a mail: the address has a line break")
	}
	id := uuid.NewString() + "@" + o.Host
	create := tx.Mail.Create().SetKind(string(m.Kind)).SetRecipient(m.To).SetLanguage(m.Language).
		SetParams(plain(m.Params)).SetMessageID(id).SetCreatedAt(at)
	if m.UserID != 0 {
		create.SetUserID(m.UserID)
	}
	if m.AccountID != 0 {
		create.SetAccountID(m.AccountID)
	}
	if m.Nonce != nil {
		sealed, err := o.Keyring.Seal(sealPurpose, id, m.Nonce)
		if err != nil {
			return fmt.Errorf("sealing a link: %w", err)
		}
		create.SetSealedNonce(sealed).SetTokenID(m.TokenID)
	}
	row, err := create.Save(viewer.ForSystem(ctx, "outbox"))
	if err != nil {
		return fmt.Errorf("saving a mail: %w", err)
	}
	if _, err := o.jobs.InsertTx(ctx, tx.SQL, job{MailID: row.ID}, &river.InsertOpts{MaxAttempts: attempts}); err != nil {
		return fmt.Errorf("queueing a mail: %w", err)
	}
	return nil
}

// plain makes texts by people short and of one line.
func plain(params map[string]string) map[string]string {
	out := make(map[string]string, len(params))
	for name, value := range params {
		value = strings.Join(strings.Fields(value), " ")
		if utf8.RuneCountInString(value) > longestParam {
			value = string([]rune(value)[:longestParam]) + "…"
		}
		out[name] = value
	}
	return out
}
