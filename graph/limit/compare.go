package limit

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// comparer counts what validation compares (the rule OverlappingFieldsCanBeMerged), and stops when nothing is left.
//
// The rule compares the fields of one name that come to lie in one place, each with each, and again in what they lead to.
// It starts anew in every operation and in every fragment definition; and in every inline fragment, for each of those that
// reaches it, for it keeps nothing of what it compared there. So does the count: what the rule compares between fragments
// it keeps by the fields and the fragment, once for fields that exclude each other and once for others, so that it comes
// to no pair more than twice as often as it is counted. A pair that conflicts costs memory until all is validated; the
// count bounds that too. Of two fields it compares each argument of the one with each of the other, and what is in them.
type comparer struct {
	fragments ast.FragmentDefinitionList
	left      int
}

// comparisons is what validating doc counts, one more than most if it is more.
func comparisons(doc *ast.QueryDocument, most int) int {
	pairs := comparer{doc.Fragments, most}
	for _, op := range doc.Operations {
		pairs.definition(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		pairs.definition(f.SelectionSet)
	}
	return min(most-pairs.left, most+1)
}

// definition counts in an operation or a fragment definition with all that it reaches. Whatever is passed on the way counts
// 1, so that the walk is never longer than the count.
func (c *comparer) definition(set ast.SelectionSet) {
	c.place([]ast.SelectionSet{set}, 0)
	c.inline(set, map[string]bool{})
}

// inline counts what lies in each inline fragment; walked are the fragments that need no second visit.
func (c *comparer) inline(set ast.SelectionSet, walked map[string]bool) {
	for _, s := range set {
		if c.left--; c.left < 0 {
			return
		}
		switch s := s.(type) {
		case *ast.Field:
			c.inline(s.SelectionSet, walked)
		case *ast.InlineFragment:
			c.place([]ast.SelectionSet{s.SelectionSet}, 0)
			c.inline(s.SelectionSet, walked)
		case *ast.FragmentSpread:
			if f := c.fragments.ForName(s.Name); f != nil && !walked[s.Name] {
				walked[s.Name] = true
				c.inline(f.SelectionSet, walked)
			}
		}
	}
}

// place is what lies in one place: the fields by name, fragments flattened.
type place struct {
	named map[string][]*ast.Field
	// spreads is how often fragments are spread here, not counting those in other fragments: the rule looks at each pair.
	spreads int
	seen    map[string]bool
}

// place counts in what lies in one place: several selection sets, where fields of one name have one each.
func (c *comparer) place(sets []ast.SelectionSet, level int) {
	if level > maxLevel { // fragments in a cycle, which validation refuses
		return
	}
	here := place{named: map[string][]*ast.Field{}, seen: map[string]bool{}}
	for _, set := range sets {
		c.collect(set, &here, false)
	}
	c.left -= pairs(here.spreads)
	for _, fields := range here.named {
		if c.left -= comparing(fields); c.left < 0 {
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

func pairs(n int) int { return n * (n - 1) / 2 }

// comparing is what it takes to compare fields each with each: as many pairs as if each value in them were a field.
func comparing(fields []*ast.Field) int {
	sum, squares := 0, 0
	for _, f := range fields {
		n := max(1, valuesOf(f))
		sum, squares = sum+n, squares+n*n
	}
	return (sum*sum - squares) / 2
}

// valuesOf is how many values stand in the arguments of f, those in others included.
func valuesOf(f *ast.Field) int {
	n := 0
	for _, a := range f.Arguments {
		n += values(a.Value)
	}
	return n
}

func values(v *ast.Value) int {
	n := 1
	for _, child := range v.Children {
		n += values(child.Value)
	}
	return n
}

// maxLevel is deeper than the text of any query that passes can nest.
const maxLevel = 400

// collect adds a selection set to what lies in here; spread is whether it is that of a fragment.
func (c *comparer) collect(set ast.SelectionSet, here *place, spread bool) {
	for _, s := range set {
		if c.left--; c.left < 0 {
			return
		}
		switch s := s.(type) {
		case *ast.Field:
			c.left -= valuesOf(s)
			here.named[s.Alias] = append(here.named[s.Alias], s)
		case *ast.InlineFragment:
			c.collect(s.SelectionSet, here, spread)
		case *ast.FragmentSpread:
			if !spread {
				here.spreads++
			}
			if f := c.fragments.ForName(s.Name); f != nil && !here.seen[s.Name] {
				here.seen[s.Name] = true
				c.collect(f.SelectionSet, here, true)
			}
		}
	}
}
