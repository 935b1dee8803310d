package accounts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	ent "roster/ent/generated"
	"roster/ent/generated/membership"
	"roster/ent/generated/order"
	"roster/ent/generated/predicate"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/name"
	"roster/internal/paging"
)

// OrderPage is a page of the orders of one account, or of one user, the newest first.
type OrderPage struct {
	*paging.Page[*ent.Order]
	which predicate.Order
}

// OrderEdge is an order in a list.
type OrderEdge = paging.Edge[*ent.Order]

var newestOrders = paging.Order{Name: "o", Column: order.FieldID, Desc: true, Kind: paging.Number}

func orderCursor(o *ent.Order) string { return newestOrders.Cursor(nil, o.ID) }

// longestOrderNumber is in characters.
const longestOrderNumber = 50

// NewOrder is an order that is kept elsewhere.
type NewOrder struct {
	AccountID int
	Number    string
	// PlacedByID is the user who placed it; nil: staff.
	PlacedByID *int
	// VerificationRequired asks whoever it is of to prove who they are: who placed it, or else the account's owner.
	VerificationRequired bool
}

// Record notes an order that is kept elsewhere. It needs EDIT_ACCOUNTS. Faults on the fields: number fault.Required,
// Invalid, TooLong, Taken; placedById fault.NotAllowed for who may not place orders in the account; verificationRequired
// fault.NotAllowed where there is no owner to ask, or one who is suspended. fault.NotFound: no such account.
func (s *Service) Record(ctx context.Context, o NewOrder) (*ent.Order, error) {
	var err error
	if o.Number, err = checkOrderNumber(o.Number); err != nil {
		return nil, err
	}
	var made *ent.Order
	entry := audit.Entry{Action: audit.OrderRecorded, Target: audit.OnAccount(o.AccountID), Detail: map[string]any{"order": o.Number}}
	if o.PlacedByID != nil {
		entry.AboutUserID = *o.PlacedByID
	}
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := access.Staff(ctx, permission.EditAccounts); err != nil {
			return err
		}
		if err := lock(ctx, tx, o.AccountID); err != nil {
			return err
		}
		if err := s.mayOrder(ctx, tx, o); err != nil {
			return err
		}
		var err error
		made, err = tx.Order.Create().SetAccountID(o.AccountID).SetNumber(o.Number).SetNillablePlacedByID(o.PlacedByID).
			SetVerificationRequired(o.VerificationRequired).SetCreatedAt(s.now()).Save(viewer.ForSystem(ctx, "orders"))
		if db.IsDuplicate(err) {
			return fault.On("number", fault.Taken, "This account has an order with this number already.")
		} else if err != nil {
			return fmt.Errorf("saving an order: %w", err)
		}
		if err := s.verify(ctx, tx, o); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

// verify asks whoever an order is of to prove who they are, where it says so.
func (s *Service) verify(ctx context.Context, tx *db.Tx, o NewOrder) error {
	if !o.VerificationRequired {
		return nil
	}
	if o.PlacedByID != nil {
		return s.Verify(ctx, tx, *o.PlacedByID, o.Number)
	}
	owner, err := tx.Membership.Query().Where(membership.AccountID(o.AccountID), membership.Owner(true)).
		Only(viewer.ForSystem(ctx, "orders"))
	if ent.IsNotFound(err) {
		return fault.On("verificationRequired", fault.NotAllowed, "This account has no owner who could prove who they are.")
	} else if err != nil {
		return fmt.Errorf("loading an account's owner: %w", err)
	}
	return s.Verify(ctx, tx, owner.UserID, o.Number)
}

func checkOrderNumber(number string) (string, error) {
	number, err := name.Require("number", number)
	if err == nil && utf8.RuneCountInString(number) > longestOrderNumber {
		return "", fault.On("number", fault.TooLong, "The number may have up to 50 characters.")
	}
	return number, err
}

func (s *Service) mayOrder(ctx context.Context, tx *db.Tx, o NewOrder) error {
	if o.PlacedByID == nil {
		return nil
	}
	link, err := access.LinkOf(ctx, tx.Client, *o.PlacedByID, o.AccountID, s.now())
	if err != nil {
		return err
	}
	if link == nil || !link.On(permission.Orders).Allowed {
		return fault.On("placedById", fault.NotAllowed, "This user may not place orders in the account.")
	}
	return nil
}

// OrdersOf returns a page of the orders that are a user's, as OfUser says, the newest first. It needs LIST_ACCOUNTS.
func (s *Service) OrdersOf(ctx context.Context, userID int, request paging.Request) (*OrderPage, error) {
	if err := access.Staff(ctx, permission.ListAccounts); err != nil {
		return nil, err
	}
	slice, err := request.Check(newestOrders)
	if err != nil {
		return nil, err
	}
	return s.orderPage(ctx, slice, OfUser(userID))
}

func (s *Service) orderPage(ctx context.Context, slice paging.Slice, which predicate.Order) (*OrderPage, error) {
	rows, err := s.DB.Order.Query().Where(which).Modify(slice.Apply).All(viewer.ForSystem(ctx, "orders that the viewer may see"))
	if err != nil {
		return nil, fmt.Errorf("loading orders: %w", err)
	}
	return &OrderPage{paging.PageOf(slice, rows, 0, orderCursor), which}, nil
}

// Orders returns a page of an account's orders, the newest first. It needs LIST_ACCOUNTS, or ORDERS in the account.
func (s *Service) Orders(ctx context.Context, accountID int, request paging.Request) (*OrderPage, error) {
	slice, err := request.Check(newestOrders)
	if err != nil {
		return nil, err
	}
	if _, err := access.In(ctx, s.DB.Client, accountID, permission.ListAccounts, permission.Orders); err != nil {
		return nil, err
	}
	page, err := s.orderPage(ctx, slice, order.AccountID(accountID))
	if err != nil {
		return nil, err
	}
	return page, s.hideWhoLeft(ctx, accountID, page.Rows)
}

// hideWhoLeft takes from the orders of an account who placed them and is in it no more: what became of them since is not
// for its people to know (security.md #42). User 0 stands in.
func (s *Service) hideWhoLeft(ctx context.Context, accountID int, rows []*ent.Order) error {
	v := viewer.From(ctx)
	if v.Can(permission.ListUsers) {
		return nil
	}
	var placed []int
	for _, o := range rows {
		if o.PlacedByID != nil {
			placed = append(placed, *o.PlacedByID)
		}
	}
	here, err := s.DB.Membership.Query().
		Where(membership.AccountID(accountID), membership.UserIDIn(placed...), membership.Or(membership.EndsAtIsNil(), membership.EndsAtGT(v.At))).
		Select(membership.FieldUserID).Ints(viewer.ForSystem(ctx, "orders of a visible account"))
	if err != nil {
		return fmt.Errorf("loading who is in an account: %w", err)
	}
	for _, o := range rows {
		if o.PlacedByID != nil && *o.PlacedByID != v.UserID && !slices.Contains(here, *o.PlacedByID) {
			o.PlacedByID = new(int)
		}
	}
	return nil
}

// CountOrders returns how many orders there are in all where the page is from.
func (s *Service) CountOrders(ctx context.Context, page *OrderPage) (int, error) {
	n, err := s.DB.Order.Query().Where(page.which).Count(viewer.ForSystem(ctx, "orders that the viewer may see"))
	if err != nil {
		return 0, fmt.Errorf("counting orders: %w", err)
	}
	return n, nil
}

// Order returns an order that the viewer may see. nil: there is none, or none that the viewer may see.
func (s *Service) Order(ctx context.Context, id int) (*ent.Order, error) {
	if err := access.SignedIn(ctx); err != nil {
		return nil, err
	}
	o, err := s.DB.Order.Get(viewer.ForSystem(ctx, "a node"), id)
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // not there is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("loading an order: %w", err)
	}
	_, err = access.In(ctx, s.DB.Client, o.AccountID, permission.ListAccounts, permission.Orders)
	var refused *fault.Error
	if errors.As(err, &refused) {
		return nil, nil //nolint:nilnil // "not yours" and "not there" are one answer
	} else if err != nil {
		return nil, err
	}
	return o, s.hideWhoLeft(ctx, o.AccountID, []*ent.Order{o})
}
