package members_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/auditentry"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/accounttest"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/fault"
	"roster/internal/invitations"
	"roster/internal/members"
	"roster/internal/paging"
	"roster/internal/settings"
)

func may(list ...permission.Account) []permission.Account { return list }

// house is an account with its people: Olga owns it; Dora manages users and places orders; Fred places orders; Paul
// changes the profile, which Dora can't.
type house struct {
	*accounttest.World
	acme                                    *ent.Account
	olga, dora, fred, paul, eve             *ent.User
	ownerLink, doraLink, fredLink, paulLink *ent.Membership
}

func built(w *accounttest.World) *house {
	h := &house{World: w, olga: w.User("Olga"), dora: w.User("Dora"), fred: w.User("Fred"), paul: w.User("Paul"), eve: w.User("Eve")}
	h.acme = w.Account("Acme", h.olga)
	h.ownerLink = w.Membership(h.acme, h.olga)
	h.doraLink = w.Member(h.acme, h.dora, permission.ManageUsers, permission.Orders)
	h.fredLink = w.Member(h.acme, h.fred, permission.Orders)
	h.paulLink = w.Member(h.acme, h.paul, permission.Profile)
	return h
}

func each(t *testing.T, test func(h *house)) {
	t.Helper()
	accounttest.Each(t, func(w *accounttest.World) { test(built(w)) })
}

// untouched checks that nobody's access changed and nobody was told of anything.
func (h *house) untouched() {
	h.Helper()
	for _, before := range []*ent.Membership{h.ownerLink, h.doraLink, h.fredLink, h.paulLink} {
		after := h.DB.Membership.GetX(dbtest.System(h.T), before.ID)
		if after.Version != before.Version || after.Owner != before.Owner || !slices.Equal(after.Permissions, before.Permissions) {
			h.Errorf("%v became %v", before, after)
		}
	}
	if mails := h.Mails(); len(mails) != 0 {
		h.Errorf("%q", mails)
	}
	for _, entry := range h.Audit() {
		if strings.HasSuffix(entry, " DONE") {
			h.Errorf("on record: %s", entry)
		}
	}
}

func TestUpdate(t *testing.T) {
	each(t, func(h *house) {
		until := h.Now.Add(24 * time.Hour)
		after, err := h.Members.Update(h.As(h.dora), members.Change{
			ID: h.fredLink.ID, Permissions: may(permission.ManageUsers, permission.Orders, permission.Orders), EndsAt: &until, Version: new(1),
		})
		if err != nil {
			h.Fatal(err)
		}
		if !slices.Equal(after.Permissions, may(permission.Orders, permission.ManageUsers)) || after.Version != 2 || after.EndsAt == nil || !after.EndsAt.Equal(until) {
			h.Errorf("%+v", after)
		}
		h.Told("PERMISSIONS_CHANGED fred@example.com")
		h.Noted("MEMBER_UPDATED DONE")
		// What changes nothing leaves no trace.
		mails, entries := len(h.Mails()), len(h.Audit())
		same, err := h.Members.Update(h.As(h.olga), members.Change{ID: h.fredLink.ID, Permissions: after.Permissions, EndsAt: after.EndsAt})
		if err != nil || same.Version != 2 || len(h.Mails()) != mails || len(h.Audit()) != entries {
			h.Errorf("%+v, %v, %q", same, err, h.Audit())
		}
		if after, err = h.Members.Update(h.Staff("Ada", permission.ManageMemberships), members.Change{ID: h.paulLink.ID, Permissions: permission.Accounts}); err != nil || len(after.Permissions) != len(permission.Accounts) {
			h.Errorf("by staff: %+v, %v", after, err)
		}
		if after, err = h.Members.Update(h.Token(permission.ManageMemberships), members.Change{ID: h.paulLink.ID, Permissions: may(permission.Emails)}); err != nil || after.EndsAt != nil {
			h.Errorf("by a token: %+v, %v", after, err)
		}
	})
}

func TestUpdateRefusals(t *testing.T) {
	each(t, func(h *house) {
		now, past, far := h.Now, h.Now.Add(-time.Second), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
		orders := may(permission.Orders)
		fred := members.Change{ID: h.fredLink.ID, Permissions: may(permission.Orders, permission.ManageUsers)}
		with := func(change func(*members.Change)) members.Change {
			c := fred
			change(&c)
			return c
		}
		for name, c := range map[string]struct {
			by     context.Context
			change members.Change
			want   string
		}{
			"nobody":                  {h.Nobody(), fred, "UNAUTHENTICATED"},
			"from outside":            {h.As(h.eve), fred, "NOT_FOUND"},
			"without MANAGE_USERS":    {h.As(h.fred), members.Change{ID: h.paulLink.ID, Permissions: orders}, "FORBIDDEN"},
			"no such":                 {h.As(h.olga), members.Change{ID: 999999, Permissions: orders}, "NOT_FOUND"},
			"other staff":             {h.Staff("Sue", permission.EditAccounts, permission.ListAccounts), fred, "FORBIDDEN"},
			"a token out of scope":    {h.Token(permission.ListAccounts), fred, "FORBIDDEN"},
			"no permission":           {h.As(h.olga), with(func(c *members.Change) { c.Permissions = nil }), "REQUIRED permissions"},
			"the owner":               {h.As(h.dora), members.Change{ID: h.ownerLink.ID, Permissions: orders}, "NOT_ALLOWED membershipId"},
			"the owner, by herself":   {h.As(h.olga), members.Change{ID: h.ownerLink.ID, Permissions: orders}, "NOT_ALLOWED membershipId"},
			"the owner, by staff":     {h.Staff("Ada", permission.ManageMemberships), members.Change{ID: h.ownerLink.ID, Permissions: orders}, "NOT_ALLOWED membershipId"},
			"oneself":                 {h.As(h.dora), members.Change{ID: h.doraLink.ID, Permissions: orders}, "NOT_ALLOWED membershipId"},
			"who holds more":          {h.As(h.dora), members.Change{ID: h.paulLink.ID, Permissions: orders}, "NOT_ALLOWED membershipId"},
			"what one lacks":          {h.As(h.dora), with(func(c *members.Change) { c.Permissions = may(permission.Orders, permission.Profile) }), "NOT_ALLOWED permissions"},
			"an end in the past":      {h.As(h.olga), with(func(c *members.Change) { c.EndsAt = &past }), "INVALID endsAt"},
			"an end at this moment":   {h.As(h.olga), with(func(c *members.Change) { c.EndsAt = &now }), "INVALID endsAt"},
			"an end that has no year": {h.As(h.olga), with(func(c *members.Change) { c.EndsAt = &far }), "INVALID endsAt"},
			"out of date":             {h.As(h.olga), with(func(c *members.Change) { c.Version = new(7) }), "CONFLICT version"},
		} {
			_, err := h.Members.Update(c.by, c.change)
			h.Refused(name, err, c.want)
			_, err = h.Members.Save(c.by, []members.Change{c.change})
			if want, field, in := strings.Cut(c.want, " "); in {
				h.Refused(name+", of several", err, want+" changes.0."+field)
			} else {
				h.Refused(name+", of several", err, c.want)
			}
		}
		h.untouched()
	})
}

// All of several changes take place, or none, over several accounts.
func TestSave(t *testing.T) {
	each(t, func(h *house) {
		other := h.Account("Other", h.olga)
		eve := h.Member(other, h.eve, permission.Emails)
		foreign := h.Member(h.Account("Foreign", h.paul), h.eve, permission.Emails)
		all := []members.Change{
			{ID: h.fredLink.ID, Permissions: may(permission.Emails)}, {ID: eve.ID, Permissions: may(permission.Orders)}, {ID: h.ownerLink.ID, Permissions: may(permission.Orders)},
		}
		_, err := h.Members.Save(h.As(h.olga), all)
		h.Refused("with the owner", err, "NOT_ALLOWED changes.2.membershipId")
		all[2].ID = foreign.ID
		_, err = h.Members.Save(h.As(h.olga), all)
		h.Refused("with one of a foreign account", err, "NOT_FOUND")
		all[2] = members.Change{ID: h.paulLink.ID}
		all[1].Permissions = nil
		_, err = h.Members.Save(h.As(h.olga), all)
		var l fault.List
		if !errors.As(err, &l) || len(l) != 2 || l[0].Field[1] != "1" || l[1].Field[1] != "2" {
			h.Errorf("all that is wrong is told: %v", err)
		}
		_, err = h.Members.Save(h.As(h.olga), make([]members.Change, members.Most+1))
		h.Refused("too many", err, "TOO_LONG changes")
		if none, err := h.Members.Save(h.As(h.olga), nil); err != nil || len(none) != 0 {
			h.Errorf("%v, %v", none, err)
		}
		h.untouched()
		all[1].Permissions, all[2].Permissions = may(permission.Orders), may(permission.Profile, permission.Emails)
		after, err := h.Members.Save(h.As(h.olga), all)
		if err != nil || len(after) != 3 || after[1].ID != eve.ID {
			h.Fatalf("%v, %v", after, err)
		}
		h.Told("PERMISSIONS_CHANGED fred@example.com", "PERMISSIONS_CHANGED eve@example.com", "PERMISSIONS_CHANGED paul@example.com")
	})
}

func TestRemove(t *testing.T) {
	each(t, func(h *house) {
		for name, c := range map[string]struct {
			by   context.Context
			id   int
			want string
		}{
			"nobody":               {h.Nobody(), h.fredLink.ID, "UNAUTHENTICATED"},
			"from outside":         {h.As(h.eve), h.fredLink.ID, "NOT_FOUND"},
			"without MANAGE_USERS": {h.As(h.fred), h.paulLink.ID, "FORBIDDEN"},
			"no such":              {h.As(h.olga), 999999, "NOT_FOUND"},
			"the owner":            {h.As(h.dora), h.ownerLink.ID, "NOT_ALLOWED membershipId"},
			"the owner, herself":   {h.As(h.olga), h.ownerLink.ID, "NOT_ALLOWED membershipId"},
			"the owner, by staff":  {h.Staff("Ada", permission.ManageMemberships), h.ownerLink.ID, "NOT_ALLOWED membershipId"},
			"other staff":          {h.Staff("Sue", permission.DeleteUsers), h.fredLink.ID, "FORBIDDEN"},
			"oneself":              {h.As(h.dora), h.doraLink.ID, "NOT_ALLOWED membershipId"},
			"who holds more":       {h.As(h.dora), h.paulLink.ID, "NOT_ALLOWED membershipId"},
		} {
			_, err := h.Members.Remove(c.by, c.id)
			h.Refused(name, err, c.want)
		}
		h.untouched()
		where, err := h.Members.Remove(h.As(h.dora), h.fredLink.ID)
		if err != nil || where != h.acme.ID || h.Membership(h.acme, h.fred) != nil {
			h.Fatalf("%d, %v", where, err)
		}
		h.Told("ACCESS_REMOVED fred@example.com")
		h.Noted("MEMBER_REMOVED DONE")
		if h.Count("users WHERE id = $1", h.fred.ID) != 1 {
			h.Error("the user is gone")
		}
		_, err = h.Members.Remove(h.As(h.dora), h.fredLink.ID)
		h.Refused("twice", err, "NOT_FOUND")
	})
}

func TestLeave(t *testing.T) {
	each(t, func(h *house) {
		h.Refused("nobody", h.Members.Leave(h.Nobody(), h.acme.ID), "UNAUTHENTICATED")
		h.Refused("a token", h.Members.Leave(h.Token(permission.Admins...), h.acme.ID), "FORBIDDEN")
		h.Refused("without a proof", h.Members.Leave(h.Unproven(h.fred), h.acme.ID), "SUDO_REQUIRED")
		h.Refused("from outside", h.Members.Leave(h.As(h.eve), h.acme.ID), "NOT_FOUND")
		h.Refused("no such", h.Members.Leave(h.As(h.fred), 999999), "NOT_FOUND")
		h.Refused("the owner", h.Members.Leave(h.As(h.olga), h.acme.ID), "NOT_ALLOWED accountId")
		h.untouched()
		if err := h.Members.Leave(h.As(h.fred), h.acme.ID); err != nil || h.Membership(h.acme, h.fred) != nil {
			h.Fatal(err)
		}
		h.Noted("MEMBER_LEFT DONE")
		h.Refused("twice", h.Members.Leave(h.As(h.fred), h.acme.ID), "NOT_FOUND")
	})
}

// product.md B5: the former owner stays, with every permission; both are told.
func TestMakeOwner(t *testing.T) {
	each(t, func(h *house) {
		ada := h.Staff("Ada", permission.ManageMemberships)
		gone, over := h.User("Gone"), h.User("Over")
		suspended, ended := h.Member(h.acme, gone, permission.Orders), h.Member(h.acme, over, permission.Orders)
		h.Suspend(gone)
		h.End(ended, h.Now)
		unproven := *viewer.From(ada)
		unproven.SudoUntil = time.Time{}
		for name, c := range map[string]struct {
			by   context.Context
			id   int
			want string
		}{
			"nobody":          {h.Nobody(), h.fredLink.ID, "UNAUTHENTICATED"},
			"the owner":       {h.As(h.olga), h.fredLink.ID, "FORBIDDEN"},
			"other staff":     {h.Staff("Sue", permission.EditAccounts), h.fredLink.ID, "FORBIDDEN"},
			"without a proof": {viewer.With(h.Context(), &unproven), h.fredLink.ID, "SUDO_REQUIRED"},
			"no such":         {ada, 999999, "NOT_FOUND"},
			"the owner again": {ada, h.ownerLink.ID, "NOT_ALLOWED membershipId"},
			"suspended":       {ada, suspended.ID, "NOT_ALLOWED membershipId"},
			"ended":           {ada, ended.ID, "NOT_ALLOWED membershipId"},
		} {
			_, err := h.Members.MakeOwner(c.by, c.id)
			h.Refused(name, err, c.want)
		}
		h.untouched()
		h.End(h.fredLink, h.Now.Add(time.Hour))
		both, err := h.Members.MakeOwner(ada, h.fredLink.ID)
		if err != nil || len(both) != 2 || both[0].UserID != h.fred.ID || !both[0].Owner || both[0].EndsAt != nil || both[1].UserID != h.olga.ID || both[1].Owner {
			h.Fatalf("%v, %v", both, err)
		}
		if !slices.Equal(both[1].Permissions, permission.Accounts) || h.Owner(h.acme) != h.fred.ID {
			h.Errorf("%v", both)
		}
		h.Told("OWNERSHIP_RECEIVED fred@example.com", "OWNERSHIP_PASSED olga@example.com")
		h.Noted("OWNER_CHANGED DONE")
	})
}

// product.md C6: owners hand the account over themselves; the new owner accepts, within seven days.
func TestHandOver(t *testing.T) {
	each(t, func(h *house) {
		offer := func(by context.Context, m *ent.Membership) error {
			_, err := h.Members.OfferOwnership(by, m.ID)
			return err
		}
		take := func(by context.Context) error { return h.Members.AcceptOwnership(by, h.acme.ID) }
		gone := h.User("Gone")
		suspended := h.Member(h.acme, gone, permission.Orders)
		h.Suspend(gone)
		h.Refused("nobody", offer(h.Nobody(), h.fredLink), "UNAUTHENTICATED")
		h.Refused("a token", offer(h.Token(permission.Admins...), h.fredLink), "FORBIDDEN")
		h.Refused("without a proof", offer(h.Unproven(h.olga), h.fredLink), "SUDO_REQUIRED")
		h.Refused("from outside", offer(h.As(h.eve), h.fredLink), "NOT_FOUND")
		h.Refused("a member who manages users", offer(h.As(h.dora), h.fredLink), "FORBIDDEN")
		h.Refused("staff", offer(h.Staff("Ada", permission.ManageMemberships), h.fredLink), "NOT_FOUND")
		h.Refused("to herself", offer(h.As(h.olga), h.ownerLink), "NOT_ALLOWED membershipId")
		h.Refused("to who is suspended", offer(h.As(h.olga), suspended), "NOT_ALLOWED membershipId")
		h.Refused("to accept what was not offered", take(h.As(h.fred)), "EXPIRED accountId")
		h.untouched()

		if err := offer(h.As(h.olga), h.fredLink); err != nil {
			h.Fatal(err)
		}
		h.Told("OWNERSHIP_OFFERED fred@example.com")
		h.Noted("OWNERSHIP_OFFERED DONE")
		sees := func(by context.Context) bool {
			o, err := h.Members.OfferOf(by, h.acme.ID)
			if err != nil {
				h.Error(err)
			}
			return o != nil
		}
		if !sees(h.As(h.olga)) || !sees(h.As(h.fred)) || !sees(h.Staff("Sue", permission.ListAccounts)) || sees(h.As(h.dora)) || sees(h.As(h.eve)) || sees(h.Nobody()) {
			h.Error("the offer is seen by the owner, who was offered the account, and staff, and by nobody else")
		}
		h.Refused("nobody", take(h.Nobody()), "UNAUTHENTICATED")
		h.Refused("without a proof", take(h.Unproven(h.fred)), "SUDO_REQUIRED")
		h.Refused("another member", take(h.As(h.dora)), "EXPIRED accountId")
		h.Refused("from outside", take(h.As(h.eve)), "NOT_FOUND")
		h.Refused("withdrawn by another member", h.Members.WithdrawOffer(h.As(h.dora), h.acme.ID), "FORBIDDEN")
		h.Refused("withdrawn from outside", h.Members.WithdrawOffer(h.As(h.eve), h.acme.ID), "NOT_FOUND")
		h.Choose(func(s *settings.Settings) { s.DisableClientUserManagement = true })
		h.Refused("with user management off", take(h.As(h.fred)), "NOT_ALLOWED accountId")
		h.Refused("an offer with user management off", offer(h.As(h.olga), h.paulLink), "FORBIDDEN")
		h.Choose(func(s *settings.Settings) { s.DisableClientUserManagement = false })

		// Another offer takes its place.
		if err := offer(h.As(h.olga), h.paulLink); err != nil {
			h.Fatal(err)
		}
		h.Refused("the offer before", take(h.As(h.fred)), "EXPIRED accountId")
		h.Later(members.OfferLasts)
		h.Refused("seven days later", take(h.As(h.paul)), "EXPIRED accountId")
		if sees(h.As(h.olga)) {
			h.Error("an offer that is too old is seen")
		}
		if err := offer(h.As(h.olga), h.paulLink); err != nil {
			h.Fatal(err)
		}
		if err := h.Members.WithdrawOffer(h.As(h.paul), h.acme.ID); err != nil {
			h.Fatal(err)
		}
		h.Noted("OWNERSHIP_OFFER_WITHDRAWN DONE")
		h.Refused("turned down", take(h.As(h.paul)), "EXPIRED accountId")
		if err := offer(h.As(h.olga), h.fredLink); err != nil {
			h.Fatal(err)
		}
		h.Later(members.OfferLasts - time.Microsecond)
		if err := take(h.As(h.fred)); err != nil {
			h.Fatal(err)
		}
		h.Told("OWNERSHIP_RECEIVED fred@example.com", "OWNERSHIP_PASSED olga@example.com")
		h.Noted("OWNER_CHANGED DONE")
		if former := h.Membership(h.acme, h.olga); h.Owner(h.acme) != h.fred.ID || !slices.Equal(former.Permissions, permission.Accounts) {
			h.Errorf("%v", former)
		}
		h.Refused("twice", take(h.As(h.fred)), "EXPIRED accountId")
		h.Refused("by who owned it", offer(h.As(h.olga), h.paulLink), "FORBIDDEN")
		h.Secretless()
	})
}

// What ends an offer of ownership besides its answer.
func TestOfferEnds(t *testing.T) {
	each(t, func(h *house) {
		offer := func() {
			h.Helper()
			if _, err := h.Members.OfferOwnership(h.As(h.olga), h.fredLink.ID); err != nil {
				h.Fatal(err)
			}
		}
		offer()
		if _, err := h.Members.Remove(h.As(h.olga), h.fredLink.ID); err != nil {
			h.Fatal(err)
		}
		h.Refused("to who was removed", h.Members.AcceptOwnership(h.As(h.fred), h.acme.ID), "NOT_FOUND")
		h.fredLink = h.Member(h.acme, h.fred, permission.Orders)
		offer()
		if _, err := h.Members.MakeOwner(h.Staff("Ada", permission.ManageMemberships), h.paulLink.ID); err != nil {
			h.Fatal(err)
		}
		h.Refused("of who owned it", h.Members.AcceptOwnership(h.As(h.fred), h.acme.ID), "EXPIRED accountId")
		if _, err := h.Members.OfferOwnership(h.As(h.paul), h.fredLink.ID); err != nil {
			h.Fatal(err)
		}
		h.End(h.fredLink, h.Now)
		h.Refused("after one's own end", h.Members.AcceptOwnership(h.As(h.fred), h.acme.ID), "NOT_FOUND")
		h.Do(func(ctx context.Context, tx *db.Tx) error {
			return tx.Membership.UpdateOneID(h.fredLink.ID).ClearEndsAt().Exec(ctx)
		})
		h.Close(h.acme)
		h.Refused("of a closed account", h.Members.AcceptOwnership(h.As(h.fred), h.acme.ID), "NOT_ALLOWED accountId")
	})
}

// An owner whom staff have locked out gives nothing away any more: their sign-in may have been a stranger's. The same offer
// again changes nothing and mails nothing, and of many changes a member is told only so often.
func TestOffersAndNews(t *testing.T) {
	each(t, func(h *house) {
		offer := func(m *ent.Membership) {
			h.Helper()
			if _, err := h.Members.OfferOwnership(h.As(h.olga), m.ID); err != nil {
				h.Fatal(err)
			}
		}
		offer(h.fredLink)
		before := h.Membership(h.acme, h.fred).OwnershipOfferedAt
		h.Told("OWNERSHIP_OFFERED fred@example.com")
		h.Later(time.Minute)
		offer(h.fredLink)
		if after := h.Membership(h.acme, h.fred).OwnershipOfferedAt; !after.Equal(*before) || h.Count("mails WHERE kind = 'OWNERSHIP_OFFERED'") != 1 {
			h.Errorf("the same offer again: %s, %s", before, after)
		}
		for i := range 30 {
			offer([]*ent.Membership{h.paulLink, h.fredLink}[i%2])
			if _, err := h.Members.Update(h.As(h.olga), members.Change{ID: h.fredLink.ID, Permissions: permission.Accounts[:1+i%2]}); err != nil {
				h.Fatal(err)
			}
		}
		if n := h.Count("mails WHERE recipient = 'fred@example.com'"); n != 10 {
			h.Errorf("%d mails to one member in an hour", n)
		}
		h.Suspend(h.olga)
		h.Refused("of who is suspended", h.Members.AcceptOwnership(h.As(h.fred), h.acme.ID), "EXPIRED accountId")
		if h.Owner(h.acme) != h.olga.ID {
			h.Error("the account has another owner")
		}
	})
}

// One membership can't be changed to two things at once.
func TestSaveOneTwice(t *testing.T) {
	each(t, func(h *house) {
		change := func(may permission.Account) members.Change {
			return members.Change{ID: h.fredLink.ID, Permissions: []permission.Account{may}}
		}
		_, err := h.Members.Save(h.As(h.olga), []members.Change{change(permission.Profile), change(permission.Orders)})
		h.Refused("twice", err, "INVALID changes.1.membershipId")
		h.untouched()
	})
}

// #66: the log says what somebody had and has.
func TestRecordsSayWhat(t *testing.T) {
	each(t, func(h *house) {
		_, err := h.Invitations.Send(h.As(h.olga), invitations.Draft{
			AccountID: h.acme.ID, Email: "new@example.com", Permissions: []permission.Account{permission.Quotes},
		})
		if err != nil {
			h.Fatal(err)
		}
		if _, err := h.Invitations.Accept(h.As(h.eve), h.Link("new@example.com"), true); err != nil {
			h.Fatal(err)
		}
		ada, called := h.Staff("Ada", permission.ConfigureSettings), "Sales"
		made, err := h.Members.CreateTemplate(ada, members.TemplateChange{Name: &called, Permissions: []permission.Account{permission.Quotes}})
		if err != nil {
			h.Fatal(err)
		}
		if _, err := h.Members.UpdateTemplate(ada, made.ID, members.TemplateChange{Permissions: []permission.Account{permission.Domains}}); err != nil {
			h.Fatal(err)
		}
		if err := h.Members.DeleteTemplate(ada, made.ID); err != nil {
			h.Fatal(err)
		}
		if _, err := h.Members.Remove(h.As(h.olga), h.Membership(h.acme, h.eve).ID); err != nil {
			h.Fatal(err)
		}
		for action, words := range map[string][]string{
			"INVITATION_SENT":     {"QUOTES", "new@example.com"},
			"INVITATION_ACCEPTED": {"QUOTES", "new@example.com", "eve@example.com"},
			"TEMPLATE_CREATED":    {"QUOTES", "Sales"},
			"TEMPLATE_UPDATED":    {"QUOTES", "DOMAINS", "Sales"},
			"TEMPLATE_DELETED":    {"DOMAINS", "Sales"},
			"MEMBER_REMOVED":      {"QUOTES"},
		} {
			entry, err := h.DB.AuditEntry.Query().Where(auditentry.Action(action)).WithDetail().Only(dbtest.System(h.T))
			if err != nil {
				h.Fatalf("%s: %v", action, err)
			}
			for _, word := range words {
				if !strings.Contains(string(entry.Edges.Detail.Detail), word) {
					h.Errorf("%s says %s, not %s", action, entry.Edges.Detail.Detail, word)
				}
			}
		}
	})
}

// #46: who is in an account for a time lets nobody stay for longer, for that one could return the favour.
func TestGrantedForLonger(t *testing.T) {
	each(t, func(h *house) {
		end, later, earlier := h.Now.Add(time.Hour), h.Now.Add(time.Hour+time.Second), h.Now.Add(30*time.Minute)
		h.End(h.doraLink, end)
		h.End(h.fredLink, end)
		change := func(at *time.Time) error {
			_, err := h.Members.Update(h.As(h.dora), members.Change{ID: h.fredLink.ID, Permissions: h.fredLink.Permissions, EndsAt: at})
			return err
		}
		h.Refused("for good", change(nil), "NOT_ALLOWED endsAt")
		h.Refused("for longer", change(&later), "NOT_ALLOWED endsAt")
		for name, at := range map[string]*time.Time{"as before": &end, "for less": &earlier} {
			if err := change(at); err != nil {
				h.Errorf("%s: %v", name, err)
			}
		}
		if _, err := h.Members.Update(h.Staff("Ada", permission.ManageMemberships), members.Change{ID: h.fredLink.ID, Permissions: h.fredLink.Permissions}); err != nil {
			h.Errorf("staff: %v", err)
		}
	})
}

// From its end on a membership counts for nothing, at once; why says that it has ended.
func TestEnded(t *testing.T) {
	each(t, func(h *house) {
		h.End(h.doraLink, h.Now.Add(time.Hour))
		page := paging.Request{First: new(10)}
		if _, err := h.Members.OfAccount(h.As(h.dora), h.acme.ID, page); err != nil {
			h.Fatal(err)
		}
		h.Later(time.Hour)
		dora := h.As(h.dora)
		_, err := h.Members.OfAccount(dora, h.acme.ID, page)
		h.Refused("the members", err, "NOT_FOUND")
		_, err = h.Acts.OfAccount(dora, h.acme.ID, page)
		h.Refused("what was done", err, "NOT_FOUND")
		_, err = h.Accounts.Orders(dora, h.acme.ID, page)
		h.Refused("the orders", err, "NOT_FOUND")
		_, err = h.Members.Remove(dora, h.fredLink.ID)
		h.Refused("to remove somebody", err, "NOT_FOUND")
		_, err = h.Members.Explain(dora, h.dora.ID, h.acme.ID, permission.Orders)
		h.Refused("why", err, "NOT_FOUND")
		if a, err := h.Accounts.Get(dora, h.acme.ID); a != nil || err != nil {
			h.Errorf("the account: %v, %v", a, err)
		}
		for _, m := range []*ent.Membership{h.doraLink, h.ownerLink, h.fredLink} {
			if found, err := h.Members.Get(dora, m.ID); found != nil || err != nil {
				h.Errorf("a membership: %v, %v", found, err)
			}
		}
		for _, u := range []*ent.User{h.olga, h.fred} {
			if found, err := h.Users.Get(dora, u.ID); found != nil || err != nil {
				h.Errorf("a fellow: %v, %v", found, err)
			}
		}
		if own, err := h.Members.Own(dora, []int{h.acme.ID}); own[h.acme.ID] != nil || err != nil {
			h.Errorf("one's own: %v, %v", own, err)
		}
		if pages, err := h.Members.OfUsers(dora, []int{h.dora.ID}, 10); err != nil || len(pages[h.dora.ID].Memberships) != 0 {
			h.Errorf("one's accounts: %v, %v", pages, err)
		}
		why, err := h.Members.Explain(h.Staff("Ada", permission.ListAccounts), h.dora.ID, h.acme.ID, permission.Orders)
		if err != nil || why.Allowed || !slices.Equal(why.Facts, []access.Fact{access.MembershipEnded}) {
			h.Errorf("why: %+v, %v", why, err)
		}
		// The owner sees that it was there, and can let it go on.
		after, err := h.Members.Update(h.As(h.olga), members.Change{ID: h.doraLink.ID, Permissions: h.doraLink.Permissions})
		if err != nil || after.EndsAt != nil {
			h.Errorf("%+v, %v", after, err)
		}
		if _, err := h.Members.OfAccount(dora, h.acme.ID, page); err != nil {
			h.Error(err)
		}
	})
}

// product.md C7: customers manage no users any more, owners among them; staff still do.
func TestUserManagementOff(t *testing.T) {
	each(t, func(h *house) {
		h.Choose(func(s *settings.Settings) { s.DisableClientUserManagement = true })
		for _, who := range []*ent.User{h.olga, h.dora} {
			_, err := h.Members.OfAccount(h.As(who), h.acme.ID, paging.Request{First: new(10)})
			h.Refused("members", err, "FORBIDDEN")
			_, err = h.Members.Update(h.As(who), members.Change{ID: h.fredLink.ID, Permissions: may(permission.Orders)})
			h.Refused("update", err, "FORBIDDEN")
			_, err = h.Members.Remove(h.As(who), h.fredLink.ID)
			h.Refused("remove", err, "FORBIDDEN")
			_, err = h.Acts.OfAccount(h.As(who), h.acme.ID, paging.Request{First: new(10)})
			h.Refused("activity", err, "FORBIDDEN")
		}
		h.untouched()
		why, err := h.Members.Explain(h.As(h.olga), h.olga.ID, h.acme.ID, permission.ManageUsers)
		if err != nil || why.Allowed || !slices.Equal(why.Facts, []access.Fact{access.UserManagementDisabled}) {
			h.Errorf("why: %+v, %v", why, err)
		}
		if why, err = h.Members.Explain(h.As(h.olga), h.olga.ID, h.acme.ID, permission.Orders); err != nil || !why.Allowed {
			h.Errorf("what else she may: %+v, %v", why, err)
		}
		if err := h.Members.Leave(h.As(h.paul), h.acme.ID); err != nil {
			h.Errorf("to leave needs nobody's leave: %v", err)
		}
		if _, err := h.Members.Remove(h.Staff("Ada", permission.ManageMemberships), h.fredLink.ID); err != nil {
			h.Errorf("by staff: %v", err)
		}
	})
}

// product.md part 13: why, with every fact that decides.
func TestExplain(t *testing.T) {
	each(t, func(h *house) {
		staff := h.Staff("Ada", permission.ListAccounts)
		closed := h.Account("Closed", h.olga)
		ended := h.Member(closed, h.eve, permission.Emails)
		h.End(ended, h.Now)
		h.Close(closed)
		gone := h.User("Gone")
		h.Member(h.acme, gone, permission.Orders)
		h.Suspend(gone)
		for name, c := range map[string]struct {
			by      context.Context
			user    *ent.User
			account *ent.Account
			what    permission.Account
			facts   string
		}{
			"the owner":            {staff, h.olga, h.acme, permission.Quotes, "OWNER"},
			"granted":              {staff, h.fred, h.acme, permission.Orders, "GRANTED"},
			"not granted":          {staff, h.fred, h.acme, permission.Profile, "NOT_GRANTED"},
			"no member":            {h.Staff("Lea", permission.ListAccounts, permission.ListUsers), h.eve, h.acme, permission.Orders, "NOT_A_MEMBER"},
			"no member, hidden":    {staff, h.eve, h.acme, permission.Orders, "NOT_FOUND"},
			"suspended":            {staff, gone, h.acme, permission.Orders, "USER_NOT_ACTIVE"},
			"closed":               {staff, h.olga, closed, permission.Orders, "ACCOUNT_CLOSED"},
			"all at once":          {staff, h.eve, closed, permission.Orders, "ACCOUNT_CLOSED MEMBERSHIP_ENDED NOT_GRANTED"},
			"oneself":              {h.As(h.fred), h.fred, h.acme, permission.Profile, "NOT_GRANTED"},
			"a fellow, who may":    {h.As(h.dora), h.fred, h.acme, permission.Orders, "GRANTED"},
			"a fellow, who mayn't": {h.As(h.fred), h.dora, h.acme, permission.Orders, "FORBIDDEN"},
			"from outside":         {h.As(h.eve), h.fred, h.acme, permission.Orders, "NOT_FOUND"},
			"oneself outside":      {h.As(h.eve), h.eve, h.acme, permission.Orders, "NOT_FOUND"},
			"somebody outside":     {h.As(h.dora), h.eve, h.acme, permission.Orders, "NOT_FOUND"},
			"nobody":               {h.Nobody(), h.fred, h.acme, permission.Orders, "UNAUTHENTICATED"},
		} {
			why, err := h.Members.Explain(c.by, c.user.ID, c.account.ID, c.what)
			got := accounttest.Refusal(err)
			if err == nil {
				facts := make([]string, len(why.Facts))
				for i, f := range why.Facts {
					facts[i] = string(f)
				}
				got = strings.Join(facts, " ")
			}
			if got != c.facts {
				h.Errorf("%s: %q, want %q", name, got, c.facts)
			}
		}
		_, err := h.Members.Explain(staff, 999999, h.acme.ID, permission.Orders)
		h.Refused("no such user", err, "NOT_FOUND")
		_, err = h.Members.Explain(staff, h.fred.ID, 999999, permission.Orders)
		h.Refused("no such account", err, "NOT_FOUND")
	})
}

// Who sees whom: members see themselves and the owner, those who manage users everybody.
func TestGet(t *testing.T) {
	each(t, func(h *house) {
		for name, c := range map[string]struct {
			by   context.Context
			m    *ent.Membership
			sees bool
		}{
			"one's own":                  {h.As(h.fred), h.fredLink, true},
			"the owner's":                {h.As(h.fred), h.ownerLink, true},
			"a fellow's":                 {h.As(h.fred), h.paulLink, false},
			"a fellow's, managing users": {h.As(h.dora), h.paulLink, true},
			"of another account":         {h.As(h.eve), h.fredLink, false},
			"staff":                      {h.Staff("Ada", permission.ListAccounts), h.fredLink, true},
			"other staff":                {h.Staff("Sue", permission.ManageMemberships), h.fredLink, false},
			"a token":                    {h.Token(permission.ListAccounts), h.fredLink, true},
			"a token out of scope":       {h.Token(permission.ListUsers), h.fredLink, false},
		} {
			if m, err := h.Members.Get(c.by, c.m.ID); err != nil || (m != nil) != c.sees {
				h.Errorf("%s: %v, %v", name, m, err)
			}
		}
		_, err := h.Members.Get(h.Nobody(), h.fredLink.ID)
		h.Refused("nobody", err, "UNAUTHENTICATED")
	})
}

func TestTemplates(t *testing.T) {
	each(t, func(h *house) {
		chief, orders := h.Staff("Ada", permission.ConfigureSettings), may(permission.Orders)
		called := func(name string) members.TemplateChange {
			return members.TemplateChange{Name: &name, Permissions: orders}
		}
		for name, c := range map[string]struct {
			by     context.Context
			change members.TemplateChange
			want   string
		}{
			"nobody":         {h.Nobody(), called("Mine"), "UNAUTHENTICATED"},
			"a customer":     {h.As(h.olga), called("Mine"), "FORBIDDEN"},
			"other staff":    {h.Staff("Sue", permission.ManageMemberships), called("Mine"), "FORBIDDEN"},
			"no name":        {chief, called(" "), "REQUIRED name"},
			"too long":       {chief, called(strings.Repeat("x", 101)), "TOO_LONG name"},
			"a taken name":   {chief, called("ACCOUNTANT"), "TAKEN name"},
			"no permissions": {chief, members.TemplateChange{Name: new("Mine")}, "REQUIRED permissions"},
		} {
			_, err := h.Members.CreateTemplate(c.by, c.change)
			h.Refused(name, err, c.want)
		}
		made, err := h.Members.CreateTemplate(chief, called("Mine"))
		if err != nil {
			h.Fatal(err)
		}
		h.Noted("TEMPLATE_CREATED DONE")
		_, err = h.Members.UpdateTemplate(h.As(h.olga), made.ID, called("Hers"))
		h.Refused("changed by a customer", err, "FORBIDDEN")
		_, err = h.Members.UpdateTemplate(chief, 999999, called("Hers"))
		h.Refused("no such", err, "NOT_FOUND")
		_, err = h.Members.UpdateTemplate(chief, made.ID, members.TemplateChange{Permissions: []permission.Account{}})
		h.Refused("emptied", err, "REQUIRED permissions")
		_, err = h.Members.UpdateTemplate(chief, made.ID, called("Developer"))
		h.Refused("with a taken name", err, "TAKEN name")
		if after, err := h.Members.UpdateTemplate(chief, made.ID, members.TemplateChange{Name: new("Ours")}); err != nil || after.Name != "Ours" || !slices.Equal(after.Permissions, orders) {
			h.Errorf("%v, %v", after, err)
		}
		h.Refused("deleted by a customer", h.Members.DeleteTemplate(h.As(h.olga), made.ID), "FORBIDDEN")
		if err := h.Members.DeleteTemplate(chief, made.ID); err != nil {
			h.Error(err)
		}
		h.Noted("TEMPLATE_DELETED DONE")
		h.Refused("deleted twice", h.Members.DeleteTemplate(chief, made.ID), "NOT_FOUND")
		_, err = h.Members.Templates(h.Nobody())
		h.Refused("the list, by nobody", err, "UNAUTHENTICATED")
		if list, err := h.Members.Templates(h.As(h.eve)); err != nil || len(list) == 0 {
			h.Errorf("the list: %v, %v", list, err)
		}
	})
}
