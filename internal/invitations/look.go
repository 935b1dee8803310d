package invitations

import (
	"context"
	"fmt"
	"slices"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/generated/invitation"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/fault"
	"roster/internal/links"
	"roster/internal/settings"
	"roster/internal/tokens"
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
		return s.tokenStillMay(ctx, client, i)
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

// tokenStillMay is stillMay of an API token, which may do less than its maker.
func (s *Service) tokenStillMay(ctx context.Context, client *ent.Client, i *ent.Invitation) (bool, error) {
	v, err := tokens.Acting(ctx, client, i.InviterTokenID, s.now())
	if err != nil || v == nil {
		return false, err
	}
	if v.Can(permission.ManageMemberships) {
		return true, nil
	}
	own, err := access.OwnOf(ctx, client, v, []int{i.AccountID}, s.now())
	link := own[i.AccountID]
	return err == nil && link != nil && link.MayHandOn(i.Permissions) && link.Outlasts(i.MembershipEndsAt), err
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
