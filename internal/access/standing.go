package access

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/membership"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
)

// standing is what a viewer holds. Its members have names for JSON alone.
type standing struct {
	Kind        viewer.Kind
	Permissions []permission.Admin
	Scopes      map[int][]permission.Account
	// Credentials is the version of the user's, or of the maker's where the viewer is a personal token.
	Credentials int
	Unmanaged   bool
	Links       []standingLink
}

type standingLink struct {
	Account     int
	Status      string
	Owner       bool
	Permissions []permission.Account
	EndsAt      *time.Time
}

// Standing is a digest of all that decides about what the viewer may do and see at now: admin permissions and scopes,
// credentials, and their memberships that stand. It is the same as long as all that is. Sudo is no part of it.
func Standing(ctx context.Context, client *ent.Client, now time.Time) ([]byte, error) {
	v := viewer.From(ctx)
	held := standing{Kind: v.Kind, Permissions: v.AdminPermissions(), Scopes: v.Scopes}
	if v.Self() != 0 {
		if err := held.load(viewer.ForSystem(ctx, "access"), client, v.Self(), now); err != nil {
			return nil, err
		}
	}
	text, err := json.Marshal(held)
	if err != nil {
		return nil, fmt.Errorf("writing what a viewer holds: %w", err)
	}
	sum := sha256.Sum256(text)
	return sum[:], nil
}

func (s *standing) load(ctx context.Context, client *ent.Client, userID int, now time.Time) (err error) {
	u, err := client.User.Query().Where(user.ID(userID)).WithMemberships(func(q *ent.MembershipQuery) {
		q.Where(membership.Or(membership.EndsAtIsNil(), membership.EndsAtGT(now))).
			Order(ent.Asc(membership.FieldAccountID)).WithAccount()
	}).Only(ctx)
	if err != nil {
		return fmt.Errorf("loading what a viewer holds: %w", err)
	}
	s.Credentials = u.CredentialVersion
	for _, m := range u.Edges.Memberships {
		link := standingLink{Account: m.AccountID, Owner: m.Owner, Permissions: m.Permissions, EndsAt: m.EndsAt}
		if m.Edges.Account != nil {
			link.Status = string(m.Edges.Account.Status)
		}
		if m.EndsAt != nil {
			at := m.EndsAt.UTC()
			link.EndsAt = &at
		}
		s.Links = append(s.Links, link)
	}
	s.Unmanaged, err = UserManagementOff(ctx, client)
	return err
}
