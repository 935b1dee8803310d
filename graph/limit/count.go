package limit

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"
)

// scanText counts the lexical tokens of a text and measures its names, and stops at the first that is too much.
func (l Limits) scanText(text string) *refusal {
	lex := lexer.New(&ast.Source{Input: text})
	for range l.Tokens {
		t, err := lex.ReadToken()
		if err != nil || t.Kind == lexer.EOF {
			return nil // a text that cannot be read is for the parser to refuse
		}
		if t.Kind == lexer.Name && len(t.Value) > l.NameBytes {
			return tooMuch(&t.Pos, "The query has a name of more than %d letters.", l.NameBytes)
		}
	}
	if t, err := lex.ReadToken(); err != nil || t.Kind == lexer.EOF {
		return nil
	}
	return tooMuch(nil, "The query has more than %d tokens.", l.Tokens)
}

// counter counts in the text of a whole document, each fragment once.
type counter struct {
	limits                      Limits
	aliases, directives, inline int
	refusal                     *refusal
}

func (l Limits) countText(text string) *refusal {
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		return nil // for the executor to refuse
	}
	c := counter{limits: l}
	if len(doc.Fragments) > l.Fragments {
		return tooMuch(doc.Fragments[l.Fragments].Position, "The query has more than %d fragments.", l.Fragments)
	}
	if len(doc.Operations) > l.Operations {
		return tooMuch(doc.Operations[l.Operations].Position, "The query has more than %d operations.", l.Operations)
	}
	for _, op := range doc.Operations {
		for _, v := range op.VariableDefinitions {
			c.value(v.DefaultValue, 1)
			c.directive(v.Directives)
		}
		c.directive(op.Directives)
		c.selections(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		c.directive(f.Directives)
		c.selections(f.SelectionSet)
	}
	if c.refusal == nil && comparisons(doc, l.Comparisons) > l.Comparisons {
		return tooMuch(nil, "The query names the same fields too often.")
	}
	return c.refusal
}

func (c *counter) refuse(r *refusal) {
	if c.refusal == nil {
		c.refusal = r
	}
}

func (c *counter) selections(set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			c.field(s)
		case *ast.InlineFragment:
			if c.inline++; c.inline > c.limits.InlineFragments {
				c.refuse(tooMuch(s.Position, "The query has more than %d inline fragments.", c.limits.InlineFragments))
			}
			c.directive(s.Directives)
			c.selections(s.SelectionSet)
		case *ast.FragmentSpread:
			c.directive(s.Directives)
		}
	}
}

func (c *counter) field(f *ast.Field) {
	if f.Alias != f.Name {
		if c.aliases++; c.aliases > c.limits.Aliases {
			c.refuse(tooMuch(f.Position, "The query has more than %d aliases.", c.limits.Aliases))
		}
	}
	for _, a := range f.Arguments {
		c.value(a.Value, 1)
	}
	c.directive(f.Directives)
	c.selections(f.SelectionSet)
}

func (c *counter) directive(list ast.DirectiveList) {
	for _, d := range list {
		if c.directives++; c.directives > c.limits.Directives {
			c.refuse(tooMuch(d.Position, "The query has more than %d directives.", c.limits.Directives))
		}
		for _, a := range d.Arguments {
			c.value(a.Value, 1)
		}
	}
}

// value counts in a value; level is its own if it is a list or an object.
func (c *counter) value(v *ast.Value, level int) {
	if v == nil {
		return
	}
	switch {
	case level > c.limits.ValueDepth && (v.Kind == ast.ListValue || v.Kind == ast.ObjectValue):
		c.refuse(tooMuch(v.Position, "A value in the query is nested more than %d levels deep.", c.limits.ValueDepth))
		return
	case v.Kind == ast.ListValue && len(v.Children) > c.limits.ListItems:
		c.refuse(tooMuch(v.Position, longList, c.limits.ListItems))
	case outOfRange(v):
		c.refuse(wrong(v.Position, "A number in the query is out of range."))
	}
	for _, child := range v.Children {
		c.value(child.Value, level+1)
	}
}

// outOfRange reports whether v is a number that no type holds. Validation would name it once for every value around it,
// with all that stands in that.
func outOfRange(v *ast.Value) bool {
	if v.Kind != ast.IntValue && v.Kind != ast.FloatValue {
		return false
	}
	_, err := v.Value(nil)
	return err != nil
}
