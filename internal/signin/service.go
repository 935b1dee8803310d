// Package signin lets people in: passwords, second factors, sessions and their cookies, and the one end that every
// way in has (security.md parts 1, 3 and 4).
package signin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/mail"
	"roster/internal/passkeys"
	"roster/internal/secret"
	"roster/internal/tokens"
)

// Service signs in and out, and says who a request acts as. Close it, for it writes a little in the background.
type Service struct {
	DB        *db.DB
	Now       func() time.Time
	Passwords *secret.Hasher
	Factors   *factors.Service
	Passkeys  *passkeys.Service
	Tokens    *tokens.Service
	Outbox    *mail.Outbox

	touching atomic.Int32
	touches  sync.WaitGroup
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Close waits for what still runs in the background. No request may come any more.
func (s *Service) Close() { s.touches.Wait() }

// errChanged says that what was checked a moment ago is not so any more.
var errChanged = errors.New("the user changed meanwhile")

// one wants a conditional statement to have changed exactly one row; errChanged when it changed none.
func one(result sql.Result, err error, doing string) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if n == 0 {
		return errChanged
	}
	return nil
}

// canHold refuses to hand a session to who could not keep it.
func canHold(ctx context.Context) error {
	if !jarOf(ctx).usable() {
		return fault.New(fault.Forbidden, "A request with an Authorization header cannot sign in.")
	}
	return nil
}

// deliver hands the session out, and lets the rest of the request act as its user.
func deliver(ctx context.Context, e ended) Outcome {
	j := jarOf(ctx)
	j.set(e.cookie, e.remember)
	if e.device != "" {
		j.trust(e.device)
	}
	switch {
	case e.Viewer != nil:
		become(ctx, e.Viewer)
	case e.waiting != nil:
		become(ctx, e.waiting)
	}
	return e.Outcome
}

// become changes who the request acts as from here on. The context of the resolvers that follow holds the same viewer,
// and these acts stand alone in their operation, so nothing reads it meanwhile.
func become(ctx context.Context, v *viewer.Viewer) { *viewer.From(ctx) = *v }

func addressOf(v *viewer.Viewer) string {
	if !v.Address.IsValid() {
		return ""
	}
	return v.Address.String()
}
