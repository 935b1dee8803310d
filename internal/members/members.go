// Package members is about people in accounts, and what each may do there.
package members

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/generated/membership"
	"roster/ent/generated/predicate"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/db"
	"roster/internal/mail"
	"roster/internal/paging"
)

// Service holds what is done with memberships.
type Service struct {
	DB     *db.DB
	Now    func() time.Time
	Outbox *mail.Outbox
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// byAccountName is the order of one user's memberships. The name is the account's, so a page joins it.
var byAccountName = paging.Order{Name: "a", Column: account.FieldNameKey}

// Page is a page of one user's memberships, by the account's name, each with its account loaded; or of one account's, the
// owner first and then by the user's name, each with its user loaded.
type Page struct {
	Memberships          []*ent.Membership
	HasPrevious, HasNext bool
	// UserID or AccountID is whose memberships these are; the other is 0.
	UserID, AccountID int

	// within are the only accounts of the user's that the list is about; nil: all.
	within []int
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

// TotalCountIsEstimate is false: memberships of one user or one account are counted exactly.
func (*Page) TotalCountIsEstimate() bool { return false }

// Cursor is the place of a membership of this page in its list.
func (p *Page) Cursor(m *ent.Membership) string {
	if p.AccountID != 0 {
		return byUserName.Cursor(placeOf(m), m.ID)
	}
	return byAccountName.Cursor(m.Edges.Account.NameKey, m.ID)
}

// Get returns a membership that the viewer may see: their own, the owners' of their accounts, those of accounts whose users
// they manage, and for staff with LIST_ACCOUNTS every one. nil: there is none, or none that the viewer may see.
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
		return nil, nil //nolint:nilnil // not there is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("loading membership: %w", err)
	}
	if v.Can(permission.ListAccounts) || m.UserID == v.UserID || m.Owner {
		return m, nil
	}
	own, err := access.Own(ctx, s.DB.Client, []int{m.AccountID})
	if link := own[m.AccountID]; err != nil || link == nil || !link.On(permission.ManageUsers).Allowed {
		return nil, err
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
// users are, as far as the viewer may see them: their own, and for staff with LIST_USERS everybody's.
func (s *Service) OfUsers(ctx context.Context, userIDs []int, first int) (map[int]*Page, error) {
	slice, err := paging.Request{First: &first}.Check(byAccountName)
	if err != nil {
		return nil, err
	}
	pages := make(map[int]*Page, len(userIDs))
	if slices.Contains(userIDs, 0) { // nobody has none
		pages[0] = &Page{}
	}
	userIDs = access.Visible(ctx, userIDs, permission.ListUsers)
	// Each user's memberships are numbered by account name, and the first ones of all users taken at once.
	rows, err := s.DB.Membership.Query().
		Where(func(q *sql.Selector) {
			q.Where(sql.In(q.C(membership.FieldID), ranked(q, userIDs, first+1, counting(ctx))))
		}).
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
	for _, id := range userIDs {
		p := &Page{UserID: id}
		p.Memberships, p.HasPrevious, p.HasNext = paging.Cut(slice, byUser[id])
		pages[id] = p
	}
	return pages, nil
}

// counting is the moment by which a membership must not have ended to be shown: what has ended counts for nothing, and only
// staff see that it was there. nil: all are shown.
func counting(ctx context.Context) *time.Time {
	v := viewer.From(ctx)
	if v.Can(permission.ListUsers) {
		return nil
	}
	return &v.At
}

// standing is counting as a condition.
func standing(ctx context.Context) predicate.Membership {
	by := counting(ctx)
	if by == nil {
		return func(*sql.Selector) {}
	}
	return membership.Or(membership.EndsAtIsNil(), membership.EndsAtGT(*by))
}

// ranked selects the ids of each user's first memberships by account name.
func ranked(q *sql.Selector, userIDs []int, most int, counting *time.Time) *sql.Selector {
	ids := make([]any, len(userIDs))
	for i, id := range userIDs {
		ids[i] = id
	}
	build := sql.Dialect(q.Dialect())
	m, a := sql.Table(membership.Table).As("m"), sql.Table(account.Table).As("a")
	numbered := build.Select(m.C(membership.FieldID)).
		AppendSelectExprAs(sql.RowNumber().PartitionBy(m.C(membership.FieldUserID)).OrderBy(a.C(account.FieldNameKey), m.C(membership.FieldID)), "place").
		From(m).Join(a).On(m.C(membership.FieldAccountID), a.C(account.FieldID)).
		Where(sql.In(m.C(membership.FieldUserID), ids...))
	if now := counting; now != nil {
		numbered.Where(sql.Or(sql.IsNull(m.C(membership.FieldEndsAt)), sql.GT(m.C(membership.FieldEndsAt), *now)))
	}
	numbered.As("numbered")
	return build.Select("id").From(numbered).Where(sql.LTE("place", most))
}

// alongAccounts orders memberships by the names of their accounts.
func alongAccounts(q *sql.Selector) {
	a := sql.Table(account.Table)
	q.Join(a).On(q.C(membership.FieldAccountID), a.C(account.FieldID))
	q.OrderBy(a.C(account.FieldNameKey), q.C(membership.FieldID))
}

// cut takes the slice of a list that is ordered by the accounts' names.
func cut(slice paging.Slice) func(*sql.Selector) {
	return func(q *sql.Selector) {
		t := sql.Table(account.Table)
		q.Join(t).On(q.C(membership.FieldAccountID), t.C(account.FieldID))
		slice.ApplyAlong(q, t.C(account.FieldNameKey))
	}
}

// Further returns a page of one user's memberships from a cursor on, on the same terms as OfUsers.
func (s *Service) Further(ctx context.Context, a Ask) (*Page, error) {
	slice, err := paging.Request{First: &a.First, After: &a.After}.Check(byAccountName)
	if err != nil {
		return nil, err
	}
	if err := access.Personal(ctx, a.UserID, permission.ListUsers); err != nil {
		return nil, err
	}
	rows, err := s.DB.Membership.Query().
		Where(membership.UserID(a.UserID), standing(ctx)).
		WithAccount().
		Modify(cut(slice)).
		All(viewer.ForSystem(ctx, "memberships of a visible user"))
	if err != nil {
		return nil, fmt.Errorf("loading memberships: %w", err)
	}
	p := &Page{UserID: a.UserID}
	p.Memberships, p.HasPrevious, p.HasNext = paging.Cut(slice, rows)
	return p, nil
}

// InScope returns a page of the memberships of who made the personal token that acts, in the accounts that it was made for.
func (s *Service) InScope(ctx context.Context, a Ask) (*Page, error) {
	v := viewer.From(ctx)
	request := paging.Request{First: &a.First}
	if a.After != "" {
		request.After = &a.After
	}
	slice, err := request.Check(byAccountName)
	if err != nil {
		return nil, err
	}
	p := &Page{UserID: v.MakerID, within: slices.Sorted(maps.Keys(v.Scopes))}
	rows, err := s.DB.Membership.Query().
		Where(membership.UserID(p.UserID), membership.AccountIDIn(p.within...), standing(ctx)).
		WithAccount().
		Modify(cut(slice)).
		All(viewer.ForSystem(ctx, "memberships in the scope of a token"))
	if err != nil {
		return nil, fmt.Errorf("loading memberships: %w", err)
	}
	p.Memberships, p.HasPrevious, p.HasNext = paging.Cut(slice, rows)
	return p, nil
}

// Count returns how many memberships the whole list has that the page is from. The caller has checked that the viewer
// may see it.
func (s *Service) Count(ctx context.Context, p *Page) (int, error) {
	whose := membership.And(membership.UserID(p.UserID), standing(ctx))
	switch {
	case p.AccountID != 0:
		whose = membership.AccountID(p.AccountID)
	case p.within != nil:
		whose = membership.And(whose, membership.AccountIDIn(p.within...))
	}
	n, err := s.DB.Membership.Query().Where(whose).Count(viewer.ForSystem(ctx, "memberships of a visible object"))
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
