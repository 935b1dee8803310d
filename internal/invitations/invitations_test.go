package invitations_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/role"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/accounts"
	"roster/internal/accounttest"
	"roster/internal/activity"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/invitations"
	"roster/internal/members"
	"roster/internal/paging"
	"roster/internal/settings"
)

const day = 24 * time.Hour

func may(list ...permission.Account) []permission.Account { return list }

// to is an offer to somebody to place orders.
func to(a *ent.Account, address string) invitations.Draft {
	return invitations.Draft{AccountID: a.ID, Email: address, Permissions: may(permission.Orders)}
}

// send invites somebody who must be invited, and returns the token of the link.
func send(w *accounttest.World, ctx context.Context, d invitations.Draft) (*invitations.Offer, string) {
	w.Helper()
	made, err := w.Invitations.Send(ctx, d)
	if err != nil {
		w.Fatal(err)
	}
	return made, w.Link(d.Email)
}

func TestSend(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve := w.User("Olga"), w.User("Eve")
		acme := w.Account("Acme", olga)
		until := w.Now.Add(30 * day)
		made, err := w.Invitations.Send(w.As(olga), invitations.Draft{
			AccountID: acme.ID, Email: "Eve@Example.com", Permissions: may(permission.Orders, permission.Profile, permission.Orders), EndsAt: &until,
		})
		if err != nil {
			w.Fatal(err)
		}
		if made.Status != invitations.Pending || made.Delivery != "QUEUED" || !made.ExpiresAt.Equal(w.Now.Add(7*day)) || made.ByStaff ||
			!slices.Equal(made.Permissions, may(permission.Profile, permission.Orders)) || made.MembershipEndsAt == nil || !made.MembershipEndsAt.Equal(until) {
			w.Errorf("%+v", made)
		}
		w.Told("INVITATION Eve@Example.com")
		w.Noted("INVITATION_SENT DONE")
		if w.Membership(acme, eve) != nil {
			w.Error("who is invited is not a member yet")
		}
		w.Secretless()
		if w.Count("invitations WHERE inviter_id = $1", olga.ID) != 1 {
			w.Error("who invited is not known")
		}

		staff := w.Staff("Ada", permission.ManageMemberships)
		send(w, staff, to(acme, "new@example.com"))
		w.Told("INVITATION_BY_STAFF new@example.com")

		// A deputy may invite, to what they hold.
		dora := w.User("Dora")
		w.Member(acme, dora, permission.ManageUsers, permission.Orders)
		send(w, w.As(dora), to(acme, "newer@example.com"))
	})
}

func TestSendRefusals(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, dora, eve := w.User("Olga"), w.User("Dora"), w.User("Eve")
		acme, closed := w.Account("Acme", olga), w.Account("Closed", olga)
		w.Member(acme, dora, permission.ManageUsers, permission.Orders)
		w.Member(acme, eve, permission.Orders)
		w.Close(closed)
		stranger, staff, weak := w.User("Stranger"), w.Staff("Ada", permission.ManageMemberships), w.Staff("Sue", permission.ListAccounts)
		past, now := w.Now.Add(-time.Second), w.Now
		with := func(change func(*invitations.Draft)) invitations.Draft {
			d := to(acme, "new@example.com")
			change(&d)
			return d
		}
		cases := map[string]struct {
			by    context.Context
			draft invitations.Draft
			want  string
		}{
			"no address":                          {w.As(olga), to(acme, ""), "REQUIRED email"},
			"a blank address":                     {w.As(olga), to(acme, "  "), "REQUIRED email"},
			"a malformed address":                 {w.As(olga), to(acme, "eve@"), "INVALID email"},
			"an address with a line break":        {w.As(olga), to(acme, "eve@example.com\r\nBcc: x@example.com"), "INVALID email"},
			"no permission chosen":                {w.As(olga), with(func(d *invitations.Draft) { d.Permissions = nil }), "REQUIRED permissions"},
			"an end in the past":                  {w.As(olga), with(func(d *invitations.Draft) { d.EndsAt = &past }), "INVALID endsAt"},
			"an end at this moment":               {w.As(olga), with(func(d *invitations.Draft) { d.EndsAt = &now }), "INVALID endsAt"},
			"by nobody":                           {w.Nobody(), to(acme, "new@example.com"), "UNAUTHENTICATED"},
			"without MANAGE_USERS":                {w.As(eve), to(acme, "new@example.com"), "FORBIDDEN"},
			"from outside":                        {w.As(stranger), to(acme, "new@example.com"), "NOT_FOUND"},
			"to no account":                       {w.As(olga), invitations.Draft{AccountID: 999999, Email: "new@example.com", Permissions: may(permission.Orders)}, "NOT_FOUND"},
			"to no account, by staff":             {staff, invitations.Draft{AccountID: 999999, Email: "new@example.com", Permissions: may(permission.Orders)}, "NOT_FOUND"},
			"by staff without MANAGE_MEMBERSHIPS": {weak, to(acme, "new@example.com"), "FORBIDDEN"},
			"by a token without the scope":        {w.Token(permission.ListAccounts), to(acme, "new@example.com"), "FORBIDDEN"},
			"what one lacks":                      {w.As(dora), with(func(d *invitations.Draft) { d.Permissions = may(permission.Orders, permission.Profile) }), "NOT_ALLOWED permissions"},
			"one's own address":                   {w.As(olga), to(acme, "OLGA@example.com"), "NOT_ALLOWED email"},
			"a member":                            {w.As(olga), to(acme, "Eve@example.com"), "NOT_ALLOWED email"},
			"the owner, by a member":              {w.As(dora), to(acme, "olga@example.com"), "NOT_ALLOWED email"},
			"to a closed account, by its owner":   {w.As(olga), to(closed, "new@example.com"), "FORBIDDEN"},
			"to a closed account, by staff":       {staff, to(closed, "new@example.com"), "NOT_ALLOWED accountId"},
		}
		for name, c := range cases {
			_, err := w.Invitations.Send(c.by, c.draft)
			w.Refused(name, err, c.want)
		}
		if w.Count("invitations") != 0 || len(w.Mails()) != 0 {
			w.Error("something was sent all the same")
		}
		for _, entry := range w.Audit() {
			if strings.HasSuffix(entry, "DONE") {
				w.Errorf("on record: %s", entry)
			}
		}
	})
}

// An address with an open invitation is not invited again: the open one is offered, to send anew.
func TestSendAgain(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga := w.User("Olga")
		acme, other := w.Account("Acme", olga), w.Account("Other", olga)
		first, _ := send(w, w.As(olga), to(acme, "eve@example.com"))
		_, err := w.Invitations.Send(w.As(olga), to(acme, "EVE@example.com"))
		w.Refused("again", err, "CONFLICT email")
		var open *invitations.OpenError
		if !errors.As(err, &open) || open.Present.ID != first.ID {
			w.Errorf("the open one is not offered: %v", err)
		}
		send(w, w.As(olga), to(other, "eve@example.com"))
		// One that is too old stands until it is sent anew or taken back.
		w.Later(8 * day)
		_, err = w.Invitations.Send(w.As(olga), to(acme, "eve@example.com"))
		w.Refused("with one that is too old", err, "CONFLICT email")
		if errors.As(err, &open) && open.Present.Status != invitations.Expired {
			w.Errorf("it is %s", open.Present.Status)
		}
		if _, err := w.Invitations.Cancel(w.As(olga), first.ID); err != nil {
			w.Fatal(err)
		}
		send(w, w.As(olga), to(acme, "eve@example.com"))
	})
}

// security.md #25: 20 in an hour, 100 in a day, of one account; each attempt of who may send counts.
func TestSendLimits(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga := w.User("Olga")
		acme, other := w.Account("Acme", olga), w.Account("Other", olga)
		stranger, n := w.User("Stranger"), 0
		try := func(a *ent.Account) error {
			n++
			_, err := w.Invitations.Send(w.As(olga), to(a, fmt.Sprintf("p%d@example.com", n)))
			return err
		}
		for range 30 {
			_, err := w.Invitations.Send(w.As(stranger), to(acme, "x@example.com"))
			w.Refused("from outside", err, "NOT_FOUND")
		}
		for range 20 {
			if err := try(acme); err != nil {
				w.Fatal(err)
			}
		}
		w.Refused("the 21st", try(acme), "RATE_LIMITED")
		w.Noted("INVITATION_SENT RATE_LIMITED")
		if err := try(other); err != nil {
			w.Errorf("another account has limits of its own: %v", err)
		}
		for range 4 {
			w.Later(time.Hour + time.Second)
			for range 20 {
				if err := try(acme); err != nil {
					w.Fatal(err)
				}
			}
		}
		w.Later(time.Hour + time.Second)
		w.Refused("the 101st of a day", try(acme), "RATE_LIMITED")
		w.Later(day)
		if err := try(acme); err != nil {
			w.Errorf("the next day: %v", err)
		}
		// Sending anew counts too.
		some, err := w.Invitations.OfAccount(w.As(olga), acme.ID, paging.Request{First: new(1)})
		if err != nil {
			w.Fatal(err)
		}
		w.Later(time.Hour + time.Second)
		for range 20 {
			if _, err := w.Invitations.Resend(w.As(olga), some.Rows[0].ID); err != nil {
				w.Fatal(err)
			}
		}
		_, err = w.Invitations.Resend(w.As(olga), some.Rows[0].ID)
		w.Refused("anew for the 21st time", err, "RATE_LIMITED")
	})
}

func TestAccept(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve := w.User("Olga"), w.User("Eve")
		acme := w.Account("Acme", olga)
		until := w.Now.Add(30 * day)
		d := to(acme, "eve@example.com")
		d.EndsAt = &until
		made, token := send(w, w.As(olga), d)
		look, err := w.Invitations.Look(w.Nobody(), token)
		if err != nil || look.Status != invitations.LinkOpen || *look.AccountName != "Acme" || *look.InviterName != "Olga Moore" || look.AddressDiffers != nil {
			w.Errorf("the page behind the link: %+v, %v", look, err)
		}
		w.Later(7*day - time.Second)
		m, err := w.Invitations.Accept(w.Unproven(eve), token, false)
		if err != nil {
			w.Fatal(err)
		}
		if m.UserID != eve.ID || m.AccountID != acme.ID || m.Owner || !slices.Equal(m.Permissions, may(permission.Orders)) || m.EndsAt == nil || !m.EndsAt.Equal(until) {
			w.Errorf("%+v", m)
		}
		w.Told("INVITATION_ACCEPTED olga@example.com")
		w.Noted("INVITATION_ACCEPTED DONE")
		w.Secretless()
		if w.Count("invitations WHERE status = 'ACCEPTED' AND accepted_by_id = $1 AND decided_at IS NOT NULL", eve.ID) != 1 {
			w.Error("who accepted is not known")
		}
		if w.Count("users WHERE id = $1 AND email_verified", eve.ID) != 0 {
			w.Error("to accept proves no address (product.md C8)")
		}
		_, err = w.Invitations.Accept(w.As(eve), token, false)
		w.Refused("twice", err, "NOT_ALLOWED")
		_, err = w.Invitations.Accept(w.As(w.User("Bob")), token, true)
		w.Refused("by another user", err, "EXPIRED token")
		if look, err = w.Invitations.Look(w.As(eve), token); err != nil || look.Status != invitations.LinkAccepted || look.AccountName != nil {
			w.Errorf("afterwards: %+v, %v", look, err)
		}
		again, err := w.Invitations.Get(w.As(olga), made.ID)
		if err != nil || again.Status != invitations.Accepted {
			w.Errorf("%+v, %v", again, err)
		}
		_, err = w.Invitations.Resend(w.As(olga), made.ID)
		w.Refused("sent anew", err, "NOT_ALLOWED invitationId")
		_, err = w.Invitations.Cancel(w.As(olga), made.ID)
		w.Refused("taken back", err, "NOT_ALLOWED invitationId")
	})
}

// security.md #49: what counts is the link; another address than the invited one takes a second word, and is told.
func TestAcceptElsewhere(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, dora, bob := w.User("Olga"), w.User("Dora"), w.User("Bob")
		acme := w.Account("Acme", olga)
		w.Member(acme, dora, permission.ManageUsers, permission.Orders)
		_, token := send(w, w.As(dora), to(acme, "eve@example.com"))
		if look, err := w.Invitations.Look(w.As(bob), token); err != nil || look.AddressDiffers == nil || !*look.AddressDiffers || look.Strict {
			w.Errorf("%+v, %v", look, err)
		}
		_, err := w.Invitations.Accept(w.As(bob), token, false)
		w.Refused("without a second word", err, "REQUIRED confirmOtherAddress")
		w.Choose(func(s *settings.Settings) { s.StrictInvitations = true })
		for _, elsewhere := range []bool{false, true} {
			_, err = w.Invitations.Accept(w.As(bob), token, elsewhere)
			w.Refused("strict", err, "NOT_ALLOWED token")
		}
		w.Noted("INVITATION_ACCEPTED NOT_ALLOWED")
		if w.Membership(acme, bob) != nil {
			w.Fatal("he is a member all the same")
		}
		w.Choose(func(s *settings.Settings) { s.StrictInvitations = false })
		if _, err = w.Invitations.Accept(w.As(bob), token, true); err != nil {
			w.Fatal(err)
		}
		w.Told("INVITATION_ACCEPTED_ELSEWHERE dora@example.com", "INVITATION_ACCEPTED_ELSEWHERE olga@example.com")
		w.Noted("INVITATION_ACCEPTED DONE")
	})
}

// #49: where only the invited address counts, whoever holds the link could register with it and go in. It must be proved.
func TestStrictNeedsAProvenAddress(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve := w.User("Olga"), w.User("Eve")
		acme := w.Account("Acme", olga)
		w.Claim(eve)
		w.Choose(func(s *settings.Settings) { s.StrictInvitations = true })
		_, token := send(w, w.As(olga), to(acme, "eve@example.com"))
		for _, elsewhere := range []bool{false, true} {
			_, err := w.Invitations.Accept(w.As(eve), token, elsewhere)
			w.Refused("unproven", err, "NOT_ALLOWED token")
		}
		if look, err := w.Invitations.Look(w.As(eve), token); err != nil || look.AddressProven == nil || *look.AddressProven || *look.AddressDiffers {
			w.Errorf("%+v, %v", look, err)
		}
		w.Prove(eve)
		if _, err := w.Invitations.Accept(w.As(eve), token, false); err != nil {
			w.Fatal(err)
		}
		if w.Membership(acme, eve) == nil {
			w.Error("she is no member")
		}
	})
}

// #46: who is in an account for a time invites nobody for longer, nor do they stay by an address of their own.
func TestInvitedForALonger(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, dora, eve := w.User("Olga"), w.User("Dora"), w.User("Eve")
		acme := w.Account("Acme", olga)
		link := w.Member(acme, dora, permission.ManageUsers, permission.Orders)
		draft := to(acme, "eve@example.com")
		_, token := send(w, w.As(dora), draft)
		end, later, earlier := w.Now.Add(time.Hour), w.Now.Add(time.Hour+time.Second), w.Now.Add(30*time.Minute)
		w.End(link, end)
		_, err := w.Invitations.Accept(w.As(eve), token, false)
		w.Refused("who invited has an end by now", err, "NOT_ALLOWED token")
		open, err := w.DB.Invitation.Query().Only(viewer.ForSystem(w.Context(), "test"))
		if err != nil {
			w.Fatal(err)
		}
		_, err = w.Invitations.Resend(w.As(dora), open.ID)
		w.Refused("sent anew", err, "NOT_ALLOWED invitationId")
		if _, err := w.Invitations.Cancel(w.As(dora), open.ID); err != nil {
			w.Fatal(err)
		}
		for name, at := range map[string]*time.Time{"for good": nil, "for longer": &later} {
			draft.EndsAt = at
			_, err := w.Invitations.Send(w.As(dora), draft)
			w.Refused(name, err, "NOT_ALLOWED endsAt")
		}
		draft.EndsAt = &earlier
		_, token = send(w, w.As(dora), draft)
		if _, err := w.Invitations.Accept(w.As(eve), token, false); err != nil {
			w.Fatal(err)
		}
		if m := w.Membership(acme, eve); m == nil || m.EndsAt == nil || !m.EndsAt.Equal(earlier) {
			w.Errorf("%+v", m)
		}
	})
}

// What has ended counts for nothing: who was a member can be asked again. Who manages users without holding what is offered
// can't take the offer back (#46), and whoever turns one down by its link is not shown as a member.
func TestAskedAgain(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, dora, eve, mia := w.User("Olga"), w.User("Dora"), w.User("Eve"), w.User("Mia")
		acme := w.Account("Acme", olga)
		w.Member(acme, dora, permission.ManageUsers)
		w.End(w.Member(acme, eve, permission.Profile), w.Now)
		_, token := send(w, w.As(olga), to(acme, "eve@example.com"))
		if _, err := w.Invitations.Accept(w.As(eve), token, false); err != nil {
			w.Fatal(err)
		}
		if m := w.Membership(acme, eve); m.EndsAt != nil {
			w.Errorf("%+v", m)
		}
		offer, token := send(w, w.As(olga), to(acme, "new@example.com"))
		_, err := w.Invitations.Cancel(w.As(dora), offer.ID)
		w.Refused("a deputy who holds less", err, "NOT_ALLOWED invitationId")
		if _, err := w.Invitations.Decline(w.As(mia), token); err != nil {
			w.Fatal(err)
		}
		page, err := w.Acts.OfAccount(w.As(olga), acme.ID, paging.Request{First: new(1)})
		if err != nil || page.Rows[0].By != activity.Other || page.Rows[0].ByName != nil {
			w.Errorf("%+v, %v", page.Rows[0], err)
		}
	})
}

// #49: staff who name an address mean its owner. Who registered with it and never proved it may be anybody.
func TestJoinOfAClaimedAddress(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve := w.User("Olga"), w.User("Eve")
		acme, ada := w.Account("Acme", olga), w.Staff("Ada", permission.ManageMemberships)
		w.Claim(eve)
		join := invitations.Association{AccountID: acme.ID, Email: "eve@example.com", Permissions: may(permission.Orders)}
		_, err := w.Invitations.Join(ada, join)
		w.Refused("claimed", err, "NOT_ALLOWED email")
		if w.Membership(acme, eve) != nil {
			w.Error("she is a member all the same")
		}
		w.Prove(eve)
		if _, err := w.Invitations.Join(ada, join); err != nil || w.Membership(acme, eve) == nil {
			w.Errorf("proved: %v", err)
		}
	})
}

// What ends an invitation, and what its link says then.
func TestDeadLinks(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve := w.User("Olga"), w.User("Eve")
		ada := w.Staff("Ada", permission.ManageMemberships)
		for name, c := range map[string]struct {
			by     func(a *ent.Account, dora *ent.User) context.Context
			end    func(a *ent.Account, dora *ent.User, i *invitations.Offer) error
			status invitations.LinkStatus
			want   string
		}{
			"taken back": {nil, func(_ *ent.Account, dora *ent.User, i *invitations.Offer) error {
				_, err := w.Invitations.Cancel(w.As(dora), i.ID)
				return err
			}, invitations.LinkCancelled, "EXPIRED token"},
			"replaced": {nil, func(_ *ent.Account, dora *ent.User, i *invitations.Offer) error {
				_, err := w.Invitations.Resend(w.As(dora), i.ID)
				return err
			}, invitations.LinkReplaced, "EXPIRED token"},
			"too old": {nil, func(*ent.Account, *ent.User, *invitations.Offer) error {
				w.Later(7 * day)
				return nil
			}, invitations.LinkExpired, "EXPIRED token"},
			"closed account": {nil, func(a *ent.Account, _ *ent.User, _ *invitations.Offer) error {
				w.Close(a)
				return nil
			}, invitations.LinkVoid, "NOT_ALLOWED token"},
			"the inviter is removed": {nil, func(a *ent.Account, dora *ent.User, _ *invitations.Offer) error {
				_, err := w.Members.Remove(w.As(olga), w.Membership(a, dora).ID)
				return err
			}, invitations.LinkVoid, "NOT_ALLOWED token"},
			"the inviter's membership ends": {nil, func(a *ent.Account, dora *ent.User, _ *invitations.Offer) error {
				w.End(w.Membership(a, dora), w.Now)
				return nil
			}, invitations.LinkVoid, "NOT_ALLOWED token"},
			"the inviter loses MANAGE_USERS": {nil, func(a *ent.Account, dora *ent.User, _ *invitations.Offer) error {
				return set(w, w.Membership(a, dora), permission.Orders)
			}, invitations.LinkVoid, "NOT_ALLOWED token"},
			"the inviter loses what was offered": {nil, func(a *ent.Account, dora *ent.User, _ *invitations.Offer) error {
				return set(w, w.Membership(a, dora), permission.ManageUsers, permission.Emails)
			}, invitations.LinkVoid, "NOT_ALLOWED token"},
			"the inviter is suspended": {nil, func(_ *ent.Account, dora *ent.User, _ *invitations.Offer) error {
				w.Suspend(dora)
				return nil
			}, invitations.LinkVoid, "NOT_ALLOWED token"},
			"staff lose the permission": {func(*ent.Account, *ent.User) context.Context { return ada }, func(*ent.Account, *ent.User, *invitations.Offer) error {
				w.Do(func(ctx context.Context, tx *db.Tx) error {
					return tx.Role.Update().Where(role.Name("role of Ada")).SetPermissions(nil).Exec(ctx)
				})
				return nil
			}, invitations.LinkVoid, "NOT_ALLOWED token"},
			"declined": {nil, func(*ent.Account, *ent.User, *invitations.Offer) error {
				_, err := w.Invitations.Decline(w.Nobody(), w.Link("eve@example.com"))
				return err
			}, invitations.LinkDeclined, "EXPIRED token"},
		} {
			dora := w.User(fmt.Sprintf("Dora%d", w.Count("users")))
			a := w.Account(name, olga)
			w.Member(a, dora, permission.ManageUsers, permission.Orders)
			by := w.As(dora)
			if c.by != nil {
				by = c.by(a, dora)
			}
			i, token := send(w, by, to(a, "eve@example.com"))
			if err := c.end(a, dora, i); err != nil {
				w.Errorf("%s: %v", name, err)
				continue
			}
			if look, err := w.Invitations.Look(w.As(eve), token); err != nil || look.Status != c.status || look.AccountName != nil || look.Email != nil {
				w.Errorf("%s: %+v, %v", name, look, err)
			}
			_, err := w.Invitations.Accept(w.As(eve), token, false)
			w.Refused(name, err, c.want)
			if w.Membership(a, eve) != nil {
				w.Errorf("%s: she is a member all the same", name)
			}
		}
		for _, token := range []string{"", "x", "inv_" + strings.Repeat("A", 43)} {
			_, err := w.Invitations.Accept(w.As(eve), token, false)
			w.Refused("an unknown link", err, "INVALID token")
			_, err = w.Invitations.Decline(w.Nobody(), token)
			w.Refused("an unknown link", err, "INVALID token")
			if look, err := w.Invitations.Look(w.Nobody(), token); look != nil || err != nil {
				w.Errorf("an unknown link: %+v, %v", look, err)
			}
		}
		w.Secretless()
	})
}

func set(w *accounttest.World, m *ent.Membership, list ...permission.Account) error {
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		return tx.Membership.UpdateOneID(m.ID).SetPermissions(list).Exec(ctx)
	})
	return nil
}

// Only people accept: neither nobody, nor a program, nor whoever is a member already.
func TestWhoAccepts(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve := w.User("Olga"), w.User("Eve")
		acme := w.Account("Acme", olga)
		_, token := send(w, w.As(olga), to(acme, "eve@example.com"))
		_, err := w.Invitations.Accept(w.Nobody(), token, true)
		w.Refused("nobody", err, "UNAUTHENTICATED")
		_, err = w.Invitations.Accept(w.Token(permission.Admins...), token, true)
		w.Refused("a token", err, "FORBIDDEN")
		waiting := viewer.With(w.Context(), &viewer.Viewer{Kind: viewer.Anonymous, Enrolling: &viewer.Enrolling{UserID: eve.ID, SessionID: 1}})
		_, err = w.Invitations.Accept(waiting, token, true)
		w.Refused("somebody who has to set up a second factor first", err, "UNAUTHENTICATED")
		_, err = w.Invitations.Accept(w.As(olga), token, true)
		w.Refused("a member", err, "NOT_ALLOWED")
		if look, err := w.Invitations.Look(w.As(olga), token); err != nil || !look.AlreadyMember {
			w.Errorf("%+v, %v", look, err)
		}
		if w.Count("one_time_tokens WHERE used_at IS NOT NULL") != 0 {
			w.Error("the link is used up")
		}
		// A membership that has ended is none, and makes room.
		m := w.Member(acme, eve, permission.Profile)
		w.End(m, w.Now)
		made, err := w.Invitations.Accept(w.As(eve), token, false)
		if err != nil || made.ID == m.ID || made.EndsAt != nil || w.Count("memberships WHERE user_id = $1", eve.ID) != 1 {
			w.Errorf("%+v, %v", made, err)
		}
	})
}

// A membership that would have ended before it began is none to accept.
func TestAcceptAfterItsEnd(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve := w.User("Olga"), w.User("Eve")
		acme := w.Account("Acme", olga)
		d, until := to(acme, "eve@example.com"), w.Now.Add(2*day)
		d.EndsAt = &until
		_, token := send(w, w.As(olga), d)
		w.Later(3 * day)
		_, err := w.Invitations.Accept(w.As(eve), token, false)
		w.Refused("after its end", err, "EXPIRED token")
		if look, err := w.Invitations.Look(w.As(eve), token); err != nil || look.Status != invitations.LinkExpired {
			w.Errorf("%+v, %v", look, err)
		}
		if w.Membership(acme, eve) != nil {
			w.Error("there is a membership")
		}
		list, err := w.Invitations.OfAccount(w.As(olga), acme.ID, paging.Request{First: new(1)})
		if err != nil || list.Rows[0].Status != invitations.Expired {
			w.Fatalf("%+v, %v", list, err)
		}
		_, err = w.Invitations.Resend(w.As(olga), list.Rows[0].ID)
		w.Refused("sent anew", err, "NOT_ALLOWED invitationId")
	})
}

// product.md B6: a resend makes a new link with a new seven days and kills the old one; who sends it answers for it.
func TestResend(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, dora, eve := w.User("Olga"), w.User("Dora"), w.User("Eve")
		acme, closed := w.Account("Acme", olga), w.Account("Closed", olga)
		link := w.Member(acme, dora, permission.ManageUsers, permission.Orders)
		i, old := send(w, w.As(dora), to(acme, "eve@example.com"))
		shut, _ := send(w, w.As(olga), to(closed, "eve@example.com"))
		staff, weak := w.Staff("Ada", permission.ManageMemberships), w.Staff("Sue", permission.ListAccounts)
		w.Close(closed)
		wide, _ := send(w, w.As(olga), invitations.Draft{AccountID: acme.ID, Email: "bob@example.com", Permissions: may(permission.Profile)})
		for name, c := range map[string]struct {
			by   context.Context
			id   int
			want string
		}{
			"nobody":                       {w.Nobody(), i.ID, "UNAUTHENTICATED"},
			"from outside":                 {w.As(eve), i.ID, "NOT_FOUND"},
			"no such":                      {w.As(olga), 999999, "NOT_FOUND"},
			"staff without the permission": {weak, i.ID, "FORBIDDEN"},
			"offers what one lacks":        {w.As(dora), wide.ID, "NOT_ALLOWED invitationId"},
			"closed account":               {staff, shut.ID, "NOT_ALLOWED invitationId"},
		} {
			_, err := w.Invitations.Resend(c.by, c.id)
			w.Refused(name, err, c.want)
		}
		w.Later(8 * day)
		again, err := w.Invitations.Resend(w.As(olga), i.ID)
		if err != nil {
			w.Fatal(err)
		}
		if !again.ExpiresAt.Equal(w.Now.Add(7*day)) || again.Status != invitations.Pending {
			w.Errorf("%+v", again)
		}
		w.Told("INVITATION eve@example.com")
		w.Noted("INVITATION_RESENT DONE")
		w.Secretless()
		_, err = w.Invitations.Accept(w.As(eve), old, false)
		w.Refused("the old link", err, "EXPIRED token")
		// Who invited first may go: it is who sent it anew whose right counts.
		if _, err := w.Members.Remove(w.As(olga), link.ID); err != nil {
			w.Fatal(err)
		}
		if _, err := w.Invitations.Accept(w.As(eve), w.Link("eve@example.com"), false); err != nil {
			w.Error(err)
		}
		// Staff who may manage memberships send anew also without seeing accounts.
		if _, err := w.Invitations.Resend(staff, wide.ID); err != nil {
			w.Errorf("by staff: %v", err)
		}
		if _, err := w.Invitations.Cancel(w.Token(permission.ManageMemberships), wide.ID); err != nil {
			w.Errorf("by a token: %v", err)
		}
	})
}

func TestCancel(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve, fred := w.User("Olga"), w.User("Eve"), w.User("Fred")
		acme := w.Account("Acme", olga)
		w.Member(acme, fred, permission.Orders)
		i, _ := send(w, w.As(olga), to(acme, "eve@example.com"))
		for name, c := range map[string]struct {
			by   context.Context
			id   int
			want string
		}{
			"nobody":                       {w.Nobody(), i.ID, "UNAUTHENTICATED"},
			"from outside":                 {w.As(eve), i.ID, "NOT_FOUND"},
			"without MANAGE_USERS":         {w.As(fred), i.ID, "FORBIDDEN"},
			"no such":                      {w.As(olga), 999999, "NOT_FOUND"},
			"staff without the permission": {w.Staff("Sue", permission.ListAccounts), i.ID, "FORBIDDEN"},
		} {
			_, err := w.Invitations.Cancel(c.by, c.id)
			w.Refused(name, err, c.want)
		}
		gone, err := w.Invitations.Cancel(w.As(olga), i.ID)
		if err != nil || gone.Status != invitations.Cancelled {
			w.Fatalf("%+v, %v", gone, err)
		}
		w.Noted("INVITATION_CANCELLED DONE")
		_, err = w.Invitations.Cancel(w.As(olga), i.ID)
		w.Refused("twice", err, "NOT_ALLOWED invitationId")
	})
}

func TestDecline(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve := w.User("Olga"), w.User("Eve")
		acme := w.Account("Acme", olga)
		_, token := send(w, w.As(olga), to(acme, "eve@example.com"))
		name, err := w.Invitations.Decline(w.Nobody(), token)
		if err != nil || name != "Acme" {
			w.Fatalf("%q, %v", name, err)
		}
		w.Noted("INVITATION_DECLINED DONE")
		_, err = w.Invitations.Decline(w.As(eve), token)
		w.Refused("twice", err, "EXPIRED token")
		send(w, w.As(olga), to(acme, "eve@example.com"))
	})
}

// product.md C7: customers neither send nor resend any more, owners among them; staff do; what was sent is accepted still.
func TestUserManagementOff(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, dora, eve, bob := w.User("Olga"), w.User("Dora"), w.User("Eve"), w.User("Bob")
		acme := w.Account("Acme", olga)
		w.Member(acme, dora, permission.ManageUsers, permission.Orders)
		i, token := send(w, w.As(olga), to(acme, "eve@example.com"))
		_, hers := send(w, w.As(dora), to(acme, "bob@example.com"))
		staff := w.Staff("Ada", permission.ManageMemberships)
		w.Choose(func(s *settings.Settings) { s.DisableClientUserManagement = true })
		for _, who := range []*ent.User{olga, dora} {
			_, err := w.Invitations.Send(w.As(who), to(acme, "new@example.com"))
			w.Refused("send", err, "FORBIDDEN")
			_, err = w.Invitations.Resend(w.As(who), i.ID)
			w.Refused("resend", err, "FORBIDDEN")
			_, err = w.Invitations.Cancel(w.As(who), i.ID)
			w.Refused("cancel", err, "FORBIDDEN")
			_, err = w.Invitations.OfAccount(w.As(who), acme.ID, paging.Request{First: new(10)})
			w.Refused("list", err, "FORBIDDEN")
		}
		if _, err := w.Invitations.Accept(w.As(eve), token, false); err != nil {
			w.Errorf("of the owner's: %v", err)
		}
		if _, err := w.Invitations.Accept(w.As(bob), hers, false); err != nil {
			w.Errorf("of a member's: %v", err)
		}
		made, _ := send(w, staff, to(acme, "new@example.com"))
		if _, err := w.Invitations.Resend(staff, made.ID); err != nil {
			w.Error(err)
		}
		if _, err := w.Invitations.Cancel(staff, made.ID); err != nil {
			w.Error(err)
		}
	})
}

// product.md B3: staff bring somebody in at once; a new address gets a user without a password and a mail to set one.
func TestJoin(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve, gone := w.User("Olga"), w.User("Eve"), w.User("Gone")
		acme, closed := w.Account("Acme", olga), w.Account("Closed", olga)
		send(w, w.As(olga), to(acme, "eve@example.com"))
		w.Close(closed)
		w.Suspend(gone)
		staff, past := w.Staff("Ada", permission.ManageMemberships), w.Now.Add(-time.Second)
		orders := may(permission.Orders)
		none := 999999
		for name, c := range map[string]struct {
			by   context.Context
			a    invitations.Association
			want string
		}{
			"nobody":             {w.Nobody(), invitations.Association{AccountID: acme.ID, UserID: &eve.ID, Permissions: orders}, "UNAUTHENTICATED"},
			"the owner":          {w.As(olga), invitations.Association{AccountID: acme.ID, UserID: &eve.ID, Permissions: orders}, "FORBIDDEN"},
			"other staff":        {w.Staff("Sue", permission.EditAccounts), invitations.Association{AccountID: acme.ID, UserID: &eve.ID, Permissions: orders}, "FORBIDDEN"},
			"nobody named":       {staff, invitations.Association{AccountID: acme.ID, Permissions: orders}, "REQUIRED userId"},
			"both named":         {staff, invitations.Association{AccountID: acme.ID, UserID: &eve.ID, Email: "x@example.com", Permissions: orders}, "REQUIRED userId"},
			"no permissions":     {staff, invitations.Association{AccountID: acme.ID, UserID: &eve.ID}, "REQUIRED permissions"},
			"ends in the past":   {staff, invitations.Association{AccountID: acme.ID, UserID: &eve.ID, Permissions: orders, EndsAt: &past}, "INVALID endsAt"},
			"malformed":          {staff, invitations.Association{AccountID: acme.ID, Email: "x@", Permissions: orders}, "INVALID email"},
			"no name":            {staff, invitations.Association{AccountID: acme.ID, Email: "x@example.com", Permissions: orders}, "REQUIRED firstName"},
			"no such user":       {staff, invitations.Association{AccountID: acme.ID, UserID: &none, Permissions: orders}, "NOT_FOUND"},
			"no such account":    {staff, invitations.Association{AccountID: none, UserID: &eve.ID, Permissions: orders}, "NOT_FOUND"},
			"closed account":     {staff, invitations.Association{AccountID: closed.ID, UserID: &eve.ID, Permissions: orders}, "NOT_ALLOWED accountId"},
			"suspended":          {staff, invitations.Association{AccountID: acme.ID, UserID: &gone.ID, Permissions: orders}, "NOT_ALLOWED userId"},
			"suspended address":  {staff, invitations.Association{AccountID: acme.ID, Email: "gone@example.com", Permissions: orders}, "NOT_ALLOWED email"},
			"a member":           {staff, invitations.Association{AccountID: acme.ID, UserID: &olga.ID, Permissions: orders}, "NOT_ALLOWED userId"},
			"a member's address": {staff, invitations.Association{AccountID: acme.ID, Email: "OLGA@example.com", Permissions: orders}, "NOT_ALLOWED email"},
		} {
			_, err := w.Invitations.Join(c.by, c.a)
			w.Refused(name, err, c.want)
		}
		users := w.Count("users")
		m, err := w.Invitations.Join(staff, invitations.Association{AccountID: acme.ID, Email: "EVE@example.com", Permissions: orders})
		if err != nil || m.UserID != eve.ID {
			w.Fatalf("%+v, %v", m, err)
		}
		w.Told("ACCESS_GIVEN eve@example.com")
		w.Noted("MEMBER_ADDED DONE")
		if w.Count("invitations WHERE status = 'PENDING'") != 0 {
			w.Error("the open invitation of who is in stands still")
		}
		m, err = w.Invitations.Join(staff, invitations.Association{AccountID: acme.ID, Email: "new@example.com", FirstName: "New", Permissions: orders})
		if err != nil || w.Count("users") != users+1 || w.Count("passwords WHERE user_id = $1", m.UserID) != 0 {
			w.Fatalf("%+v, %v", m, err)
		}
		w.Told("WELCOME new@example.com")
		w.Noted("MEMBER_ADDED DONE")
		if all := w.Audit(); all[len(all)-2] != "USER_CREATED DONE" {
			w.Errorf("%q", all)
		}
		w.Secretless()
		_, err = w.Invitations.Invite(staff, invitations.Association{AccountID: acme.ID, UserID: &gone.ID, Permissions: orders})
		if err != nil {
			w.Errorf("an invitation tells nothing of whom it goes to: %v", err)
		}
		_, err = w.Invitations.Invite(w.As(olga), invitations.Association{AccountID: acme.ID, UserID: &eve.ID, Permissions: orders})
		w.Refused("an invitation of a user by number, by the owner", err, "FORBIDDEN")
	})
}

// To whom an address belongs is not told to who invites it: the answers are the same.
func TestInvitingTellsNothing(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga := w.User("Olga")
		acme := w.Account("Acme", olga)
		w.User("Known")
		known, _ := send(w, w.As(olga), to(acme, "known@example.com"))
		unknown, _ := send(w, w.As(olga), to(acme, "unknown@example.com"))
		if known.Status != unknown.Status || known.Delivery != unknown.Delivery || !known.ExpiresAt.Equal(unknown.ExpiresAt) || known.AcceptedByID != nil {
			w.Errorf("%+v\n%+v", known, unknown)
		}
	})
}

// security.md #45: who waits for an account is asked what they may when it is their turn, not when they came.
func TestAskedWhenItIsTheirTurn(t *testing.T) {
	w := accounttest.New(t, dbtest.PostgreSQL(t))
	olga := w.User("Olga")
	for name, act := range map[string]func(ctx context.Context, a *ent.Account, fred *ent.Membership, i *invitations.Offer) error{
		"invite": func(ctx context.Context, a *ent.Account, _ *ent.Membership, _ *invitations.Offer) error {
			_, err := w.Invitations.Send(ctx, to(a, "new@example.com"))
			return err
		},
		"resend": func(ctx context.Context, _ *ent.Account, _ *ent.Membership, i *invitations.Offer) error {
			_, err := w.Invitations.Resend(ctx, i.ID)
			return err
		},
		"cancel": func(ctx context.Context, _ *ent.Account, _ *ent.Membership, i *invitations.Offer) error {
			_, err := w.Invitations.Cancel(ctx, i.ID)
			return err
		},
		"permissions": func(ctx context.Context, _ *ent.Account, fred *ent.Membership, _ *invitations.Offer) error {
			_, err := w.Members.Update(ctx, members.Change{ID: fred.ID, Permissions: may(permission.Emails)})
			return err
		},
		"remove": func(ctx context.Context, _ *ent.Account, fred *ent.Membership, _ *invitations.Offer) error {
			_, err := w.Members.Remove(ctx, fred.ID)
			return err
		},
		"profile": func(ctx context.Context, a *ent.Account, _ *ent.Membership, _ *invitations.Offer) error {
			_, err := w.Accounts.Update(ctx, accounts.Change{AccountID: a.ID, Version: 1, Name: new("Hers")})
			return err
		},
		"leave": func(ctx context.Context, a *ent.Account, _ *ent.Membership, _ *invitations.Offer) error {
			return w.Members.Leave(ctx, a.ID)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dora, fred := w.User("Dora"+name), w.User("Fred"+name)
			a := w.Account(name, olga)
			w.Member(a, dora, permission.Accounts...)
			link := w.Member(a, fred, permission.Orders)
			i, _ := send(w, w.As(olga), to(a, "eve@example.com"))
			held, err := w.DB.Writer().BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = held.Rollback() }()
			for _, statement := range []string{"SELECT 1 FROM accounts WHERE id = $1 FOR UPDATE", "DELETE FROM memberships WHERE account_id = $1 AND user_id = " + strconv.Itoa(dora.ID)} {
				if _, err := held.ExecContext(t.Context(), statement, a.ID); err != nil {
					t.Fatal(err)
				}
			}
			done := make(chan error)
			go func() { done <- act(w.As(dora), a, link, i) }()
			for begun := time.Now(); w.Count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == 0; {
				if time.Since(begun) > 20*time.Second {
					t.Fatal("it does not wait for the account")
				}
			}
			if err := held.Commit(); err != nil {
				t.Fatal(err)
			}
			if err := <-done; accounttest.Refusal(err) != "NOT_FOUND" {
				t.Errorf("%v", err)
			}
		})
	}
}
