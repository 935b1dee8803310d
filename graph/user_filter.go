package graph

import (
	"roster/ent/gid"
	"roster/graph/generated/model"
	"roster/internal/users"
)

// filterOf turns the filter of the API into the domain's: the same members, with row numbers for global IDs.
// fault.Invalid: an ID is malformed. An ID of something else matches nobody.
func filterOf(in *model.UserFilter) (users.Filter, error) {
	if in == nil {
		return users.Filter{}, nil
	}
	f := users.Filter{
		Search: in.Search, Email: in.Email,
		TwoFactorEnabled: in.TwoFactorEnabled, SecurityQuestionSet: in.SecurityQuestionSet, EmailVerified: in.EmailVerified,
		States: in.State, Languages: in.Language, Verifications: in.Verification,
		LastLoginBefore: in.LastLoginBefore, LastLoginAfter: in.LastLoginAfter, NeverLoggedIn: in.NeverLoggedIn,
		CreatedBefore: in.CreatedBefore, CreatedAfter: in.CreatedAfter, Staff: in.Staff,
	}
	var err error
	if f.And, err = filtersOf(in.And); err != nil {
		return f, err
	}
	if f.Or, err = filtersOf(in.Or); err != nil {
		return f, err
	}
	if in.Not != nil {
		not, err := filterOf(in.Not)
		if err != nil {
			return f, err
		}
		f.Not = &not
	}
	if in.AccountID != nil {
		id, err := rowOf("", gid.Account, *in.AccountID)
		if err != nil {
			return f, err
		}
		f.AccountID = &id
	}
	if in.Role != nil {
		f.RoleIDs = []int{}
	}
	for _, role := range in.Role {
		id, err := rowOf("", gid.Role, role)
		if err != nil {
			return f, err
		}
		f.RoleIDs = append(f.RoleIDs, id)
	}
	return f, nil
}

func filtersOf(in []*model.UserFilter) ([]users.Filter, error) {
	if in == nil {
		return nil, nil
	}
	list := make([]users.Filter, len(in))
	for i, one := range in {
		var err error
		if list[i], err = filterOf(one); err != nil {
			return nil, err
		}
	}
	return list, nil
}
