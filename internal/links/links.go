// Package links makes the one-time links that are mailed to users, and uses them up (security.md part 2).
package links

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/onetimetoken"
	"roster/ent/generated/user"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/email"
	"roster/internal/mail"
	"roster/internal/secret"
)

// kind is what a mail's link opens, and for how long.
type kind struct {
	purpose onetimetoken.Purpose
	secret  secret.Purpose
	lasts   time.Duration // security.md #12
}

var kinds = map[mail.Kind]kind{
	mail.PasswordReset: {onetimetoken.PurposeRESET, secret.Reset, 2 * time.Hour},
	mail.VerifyEmail:   {onetimetoken.PurposeVERIFY_EMAIL, secret.VerifyEmail, time.Hour},
}

// Send mails the user a link of the kind; older ones for the same purpose die. The link is bound to the user, to the
// stored address, which it goes to, and to the user's credentials as they are (security.md #9).
func Send(ctx context.Context, tx *db.Tx, outbox *mail.Outbox, at time.Time, u *ent.User, about mail.Kind) error {
	ctx = viewer.ForSystem(ctx, "links")
	k := kinds[about]
	if err := tx.LockUser(ctx, u.ID); err != nil { // of two links at once the later one is the newest, and alone
		return err
	}
	_, err := tx.OneTimeToken.Delete().
		Where(onetimetoken.UserID(u.ID), onetimetoken.PurposeEQ(k.purpose), onetimetoken.UsedAtIsNil()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("ending older links: %w", err)
	}
	address, err := email.Parse(u.Email)
	if err != nil {
		return fmt.Errorf("reading the stored address of user %d: %w", u.ID, err)
	}
	nonce := secret.NewNonce()
	row, err := tx.OneTimeToken.Create().
		SetHash(secret.FromNonce(k.secret, nonce).Hash).SetPurpose(k.purpose).SetUserID(u.ID).SetAddressKey(address.Key).
		SetCredentialVersion(u.CredentialVersion).SetLifetime(int(k.lasts.Seconds())).SetCreatedAt(at).SetExpiresAt(at.Add(k.lasts)).
		Save(ctx)
	if err != nil {
		return fmt.Errorf("saving a link: %w", err)
	}
	return outbox.Enqueue(ctx, tx, at, mail.Message{
		Kind: about, To: u.Email, UserID: u.ID, Language: u.Language,
		Params: map[string]string{"name": u.Name()}, Nonce: nonce, TokenID: row.ID,
	})
}

// Link is one that stands, with its user.
type Link struct {
	Token *ent.OneTimeToken
	User  *ent.User
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
	u, err := client.User.Query().Where(
		user.ID(*row.UserID), user.EmailKey(row.AddressKey), user.CredentialVersion(row.CredentialVersion), user.StateEQ(user.StateACTIVE),
	).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // no link is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("loading the user of a link: %w", err)
	}
	return &Link{Token: row, User: u}, nil
}

// Use uses the link up, and reports whether it was this caller who did: one statement decides, also when two ask at
// once (security.md #10).
func Use(ctx context.Context, tx *db.Tx, l *Link, at time.Time) (bool, error) {
	if err := tx.LockUser(ctx, l.User.ID); err != nil {
		return false, err
	}
	result, err := tx.SQL.ExecContext(ctx, `UPDATE one_time_tokens SET used_at = $1 WHERE id = $2 AND used_at IS NULL AND expires_at > $1
		AND EXISTS (SELECT 1 FROM users u WHERE u.id = one_time_tokens.user_id AND u.email_key = one_time_tokens.address_key
			AND u.credential_version = one_time_tokens.credential_version AND u.state = 'ACTIVE')`, at, l.Token.ID)
	if err != nil {
		return false, fmt.Errorf("using a link: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("using a link: %w", err)
	}
	return n == 1, nil
}
