package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"roster/internal/fault"
)

// audiences are the directives of which each root field carries exactly one.
var audiences = []string{"public", "authenticated", "staff"}

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
