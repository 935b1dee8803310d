package graph

import (
	"context"
	"maps"
	"sync"

	ent "roster/ent/generated"
	"roster/internal/access"
	"roster/internal/factors"
	"roster/internal/members"
	"roster/internal/questions"
	"roster/internal/signin"
	"roster/internal/verification"
)

// loaders answer the questions of many rows at once, within one request.
type loaders struct {
	resolver *Resolver
	// Rows that the answer holds, and rows that those point to.
	hereUsers, hereAccounts, hereQuestions, thereUsers, thereAccounts, thereRoles, hereTokens siblings[int]

	users    batch[int, *ent.User]
	accounts batch[int, *ent.Account]
	roles    batch[int, *ent.Role]
	owners   batch[int, int]
	chosen   batch[int, *questions.Chosen]
	uses     batch[int, int]
	locks    batch[int, signin.Locks]
	passkeys batch[int, int]
	factors  batch[int, factors.State]
	usable   batch[int, bool]

	// proofs are those of identity, each with what hangs on it.
	proofs     batch[int, *verification.State]
	steps      batch[int, []*ent.VerificationStep]
	proofFiles batch[int, []*ent.VerificationFile]
	applicable batch[int, bool]

	// links are what the viewer is in accounts, own their memberships there.
	links batch[int, *access.Link]
	own   batch[int, *ent.Membership]

	sessions batch[int, []*signin.Standing]
	tries    batch[int, int]

	mu sync.Mutex
	// histories are the newest sign-ins of users, by how many.
	histories map[int]*batch[int, *signin.History]
	// pages are the first pages of users' memberships, by size.
	pages map[int]*batch[int, *members.Page]
}

type loadersKey struct{}

func (r *Resolver) withLoaders(ctx context.Context) context.Context {
	l := &loaders{resolver: r, pages: map[int]*batch[int, *members.Page]{}, histories: map[int]*batch[int, *signin.History]{}}
	l.users.fetch, l.users.known = l.fetchUsers, &l.thereUsers
	l.accounts.fetch, l.accounts.known = r.Accounts.ByIDs, &l.thereAccounts
	l.roles.fetch, l.roles.known = r.Staff.RolesByIDs, &l.thereRoles
	l.owners.fetch, l.owners.known = l.fetchOwners, &l.hereAccounts
	l.links.fetch, l.links.known = r.viewerLinks, &l.hereAccounts
	l.own.fetch, l.own.known = r.Members.Own, &l.hereAccounts
	l.chosen.fetch, l.chosen.known = r.Questions.ChosenBy, &l.hereUsers
	l.uses.fetch, l.uses.known = r.Questions.UsesOf, &l.hereQuestions
	l.locks.fetch, l.locks.known = r.SignIns.LocksOf, &l.hereUsers
	l.passkeys.fetch, l.passkeys.known = r.Passkeys.Counts, &l.hereUsers
	l.factors.fetch, l.factors.known = r.Factors.States, &l.hereUsers
	l.proofs.fetch, l.proofs.known = r.Identity.States, &l.hereUsers
	l.steps.fetch, l.steps.known = r.stepsOf, &l.hereUsers
	l.proofFiles.fetch, l.proofFiles.known = r.Identity.Files, &l.hereUsers
	l.applicable.fetch, l.applicable.known = r.Identity.Applicable, &l.hereUsers
	l.usable.fetch, l.usable.known = r.Tokens.Usable, &l.hereTokens
	l.sessions.fetch, l.sessions.known = r.SignIns.SessionsOf, &l.hereUsers
	l.tries.fetch, l.tries.known = r.SignIns.CountHistories, &l.hereUsers
	return context.WithValue(ctx, loadersKey{}, l)
}

func load(ctx context.Context) *loaders { return ctx.Value(loadersKey{}).(*loaders) }

// list announces users that stand side by side in the answer.
func (l *loaders) list(users []*ent.User) {
	ids, roles := make([]int, 0, len(users)), []int{}
	for _, u := range users {
		ids = append(ids, u.ID)
		if u.RoleID != nil {
			roles = append(roles, *u.RoleID)
		}
	}
	l.hereUsers.add(ids...)
	l.thereRoles.add(roles...)
}

// listAccounts announces accounts that stand side by side in the answer.
func (l *loaders) listAccounts(accounts []*ent.Account) {
	for _, a := range accounts {
		l.hereAccounts.add(a.ID)
	}
}

// pointed announces a user whom a row points to, if any.
func (l *loaders) pointed(userID *int) {
	if userID != nil {
		l.thereUsers.add(*userID)
	}
}

// user and account load what an object points to; nil: it is not there any more.
func (l *loaders) user(ctx context.Context, id int) (*ent.User, error) {
	u, err := l.users.load(ctx, id)
	return u, nullIfGone(err)
}

func (l *loaders) account(ctx context.Context, id int) (*ent.Account, error) {
	a, err := l.accounts.load(ctx, id)
	return a, nullIfGone(err)
}

// viewerLinks are what the viewer is in each of the accounts.
func (r *Resolver) viewerLinks(ctx context.Context, accounts []int) (map[int]*access.Link, error) {
	links := make(map[int]*access.Link, len(accounts))
	for _, id := range accounts {
		links[id] = nil
	}
	found, err := access.Own(ctx, r.Users.DB.Client, accounts)
	maps.Copy(links, found)
	return links, err
}

// memberships returns a page of a user's memberships. First pages are fetched for all users of a list together.
func (l *loaders) memberships(ctx context.Context, ask members.Ask) (*members.Page, error) {
	if ask.After == "" {
		return l.firstPages(ask.First).load(ctx, ask.UserID)
	}
	page, err := l.resolver.Members.Further(ctx, ask)
	if err != nil {
		return nil, err
	}
	l.linked(page)
	return page, nil
}

func (l *loaders) firstPages(size int) *batch[int, *members.Page] {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pages[size] == nil {
		l.pages[size] = &batch[int, *members.Page]{
			known: &l.hereUsers,
			fetch: func(ctx context.Context, users []int) (map[int]*members.Page, error) {
				pages, err := l.resolver.Members.OfUsers(ctx, users, size)
				for _, page := range pages {
					l.linked(page)
				}
				return pages, err
			},
		}
	}
	return l.pages[size]
}

// linked announces what the memberships of a page lead to: of one account's also the users, who stand side by side.
func (l *loaders) linked(page *members.Page) {
	var users []*ent.User
	for _, m := range page.Memberships {
		l.thereUsers.add(m.UserID)
		l.thereAccounts.add(m.AccountID)
		l.hereAccounts.add(m.AccountID)
		if m.Edges.User != nil {
			users = append(users, m.Edges.User)
		}
	}
	l.list(users)
}

func (l *loaders) fetchUsers(ctx context.Context, ids []int) (map[int]*ent.User, error) {
	users, err := l.resolver.Users.ByIDs(ctx, ids)
	for _, u := range users {
		if u.RoleID != nil {
			l.thereRoles.add(*u.RoleID)
		}
	}
	return users, err
}

func (l *loaders) fetchOwners(ctx context.Context, accounts []int) (map[int]int, error) {
	owners, err := l.resolver.Members.OwnerIDs(ctx, accounts)
	for _, user := range owners {
		l.thereUsers.add(user)
		l.hereUsers.add(user)
	}
	return owners, err
}

// history returns a page of a user's sign-ins. First pages are fetched for all users of a list together.
func (l *loaders) history(ctx context.Context, ask members.Ask) (*signin.History, error) {
	if ask.After != "" {
		return l.resolver.SignIns.FurtherHistory(ctx, ask.UserID, ask.First, ask.After)
	}
	return l.newest(ask.First).load(ctx, ask.UserID)
}

func (l *loaders) newest(size int) *batch[int, *signin.History] {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.histories[size] == nil {
		l.histories[size] = &batch[int, *signin.History]{
			known: &l.hereUsers,
			fetch: func(ctx context.Context, users []int) (map[int]*signin.History, error) {
				return l.resolver.SignIns.HistoriesOf(ctx, users, size)
			},
		}
	}
	return l.histories[size]
}
