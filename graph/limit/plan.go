package limit

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// plan is what is known of one operation before its variables are.
type plan struct {
	// refusal is not nil when no variables could make it pass.
	refusal     *refusal
	introspects bool
	// ofSchema is how many fields of the schema it asks for.
	ofSchema int
	// given are the variables that stand where null may not.
	given []given
	// pages are the page sizes to look up in the variables.
	pages []page
	// sums are what is left to add up, parts before wholes; the operation's cost is total.
	sums  []sum
	total amount
}

// given is a variable and where it stands.
type given struct {
	variable string
	at       *ast.Position
}

// amount is a number of objects: fixed plus, when sum is not negative, what plan.sums[sum] comes to.
type amount struct {
	fixed int64
	sum   int
}

// sum adds up products of a count that only the variables tell and an amount.
type sum struct {
	plain    []amount
	products []product
}

type product struct {
	count length
	each  amount
}

// much is where counting stops: far above every limit, far below an overflow when multiplied by a page.
const much = 1 << 32

func (l Limits) plan(schema *ast.Schema, op *ast.OperationDefinition) *plan {
	p := &planner{
		limits: l, plan: &plan{}, fragments: map[string]*weight{},
		introspection: introspection{schema: schema, left: l.Introspection},
	}
	w := p.selections(op.SelectionSet)
	if w.depth > l.Depth {
		p.refuse(tooMuch(op.Position, "The query is nested more than %d levels deep.", l.Depth))
	}
	if p.plan.refusal == nil { // a cycle of fragments was refused above
		p.roots(op)
	}
	p.plan.total = w.cost
	if w.cost.sum < 0 && w.cost.fixed > int64(l.Cost) {
		p.refuse(l.tooDear(op))
	}
	return p.plan
}

func (l Limits) tooDear(op *ast.OperationDefinition) *refusal {
	var at *ast.Position
	if op != nil {
		at = op.Position
	}
	return tooMuch(at, "The query asks for more than %d objects. Ask for smaller pages, or for less in each row.", l.Cost)
}

// planner weighs one operation and each fragment that it reaches once.
type planner struct {
	limits        Limits
	plan          *plan
	fragments     map[string]*weight
	introspection introspection
}

// weight is what a selection set comes to.
type weight struct {
	cost  amount
	depth int
}

func (p *planner) refuse(r *refusal) {
	if p.plan.refusal == nil {
		p.plan.refusal = r
	}
}

// selections weighs a selection set.
func (p *planner) selections(set ast.SelectionSet) weight {
	var fixed int64
	var rest sum
	depth := 0
	add := func(w weight) {
		fixed, depth = min(much, fixed+w.cost.fixed), max(depth, w.depth)
		if w.cost.sum >= 0 {
			rest.plain = append(rest.plain, amount{sum: w.cost.sum})
		}
	}
	for _, s := range set {
		switch s := s.(type) {
		case *ast.InlineFragment:
			p.directives(s.Directives)
			add(p.selections(s.SelectionSet))
		case *ast.FragmentSpread:
			p.directives(s.Directives)
			add(p.fragment(s))
		case *ast.Field:
			inner, count := p.field(s)
			if count == nil {
				add(inner)
				continue
			}
			depth = max(depth, inner.depth)
			if n, ok := count.known(); ok {
				fixed = min(much, fixed+n*inner.cost.fixed)
				if inner.cost.sum < 0 {
					continue
				}
			}
			rest.products = append(rest.products, p.left(*count, inner.cost))
		}
	}
	return weight{p.keep(fixed, rest), depth}
}

// left is the part of count * each that waits for the variables.
func (p *planner) left(count length, each amount) product {
	if _, ok := count.known(); ok {
		each.fixed = 0 // added already
	}
	return product{count, each}
}

func (p *planner) keep(fixed int64, rest sum) amount {
	switch {
	case len(rest.products) == 0 && len(rest.plain) == 0:
		return amount{fixed, -1}
	case len(rest.products) == 0 && len(rest.plain) == 1:
		return amount{fixed, rest.plain[0].sum}
	}
	p.plan.sums = append(p.plan.sums, rest)
	return amount{fixed, len(p.plan.sums) - 1}
}

func (p *planner) fragment(s *ast.FragmentSpread) weight {
	if w, ok := p.fragments[s.Name]; ok {
		if w == nil { // validation refuses cycles; should one come through, it must not be followed
			p.refuse(wrong(s.Position, "A fragment holds itself."))
			return weight{amount{much, -1}, 0}
		}
		return *w
	}
	p.fragments[s.Name] = nil
	w := p.selections(s.Definition.SelectionSet)
	p.fragments[s.Name] = &w
	return w
}

// field weighs one field with everything in it. With a count, it stands for so many of them.
func (p *planner) field(f *ast.Field) (weight, *length) {
	p.directives(f.Directives)
	p.arguments(f.Arguments)
	if f.Name == "__schema" || f.Name == "__type" {
		return weight{amount{p.ofSchema(f), -1}, 1}, nil
	}
	if len(f.SelectionSet) == 0 {
		p.page(f) // a list of scalars may have pages too
		return weight{amount{0, -1}, 1}, nil
	}
	w := p.selections(f.SelectionSet)
	w.depth++
	if isStep(f) {
		return w, nil
	}
	w.cost.fixed++
	return w, p.count(f)
}

// ofSchema weighs one field __schema or __type, and returns what it costs.
func (p *planner) ofSchema(f *ast.Field) int64 {
	p.plan.introspects = true
	before := p.introspection.left
	if p.introspection.root(f); p.introspection.left < 0 {
		p.refuse(tooMuch(f.Position, "The query asks for more of the schema than its introspection needs."))
	}
	asked := before - p.introspection.left
	p.plan.ofSchema += asked
	return int64(asked+schemaFields-1) / schemaFields
}

// schemaFields is how many fields of the schema cost as much as one object: the schema as tools ask for it, which takes the
// server some 20 ms, costs a fourth of the dearest operation.
const schemaFields = 20

func (p *planner) directives(list ast.DirectiveList) {
	for _, d := range list {
		p.arguments(d.Arguments)
	}
}

func (p *planner) arguments(list ast.ArgumentList) {
	for _, a := range list {
		p.value(a.Value)
	}
}

// value notes variables that stand where null may not: validation lets one through that has a default, and it may be
// given as null all the same.
func (p *planner) value(v *ast.Value) {
	if v.Kind == ast.Variable && v.ExpectedType != nil && v.ExpectedType.NonNull {
		p.plan.given = append(p.plan.given, given{v.Raw, v.Position})
	}
	for _, child := range v.Children {
		p.value(child.Value)
	}
}

func isConnection(d *ast.FieldDefinition) bool { return strings.HasSuffix(d.Type.Name(), "Connection") }

// isStep reports whether f only leads from a connection to its rows, which its page size has counted.
func isStep(f *ast.Field) bool {
	switch f.Name {
	case "edges", "nodes", "pageInfo":
		return strings.HasSuffix(f.ObjectDefinition.Name, "Connection")
	case "node":
		return strings.HasSuffix(f.ObjectDefinition.Name, "Edge")
	}
	return false
}

// roots refuses too many root fields, and a field marked @alone that is not (#60).
func (p *planner) roots(op *ast.OperationDefinition) {
	fields := rootFields(nil, op.SelectionSet, p.limits.RootFields+1)
	if len(fields) > p.limits.RootFields {
		p.refuse(tooMuch(op.Position, "The query asks for more than %d fields at the root.", p.limits.RootFields))
	}
	for _, f := range fields {
		if len(fields) > 1 && f.Definition.Directives.ForName("alone") != nil {
			p.refuse(wrong(f.Position, "%s must be the only field of its operation.", f.Name))
		}
	}
}

// rootFields flattens fragments, and stops at most fields: each fragment leads to one, so this is soon.
func rootFields(out []*ast.Field, set ast.SelectionSet, most int) []*ast.Field {
	for _, s := range set {
		if len(out) >= most {
			break
		}
		switch s := s.(type) {
		case *ast.Field:
			out = append(out, s)
		case *ast.InlineFragment:
			out = rootFields(out, s.SelectionSet, most)
		case *ast.FragmentSpread:
			out = rootFields(out, s.Definition.SelectionSet, most)
		}
	}
	return out
}

// check is all that is left to do for a request once its operation has a plan. It returns what the operation costs.
func (l Limits) check(p *plan, vars map[string]any) (int64, *gqlerror.Error) {
	for _, g := range p.given {
		if v, is := vars[g.variable]; is && v == nil {
			return 0, wrong(g.at, "The variable is null where a value must be.").err()
		}
	}
	for i := range p.pages {
		if r := l.checkPage(&p.pages[i], vars); r != nil {
			return 0, r.err()
		}
	}
	if p.total.sum < 0 {
		return p.total.fixed, nil
	}
	var few [16]int64
	values := append(few[:0], make([]int64, len(p.sums))...)
	for i, s := range p.sums {
		for _, a := range s.plain {
			values[i] = min(much, values[i]+values[a.sum])
		}
		for _, m := range s.products {
			values[i] = min(much, values[i]+m.count.in(vars)*m.each.value(values))
		}
	}
	cost := p.total.value(values)
	if cost > int64(l.Cost) {
		return 0, l.tooDear(nil).err()
	}
	return cost, nil
}

func (a amount) value(values []int64) int64 {
	if a.sum < 0 {
		return a.fixed
	}
	return min(much, a.fixed+values[a.sum])
}
