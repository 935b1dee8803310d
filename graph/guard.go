package graph

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"roster/ent/gid"
	"roster/ent/viewer"
	"roster/internal/audit"
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

// refusedFields are the root fields of one operation that guards refused, and to whom.
type refusedFields struct {
	mu   sync.Mutex
	who  viewer.Viewer
	list []audit.Refusal
}

type refusedKey struct{}

// collectRefusal notes that a guard refused somebody a root field (security.md #66). Nobody is no actor: what comes without
// a session or a token is for the access log.
func collectRefusal(ctx context.Context, refusal error) {
	v := viewer.From(ctx)
	if !v.SignedIn() {
		return
	}
	field := graphql.GetFieldContext(ctx).Field
	entry := audit.Entry{Action: audit.AccessRefused, Target: targetOf(ctx, field), Detail: map[string]any{"field": field.Name}}
	all := ctx.Value(refusedKey{}).(*refusedFields)
	all.mu.Lock()
	defer all.mu.Unlock()
	if len(all.list) == 0 {
		all.who = *v // acts may change it
	}
	all.list = append(all.list, audit.Refusal{Entry: entry, Err: refusal})
}

// recordingLasts is how long an answer waits for its refusals to be recorded, however long the operation took.
const recordingLasts = 2 * time.Second

// recordRefusals records what guards refused in an operation, before it is answered.
func (r *Resolver) recordRefusals(ctx context.Context, now func() time.Time, next graphql.ResponseHandler) *graphql.Response {
	all := &refusedFields{}
	answer := next(context.WithValue(ctx, refusedKey{}, all))
	if len(all.list) == 0 {
		return answer
	}
	ctx, cancel := context.WithTimeout(viewer.With(context.WithoutCancel(ctx), &all.who), recordingLasts)
	defer cancel()
	if err := r.Refusals.Note(ctx, now(), merged(all.list)); err != nil {
		slog.ErrorContext(ctx, "refusals were not recorded", "fields", len(all.list), "request", requestID(ctx), "err", err)
	}
	return answer
}

// merged makes one entry of all fields that were refused upon the same user, for the same reason.
func merged(list []audit.Refusal) []audit.Refusal {
	var out []audit.Refusal
	for _, one := range list {
		i := slices.IndexFunc(out, func(other audit.Refusal) bool {
			return other.Target == one.Target && other.Err.Error() == one.Err.Error()
		})
		if i < 0 {
			out = append(out, one)
			continue
		}
		fields, several := out[i].Detail["fields"].([]any)
		if !several {
			fields = []any{out[i].Detail["field"]}
		}
		out[i].Detail = map[string]any{"fields": append(fields, one.Detail["field"])}
	}
	return out
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
