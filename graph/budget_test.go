package graph

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"roster/ent/viewer"
	"roster/internal/dbtest"
)

// One operation of many root fields does not have a whole server: the fields come in turn, and others are answered
// meanwhile.
func TestRootFieldsInTurn(t *testing.T) {
	d := dbtest.SQLite(t)
	most := int64(d.Reader().Stats().MaxOpenConnections / 2)
	ada, bob := user(t, d, "ada@example.com"), user(t, d, "bob@example.com")
	var at, peak, all atomic.Int64
	begun, goOn := make(chan struct{}, 10), make(chan struct{})
	guards := open()
	guards.Authenticated = func(ctx context.Context, _ any, next graphql.Resolver) (any, error) {
		if viewer.From(ctx).UserID == ada.ID {
			all.Add(1)
			now := at.Add(1)
			defer at.Add(-1)
			for before := peak.Load(); now > before && !peak.CompareAndSwap(before, now); before = peak.Load() {
			}
			begun <- struct{}{}
			<-goOn
		}
		return next(ctx)
	}
	h := guardedBy(resolver(t, d), guards, clock)
	fields := "a: rateLimit { cost }"
	for _, alias := range strings.Split("bcdefghij", "") {
		fields += alias + ": rateLimit { cost }"
	}
	var asking sync.WaitGroup
	asking.Go(func() {
		if code, body := ask(t, h, &viewer.Viewer{Kind: viewer.User, UserID: ada.ID}, "{"+fields+"}"); code != "" {
			t.Errorf("what waited: %s", body)
		}
	})
	for range most {
		<-begun
	}
	if code, body := ask(t, h, &viewer.Viewer{Kind: viewer.User, UserID: bob.ID}, "{"+fields+"}"); code != "" {
		t.Errorf("another viewer: %s", body)
	}
	close(goOn)
	asking.Wait()
	if n := peak.Load(); n != most || all.Load() != 10 {
		t.Errorf("%d of %d fields at once, want %d of 10", n, all.Load(), most)
	}
}
