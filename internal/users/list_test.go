package users_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/user"
	"roster/ent/generated/verification"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/accounttest"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/email"
	"roster/internal/fault"
	"roster/internal/paging"
	"roster/internal/users"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func ptr[T any](v T) *T { return &v }

func staff(t *testing.T) context.Context {
	return viewer.With(t.Context(), &viewer.Viewer{Kind: viewer.Staff, UserID: 1, Permissions: permission.SetOf(permission.ListUsers, permission.ManageUserVerification)})
}

// fill makes people with many ties in every column, and some who never signed in.
func fill(t *testing.T, d *db.DB, n int) {
	t.Helper()
	first := []string{"Ana", "Bo", "José", "Åse", "Li"}
	last := []string{"García", "Ng", "Müller", "Öz", "Garcon-Smith", "van Dam"}
	err := db.InTx(dbtest.System(t), d, func(ctx context.Context, tx *db.Tx) error {
		var rows []*ent.UserCreate
		for i := range n {
			address, err := email.Parse(fmt.Sprintf("p%03d@%s.example", i, []string{"mail", "work"}[i%2]))
			if err != nil {
				return err
			}
			f, l := first[i%len(first)], last[i%len(last)]
			k := users.KeysOf(f, l, address)
			u := tx.User.Create().SetFirstName(f).SetLastName(l).SetEmail(address.Spelling).SetEmailKey(address.Key).
				SetNameKey(k.Name).SetLastKey(k.Last).SetSearchText(k.Search).
				SetTwoFactorEnabled(i%3 == 0).SetSecurityQuestionSet(i%4 == 0).SetEmailVerified(i%2 == 0).
				SetLanguage([]string{"en", "de"}[i%2]).SetCreatedAt(start.Add(time.Duration(i%7) * time.Hour)).SetUpdatedAt(start)
			u.SetVerification([]user.Verification{user.VerificationNOT_REQUESTED, user.VerificationSUBMITTED, user.VerificationAPPROVED}[i%3])
			if i%5 != 0 {
				u.SetLastLoginAt(start.Add(time.Duration(i%9)*time.Minute + 123456*time.Microsecond))
			}
			if i%11 == 0 {
				u.SetState(user.StateSUSPENDED)
			}
			rows = append(rows, u)
		}
		return tx.User.CreateBulk(rows...).Exec(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, s *users.Service, q users.Query) *users.Page {
	t.Helper()
	page, err := s.List(staff(t), q)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func numbers(p *users.Page) string {
	var b strings.Builder
	for _, u := range p.Users {
		fmt.Fprintf(&b, "%d ", u.ID)
	}
	return strings.TrimSpace(b.String())
}

var everyOrder = []users.Order{
	users.ByNumber, users.ByName, users.ByEmail, users.ByTwoFactor, users.BySecurityQuestion, users.ByLastLogin,
	users.ByCreated, users.ByLanguage, users.ByState, users.ByEmailVerified, users.ByVerification,
}

// Paging forward and backward through every order, both directions, meets everybody once, in the same sequence.
func TestPagingIsComplete(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const n = 100
		fill(t, d, n)
		s := &users.Service{DB: d, Now: time.Now}
		for _, order := range everyOrder {
			for _, desc := range []bool{false, true} {
				whole := list(t, s, users.Query{Request: paging.Request{First: ptr(100)}, Order: order, Desc: desc})
				if len(whole.Users) != n || whole.HasNext || whole.HasPrevious {
					t.Fatalf("%s: %d users in all", order, len(whole.Users))
				}
				q := users.Query{Order: order, Desc: desc}
				if got := walk(t, s, q, true); got != numbers(whole) {
					t.Errorf("%s desc=%t forward:\n%s\n%s", order, desc, got, numbers(whole))
				}
				if got := walk(t, s, q, false); got != numbers(whole) {
					t.Errorf("%s desc=%t backward:\n%s\n%s", order, desc, got, numbers(whole))
				}
			}
		}
	})
}

// walk pages through the list in steps of 7 and returns the numbers in list order.
func walk(t *testing.T, s *users.Service, q users.Query, forward bool) string {
	t.Helper()
	var seen string
	var cursor *string
	for range 200 {
		if forward {
			q.Request = paging.Request{First: ptr(7), After: cursor}
		} else {
			q.Request = paging.Request{Last: ptr(7), Before: cursor}
		}
		p := list(t, s, q)
		if len(p.Users) == 0 {
			return strings.TrimSpace(seen)
		}
		more := p.HasNext
		if forward {
			seen += " " + numbers(p)
			cursor = ptr(p.Cursor(p.Users[len(p.Users)-1]))
		} else {
			seen = numbers(p) + " " + seen
			cursor, more = ptr(p.Cursor(p.Users[0])), p.HasPrevious
		}
		if !more {
			return strings.Join(strings.Fields(seen), " ")
		}
	}
	t.Fatal("the list does not end")
	return ""
}

func TestNeverSignedInSortsAsEarliest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d, 20)
		s := &users.Service{DB: d, Now: time.Now}
		up := list(t, s, users.Query{Request: paging.Request{First: ptr(20)}, Order: users.ByLastLogin})
		down := list(t, s, users.Query{Request: paging.Request{First: ptr(20)}, Order: users.ByLastLogin, Desc: true})
		if !up.Users[0].LastLoginAt.IsZero() || !down.Users[19].LastLoginAt.IsZero() || down.Users[0].LastLoginAt.IsZero() {
			t.Error("never must come first upward and last downward")
		}
	})
}

func TestSearch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d, 60)
		s := &users.Service{DB: d, Now: time.Now}
		match := func(u *ent.User, words ...string) bool {
			for _, w := range words {
				if !strings.Contains(u.SearchText, w) {
					return false
				}
			}
			return true
		}
		everybody := d.User.Query().Order(user.ByID()).AllX(dbtest.System(t))
		for _, c := range []struct {
			search string
			want   func(u *ent.User) bool
		}{
			{"garc", func(u *ent.User) bool { return match(u, "garc") }},
			{"GARCÍA", func(u *ent.User) bool { return match(u, "garcia") }},
			{"jose garc", func(u *ent.User) bool { return match(u, "jose", "garc") }},
			{"smith@", func(u *ent.User) bool { return false }},
			{"work.ex", func(u *ent.User) bool { return match(u, "work.ex") }},
			{"mail.example", func(u *ent.User) bool { return match(u, "mail.example") }},
			{"mail.exbmple", func(*ent.User) bool { return false }},
			{"p01", func(u *ent.User) bool { return match(u, "p01") }},
			{"%", func(*ent.User) bool { return false }},
			{"%%%", func(*ent.User) bool { return false }},
			{`"""`, func(*ent.User) bool { return false }},
			{"_01", func(*ent.User) bool { return false }},
			{"an", func(u *ent.User) bool { return strings.HasPrefix(u.NameKey, "an") }},
			{"va", func(u *ent.User) bool { return strings.HasPrefix(u.LastKey, "va") }},
			{"p0", func(u *ent.User) bool { return true }},
			{"garc jo", func(u *ent.User) bool { return match(u, "garc") && strings.HasPrefix(u.NameKey, "jo") }},
			{"ng li", func(u *ent.User) bool { return u.LastKey == "ng" && strings.HasPrefix(u.NameKey, "li") }},
			{"   ", func(*ent.User) bool { return true }},
		} {
			var want []string
			for _, u := range everybody {
				if c.want(u) {
					want = append(want, fmt.Sprint(u.ID))
				}
			}
			got := numbers(list(t, s, users.Query{Request: paging.Request{First: ptr(100)}, Order: users.ByNumber, Filter: users.Filter{Search: &c.search}}))
			if got != strings.Join(want, " ") {
				t.Errorf("%q:\n got %s\nwant %s", c.search, got, strings.Join(want, " "))
			}
			n, estimate, err := s.Count(staff(t), users.Filter{Search: &c.search})
			if err != nil || estimate || n != len(want) {
				t.Errorf("%q counts %d, not %d (%v)", c.search, n, len(want), err)
			}
		}
	})
}

// A number or an address that is searched for stands first, once, and pages go on from there.
// Words are found as they are now: of who came alone or with others, was renamed, or is gone.
func TestSearchFollowsChanges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d, 60)
		s := &users.Service{DB: d, Now: time.Now}
		found := func(word string) string {
			return numbers(list(t, s, users.Query{Request: paging.Request{First: ptr(100)}, Order: users.ByNumber, Filter: users.Filter{Search: &word}}))
		}
		change := func(act func(ctx context.Context, tx *db.Tx) error) {
			t.Helper()
			if err := db.InTx(dbtest.System(t), d, act); err != nil {
				t.Fatal(err)
			}
		}
		if found("p00") == "" || found("unheard") != "" {
			t.Fatalf("before: %q, %q", found("p00"), found("unheard"))
		}
		change(func(ctx context.Context, tx *db.Tx) error {
			return tx.User.UpdateOneID(7).SetSearchText("unheard of").Exec(ctx)
		})
		change(func(ctx context.Context, tx *db.Tx) error {
			return tx.User.UpdateOneID(8).SetSearchText("unheard as well").Exec(ctx)
		})
		if got := found("unheard"); got != "7 8" {
			t.Errorf("renamed: %q", got)
		}
		change(func(ctx context.Context, tx *db.Tx) error { return tx.User.DeleteOneID(8).Exec(ctx) })
		if got := found("unheard"); got != "7" {
			t.Errorf("one is gone: %q", got)
		}
		change(func(ctx context.Context, tx *db.Tx) error {
			return tx.User.UpdateOneID(7).SetLastLoginAt(time.Now()).Exec(ctx)
		})
		if got := found("unheard"); got != "7" {
			t.Errorf("signed in: %q", got)
		}
	})
}

func TestExactMatchComesFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d, 60)
		s := &users.Service{DB: d, Now: time.Now}
		address := strings.ToUpper("p030@mail.example")
		first := list(t, s, users.Query{Request: paging.Request{First: ptr(5)}, Filter: users.Filter{Search: &address}})
		if len(first.Users) != 1 || first.Users[0].Email != "p030@mail.example" {
			t.Fatalf("address: %s", numbers(first))
		}
		// A whole address means its user and those whose address goes on after it, in every order; one that nobody has is
		// a word like any other.
		for search, want := range map[string]int{"P030@mail.example": 1, "030@mail.example": 1, "p030@mail.exampl": 1} {
			byName := users.Query{Request: paging.Request{First: ptr(5)}, Order: users.ByName, Filter: users.Filter{Search: &search}}
			if p := list(t, s, byName); len(p.Users) != want || p.Users[0].Email != "p030@mail.example" {
				t.Errorf("%s: %s", search, numbers(p))
			}
		}
		// 45 is a number, and "045" stands in one address: as a word of two letters it matches prefixes only.
		for _, search := range []string{"45", "#45"} {
			p := list(t, s, users.Query{Request: paging.Request{First: ptr(5)}, Filter: users.Filter{Search: &search}})
			if len(p.Users) == 0 || p.Users[0].ID != 45 {
				t.Errorf("%s: %s", search, numbers(p))
			}
		}
		number := "033"
		want := "33 34" // p033 is number 34
		for size := 1; size <= 3; size++ {
			q := users.Query{Filter: users.Filter{Search: &number}}
			if got := pages(t, s, q, size, true); got != want {
				t.Errorf("forward by %d: %s", size, got)
			}
			if got := pages(t, s, q, size, false); got != want {
				t.Errorf("backward by %d: %s", size, got)
			}
		}
	})
}

func pages(t *testing.T, s *users.Service, q users.Query, size int, forward bool) string {
	t.Helper()
	var seen string
	var cursor *string
	for range 20 {
		q.Request = paging.Request{First: &size, After: cursor}
		if !forward {
			q.Request = paging.Request{Last: &size, Before: cursor}
		}
		p := list(t, s, q)
		if len(p.Users) == 0 {
			break
		}
		if forward {
			seen += " " + numbers(p)
			cursor = ptr(p.Cursor(p.Users[len(p.Users)-1]))
			if !p.HasNext {
				break
			}
		} else {
			seen = numbers(p) + " " + seen
			cursor = ptr(p.Cursor(p.Users[0]))
			if !p.HasPrevious {
				break
			}
		}
	}
	return strings.Join(strings.Fields(seen), " ")
}

func TestFilters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d, 60)
		s := &users.Service{DB: d, Now: time.Now}
		everybody := d.User.Query().Order(user.ByID()).AllX(dbtest.System(t))
		for name, c := range map[string]struct {
			filter users.Filter
			want   func(u *ent.User) bool
		}{
			"two-factor": {users.Filter{TwoFactorEnabled: ptr(true)}, func(u *ent.User) bool { return u.TwoFactorEnabled }},
			"question":   {users.Filter{SecurityQuestionSet: ptr(false)}, func(u *ent.User) bool { return !u.SecurityQuestionSet }},
			"verified":   {users.Filter{EmailVerified: ptr(true)}, func(u *ent.User) bool { return u.EmailVerified }},
			"state":      {users.Filter{States: []user.State{user.StateSUSPENDED}}, func(u *ent.User) bool { return u.State == user.StateSUSPENDED }},
			"proof":      {users.Filter{Verifications: []verification.Status{verification.StatusSUBMITTED}}, func(u *ent.User) bool { return u.Verification == user.VerificationSUBMITTED }},
			"proofs": {users.Filter{Verifications: []verification.Status{verification.StatusSUBMITTED, verification.StatusAPPROVED}}, func(u *ent.User) bool {
				return u.Verification != user.VerificationNOT_REQUESTED
			}},
			"no proof": {users.Filter{Verifications: []verification.Status{}}, func(*ent.User) bool { return false }},
			"no state": {users.Filter{States: []user.State{}}, func(*ent.User) bool { return false }},
			"language": {users.Filter{Languages: []string{"de", "xx"}}, func(u *ent.User) bool { return u.Language == "de" }},
			"never":    {users.Filter{NeverLoggedIn: ptr(true)}, func(u *ent.User) bool { return u.LastLoginAt.IsZero() }},
			"ever":     {users.Filter{NeverLoggedIn: ptr(false)}, func(u *ent.User) bool { return !u.LastLoginAt.IsZero() }},
			"before": {users.Filter{LastLoginBefore: ptr(start.Add(3 * time.Minute))}, func(u *ent.User) bool {
				return !u.LastLoginAt.IsZero() && u.LastLoginAt.Before(start.Add(3*time.Minute))
			}},
			"after":          {users.Filter{LastLoginAfter: ptr(start.Add(3 * time.Minute))}, func(u *ent.User) bool { return !u.LastLoginAt.Before(start.Add(3 * time.Minute)) }},
			"created":        {users.Filter{CreatedAfter: ptr(start.Add(2 * time.Hour)), CreatedBefore: ptr(start.Add(4 * time.Hour))}, func(u *ent.User) bool { h := u.CreatedAt.Sub(start).Hours(); return h >= 2 && h < 4 }},
			"address":        {users.Filter{Email: ptr("P007@Work.Example")}, func(u *ent.User) bool { return u.ID == 8 }},
			"no address":     {users.Filter{Email: ptr("nonsense")}, func(*ent.User) bool { return false }},
			"staff":          {users.Filter{Staff: ptr(true)}, func(u *ent.User) bool { return u.RoleID != nil }},
			"role":           {users.Filter{RoleIDs: []int{99}}, func(*ent.User) bool { return false }},
			"account":        {users.Filter{AccountID: ptr(99)}, func(*ent.User) bool { return false }},
			"both":           {users.Filter{TwoFactorEnabled: ptr(true), SecurityQuestionSet: ptr(true)}, func(u *ent.User) bool { return u.TwoFactorEnabled && u.SecurityQuestionSet }},
			"or":             {users.Filter{Or: []users.Filter{{TwoFactorEnabled: ptr(true)}, {SecurityQuestionSet: ptr(true)}}}, func(u *ent.User) bool { return u.TwoFactorEnabled || u.SecurityQuestionSet }},
			"or of nothing":  {users.Filter{Or: []users.Filter{}}, func(*ent.User) bool { return false }},
			"or of anything": {users.Filter{Or: []users.Filter{{}}}, func(*ent.User) bool { return true }},
			"not":            {users.Filter{Not: &users.Filter{TwoFactorEnabled: ptr(true), SecurityQuestionSet: ptr(true)}}, func(u *ent.User) bool { return !u.TwoFactorEnabled || !u.SecurityQuestionSet }},
			"nested search":  {users.Filter{Or: []users.Filter{{Search: ptr("garcia")}, {Search: ptr("ng")}}}, func(u *ent.User) bool { return u.LastName == "García" || u.LastName == "Ng" }},
			"search and":     {users.Filter{Search: ptr("garcia"), TwoFactorEnabled: ptr(true)}, func(u *ent.User) bool { return u.LastName == "García" && u.TwoFactorEnabled }},
		} {
			var want []string
			for _, u := range everybody {
				if c.want(u) {
					want = append(want, fmt.Sprint(u.ID))
				}
			}
			if got := numbers(list(t, s, users.Query{Request: paging.Request{First: ptr(100)}, Filter: c.filter})); got != strings.Join(want, " ") {
				t.Errorf("%s:\n got %s\nwant %s", name, got, strings.Join(want, " "))
			}
			if n, _, err := s.Count(staff(t), c.filter); err != nil || n != len(want) {
				t.Errorf("%s counts %d, not %d (%v)", name, n, len(want), err)
			}
		}
	})
}

func TestFiltersThatAreTooMuch(t *testing.T) {
	s := &users.Service{DB: dbtest.SQLite(t), Now: time.Now}
	deep := users.Filter{TwoFactorEnabled: ptr(true)}
	for range 4 {
		deep = users.Filter{Not: &deep}
	}
	wide := users.Filter{}
	for range 21 {
		wide.And = append(wide.And, users.Filter{TwoFactorEnabled: ptr(true)})
	}
	for name, f := range map[string]users.Filter{
		"deep": deep, "wide": wide, "long search": {Search: ptr(strings.Repeat("x", 201))},
		"many words":    {Search: ptr(strings.Repeat("x ", 11))},
		"many searches": {Or: []users.Filter{{Search: ptr("a")}, {Search: ptr("b")}, {And: []users.Filter{{Search: ptr("c")}}}, {Not: &users.Filter{Search: ptr("d")}}}},
	} {
		_, err := s.List(staff(t), users.Query{Request: paging.Request{First: ptr(1)}, Filter: f})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Number and estimate are one count: each may look at every user.
func TestAPageIsCountedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := &users.Service{DB: d, Now: time.Now}
		w := accounttest.New(t, d)
		w.User("Ada")
		page := list(t, s, users.Query{Request: paging.Request{First: ptr(1)}})
		for _, name := range []string{"Bob", "Eve"} {
			if n, estimate, err := s.CountOf(staff(t), page); n != 1 || estimate || err != nil {
				t.Errorf("%d, estimate %t, %v", n, estimate, err)
			}
			w.User(name)
		}
		again := list(t, s, users.Query{Request: paging.Request{First: ptr(1)}})
		if n, _, err := s.CountOf(staff(t), again); n != 3 || err != nil {
			t.Errorf("another page: %d, %v", n, err)
		}
	})
}

func TestListNeedsThePermission(t *testing.T) {
	s := &users.Service{DB: dbtest.SQLite(t), Now: time.Now}
	q := users.Query{Request: paging.Request{First: ptr(1)}}
	for name, c := range map[string]struct {
		v    *viewer.Viewer
		code fault.Code
	}{
		"nobody":      {&viewer.Viewer{Kind: viewer.Anonymous}, fault.Unauthenticated},
		"a client":    {&viewer.Viewer{Kind: viewer.User, UserID: 1}, fault.Forbidden},
		"other staff": {&viewer.Viewer{Kind: viewer.Staff, UserID: 1, Permissions: permission.AllAdmin.Without(permission.SetOf(permission.ListUsers))}, fault.Forbidden},
	} {
		if _, err := s.List(viewer.With(t.Context(), c.v), q); !fault.Is(err, c.code) {
			t.Errorf("%s: %v", name, err)
		}
		if _, _, err := s.Count(viewer.With(t.Context(), c.v), users.Filter{}); !fault.Is(err, c.code) {
			t.Errorf("%s counts: %v", name, err)
		}
	}
}

// What a list is filtered or ordered by tells what stands in it: where proofs of identity stand needs its own permission,
// however deep in the filter it is asked.
func TestListByProofsNeedsTheirPermission(t *testing.T) {
	s := &users.Service{DB: dbtest.SQLite(t), Now: time.Now}
	ctx := viewer.With(t.Context(), &viewer.Viewer{Kind: viewer.Staff, UserID: 1, Permissions: permission.AllAdmin.Without(permission.SetOf(permission.ManageUserVerification))})
	asked := users.Filter{Verifications: []verification.Status{verification.StatusSUBMITTED}}
	for name, f := range map[string]users.Filter{
		"plain": asked, "not": {Not: &asked}, "and": {And: []users.Filter{{}, asked}}, "or, deep": {Or: []users.Filter{{And: []users.Filter{{Not: &asked}}}}},
	} {
		if _, err := s.List(ctx, users.Query{Request: paging.Request{First: ptr(1)}, Filter: f}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
		if _, _, err := s.Count(ctx, f); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s counts: %v", name, err)
		}
	}
	if _, err := s.List(ctx, users.Query{Request: paging.Request{First: ptr(1)}, Order: users.ByVerification}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("by order: %v", err)
	}
}

// The list by where proofs stand, filtered or ordered, is read from an index as it comes, and sorts nobody.
func TestListByProofsWalksAnIndex(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d, 60)
		s, asked := &users.Service{DB: d, Now: time.Now}, dbtest.Watch(d, "FROM")
		for name, q := range map[string]users.Query{
			"a filter":          {Filter: users.Filter{Verifications: []verification.Status{verification.StatusSUBMITTED}}},
			"an order":          {Order: users.ByVerification},
			"the end":           {Order: users.ByVerification, Desc: true},
			"a filter, ordered": {Filter: users.Filter{Verifications: []verification.Status{verification.StatusSUBMITTED}}, Order: users.ByVerification},
		} {
			q.Request = paging.Request{First: ptr(10)}
			for _, page := range []string{"the first", "the next"} {
				edges := list(t, s, q).Edges()
				plan := asked.Plan(t)
				if !strings.Contains(plan, "user_verification_id") || strings.Contains(plan, "Sort") || strings.Contains(plan, "TEMP B-TREE") {
					t.Errorf("%s, %s page: %s", name, page, plan)
				}
				q.After = ptr(edges[len(edges)-1].Cursor())
			}
		}
	})
}
