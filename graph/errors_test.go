package graph

import (
	"errors"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"roster/internal/fault"
)

// Only what fails before a field has its arguments is the fault of who sent them.
func TestFaultsBehindArgumentsAreOurs(t *testing.T) {
	query := schema().Query.Fields
	for _, c := range []struct {
		field string
		args  map[string]any
		want  fault.Code
	}{
		{"user", nil, fault.Invalid},
		{"user", map[string]any{}, fault.Internal},
		{"user", map[string]any{"number": 1}, fault.Internal},
		{"viewer", nil, fault.Internal},
	} {
		field := &graphql.FieldContext{Args: c.args, Field: graphql.CollectedField{Field: &ast.Field{Definition: query.ForName(c.field)}}}
		for _, ctx := range []*graphql.FieldContext{field, {Parent: field, Index: new(int)}} {
			want := c.want
			if ctx != field { // what is in its answer
				want = fault.Internal
			}
			got := presentError(graphql.WithFieldContext(t.Context(), ctx), errors.New("no such column"))
			if got.Extensions["code"] != want || got.Message == "no such column" {
				t.Errorf("%s with %v: %v, want %s", c.field, c.args, got, want)
			}
		}
	}
}
