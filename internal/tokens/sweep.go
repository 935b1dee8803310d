package tokens

import (
	"context"
	"fmt"

	"roster/internal/db"
)

// spentLasts is how long a token that is over is kept (security.md #72).
const spentLasts = 30 * day

// sweptAtOnce bounds how long one transaction of Sweep keeps others from writing.
const sweptAtOnce = 1000

// Sweep deletes tokens that are over for long, with where they were used last. What they did stays in the audit log, under
// who made them. Servers that share a database do so beside each other.
func (s *Service) Sweep(ctx context.Context) error {
	for gone := int64(sweptAtOnce); gone == sweptAtOnce; {
		err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
			result, err := tx.SQL.ExecContext(ctx, `DELETE FROM api_tokens WHERE id IN
				(SELECT id FROM api_tokens WHERE revoked_at < $1 OR expires_at < $1 ORDER BY id LIMIT $2)`, s.now().Add(-spentLasts), sweptAtOnce)
			if err == nil {
				gone, err = result.RowsAffected()
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("deleting spent tokens: %w", err)
		}
	}
	return nil
}
