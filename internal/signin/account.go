package signin

import (
	"context"
	"fmt"

	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/idempotency"
)

// Switch makes an account of the viewer's the one that their session acts for from here on, and notes that they were seen
// there. fault.NotFound: it is none of theirs. fault.NotAllowed on accountId: it is closed.
func (s *Service) Switch(ctx context.Context, accountID int) error {
	if err := access.Person(ctx); err != nil {
		return err
	}
	v := viewer.From(ctx)
	err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		here, err := access.Here(ctx, tx.Client, accountID)
		if err != nil {
			return err
		}
		if here.Closed() {
			return fault.On("accountId", fault.NotAllowed, "This account is closed.")
		}
		if _, err := tx.SQL.ExecContext(ctx, "UPDATE sessions SET account_id = $1 WHERE id = $2", accountID, v.SessionID); err != nil {
			return fmt.Errorf("switching accounts: %w", err)
		}
		_, err = tx.SQL.ExecContext(ctx, "UPDATE memberships SET last_seen_at = $1 WHERE user_id = $2 AND account_id = $3",
			s.now(), v.UserID, accountID)
		if err != nil {
			return fmt.Errorf("noting who was seen on an account: %w", err)
		}
		return idempotency.Settle(ctx, tx) // nothing of it is worth an entry
	})
	if err != nil {
		return err
	}
	now := *v
	now.AccountID = accountID
	become(ctx, &now)
	return nil
}
