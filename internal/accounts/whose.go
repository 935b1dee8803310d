package accounts

import (
	"entgo.io/ent/dialect/sql"

	"roster/ent/generated/membership"
	"roster/ent/generated/order"
	"roster/ent/generated/predicate"
	"roster/ent/generated/user"
)

// OfUser selects the orders that are a user's: those that they placed, and those that staff placed in accounts that they own.
func OfUser(userID int) predicate.Order {
	return func(s *sql.Selector) {
		placed, staffs := whose(s.Dialect(), func(column string) *sql.Predicate { return sql.EQ(column, userID) })
		s.Where(sql.In(s.C(order.FieldID), placed.UnionAll(staffs)))
	}
}

// HasOrders selects the users for whom OfUser selects any.
func HasOrders() predicate.User {
	return func(s *sql.Selector) {
		placed, staffs := whose(s.Dialect(), func(column string) *sql.Predicate { return sql.ColumnsEQ(column, s.C(user.FieldID)) })
		s.Where(sql.Or(sql.Exists(placed), sql.Exists(staffs)))
	}
}

// whose selects the IDs of the orders that somebody placed, and of those that staff placed for them. They are two, for an
// index answers each, and none answers either of the two.
func whose(dialect string, is func(column string) *sql.Predicate) (placed, staffs *sql.Selector) {
	build := sql.Dialect(dialect)
	theirs, o, m := build.Table(order.Table).As("theirs"), build.Table(order.Table).As("staffs"), build.Table(membership.Table).As("owned")
	placed = build.Select(theirs.C(order.FieldID)).From(theirs).Where(is(theirs.C(order.FieldPlacedByID)))
	staffs = build.Select(o.C(order.FieldID)).From(m).Join(o).On(o.C(order.FieldAccountID), m.C(membership.FieldAccountID)).
		Where(sql.And(is(m.C(membership.FieldUserID)), sql.IsTrue(m.C(membership.FieldOwner)), byStaff(o.C(order.FieldPlacedByID))))
	return placed, staffs
}

// byStaff is that nobody placed an order, said so that no index answers it: one would bring the orders of all staff, where
// those of the few accounts of the user are wanted.
func byStaff(placedBy string) *sql.Predicate {
	return sql.P(func(b *sql.Builder) { b.WriteString("COALESCE(").Ident(placedBy).WriteString(", 0) = 0") })
}
