// Package tokens keeps the keys with which programs use the API (security.md #14).
package tokens

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	ent "roster/ent/generated"
	"roster/ent/generated/role"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/secret"
)

// How long a token lasts.
const (
	DefaultLifetime = 90 * 24 * time.Hour
	MaxLifetime     = 365 * 24 * time.Hour
)

const nameMax = 100

// seldom is how often a use is written down, at most.
const seldom = time.Minute

// Never is what no token can do, whatever its role says: make tokens, set passwords, act as somebody, change roles,
// merge, delete or erase.
var Never = permission.SetOf(permission.ManageAPITokens, permission.SetUserPassword, permission.Masquerade,
	permission.ConfigureRoles, permission.MergeUsers, permission.DeleteUsers)

// Service makes tokens and recognises them.
type Service struct {
	DB  *db.DB
	Now func() time.Time
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Create makes a token that may do what the role may, less what no token can. It belongs to nobody, and is for the
// command line: it asks for no permission. The plain token is returned this once. A lifetime of 0 means
// DefaultLifetime. fault.Required, fault.TooLong: the name. fault.Invalid: no such role, or a lifetime out of bounds.
func (s *Service) Create(ctx context.Context, name, roleName string, lifetime time.Duration) (plain string, made *ent.APIToken, err error) {
	if lifetime == 0 {
		lifetime = DefaultLifetime
	}
	name = strings.TrimSpace(name)
	if err := check(name, lifetime); err != nil {
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
		made, err = tx.APIToken.Create().SetName(name).SetHash(token.Hash).SetRole(r).
			SetCreatedAt(s.now()).SetExpiresAt(s.now().Add(lifetime)).Save(system)
		if err != nil {
			return fmt.Errorf("saving token: %w", err)
		}
		return audit.Record(ctx, tx, s.now(), audit.Entry{
			Action: audit.TokenCreated, Target: audit.OnToken(made.ID),
			Detail: map[string]any{"name": name, "role": r.Name, "expiresAt": made.ExpiresAt},
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

func check(name string, lifetime time.Duration) error {
	var problems fault.List
	switch {
	case name == "":
		problems = append(problems, fault.On("name", fault.Required, "Please name the token."))
	case utf8.RuneCountInString(name) > nameMax:
		problems = append(problems, fault.On("name", fault.TooLong, "The name may have up to 100 characters."))
	}
	if lifetime < time.Minute || lifetime > MaxLifetime {
		problems = append(problems, fault.On("lifetime", fault.Invalid, "A token lasts a minute to a year."))
	}
	return problems.Err()
}

const lookup = `SELECT t.id, t.expires_at, t.last_used_at, t.revoked_at, r.permissions
FROM api_tokens t JOIN roles r ON r.id = t.role_id WHERE t.hash = $1`

// Authenticate returns who a request with this token acts as: one statement. fault.Unauthenticated for a token that
// is malformed, unknown, revoked or too old, without saying which.
func (s *Service) Authenticate(ctx context.Context, plain string) (*viewer.Viewer, error) {
	refused := fault.New(fault.Unauthenticated, "This token is not valid.")
	hash, ok := secret.Hash(secret.API, plain)
	if !ok {
		return nil, refused
	}
	var id int
	var expires, used time.Time
	var revoked sql.NullTime
	var list []byte
	err := s.DB.Reader().QueryRowContext(ctx, lookup, hash).Scan(&id, &expires, &used, &revoked, &list)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, refused
	} else if err != nil {
		return nil, fmt.Errorf("loading token: %w", err)
	}
	now := s.now()
	if revoked.Valid || !now.Before(expires) {
		return nil, refused
	}
	var may permission.AdminSet
	if err := json.Unmarshal(list, &may); err != nil {
		return nil, fmt.Errorf("loading role: %w", err)
	}
	if now.Sub(used) >= seldom {
		s.used(ctx, id, now)
	}
	return &viewer.Viewer{Kind: viewer.Token, TokenID: id, Permissions: may.Without(Never)}, nil
}

// used writes the use down. What it can't write is no reason to refuse the request.
func (s *Service) used(ctx context.Context, id int, now time.Time) {
	_, err := s.DB.Writer().ExecContext(ctx,
		"UPDATE api_tokens SET last_used_at = $1 WHERE id = $2 AND last_used_at <= $3", now, id, now.Add(-seldom))
	if err != nil {
		slog.WarnContext(ctx, "writing down the use of a token", "token", id, "err", err)
	}
}
