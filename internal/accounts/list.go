package accounts

import (
	"context"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/generated/membership"
	"roster/ent/permission"
	"roster/internal/access"
	"roster/internal/paging"
	"roster/internal/search"
)

// Order is what a list of accounts runs along.
type Order string

// The orders; behind each stands an index on (column, id).
const (
	ByNumber  Order = "NUMBER"
	ByName    Order = "NAME"
	ByEmail   Order = "EMAIL"
	ByStatus  Order = "STATUS"
	ByCreated Order = "CREATED"
)

var orders = map[Order]paging.Order{
	ByNumber:  {Name: "i", Column: account.FieldID, Kind: paging.Number},
	ByName:    {Name: "n", Column: account.FieldNameKey},
	ByEmail:   {Name: "e", Column: account.FieldEmailKey},
	ByStatus:  {Name: "s", Column: account.FieldStatus},
	ByCreated: {Name: "c", Column: account.FieldCreatedAt, Kind: paging.Time},
}

// index is where accounts are looked for by words.
var index = search.Index{Table: account.Table, Prefixed: []string{account.FieldNameKey, account.FieldEmailKey}}

// Filter says which accounts. Each member that is set must hold; a list means any of its values.
type Filter struct {
	// Search holds words anywhere in name or e-mail, or an account number.
	Search        *string
	Statuses      []account.Status
	CreatedBefore *time.Time
	CreatedAfter  *time.Time
	// UserID is a user who can reach the account, or could until their membership ended.
	UserID *int
}

// Query is which page of which list.
type Query struct {
	paging.Request
	Filter Filter
	// Order is ByNumber when it is empty.
	Order Order
	Desc  bool
}

// Page is a page of accounts.
type Page struct {
	Accounts             []*ent.Account
	HasPrevious, HasNext bool
	// Filter is what the list holds, for counting it.
	Filter Filter

	tally search.Tally
	order paging.Order
}

// Edge is an account in a list.
type Edge struct {
	Node *ent.Account
	page *Page
}

// Cursor is where the account stands in the list.
func (e Edge) Cursor() string { return e.page.cursor(e.Node) }

// Nodes are the accounts of the page.
func (p *Page) Nodes() []*ent.Account { return p.Accounts }

// Edges are the accounts of the page, with their cursors.
func (p *Page) Edges() []Edge {
	edges := make([]Edge, len(p.Accounts))
	for i, a := range p.Accounts {
		edges[i] = Edge{Node: a, page: p}
	}
	return edges
}

// PageInfo says where the page stands in its list.
func (p *Page) PageInfo() paging.Info {
	return paging.InfoOf(p.Accounts, p.HasPrevious, p.HasNext, p.cursor)
}

func (p *Page) cursor(a *ent.Account) string {
	var value any
	switch p.order.Column {
	case account.FieldNameKey:
		value = a.NameKey
	case account.FieldEmailKey:
		value = a.EmailKey
	case account.FieldStatus:
		value = string(a.Status)
	case account.FieldCreatedAt:
		value = a.CreatedAt
	}
	return p.order.Cursor(value, a.ID)
}

// List returns a page of accounts, in one statement; a search takes one more to count its matches. It needs
// LIST_ACCOUNTS. fault.Invalid: see paging.Request, and a search that is too long.
func (s *Service) List(ctx context.Context, q Query) (*Page, error) {
	if err := access.Staff(ctx, permission.ListAccounts); err != nil {
		return nil, err
	}
	l, err := s.plan(ctx, q.Filter)
	if err != nil {
		return nil, err
	}
	if q.Order == "" {
		q.Order = ByNumber
	}
	order := orders[q.Order]
	order.Desc = q.Desc
	slice, err := q.Check(order)
	if err != nil {
		return nil, err
	}
	rows, err := s.DB.Account.Query().Where(l.narrow).Where(slice.Apply).Modify(l.fence).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing accounts: %w", err)
	}
	page := &Page{order: order, Filter: q.Filter}
	page.Accounts, page.HasPrevious, page.HasNext = paging.Cut(slice, rows)
	return page, nil
}

// plan is a filter with the way to its rows.
type plan struct {
	Filter
	search *search.Terms
	few    []int
	isFew  bool
}

func (s *Service) plan(ctx context.Context, f Filter) (*plan, error) {
	l := &plan{Filter: f}
	if f.Search == nil {
		return l, nil
	}
	terms, err := search.Read(*f.Search)
	if err != nil || terms.Empty() {
		return l, err
	}
	l.search = terms
	l.few, l.isFew, err = index.Candidates(ctx, s.DB, terms)
	return l, err
}

func (l *plan) narrow(s *sql.Selector) {
	if l.Statuses != nil {
		any := make([]any, len(l.Statuses))
		for i, status := range l.Statuses {
			any[i] = status
		}
		s.Where(sql.In(s.C(account.FieldStatus), any...))
	}
	if l.CreatedBefore != nil {
		s.Where(sql.LT(s.C(account.FieldCreatedAt), *l.CreatedBefore))
	}
	if l.CreatedAfter != nil {
		s.Where(sql.GTE(s.C(account.FieldCreatedAt), *l.CreatedAfter))
	}
	if l.UserID != nil {
		m := sql.Dialect(s.Dialect()).Select(membership.FieldAccountID).From(sql.Table(membership.Table))
		s.Where(sql.In(s.C(account.FieldID), m.Where(sql.EQ(membership.FieldUserID, *l.UserID))))
	}
	switch {
	case l.search == nil:
	case l.isFew:
		s.Where(search.OneOf(s.C(account.FieldID), l.few))
	default:
		s.Where(index.Matches(s, l.search))
	}
}

func (l *plan) fence(s *sql.Selector) {
	if l.isFew {
		index.Fence(s, l.few)
	}
}

// Count returns how many accounts the filter holds, and whether that is an estimate. It needs LIST_ACCOUNTS.
func (s *Service) Count(ctx context.Context, f Filter) (n int, estimate bool, err error) {
	if err := access.Staff(ctx, permission.ListAccounts); err != nil {
		return 0, false, err
	}
	l, err := s.plan(ctx, f)
	if err != nil {
		return 0, false, err
	}
	return search.Count(ctx, s.DB, account.Table, l.narrow)
}

// CountOf returns how many accounts the list of the page holds, as Count says, but counts them once.
func (s *Service) CountOf(ctx context.Context, p *Page) (n int, estimate bool, err error) {
	return p.tally.Of(func() (int, bool, error) { return s.Count(ctx, p.Filter) })
}
