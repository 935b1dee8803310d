package limit

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"
)

// tokens counts the lexical tokens of text, and stops soon after most.
func tokens(text string, most int) int {
	lex := lexer.New(&ast.Source{Input: text})
	for n := 0; n <= most; n++ {
		// A text that cannot be read is for the parser to refuse.
		if t, err := lex.ReadToken(); err != nil || t.Kind == lexer.EOF {
			return n
		}
	}
	return most + 1
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
	for _, op := range doc.Operations {
		for _, v := range op.VariableDefinitions {
			c.value(v.DefaultValue)
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
		c.value(a.Value)
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
			c.value(a.Value)
		}
	}
}

func (c *counter) value(v *ast.Value) {
	if v == nil {
		return
	}
	if v.Kind == ast.ListValue && len(v.Children) > c.limits.ListItems {
		c.refuse(tooMuch(v.Position, longList, c.limits.ListItems))
	}
	for _, child := range v.Children {
		c.value(child.Value)
	}
}
