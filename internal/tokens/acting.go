package tokens

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/apitoken"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/fault"
	"roster/internal/secret"
)

// seldom is how often a use is written down, at most.
const seldom = time.Minute

// lookup finds a token with all that bounds it: its role, or its maker as they are now.
const lookup = `SELECT t.id, t.kind, t.expires_at, t.last_used_at, t.revoked_at IS NOT NULL, t.permissions, r.permissions,
	m.id, m.state, m.credential_version = t.credential_version, mr.permissions
FROM api_tokens t LEFT JOIN roles r ON r.id = t.role_id
	LEFT JOIN users m ON m.id = t.maker_id LEFT JOIN roles mr ON mr.id = m.role_id WHERE t.hash = $1`

// bounds are a token with what bounds it.
type bounds struct {
	id            int
	kind          apitoken.Kind
	expires, used time.Time
	revoked       bool
	own           permission.AdminSet
	// role is that of the command line's, makerRole that of the maker; nil: there is none, or none any more.
	role, makerRole *permission.AdminSet
	maker           int
	// active: the maker may act. unchanged: their credentials are what they were.
	active, unchanged bool
}

// viewer is what the token acts as, its scopes aside; nil: it is not good any more.
func (b *bounds) viewer(now time.Time) *viewer.Viewer {
	if b.revoked || !now.Before(b.expires) {
		return nil
	}
	v := &viewer.Viewer{Kind: viewer.Token, TokenID: b.id}
	made := b.active && b.unchanged
	switch {
	case b.kind == apitoken.KindCOMMAND_LINE && b.role != nil:
		v.Permissions = b.role.Without(Never)
	case b.kind == apitoken.KindINSTALLATION && made && b.makerRole != nil:
		v.Permissions = (b.own & *b.makerRole).Without(Never)
	case b.kind == apitoken.KindPERSONAL && made:
		v.MakerID, v.Scopes = b.maker, map[int][]permission.Account{}
	default:
		return nil
	}
	return v
}

// Authenticate returns who a request with this token acts as: one statement, and for a personal token a second.
// fault.Unauthenticated for a token that is malformed, unknown, revoked or too old, or whose maker may not act any more or
// has other credentials since, without saying which (security.md #9, #14).
func (s *Service) Authenticate(ctx context.Context, plain string) (*viewer.Viewer, error) {
	refused := fault.New(fault.Unauthenticated, "This token is not valid.")
	hash, ok := secret.Hash(secret.API, plain)
	if !ok {
		return nil, refused
	}
	b, err := s.find(ctx, hash)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, refused
	} else if err != nil {
		return nil, fmt.Errorf("loading token: %w", err)
	}
	now := s.now()
	v := b.viewer(now)
	if v == nil {
		return nil, refused
	}
	if err := s.fillScopes(ctx, v); err != nil {
		return nil, fmt.Errorf("loading scopes: %w", err)
	}
	if now.Sub(b.used) >= seldom {
		s.used(ctx, b.id, now)
	}
	return v, nil
}

func (s *Service) find(ctx context.Context, hash []byte) (*bounds, error) {
	var b bounds
	var own, role, makerRole []byte
	var maker sql.NullInt64
	var state sql.NullString
	var unchanged sql.NullBool
	err := s.DB.Reader().QueryRowContext(ctx, lookup, hash).Scan(&b.id, &b.kind, &b.expires, &b.used, &b.revoked, &own, &role,
		&maker, &state, &unchanged, &makerRole)
	if err != nil {
		return nil, err
	}
	b.maker, b.active, b.unchanged = int(maker.Int64), state.String == string(user.StateACTIVE), unchanged.Bool
	ownSet, err := read(own)
	if ownSet != nil {
		b.own = *ownSet
	}
	var errs [2]error
	b.role, errs[0] = read(role)
	b.makerRole, errs[1] = read(makerRole)
	return &b, errors.Join(err, errs[0], errs[1])
}

// read reads a list of permissions as the database holds it; nil: there is none.
func read(list []byte) (*permission.AdminSet, error) {
	if list == nil {
		return nil, nil //nolint:nilnil // none is an answer
	}
	set := new(permission.AdminSet)
	return set, json.Unmarshal(list, set)
}

func (s *Service) fillScopes(ctx context.Context, v *viewer.Viewer) error {
	if v.Scopes == nil {
		return nil
	}
	rows, err := s.DB.Reader().QueryContext(ctx, "SELECT account_id, permissions FROM token_scopes WHERE token_id = $1", v.TokenID)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var account int
		var list []byte
		var held []permission.Account
		if err := rows.Scan(&account, &list); err != nil {
			return err
		}
		if err := json.Unmarshal(list, &held); err != nil {
			return err
		}
		v.Scopes[account] = held
	}
	return rows.Err()
}

// Acting is what a token acts as at this moment, though it makes no request: who invited by it, say. nil: it is not good any
// more.
func Acting(ctx context.Context, client *ent.Client, id int, now time.Time) (*viewer.Viewer, error) {
	t, err := bounded(client.APIToken.Query().Where(apitoken.ID(id))).Only(viewer.ForSystem(ctx, "API tokens"))
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // not good any more is an answer
	} else if err != nil {
		return nil, fmt.Errorf("loading token: %w", err)
	}
	v := boundsOf(t).viewer(now)
	if v != nil && v.Scopes != nil {
		for _, scope := range t.Edges.Scopes {
			v.Scopes[scope.AccountID] = scope.Permissions
		}
	}
	return v, nil
}

// bounded loads with tokens what bounds them.
func bounded(q *ent.APITokenQuery) *ent.APITokenQuery {
	return q.WithRole().WithScopes().WithMaker(func(q *ent.UserQuery) { q.WithRole() })
}

// boundsOf reads the bounds of a token that bounded loaded.
func boundsOf(t *ent.APIToken) *bounds {
	b := &bounds{
		id: t.ID, kind: t.Kind, expires: t.ExpiresAt, revoked: t.RevokedAt != nil,
		own: permission.SetOf(t.Permissions...), role: setOf(t.Edges.Role),
	}
	if m := t.Edges.Maker; m != nil {
		b.maker, b.active, b.unchanged = m.ID, m.State == user.StateACTIVE, m.CredentialVersion == t.CredentialVersion
		b.makerRole = setOf(m.Edges.Role)
	}
	return b
}

// Usable reports whether requests with a token, as this service gave it, are let through at present.
func (s *Service) Usable(t *ent.APIToken) bool { return boundsOf(t).viewer(s.now()) != nil }

func setOf(r *ent.Role) *permission.AdminSet {
	if r == nil {
		return nil
	}
	set := permission.SetOf(r.Permissions...)
	return &set
}

// used writes the use down. What it can't write is no reason to refuse the request.
func (s *Service) used(ctx context.Context, id int, now time.Time) {
	address := ""
	if v := viewer.From(ctx); v != nil && v.Address.IsValid() {
		address = v.Address.String()
	}
	_, err := s.DB.Writer().ExecContext(ctx,
		"UPDATE api_tokens SET last_used_at = $1, last_used_address = $2 WHERE id = $3 AND last_used_at <= $4", now, address, id, now.Add(-seldom))
	if err != nil {
		slog.WarnContext(ctx, "writing down the use of a token", "token", id, "err", err)
	}
}
