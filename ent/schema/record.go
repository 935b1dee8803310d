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

// SignIn is one try to sign in, as the user's own history shows it. Kept 180 days.
type SignIn struct{ ent.Schema }

// Fields of SignIn.
func (SignIn) Fields() []ent.Field {
	return []ent.Field{
		field.Int("user_id"),
		field.Time("at").Immutable(),
		field.Enum("outcome").Values("SIGNED_IN", "WRONG_PASSWORD", "WRONG_PASSKEY", "WRONG_SECOND_FACTOR", "LOCKED", "NOT_ALLOWED"),
		field.String("address").Default(""),
		field.String("device").Default(""),
	}
}

// Edges of SignIn.
func (SignIn) Edges() []ent.Edge {
	return []ent.Edge{edge.From("user", User.Type).Ref("sign_ins").Field("user_id").Unique().Required()}
}

// Indexes of SignIn.
func (SignIn) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("user_id", "id"),
		index.Fields("at"),
		// Whether a device is known is asked of the successful ones, however many tries failed.
		index.Fields("user_id", "outcome", "at"),
	}
}

// Policy of SignIn.
func (SignIn) Policy() ent.Policy { return rule.Policy() }

// Throttle counts tries for one key, for example the password tries of one user (security.md part 4).
type Throttle struct{ ent.Schema }

// Fields of Throttle.
func (Throttle) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").Comment("what is counted and for whom"),
		field.Int("tries").Default(0),
		field.Time("since").Comment("the start of the window"),
		field.Time("until").Default(time.Time{}).Comment("closed until then; zero: open"),
	}
}

// Policy of Throttle.
func (Throttle) Policy() ent.Policy { return rule.Policy() }

// Budget is what a viewer spent of their budget of points (security.md #59).
type Budget struct{ ent.Schema }

// Fields of Budget.
func (Budget) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").Comment("whose it is"),
		field.Int64("full_at").Comment("when all of it is there again, in microseconds since 1970"),
	}
}

// Policy of Budget.
func (Budget) Policy() ent.Policy { return rule.Policy() }

// IdempotencyKey is a change that a client asked for under a key of its own, so that it is made once (security.md #80).
type IdempotencyKey struct{ ent.Schema }

// Fields of IdempotencyKey.
func (IdempotencyKey) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").Comment("SHA-256 over viewer, operation and key, in hexadecimal"),
		field.String("viewer").Comment("for whom it is counted: a user, who made the token, or a token that nobody made"),
		field.Bytes("fingerprint").Comment("what the input is known again by; only with the keyring"),
		field.String("holder").Comment("drawn by lot by who claimed it"),
		field.Time("claimed_at"),
		field.Time("expires_at"),
		field.Bool("done").Default(false).Comment("set in the transaction of the change"),
		field.Bool("ended").Default(false).Comment("the answer was given"),
		field.Bytes("answer").Optional().Nillable().Comment("sealed JSON; none where it is not to be kept"),
	}
}

// Indexes of IdempotencyKey.
func (IdempotencyKey) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("expires_at"),
		index.Fields("viewer", "expires_at").Annotations(entsql.IndexWhere("answer IS NOT NULL")),
	}
}

// Policy of IdempotencyKey.
func (IdempotencyKey) Policy() ent.Policy { return rule.Policy() }

// AuditEntry is one act or refused attempt. Triggers refuse its change or removal on both databases; personal values
// stand in a side row that erasure can take away (security.md #66, #67).
type AuditEntry struct{ ent.Schema }

// Fields of AuditEntry.
func (AuditEntry) Fields() []ent.Field {
	return []ent.Field{
		field.Time("at").Immutable(),
		field.String("action").Immutable(),
		field.String("outcome").Immutable().Comment("DONE, or the code of the refusal"),
		field.String("actor_kind").Immutable(),
		field.Int("actor_id").Default(0).Immutable().Comment("the user who acted; 0: nobody in person"),
		field.String("actor_name").Default("").Immutable().Comment("of the worker or command, when the system acted"),
		field.Int("token_id").Default(0).Immutable(),
		field.Int("session_id").Default(0).Immutable(),
		field.String("target_kind").Default("").Immutable(),
		field.Int("target_id").Default(0).Immutable(),
		field.Int("about_user_id").Default(0).Immutable().Comment("the user whom an act upon something else concerns; 0: none"),
		field.String("request_id").Default("").Immutable(),
		field.Bytes("detail_hash").Optional().Immutable().Comment("SHA-256 over salt and detail; none without detail"),
	}
}

// Edges of AuditEntry.
func (AuditEntry) Edges() []ent.Edge {
	return []ent.Edge{edge.To("detail", AuditDetail.Type).Unique()}
}

// Indexes of AuditEntry.
func (AuditEntry) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("at", "id"),
		index.Fields("target_kind", "target_id", "id"),
		index.Fields("actor_id", "id"),
		index.Fields("about_user_id", "id"),
	}
}

// Policy of AuditEntry.
func (AuditEntry) Policy() ent.Policy { return rule.Policy() }

// AuditDetail holds the personal values of one audit entry: address, device, before and after.
type AuditDetail struct{ ent.Schema }

// Fields of AuditDetail.
func (AuditDetail) Fields() []ent.Field {
	return []ent.Field{
		field.Int("entry_id").Unique().Immutable(),
		field.Bytes("salt").Immutable(),
		field.Bytes("detail").Immutable().Comment("JSON: the very bytes that were hashed"),
	}
}

// Edges of AuditDetail.
func (AuditDetail) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("entry", AuditEntry.Type).Ref("detail").Field("entry_id").Unique().Required().Immutable(),
	}
}

// Policy of AuditDetail.
func (AuditDetail) Policy() ent.Policy { return rule.Policy() }

// Mail is one row of the outbox and, once sent, of the mail log (security.md part 11).
type Mail struct{ ent.Schema }

// Fields of Mail.
func (Mail) Fields() []ent.Field {
	return []ent.Field{
		field.String("kind"),
		field.String("recipient").Comment("the stored spelling of the address"),
		field.Int("user_id").Optional().Nillable(),
		field.Int("account_id").Optional().Nillable().Comment("the account that it is about; its members may see that it went out"),
		field.String("language").Default("en"),
		field.JSON("params", map[string]string{}).Optional().Comment("what the template names; never a secret"),
		field.Bytes("sealed_nonce").Optional().Sensitive().Comment("what the link is made of; wiped when sent"),
		field.Int("token_id").Optional().Nillable().Comment("the one-time token of the link"),
		field.Enum("state").Values("QUEUED", "SENT", "FAILED", "DROPPED").Default("QUEUED"),
		field.Int("attempts").Default(0),
		field.String("last_error").Default(""),
		field.String("message_id").Unique(),
		field.Time("created_at").Immutable(),
		field.Time("sent_at").Optional().Nillable(),
	}
}

// Indexes of Mail.
func (Mail) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("user_id", "id"),
		index.Fields("account_id", "id"),
		index.Fields("token_id"),
		index.Fields("state", "id"),
		index.Fields("created_at", "id"),
	}
}

// Policy of Mail.
func (Mail) Policy() ent.Policy { return rule.Policy() }

// Setting is one value that staff chose; an absent row means the built-in default.
type Setting struct{ ent.Schema }

// Fields of Setting.
func (Setting) Fields() []ent.Field {
	return []ent.Field{
		field.String("id"),
		field.String("value").Comment("JSON"),
	}
}

// Policy of Setting.
func (Setting) Policy() ent.Policy { return rule.Policy(rule.AnyoneRead()) }
