package schema

import (
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"roster/ent/rule"
)

// Verification is how far a user came with proving who they are (product.md part 7). Without a row they were never asked.
type Verification struct{ ent.Schema }

// Fields of Verification.
func (Verification) Fields() []ent.Field {
	return []ent.Field{
		field.Int("user_id").Unique(),
		field.Enum("status").Values("NOT_REQUESTED", "REQUESTED", "SUBMITTED", "APPROVED", "REJECTED", "EXPIRED"),
		field.String("provider"),
		field.Time("requested_at"),
		field.Time("submitted_at").Default(time.Time{}),
		field.Time("decided_at").Default(time.Time{}),
		field.Time("expires_at").Default(time.Time{}).Comment("when an approval ends; zero: it does not"),
		field.String("cause").Default("").Comment("the key of why it was rejected"),
		field.String("reason").Default("").Comment("why, in the reviewer's words"),
		field.Int("tries").Default(0).Comment("rejected since it was requested"),
		field.Int("reviewer_id").Default(0).Comment("who approved first, where two must; 0: nobody yet"),
		field.String("session").Default("").Comment("what the provider calls it"),
		field.Time("heard_at").Default(time.Time{}).Comment("when the provider said what was taken last: what it said before comes too late (security.md #88)"),
		field.Int("version").Default(1),
	}
}

// Edges of Verification.
func (Verification) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("user", User.Type).Ref("identity").Field("user_id").Unique().Required(),
		edge.To("steps", VerificationStep.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("files", VerificationFile.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
	}
}

// Indexes of Verification.
func (Verification) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("status", "submitted_at", "id"),
		index.Fields("status", "expires_at"),
		index.Fields("session"),
	}
}

// Policy of Verification.
func (Verification) Policy() ent.Policy { return rule.Policy() }

// VerificationStep is one step of a verification: who, when, and why.
type VerificationStep struct{ ent.Schema }

// Fields of VerificationStep.
func (VerificationStep) Fields() []ent.Field {
	return []ent.Field{
		field.Int("verification_id").Immutable(),
		field.Time("at").Immutable(),
		field.Enum("status").Values("NOT_REQUESTED", "REQUESTED", "SUBMITTED", "APPROVED", "REJECTED", "EXPIRED").Immutable(),
		field.String("provider").Immutable(),
		field.Enum("actor").Values("STAFF", "SELF", "PROVIDER", "SYSTEM").Immutable(),
		field.Int("actor_id").Default(0).Immutable().Comment("the user who acted; 0: nobody in person"),
		field.String("cause").Default("").Immutable(),
		field.String("reason").Default("").Immutable().Comment("in the words of who did it"),
	}
}

// Edges of VerificationStep.
func (VerificationStep) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("verification", Verification.Type).Ref("steps").Field("verification_id").Unique().Required().Immutable(),
	}
}

// Indexes of VerificationStep.
func (VerificationStep) Indexes() []ent.Index {
	return []ent.Index{index.Fields("verification_id", "id")}
}

// Policy of VerificationStep.
func (VerificationStep) Policy() ent.Policy { return rule.Policy() }

// VerificationFile is a picture or scan that a user sent, sealed (security.md #68, #71).
type VerificationFile struct{ ent.Schema }

// Fields of VerificationFile.
func (VerificationFile) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").Unique().Immutable().Comment("random: what it is asked for by"),
		field.Int("verification_id").Immutable(),
		field.Enum("kind").Values("FRONT", "BACK", "SELFIE").Immutable(),
		field.Bool("submitted").Default(false).Comment("it is part of what is reviewed; before that, the user may replace it"),
		field.String("media_type").Immutable(),
		field.Int("bytes").Immutable(),
		field.Time("created_at").Immutable(),
		field.Time("purge_at").Comment("when it goes for good"),
	}
}

// Edges of VerificationFile.
func (VerificationFile) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("verification", Verification.Type).Ref("files").Field("verification_id").Unique().Required().Immutable(),
		edge.To("content", FileContent.Type).Unique().Annotations(entsql.OnDelete(entsql.Cascade)),
	}
}

// Indexes of VerificationFile.
func (VerificationFile) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("verification_id", "kind"),
		index.Fields("purge_at"),
	}
}

// Policy of VerificationFile.
func (VerificationFile) Policy() ent.Policy { return rule.Policy() }

// FileContent is what is in a file, apart from it, so that to list files loads none.
type FileContent struct{ ent.Schema }

// Fields of FileContent.
func (FileContent) Fields() []ent.Field {
	return []ent.Field{
		field.Int("file_id").Immutable(),
		field.Bytes("sealed").Immutable(),
	}
}

// Edges of FileContent.
func (FileContent) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("file", VerificationFile.Type).Ref("content").Field("file_id").Unique().Required().Immutable(),
	}
}

// Policy of FileContent.
func (FileContent) Policy() ent.Policy { return rule.Policy() }

// ProviderNotice is a message of an identity provider that was taken, so that it is not taken twice (security.md #88).
type ProviderNotice struct{ ent.Schema }

// Fields of ProviderNotice.
func (ProviderNotice) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").Comment("provider and its name of the message"),
		field.Time("at"),
	}
}

// Indexes of ProviderNotice.
func (ProviderNotice) Indexes() []ent.Index { return []ent.Index{index.Fields("at")} }

// Policy of ProviderNotice.
func (ProviderNotice) Policy() ent.Policy { return rule.Policy() }
