package members

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/membership"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/mail"
	"roster/internal/throttle"
)

// Most is how many memberships are changed at once.
const Most = 100

// Change is what a member may do from now on, and until when.
type Change struct {
	ID          int
	Permissions []permission.Account
	// EndsAt is from when on the membership counts for nothing; nil: it stands.
	EndsAt *time.Time
	// Version is the one that the change is based on; nil: whatever is there.
	Version *int
}

// StaleError is the refusal of changes that are based on versions which are out of date.
type StaleError struct {
	// List is all that is wrong with the changes.
	fault.List
	// Present are the memberships as somebody else left them.
	Present []*ent.Membership
}

// Unwrap is the faults.
func (e *StaleError) Unwrap() error { return e.List }

// Update changes one membership; see Save.
func (s *Service) Update(ctx context.Context, c Change) (*ent.Membership, error) {
	list, err := s.save(ctx, []Change{c}, func(int) string { return "" })
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// Save changes several memberships, of any accounts: all of them or none. Staff need MANAGE_MEMBERSHIPS, members
// MANAGE_USERS in each account; those can neither grant what they lack, nor touch the owner, themselves, or who holds more
// (security.md #46). The users are told by mail. Faults on changes.N: membershipId fault.Invalid (named twice),
// fault.NotAllowed; permissions fault.Required, fault.NotAllowed; endsAt fault.Invalid, fault.NotAllowed (after one's own
// end); version fault.Conflict, in a *StaleError. fault.NotFound: one is not there, or not for the viewer to see.
func (s *Service) Save(ctx context.Context, changes []Change) ([]*ent.Membership, error) {
	switch {
	case len(changes) == 0:
		return []*ent.Membership{}, nil
	case len(changes) > Most:
		return nil, fault.On("changes", fault.TooLong, "At most 100 memberships are changed at once.")
	}
	return s.save(ctx, changes, func(i int) string { return "changes." + strconv.Itoa(i) + "." })
}

func (s *Service) save(ctx context.Context, changes []Change, at func(i int) string) ([]*ent.Membership, error) {
	if err := access.SignedIn(ctx); err != nil {
		return nil, err
	}
	after := make([]*ent.Membership, len(changes))
	err := s.act(ctx, audit.Entry{Action: audit.MemberUpdated}, func(ctx context.Context, tx *db.Tx, entry *audit.Entry) error {
		before, err := s.hold(ctx, tx, idsOf(changes), entry)
		if err != nil {
			return err
		}
		var problems fault.List
		var stale []*ent.Membership
		seen := map[int]bool{}
		for i, c := range changes {
			m := before[c.ID]
			err := s.allowed(ctx, m, c)
			if fault.Is(err, fault.Conflict) {
				stale = append(stale, m.Membership)
			}
			if seen[c.ID] {
				err = fault.On("membershipId", fault.Invalid, "This membership is named twice.")
			}
			seen[c.ID] = true
			if err != nil {
				problems = append(problems, prefixed(at(i), err)...)
			}
		}
		if len(stale) > 0 {
			return &StaleError{problems, stale}
		}
		if err := problems.Err(); err != nil {
			return err
		}
		for i, c := range changes {
			if after[i], err = s.write(ctx, tx, before[c.ID].Membership, c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return after, nil
}

// act runs an act upon memberships; what it is upon is known only inside, so the entry of a refusal is filled in there.
func (s *Service) act(ctx context.Context, entry audit.Entry, do func(ctx context.Context, tx *db.Tx, entry *audit.Entry) error) error {
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		noted := entry
		err := do(ctx, tx, &noted)
		if audit.Worth(err) {
			tx.Remember(func(ctx context.Context, tx *db.Tx) error { return audit.Refused(ctx, tx, s.now(), noted, err) })
		}
		return err
	})
}

// idsOf are those of the memberships, each once.
func idsOf(changes []Change) []int {
	ids := make([]int, len(changes))
	for i, c := range changes {
		ids[i] = c.ID
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// held is a membership that the transaction keeps, with the capacity in which the viewer may touch it.
type held struct {
	*ent.Membership
	office access.Office
}

// hold finds the memberships, keeps their accounts to the transaction in one order, and reads them again. fault.NotFound:
// one is not there, or the viewer is not in its account. fault.Forbidden: the viewer may not manage users there.
func (s *Service) hold(ctx context.Context, tx *db.Tx, ids []int, entry *audit.Entry) (map[int]held, error) {
	system := viewer.ForSystem(ctx, "memberships")
	there, err := tx.Membership.Query().Where(membership.IDIn(ids...)).Select(membership.FieldAccountID).All(system)
	if err != nil {
		return nil, fmt.Errorf("finding memberships: %w", err)
	} else if len(there) < len(ids) {
		return nil, fault.Gone("membership")
	}
	offices, err := s.offices(ctx, tx, accountsOf(there), entry)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Membership.Query().Where(membership.IDIn(ids...)).WithUser().WithAccount().All(system)
	if err != nil {
		return nil, fmt.Errorf("loading memberships: %w", err)
	}
	found := make(map[int]held, len(rows))
	for _, m := range rows {
		found[m.ID] = held{m, offices[m.AccountID]}
	}
	for _, id := range ids {
		if _, there := found[id]; !there {
			return nil, fault.Gone("membership")
		}
	}
	if len(ids) == 1 {
		entry.AboutUserID = found[ids[0]].UserID
	}
	return found, nil
}

func accountsOf(list []*ent.Membership) []int {
	var ids []int
	for _, m := range list {
		ids = append(ids, m.AccountID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// offices keeps the accounts to the transaction, in their order, and says in which capacity the viewer acts in each. An
// account that is not the viewer's comes before one in which they may not, and is not recorded: else the answer, or their
// own record of it, would tell whether there is such a membership, and of which account (security.md #42).
func (s *Service) offices(ctx context.Context, tx *db.Tx, accounts []int, entry *audit.Entry) (map[int]access.Office, error) {
	offices := map[int]access.Office{}
	var refusal error
	var upon int
	for _, id := range accounts {
		if _, err := tx.LockAccount(ctx, id); err != nil {
			return nil, err
		}
		office, err := access.Managing(ctx, tx.Client, id)
		switch {
		case fault.Is(err, fault.NotFound):
			return nil, fault.Gone("membership")
		case err != nil && refusal == nil:
			refusal, upon = err, id
		case refusal == nil:
			upon = id
		}
		offices[id] = office
	}
	entry.Target = audit.OnAccount(upon)
	return offices, refusal
}

// allowed refuses a change that may not be.
func (s *Service) allowed(ctx context.Context, m held, c Change) error {
	switch {
	case c.Version != nil && *c.Version != m.Version:
		return fault.On("version", fault.Conflict, "Somebody else changed this membership in the meantime.")
	case m.Owner:
		return fault.On("membershipId", fault.NotAllowed, "The owner holds every permission, and for good.")
	case len(c.Permissions) == 0:
		return fault.On("permissions", fault.Required, "Please choose at least one permission.")
	}
	if err := CheckEnd("endsAt", c.EndsAt, s.now()); err != nil && !same(c.EndsAt, m.EndsAt) {
		return err
	}
	if err := m.touchable(ctx); err != nil {
		return err
	}
	if !m.office.Covers(c.Permissions) {
		return fault.On("permissions", fault.NotAllowed, "You can grant only what you hold yourself.")
	}
	if !same(c.EndsAt, m.EndsAt) && !m.office.Outlasts(c.EndsAt) {
		return TooLong()
	}
	return nil
}

// TooLong is the refusal of an end after that of who sets it.
func TooLong() error {
	return fault.On("endsAt", fault.NotAllowed, "Your own access ends before that, so choose an earlier end.")
}

// touchable refuses members of the account to touch themselves, or who holds more than they do.
func (m held) touchable(ctx context.Context) error {
	switch {
	case m.office.Staff:
		return access.OverMaker(ctx, m.UserID)
	case m.UserID == viewer.From(ctx).Self():
		return fault.On("membershipId", fault.NotAllowed, "You can't change what you may do yourself.")
	case !m.office.Covers(m.Permissions):
		return fault.On("membershipId", fault.NotAllowed, "This member holds a permission that you do not have.")
	}
	return nil
}

// CheckEnd refuses an end that does not lie ahead, with fault.Invalid on the field.
func CheckEnd(field string, end *time.Time, now time.Time) error {
	if end != nil && (!end.After(now) || end.Year() > 9999) {
		return fault.On(field, fault.Invalid, "The end must lie ahead.")
	}
	return nil
}

func same(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

// Ordered is the set of permissions, each once, in the order in which people read them.
func Ordered(list []permission.Account) []permission.Account {
	ordered := []permission.Account{}
	for _, p := range permission.Accounts {
		if slices.Contains(list, p) {
			ordered = append(ordered, p)
		}
	}
	return ordered
}

// write stores the change, records it, and tells the user; what changes nothing leaves no trace.
func (s *Service) write(ctx context.Context, tx *db.Tx, before *ent.Membership, c Change) (*ent.Membership, error) {
	wanted := Ordered(c.Permissions)
	if slices.Equal(wanted, before.Permissions) && same(c.EndsAt, before.EndsAt) {
		return before, nil
	}
	update := tx.Membership.UpdateOneID(before.ID).SetPermissions(wanted).AddVersion(1)
	if c.EndsAt == nil {
		update.ClearEndsAt()
	} else {
		update.SetEndsAt(c.EndsAt.UTC().Truncate(time.Microsecond))
	}
	after, err := update.Save(viewer.ForSystem(ctx, "memberships"))
	if err != nil {
		return nil, fmt.Errorf("saving a membership: %w", err)
	}
	if err := s.tell(ctx, tx, before, mail.PermissionsChanged, nil); err != nil {
		return nil, err
	}
	return after, audit.Record(ctx, tx, s.now(), audit.Entry{
		Action: audit.MemberUpdated, Target: audit.OnAccount(before.AccountID), AboutUserID: before.UserID,
		Detail: map[string]any{
			"before": map[string]any{"permissions": before.Permissions, "endsAt": before.EndsAt},
			"after":  map[string]any{"permissions": wanted, "endsAt": after.EndsAt},
		},
	})
}

// tell mails the member what was done, unless they had enough such mails; m has user and account loaded.
func (s *Service) tell(ctx context.Context, tx *db.Tx, m *ent.Membership, about mail.Kind, more map[string]string) error {
	u := m.Edges.User
	if about == mail.PermissionsChanged || about == mail.OwnershipOffered { // they can be caused again and again
		err := throttle.News.Take(ctx, tx, throttle.User(u.ID), s.now())
		if throttle.IsRefusal(err) {
			return nil
		} else if err != nil {
			return err
		}
	}
	params := map[string]string{"name": u.Name(), "account": m.Edges.Account.Name}
	for name, value := range more {
		params[name] = value
	}
	return s.Outbox.Enqueue(ctx, tx, s.now(), mail.Message{
		Kind: about, To: u.Email, UserID: u.ID, AccountID: m.AccountID, Language: u.Language, Params: params,
	})
}

// prefixed puts the place of a change before the fields of its faults.
func prefixed(place string, err error) fault.List {
	var one *fault.Error
	if !errors.As(err, &one) {
		return nil
	}
	if place == "" {
		return fault.List{one}
	}
	f := *one
	moved := fault.On(place+f.Field[0], f.Code, f.Message)
	return fault.List{moved}
}
