package schema

import (
	"time"

	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"roster/ent/rule"
)

// Session is one browser of one user, from sign-in to sign-out (security.md part 3).
type Session struct{ ent.Schema }

// Annotations of Session.
func (Session) Annotations() []schema.Annotation { return []schema.Annotation{Node{}} }

// Fields of Session.
func (Session) Fields() []ent.Field {
	return []ent.Field{
		field.Int("user_id"),
		field.Bytes("secret_hash").Unique().Sensitive().Comment("SHA-256 of the cookie"),
		field.Enum("stage").Values("SECOND_FACTOR", "ENROLMENT", "OPEN").Comment("what the session still waits for"),
		field.Bool("remember").Default(false),
		field.Int("credential_version"),
		field.Int("tries").Default(0).Comment("of the second factor, while waiting for it"),
		field.Time("created_at").Immutable(),
		field.Time("seen_at"),
		field.Time("expires_at").Comment("the absolute end; the idle one is computed from seen_at"),
		field.Time("sudo_at").Default(time.Time{}).Comment("the last explicit proof of identity; zero: none"),
		field.Int("account_id").Optional().Nillable().Comment("the account acted for at present"),
		field.String("address").Default(""),
		field.String("device").Default(""),
	}
}

// Edges of Session.
func (Session) Edges() []ent.Edge {
	return []ent.Edge{edge.From("user", User.Type).Ref("sessions").Field("user_id").Unique().Required()}
}

// Indexes of Session.
func (Session) Indexes() []ent.Index {
	return []ent.Index{index.Fields("user_id", "id"), index.Fields("expires_at")}
}

// Policy of Session.
func (Session) Policy() ent.Policy { return rule.Policy() }
