package rule

import (
	"context"
	"maps"
	"slices"
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/privacy"

	"roster/ent/viewer"
)

// filterable is what every generated query offers; asking for it here keeps this package free of generated code.
type filterable interface {
	WhereP(ps ...func(*sql.Selector))
}

// inReach lets staff read everything and clients the rows that narrow leaves them.
func inReach(narrow func(*viewer.Viewer) func(*sql.Selector)) Rule {
	return Rule{Query: func(_ context.Context, v *viewer.Viewer, q ent.Query) error {
		switch {
		case v.IsStaff():
			return privacy.Allow
		case v.Kind == viewer.User, v.Kind == viewer.Token: // a token that lost its last scope reaches nothing
			f, ok := q.(filterable)
			if !ok {
				return privacy.Denyf("%T cannot be narrowed", q)
			}
			f.WhereP(narrow(v))
			return privacy.Allow
		}
		return nil
	}}
}

// accountsOf selects the accounts that the viewer is a member of; a token, those of its maker's that it was made for.
func accountsOf(s *sql.Selector, v *viewer.Viewer) *sql.Selector {
	m := sql.Dialect(s.Dialect()).Select("account_id").From(sql.Table("memberships"))
	m.Where(sql.And(sql.EQ("user_id", v.Self()), standing("ends_at", v.At)))
	if v.TokenID != 0 {
		m.Where(sql.InInts("account_id", slices.Sorted(maps.Keys(v.Scopes))...))
	}
	return m
}

// standing holds for memberships that have not ended at a moment. Where nobody said which, only those stand that never
// end.
func standing(column string, at time.Time) *sql.Predicate {
	if at.IsZero() {
		return sql.IsNull(column)
	}
	return sql.Or(sql.IsNull(column), sql.GT(column, at))
}

// UsersInReach lets a user see themselves and those who share an account with them.
func UsersInReach() Rule {
	return inReach(func(v *viewer.Viewer) func(*sql.Selector) {
		return func(s *sql.Selector) {
			fellows := sql.Dialect(s.Dialect()).Select("user_id").From(sql.Table("memberships"))
			fellows.Where(sql.In("account_id", accountsOf(s, v)))
			s.Where(sql.Or(sql.EQ(s.C("id"), v.UserID), sql.In(s.C("id"), fellows)))
		}
	})
}

// AccountsInReach lets a user see the accounts that they are a member of.
func AccountsInReach() Rule {
	return inReach(func(v *viewer.Viewer) func(*sql.Selector) {
		return func(s *sql.Selector) { s.Where(sql.In(s.C("id"), accountsOf(s, v))) }
	})
}

// MembershipsInReach lets a user see the memberships of the accounts that they are a member of.
func MembershipsInReach() Rule {
	return inReach(func(v *viewer.Viewer) func(*sql.Selector) {
		return func(s *sql.Selector) { s.Where(sql.In(s.C("account_id"), accountsOf(s, v))) }
	})
}

// OfAccountsInReach lets a user see what belongs to the accounts that they are a member of.
func OfAccountsInReach() Rule { return MembershipsInReach() }
