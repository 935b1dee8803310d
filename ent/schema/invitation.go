package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"roster/ent/permission"
	"roster/ent/rule"
)

// Invitation is a mailed offer to join one account. The database itself holds that an address has one open offer of an
// account. Its links are one-time tokens: a resend makes another, and uses the older one up.
type Invitation struct{ ent.Schema }

// Annotations of Invitation.
func (Invitation) Annotations() []schema.Annotation { return []schema.Annotation{Node{}} }

// Fields of Invitation.
func (Invitation) Fields() []ent.Field {
	return []ent.Field{
		field.Int("account_id"),
		field.String("email").Comment("the address in its given spelling"),
		field.String("email_key").Comment("the canonical address"),
		field.JSON("permissions", []permission.Account{}),
		field.Time("membership_ends_at").Optional().Nillable().Comment("when the membership will end; none: it stands"),
		field.Enum("status").Values("PENDING", "ACCEPTED", "DECLINED", "CANCELLED").Default("PENDING").
			Comment("whether a pending one is too old, its token says"),
		field.Int("inviter_id").Optional().Nillable().Comment("the user who invited; none: an API token"),
		field.Int("inviter_token_id").Default(0).Comment("the API token that invited; 0: a user"),
		field.Bool("by_staff").Default(false).Comment("staff invited; whether they still may is asked of their admin permissions"),
		field.Int("token_id").Default(0).Comment("the link that stands; 0: none was made yet"),
		field.Time("created_at").Immutable(),
		field.Time("sent_at").Comment("when the link that stands was queued"),
		field.Time("decided_at").Optional().Nillable(),
		field.Int("accepted_by_id").Optional().Nillable().Comment("who accepted, whatever their address"),
	}
}

// Edges of Invitation.
func (Invitation) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("account", Account.Type).Ref("invitations").Field("account_id").Unique().Required(),
		edge.To("tokens", OneTimeToken.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
	}
}

// Indexes of Invitation.
func (Invitation) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("account_id", "status", "id"),
		index.Fields("account_id", "email_key").Unique().StorageKey("invitation_one_open").Annotations(entsql.IndexWhere("decided_at IS NULL")),
	}
}

// Policy of Invitation.
func (Invitation) Policy() ent.Policy {
	return rule.Policy(rule.OfAccountsInReach(), rule.StaffWrite())
}

// Order is a reference to an order that is kept elsewhere.
type Order struct{ ent.Schema }

// Annotations of Order.
func (Order) Annotations() []schema.Annotation { return []schema.Annotation{Node{}} }

// Fields of Order.
func (Order) Fields() []ent.Field {
	return []ent.Field{
		field.Int("account_id"),
		field.String("number").Comment("as the system that keeps it calls it"),
		field.Int("placed_by_id").Optional().Nillable().Comment("the user who placed it; none: staff did, for the account"),
		field.Bool("verification_required").Default(false).Comment("whoever placed it has to prove who they are"),
		field.Time("created_at").Immutable(),
	}
}

// Edges of Order.
func (Order) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("account", Account.Type).Ref("orders").Field("account_id").Unique().Required(),
	}
}

// Indexes of Order.
func (Order) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("account_id", "id"),
		index.Fields("account_id", "number").Unique(),
		index.Fields("placed_by_id", "id"),
	}
}

// Policy of Order.
func (Order) Policy() ent.Policy { return rule.Policy(rule.OfAccountsInReach(), rule.StaffWrite()) }

// PermissionTemplate is a named set of account permissions, to fill the boxes with.
type PermissionTemplate struct{ ent.Schema }

// Annotations of PermissionTemplate.
func (PermissionTemplate) Annotations() []schema.Annotation { return []schema.Annotation{Node{}} }

// Fields of PermissionTemplate.
func (PermissionTemplate) Fields() []ent.Field {
	return []ent.Field{
		field.String("name"),
		field.String("name_key").Unique().Comment("the name, folded"),
		field.JSON("permissions", []permission.Account{}),
		field.Int("version").Default(1).Comment("counts changes"),
	}
}

// Policy of PermissionTemplate.
func (PermissionTemplate) Policy() ent.Policy { return rule.Policy(rule.AnyoneRead()) }
