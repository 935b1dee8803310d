package access

import (
	"context"
	"fmt"
	"slices"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/generated/membership"
	"roster/ent/generated/setting"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/fault"
)

// Fact is a fact that decides about what somebody may do in an account.
type Fact string

// The facts, in the order in which they are looked at; of NotInScope only API tokens hear.
const (
	UserNotActive          Fact = "USER_NOT_ACTIVE"
	NotAMember             Fact = "NOT_A_MEMBER"
	AccountClosed          Fact = "ACCOUNT_CLOSED"
	MembershipEnded        Fact = "MEMBERSHIP_ENDED"
	UserManagementDisabled Fact = "USER_MANAGEMENT_DISABLED"
	Owner                  Fact = "OWNER"
	Granted                Fact = "GRANTED"
	NotInScope             Fact = "NOT_IN_SCOPE"
	NotGranted             Fact = "NOT_GRANTED"
)

// DisableUserManagement is the name of the setting that keeps customers from managing the users of their accounts
// (product.md C7). It stands here because it decides about access, and package settings asks access.
const DisableUserManagement = "disableClientUserManagement"

// Verdict says whether somebody may, and why: the facts that stand in the way, all of them, or the one that opens.
type Verdict struct {
	Allowed bool
	Facts   []Fact
}

// Link is what is known of somebody in an account.
type Link struct {
	active, member, closed, ended, owner bool
	held                                 []permission.Account
	// endsAt is when the membership ends; nil: it stands.
	endsAt *time.Time
	// unmanaged: customers are kept from managing users.
	unmanaged bool
	// scoped: it is an API token that acts, and may do no more than scope whatever its maker holds.
	scoped bool
	scope  []permission.Account
}

// On judges one permission. There is no other place that does.
func (l Link) On(p permission.Account) Verdict {
	var against []Fact
	for _, c := range []struct {
		so   bool
		fact Fact
	}{
		{!l.active, UserNotActive}, {!l.member, NotAMember}, {l.closed, AccountClosed}, {l.member && l.ended, MembershipEnded},
		{p == permission.ManageUsers && l.unmanaged, UserManagementDisabled},
		{l.scoped && !slices.Contains(l.scope, p), NotInScope},
	} {
		if c.so {
			against = append(against, c.fact)
		}
	}
	switch {
	case l.member && !l.owner && !slices.Contains(l.held, p):
		against = append(against, NotGranted)
	case len(against) > 0:
	case l.owner:
		return Verdict{true, []Fact{Owner}}
	default:
		return Verdict{true, []Fact{Granted}}
	}
	return Verdict{false, against}
}

// Held are the permissions in force.
func (l Link) Held() []permission.Account {
	held := []permission.Account{}
	for _, p := range permission.Accounts {
		if l.On(p).Allowed {
			held = append(held, p)
		}
	}
	return held
}

// Stands reports whether somebody belongs to the account at present, be it closed.
func (l Link) Stands() bool { return l.member && !l.ended }

// Member reports whether there is a membership, be it over.
func (l Link) Member() bool { return l.member }

// Closed reports whether nobody can act in the account.
func (l Link) Closed() bool { return l.closed }

// Owner reports whether they own the account, and act in it themselves.
func (l Link) Owner() bool { return l.Stands() && l.owner && !l.scoped }

func ended(at *time.Time, now time.Time) bool { return at != nil && !now.Before(*at) }

// LinkOf reads what is known of a user in an account, at now. nil: there is no such account.
func LinkOf(ctx context.Context, client *ent.Client, userID, accountID int, now time.Time) (*Link, error) {
	links, err := Links(ctx, client, userID, []int{accountID}, now)
	return links[accountID], err
}

// Links is LinkOf for several accounts, with the same number of statements however many they are.
func Links(ctx context.Context, client *ent.Client, userID int, accountIDs []int, now time.Time) (map[int]*Link, error) {
	ctx = viewer.ForSystem(ctx, "access")
	list, err := client.Account.Query().Where(account.IDIn(accountIDs...)).Select(account.FieldStatus).
		WithMemberships(func(q *ent.MembershipQuery) { q.Where(membership.UserID(userID)) }).
		All(ctx)
	if err != nil {
		return nil, fmt.Errorf("loading accounts: %w", err)
	}
	active, err := client.User.Query().Where(user.ID(userID), user.StateEQ(user.StateACTIVE)).Exist(ctx)
	if err != nil {
		return nil, fmt.Errorf("loading user: %w", err)
	}
	unmanaged, err := UserManagementOff(ctx, client)
	if err != nil {
		return nil, err
	}
	links := make(map[int]*Link, len(list))
	for _, a := range list {
		l := &Link{closed: a.Status == account.StatusCLOSED, active: active, unmanaged: unmanaged}
		for _, m := range a.Edges.Memberships {
			l.member, l.owner, l.held, l.endsAt, l.ended = true, m.Owner, m.Permissions, m.EndsAt, ended(m.EndsAt, now)
		}
		links[a.ID] = l
	}
	return links, nil
}

// UserManagementOff reports whether customers are kept from managing the users of their accounts.
func UserManagementOff(ctx context.Context, client *ent.Client) (bool, error) {
	off, err := client.Setting.Query().Where(setting.ID(DisableUserManagement), setting.Value("true")).Exist(viewer.ForSystem(ctx, "access"))
	if err != nil {
		return false, fmt.Errorf("loading a setting: %w", err)
	}
	return off, nil
}

// Here is what the viewer is in an account. fault.NotFound: it is not theirs, or not there, which is one answer
// (security.md #42).
func Here(ctx context.Context, client *ent.Client, accountID int) (*Link, error) {
	if err := SignedIn(ctx); err != nil {
		return nil, err
	}
	own, err := Own(ctx, client, []int{accountID})
	if err != nil {
		return nil, err
	}
	l := own[accountID]
	if l == nil || !l.Stands() {
		return nil, fault.Gone("account")
	}
	return l, nil
}

// Own is what the viewer is in each of the accounts, as far as they are anything there: a personal token is what its maker
// is, within its scopes.
func Own(ctx context.Context, client *ent.Client, accountIDs []int) (map[int]*Link, error) {
	v := viewer.From(ctx)
	return OwnOf(ctx, client, v, accountIDs, v.At)
}

// OwnOf is Own for another viewer than that of the request, at now.
func OwnOf(ctx context.Context, client *ent.Client, v *viewer.Viewer, accountIDs []int, now time.Time) (map[int]*Link, error) {
	reached := slices.DeleteFunc(slices.Clone(accountIDs), func(id int) bool { return !v.Reaches(id) })
	if v.Self() == 0 || len(reached) == 0 {
		return map[int]*Link{}, nil
	}
	links, err := Links(ctx, client, v.Self(), reached, now)
	if v.TokenID != 0 {
		for id, l := range links {
			l.scoped, l.scope = true, v.Scopes[id]
		}
	}
	return links, err
}

// Require refuses viewers who do not hold every one of need in the account: fault.NotFound for those who are not in
// it at all; fault.Forbidden, with the deciding facts, for members who lack one.
func Require(ctx context.Context, client *ent.Client, accountID int, need ...permission.Account) error {
	l, err := Here(ctx, client, accountID)
	if err != nil {
		return err
	}
	return l.Require(need...)
}

// Require refuses whom one of need is not open to, with fault.Forbidden and the deciding facts.
func (l Link) Require(need ...permission.Account) error {
	for _, p := range need {
		if v := l.On(p); !v.Allowed {
			f := fault.Missing(string(p))
			for _, fact := range v.Facts {
				f.Reasons = append(f.Reasons, string(fact))
			}
			return f
		}
	}
	return nil
}

// Office is in which capacity the viewer acts in an account: as staff, or as a member who holds so much.
type Office struct {
	Staff bool
	*Link
}

// In returns in which capacity the viewer may act in an account: as staff with the admin permission, or as a member
// with the account permission. fault.NotFound, fault.Forbidden: neither.
func In(ctx context.Context, client *ent.Client, accountID int, staff permission.Admin, member permission.Account) (Office, error) {
	v := viewer.From(ctx)
	if system(v) || v.Can(staff) {
		return Office{Staff: true}, nil
	}
	l, err := Here(ctx, client, accountID)
	if fault.Is(err, fault.NotFound) && v.IsStaff() {
		return Office{}, fault.Missing(string(staff))
	} else if err != nil {
		return Office{}, err
	}
	return Office{Link: l}, l.Require(member)
}

// Managing is In for who may reach the account and what they may do there.
func Managing(ctx context.Context, client *ent.Client, accountID int) (Office, error) {
	return In(ctx, client, accountID, permission.ManageMemberships, permission.ManageUsers)
}

// Covers reports whether the viewer may hand all of the permissions on: staff may, a member those that they hold
// themselves (security.md #46).
func (o Office) Covers(list []permission.Account) bool {
	if o.Staff {
		return true
	}
	for _, p := range list {
		if !o.On(p).Allowed {
			return false
		}
	}
	return true
}

// Outlasts reports whether the viewer may let somebody be in the account until then, nil for good: staff may, a member as
// long as they are in it themselves. Else who is there for a time would stay by a hand of their own.
func (o Office) Outlasts(end *time.Time) bool { return o.Staff || o.Link.Outlasts(end) }

// Outlasts reports whether the membership lasts until then; nil: for good.
func (l Link) Outlasts(end *time.Time) bool {
	return l.endsAt == nil || end != nil && !end.After(*l.endsAt)
}

// MayHandOn reports whether somebody manages users and holds all of the permissions, whatever the setting that keeps
// customers from managing users says.
func (l Link) MayHandOn(list []permission.Account) bool {
	l.unmanaged = false
	for _, p := range append([]permission.Account{permission.ManageUsers}, list...) {
		if !l.On(p).Allowed {
			return false
		}
	}
	return true
}

// SeesFellow reports whether the viewer may see somebody who shares an account with them: its owner, whom everybody in it
// sees, or anybody in an account whose users they manage.
func SeesFellow(ctx context.Context, client *ent.Client, userID int) (bool, error) {
	v := viewer.From(ctx)
	if v.UserID == 0 {
		return false, nil
	}
	theirs, err := client.Membership.Query().Where(membership.UserID(userID),
		membership.HasAccountWith(account.HasMembershipsWith(membership.UserID(v.UserID)))).All(viewer.ForSystem(ctx, "access"))
	if err != nil {
		return false, fmt.Errorf("loading memberships: %w", err)
	}
	accounts := make([]int, len(theirs))
	for i, m := range theirs {
		accounts[i] = m.AccountID
	}
	links, err := Own(ctx, client, accounts)
	if err != nil {
		return false, err
	}
	for _, m := range theirs {
		if l := links[m.AccountID]; l != nil && (m.Owner && l.Stands() || l.On(permission.ManageUsers).Allowed) {
			return true, nil
		}
	}
	return false, nil
}
