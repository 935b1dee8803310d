package graph

import (
	"context"
	"reflect"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// enums refuses variables with values of enums that the schema has in other capitals only. The library's validation takes
// them, and nothing that they are compared with later does.
type enums struct{ schema *ast.Schema }

var _ interface {
	graphql.HandlerExtension
	graphql.OperationContextMutator
} = (*enums)(nil)

// ExtensionName is what gqlgen calls it.
func (*enums) ExtensionName() string { return "Enums" }

// Validate takes the schema.
func (e *enums) Validate(s graphql.ExecutableSchema) error {
	e.schema = s.Schema()
	return nil
}

// MutateOperationContext looks at the variables of an operation, after validation has, and refuses them in its words.
func (e *enums) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	for _, v := range op.Operation.VariableDefinitions {
		value, given := op.Variables[v.Variable]
		if !given {
			continue
		}
		path := ast.Path{ast.PathName("variable"), ast.PathName(v.Variable)}
		if err := e.check(path, v.Type, value); err != nil {
			errcode.Set(err, errcode.ValidationFailed)
			return err
		}
	}
	return nil
}

// check looks at a value that validation has found to be of type t, but for the capitals.
func (e *enums) check(path ast.Path, t *ast.Type, value any) *gqlerror.Error {
	if value == nil {
		return nil
	}
	if t.Elem != nil {
		return e.checkList(path, t.Elem, value)
	}
	d := e.schema.Types[t.NamedType]
	switch d.Kind { //nolint:exhaustive // the rest are scalars, or nothing to put in
	case ast.Enum:
		if name, is := value.(string); !is || d.EnumValues.ForName(name) == nil {
			return gqlerror.ErrorPathf(path, "%v is not a valid %s", value, d.Name)
		}
	case ast.InputObject:
		members, _ := value.(map[string]any)
		for _, f := range d.Fields {
			if err := e.check(append(path[:len(path):len(path)], ast.PathName(f.Name)), f.Type, members[f.Name]); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkList looks at a list, which validation may have made of a single value, and then with items of that value's type.
func (e *enums) checkList(path ast.Path, item *ast.Type, value any) *gqlerror.Error {
	list := reflect.ValueOf(value)
	if list.Kind() != reflect.Slice {
		return e.check(path, item, value)
	}
	for i := range list.Len() {
		if err := e.check(append(path[:len(path):len(path)], ast.PathIndex(i)), item, list.Index(i).Interface()); err != nil {
			return err
		}
	}
	return nil
}
