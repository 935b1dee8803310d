package schema

import (
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"roster/ent/rule"
)

// User is somebody who signs in. Every column that a list can be ordered by is NOT NULL and indexed with the id:
// "never" is the zero time. Secrets live in tables of their own, so that loading a user never loads one.
type User struct{ ent.Schema }

// Annotations of User.
func (User) Annotations() []schema.Annotation { return []schema.Annotation{Node{}} }

// Fields of User.
func (User) Fields() []ent.Field {
	return []ent.Field{
		field.String("first_name"),
		field.String("last_name").Default(""),
		field.String("name_key").Comment("the whole name, folded: order and prefix search"),
		field.String("last_key").Comment("the family name, folded: prefix search"),
		field.String("email").Comment("the address in its given spelling"),
		field.String("email_key").Unique().Comment("the canonical address (security.md #69)"),
		field.String("search_text").Comment("folded name and address: search for words inside"),
		field.Bool("email_verified").Default(false),
		field.Bool("once_proven").Default(false).Comment("an earlier address was verified: what was set up since belongs to its user (security.md #34)"),
		field.Bool("self_registered").Default(false).Comment("made by a visitor: until the address is verified, nobody knows whose it is (security.md #49)"),
		field.String("language").Default("en"),
		field.String("time_zone").Default("").Comment("an IANA name; empty: that of the browser"),
		field.Enum("state").Values("ACTIVE", "SUSPENDED", "ERASED").Default("ACTIVE"),
		field.Bool("two_factor_enabled").Default(false),
		field.Bool("security_question_set").Default(false),
		field.Enum("verification").Values("NOT_REQUESTED", "REQUESTED", "SUBMITTED", "APPROVED", "REJECTED", "EXPIRED").Default("NOT_REQUESTED").
			Comment("where the proof of who they are stands, for lists"),
		field.Time("last_login_at").Default(time.Time{}).Comment("real sign-ins only; zero: never"),
		field.Time("created_at").Immutable(),
		field.Time("updated_at"),
		field.Int("version").Default(1),
		field.Int("credential_version").Default(1).Comment("sessions and tokens of another one are dead"),
		field.Int("role_id").Optional().Nillable(),
	}
}

// Edges of User.
func (User) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("memberships", Membership.Type).Annotations(entsql.OnDelete(entsql.Restrict)),
		edge.From("role", Role.Type).Ref("users").Field("role_id").Unique(),
		edge.To("sessions", Session.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("password", Password.Type).Unique().Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("factors", Factor.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("answer", SecurityAnswer.Type).Unique().Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("sign_ins", SignIn.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("passkeys", Passkey.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("backup_codes", BackupCode.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("api_tokens", APIToken.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("identity", Verification.Type).Unique().Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("trusted_devices", TrustedDevice.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
	}
}

// Indexes of User: one behind every order and every filter.
func (User) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("name_key", "id"),
		index.Fields("last_key", "id"),
		index.Fields("language", "id"),
		index.Fields("state", "id"),
		index.Fields("email_verified", "id"),
		index.Fields("two_factor_enabled", "id"),
		index.Fields("security_question_set", "id"),
		index.Fields("last_login_at", "id"),
		index.Fields("verification", "id"),
		index.Fields("created_at", "id"),
		index.Fields("role_id"),
	}
}

// Policy of User.
func (User) Policy() ent.Policy { return rule.Policy(rule.UsersInReach(), rule.StaffWrite()) }
