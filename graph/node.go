package graph

import (
	"context"

	"roster/ent/gid"
	"roster/graph/generated/model"
	"roster/internal/fault"
)

// mostNodes is how many objects one call of nodes may name.
const mostNodes = 100

// find is the door to every table by global ID: it calls the getter that the named field calls. nil: not there, or
// not the viewer's.
func (r *Resolver) find(ctx context.Context, id string) (model.Node, error) {
	kind, row, ok := gid.Decode(id)
	if !ok {
		return nil, fault.New(fault.Invalid, "This is not an ID of this API.")
	}
	switch kind {
	case gid.User:
		return orNull(r.Users.Get(ctx, row))
	case gid.Account:
		return orNull(r.Accounts.Get(ctx, row))
	case gid.Membership:
		return orNull(r.Members.Get(ctx, row))
	case gid.Invitation:
		return orNull(r.Invitations.Get(ctx, row))
	case gid.Order:
		return orNull(r.Accounts.Order(ctx, row))
	case gid.PermissionTemplate:
		return orNull(r.Members.Template(ctx, row))
	case gid.Role:
		return orNull(r.Staff.Role(ctx, row))
	case gid.SecurityQuestion:
		return orNull(r.Questions.Get(ctx, row))
	case gid.Session:
		return orNull(r.SignIns.Session(ctx, row))
	case gid.Passkey:
		return orNull(r.Passkeys.Get(ctx, row))
	case gid.APIToken:
		return orNull(r.Tokens.Get(ctx, row))
	case gid.TrustedDevice:
		return orNull(r.SignIns.Device(ctx, row))
	}
	return nil, nil
}

// orNull keeps a nil pointer from becoming an interface that is not nil.
func orNull[T interface {
	comparable
	model.Node
}](found T, err error) (model.Node, error) {
	var none T
	if err != nil || found == none {
		return nil, err
	}
	return found, nil
}
