package members

import (
	"context"
	"fmt"

	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/fault"
)

// Explanation says whether somebody may do something in an account, and why.
type Explanation struct {
	access.Verdict
	UserID, AccountID int
	Permission        permission.Account
}

// Explain answers why a user may do something in an account, or may not. It is open to staff with LIST_ACCOUNTS, to the
// user themselves, and to members of the account with MANAGE_USERS; of who is no member only to staff with LIST_USERS.
// fault.NotFound: there is no such account for the viewer, or no such user.
func (s *Service) Explain(ctx context.Context, userID, accountID int, what permission.Account) (*Explanation, error) {
	if err := access.SignedIn(ctx); err != nil {
		return nil, err
	}
	v := viewer.From(ctx)
	staff := access.Staff(ctx, permission.ListAccounts) == nil
	if !staff {
		here, err := access.Here(ctx, s.DB.Client, accountID)
		if err != nil {
			return nil, err
		}
		if userID != v.UserID {
			if err := here.Require(permission.ManageUsers); err != nil {
				return nil, err
			}
		}
	}
	if there, err := s.DB.User.Query().Where(user.ID(userID)).Exist(viewer.ForSystem(ctx, "explaining an access")); err != nil {
		return nil, fmt.Errorf("loading user: %w", err)
	} else if !there {
		return nil, fault.Gone("user")
	}
	link, err := access.LinkOf(ctx, s.DB.Client, userID, accountID, s.now())
	switch {
	case err != nil:
		return nil, err
	case link == nil:
		return nil, fault.Gone("account")
	case !link.Member() && userID != v.UserID && !v.Can(permission.ListUsers):
		// Who is a user at all is not for them to know.
		return nil, fault.Gone("user")
	}
	return &Explanation{Verdict: link.On(what), UserID: userID, AccountID: accountID, Permission: what}, nil
}
