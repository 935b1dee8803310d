package imports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/generated/membership"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/accounts"
	"roster/internal/db"
	"roster/internal/name"
	"roster/internal/users"
)

// errMeanwhile says that the plan was made for a database that is another one by now. Hashing takes long enough for that.
var errMeanwhile = errors.New("one of these users or accounts was made, changed or deleted meanwhile; please run the import again")

// together is how many keys one look-up asks for.
const together = 500

// wrap hashes the imported hashes of people who are not there yet, outside of any transaction: it takes long.
func (s *Service) wrap(ctx context.Context, p *plan) (map[*found[person]]string, error) {
	there, err := peopleThere(viewer.ForSystem(ctx, "import"), s.DB.Client, p.addresses())
	if err != nil {
		return nil, err
	}
	var waiting []*found[person]
	for _, who := range p.people {
		if who.what.hash != "" && there[who.what.address.Key] == nil {
			waiting = append(waiting, who)
		}
	}
	wrapped := make([]string, len(waiting))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i, who := range waiting {
		work.Go(func() (err error) {
			wrapped[i], err = s.Passwords.Wrap(ctx, who.what.hash)
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return nil, fmt.Errorf("hashing the imported hashes: %w", err)
	}
	hashes := make(map[*found[person]]string, len(waiting))
	for i, who := range waiting {
		hashes[who] = wrapped[i]
	}
	return hashes, nil
}

// apply writes what is not there yet, and counts.
func (s *Service) apply(ctx context.Context, tx *db.Tx, p *plan, hashes map[*found[person]]string, r *Report) error {
	if err := s.applyPeople(ctx, tx, p, hashes, r); err != nil {
		return err
	}
	if err := s.applyCompanies(ctx, tx, p, r); err != nil {
		return err
	}
	return s.applyLinks(ctx, tx, p, r)
}

func (s *Service) applyPeople(ctx context.Context, tx *db.Tx, p *plan, hashes map[*found[person]]string, r *Report) error {
	there, err := peopleThere(ctx, tx.Client, p.addresses())
	if err != nil {
		return err
	}
	var added []*found[person]
	for _, who := range p.people {
		u := there[who.what.address.Key]
		if who.isNew = u == nil; who.isNew {
			added = append(added, who)
			continue
		}
		if users.Claimed(u) && !p.present.claimed[u.EmailKey] {
			return errMeanwhile
		}
		who.id = u.ID
		r.People.Present++
		if u.FirstName != who.what.first || u.LastName != who.what.last || u.Language != who.what.language {
			r.People.Differ++
		}
	}
	r.People.Added = len(added)
	now := s.now()
	err = tx.Insert(ctx, "users", []string{
		"first_name", "last_name", "name_key", "last_key", "email", "email_key", "search_text", "email_verified", "language", "state",
		"two_factor_enabled", "security_question_set", "last_login_at", "created_at", "updated_at", "version", "credential_version",
	}, each(added, func(who *found[person]) []any {
		w := who.what
		k := users.KeysOf(w.first, w.last, w.address)
		return []any{
			w.first, w.last, k.Name, k.Last, w.address.Spelling, w.address.Key, k.Search, false, w.language, string(user.StateACTIVE),
			false, false, w.lastLogin, now, now, 1, 1,
		}
	}))
	if db.IsDuplicate(err) {
		return errMeanwhile
	} else if err != nil {
		return err
	}
	if there, err = peopleThere(ctx, tx.Client, p.addresses()); err != nil {
		return err
	}
	var withPassword []*found[person]
	for _, who := range added {
		who.id = there[who.what.address.Key].ID
		if hashes[who] != "" {
			withPassword = append(withPassword, who)
		}
	}
	return tx.Insert(ctx, "passwords", []string{"user_id", "hash", "wrapped", "changed_at"},
		each(withPassword, func(who *found[person]) []any { return []any{who.id, hashes[who], true, now} }))
}

func (s *Service) applyCompanies(ctx context.Context, tx *db.Tx, p *plan, r *Report) error {
	there, err := companiesThere(ctx, tx.Client, keysOf(p.companies))
	if err != nil {
		return err
	}
	var added []*found[company]
	for _, c := range p.companies {
		found := there[c.what.address.Key]
		if standingOf(found) != p.present.accounts[c.what.address.Key] {
			return errMeanwhile
		}
		if c.isNew = len(found) == 0; c.isNew {
			added = append(added, c)
			continue
		}
		c.id = found[0].ID
		r.Accounts.Present++
		if found[0].Name != c.what.name || found[0].Status != c.what.status {
			r.Accounts.Differ++
		}
	}
	r.Accounts.Added = len(added)
	now := s.now()
	err = tx.Insert(ctx, "accounts", []string{"name", "name_key", "email", "email_key", "search_text", "status", "created_at", "updated_at", "version"},
		each(added, func(c *found[company]) []any {
			w := c.what
			return []any{w.name, name.Fold(w.name), w.address.Spelling, w.address.Key, accounts.SearchText(w.name, w.address), string(w.status), now, now, 1}
		}))
	if err != nil {
		return err
	}
	if there, err = companiesThere(ctx, tx.Client, keysOf(p.companies)); err != nil {
		return err
	}
	for _, c := range added {
		c.id = there[c.what.address.Key][0].ID
	}
	return nil
}

func (s *Service) applyLinks(ctx context.Context, tx *db.Tx, p *plan, r *Report) error {
	there, owned, err := linksThere(ctx, tx.Client, p)
	if err != nil {
		return err
	}
	var added []*placed
	for _, l := range p.links {
		m := there[[2]int{l.person.id, l.company.id}]
		switch {
		case m != nil:
			r.Links.Present++
			if m.Owner != l.owner || !l.owner && !same(m.Permissions, l.permissions) {
				r.Links.Differ++
			}
		case l.owner && owned[l.company.id]: // the account's owner stays; this one is told, and not made a member unasked
			r.Links.Differ++
		default:
			added = append(added, l)
		}
	}
	r.Links.Added = len(added)
	now := s.now()
	return tx.Insert(ctx, "memberships", []string{"user_id", "account_id", "owner", "permissions", "last_seen_at", "since"},
		func(yield func([]any, error) bool) {
			for _, l := range added {
				held, err := json.Marshal(append([]permission.Account{}, l.permissions...))
				if !yield([]any{l.person.id, l.company.id, l.owner, string(held), l.person.what.lastLogin, now}, err) {
					return
				}
			}
		})
}

func same(a, b []permission.Account) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func each[T any](list []T, row func(T) []any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, one := range list {
			if !yield(row(one), nil) {
				return
			}
		}
	}
}

func (p *plan) addresses() []string {
	keys := make([]string, len(p.people))
	for i, who := range p.people {
		keys[i] = who.what.address.Key
	}
	return keys
}

func peopleThere(ctx context.Context, client *ent.Client, keys []string) (map[string]*ent.User, error) {
	there := make(map[string]*ent.User, len(keys))
	for some := range slices.Chunk(keys, together) {
		rows, err := client.User.Query().Where(user.EmailKeyIn(some...)).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("looking for the people of the file: %w", err)
		}
		for _, u := range rows {
			there[u.EmailKey] = u
		}
	}
	return there, nil
}

func keysOf(list []*found[company]) []string {
	keys := make([]string, len(list))
	for i, c := range list {
		keys[i] = c.what.address.Key
	}
	return keys
}

// companiesThere returns the accounts with the addresses, with their owners.
func companiesThere(ctx context.Context, client *ent.Client, keys []string) (map[string][]*ent.Account, error) {
	there := make(map[string][]*ent.Account, len(keys))
	for some := range slices.Chunk(keys, together) {
		rows, err := client.Account.Query().Where(account.EmailKeyIn(some...)).
			WithMemberships(func(q *ent.MembershipQuery) { q.Where(membership.Owner(true)).WithUser() }).
			All(ctx)
		if err != nil {
			return nil, fmt.Errorf("looking for the accounts of the file: %w", err)
		}
		for _, a := range rows {
			there[a.EmailKey] = append(there[a.EmailKey], a)
		}
	}
	return there, nil
}

// linksThere returns the memberships of the file's accounts by user and account, and which accounts have an owner.
func linksThere(ctx context.Context, client *ent.Client, p *plan) (map[[2]int]*ent.Membership, map[int]bool, error) {
	there, owned := map[[2]int]*ent.Membership{}, map[int]bool{}
	for some := range slices.Chunk(p.companies, together) {
		var ids []int
		for _, c := range some {
			if !c.isNew {
				ids = append(ids, c.id)
			}
		}
		rows, err := client.Membership.Query().Where(membership.AccountIDIn(ids...)).All(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("looking for the links of the file: %w", err)
		}
		for _, m := range rows {
			there[[2]int{m.UserID, m.AccountID}] = m
			owned[m.AccountID] = owned[m.AccountID] || m.Owner
		}
	}
	return there, owned, nil
}

// Print writes the report for people.
func (r *Report) Print() string {
	var b strings.Builder
	for _, f := range r.Faults {
		fmt.Fprintln(&b, f)
	}
	if len(r.Faults) > 0 {
		fmt.Fprintf(&b, "\n%d of %d lines have faults.\n", r.Skipped, r.Lines)
	}
	switch {
	case r.Done:
		fmt.Fprintln(&b, "Imported:")
	case r.DryRun && (len(r.Faults) == 0 || r.People != Count{}):
		fmt.Fprintln(&b, "A dry run: nothing was changed. It would be:")
	default:
		fmt.Fprintln(&b, "Nothing was imported.")
		return b.String()
	}
	for _, c := range []struct {
		what string
		Count
	}{{"people", r.People}, {"accounts", r.Accounts}, {"links", r.Links}} {
		fmt.Fprintf(&b, "  %-8s  %d added, %d there already", c.what, c.Added, c.Present)
		if c.Differ > 0 {
			fmt.Fprintf(&b, "; %d not as the file says, and left as they are", c.Differ)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
