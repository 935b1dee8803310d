package invitations

import (
	"context"
	"fmt"
	"strconv"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
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
	"roster/internal/members"
	"roster/internal/settings"
	"roster/internal/throttle"
	"roster/internal/users"
)

// Draft is an invitation to be.
type Draft struct {
	AccountID   int
	Email       string
	Permissions []permission.Account
	// EndsAt is when the membership will end; nil: it will stand.
	EndsAt *time.Time
}

// OpenError is the refusal of an invitation to an address that has an open one, which can be sent anew.
type OpenError struct{ Present *Offer }

func (*OpenError) Error() string { return "an invitation to this address is open already" }

// Unwrap is the fault.
func (*OpenError) Unwrap() error {
	return fault.On("email", fault.Conflict, "An invitation to this address is open already. You can send it anew.")
}

// invitee is a draft that was checked.
type invitee struct {
	Draft
	address email.Address
}

// Send mails an offer to join an account, on behalf of a member with MANAGE_USERS, who can offer only what they hold
// (security.md #46); or of staff with MANAGE_MEMBERSHIPS. Nothing tells whether the address has a user, but for members of
// the account. Faults: email fault.Required, Invalid, NotAllowed (one's own, or a member's); permissions fault.Required,
// NotAllowed; endsAt fault.Invalid, NotAllowed (after one's own end); accountId fault.NotAllowed (closed). *OpenError: one is open already.
// fault.RateLimited: 20 in an hour, 100 in a day for one account.
func (s *Service) Send(ctx context.Context, d Draft) (*Offer, error) {
	i, err := s.read(d)
	if err != nil {
		return nil, err
	}
	entry := audit.Entry{Action: audit.InvitationSent, Target: audit.OnAccount(d.AccountID), Detail: map[string]any{
		"email": i.address.Spelling, "permissions": members.Ordered(d.Permissions), "endsAt": d.EndsAt,
	}}
	if err := s.count(ctx, d.AccountID, entry); err != nil {
		return nil, err
	}
	var sent *Offer
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		a, office, err := s.enter(ctx, tx, d.AccountID)
		if err != nil {
			return err
		}
		if err := s.allowed(ctx, tx, i, a, office); err != nil {
			return err
		}
		row, err := s.save(ctx, tx, i, office)
		if err != nil {
			return err
		}
		if err := s.post(ctx, tx, a, row); err != nil {
			return err
		}
		if row, err = tx.Invitation.Get(viewer.ForSystem(ctx, "invitations"), row.ID); err != nil {
			return fmt.Errorf("loading an invitation: %w", err)
		}
		if sent, err = s.offer(ctx, tx.Client, row); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	return sent, err
}

func (s *Service) read(d Draft) (invitee, error) {
	i := invitee{Draft: d}
	address, err := email.Check("email", d.Email)
	if err != nil {
		return i, err
	}
	i.address = address
	if len(d.Permissions) == 0 {
		return i, fault.On("permissions", fault.Required, "Please choose at least one permission.")
	}
	return i, members.CheckEnd("endsAt", d.EndsAt, s.now())
}

// count takes one off what an account may send, for who may send at all.
func (s *Service) count(ctx context.Context, accountID int, entry audit.Entry) error {
	if _, err := access.Managing(ctx, s.DB.Client, accountID); err != nil {
		if fault.Is(err, fault.NotFound) { // their own record must not tell whose it is (security.md #42)
			entry.Target = audit.Target{}
		}
		return s.refuse(ctx, entry, err)
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		for _, limit := range []throttle.Limit{throttle.Invitation, throttle.InvitationDay} {
			if err := limit.Take(ctx, tx, throttle.Account(accountID), s.now()); err != nil {
				tx.Remember(func(ctx context.Context, tx *db.Tx) error { return audit.Refused(ctx, tx, s.now(), entry, err) })
				return err
			}
		}
		return nil
	})
}

// refuse records a refusal and returns it.
func (s *Service) refuse(ctx context.Context, entry audit.Entry, refusal error) error {
	return audit.Act(ctx, s.DB, s.now, entry, func(context.Context, *db.Tx) error { return refusal })
}

// enter keeps the account to the transaction, and says in which capacity the viewer manages its users.
func (s *Service) enter(ctx context.Context, tx *db.Tx, accountID int) (*ent.Account, access.Office, error) {
	there, err := tx.LockAccount(ctx, accountID)
	if err != nil {
		return nil, access.Office{}, err
	}
	office, err := access.Managing(ctx, tx.Client, accountID)
	if err != nil {
		return nil, office, err
	}
	if !there {
		return nil, office, fault.Gone("account")
	}
	a, err := tx.Account.Get(viewer.ForSystem(ctx, "invitations"), accountID)
	if err != nil {
		return nil, office, fmt.Errorf("loading account: %w", err)
	}
	return a, office, nil
}

func (s *Service) allowed(ctx context.Context, tx *db.Tx, i invitee, a *ent.Account, office access.Office) error {
	if a.Status == account.StatusCLOSED {
		return fault.On("accountId", fault.NotAllowed, "This account is closed.")
	}
	if !office.Covers(i.Permissions) {
		return fault.On("permissions", fault.NotAllowed, "You can grant only what you hold yourself.")
	}
	if !office.Outlasts(i.EndsAt) {
		return members.TooLong()
	}
	system := viewer.ForSystem(ctx, "invitations")
	member, err := tx.Membership.Query().
		Where(membership.AccountID(a.ID), membership.HasUserWith(user.EmailKey(i.address.Key))).Only(system)
	switch {
	case ent.IsNotFound(err):
	case err != nil:
		return fmt.Errorf("looking for a member: %w", err)
	case member.EndedBy(s.now()): // what has ended counts for nothing, and makes room when the invitation is accepted
	case member.UserID == viewer.From(ctx).Self():
		return fault.On("email", fault.NotAllowed, "This is your own address.")
	default:
		return fault.On("email", fault.NotAllowed, "This user is a member of the account already.")
	}
	open, err := tx.Invitation.Query().
		Where(invitation.AccountID(a.ID), invitation.EmailKey(i.address.Key), invitation.DecidedAtIsNil()).Only(system)
	if ent.IsNotFound(err) {
		return nil
	} else if err != nil {
		return fmt.Errorf("looking for an open invitation: %w", err)
	}
	present, err := s.offer(ctx, tx.Client, open)
	if err != nil {
		return err
	}
	return &OpenError{present}
}

func (s *Service) save(ctx context.Context, tx *db.Tx, i invitee, office access.Office) (*ent.Invitation, error) {
	v := viewer.From(ctx)
	create := tx.Invitation.Create().SetAccountID(i.AccountID).SetEmail(i.address.Spelling).SetEmailKey(i.address.Key).
		SetPermissions(members.Ordered(i.Permissions)).SetNillableMembershipEndsAt(i.EndsAt).
		SetByStaff(office.Staff).SetInviterTokenID(v.TokenID).SetCreatedAt(s.now()).SetSentAt(s.now())
	if v.Self() != 0 {
		create.SetInviterID(v.Self())
	}
	row, err := create.Save(viewer.ForSystem(ctx, "invitations"))
	if err != nil {
		return nil, fmt.Errorf("saving an invitation: %w", err)
	}
	return row, nil
}

// post mails the link, in the language of whoever has the address; of who invites, where nobody has.
func (s *Service) post(ctx context.Context, tx *db.Tx, a *ent.Account, row *ent.Invitation) error {
	system := viewer.ForSystem(ctx, "invitations")
	chosen, err := settings.Load(ctx, tx.Client)
	if err != nil {
		return err
	}
	m := mail.Message{Kind: mail.InvitationByStaff, Language: users.LanguageFor(viewer.From(ctx).Language), Params: map[string]string{
		"account": a.Name, "days": strconv.Itoa(chosen.InvitationDays),
	}}
	if !row.ByStaff {
		inviter, err := tx.User.Get(system, *row.InviterID)
		if err != nil {
			return fmt.Errorf("loading who invites: %w", err)
		}
		m.Kind, m.Params["inviter"] = mail.Invitation, inviter.Name()
	}
	known, err := tx.User.Query().Where(user.EmailKey(row.EmailKey)).Only(system)
	if err == nil {
		m.Language = known.Language
	} else if !ent.IsNotFound(err) {
		return fmt.Errorf("loading the user of an address: %w", err)
	}
	return links.Invite(ctx, tx, s.Outbox, s.now(), row, time.Duration(chosen.InvitationDays)*24*time.Hour, m)
}

// open keeps an invitation and its account to the transaction. fault.NotFound: it is none of the viewer's.
// fault.NotAllowed on invitationId: it was answered or taken back already, or offers what the viewer does not hold.
func (s *Service) open(ctx context.Context, tx *db.Tx, id int, entry *audit.Entry) (*ent.Invitation, *ent.Account, access.Office, error) {
	system := viewer.ForSystem(ctx, "invitations")
	row, err := tx.Invitation.Get(system, id)
	if ent.IsNotFound(err) {
		return nil, nil, access.Office{}, fault.Gone("invitation")
	} else if err != nil {
		return nil, nil, access.Office{}, fmt.Errorf("loading an invitation: %w", err)
	}
	a, office, err := s.enter(ctx, tx, row.AccountID)
	if fault.Is(err, fault.NotFound) { // and not recorded as one of that account
		return nil, nil, office, fault.Gone("invitation")
	}
	entry.Target = audit.OnAccount(row.AccountID)
	if err != nil {
		return nil, nil, office, err
	}
	entry.Detail = map[string]any{"email": row.Email}
	if row, err = tx.Invitation.Get(system, id); err != nil { // as it is now that the account is ours
		return nil, nil, office, fmt.Errorf("loading an invitation: %w", err)
	}
	switch {
	case row.Status != invitation.StatusPENDING:
		err = fault.On("invitationId", fault.NotAllowed, "This invitation was answered or taken back already.")
	case !office.Covers(row.Permissions):
		err = fault.On("invitationId", fault.NotAllowed, "This invitation offers a permission that you do not have.")
	}
	return row, a, office, err
}

// Resend mails an open offer anew: the link before it dies, and the time begins again. Staff need MANAGE_MEMBERSHIPS,
// members MANAGE_USERS and every permission that is offered. fault.RateLimited: as for Send. fault.NotAllowed on
// invitationId: it was answered or taken back; the account is closed; what it offers would have ended; or it offers what
// the viewer does not hold. fault.NotFound: it is none of theirs.
func (s *Service) Resend(ctx context.Context, id int) (*Offer, error) {
	if err := access.SignedIn(ctx); err != nil {
		return nil, err
	}
	before, err := s.DB.Invitation.Get(viewer.ForSystem(ctx, "invitations"), id)
	if ent.IsNotFound(err) { // recorded as one of somebody else's is
		return nil, s.refuse(ctx, audit.Entry{Action: audit.InvitationResent}, fault.Gone("invitation"))
	} else if err != nil {
		return nil, fmt.Errorf("loading an invitation: %w", err)
	}
	entry := audit.Entry{Action: audit.InvitationResent, Target: audit.OnAccount(before.AccountID)}
	if err := s.count(ctx, before.AccountID, entry); fault.Is(err, fault.NotFound) {
		return nil, fault.Gone("invitation")
	} else if err != nil {
		return nil, err
	}
	return s.change(ctx, entry, func(ctx context.Context, tx *db.Tx, entry *audit.Entry) (*ent.Invitation, error) {
		row, a, office, err := s.open(ctx, tx, id, entry)
		if err != nil {
			return nil, err
		}
		switch {
		case a.Status == account.StatusCLOSED:
			return nil, fault.On("invitationId", fault.NotAllowed, "This account is closed.")
		case over(row, s.now()):
			return nil, fault.On("invitationId", fault.NotAllowed, "The membership that this invitation offers would have ended already.")
		case !office.Outlasts(row.MembershipEndsAt):
			return nil, fault.On("invitationId", fault.NotAllowed, "This invitation offers access for longer than you have it.")
		}
		if row, err = s.takeOver(ctx, tx, row, office); err != nil {
			return nil, err
		}
		return row, s.post(ctx, tx, a, row)
	})
}

// takeOver makes who sends an invitation anew the one who invites: it is their right to do so that counts from here on.
func (s *Service) takeOver(ctx context.Context, tx *db.Tx, row *ent.Invitation, office access.Office) (*ent.Invitation, error) {
	v := viewer.From(ctx)
	update := tx.Invitation.UpdateOne(row).SetByStaff(office.Staff).SetInviterTokenID(v.TokenID)
	if v.Self() == 0 {
		update.ClearInviterID()
	} else {
		update.SetInviterID(v.Self())
	}
	row, err := update.Save(viewer.ForSystem(ctx, "invitations"))
	if err != nil {
		return nil, fmt.Errorf("saving an invitation: %w", err)
	}
	return row, nil
}

// Cancel takes an open offer back; its link dies. Staff need MANAGE_MEMBERSHIPS, members MANAGE_USERS and every permission
// that is offered. fault.NotAllowed on invitationId: it was answered or taken back, or offers what the viewer does not hold.
// fault.NotFound: it is none of theirs.
func (s *Service) Cancel(ctx context.Context, id int) (*Offer, error) {
	if err := access.SignedIn(ctx); err != nil {
		return nil, err
	}
	return s.change(ctx, audit.Entry{Action: audit.InvitationCancelled}, func(ctx context.Context, tx *db.Tx, entry *audit.Entry) (*ent.Invitation, error) {
		row, _, _, err := s.open(ctx, tx, id, entry)
		if err != nil {
			return nil, err
		}
		return s.decide(ctx, tx, row, invitation.StatusCANCELLED)
	})
}

// decide ends an open invitation; its account is locked.
func (s *Service) decide(ctx context.Context, tx *db.Tx, row *ent.Invitation, how invitation.Status) (*ent.Invitation, error) {
	row, err := tx.Invitation.UpdateOne(row).SetStatus(how).SetDecidedAt(s.now()).Save(viewer.ForSystem(ctx, "invitations"))
	if err != nil {
		return nil, fmt.Errorf("ending an invitation: %w", err)
	}
	return row, nil
}

// change runs an act upon an invitation and records it, done or refused.
func (s *Service) change(ctx context.Context, entry audit.Entry, do func(ctx context.Context, tx *db.Tx, entry *audit.Entry) (*ent.Invitation, error)) (*Offer, error) {
	var after *Offer
	err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		noted := entry
		row, err := do(ctx, tx, &noted)
		if audit.Worth(err) {
			tx.Remember(func(ctx context.Context, tx *db.Tx) error { return audit.Refused(ctx, tx, s.now(), noted, err) })
		}
		if err != nil {
			return err
		}
		if row, err = tx.Invitation.Get(viewer.ForSystem(ctx, "invitations"), row.ID); err != nil {
			return fmt.Errorf("loading an invitation: %w", err)
		}
		if after, err = s.offer(ctx, tx.Client, row); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), noted)
	})
	return after, err
}
