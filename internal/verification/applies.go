package verification

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/generated/membership"
	"roster/ent/generated/order"
	"roster/ent/viewer"
)

// Applies reports whether there is something to prove who one is for: an order that the user placed, or one that staff
// placed in an account that they own (product.md A9).
func Applies(ctx context.Context, client *ent.Client, userID int) (bool, error) {
	system := viewer.ForSystem(ctx, "identity verification")
	placed, err := client.Order.Query().Where(order.PlacedByID(userID)).Exist(system)
	if placed || err != nil {
		return placed, whetherFailed(err)
	}
	owned, err := client.Order.Query().
		Where(order.PlacedByIDIsNil(), order.HasAccountWith(account.HasMembershipsWith(membership.UserID(userID), membership.Owner(true)))).
		Exist(system)
	return owned, whetherFailed(err)
}

func whetherFailed(err error) error {
	if err != nil {
		return fmt.Errorf("looking for orders of a user: %w", err)
	}
	return nil
}
