package links

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/invitation"
	"roster/ent/generated/onetimetoken"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/mail"
	"roster/internal/secret"
)

// Invited is what a link to join an account leads to, whether it stands or not.
type Invited struct {
	Token      *ent.OneTimeToken
	Invitation *ent.Invitation
}

// Open reports whether the link stands at a moment. Whether who invited still may, package invitations knows.
func (i *Invited) Open(at time.Time) bool {
	return i.Invitation.Status == invitation.StatusPENDING && i.Token.UsedAt == nil && at.Before(i.Token.ExpiresAt)
}

// FindInvitation returns what the token of a link to join an account leads to; nil: it is none that we know.
func FindInvitation(ctx context.Context, client *ent.Client, token string) (*Invited, error) {
	hash, ok := secret.Hash(secret.Invitation, token)
	if !ok {
		return nil, nil //nolint:nilnil // no link is an answer, not a failure
	}
	row, err := client.OneTimeToken.Query().
		Where(onetimetoken.Hash(hash), onetimetoken.PurposeEQ(onetimetoken.PurposeINVITATION)).
		WithInvitation(func(q *ent.InvitationQuery) { q.WithAccount() }).
		Only(viewer.ForSystem(ctx, "links"))
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // no link is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("loading a link: %w", err)
	}
	if row.Edges.Invitation == nil {
		return nil, nil //nolint:nilnil // no link is an answer, not a failure
	}
	return &Invited{Token: row, Invitation: row.Edges.Invitation}, nil
}

// Invite mails the link of an invitation; the one before it is used up. The mail's Kind, Language and Params are the
// caller's.
func Invite(ctx context.Context, tx *db.Tx, outbox *mail.Outbox, at time.Time, i *ent.Invitation, lasts time.Duration, m mail.Message) error {
	system := viewer.ForSystem(ctx, "links")
	err := tx.OneTimeToken.Update().Where(onetimetoken.InvitationID(i.ID), onetimetoken.UsedAtIsNil()).SetUsedAt(at).Exec(system)
	if err != nil {
		return fmt.Errorf("ending the links of an invitation: %w", err)
	}
	nonce := secret.NewNonce()
	row, err := tx.OneTimeToken.Create().
		SetHash(secret.FromNonce(secret.Invitation, nonce).Hash).SetPurpose(onetimetoken.PurposeINVITATION).
		SetInvitationID(i.ID).SetAddressKey(i.EmailKey).
		SetLifetime(int(lasts.Seconds())).SetCreatedAt(at).SetExpiresAt(at.Add(lasts)).
		Save(system)
	if err != nil {
		return fmt.Errorf("saving a link: %w", err)
	}
	if err := tx.Invitation.UpdateOneID(i.ID).SetTokenID(row.ID).SetSentAt(at).Exec(system); err != nil {
		return fmt.Errorf("noting the link of an invitation: %w", err)
	}
	m.To, m.AccountID, m.Nonce, m.TokenID = i.Email, i.AccountID, nonce, row.ID
	return outbox.Enqueue(ctx, tx, at, m)
}

// UseInvitation uses the link up, and reports whether it was this caller who did (security.md #10).
func UseInvitation(ctx context.Context, tx *db.Tx, l *Invited, at time.Time) (bool, error) {
	result, err := tx.SQL.ExecContext(ctx,
		"UPDATE one_time_tokens SET used_at = $1 WHERE id = $2 AND used_at IS NULL AND expires_at > $1", at, l.Token.ID)
	if err != nil {
		return false, fmt.Errorf("using a link: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("using a link: %w", err)
	}
	return n == 1, nil
}
