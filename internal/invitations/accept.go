package invitations

import (
	"context"
	"fmt"
	"slices"

	ent "roster/ent/generated"
	"roster/ent/generated/invitation"
	"roster/ent/generated/membership"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/email"
	"roster/internal/fault"
	"roster/internal/links"
	"roster/internal/mail"
	"roster/internal/settings"
)

// found returns what the token opens, with its account kept to the transaction, as it is now. fault.Invalid on token: it is
// none of ours.
func (s *Service) found(ctx context.Context, tx *db.Tx, token string, entry *audit.Entry) (*links.Invited, error) {
	unknown := fault.On("token", fault.Invalid, "This link is none that we know.")
	l, err := links.FindInvitation(ctx, tx.Client, token)
	if err != nil {
		return nil, err
	} else if l == nil {
		return nil, unknown
	}
	entry.Target = audit.OnAccount(l.Invitation.AccountID)
	if _, err := tx.LockAccount(ctx, l.Invitation.AccountID); err != nil {
		return nil, err
	}
	if l, err = links.FindInvitation(ctx, tx.Client, token); err == nil && l == nil {
		return nil, unknown
	}
	return l, err
}

// Accept makes the viewer a member by the link. Where its address is not theirs, elsewhere says that they mean it, and who
// invited and the owner are told; with strict invitations that is refused (security.md #49). Faults: token fault.Invalid,
// unknown; fault.Expired, used, taken back, replaced or too old; fault.NotAllowed, void; confirmOtherAddress
// fault.Required; fault.NotAllowed without a field: the viewer is a member already.
func (s *Service) Accept(ctx context.Context, token string, elsewhere bool) (*ent.Membership, error) {
	if err := access.Person(ctx); err != nil {
		return nil, err
	}
	var made *ent.Membership
	err := s.answer(ctx, audit.InvitationAccepted, func(ctx context.Context, tx *db.Tx, entry *audit.Entry) error {
		l, err := s.found(ctx, tx, token, entry)
		if err != nil {
			return err
		}
		status, err := s.status(ctx, tx.Client, l)
		if err != nil {
			return err
		}
		userID := viewer.From(ctx).UserID
		entry.AboutUserID = userID
		u, err := s.viewer(ctx, tx)
		if err != nil {
			return err
		}
		if made, err = s.join(ctx, tx, l, status, u, elsewhere); err != nil {
			return err
		}
		entry.Detail = map[string]any{"invited": l.Invitation.Email, "permissions": made.Permissions, "endsAt": made.EndsAt}
		if u.EmailKey != l.Invitation.EmailKey {
			entry.Detail["acceptedWith"] = u.Email
		}
		return audit.Record(ctx, tx, s.now(), *entry)
	})
	return made, err
}

// viewer is the viewer's user, kept to the transaction: an account that is their only one may be about to be deleted with
// them. fault.Unauthenticated: they are gone.
func (s *Service) viewer(ctx context.Context, tx *db.Tx) (*ent.User, error) {
	id := viewer.From(ctx).UserID
	if err := tx.LockUser(ctx, id); err != nil {
		return nil, err
	}
	u, err := tx.User.Get(viewer.ForSystem(ctx, "invitations"), id)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.Unauthenticated, "Please sign in.")
	} else if err != nil {
		return nil, fmt.Errorf("loading the viewer: %w", err)
	}
	return u, nil
}

func (s *Service) join(ctx context.Context, tx *db.Tx, l *links.Invited, status LinkStatus, u *ent.User, elsewhere bool) (*ent.Membership, error) {
	i, system := l.Invitation, viewer.ForSystem(ctx, "invitations")
	old, err := tx.Membership.Query().Where(membership.UserID(u.ID), membership.AccountID(i.AccountID)).Only(system)
	if err != nil && !ent.IsNotFound(err) {
		return nil, fmt.Errorf("looking for a membership: %w", err)
	}
	switch {
	case old != nil && !old.EndedBy(s.now()):
		return nil, fault.New(fault.NotAllowed, "You are a member of this account already.")
	case status != LinkOpen:
		return nil, refusal(status)
	}
	if err := s.addressed(ctx, tx, i, u, elsewhere); err != nil {
		return nil, err
	}
	if used, err := links.UseInvitation(ctx, tx, l, s.now()); err != nil {
		return nil, err
	} else if !used { // in the moment since it was looked at
		return nil, refusal(LinkExpired)
	}
	if old != nil { // what has ended counts for nothing, and makes room
		if err := tx.Membership.DeleteOne(old).Exec(system); err != nil {
			return nil, fmt.Errorf("deleting a membership that has ended: %w", err)
		}
	}
	m, err := tx.Membership.Create().SetUserID(u.ID).SetAccountID(i.AccountID).SetPermissions(i.Permissions).
		SetNillableEndsAt(i.MembershipEndsAt).SetSince(s.now()).Save(system)
	if err != nil {
		return nil, fmt.Errorf("saving a membership: %w", err)
	}
	err = tx.Invitation.UpdateOne(i).SetStatus(invitation.StatusACCEPTED).SetDecidedAt(s.now()).SetAcceptedByID(u.ID).Exec(system)
	if err != nil {
		return nil, fmt.Errorf("ending an invitation: %w", err)
	}
	return m, s.tellAccepted(ctx, tx, l, u)
}

// addressed refuses another address than the invited one, unless it is meant and allowed. One that nobody proved is as
// good as another where only the invited one counts.
func (s *Service) addressed(ctx context.Context, tx *db.Tx, i *ent.Invitation, u *ent.User, elsewhere bool) error {
	if u.EmailKey == i.EmailKey && u.EmailVerified {
		return nil
	}
	chosen, err := settings.Load(ctx, tx.Client)
	switch {
	case err != nil:
		return err
	case u.EmailKey == i.EmailKey && chosen.StrictInvitations:
		return fault.On("token", fault.NotAllowed, "Please confirm your email address first: only who has the address that was invited can accept this.")
	case u.EmailKey == i.EmailKey:
		return nil
	case chosen.StrictInvitations:
		return fault.On("token", fault.NotAllowed, "Only a user with the address that was invited can accept this.")
	case !elsewhere:
		return fault.On("confirmOtherAddress", fault.Required, "The invitation went to another address than yours. Please confirm that you mean it.")
	}
	return nil
}

// tellAccepted mails who invited, and of another address than the invited one also the owner.
func (s *Service) tellAccepted(ctx context.Context, tx *db.Tx, l *links.Invited, u *ent.User) error {
	i, kind := l.Invitation, mail.InvitationAccepted
	params := map[string]string{"account": i.Edges.Account.Name, "person": u.Name()}
	told := []int{}
	if i.InviterID != nil {
		told = append(told, *i.InviterID)
	}
	if u.EmailKey != i.EmailKey {
		kind = mail.InvitationAcceptedElsewhere
		params["invited"], params["address"] = email.Mask(i.Email), email.Mask(u.Email)
		owner, err := tx.Membership.Query().Where(membership.AccountID(i.AccountID), membership.Owner(true)).Only(viewer.ForSystem(ctx, "invitations"))
		if err != nil {
			return fmt.Errorf("loading the owner: %w", err)
		}
		if !slices.Contains(told, owner.UserID) {
			told = append(told, owner.UserID)
		}
	}
	for _, id := range told {
		to, err := tx.User.Get(viewer.ForSystem(ctx, "invitations"), id)
		if err != nil {
			return fmt.Errorf("loading whom to tell: %w", err)
		}
		words := map[string]string{"name": to.Name()}
		for name, value := range params {
			words[name] = value
		}
		err = s.Outbox.Enqueue(ctx, tx, s.now(), mail.Message{
			Kind: kind, To: to.Email, UserID: to.ID, AccountID: i.AccountID, Language: to.Language, Params: words,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Decline turns an offer down: whoever holds the link can. It returns the account's name. The faults on token are those
// of Accept.
func (s *Service) Decline(ctx context.Context, token string) (accountName string, err error) {
	err = s.answer(ctx, audit.InvitationDeclined, func(ctx context.Context, tx *db.Tx, entry *audit.Entry) error {
		l, err := s.found(ctx, tx, token, entry)
		if err != nil {
			return err
		}
		status, err := s.status(ctx, tx.Client, l)
		if err != nil {
			return err
		}
		if status != LinkOpen && status != LinkVoid {
			return refusal(status)
		}
		if used, err := links.UseInvitation(ctx, tx, l, s.now()); err != nil {
			return err
		} else if !used {
			return refusal(LinkExpired)
		}
		accountName = l.Invitation.Edges.Account.Name
		if _, err := s.decide(ctx, tx, l.Invitation, invitation.StatusDECLINED); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), *entry)
	})
	return accountName, err
}

// answer runs an answer to an invitation, and keeps a record of its refusal.
func (s *Service) answer(ctx context.Context, action audit.Action, do func(ctx context.Context, tx *db.Tx, entry *audit.Entry) error) error {
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		entry := audit.Entry{Action: action}
		err := do(ctx, tx, &entry)
		if audit.Worth(err) {
			tx.Remember(func(ctx context.Context, tx *db.Tx) error { return audit.Refused(ctx, tx, s.now(), entry, err) })
		}
		return err
	})
}
