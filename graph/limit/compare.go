package limit

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// comparer counts the pairs of fields that validation compares (OverlappingFieldsCanBeMerged): all of one name in one
// place, and again in what they lead to. It stops when nothing is left.
type comparer struct {
	fragments ast.FragmentDefinitionList
	left      int
}

func (c *counter) compare(doc *ast.QueryDocument) {
	pairs := comparer{doc.Fragments, c.limits.Comparisons}
	for _, op := range doc.Operations {
		if pairs.place([]ast.SelectionSet{op.SelectionSet}, 0); pairs.left < 0 {
			c.refuse(tooMuch(op.Position, "The query names the same fields too often."))
			return
		}
	}
}

// place counts in what lies in one place: several selection sets, where fields of one name have one each. What it passes
// on the way counts too, so that the walk is never longer than the count.
func (c *comparer) place(sets []ast.SelectionSet, level int) {
	if level > maxLevel { // fragments in a cycle, which validation refuses
		return
	}
	named, seen := map[string][]*ast.Field{}, map[string]bool{}
	for _, set := range sets {
		c.collect(set, named, seen)
	}
	for _, fields := range named {
		if c.left -= len(fields) * (len(fields) - 1) / 2; c.left < 0 {
			return
		}
		var inner []ast.SelectionSet
		for _, f := range fields {
			if len(f.SelectionSet) > 0 {
				inner = append(inner, f.SelectionSet)
			}
		}
		if inner != nil {
			c.place(inner, level+1)
		}
	}
}

// maxLevel is deeper than the text of any query that passes can nest.
const maxLevel = 400

func (c *comparer) collect(set ast.SelectionSet, named map[string][]*ast.Field, seen map[string]bool) {
	for _, s := range set {
		if c.left--; c.left < 0 {
			return
		}
		switch s := s.(type) {
		case *ast.Field:
			named[s.Alias] = append(named[s.Alias], s)
		case *ast.InlineFragment:
			c.collect(s.SelectionSet, named, seen)
		case *ast.FragmentSpread:
			f := c.fragments.ForName(s.Name)
			if f != nil && !seen[s.Name] {
				seen[s.Name] = true
				c.collect(f.SelectionSet, named, seen)
			}
		}
	}
}
