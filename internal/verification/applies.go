package verification

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/generated/user"
	"roster/ent/viewer"
	"roster/internal/accounts"
)

// applies tells of users whether there is something to prove who they are for: an order that is theirs (product.md A9).
func applies(ctx context.Context, client *ent.Client, userIDs []int) (map[int]bool, error) {
	system := viewer.ForSystem(ctx, "identity verification")
	ids, err := client.User.Query().Where(user.IDIn(userIDs...), accounts.HasOrders()).IDs(system)
	if err != nil {
		return nil, fmt.Errorf("looking for orders of users: %w", err)
	}
	applies := make(map[int]bool, len(userIDs))
	for _, id := range userIDs {
		applies[id] = false // said, for what is left out counts as gone
	}
	for _, id := range ids {
		applies[id] = true
	}
	return applies, nil
}
