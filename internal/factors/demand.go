package factors

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/internal/secret"
	"roster/internal/settings"
)

// Demand is whether a user must have a second factor, and whether they have one (product.md C13).
type Demand struct {
	enabled sql.NullBool
	came    sql.NullTime
	asks    sql.NullBool // null: no role
	owner   bool
	rule    []byte
}

// DemandColumns are those of a Demand, for a statement over users u LEFT JOIN roles r that loads other things too: so
// a change of the rule holds from the next request on. Of nobody, whom an outer join did not find, nothing is demanded.
const DemandColumns = `u.two_factor_enabled, u.created_at, r.require_two_factor,
	EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.owner),
	(SELECT value FROM settings WHERE id = 'twoFactor')`

// Targets are where the DemandColumns go.
func (d *Demand) Targets() []any { return []any{&d.enabled, &d.came, &d.asks, &d.owner, &d.rule} }

// Enabled reports whether the user has a second factor.
func (d *Demand) Enabled() bool { return d.enabled.Bool }

// Due reports whether a second factor is demanded of the user, and from when on nothing opens without it.
func (d *Demand) Due() (at time.Time, demanded bool, err error) {
	rule, err := settings.ReadTwoFactor(d.rule)
	if err != nil {
		return time.Time{}, false, err
	}
	at, demanded = rule.Due(settings.Subject{Staff: d.asks.Valid, Owner: d.owner, RoleAsks: d.asks.Bool, Came: d.came.Time})
	return at, demanded, nil
}

// Owed reports whether the user has no factor at now, and may not go on without one.
func (d *Demand) Owed(now time.Time) (bool, error) {
	at, demanded, err := d.Due()
	return demanded && !d.Enabled() && !now.Before(at), err
}

// querier is a transaction, or the store outside of one.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// DemandOn reads what is demanded of a user.
func DemandOn(ctx context.Context, q querier, userID int) (Demand, error) {
	var d Demand
	err := q.QueryRowContext(ctx,
		"SELECT "+DemandColumns+" FROM users u LEFT JOIN roles r ON r.id = u.role_id WHERE u.id = $1", userID).Scan(d.Targets()...)
	if err != nil {
		return d, fmt.Errorf("reading whether a second factor is demanded: %w", err)
	}
	return d, nil
}

// Least is how long the user's password must be (security.md #3): short only where they have a second factor that they
// must keep. One that they may remove would leave the short password alone, and one that was set up before anybody had
// proved the address goes with the first reset.
func Least(ctx context.Context, q querier, u *ent.User) (secret.Least, error) {
	if !u.TwoFactorEnabled || Unproven(u) {
		return secret.Alone, nil
	}
	demand, err := DemandOn(ctx, q, u.ID)
	if err != nil {
		return 0, err
	}
	if _, demanded, err := demand.Due(); err != nil || !demanded {
		return secret.Alone, err
	}
	return secret.WithSecondFactor, nil
}
