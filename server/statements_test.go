package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
)

// statements notes what PostgreSQL is asked.
type statements struct {
	mu    sync.Mutex
	texts []string
}

func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.texts = append(s.texts, q.SQL)
	return ctx
}

func (*statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (s *statements) during(act func()) []string {
	s.mu.Lock()
	s.texts = nil
	s.mu.Unlock()
	act()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.texts
}

// A page costs the same number of statements however many users are on it, and never counts the whole set.
func TestStatementsOfAPage(t *testing.T) {
	var asked statements
	w := newWorld(t, dbtest.PostgreSQL(t, db.Trace(&asked)))
	w.staff("Ada", "ada@example.com", permission.Admins...)
	for i := range 60 {
		u := w.user("User", fmt.Sprintf("%02d", i), fmt.Sprintf("user%d@example.com", i))
		w.account(fmt.Sprintf("First %02d", i), u)
		w.account(fmt.Sprintf("Second %02d", i), u)
	}
	ada := w.browser().signIn("ada@example.com")
	session := len(asked.during(func() { ada.must("viewer", `{ viewer { kind } }`, nil) }))
	if session != 1 {
		t.Errorf("the session takes %d statements", session)
	}
	for _, page := range []struct {
		fields string
		most   int
	}{
		// The users, their memberships, the accounts of these.
		{"memberships(first: 3) { nodes { owner permissions account { id name status } } }", 3},
		// And the roles of the users, the owners' memberships, the owners.
		{"role { name } memberships(first: 3) { nodes { account { id owner { name } } user { name } } }", 7},
	} {
		query := `query($n: Int) { users(first: $n) { nodes { id name email twoFactorEnabled lastLoginAt ` + page.fields + ` }
			pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
		for _, n := range []int{1, 10, 50} {
			texts := asked.during(func() {
				users := ada.must("users", query, map[string]any{"n": n})
				if nodes, _ := users["nodes"].([]any); len(nodes) != n {
					t.Errorf("%d users, want %d", len(nodes), n)
				}
			})
			if most := session + page.most; len(texts) > most {
				t.Errorf("a page of %d users takes %d statements, want %d at most:\n%s", n, len(texts), most, strings.Join(texts, "\n"))
			}
			if all := strings.ToLower(strings.Join(texts, "\n")); strings.Contains(all, "count(") {
				t.Errorf("a page of %d users counts: %s", n, all)
			}
		}
	}
}
