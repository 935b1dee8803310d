// Package invitations brings people into accounts: by a mailed offer that they accept, or at once by staff.
package invitations

import (
	"context"
	"errors"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/invitation"
	entmail "roster/ent/generated/mail"
	"roster/ent/generated/onetimetoken"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/mail"
	"roster/internal/paging"
)

// Service holds what is done with invitations.
type Service struct {
	DB     *db.DB
	Now    func() time.Time
	Outbox *mail.Outbox
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Offer is an invitation as its account's people see it.
type Offer struct {
	*ent.Invitation
	// ExpiresAt is until when its link stands.
	ExpiresAt time.Time
	// Status is how it stands at the moment of the request.
	Status Status
	// Delivery is what became of its mail.
	Delivery mail.Fate
}

// Status is how an invitation stands.
type Status string

// The states of an invitation. Expired is computed: the others are stored.
const (
	Pending   Status = "PENDING"
	Accepted  Status = "ACCEPTED"
	Declined  Status = "DECLINED"
	Cancelled Status = "CANCELLED"
	Expired   Status = "EXPIRED"
)

// over reports whether the membership that an invitation offers would have ended by now.
func over(i *ent.Invitation, now time.Time) bool {
	return i.MembershipEndsAt != nil && !now.Before(*i.MembershipEndsAt)
}

// Page is a page of one account's open invitations, the newest first.
type Page = paging.Page[*Offer]

// Edge is an invitation in a list.
type Edge = paging.Edge[*Offer]

var newestFirst = paging.Order{Name: "v", Column: invitation.FieldID, Desc: true, Kind: paging.Number}

func cursorOf(o *Offer) string { return newestFirst.Cursor(nil, o.ID) }

// OfAccount returns a page of an account's open invitations, those that expired among them. It needs LIST_ACCOUNTS, or
// MANAGE_USERS in the account.
func (s *Service) OfAccount(ctx context.Context, accountID int, request paging.Request) (*Page, error) {
	slice, err := request.Check(newestFirst)
	if err != nil {
		return nil, err
	}
	if _, err := access.In(ctx, s.DB.Client, accountID, permission.ListAccounts, permission.ManageUsers); err != nil {
		return nil, err
	}
	rows, err := s.DB.Invitation.Query().Where(invitation.AccountID(accountID), invitation.StatusEQ(invitation.StatusPENDING)).
		Modify(slice.Apply).All(viewer.ForSystem(ctx, "invitations of a visible account"))
	if err != nil {
		return nil, fmt.Errorf("loading invitations: %w", err)
	}
	offers, err := s.offers(ctx, s.DB.Client, rows)
	if err != nil {
		return nil, err
	}
	return paging.PageOf(slice, offers, accountID, cursorOf), nil
}

// Count returns how many open invitations an account has. The caller has checked that the viewer may see them.
func (s *Service) Count(ctx context.Context, accountID int) (int, error) {
	n, err := s.DB.Invitation.Query().Where(invitation.AccountID(accountID), invitation.StatusEQ(invitation.StatusPENDING)).
		Count(viewer.ForSystem(ctx, "invitations of a visible account"))
	if err != nil {
		return 0, fmt.Errorf("counting invitations: %w", err)
	}
	return n, nil
}

// Get returns an invitation that the viewer may see, on the terms of OfAccount. nil: there is none for them.
func (s *Service) Get(ctx context.Context, id int) (*Offer, error) {
	if err := access.SignedIn(ctx); err != nil {
		return nil, err
	}
	row, err := s.DB.Invitation.Get(viewer.ForSystem(ctx, "a node"), id)
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // not there is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("loading an invitation: %w", err)
	}
	_, err = access.In(ctx, s.DB.Client, row.AccountID, permission.ListAccounts, permission.ManageUsers)
	var refused *fault.Error
	if errors.As(err, &refused) {
		return nil, nil //nolint:nilnil // "not yours" and "not there" are one answer
	} else if err != nil {
		return nil, err
	}
	return s.offer(ctx, s.DB.Client, row)
}

// offers adds to invitations what their links and mails say, with two statements however many they are.
func (s *Service) offers(ctx context.Context, client *ent.Client, rows []*ent.Invitation) ([]*Offer, error) {
	system := viewer.ForSystem(ctx, "invitations of a visible account")
	ids := make([]int, len(rows))
	for i, row := range rows {
		ids[i] = row.TokenID
	}
	tokens, err := client.OneTimeToken.Query().Where(onetimetoken.IDIn(ids...)).
		Select(onetimetoken.FieldID, onetimetoken.FieldExpiresAt).All(system)
	if err != nil {
		return nil, fmt.Errorf("loading the links of invitations: %w", err)
	}
	mails, err := client.Mail.Query().Where(entmail.TokenIDIn(ids...)).Select(entmail.FieldTokenID, entmail.FieldState).All(system)
	if err != nil {
		return nil, fmt.Errorf("loading the mails of invitations: %w", err)
	}
	until, fate := map[int]time.Time{}, map[int]mail.Fate{}
	for _, t := range tokens {
		until[t.ID] = t.ExpiresAt
	}
	for _, m := range mails {
		fate[*m.TokenID] = mail.FateOf(m.State)
	}
	offers := make([]*Offer, len(rows))
	for i, row := range rows {
		o := &Offer{Invitation: row, ExpiresAt: until[row.TokenID].UTC(), Status: Status(row.Status), Delivery: fate[row.TokenID]}
		if o.Status == Pending && (!s.now().Before(o.ExpiresAt) || over(row, s.now())) {
			o.Status = Expired
		}
		if o.Delivery == "" { // its mail was purged from the log
			o.Delivery = mail.Sent
		}
		offers[i] = o
	}
	return offers, nil
}

func (s *Service) offer(ctx context.Context, client *ent.Client, row *ent.Invitation) (*Offer, error) {
	list, err := s.offers(ctx, client, []*ent.Invitation{row})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}
