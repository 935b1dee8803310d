package invitations

import (
	"context"
	"fmt"
	"slices"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/generated/apitoken"
	"roster/ent/generated/invitation"
	"roster/ent/generated/membership"
	"roster/ent/generated/user"
	"roster/ent/permission"
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

// LinkStatus is how a link to join an account stands.
type LinkStatus string

// The states of a link.
const (
	LinkOpen      LinkStatus = "OPEN"
	LinkAccepted  LinkStatus = "ACCEPTED"
	LinkDeclined  LinkStatus = "DECLINED"
	LinkCancelled LinkStatus = "CANCELLED"
	LinkExpired   LinkStatus = "EXPIRED"
	LinkReplaced  LinkStatus = "REPLACED"
	LinkVoid      LinkStatus = "VOID"
)

// Preview is what the page behind a link needs to know; all but Status, Strict and AlreadyMember only while it stands.
type Preview struct {
	Status      LinkStatus
	AccountName *string
	// InviterName is nil where staff invited.
	InviterName    *string
	Permissions    []permission.Account
	ExpiresAt      *time.Time
	Email          *string
	AddressDiffers *bool
	// AddressProven says that the viewer's address is verified.
	AddressProven *bool
	Strict        bool
	AlreadyMember bool
}

// Look says what a link is about, and uses nothing up. nil: it is none of ours.
func (s *Service) Look(ctx context.Context, token string) (*Preview, error) {
	l, err := links.FindInvitation(ctx, s.DB.Client, token)
	if err != nil || l == nil {
		return nil, err
	}
	chosen, err := settings.Load(ctx, s.DB.Client)
	if err != nil {
		return nil, err
	}
	p := &Preview{Permissions: []permission.Account{}, Strict: chosen.StrictInvitations}
	if p.Status, err = s.status(ctx, s.DB.Client, l); err != nil || p.Status != LinkOpen {
		return p, err
	}
	i := l.Invitation
	p.AccountName, p.Permissions, p.ExpiresAt, p.Email = &i.Edges.Account.Name, i.Permissions, &l.Token.ExpiresAt, &i.Email
	if p.InviterName, err = s.inviterName(ctx, i); err != nil {
		return nil, err
	}
	return p, s.personal(ctx, i, p)
}

// personal adds what depends on who looks.
func (s *Service) personal(ctx context.Context, i *ent.Invitation, p *Preview) error {
	v := viewer.From(ctx)
	if v.UserID == 0 {
		return nil
	}
	u, err := s.DB.User.Get(viewer.ForSystem(ctx, "invitations"), v.UserID)
	if err != nil {
		return fmt.Errorf("loading the viewer: %w", err)
	}
	differs := u.EmailKey != i.EmailKey
	p.AddressDiffers, p.AddressProven = &differs, &u.EmailVerified
	link, err := access.LinkOf(ctx, s.DB.Client, v.UserID, i.AccountID, s.now())
	if err != nil {
		return err
	}
	p.AlreadyMember = link != nil && link.Stands()
	return nil
}

func (s *Service) inviterName(ctx context.Context, i *ent.Invitation) (*string, error) {
	if i.ByStaff || i.InviterID == nil {
		return nil, nil //nolint:nilnil // staff have no name here
	}
	u, err := s.DB.User.Get(viewer.ForSystem(ctx, "invitations"), *i.InviterID)
	if err != nil {
		return nil, fmt.Errorf("loading who invited: %w", err)
	}
	name := u.Name()
	return &name, nil
}

// Open returns the invitation that a link opens at this moment; nil: it opens none.
func (s *Service) Open(ctx context.Context, client *ent.Client, token string) (*ent.Invitation, error) {
	l, err := links.FindInvitation(ctx, client, token)
	if err != nil || l == nil {
		return nil, err
	}
	if status, err := s.status(ctx, client, l); err != nil || status != LinkOpen {
		return nil, err
	}
	return l.Invitation, nil
}

// status tells how a link stands at this moment.
func (s *Service) status(ctx context.Context, client *ent.Client, l *links.Invited) (LinkStatus, error) {
	i := l.Invitation
	switch {
	case i.Status == invitation.StatusACCEPTED:
		return LinkAccepted, nil
	case i.Status == invitation.StatusDECLINED:
		return LinkDeclined, nil
	case i.Status == invitation.StatusCANCELLED:
		return LinkCancelled, nil
	case l.Token.UsedAt != nil:
		return LinkReplaced, nil
	case !s.now().Before(l.Token.ExpiresAt), over(i, s.now()):
		return LinkExpired, nil
	case i.Edges.Account.Status == account.StatusCLOSED:
		return LinkVoid, nil
	}
	if may, err := s.stillMay(ctx, client, i); err != nil || !may {
		return LinkVoid, err
	}
	return LinkOpen, nil
}

// stillMay reports whether who invited may still give what they offered (security.md #49).
func (s *Service) stillMay(ctx context.Context, client *ent.Client, i *ent.Invitation) (bool, error) {
	system := viewer.ForSystem(ctx, "invitations")
	if i.InviterTokenID != 0 {
		t, err := client.APIToken.Query().
			Where(apitoken.ID(i.InviterTokenID), apitoken.RevokedAtIsNil(), apitoken.ExpiresAtGT(s.now())).WithRole().Only(system)
		if ent.IsNotFound(err) {
			return false, nil
		} else if err != nil {
			return false, fmt.Errorf("loading the token that invited: %w", err)
		}
		return slices.Contains(t.Edges.Role.Permissions, permission.ManageMemberships), nil
	}
	if i.InviterID == nil {
		return false, nil
	}
	if i.ByStaff {
		u, err := client.User.Query().Where(user.ID(*i.InviterID), user.StateEQ(user.StateACTIVE)).WithRole().Only(system)
		if ent.IsNotFound(err) {
			return false, nil
		} else if err != nil {
			return false, fmt.Errorf("loading who invited: %w", err)
		}
		return u.Edges.Role != nil && slices.Contains(u.Edges.Role.Permissions, permission.ManageMemberships), nil
	}
	link, err := access.LinkOf(ctx, client, *i.InviterID, i.AccountID, s.now())
	if err != nil || link == nil {
		return false, err
	}
	// Where customers can't manage users any more, what was sent before can still be accepted (product.md C7).
	return link.MayHandOn(i.Permissions) && link.Outlasts(i.MembershipEndsAt), nil
}

// refusals say why a link does not open.
var refusals = map[LinkStatus]struct {
	code    fault.Code
	message string
}{
	LinkAccepted:  {fault.Expired, "This invitation was accepted already."},
	LinkDeclined:  {fault.Expired, "This invitation was declined."},
	LinkCancelled: {fault.Expired, "This invitation was taken back."},
	LinkReplaced:  {fault.Expired, "A newer mail took the place of this one. Please use its link."},
	LinkExpired:   {fault.Expired, "The time of this invitation is over. Please ask for another one."},
	LinkVoid:      {fault.NotAllowed, "This invitation does not stand any more. Please ask for another one."},
}

func refusal(status LinkStatus) error {
	r := refusals[status]
	return fault.On("token", r.code, r.message)
}

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
