package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"roster/ent/permission"
	"roster/graph/generated"
	"roster/internal/db"
	"roster/internal/dbtest"
)

// A variable names the value of an enum letter for letter: wherever one stands in an input, alone or in a list, in other
// capitals it is as wrong as what the schema does not have.
func TestEnumsAreReadLetterForLetter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Ada", "ada@example.com", permission.Admins...)
		eve := w.user("Eve", "Moore", "eve@example.com")
		w.account("Acme", eve)
		b := w.browser().signIn("ada@example.com").confirm()
		schema := generated.NewExecutableSchema(generated.Config{}).Schema()
		tried := map[string]bool{}
		for _, root := range []*ast.Definition{schema.Query, schema.Mutation} {
			for _, field := range root.Fields {
				for _, a := range field.Arguments {
					for _, at := range namings(schema, a.Name, a.Type, eve.GlobalID(), nil) {
						vars := map[string]any{}
						for _, other := range field.Arguments {
							if other.Type.NonNull || other.Name == "first" {
								vars[other.Name] = plausible(schema, other.Type, eve.GlobalID())
							}
						}
						vars[a.Name] = at.value
						tried[a.Type.Name()] = true
						r := b.ask(positions(schema, field)[0].operation, vars)
						if want := "The variable " + at.spot + ": not a valid " + at.enum + "."; r.refusal() != "INVALID" || !strings.Contains(r.Body, want) {
							t.Errorf("%s: %s is not answered with %q: %s", field.Name, at.spot, want, r.Body)
						}
					}
				}
			}
		}
		for _, d := range schema.Types {
			for _, field := range d.Fields {
				for _, a := range field.Arguments {
					if !tried[a.Type.Name()] && len(namings(schema, a.Name, a.Type, "", nil)) > 0 {
						t.Errorf("%s.%s(%s) was not tried: no field of the root takes it", d.Name, field.Name, a.Name)
					}
				}
			}
		}
		if len(tried) < 8 {
			t.Errorf("only %v were tried", tried)
		}
	})
}

// naming is a value that names one of an enum in small letters, and where.
type naming struct {
	value      any
	spot, enum string
}

// namings are all such values of a type, each right but for one name; within are the inputs around it, which are not
// entered again.
func namings(schema *ast.Schema, spot string, t *ast.Type, id string, within []string) (found []naming) {
	if t.Elem != nil {
		for _, one := range namings(schema, spot+"[0]", t.Elem, id, within) {
			found = append(found, naming{[]any{one.value}, one.spot, one.enum}, naming{one.value, one.spot, one.enum})
		}
		return found
	}
	d := schema.Types[t.NamedType]
	if d.Kind == ast.Enum {
		return []naming{{strings.ToLower(d.EnumValues[0].Name), spot, d.Name}}
	}
	if d.Kind != ast.InputObject || slices.Contains(within, d.Name) {
		return nil
	}
	for _, f := range d.Fields {
		for _, one := range namings(schema, spot+"."+f.Name, f.Type, id, append(within[:len(within):len(within)], d.Name)) {
			whole, _ := plausible(schema, ast.NonNullNamedType(d.Name, nil), id).(map[string]any)
			whole[f.Name] = one.value
			found = append(found, naming{whole, one.spot, one.enum})
		}
	}
	return found
}
