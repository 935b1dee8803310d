package users

import (
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"roster/ent/generated/membership"
	"roster/ent/generated/user"
	"roster/ent/generated/verification"
	"roster/internal/email"
	"roster/internal/fault"
	"roster/internal/search"
)

// Limits of a filter: deeper nesting or more conditions are refused, and more searches inside and, or, not. Such a search has
// no index to go to: it looks at each user.
const (
	maxDepth      = 3
	maxConditions = 20
	maxSearches   = 3
)

// Filter says which users. Each member that is set must hold; a list means any of its values.
type Filter struct {
	And, Or []Filter
	Not     *Filter

	// Search holds words anywhere in name or e-mail, or a user number.
	Search *string
	// Email is an exact address, whatever its capitals.
	Email               *string
	TwoFactorEnabled    *bool
	SecurityQuestionSet *bool
	EmailVerified       *bool
	States              []user.State
	Languages           []string
	Verifications       []verification.Status
	LastLoginBefore     *time.Time // users who never signed in are left out
	LastLoginAfter      *time.Time
	NeverLoggedIn       *bool
	CreatedBefore       *time.Time
	CreatedAfter        *time.Time
	AccountID           *int
	Staff               *bool
	RoleIDs             []int
}

// verifying reports whether the filter, at any depth, goes by proofs of identity.
func (f *Filter) verifying() bool {
	return f.Verifications != nil || f.Not != nil && f.Not.verifying() ||
		slices.ContainsFunc(slices.Concat(f.And, f.Or), func(inner Filter) bool { return inner.verifying() })
}

// condition makes one predicate on the users of a selection.
type condition func(s *sql.Selector) *sql.Predicate

// conditions reads a filter but for its outermost search, which has a plan of its own. fault.Invalid: too deep, or
// too much of it.
func (f *Filter) conditions() ([]condition, error) {
	outer := *f
	outer.Search = nil
	return outer.read(0, &tally{})
}

// tally counts what a filter holds, whatever the depth.
type tally struct{ conditions, searches int }

func (f *Filter) read(depth int, count *tally) ([]condition, error) {
	if depth > maxDepth {
		return nil, fault.New(fault.Invalid, "The filter nests and, or, not more than 3 deep.")
	}
	if f.Search != nil {
		count.searches++
	}
	if count.searches > maxSearches {
		return nil, fault.New(fault.Invalid, "The filter has more than 3 searches inside and, or, not.")
	}
	all, err := f.own()
	if err != nil {
		return nil, err
	}
	for i := range f.And {
		inner, err := f.And[i].read(depth+1, count)
		if err != nil {
			return nil, err
		}
		all = append(all, inner...)
	}
	if f.Or != nil {
		either, err := anyOf(f.Or, depth, count)
		if err != nil {
			return nil, err
		}
		all = append(all, either)
	}
	if f.Not != nil {
		inner, err := f.Not.read(depth+1, count)
		if err != nil {
			return nil, err
		}
		all = append(all, func(s *sql.Selector) *sql.Predicate { return sql.Not(allOf(s, inner)) })
	}
	if count.conditions += len(all); count.conditions > maxConditions {
		return nil, fault.New(fault.Invalid, "The filter has more than 20 conditions.")
	}
	return all, nil
}

// anyOf holds when one of the filters does; an empty filter among them always does, an empty list never.
func anyOf(filters []Filter, depth int, count *tally) (condition, error) {
	branches := make([][]condition, len(filters))
	for i := range filters {
		var err error
		if branches[i], err = filters[i].read(depth+1, count); err != nil {
			return nil, err
		}
	}
	return func(s *sql.Selector) *sql.Predicate {
		either := []*sql.Predicate{sql.False()}
		for _, branch := range branches {
			either = append(either, allOf(s, branch))
		}
		return sql.Or(either...)
	}, nil
}

func allOf(s *sql.Selector, conditions []condition) *sql.Predicate {
	if len(conditions) == 0 {
		return sql.Not(sql.False())
	}
	all := make([]*sql.Predicate, len(conditions))
	for i, c := range conditions {
		all[i] = c(s)
	}
	return sql.And(all...)
}

// own reads the members of this filter itself.
func (f *Filter) own() ([]condition, error) {
	var c []condition
	add := func(on bool, more condition) {
		if on {
			c = append(c, more)
		}
	}
	isBool := func(column string, want *bool) {
		add(want != nil, func(s *sql.Selector) *sql.Predicate { return sql.EQ(s.C(column), *want) })
	}
	if f.Search != nil {
		t, err := search.Read(*f.Search)
		if err != nil {
			return nil, err
		}
		add(true, func(s *sql.Selector) *sql.Predicate { return index.Matches(s, t) })
	}
	if f.Email != nil {
		address, err := email.Parse(*f.Email)
		add(true, func(s *sql.Selector) *sql.Predicate {
			if err != nil { // nobody has an address that cannot be one
				return sql.False()
			}
			return sql.EQ(s.C(user.FieldEmailKey), address.Key)
		})
	}
	isBool(user.FieldTwoFactorEnabled, f.TwoFactorEnabled)
	isBool(user.FieldSecurityQuestionSet, f.SecurityQuestionSet)
	isBool(user.FieldEmailVerified, f.EmailVerified)
	add(f.States != nil, func(s *sql.Selector) *sql.Predicate { return sql.In(s.C(user.FieldState), values(f.States)...) })
	add(f.Languages != nil, func(s *sql.Selector) *sql.Predicate {
		return sql.In(s.C(user.FieldLanguage), values(tags(f.Languages))...)
	})
	add(f.Verifications != nil, func(s *sql.Selector) *sql.Predicate {
		return sql.In(s.C(user.FieldVerification), values(f.Verifications)...)
	})
	f.times(add)
	f.links(add)
	return c, nil
}

func (f *Filter) times(add func(on bool, more condition)) {
	never := time.Time{}
	add(f.LastLoginBefore != nil, func(s *sql.Selector) *sql.Predicate {
		return sql.And(sql.LT(s.C(user.FieldLastLoginAt), *f.LastLoginBefore), sql.GT(s.C(user.FieldLastLoginAt), never))
	})
	add(f.LastLoginAfter != nil, func(s *sql.Selector) *sql.Predicate {
		return sql.GTE(s.C(user.FieldLastLoginAt), *f.LastLoginAfter)
	})
	add(f.NeverLoggedIn != nil, func(s *sql.Selector) *sql.Predicate {
		if *f.NeverLoggedIn {
			return sql.EQ(s.C(user.FieldLastLoginAt), never)
		}
		return sql.GT(s.C(user.FieldLastLoginAt), never)
	})
	add(f.CreatedBefore != nil, func(s *sql.Selector) *sql.Predicate {
		return sql.LT(s.C(user.FieldCreatedAt), *f.CreatedBefore)
	})
	add(f.CreatedAfter != nil, func(s *sql.Selector) *sql.Predicate {
		return sql.GTE(s.C(user.FieldCreatedAt), *f.CreatedAfter)
	})
}

func (f *Filter) links(add func(on bool, more condition)) {
	add(f.AccountID != nil, func(s *sql.Selector) *sql.Predicate {
		m := sql.Dialect(s.Dialect()).Select(membership.FieldUserID).From(sql.Table(membership.Table))
		return sql.In(s.C(user.FieldID), m.Where(sql.EQ(membership.FieldAccountID, *f.AccountID)))
	})
	add(f.Staff != nil, func(s *sql.Selector) *sql.Predicate {
		if *f.Staff {
			return sql.NotNull(s.C(user.FieldRoleID))
		}
		return sql.IsNull(s.C(user.FieldRoleID))
	})
	add(f.RoleIDs != nil, func(s *sql.Selector) *sql.Predicate { return sql.In(s.C(user.FieldRoleID), values(f.RoleIDs)...) })
}

// tags leaves out what is nobody's language and no text to PostgreSQL either.
func tags(languages []string) []string {
	return slices.DeleteFunc(slices.Clone(languages), func(tag string) bool { return strings.ContainsRune(tag, 0) })
}

func values[T any](list []T) []any {
	all := make([]any, len(list))
	for i, v := range list {
		all[i] = v
	}
	return all
}
