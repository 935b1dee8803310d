// Package members is about people in accounts, and what each may do there.
package members

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/generated/membership"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/db"
	"roster/internal/paging"
)

// Service holds what is done with memberships.
type Service struct {
	DB *db.DB
}

// byAccountName is the order of one user's memberships. The name is the account's, so a page joins it.
var byAccountName = paging.Order{Name: "a", Column: account.FieldNameKey}

// Page is a page of one user's memberships, by the account's name. Each has its account loaded.
type Page struct {
	Memberships          []*ent.Membership
	HasPrevious, HasNext bool
	// UserID is whose memberships these are.
	UserID int
}

// Edge is a membership in a list.
type Edge struct {
	Node *ent.Membership
	page *Page
}

// Cursor is where the membership stands in the list.
func (e Edge) Cursor() string { return e.page.Cursor(e.Node) }

// Nodes are the memberships of the page.
func (p *Page) Nodes() []*ent.Membership { return p.Memberships }

// Edges are the memberships of the page, with their cursors.
func (p *Page) Edges() []Edge {
	edges := make([]Edge, len(p.Memberships))
	for i, m := range p.Memberships {
		edges[i] = Edge{Node: m, page: p}
	}
	return edges
}

// PageInfo says where the page stands in its list.
func (p *Page) PageInfo() paging.Info {
	return paging.InfoOf(p.Memberships, p.HasPrevious, p.HasNext, p.Cursor)
}

// TotalCountIsEstimate is false: one user's memberships are counted exactly.
func (*Page) TotalCountIsEstimate() bool { return false }

// Cursor is the place of a membership of this page in its list.
func (p *Page) Cursor(m *ent.Membership) string {
	return byAccountName.Cursor(m.Edges.Account.NameKey, m.ID)
}

// Get returns a membership that the viewer may see: of their own accounts, and for staff with LIST_ACCOUNTS every one.
// nil: there is none, or none that the viewer may see.
func (s *Service) Get(ctx context.Context, id int) (*ent.Membership, error) {
	if err := access.SignedIn(ctx); err != nil {
		return nil, err
	}
	v := viewer.From(ctx)
	if v.IsStaff() && !v.Can(permission.ListAccounts) {
		ctx = viewer.With(ctx, v.AsClient())
	}
	m, err := s.DB.Membership.Query().Where(membership.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("loading membership: %w", err)
	}
	return m, nil
}

// Ask is which page of whose memberships.
type Ask struct {
	UserID int
	First  int
	After  string // a cursor; empty: from the start
}

// OfUsers returns the first page of each user's memberships, with their accounts, in two statements however many the
// users are. The viewer must be allowed to see the users' memberships; the caller has checked that.
func (s *Service) OfUsers(ctx context.Context, userIDs []int, first int) (map[int]*Page, error) {
	slice, err := paging.Request{First: &first}.Check(byAccountName)
	if err != nil {
		return nil, err
	}
	// Each user's memberships are numbered by account name, and the first ones of all users taken at once.
	rows, err := s.DB.Membership.Query().
		Where(func(q *sql.Selector) { q.Where(sql.In(q.C(membership.FieldID), ranked(q, userIDs, first+1))) }).
		WithAccount().
		Modify(alongAccounts).
		All(viewer.ForSystem(ctx, "memberships of visible users"))
	if err != nil {
		return nil, fmt.Errorf("loading memberships: %w", err)
	}
	byUser := make(map[int][]*ent.Membership, len(userIDs))
	for _, m := range rows {
		byUser[m.UserID] = append(byUser[m.UserID], m)
	}
	pages := make(map[int]*Page, len(userIDs))
	for _, id := range userIDs {
		p := &Page{UserID: id}
		p.Memberships, p.HasPrevious, p.HasNext = paging.Cut(slice, byUser[id])
		pages[id] = p
	}
	return pages, nil
}

// ranked selects the ids of each user's first memberships by account name.
func ranked(q *sql.Selector, userIDs []int, most int) *sql.Selector {
	ids := make([]any, len(userIDs))
	for i, id := range userIDs {
		ids[i] = id
	}
	build := sql.Dialect(q.Dialect())
	m, a := sql.Table(membership.Table).As("m"), sql.Table(account.Table).As("a")
	numbered := build.Select(m.C(membership.FieldID)).
		AppendSelectExprAs(sql.RowNumber().PartitionBy(m.C(membership.FieldUserID)).OrderBy(a.C(account.FieldNameKey), m.C(membership.FieldID)), "place").
		From(m).Join(a).On(m.C(membership.FieldAccountID), a.C(account.FieldID)).
		Where(sql.In(m.C(membership.FieldUserID), ids...)).
		As("numbered")
	return build.Select("id").From(numbered).Where(sql.LTE("place", most))
}

// alongAccounts orders memberships by the names of their accounts.
func alongAccounts(q *sql.Selector) {
	a := sql.Table(account.Table)
	q.Join(a).On(q.C(membership.FieldAccountID), a.C(account.FieldID))
	q.OrderBy(a.C(account.FieldNameKey), q.C(membership.FieldID))
}

// Further returns a page of one user's memberships from a cursor on, on the same terms as OfUsers.
func (s *Service) Further(ctx context.Context, a Ask) (*Page, error) {
	slice, err := paging.Request{First: &a.First, After: &a.After}.Check(byAccountName)
	if err != nil {
		return nil, err
	}
	rows, err := s.DB.Membership.Query().
		Where(membership.UserID(a.UserID)).
		WithAccount().
		Modify(func(q *sql.Selector) {
			t := sql.Table(account.Table)
			q.Join(t).On(q.C(membership.FieldAccountID), t.C(account.FieldID))
			slice.ApplyAlong(q, t.C(account.FieldNameKey))
		}).
		All(viewer.ForSystem(ctx, "memberships of a visible user"))
	if err != nil {
		return nil, fmt.Errorf("loading memberships: %w", err)
	}
	p := &Page{UserID: a.UserID}
	p.Memberships, p.HasPrevious, p.HasNext = paging.Cut(slice, rows)
	return p, nil
}

// Count returns how many accounts the user can reach.
func (s *Service) Count(ctx context.Context, userID int) (int, error) {
	n, err := s.DB.Membership.Query().Where(membership.UserID(userID)).Count(viewer.ForSystem(ctx, "memberships of a visible user"))
	if err != nil {
		return 0, fmt.Errorf("counting memberships: %w", err)
	}
	return n, nil
}

// OwnerIDs returns the owner of each account.
func (s *Service) OwnerIDs(ctx context.Context, accountIDs []int) (map[int]int, error) {
	rows, err := s.DB.Membership.Query().
		Where(membership.AccountIDIn(accountIDs...), membership.Owner(true)).
		Select(membership.FieldAccountID, membership.FieldUserID).
		All(viewer.ForSystem(ctx, "owners of visible accounts"))
	if err != nil {
		return nil, fmt.Errorf("loading owners: %w", err)
	}
	owners := make(map[int]int, len(rows))
	for _, m := range rows {
		owners[m.AccountID] = m.UserID
	}
	return owners, nil
}
