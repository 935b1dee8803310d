// Package links makes the one-time links that are mailed to users, and uses them up (security.md part 2).
package links

import (
	"context"
	"fmt"
	"maps"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/onetimetoken"
	"roster/ent/generated/predicate"
	"roster/ent/generated/user"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/email"
	"roster/internal/mail"
	"roster/internal/secret"
	"roster/internal/throttle"
)

// kind is what a mail's link opens, and for how long.
type kind struct {
	purpose onetimetoken.Purpose
	secret  secret.Purpose
	lasts   time.Duration // security.md #12
	// elsewhere: the link goes to an address that is not the user's, so it does not die with the user's address.
	elsewhere bool
	// lasting: the link outlives changes of credentials, suspension, and links like it.
	lasting bool
}

var disown = kind{onetimetoken.PurposeDISOWN, secret.Disown, 7 * 24 * time.Hour, true, true}

var kinds = map[mail.Kind]kind{
	mail.PasswordReset:            {onetimetoken.PurposeRESET, secret.Reset, 2 * time.Hour, false, false},
	mail.VerifyEmail:              {onetimetoken.PurposeVERIFY_EMAIL, secret.VerifyEmail, time.Hour, false, false},
	mail.ConfirmEmailChange:       {onetimetoken.PurposeCHANGE_EMAIL, secret.ChangeEmail, time.Hour, true, false},
	mail.Welcome:                  {onetimetoken.PurposeRESET, secret.Reset, 2 * time.Hour, false, false},
	mail.EmailChanged:             disown,
	mail.TwoFactorDisabled:        disown,
	mail.SecurityQuestionDisabled: disown,
}

// Letter is a mail with a link.
type Letter struct {
	About mail.Kind
	// To is the address that it goes to, in its stored spelling.
	To string
	// Subject is what the link is about, kept with it.
	Subject string
	// Params are what the text names beside the user.
	Params map[string]string
}

// Send mails the user a link of the kind to the stored address.
func Send(ctx context.Context, tx *db.Tx, outbox *mail.Outbox, at time.Time, u *ent.User, about mail.Kind) error {
	return Post(ctx, tx, outbox, at, u, Letter{About: about, To: u.Email})
}

// Post mails a link that concerns the user; older ones for the same purpose die, unless they are lasting. The link is
// bound to the user, to the address that it goes to, and to the user's credentials as they are (security.md #9).
func Post(ctx context.Context, tx *db.Tx, outbox *mail.Outbox, at time.Time, u *ent.User, l Letter) error {
	ctx = viewer.ForSystem(ctx, "links")
	k := kinds[l.About]
	if err := tx.LockUser(ctx, u.ID); err != nil { // of two links at once the later one is the newest, and alone
		return err
	}
	if err := Replace(ctx, tx, u.ID, l.About); err != nil {
		return err
	}
	address, err := email.Parse(l.To)
	if err != nil {
		return fmt.Errorf("reading the stored address of user %d: %w", u.ID, err)
	}
	nonce := secret.NewNonce()
	row, err := tx.OneTimeToken.Create().
		SetHash(secret.FromNonce(k.secret, nonce).Hash).SetPurpose(k.purpose).SetUserID(u.ID).SetAddressKey(address.Key).SetSubject(l.Subject).
		SetCredentialVersion(u.CredentialVersion).SetLifetime(int(k.lasts.Seconds())).SetCreatedAt(at).SetExpiresAt(at.Add(k.lasts)).
		Save(ctx)
	if err != nil {
		return fmt.Errorf("saving a link: %w", err)
	}
	params := map[string]string{"name": u.Name()}
	maps.Copy(params, l.Params)
	return outbox.Enqueue(ctx, tx, at, mail.Message{
		Kind: l.About, To: l.To, UserID: u.ID, Language: u.Language, Params: params, Nonce: nonce, TokenID: row.ID,
	})
}

// Replace ends the user's open links of the kind, unless they are lasting.
func Replace(ctx context.Context, tx *db.Tx, userID int, about mail.Kind) error {
	k := kinds[about]
	if k.lasting {
		return nil
	}
	return end(ctx, tx, onetimetoken.UserID(userID), onetimetoken.PurposeEQ(k.purpose))
}

// End ends every open link of the user but those that disown a change: whoever made the change could end them else.
func End(ctx context.Context, tx *db.Tx, userID int) error {
	return end(ctx, tx, onetimetoken.UserID(userID), onetimetoken.PurposeNEQ(onetimetoken.PurposeDISOWN))
}

func end(ctx context.Context, tx *db.Tx, which ...predicate.OneTimeToken) error {
	which = append(which, onetimetoken.UsedAtIsNil())
	if _, err := tx.OneTimeToken.Delete().Where(which...).Exec(viewer.ForSystem(ctx, "links")); err != nil {
		return fmt.Errorf("ending links: %w", err)
	}
	return nil
}

// Link is one that stands, with its user.
type Link struct {
	Token *ent.OneTimeToken
	User  *ent.User
	kind  kind
}

// Find returns the link that the token opens, nil when there is none, or none that still stands: used, replaced, too
// old, or the user's address, credentials or state are not what they were.
func Find(ctx context.Context, client *ent.Client, about mail.Kind, token string, at time.Time) (*Link, error) {
	k := kinds[about]
	hash, ok := secret.Hash(k.secret, token)
	if !ok {
		return nil, nil //nolint:nilnil // no link is an answer, not a failure
	}
	ctx = viewer.ForSystem(ctx, "links")
	row, err := client.OneTimeToken.Query().
		Where(onetimetoken.Hash(hash), onetimetoken.PurposeEQ(k.purpose), onetimetoken.UsedAtIsNil(), onetimetoken.ExpiresAtGT(at)).
		Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // no link is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("loading a link: %w", err)
	}
	if row.UserID == nil {
		return nil, nil //nolint:nilnil // no link is an answer, not a failure
	}
	u, err := client.User.Query().Where(k.bond(row)...).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // no link is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("loading the user of a link: %w", err)
	}
	return &Link{Token: row, User: u, kind: k}, nil
}

// bond is what must still be so of the user.
func (k kind) bond(row *ent.OneTimeToken) []predicate.User {
	bond := []predicate.User{user.ID(*row.UserID)}
	if !k.elsewhere {
		bond = append(bond, user.EmailKey(row.AddressKey))
	}
	if k.lasting {
		return append(bond, user.StateNEQ(user.StateERASED))
	}
	return append(bond, user.CredentialVersion(row.CredentialVersion), user.StateEQ(user.StateACTIVE))
}

// Use uses the link up, and reports whether it was this caller who did: one statement decides, also when two ask at
// once (security.md #10).
func Use(ctx context.Context, tx *db.Tx, l *Link, at time.Time) (bool, error) {
	if err := tx.LockUser(ctx, l.User.ID); err != nil {
		return false, err
	}
	bond := ""
	if !l.kind.elsewhere {
		bond += " AND u.email_key = one_time_tokens.address_key"
	}
	if l.kind.lasting {
		bond += " AND u.state <> 'ERASED'"
	} else {
		bond += " AND u.credential_version = one_time_tokens.credential_version AND u.state = 'ACTIVE'"
	}
	result, err := tx.SQL.ExecContext(ctx, `UPDATE one_time_tokens SET used_at = $1 WHERE id = $2 AND used_at IS NULL AND expires_at > $1
		AND EXISTS (SELECT 1 FROM users u WHERE u.id = one_time_tokens.user_id`+bond+`)`, at, l.Token.ID)
	if err != nil {
		return false, fmt.Errorf("using a link: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("using a link: %w", err)
	}
	return n == 1, nil
}

// NoteWrongAnswer counts a wrong answer of the user's, wherever it was given, so that another link does not bring other
// tries, and burns the reset link that stands when there were five within 24 hours (security.md #39).
func NoteWrongAnswer(ctx context.Context, tx *db.Tx, userID int, at time.Time) error {
	err := throttle.Answer.Take(ctx, tx, throttle.User(userID), at)
	burnt := throttle.IsRefusal(err)
	if err != nil && !burnt {
		return err
	}
	_, err = tx.SQL.ExecContext(ctx, `UPDATE one_time_tokens SET wrong_answers = wrong_answers + 1,
		used_at = CASE WHEN $1 THEN $2 ELSE used_at END
		WHERE user_id = $3 AND purpose = 'RESET' AND used_at IS NULL`, burnt, at, userID)
	if err != nil {
		return fmt.Errorf("counting a wrong answer: %w", err)
	}
	return nil
}
