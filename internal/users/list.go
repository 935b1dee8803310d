package users

import (
	"context"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	ent "roster/ent/generated"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/internal/access"
	"roster/internal/db"
	"roster/internal/mail"
	"roster/internal/paging"
	"roster/internal/search"
)

// Service holds what is done with users.
type Service struct {
	DB     *db.DB
	Now    func() time.Time
	Outbox *mail.Outbox
}

// Order is what a list of users runs along.
type Order string

// The orders; behind each stands an index on (column, id).
const (
	ByNumber           Order = "NUMBER"
	ByName             Order = "NAME"
	ByEmail            Order = "EMAIL"
	ByTwoFactor        Order = "TWO_FACTOR"
	BySecurityQuestion Order = "SECURITY_QUESTION"
	ByLastLogin        Order = "LAST_LOGIN"
	ByCreated          Order = "CREATED"
	ByLanguage         Order = "LANGUAGE"
	ByState            Order = "STATE"
	ByEmailVerified    Order = "EMAIL_VERIFIED"
	ByVerification     Order = "VERIFICATION"
)

var orders = map[Order]paging.Order{
	ByNumber:           {Name: "i", Column: user.FieldID, Kind: paging.Number},
	ByName:             {Name: "n", Column: user.FieldNameKey},
	ByEmail:            {Name: "e", Column: user.FieldEmailKey},
	ByTwoFactor:        {Name: "t", Column: user.FieldTwoFactorEnabled, Kind: paging.Bool},
	BySecurityQuestion: {Name: "q", Column: user.FieldSecurityQuestionSet, Kind: paging.Bool},
	ByLastLogin:        {Name: "l", Column: user.FieldLastLoginAt, Kind: paging.Time},
	ByCreated:          {Name: "c", Column: user.FieldCreatedAt, Kind: paging.Time},
	ByLanguage:         {Name: "g", Column: user.FieldLanguage},
	ByState:            {Name: "s", Column: user.FieldState},
	ByEmailVerified:    {Name: "v", Column: user.FieldEmailVerified, Kind: paging.Bool},
	ByVerification:     {Name: "p", Column: user.FieldVerification},
}

// index is where users are looked for by words.
var index = search.Index{Table: user.Table, Prefixed: []string{user.FieldNameKey, user.FieldLastKey, user.FieldEmailKey}}

// shown are the columns that a list loads; what an order adds, it adds itself.
var shown = []string{
	user.FieldID, user.FieldFirstName, user.FieldLastName, user.FieldEmail, user.FieldEmailVerified, user.FieldLanguage,
	user.FieldState, user.FieldTwoFactorEnabled, user.FieldSecurityQuestionSet, user.FieldLastLoginAt,
	user.FieldCreatedAt, user.FieldUpdatedAt, user.FieldVersion, user.FieldRoleID,
}

// Query is which page of which list.
type Query struct {
	paging.Request
	Filter Filter
	// Order is ByNumber when it is empty, and then an exact number or address that is searched for comes first.
	Order Order
	Desc  bool
}

// List returns a page of users, in one statement; a search takes one more to count its matches, and one for the user
// that it names exactly. It needs LIST_USERS, and MANAGE_USER_VERIFICATION where it goes by that. fault.Invalid: see
// paging.Request and Filter.
func (s *Service) List(ctx context.Context, q Query) (*Page, error) {
	if err := access.Staff(ctx, permission.ListUsers); err != nil {
		return nil, err
	}
	if q.Order == ByVerification { // the order of a list tells what stands in it
		if err := access.Staff(ctx, permission.ManageUserVerification); err != nil {
			return nil, err
		}
	}
	l, err := s.plan(ctx, q.Filter)
	if err != nil {
		return nil, err
	}
	pinning := q.Order == "" && l.names()
	if q.Order == "" {
		q.Order = ByNumber
	}
	order := orders[q.Order]
	order.Desc = q.Desc
	slice, err := q.Check(order)
	if err != nil {
		return nil, err
	}
	if pinning {
		return s.pinnedPage(ctx, l, &Page{order: order, Filter: q.Filter}, slice)
	}
	rows, err := s.rows(ctx, l, order, slice)
	if err != nil {
		return nil, err
	}
	page := &Page{order: order, Filter: q.Filter}
	page.Users, page.HasPrevious, page.HasNext = paging.Cut(slice, rows)
	return page, nil
}

func (s *Service) rows(ctx context.Context, l *plan, order paging.Order, slice paging.Slice) ([]*ent.User, error) {
	columns := shown
	if !slices.Contains(shown, order.Column) {
		columns = append(slices.Clone(shown), order.Column)
	}
	query := s.DB.User.Query()
	query.Select(columns...)
	rows, err := query.Where(l.narrow).Where(slice.Apply).Modify(l.fence).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing users: %w", err)
	}
	return rows, nil
}

// plan is a filter with the way to its rows.
type plan struct {
	conditions []condition
	search     *search.Terms
	// few is set when the search matches only these users.
	few   []int
	isFew bool
	// besides leaves out the user who stands first already.
	besides bool
}

func (s *Service) plan(ctx context.Context, f Filter) (*plan, error) {
	l := &plan{}
	var err error
	if l.conditions, err = f.conditions(); err != nil {
		return l, err
	}
	if f.verifying() {
		if err := access.Staff(ctx, permission.ManageUserVerification); err != nil {
			return nil, err
		}
	}
	if f.Search == nil {
		return l, nil
	}
	if l.search, err = search.Read(*f.Search); err != nil {
		return nil, err
	}
	if l.search.Empty() {
		l.search = nil
		return l, nil
	}
	l.few, l.isFew, err = index.Candidates(ctx, s.DB, l.search)
	return l, err
}

// names reports whether the search may name one user exactly.
func (l *plan) names() bool {
	return l.search != nil && (l.search.Number > 0 || l.search.Address != "")
}

func (l *plan) narrow(s *sql.Selector) {
	for _, c := range l.conditions {
		s.Where(c(s))
	}
	switch {
	case l.search == nil:
	case l.isFew:
		s.Where(search.OneOf(s.C(user.FieldID), l.few))
	default:
		s.Where(index.Matches(s, l.search))
	}
	if l.besides {
		s.Where(sql.Not(l.exactly(s)))
	}
}

func (l *plan) fence(s *sql.Selector) {
	if l.isFew {
		index.Fence(s, l.few)
	}
}

func (l *plan) exactly(s *sql.Selector) *sql.Predicate {
	if l.search.Number > 0 {
		return sql.EQ(s.C(user.FieldID), l.search.Number)
	}
	return sql.EQ(s.C(user.FieldEmailKey), l.search.Address)
}

// pinnedPage is a page of a search that may name one user exactly: that user stands first, before the first cursor.
func (s *Service) pinnedPage(ctx context.Context, l *plan, page *Page, slice paging.Slice) (*Page, error) {
	first, err := s.exact(ctx, l)
	if err != nil {
		return nil, err
	}
	l.besides = true
	rows, err := s.rows(ctx, l, page.order, slice)
	if err != nil {
		return nil, err
	}
	page.Users, page.HasPrevious, page.HasNext = paging.Cut(slice, rows)
	if first == nil || slice.AtStart() && slice.Backward {
		return page, nil
	}
	page.pin(first, slice)
	return page, nil
}

func (s *Service) exact(ctx context.Context, l *plan) (*ent.User, error) {
	query := s.DB.User.Query()
	query.Select(shown...)
	found, err := query.Where(func(q *sql.Selector) {
		for _, c := range l.conditions {
			q.Where(c(q))
		}
		q.Where(l.exactly(q))
	}).First(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("finding the user searched for: %w", err)
	}
	return found, nil
}
