package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"roster/ent/permission"
	"roster/graph/generated"
	"roster/internal/db"
	"roster/internal/dbtest"
)

// nasty are values that something further down might choke on: databases on NUL, on bytes that are no text and on
// numbers and years out of range; parsers on the rest.
func nasty(real map[string]any) []any {
	cursor := func(order, rest string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(order + "\x1f" + rest))
	}
	return []any{
		nil, true, 0, -1, 1.5, 1e300, json.Number("-0"), json.Number("1e400"), math.MaxInt32 + 1, math.MaxInt64, json.Number("99999999999999999999"),
		"", " ", "\u0000", "a\u0000b", "\u202Eevil", "\uFFFD", "\uFFFF", "'; DROP TABLE users; --", `\`, "%", strings.Repeat("é", 10_000), "1", "true",
		[]any{}, []any{nil}, []any{[]any{"x"}}, map[string]any{}, map[string]any{"and": nil}, []any{"\u0000"},
		real["id"], "dXNlcjo5MjIzMzcyMDM2ODU0Nzc1ODA3", "dXNlcjotMQ", base64.RawURLEncoding.EncodeToString([]byte("role:1")),
		cursor("i", "1\x1f"), cursor("n", "1\x1f\xff"), cursor("n", "1\x1f\x00"), cursor("l", "1\x1f1y2p0ij32e8e7"), cursor("l", "1\x1f-1y2p0ij32e8e8"),
		cursor("i", "1y2p0ij32e8e7\x1f"), cursor("a", "1\x1f\xff"),
		"0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "0000-01-01T00:00:00Z", "2026-01-01T00:00:00+99:99", "rst_" + strings.Repeat("A", 43),
		"a@b.c", "a\u0000@b.c", "x@" + strings.Repeat("a.", 200) + "example",
	}
}

// Whatever stands at whatever position of an input, in a variable or in the text, it is never our fault (security.md #64):
// each argument and each member of each input, on both databases, as somebody who may everything.
func TestNothingIsInternal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ada := w.staff("Ada", "ada@example.com", permission.Admins...)
		eve := w.user("Eve", "Moore", "eve@example.com")
		w.account("Acme", eve)
		b := w.browser().signIn("ada@example.com").confirm()
		schema := generated.NewExecutableSchema(generated.Config{}).Schema()
		values := nasty(map[string]any{"id": ada.GlobalID()})
		for _, root := range []*ast.Definition{schema.Query, schema.Mutation} {
			for _, field := range root.Fields {
				if strings.HasPrefix(field.Name, "__") || field.Name == "signOut" {
					continue
				}
				for _, at := range positions(schema, field) {
					for _, v := range values {
						vars := map[string]any{}
						for _, a := range field.Arguments {
							if a.Type.NonNull || a.Name == "first" {
								vars[a.Name] = plausible(schema, a.Type, eve.GlobalID())
							}
						}
						put(vars, at.path, v)
						r := b.ask(at.operation, vars)
						if got := r.refusal(); got == "INTERNAL" || r.Status >= 500 || r.Status == 0 {
							t.Errorf("%s: %v = %.60q: %s", field.Name, at.path, fmt.Sprint(v), r.Body)
						}
					}
				}
			}
		}
	})
}

// position is one spot of a field's arguments, with the operation that fills all of them from variables.
type position struct {
	path      []string
	operation string
}

func positions(schema *ast.Schema, field *ast.FieldDefinition) []position {
	var found []position
	var defined, given []string
	for _, a := range field.Arguments {
		defined = append(defined, "$"+a.Name+": "+a.Type.String())
		given = append(given, a.Name+": $"+a.Name)
	}
	kind := "query"
	if schema.Mutation.Fields.ForName(field.Name) != nil {
		kind = "mutation"
	}
	operation := fmt.Sprintf("%s(%s) { %s(%s) { %s } }", kind, strings.Join(defined, ", "), field.Name, strings.Join(given, ", "), selection(schema, field.Type))
	if len(field.Arguments) == 0 {
		return nil
	}
	for _, a := range field.Arguments {
		found = append(found, position{[]string{a.Name}, operation})
		d := schema.Types[a.Type.Name()]
		if d.Kind != ast.InputObject {
			continue
		}
		for _, f := range d.Fields {
			found = append(found, position{[]string{a.Name, f.Name}, operation})
		}
	}
	return found
}

func selection(schema *ast.Schema, t *ast.Type) string {
	d := schema.Types[t.Name()]
	switch {
	case d.Fields.ForName("userErrors") != nil:
		return "userErrors { code field }"
	case d.Fields.ForName("nodes") != nil:
		return "nodes { __typename } totalCount"
	}
	return "__typename"
}

// plausible is a value that could be meant.
func plausible(schema *ast.Schema, t *ast.Type, id string) any {
	if t.Elem != nil {
		return []any{plausible(schema, t.Elem, id)}
	}
	d := schema.Types[t.Name()]
	switch {
	case d.Kind == ast.InputObject:
		value := map[string]any{}
		for _, f := range d.Fields {
			if f.Type.NonNull {
				value[f.Name] = plausible(schema, f.Type, id)
			}
		}
		return value
	case d.Name == "ID":
		return id
	case d.Name == "Int":
		return 1
	case d.Name == "Boolean":
		return true
	case d.Kind == ast.Enum:
		return d.EnumValues[0].Name
	}
	return "someone@example.com"
}

func put(vars map[string]any, path []string, v any) {
	for _, step := range path[:len(path)-1] {
		inner, ok := vars[step].(map[string]any)
		if !ok {
			inner = map[string]any{}
			vars[step] = inner
		}
		vars = inner
	}
	vars[path[len(path)-1]] = v
}
