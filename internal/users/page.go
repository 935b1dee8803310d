package users

import (
	"slices"

	ent "roster/ent/generated"
	"roster/ent/generated/user"
	"roster/internal/paging"
	"roster/internal/search"
)

// Page is a page of users.
type Page struct {
	Users                []*ent.User
	HasPrevious, HasNext bool
	// Filter is what the list holds, for counting it.
	Filter Filter

	tally  search.Tally
	order  paging.Order
	pinned int // the user that the search names exactly and that stands first; 0: none
}

// Edge is a user in a list.
type Edge struct {
	Node *ent.User
	page *Page
}

// Cursor is where the user stands in the list.
func (e Edge) Cursor() string { return e.page.Cursor(e.Node) }

// Nodes are the users of the page.
func (p *Page) Nodes() []*ent.User { return p.Users }

// Edges are the users of the page, with their cursors.
func (p *Page) Edges() []Edge {
	edges := make([]Edge, len(p.Users))
	for i, u := range p.Users {
		edges[i] = Edge{Node: u, page: p}
	}
	return edges
}

// PageInfo says where the page stands in its list.
func (p *Page) PageInfo() paging.Info {
	return paging.InfoOf(p.Users, p.HasPrevious, p.HasNext, p.Cursor)
}

// Cursor is the place of a user of this page in its list.
func (p *Page) Cursor(u *ent.User) string {
	if u.ID == p.pinned {
		return p.order.Cursor(nil, 0) // before everybody
	}
	return p.order.Cursor(valueOf(p.order, u), u.ID)
}

func valueOf(o paging.Order, u *ent.User) any {
	switch o.Column {
	case user.FieldNameKey:
		return u.NameKey
	case user.FieldEmailKey:
		return u.EmailKey
	case user.FieldTwoFactorEnabled:
		return u.TwoFactorEnabled
	case user.FieldSecurityQuestionSet:
		return u.SecurityQuestionSet
	case user.FieldLastLoginAt:
		return u.LastLoginAt
	case user.FieldCreatedAt:
		return u.CreatedAt
	case user.FieldLanguage:
		return u.Language
	case user.FieldState:
		return string(u.State)
	case user.FieldVerification:
		return string(u.Verification)
	case user.FieldEmailVerified:
		return u.EmailVerified
	}
	return nil // the number alone
}

// pin puts the exact match first, where the page reaches up to it.
func (p *Page) pin(first *ent.User, slice paging.Slice) {
	p.pinned = first.ID
	switch {
	case slice.Backward && p.HasPrevious || !slice.Backward && slice.Continued():
		p.HasPrevious = true
	case len(p.Users) < slice.Limit:
		p.Users = slices.Insert(p.Users, 0, first)
	case slice.Backward:
		p.HasPrevious = true
	default:
		p.HasNext = true
		p.Users = slices.Insert(p.Users[:slice.Limit-1], 0, first)
	}
}
