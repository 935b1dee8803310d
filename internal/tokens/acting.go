package tokens

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/apitoken"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/secret"
)

// seldom is how often a use is written down, at most.
const seldom = time.Minute

// touchesAtOnce bounds how many uses are being written down at a time; those above it wait for a later request.
const touchesAtOnce = 4

// lookup finds tokens with all that bounds them: their role, or their maker as they are now. It ends in its condition.
const lookup = `SELECT t.id, t.kind, t.expires_at, t.last_used_at, t.revoked_at IS NOT NULL, t.permissions, tr.permissions,
	EXISTS (SELECT 1 FROM token_scopes s WHERE s.token_id = t.id), u.id, u.state, u.credential_version = t.credential_version, r.permissions, ` + factors.DemandColumns + `
FROM api_tokens t LEFT JOIN roles tr ON tr.id = t.role_id LEFT JOIN users u ON u.id = t.maker_id LEFT JOIN roles r ON r.id = u.role_id
WHERE `

// bounds are a token with what bounds it.
type bounds struct {
	id            int
	kind          apitoken.Kind
	expires, used time.Time
	revoked       bool
	own           permission.AdminSet
	// scoped: there is an account left that it was made for.
	scoped bool
	// role is that of the command line's, makerRole that of the maker; nil: there is none, or none any more.
	role, makerRole *permission.AdminSet
	maker           int
	// active: the maker may act. unchanged: their credentials are what they were.
	active, unchanged bool
	// demand is whether the maker must have a second factor: without one nothing is open to them, nor to what they made.
	demand factors.Demand
}

// viewer is what the token acts as, its scopes aside; nil: it is not good any more.
func (b *bounds) viewer(now time.Time) (*viewer.Viewer, error) {
	owed, err := b.demand.Owed(now)
	if err != nil || b.revoked || !now.Before(b.expires) {
		return nil, err
	}
	v := &viewer.Viewer{Kind: viewer.Token, TokenID: b.id, MadeBy: b.maker}
	made := b.active && b.unchanged && !owed
	switch {
	case b.kind == apitoken.KindCOMMAND_LINE && b.role != nil:
		v.Permissions = b.role.Without(Never)
	case b.kind == apitoken.KindINSTALLATION && made && b.makerRole != nil:
		v.Permissions = (b.own & *b.makerRole).Without(Never)
	case b.kind == apitoken.KindPERSONAL && made && b.scoped:
		v.MakerID, v.Scopes = b.maker, map[int][]permission.Account{}
	default:
		return nil, nil //nolint:nilnil // not good any more is an answer
	}
	return v, nil
}

// querier is a pool, or ent's client, in a transaction or not.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// find loads the tokens for which the condition holds.
func find(ctx context.Context, q querier, condition string, args ...any) (list []*bounds, err error) {
	rows, err := q.QueryContext(ctx, lookup+condition, args...)
	if err != nil {
		return nil, fmt.Errorf("loading tokens: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		b, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("loading tokens: %w", err)
		}
		list = append(list, b)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("loading tokens: %w", err)
	}
	return list, nil
}

func scan(rows *sql.Rows) (*bounds, error) {
	var b bounds
	var own, role, makerRole []byte
	var maker sql.NullInt64
	var state sql.NullString
	var unchanged sql.NullBool
	err := rows.Scan(append([]any{
		&b.id, &b.kind, &b.expires, &b.used, &b.revoked, &own, &role, &b.scoped, &maker, &state, &unchanged, &makerRole,
	}, b.demand.Targets()...)...)
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

// acting is what the token acts as, its scopes among it; nil: it is not good any more.
func (b *bounds) acting(ctx context.Context, q querier, now time.Time) (*viewer.Viewer, error) {
	v, err := b.viewer(now)
	if err != nil || v == nil || v.Scopes == nil {
		return v, err
	}
	if err := fillScopes(ctx, q, v); err != nil {
		return nil, fmt.Errorf("loading scopes: %w", err)
	}
	return v, nil
}

// Authenticate returns who a request with this token acts as: one statement, and for a personal token a second.
// fault.Unauthenticated for a token that is malformed, unknown, revoked or too old, or whose maker may not act any more,
// has other credentials since, or owes a second factor, without saying which (security.md #9, #14, #35).
func (s *Service) Authenticate(ctx context.Context, plain string) (*viewer.Viewer, error) {
	refused := fault.New(fault.Unauthenticated, "This token is not valid.")
	hash, ok := secret.Hash(secret.API, plain)
	if !ok {
		return nil, refused
	}
	found, err := find(ctx, s.DB.Front(), "t.hash = $1", hash)
	if err != nil {
		return nil, err
	} else if len(found) == 0 {
		return nil, refused
	}
	now := s.now()
	v, err := found[0].acting(ctx, s.DB.Front(), now)
	if err != nil {
		return nil, err
	} else if v == nil {
		return nil, refused
	}
	s.touch(ctx, found[0], now)
	return v, nil
}

func fillScopes(ctx context.Context, q querier, v *viewer.Viewer) error {
	rows, err := q.QueryContext(ctx, "SELECT account_id, permissions FROM token_scopes WHERE token_id = $1", v.TokenID)
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
	found, err := find(ctx, client, "t.id = $1", id)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0].acting(ctx, client, now)
}

// Usable says of tokens whether requests with them are let through at present, with one statement.
func (s *Service) Usable(ctx context.Context, ids []int) (map[int]bool, error) {
	places, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		places[i], args[i] = "$"+strconv.Itoa(i+1), id
	}
	found, err := find(ctx, s.DB.Reader(), "t.id IN ("+strings.Join(places, ", ")+")", args...)
	if err != nil {
		return nil, err
	}
	usable := make(map[int]bool, len(ids))
	for _, id := range ids {
		usable[id] = false // gone meanwhile
	}
	for _, b := range found {
		v, err := b.viewer(s.now())
		if err != nil {
			return nil, err
		}
		usable[b.id] = v != nil
	}
	return usable, nil
}

// touch writes the use down, beside the request and not before its answer. What can't be written is no reason to refuse
// the request.
func (s *Service) touch(ctx context.Context, b *bounds, now time.Time) {
	if now.Sub(b.used) < seldom {
		return
	}
	if s.touching.Add(1) > touchesAtOnce {
		s.touching.Add(-1)
		return
	}
	address := ""
	if v := viewer.From(ctx); v != nil && v.Address.IsValid() {
		address = v.Address.String()
	}
	s.touches.Go(func() {
		defer s.touching.Add(-1)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_, err := s.DB.Writer().ExecContext(ctx,
			"UPDATE api_tokens SET last_used_at = $1, last_used_address = $2 WHERE id = $3 AND last_used_at <= $4", now, address, b.id, now.Add(-seldom))
		if err != nil {
			slog.WarnContext(ctx, "writing down the use of a token", "token", b.id, "err", err)
		}
	})
}
