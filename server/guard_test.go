package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"roster/graph"
	"roster/graph/generated"
	"roster/internal/db"
	"roster/internal/dbtest"
)

// Every root field, as it stands in the schema, is called by somebody who may not (security.md #40).
func TestGuardsRefuse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.user("Eve", "Moore", "eve@example.com")
		nobody, customer := w.browser(), w.browser().signIn("eve@example.com")
		schema := generated.NewExecutableSchema(generated.Config{}).Schema()
		for _, root := range []*ast.Definition{schema.Query, schema.Mutation} {
			for _, field := range root.Fields {
				if strings.HasPrefix(field.Name, "__") {
					continue
				}
				call := strings.ToLower(root.Name) + " { " + callOf(schema, field) + " }"
				audience := graph.Audience(field)
				if audience == "public" {
					continue
				}
				t.Run(field.Name, func(t *testing.T) {
					if r := nobody.ask(call, nil); r.refusal() != "UNAUTHENTICATED" {
						t.Errorf("nobody: %q: %s", r.refusal(), r.Body)
					}
					if r := customer.ask(call, nil); audience == "staff" && r.refusal() != "FORBIDDEN" {
						t.Errorf("a customer: %q: %s", r.refusal(), r.Body)
					}
				})
			}
		}
	})
}

// callOf writes the field with the arguments that it needs, and the first scalar of what it returns.
func callOf(schema *ast.Schema, field *ast.FieldDefinition) string {
	var args []string
	for _, a := range field.Arguments {
		if a.Type.NonNull || a.Name == "first" {
			args = append(args, a.Name+": "+valueOf(schema, a.Type))
		}
	}
	call := field.Name
	if len(args) > 0 {
		call += "(" + strings.Join(args, ", ") + ")"
	}
	if d := schema.Types[field.Type.Name()]; d.IsCompositeType() {
		call += " { __typename }"
	}
	return call
}

// valueOf writes some value of the type.
func valueOf(schema *ast.Schema, t *ast.Type) string {
	if t.Elem != nil {
		return "[" + valueOf(schema, t.Elem) + "]"
	}
	switch d := schema.Types[t.Name()]; d.Kind {
	case ast.InputObject:
		var fields []string
		for _, f := range d.Fields {
			if f.Type.NonNull {
				fields = append(fields, f.Name+": "+valueOf(schema, f.Type))
			}
		}
		return "{" + strings.Join(fields, ", ") + "}"
	case ast.Enum:
		return d.EnumValues[0].Name
	case ast.Scalar:
		switch d.Name {
		case "Int", "Float":
			return "1"
		case "Boolean":
			return "true"
		case "DateTime":
			return `"2026-01-31T12:00:00Z"`
		}
		return `"dXNlcjox"`
	default:
		panic(fmt.Sprintf("no value of %s can be written", d.Name))
	}
}
