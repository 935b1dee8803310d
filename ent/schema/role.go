package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"

	"roster/ent/permission"
	"roster/ent/rule"
)

// Role is a named set of admin permissions.
type Role struct{ ent.Schema }

// Annotations of Role.
func (Role) Annotations() []schema.Annotation { return []schema.Annotation{Node{}} }

// Fields of Role.
func (Role) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").Unique(),
		field.Bool("built_in").Default(false),
		field.JSON("permissions", []permission.Admin{}),
		field.Bool("require_two_factor").Default(false).Comment("whoever holds the role must have a second factor"),
	}
}

// Edges of Role.
func (Role) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("users", User.Type).Annotations(entsql.OnDelete(entsql.Restrict)),
		edge.To("api_tokens", APIToken.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
	}
}

// Policy of Role.
func (Role) Policy() ent.Policy { return rule.Policy(rule.StaffRead()) }
