package limit

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// introspection walks what a query asks of the schema as the executor would, and stops when nothing is left. Validation
// bounds how deep such a query is (MaxIntrospectionDepth), not how much it brings: two lists in each other, under a few
// aliases, are a million objects.
type introspection struct {
	schema *ast.Schema
	left   int
}

// root weighs one field __schema or __type.
func (w *introspection) root(f *ast.Field) {
	w.left--
	if f.Name == "__schema" {
		w.weigh(f.SelectionSet, w.schema)
		return
	}
	if name := f.Arguments.ForName("name"); name != nil && name.Value.Kind != ast.Variable {
		w.weigh(f.SelectionSet, w.schema.Types[name.Value.Raw])
		return
	}
	w.weigh(f.SelectionSet, w.largest())
}

// largest stands for the type that only a variable names.
func (w *introspection) largest() *ast.Definition {
	var most *ast.Definition
	for _, d := range w.schema.Types {
		if most == nil || len(d.Fields) > len(most.Fields) {
			most = d
		}
	}
	return most
}

// weigh takes off what a selection set brings of one thing in the schema.
func (w *introspection) weigh(set ast.SelectionSet, of any) {
	for _, s := range set {
		if w.left < 0 {
			return
		}
		switch s := s.(type) {
		case *ast.InlineFragment:
			w.weigh(s.SelectionSet, of)
		case *ast.FragmentSpread:
			w.weigh(s.Definition.SelectionSet, of)
		case *ast.Field:
			w.left--
			if len(s.SelectionSet) > 0 {
				w.behind(s, of)
			}
		}
	}
}

// behind weighs what a field leads to from one thing. What is deprecated counts whether it is asked for or not.
func (w *introspection) behind(f *ast.Field, of any) {
	switch of := of.(type) {
	case *ast.Schema:
		w.fromSchema(f, of)
	case *ast.Definition:
		if of != nil { // __type may name what is not there
			w.fromType(f, of)
		}
	case *ast.Type:
		w.fromReference(f, of)
	case *ast.FieldDefinition:
		if f.Name == "args" {
			each(w, f, of.Arguments)
		} else {
			w.weigh(f.SelectionSet, of.Type)
		}
	case *ast.ArgumentDefinition:
		w.weigh(f.SelectionSet, of.Type)
	case *ast.DirectiveDefinition:
		each(w, f, of.Arguments)
	}
}

func (w *introspection) fromSchema(f *ast.Field, s *ast.Schema) {
	switch f.Name {
	case "types":
		for _, d := range s.Types {
			w.weigh(f.SelectionSet, d)
		}
	case "directives":
		for _, d := range s.Directives {
			w.weigh(f.SelectionSet, d)
		}
	default: // queryType and its like
		w.weigh(f.SelectionSet, s.Query)
	}
}

func (w *introspection) fromType(f *ast.Field, d *ast.Definition) {
	switch f.Name {
	case "fields", "inputFields":
		each(w, f, d.Fields)
	case "enumValues":
		each(w, f, d.EnumValues)
	case "possibleTypes":
		each(w, f, w.schema.PossibleTypes[d.Name])
	case "interfaces":
		each(w, f, w.schema.Implements[d.Name])
	}
}

// fromReference follows a type as a field has it: a list and a type that takes no null stand around another one.
func (w *introspection) fromReference(f *ast.Field, t *ast.Type) {
	switch {
	case f.Name != "ofType" && t.Elem == nil && !t.NonNull:
		w.fromType(f, w.schema.Types[t.NamedType])
	case f.Name == "ofType" && t.NonNull:
		nullable := *t
		nullable.NonNull = false
		w.weigh(f.SelectionSet, &nullable)
	case f.Name == "ofType" && t.Elem != nil:
		w.weigh(f.SelectionSet, t.Elem)
	}
}

func each[T any](w *introspection, f *ast.Field, list []T) {
	for _, one := range list {
		w.weigh(f.SelectionSet, one)
	}
}
