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

// Password is what a user knows, hashed. A user without a row has none and signs in after a reset.
type Password struct{ ent.Schema }

// Fields of Password.
func (Password) Fields() []ent.Field {
	return []ent.Field{
		field.Int("user_id").Unique(),
		field.String("hash").Sensitive(),
		field.Bool("wrapped").Default(false).Comment("argon2id over an imported hash, until the first sign-in"),
		field.Time("changed_at"),
	}
}

// Edges of Password.
func (Password) Edges() []ent.Edge {
	return []ent.Edge{edge.From("user", User.Type).Ref("password").Field("user_id").Unique().Required()}
}

// Indexes of Password.
func (Password) Indexes() []ent.Index {
	// The greatest of them tells what every check has to cost (security.md #7).
	return []ent.Index{index.Fields("hash").StorageKey("password_wrapped").Annotations(entsql.IndexWhere("wrapped"))}
}

// Policy of Password.
func (Password) Policy() ent.Policy { return rule.Policy() }

// Factor is a second factor that a user enrolled.
type Factor struct{ ent.Schema }

// Fields of Factor.
func (Factor) Fields() []ent.Field {
	return []ent.Field{
		field.Int("user_id"),
		field.Enum("kind").Values("TOTP"),
		field.Bytes("sealed_seed").Sensitive(),
		field.Int64("last_step").Default(0).Comment("the last time step used (RFC 6238); a code works once"),
		field.Time("created_at").Immutable(),
	}
}

// Edges of Factor.
func (Factor) Edges() []ent.Edge {
	return []ent.Edge{edge.From("user", User.Type).Ref("factors").Field("user_id").Unique().Required()}
}

// Indexes of Factor.
func (Factor) Indexes() []ent.Index { return []ent.Index{index.Fields("user_id", "kind").Unique()} }

// Policy of Factor.
func (Factor) Policy() ent.Policy { return rule.Policy() }

// Passkey is a credential of WebAuthn that a user enrolled: it signs in by itself, and serves as a second factor.
type Passkey struct{ ent.Schema }

// Annotations of Passkey.
func (Passkey) Annotations() []schema.Annotation { return []schema.Annotation{Node{}} }

// Fields of Passkey.
func (Passkey) Fields() []ent.Field {
	return []ent.Field{
		field.Int("user_id"),
		field.String("name").Comment("the user's own, to tell their passkeys apart"),
		field.Bytes("credential_id").Unique().Comment("belongs to one user for ever (security.md #31)"),
		field.Bytes("handle").Comment("the user's opaque handle, the same in all their passkeys; tells nothing of them"),
		field.Bytes("credential").Sensitive().Comment("public key, flags and counter, as JSON"),
		field.Time("created_at").Immutable(),
		field.Time("last_used_at").Default(time.Time{}).Comment("zero: never"),
	}
}

// Edges of Passkey.
func (Passkey) Edges() []ent.Edge {
	return []ent.Edge{edge.From("user", User.Type).Ref("passkeys").Field("user_id").Unique().Required()}
}

// Indexes of Passkey.
func (Passkey) Indexes() []ent.Index { return []ent.Index{index.Fields("user_id", "id")} }

// Policy of Passkey.
func (Passkey) Policy() ent.Policy { return rule.Policy() }

// PasskeyCeremony is a challenge that waits for its answer: of one browser, for one purpose, once (security.md #31).
type PasskeyCeremony struct{ ent.Schema }

// Fields of PasskeyCeremony.
func (PasskeyCeremony) Fields() []ent.Field {
	return []ent.Field{
		field.Bytes("secret_hash").Unique().Sensitive().Comment("SHA-256 of the cookie that binds it to a browser"),
		field.Enum("purpose").Values("ENROLMENT", "SIGN_IN", "SECOND_FACTOR", "CONFIRMATION"),
		field.Int("user_id").Default(0).Comment("0: whoever the passkey belongs to"),
		field.Bytes("state").Sensitive().Comment("challenge and options, as JSON"),
		field.Time("expires_at"),
	}
}

// Indexes of PasskeyCeremony.
func (PasskeyCeremony) Indexes() []ent.Index { return []ent.Index{index.Fields("expires_at")} }

// Policy of PasskeyCeremony.
func (PasskeyCeremony) Policy() ent.Policy { return rule.Policy() }

// BackupCode is one of the ten codes that stand in for a lost second factor, each once (security.md #30).
type BackupCode struct{ ent.Schema }

// Fields of BackupCode.
func (BackupCode) Fields() []ent.Field {
	return []ent.Field{
		field.Int("user_id"),
		field.Bytes("salt").Sensitive().Comment("the same for all codes of a set"),
		field.Bytes("hash").Sensitive().Comment("argon2id of the code"),
		field.Time("created_at").Immutable(),
		field.Time("used_at").Optional().Nillable(),
	}
}

// Edges of BackupCode.
func (BackupCode) Edges() []ent.Edge {
	return []ent.Edge{edge.From("user", User.Type).Ref("backup_codes").Field("user_id").Unique().Required()}
}

// Indexes of BackupCode.
func (BackupCode) Indexes() []ent.Index { return []ent.Index{index.Fields("user_id", "hash").Unique()} }

// Policy of BackupCode.
func (BackupCode) Policy() ent.Policy { return rule.Policy() }

// TrustedDevice is a browser that is not asked for the second factor for a while.
type TrustedDevice struct{ ent.Schema }

// Annotations of TrustedDevice.
func (TrustedDevice) Annotations() []schema.Annotation { return []schema.Annotation{Node{}} }

// Fields of TrustedDevice.
func (TrustedDevice) Fields() []ent.Field {
	return []ent.Field{
		field.Int("user_id"),
		field.Bytes("secret_hash").Unique().Sensitive().Comment("SHA-256 of the cookie"),
		field.Int("credential_version").Comment("of the user when it was trusted"),
		field.String("address").Default(""),
		field.String("device").Default(""),
		field.Time("created_at").Immutable(),
		field.Time("last_used_at").Default(time.Time{}).Comment("zero: never"),
		field.Time("expires_at"),
	}
}

// Edges of TrustedDevice.
func (TrustedDevice) Edges() []ent.Edge {
	return []ent.Edge{edge.From("user", User.Type).Ref("trusted_devices").Field("user_id").Unique().Required()}
}

// Indexes of TrustedDevice.
func (TrustedDevice) Indexes() []ent.Index {
	return []ent.Index{index.Fields("user_id", "id"), index.Fields("expires_at")}
}

// Policy of TrustedDevice.
func (TrustedDevice) Policy() ent.Policy { return rule.Policy() }

// SecurityQuestion is one text of the list that staff keep.
type SecurityQuestion struct{ ent.Schema }

// Annotations of SecurityQuestion.
func (SecurityQuestion) Annotations() []schema.Annotation { return []schema.Annotation{Node{}} }

// Fields of SecurityQuestion.
func (SecurityQuestion) Fields() []ent.Field {
	return []ent.Field{
		field.JSON("texts", map[string]string{}).Comment("by BCP 47 tag; en is always there"),
		field.Int("position").Default(0),
		field.Bool("retired").Default(false),
		field.Int("version").Default(1).Comment("counts changes of the texts"),
	}
}

// Edges of SecurityQuestion.
func (SecurityQuestion) Edges() []ent.Edge {
	return []ent.Edge{edge.To("answers", SecurityAnswer.Type).Annotations(entsql.OnDelete(entsql.Restrict))}
}

// Policy of SecurityQuestion.
func (SecurityQuestion) Policy() ent.Policy { return rule.Policy(rule.StaffRead()) }

// SecurityAnswer is a user's chosen question with the answer, hashed like a password.
type SecurityAnswer struct{ ent.Schema }

// Fields of SecurityAnswer.
func (SecurityAnswer) Fields() []ent.Field {
	return []ent.Field{
		field.Int("user_id").Unique(),
		field.Int("question_id"),
		field.String("hash").Sensitive(),
		field.Time("set_at"),
	}
}

// Edges of SecurityAnswer.
func (SecurityAnswer) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("user", User.Type).Ref("answer").Field("user_id").Unique().Required(),
		edge.From("question", SecurityQuestion.Type).Ref("answers").Field("question_id").Unique().Required(),
	}
}

// Indexes of SecurityAnswer.
func (SecurityAnswer) Indexes() []ent.Index { return []ent.Index{index.Fields("question_id")} }

// Policy of SecurityAnswer.
func (SecurityAnswer) Policy() ent.Policy { return rule.Policy() }

// OneTimeToken is a link that was mailed or printed: reset, verification, set-up (security.md #8-#12).
type OneTimeToken struct{ ent.Schema }

// Fields of OneTimeToken.
func (OneTimeToken) Fields() []ent.Field {
	return []ent.Field{
		field.Bytes("hash").Unique().Sensitive(),
		field.Enum("purpose").Values("RESET", "VERIFY_EMAIL", "CHANGE_EMAIL", "DISOWN", "SET_UP", "INVITATION"),
		field.Int("user_id").Optional().Nillable().Comment("none for set-up and invitations"),
		field.Int("invitation_id").Optional().Nillable().Comment("the invitation that it opens; older ones of it are used up"),
		field.String("address_key").Default("").Comment("the canonical address it was sent to"),
		field.String("subject").Default("").Comment("what it is about: the new address of a change, what a disowned mail told"),
		field.Int("credential_version").Default(0).Comment("of the user when it was made"),
		field.Int("lifetime").Comment("seconds from the moment the mail is accepted"),
		field.Int("wrong_answers").Default(0),
		field.Time("created_at").Immutable(),
		field.Time("expires_at"),
		field.Time("used_at").Optional().Nillable(),
	}
}

// Edges of OneTimeToken.
func (OneTimeToken) Edges() []ent.Edge {
	return []ent.Edge{edge.From("invitation", Invitation.Type).Ref("tokens").Field("invitation_id").Unique()}
}

// Indexes of OneTimeToken.
func (OneTimeToken) Indexes() []ent.Index {
	return []ent.Index{index.Fields("user_id", "purpose"), index.Fields("expires_at"), index.Fields("invitation_id")}
}

// Policy of OneTimeToken.
func (OneTimeToken) Policy() ent.Policy { return rule.Policy() }
