package graph

import (
	"errors"
	"strconv"

	"roster/ent/gid"
	"roster/graph/generated/model"
	"roster/internal/accounts"
	"roster/internal/fault"
	"roster/internal/invitations"
	"roster/internal/members"
)

// accountFilterOf turns the filter of the API into the domain's. An ID of something else matches nothing.
func accountFilterOf(in *model.AccountFilter) (accounts.Filter, error) {
	if in == nil {
		return accounts.Filter{}, nil
	}
	f := accounts.Filter{Search: in.Search, Statuses: in.Status, CreatedBefore: in.CreatedBefore, CreatedAfter: in.CreatedAfter}
	if in.UserID == nil {
		return f, nil
	}
	row, err := rowOf("", gid.User, *in.UserID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return f, err
	}
	f.UserID = &row
	return f, nil
}

// accountDraft reads a new account.
func accountDraft(input model.CreateAccountInput) (accounts.Draft, error) {
	d := accounts.Draft{Name: input.Name, Email: input.Email}
	if input.OwnerID != nil {
		id, err := rowOf("ownerId", gid.User, *input.OwnerID)
		if err != nil {
			return d, err
		}
		d.OwnerID = &id
	}
	if o := input.Owner; o != nil {
		d.Owner = &accounts.OwnerDraft{FirstName: o.FirstName, LastName: text(o.LastName), Email: o.Email, Language: text(o.Language)}
	}
	return d, nil
}

// orderDraft reads an order to note.
func orderDraft(input model.RecordOrderInput) (accounts.NewOrder, error) {
	o := accounts.NewOrder{Number: input.Number, VerificationRequired: input.VerificationRequired}
	var err error
	if o.AccountID, err = rowOf("accountId", gid.Account, input.AccountID); err != nil || input.PlacedByID == nil {
		return o, err
	}
	by, err := rowOf("placedById", gid.User, *input.PlacedByID)
	o.PlacedByID = &by
	return o, err
}

// association reads whom to bring into an account.
func association(input model.AssociateUserInput) (invitations.Association, error) {
	a := invitations.Association{
		Email: text(input.Email), FirstName: text(input.FirstName), LastName: text(input.LastName),
		Permissions: input.Permissions, EndsAt: input.EndsAt,
	}
	var err error
	if a.AccountID, err = rowOf("accountId", gid.Account, input.AccountID); err != nil || input.UserID == nil {
		return a, err
	}
	id, err := rowOf("userId", gid.User, *input.UserID)
	a.UserID = &id
	return a, err
}

// membershipChange reads what a member may do from now on.
func membershipChange(input model.UpdateMembershipPermissionsInput) (members.Change, error) {
	id, err := rowOf("membershipId", gid.Membership, input.MembershipID)
	return members.Change{ID: id, Permissions: input.Permissions, EndsAt: input.EndsAt, Version: input.Version}, err
}

// membershipChanges is membershipChange for several, with their places in the faults.
func membershipChanges(input []*model.UpdateMembershipPermissionsInput) ([]members.Change, error) {
	changes := make([]members.Change, len(input))
	for i, one := range input {
		var err error
		if changes[i], err = membershipChange(*one); err == nil {
			continue
		}
		var f *fault.Error
		if errors.As(err, &f) && len(f.Field) > 0 {
			return nil, fault.On("changes."+strconv.Itoa(i)+"."+f.Field[0], f.Code, f.Message)
		}
		return nil, err
	}
	return changes, nil
}
