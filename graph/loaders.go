package graph

import (
	"context"
	"sync"
	"time"

	"github.com/vikstrous/dataloadgen"

	ent "roster/ent/generated"
	"roster/internal/members"
)

// together is how long a loader waits for others to ask too.
const together = time.Millisecond

// loaders answer the questions of many rows at once, within one request. Each is made when first asked.
type loaders struct {
	users       func() *dataloadgen.Loader[int, *ent.User]
	accounts    func() *dataloadgen.Loader[int, *ent.Account]
	roles       func() *dataloadgen.Loader[int, *ent.Role]
	owners      func() *dataloadgen.Loader[int, int]
	memberships func() *dataloadgen.Loader[members.Ask, *members.Page]
	passkeys    func() *dataloadgen.Loader[int, int]
}

type loadersKey struct{}

func (r *Resolver) withLoaders(ctx context.Context) context.Context {
	return context.WithValue(ctx, loadersKey{}, &loaders{
		users:       lazily(r.Users.ByIDs),
		accounts:    lazily(r.Accounts.ByIDs),
		roles:       lazily(r.Staff.RolesByIDs),
		owners:      lazily(r.Members.OwnerIDs),
		memberships: lazily(r.Members.OfUsers),
		passkeys:    lazily(r.Passkeys.Counts),
	})
}

func lazily[K comparable, V any](fetch func(context.Context, []K) (map[K]V, error)) func() *dataloadgen.Loader[K, V] {
	return sync.OnceValue(func() *dataloadgen.Loader[K, V] {
		return dataloadgen.NewMappedLoader(fetch, dataloadgen.WithWait(together))
	})
}

func load(ctx context.Context) *loaders { return ctx.Value(loadersKey{}).(*loaders) }
