package accounts

import (
	"context"
	"errors"
	"fmt"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/generated/invitation"
	"roster/ent/generated/membership"
	"roster/ent/generated/order"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
)

// MostNamed is how many of the users without an account are named.
const MostNamed = 100

// Deletion says what the deletion of an account takes with it.
type Deletion struct {
	Number                           int
	Memberships, Invitations, Orders int
	// OrphanedUsers are those who belong to no other account, by name: at most a hundred of OrphanedCount.
	OrphanedUsers []*ent.User
	OrphanedCount int
}

// errRehearsed undoes a rehearsal.
var errRehearsed = errors.New("this was a rehearsal")

// Delete deletes an account with all that belongs to it, and with orphans also the users who belong to no other account;
// left are staff, who is suspended, and who placed orders in other accounts. A rehearsal says what would happen, and
// nothing does. It needs DELETE_ACCOUNTS, with orphans DELETE_USERS too, and a fresh proof of identity. fault.NotFound:
// there is no such account.
func (s *Service) Delete(ctx context.Context, id int, orphans, rehearsal bool) (*Deletion, error) {
	var d *Deletion
	entry := audit.Entry{Action: audit.AccountDeleted, Target: audit.OnAccount(id)}
	err := audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := access.Staff(ctx, permission.DeleteAccounts); err != nil {
			return err
		}
		if orphans {
			if err := access.Staff(ctx, permission.DeleteUsers); err != nil {
				return err
			}
		}
		if err := access.Sudo(ctx, s.now()); err != nil {
			return err
		}
		if err := lock(ctx, tx, id); err != nil {
			return err
		}
		var err error
		if d, err = s.weigh(ctx, tx, id); err != nil {
			return err
		}
		if rehearsal {
			return errRehearsed
		}
		return s.delete(ctx, tx, id, d, orphans, entry)
	})
	if err != nil && !errors.Is(err, errRehearsed) {
		return nil, err
	}
	return d, nil
}

// alone selects the active customers who belong to this account and no other, and have no hand in others. Who is suspended
// was so for a reason, and would be free to come back.
func alone(id int) func(*sql.Selector) {
	return func(s *sql.Selector) {
		build := sql.Dialect(s.Dialect())
		here := build.Select(membership.FieldUserID).From(sql.Table(membership.Table)).Where(sql.EQ(membership.FieldAccountID, id))
		elsewhere := build.Select(membership.FieldUserID).From(sql.Table(membership.Table)).Where(sql.NEQ(membership.FieldAccountID, id))
		orders := build.Select(order.FieldPlacedByID).From(sql.Table(order.Table)).
			Where(sql.And(sql.NEQ(order.FieldAccountID, id), sql.NotNull(order.FieldPlacedByID)))
		s.Where(sql.And(
			sql.IsNull(s.C(user.FieldRoleID)), sql.EQ(s.C(user.FieldState), user.StateACTIVE),
			sql.NotIn(s.C(user.FieldID), orders), sql.In(s.C(user.FieldID), here), sql.NotIn(s.C(user.FieldID), elsewhere),
		))
	}
}

func (s *Service) weigh(ctx context.Context, tx *db.Tx, id int) (*Deletion, error) {
	ctx = viewer.ForSystem(ctx, "deleting an account")
	d := &Deletion{Number: id}
	var err error
	count := func(n *int, query func(context.Context) (int, error)) {
		if err == nil {
			*n, err = query(ctx)
		}
	}
	count(&d.Memberships, tx.Membership.Query().Where(membership.AccountID(id)).Count)
	count(&d.Invitations, tx.Invitation.Query().Where(invitation.AccountID(id), invitation.DecidedAtIsNil()).Count)
	count(&d.Orders, tx.Order.Query().Where(order.AccountID(id)).Count)
	count(&d.OrphanedCount, tx.User.Query().Where(alone(id)).Count)
	if err == nil {
		d.OrphanedUsers, err = tx.User.Query().Where(alone(id)).Order(user.ByNameKey(), user.ByID()).Limit(MostNamed).All(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("looking at what an account holds: %w", err)
	}
	return d, nil
}

func (s *Service) delete(ctx context.Context, tx *db.Tx, id int, d *Deletion, orphans bool, entry audit.Entry) error {
	system := viewer.ForSystem(ctx, "deleting an account")
	var ids []int
	if orphans {
		var err error
		if ids, err = s.keep(system, tx, id); err != nil {
			return err
		}
	}
	a, err := tx.Account.Get(system, id)
	if err != nil {
		return fmt.Errorf("loading account: %w", err)
	}
	if _, err := tx.Account.Delete().Where(account.ID(id)).Exec(system); err != nil {
		return fmt.Errorf("deleting account: %w", err)
	}
	for _, userID := range ids {
		if err := s.deleteUser(ctx, tx, userID); err != nil {
			return err
		}
	}
	entry.Detail = map[string]any{"name": a.Name, "memberships": d.Memberships, "invitations": d.Invitations, "orders": d.Orders, "users": len(ids)}
	return audit.Record(ctx, tx, s.now(), entry)
}

// keep returns the users who belong to no other account, and keeps them to the transaction: somebody may be bringing one
// into another account this very moment, so they are asked again once their rows are ours.
func (s *Service) keep(ctx context.Context, tx *db.Tx, id int) (ids []int, err error) {
	if tx.Dialect == dialect.Postgres {
		_, err = tx.User.Query().Where(alone(id)).Order(user.ByID()).ForUpdate().IDs(ctx)
	}
	if err == nil {
		ids, err = tx.User.Query().Where(alone(id)).IDs(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("finding who belongs to no other account: %w", err)
	}
	return ids, nil
}

// deleteUser deletes a user who belongs to no account any more; what hangs on them goes with them.
func (s *Service) deleteUser(ctx context.Context, tx *db.Tx, id int) error {
	system := viewer.ForSystem(ctx, "deleting an account")
	if err := tx.User.DeleteOneID(id).Exec(system); err != nil {
		return fmt.Errorf("deleting user %d: %w", id, err)
	}
	return audit.Record(ctx, tx, s.now(), audit.Entry{Action: audit.UserDeleted, Target: audit.OnUser(id)})
}
