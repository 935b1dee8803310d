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

// APIToken lets a program act (security.md #14): with a role, made on the command line and belonging to nobody; with
// admin permissions of its maker's; or as its maker in some of their accounts.
type APIToken struct{ ent.Schema }

// Annotations of APIToken.
func (APIToken) Annotations() []schema.Annotation { return []schema.Annotation{Node{}} }

// Fields of APIToken.
func (APIToken) Fields() []ent.Field {
	return []ent.Field{
		field.String("name"),
		field.Bytes("hash").Unique().Sensitive(),
		field.Enum("kind").Values("COMMAND_LINE", "INSTALLATION", "PERSONAL").Default("COMMAND_LINE"),
		field.Int("role_id").Optional().Nillable().Comment("of the command line's: its permissions at each use are the scopes"),
		field.Int("maker_id").Optional().Nillable().Comment("whose permissions bound it at each use; none: made on the command line"),
		field.Int("credential_version").Default(0).Comment("of the maker when it was made (security.md #9)"),
		field.JSON("permissions", []permission.Admin{}).Optional().Comment("the scopes of an installation's"),
		field.Time("created_at").Comment("or was rotated"),
		field.Time("expires_at"),
		field.Time("last_used_at").Default(time.Time{}).Comment("to the minute; zero: never"),
		field.String("last_used_address").Default(""),
		field.Time("revoked_at").Optional().Nillable(),
		field.String("revoke_reason").Default(""),
	}
}

// Edges of APIToken.
func (APIToken) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("role", Role.Type).Ref("api_tokens").Field("role_id").Unique(),
		edge.From("maker", User.Type).Ref("api_tokens").Field("maker_id").Unique(),
		edge.To("scopes", TokenScope.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
	}
}

// Indexes of APIToken.
func (APIToken) Indexes() []ent.Index {
	return []ent.Index{index.Fields("role_id"), index.Fields("maker_id", "id")}
}

// Policy of APIToken.
func (APIToken) Policy() ent.Policy { return rule.Policy() }

// TokenScope is what a personal API token may do in one account, as long as its maker may. It goes with the membership that
// it was given by: who comes back into an account does not bring their old tokens (security.md #14).
type TokenScope struct{ ent.Schema }

// Fields of TokenScope.
func (TokenScope) Fields() []ent.Field {
	return []ent.Field{
		field.Int("token_id"),
		field.Int("account_id"),
		field.Int("membership_id"),
		field.JSON("permissions", []permission.Account{}),
	}
}

// Edges of TokenScope.
func (TokenScope) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("token", APIToken.Type).Ref("scopes").Field("token_id").Unique().Required(),
		edge.From("account", Account.Type).Ref("token_scopes").Field("account_id").Unique().Required(),
		edge.From("membership", Membership.Type).Ref("token_scopes").Field("membership_id").Unique().Required(),
	}
}

// Indexes of TokenScope.
func (TokenScope) Indexes() []ent.Index {
	return []ent.Index{index.Fields("token_id", "account_id").Unique(), index.Fields("account_id"), index.Fields("membership_id")}
}

// Policy of TokenScope.
func (TokenScope) Policy() ent.Policy { return rule.Policy() }
