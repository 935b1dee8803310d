package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"roster/ent/rule"
)

// Account is a billable party.
type Account struct{ ent.Schema }

// Annotations of Account.
func (Account) Annotations() []schema.Annotation { return []schema.Annotation{Node{}} }

// Fields of Account.
func (Account) Fields() []ent.Field {
	return []ent.Field{
		field.String("name"),
		field.String("name_key").Comment("the name, folded: order and prefix search"),
		field.String("email"),
		field.String("email_key").Comment("the canonical address; not unique, two accounts may share a mailbox"),
		field.String("search_text").Default("").Comment("folded name and address: search for words inside"),
		field.Enum("status").Values("ACTIVE", "INACTIVE", "CLOSED").Default("ACTIVE"),
		field.Time("created_at").Immutable(),
		field.Time("updated_at"),
		field.Int("version").Default(1),
	}
}

// Edges of Account.
func (Account) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("memberships", Membership.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("invitations", Invitation.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("orders", Order.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("token_scopes", TokenScope.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
	}
}

// Indexes of Account.
func (Account) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("name_key", "id"),
		index.Fields("email_key", "id"),
		index.Fields("status", "id"),
		index.Fields("created_at", "id"),
	}
}

// Policy of Account.
func (Account) Policy() ent.Policy { return rule.Policy(rule.AccountsInReach(), rule.StaffWrite()) }
