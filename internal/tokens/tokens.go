// Package tokens keeps the keys with which programs use the API (security.md #14).
package tokens

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/role"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/mail"
	"roster/internal/name"
	"roster/internal/secret"
)

// How long a token lasts.
const (
	DefaultLifetime = 90 * 24 * time.Hour
	MaxLifetime     = 365 * 24 * time.Hour
)

// Never is what no token can do, whatever its role says: make tokens, set passwords, act as somebody, change roles,
// merge, delete or erase.
var Never = permission.SetOf(permission.ManageAPITokens, permission.SetUserPassword, permission.Masquerade,
	permission.ConfigureRoles, permission.MergeUsers, permission.DeleteUsers)

// Service makes tokens, looks after them, and recognises them. Close it, for it writes a little in the background.
type Service struct {
	DB     *db.DB
	Now    func() time.Time
	Outbox *mail.Outbox

	touching atomic.Int32
	touches  sync.WaitGroup
}

// Close waits for what still runs in the background. No request may come any more.
func (s *Service) Close() { s.touches.Wait() }

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Create makes a token for the command line: it may do what the role may, less what no token can. It belongs to nobody,
// and making it asks for no permission. The plain token is returned this once. A lifetime of 0 means
// DefaultLifetime. fault.Required, fault.TooLong, fault.Invalid: the name. fault.Invalid: no
// such role, or a lifetime out of bounds.
func (s *Service) Create(ctx context.Context, called, roleName string, lifetime time.Duration) (plain string, made *ent.APIToken, err error) {
	if lifetime == 0 {
		lifetime = DefaultLifetime
	}
	called, problems := check(called, lifetime)
	if err := problems.Err(); err != nil {
		return "", nil, err
	}
	token := secret.New(secret.API)
	err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		system := viewer.ForSystem(ctx, "making a token")
		r, err := tx.Role.Query().Where(role.NameEqualFold(roleName)).Only(system)
		if ent.IsNotFound(err) {
			return noSuchRole(system, tx)
		} else if err != nil {
			return fmt.Errorf("loading role: %w", err)
		}
		made, err = tx.APIToken.Create().SetName(called).SetHash(token.Hash).SetRole(r).
			SetCreatedAt(s.now()).SetExpiresAt(s.now().Add(lifetime)).Save(system)
		if err != nil {
			return fmt.Errorf("saving token: %w", err)
		}
		return audit.Record(ctx, tx, s.now(), audit.Entry{
			Action: audit.TokenCreated, Target: audit.OnToken(made.ID),
			Detail: map[string]any{"name": called, "role": r.Name, "expiresAt": made.ExpiresAt},
		})
	})
	if err != nil {
		return "", nil, err
	}
	return token.Plain, made, nil
}

// noSuchRole says which there are.
func noSuchRole(ctx context.Context, tx *db.Tx) error {
	names, err := tx.Role.Query().Order(role.ByName()).Select(role.FieldName).Strings(ctx)
	if err != nil {
		return fmt.Errorf("loading roles: %w", err)
	}
	return fault.On("role", fault.Invalid, "There is no role with this name, but there are: "+strings.Join(names, ", ")+".")
}

// check reads name and lifetime of a token to be made.
func check(called string, lifetime time.Duration) (string, fault.List) {
	var problems fault.List
	called, err := name.Require("name", called)
	var f *fault.Error
	if errors.As(err, &f) {
		problems = append(problems, f)
	}
	if lifetime < time.Minute || lifetime > MaxLifetime {
		problems = append(problems, fault.On("days", fault.Invalid, "A token lasts 1 to 365 days."))
	}
	return called, problems
}
