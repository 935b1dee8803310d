package tokens

import (
	"context"
	"fmt"

	"roster/internal/budget"
	"roster/internal/db"
)

// spentLasts is how long a token that is over is kept (security.md #72).
const spentLasts = 30 * day

// mostSwept bounds what one act pays for those before it.
const mostSwept = 100

// sweep deletes, whenever a token is made, tokens that are over for long, and budgets that say nothing any more: so neither
// grows by making tokens. What a token did stays in the audit log, under who made it.
func (s *Service) sweep(ctx context.Context, tx *db.Tx) error {
	_, err := tx.SQL.ExecContext(ctx, `DELETE FROM api_tokens WHERE id IN
		(SELECT id FROM api_tokens WHERE revoked_at < $1 OR expires_at < $1 ORDER BY id LIMIT $2)`, s.now().Add(-spentLasts), mostSwept)
	if err != nil {
		return fmt.Errorf("deleting spent tokens: %w", err)
	}
	return budget.Sweep(ctx, tx, s.now(), mostSwept)
}
