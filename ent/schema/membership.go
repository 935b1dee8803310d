package schema

import (
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"roster/ent/permission"
	"roster/ent/rule"
)

// Membership is the link of one user to one account. The database itself holds that a pair is linked once and
// that an account has at most one owner (security.md #47).
type Membership struct{ ent.Schema }

// Annotations of Membership.
func (Membership) Annotations() []schema.Annotation { return []schema.Annotation{Node{}} }

// Fields of Membership.
func (Membership) Fields() []ent.Field {
	return []ent.Field{
		field.Int("user_id"),
		field.Int("account_id"),
		field.Bool("owner").Default(false),
		field.JSON("permissions", []permission.Account{}).Default([]permission.Account{}).
			Comment("what was granted; an owner holds all, whatever stands here"),
		field.Time("last_seen_at").Default(time.Time{}).Comment("on this account; zero: never"),
		field.Time("since").Immutable(),
		field.Time("ends_at").Optional().Nillable().Comment("from then on it counts for nothing; none: it stands. An owner's has none"),
		field.Time("ownership_offered_at").Optional().Nillable().Comment("when the owner offered them the account; none: not at present"),
		field.Int("version").Default(1),
	}
}

// Edges of Membership.
func (Membership) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("user", User.Type).Ref("memberships").Field("user_id").Unique().Required(),
		edge.From("account", Account.Type).Ref("memberships").Field("account_id").Unique().Required(),
		edge.To("token_scopes", TokenScope.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
	}
}

// Indexes of Membership.
func (Membership) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("user_id", "account_id").Unique(),
		index.Fields("account_id", "id"),
		index.Fields("account_id").Unique().StorageKey("membership_one_owner").Annotations(entsql.IndexWhere("owner")),
		index.Fields("account_id").Unique().StorageKey("membership_one_offer").Annotations(entsql.IndexWhere("ownership_offered_at IS NOT NULL")),
	}
}

// Policy of Membership.
func (Membership) Policy() ent.Policy {
	return rule.Policy(rule.MembershipsInReach(), rule.StaffWrite())
}
