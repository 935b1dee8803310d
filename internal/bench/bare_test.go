package main

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/paging"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/users"
)

// trace notes what PostgreSQL is asked.
type trace struct {
	mu    sync.Mutex
	texts []string
}

func (s *trace) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.texts = append(s.texts, q.SQL)
	return ctx
}

func (*trace) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// The comparison is worth something only as long as both sides ask the database for the same.
func TestBareHandlerRunsTheStatementsOfAList(t *testing.T) {
	var asked trace
	d := dbtest.PostgreSQL(t, db.Trace(&asked))
	nobody := viewer.With(t.Context(), &viewer.Viewer{Kind: viewer.Anonymous})
	in := &signin.Service{DB: d, Now: time.Now}
	if _, err := in.Authenticate(nobody, secret.New(secret.Session).Plain); err != nil {
		t.Fatal(err)
	}
	staff := viewer.With(t.Context(), &viewer.Viewer{Kind: viewer.Staff, UserID: 1, Permissions: permission.SetOf(permission.Admins...)})
	fifty := 50
	query := users.Query{Request: paging.Request{First: &fifty}}
	if _, err := (&users.Service{DB: d, Now: time.Now}).List(staff, query); err != nil {
		t.Fatal(err)
	}
	if want := []string{sessionStatement, listStatement}; !slices.Equal(asked.texts, want) {
		t.Errorf("asked:\n%q\nwant:\n%q", asked.texts, want)
	}
}
