package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"entgo.io/ent/dialect"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/accounts"
	"roster/internal/accounttest"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/fault"
	"roster/internal/invitations"
	"roster/internal/paging"
)

// product.md B2: an account comes with its owner, a new user or one who is there.
func TestCreate(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		eve, gone, none := w.User("Eve"), w.User("Gone"), 999999
		w.Suspend(gone)
		ada := w.Staff("Ada", permission.EditAccounts)
		draft := func(change func(*accounts.Draft)) accounts.Draft {
			d := accounts.Draft{Name: "Acme", Email: "Billing@Acme.example", OwnerID: &eve.ID}
			change(&d)
			return d
		}
		nothing := func(*accounts.Draft) {}
		newcomer := func(first, address string) func(*accounts.Draft) {
			return func(d *accounts.Draft) {
				d.OwnerID, d.Owner = nil, &accounts.OwnerDraft{FirstName: first, Email: address}
			}
		}
		for name, c := range map[string]struct {
			by    context.Context
			draft accounts.Draft
			want  string
		}{
			"nobody":                 {w.Nobody(), draft(nothing), "UNAUTHENTICATED"},
			"a customer":             {w.As(eve), draft(nothing), "FORBIDDEN"},
			"other staff":            {w.Staff("Sue", permission.ListAccounts, permission.ManageMemberships), draft(nothing), "FORBIDDEN"},
			"a token":                {w.Token(permission.DeleteAccounts), draft(nothing), "FORBIDDEN"},
			"no name":                {ada, draft(func(d *accounts.Draft) { d.Name = " " }), "REQUIRED name"},
			"a long name":            {ada, draft(func(d *accounts.Draft) { d.Name = strings.Repeat("x", 101) }), "TOO_LONG name"},
			"a bad address":          {ada, draft(func(d *accounts.Draft) { d.Email = "x" }), "INVALID email"},
			"no owner":               {ada, draft(func(d *accounts.Draft) { d.OwnerID = nil }), "REQUIRED ownerId"},
			"two owners":             {ada, draft(func(d *accounts.Draft) { d.Owner = &accounts.OwnerDraft{FirstName: "X", Email: "x@example.com"} }), "REQUIRED ownerId"},
			"no such owner":          {ada, draft(func(d *accounts.Draft) { d.OwnerID = &none }), "NOT_FOUND"},
			"a suspended owner":      {ada, draft(func(d *accounts.Draft) { d.OwnerID = &gone.ID }), "NOT_ALLOWED ownerId"},
			"an owner's address":     {ada, draft(newcomer("X", "EVE@example.com")), "TAKEN owner.email"},
			"an owner's bad address": {ada, draft(newcomer("X", "x")), "INVALID owner.email"},
			"an owner's name":        {ada, draft(newcomer("", "x@example.com")), "REQUIRED owner.firstName"},
		} {
			_, err := w.Accounts.Create(c.by, c.draft)
			w.Refused(name, err, c.want)
		}
		_, err := w.Accounts.Create(ada, accounts.Draft{Email: "x", Owner: &accounts.OwnerDraft{Email: "y"}})
		var l fault.List
		if !errors.As(err, &l) || len(l) != 4 {
			w.Errorf("all that is wrong is told: %v", err)
		}
		if w.Count("accounts") != 0 || len(w.Mails()) != 0 {
			w.Error("something was made all the same")
		}
		made, err := w.Accounts.Create(ada, draft(nothing))
		if err != nil || made.Email != "Billing@Acme.example" || made.Status != account.StatusACTIVE || made.Version != 1 || w.Owner(made) != eve.ID {
			w.Fatalf("%+v, %v", made, err)
		}
		w.Told("OWNERSHIP_RECEIVED eve@example.com")
		w.Noted("ACCOUNT_CREATED DONE")
		if made, err = w.Accounts.Create(w.Token(permission.EditAccounts), draft(newcomer("New", "new@example.com"))); err != nil {
			w.Fatal(err)
		}
		w.Told("WELCOME new@example.com")
		w.Noted("ACCOUNT_CREATED DONE")
		if w.Count("passwords WHERE user_id = $1", w.Owner(made)) != 0 {
			w.Error("who never chose a password has one")
		}
		w.Secretless()
	})
}

func TestUpdate(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, paul, fred, eve := w.User("Olga"), w.User("Paul"), w.User("Fred"), w.User("Eve")
		acme := w.Account("Acme", olga)
		w.Member(acme, paul, permission.Profile)
		w.Member(acme, fred, permission.Orders)
		closed := account.StatusCLOSED
		change := func(c accounts.Change) accounts.Change {
			c.AccountID, c.Version = acme.ID, max(c.Version, 1)
			return c
		}
		rename := change(accounts.Change{Name: new("New")})
		ada := w.Staff("Ada", permission.EditAccounts)
		for name, c := range map[string]struct {
			by     context.Context
			change accounts.Change
			want   string
		}{
			"nobody":          {w.Nobody(), rename, "UNAUTHENTICATED"},
			"from outside":    {w.As(eve), rename, "NOT_FOUND"},
			"without PROFILE": {w.As(fred), rename, "FORBIDDEN"},
			"other staff":     {w.Staff("Sue", permission.ListAccounts), rename, "FORBIDDEN"},
			"no such":         {ada, accounts.Change{AccountID: 999999, Version: 1, Name: new("New")}, "NOT_FOUND"},
			"no name":         {w.As(paul), change(accounts.Change{Name: new("")}), "REQUIRED name"},
			"a bad address":   {w.As(paul), change(accounts.Change{Email: new("x")}), "INVALID email"},
			"the status":      {w.As(olga), change(accounts.Change{Status: &closed}), "NOT_ALLOWED status"},
			"out of date":     {ada, change(accounts.Change{Version: 2, Name: new("New")}), "CONFLICT version"},
		} {
			_, err := w.Accounts.Update(c.by, c.change)
			w.Refused(name, err, c.want)
		}
		if w.Count("accounts WHERE version <> 1") != 0 {
			w.Error("something changed all the same")
		}
		after, err := w.Accounts.Update(w.As(paul), rename)
		if err != nil || after.Name != "New" || after.Version != 2 {
			w.Fatalf("%+v, %v", after, err)
		}
		w.Noted("ACCOUNT_UPDATED DONE")
		if after, err = w.Accounts.Update(ada, change(accounts.Change{Version: 2, Status: &closed})); err != nil || after.Status != closed {
			w.Fatalf("%+v, %v", after, err)
		}
		_, err = w.Accounts.Update(w.As(olga), change(accounts.Change{Version: 3, Name: new("Newer")}))
		w.Refused("closed", err, "FORBIDDEN")
		if a, err := w.Accounts.Get(w.As(olga), acme.ID); err != nil || a == nil {
			w.Errorf("a closed account is seen still: %v, %v", a, err)
		}
	})
}

// product.md B7: the dialog names who belongs to no other account; a rehearsal leaves no trace.
func TestDelete(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve, bob, fred := w.User("Olga"), w.User("Eve"), w.User("Bob"), w.User("Fred")
		acme, other := w.Account("Acme", olga), w.Account("Other", fred)
		w.Member(acme, eve, permission.Orders)
		w.Member(acme, bob, permission.Orders)
		w.Member(other, bob, permission.Orders)
		staffer := w.Staff("Stan", permission.ListUsers)
		stan := viewer.From(staffer).UserID
		w.Member(acme, &ent.User{ID: stan}, permission.Orders)
		if _, err := w.Invitations.Send(w.As(olga), invitations.Draft{AccountID: acme.ID, Email: "new@example.com", Permissions: []permission.Account{permission.Orders}}); err != nil {
			w.Fatal(err)
		}
		ada := w.Staff("Ada", permission.DeleteAccounts, permission.DeleteUsers, permission.EditAccounts)
		if _, err := w.Accounts.Record(ada, accounts.NewOrder{AccountID: acme.ID, Number: "1"}); err != nil {
			w.Fatal(err)
		}
		unproven := *viewer.From(ada)
		unproven.SudoUntil = time.Time{}
		for name, c := range map[string]struct {
			by   context.Context
			id   int
			want string
		}{
			"nobody":          {w.Nobody(), acme.ID, "UNAUTHENTICATED"},
			"the owner":       {w.As(olga), acme.ID, "FORBIDDEN"},
			"other staff":     {w.Staff("Sue", permission.EditAccounts, permission.DeleteUsers), acme.ID, "FORBIDDEN"},
			"no DELETE_USERS": {w.Staff("Sam", permission.DeleteAccounts), acme.ID, "FORBIDDEN"},
			"a token":         {w.Token(permission.DeleteAccounts), acme.ID, "FORBIDDEN"},
			"without a proof": {viewer.With(w.Context(), &unproven), acme.ID, "SUDO_REQUIRED"},
			"no such":         {ada, 999999, "NOT_FOUND"},
		} {
			for _, rehearsal := range []bool{true, false} {
				d, err := w.Accounts.Delete(c.by, c.id, true, rehearsal)
				if w.Refused(name, err, c.want); d != nil {
					w.Errorf("%s: %v", name, d)
				}
			}
		}
		state := func() string {
			return fmt.Sprint(w.Count("accounts"), w.Count("memberships"), w.Count("invitations"), w.Count("orders"), w.Count("users"),
				w.Count("one_time_tokens"), w.Mails(), w.Audit())
		}
		before := state()
		for _, orphans := range []bool{true, false} {
			d, err := w.Accounts.Delete(ada, acme.ID, orphans, true)
			if err != nil || d.Number != acme.ID || d.Memberships != 4 || d.Invitations != 1 || d.Orders != 1 || d.OrphanedCount != 2 || len(d.OrphanedUsers) != 2 ||
				d.OrphanedUsers[0].ID != eve.ID || d.OrphanedUsers[1].ID != olga.ID {
				w.Errorf("a rehearsal: %+v, %v", d, err)
			}
		}
		if after := state(); after != before {
			w.Errorf("a rehearsal left\n%s\nof\n%s", after, before)
		}
		if _, err := w.Accounts.Delete(ada, acme.ID, true, false); err != nil {
			w.Fatal(err)
		}
		w.Noted("ACCOUNT_DELETED DONE")
		if w.Count("accounts") != 1 || w.Count("memberships") != 2 || w.Count("invitations") != 0 || w.Count("orders") != 0 || w.Count("one_time_tokens") != 0 {
			w.Errorf("what is left: %s", state())
		}
		for u, left := range map[int]int{olga.ID: 0, eve.ID: 0, bob.ID: 1, fred.ID: 1, stan: 1} {
			if w.Count("users WHERE id = $1", u) != left {
				w.Errorf("user %d: %d are left", u, 1-left)
			}
		}
		if deleted := w.Count("audit_entries WHERE action = 'USER_DELETED' AND outcome = 'DONE'"); deleted != 2 {
			w.Errorf("%d deletions of users on record", deleted)
		}
		if _, err := w.Accounts.Delete(ada, other.ID, false, false); err != nil || w.Count("users WHERE id = $1", fred.ID) != 1 {
			w.Errorf("without the users: %v", err)
		}
		_, err := w.Accounts.Delete(ada, other.ID, false, false)
		w.Refused("twice", err, "NOT_FOUND")
	})
}

// Some who belong to no other account are left: who is suspended, for their address would be free to come back with; and
// who placed orders elsewhere, for those name them.
func TestDeleteLeavesSome(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve, sid, fred := w.User("Olga"), w.User("Eve"), w.User("Sid"), w.User("Fred")
		acme, other := w.Account("Acme", olga), w.Account("Other", fred)
		w.Member(acme, sid, permission.Orders)
		w.Member(acme, eve, permission.Orders)
		there := w.Member(other, eve, permission.Orders)
		ada := w.Staff("Ada", permission.DeleteAccounts, permission.DeleteUsers, permission.EditAccounts, permission.ManageMemberships)
		if _, err := w.Accounts.Record(ada, accounts.NewOrder{AccountID: other.ID, Number: "1", PlacedByID: &eve.ID}); err != nil {
			w.Fatal(err)
		}
		if _, err := w.Members.Remove(ada, there.ID); err != nil {
			w.Fatal(err)
		}
		w.Suspend(sid)
		d, err := w.Accounts.Delete(ada, acme.ID, true, false)
		if err != nil || d.OrphanedCount != 1 || d.OrphanedUsers[0].ID != olga.ID {
			w.Fatalf("%+v, %v", d, err)
		}
		if w.Count("users WHERE id IN ($1, $2)", eve.ID, sid.ID) != 2 || w.Count("users WHERE id = $1", olga.ID) != 0 {
			w.Error("not the right ones are left")
		}
		if w.Count("orders WHERE placed_by_id = $1", eve.ID) != 1 {
			w.Error("the order names nobody")
		}
	})
}

func TestRecordOrder(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, fred, paul, eve := w.User("Olga"), w.User("Fred"), w.User("Paul"), w.User("Eve")
		acme := w.Account("Acme", olga)
		w.Member(acme, fred, permission.Orders)
		w.Member(acme, paul, permission.Profile)
		ended := w.User("Over")
		w.End(w.Member(acme, ended, permission.Orders), w.Now)
		ada := w.Staff("Ada", permission.EditAccounts)
		order := func(number string, by *ent.User) accounts.NewOrder {
			o := accounts.NewOrder{AccountID: acme.ID, Number: number}
			if by != nil {
				o.PlacedByID = &by.ID
			}
			return o
		}
		if _, err := w.Accounts.Record(ada, order("A-1", fred)); err != nil {
			w.Fatal(err)
		}
		w.Noted("ORDER_RECORDED DONE")
		for name, c := range map[string]struct {
			by   context.Context
			o    accounts.NewOrder
			want string
		}{
			"nobody":          {w.Nobody(), order("A-2", nil), "UNAUTHENTICATED"},
			"the owner":       {w.As(olga), order("A-2", nil), "FORBIDDEN"},
			"other staff":     {w.Staff("Sue", permission.ListAccounts), order("A-2", nil), "FORBIDDEN"},
			"no number":       {ada, order(" ", nil), "REQUIRED number"},
			"a long number":   {ada, order(strings.Repeat("1", 51), nil), "TOO_LONG number"},
			"a taken number":  {ada, order("A-1", nil), "TAKEN number"},
			"without ORDERS":  {ada, order("A-2", paul), "NOT_ALLOWED placedById"},
			"by no member":    {ada, order("A-2", eve), "NOT_ALLOWED placedById"},
			"by who was one":  {ada, order("A-2", ended), "NOT_ALLOWED placedById"},
			"no such account": {ada, accounts.NewOrder{AccountID: 999999, Number: "A-2"}, "NOT_FOUND"},
		} {
			_, err := w.Accounts.Record(c.by, c.o)
			w.Refused(name, err, c.want)
		}
		page := paging.Request{First: new(10)}
		for who, want := range map[*ent.User]string{fred: "", olga: "", paul: "FORBIDDEN", eve: "NOT_FOUND", ended: "NOT_FOUND"} {
			list, err := w.Accounts.Orders(w.As(who), acme.ID, page)
			if w.Refused(who.FirstName, err, want); want == "" && len(list.Rows) != 1 {
				w.Errorf("%v", list)
			}
		}
	})
}

// Lists are for staff; what a filter holds is what is there.
func TestList(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve := w.User("Olga"), w.User("Eve")
		acme, other := w.Account("Acme", olga), w.Account("Other", olga)
		w.Member(acme, eve, permission.Orders)
		w.Close(other)
		query := func(f accounts.Filter) accounts.Query {
			return accounts.Query{Request: paging.Request{First: new(10)}, Filter: f}
		}
		_, err := w.Accounts.List(w.Nobody(), query(accounts.Filter{}))
		w.Refused("nobody", err, "UNAUTHENTICATED")
		_, err = w.Accounts.List(w.As(olga), query(accounts.Filter{}))
		w.Refused("a customer", err, "FORBIDDEN")
		_, _, err = w.Accounts.Count(w.Staff("Sue", permission.ListUsers), accounts.Filter{})
		w.Refused("other staff", err, "FORBIDDEN")
		ada := w.Staff("Ada", permission.ListAccounts)
		for name, c := range map[string]struct {
			filter accounts.Filter
			want   []int
		}{
			"all":       {accounts.Filter{}, []int{acme.ID, other.ID}},
			"of a user": {accounts.Filter{UserID: &eve.ID}, []int{acme.ID}},
			"closed":    {accounts.Filter{Statuses: []account.Status{account.StatusCLOSED}}, []int{other.ID}},
			"none":      {accounts.Filter{Statuses: []account.Status{}}, []int{}},
			"earlier":   {accounts.Filter{CreatedBefore: &w.Now}, []int{}},
			"since":     {accounts.Filter{CreatedAfter: &w.Now}, []int{acme.ID, other.ID}},
		} {
			page, err := w.Accounts.List(ada, query(c.filter))
			if err != nil {
				w.Errorf("%s: %v", name, err)
				continue
			}
			got := []int{}
			for _, a := range page.Accounts {
				got = append(got, a.ID)
			}
			n, _, err := w.Accounts.Count(ada, c.filter)
			if !slices.Equal(got, c.want) || n != len(c.want) || err != nil {
				w.Errorf("%s: %v, %d of them, %v; want %v", name, got, n, err, c.want)
			}
		}
	})
}

// A user's orders are those that they placed, and those that staff placed in accounts that they own, whoever owned them
// then; and who has any has them all in one list.
func TestOrdersOfAUser(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, eve, fred := w.User("Olga"), w.User("Eve"), w.User("Fred")
		acme, other := w.Account("Acme", olga), w.Account("Other", fred)
		w.Member(acme, eve, permission.Orders)
		w.Member(other, olga, permission.Orders)
		ada := w.Staff("Ada", permission.EditAccounts, permission.ListAccounts)
		theirs(w, ada, map[*ent.User]string{olga: "", eve: "", fred: ""})
		for _, o := range []accounts.NewOrder{
			{AccountID: acme.ID, Number: "staff's 1"}, {AccountID: acme.ID, Number: "Eve's", PlacedByID: &eve.ID},
			{AccountID: other.ID, Number: "Olga's", PlacedByID: &olga.ID}, {AccountID: acme.ID, Number: "Olga's own", PlacedByID: &olga.ID},
			{AccountID: acme.ID, Number: "staff's 2"},
		} {
			if _, err := w.Accounts.Record(ada, o); err != nil {
				w.Fatal(err)
			}
		}
		theirs(w, ada, map[*ent.User]string{olga: "staff's 2, Olga's own, Olga's, staff's 1", eve: "Eve's", fred: ""})
		_, err := w.Accounts.OrdersOf(w.Staff("Sue", permission.ListUsers), olga.ID, paging.Request{First: new(1)})
		w.Refused("staff without LIST_ACCOUNTS", err, "FORBIDDEN")
	})
}

// theirs checks the orders of users, read in pages of one, how many they are said to be, and who has any.
func theirs(w *accounttest.World, ada context.Context, want map[*ent.User]string) {
	w.Helper()
	for u, list := range want {
		var numbers []string
		request := paging.Request{First: new(1)}
		for more := true; more; {
			page, err := w.Accounts.OrdersOf(ada, u.ID, request)
			if err != nil {
				w.Fatal(err)
			}
			for _, edge := range page.Edges() {
				numbers, request.After = append(numbers, edge.Node.Number), new(edge.Cursor())
			}
			if n, err := w.Accounts.CountOrders(ada, page); err != nil || (n == 0) != (list == "") || list != "" && n != 1+strings.Count(list, ",") {
				w.Errorf("%s has %d orders, %v", u.FirstName, n, err)
			}
			more = page.HasNext
		}
		if got := strings.Join(numbers, ", "); got != list {
			w.Errorf("of %s are %q, want %q", u.FirstName, got, list)
		}
		has, err := w.DB.User.Query().Where(user.ID(u.ID), accounts.HasOrders()).Exist(dbtest.System(w.T))
		if err != nil || has != (list != "") {
			w.Errorf("%s has orders: %t, %v", u.FirstName, has, err)
		}
	}
}

// Whose orders are is answered from indexes, from either side: nothing reads all orders, nor all that staff placed.
func TestOrdersOfAUserWalkIndexes(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga := w.User("Olga")
		acme, other := w.Account("Acme", olga), w.Account("Other", w.User("Fred"))
		ada := w.Staff("Ada", permission.EditAccounts, permission.ListAccounts)
		if _, err := w.Accounts.Record(ada, accounts.NewOrder{AccountID: acme.ID, Number: "1"}); err != nil {
			w.Fatal(err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			of := make([]*ent.OrderCreate, 1000)
			for i := range of {
				of[i] = tx.Order.Create().SetAccountID(other.ID).SetNumber(strconv.Itoa(i)).SetCreatedAt(w.Now)
			}
			if err := tx.Order.CreateBulk(of...).Exec(ctx); err != nil {
				return err
			}
			if w.DB.Dialect != dialect.Postgres {
				return nil // SQLite takes tables for large that it knows nothing about
			}
			_, err := tx.SQL.ExecContext(ctx, "ANALYZE")
			return err
		})
		asked := dbtest.Watch(w.DB, "staffs")
		walks := func(what string) {
			w.Helper()
			plan := asked.Plan(w.T)
			for _, index := range []string{"order_placed_by_id", "membership_user_id_account_id", "order_account_id"} {
				if !strings.Contains(plan, index) {
					w.Errorf("%s, without %s: %s", what, index, plan)
				}
			}
			for _, all := range []string{"Seq Scan", "SCAN theirs", "SCAN staffs", "SCAN owned", "SCAN orders"} {
				if strings.Contains(plan, all) {
					w.Errorf("%s, with %s: %s", what, all, plan)
				}
			}
		}
		if page, err := w.Accounts.OrdersOf(ada, olga.ID, paging.Request{First: new(10)}); err != nil || len(page.Rows) != 1 {
			w.Fatalf("%+v, %v", page, err)
		}
		walks("the orders of a user")
		if _, err := w.DB.User.Query().Where(user.ID(olga.ID), accounts.HasOrders()).IDs(dbtest.System(w.T)); err != nil {
			w.Fatal(err)
		}
		walks("who has orders")
	})
}
