package graph

import (
	"context"
	"log/slog"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"roster/ent/gid"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
)

// audiences are the directives of which each root field carries exactly one.
var audiences = []string{"public", "authenticated", "person", "staff", "enrolling"}

// Audience returns the one directive that says who may call the root field, "" when there is none or more than one.
func Audience(field *ast.FieldDefinition) string {
	found := ""
	for _, name := range audiences {
		if field.Directives.ForName(name) == nil {
			continue
		}
		if found != "" {
			return ""
		}
		found = name
	}
	return found
}

// noteRefusal records that a guard refused somebody a root field (security.md #66). Nobody is no actor: what comes
// without a session or a token is for the access log.
func (r *Resolver) noteRefusal(ctx context.Context, at time.Time, refusal error) {
	if !viewer.From(ctx).SignedIn() {
		return
	}
	field := graphql.GetFieldContext(ctx).Field
	entry := audit.Entry{Action: audit.AccessRefused, Target: targetOf(ctx, field), Detail: map[string]any{"field": field.Name}}
	err := db.InTx(ctx, r.Users.DB, func(ctx context.Context, tx *db.Tx) error { return audit.Refused(ctx, tx, at, entry, refusal) })
	if err != nil {
		slog.ErrorContext(ctx, "a refusal was not recorded", "field", field.Name, "request", requestID(ctx), "err", err)
	}
}

// targetOf is the user whom the field's input names.
func targetOf(ctx context.Context, field graphql.CollectedField) audit.Target {
	input, _ := field.ArgumentMap(graphql.GetOperationContext(ctx).Variables)["input"].(map[string]any)
	id, _ := input["userId"].(string)
	if kind, row, ok := gid.Decode(id); ok && kind == gid.User {
		return audit.OnUser(row)
	}
	return audit.Target{}
}

// refuseUnguarded refuses a root field without a recorded decision, should one ever get past the tests (security.md #40).
func refuseUnguarded(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	field := graphql.GetRootFieldContext(ctx).Field
	introspection := len(field.Name) > 1 && field.Name[:2] == "__"
	if !introspection && (field.Definition == nil || Audience(field.Definition) == "") {
		graphql.AddError(ctx, fault.New(fault.Forbidden, "Nobody may call this."))
		return graphql.Null
	}
	return next(ctx)
}
