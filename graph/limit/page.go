package limit

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// page is a field with pages whose size is for the variables to tell.
type page struct {
	field       *ast.Field
	first, last source
}

// source is where an argument's value comes from. It is absent when neither given is true nor a variable named.
type source struct {
	variable string
	given    bool
	value    int64
}

// length is a count of rows: a page's size, the items of an argument, or a fixed number.
type length struct {
	first, last source
	items       string // the variable that holds a list
	most        int64
	fixed       int64
}

// known returns the count when no variable is needed for it.
func (n length) known() (int64, bool) {
	if n.items != "" || n.first.variable != "" || n.last.variable != "" {
		return 0, false
	}
	return n.in(nil), true
}

// in returns the count, never more than a list can be long. Sizes out of range were refused before.
func (n length) in(vars map[string]any) int64 {
	if n.items != "" {
		return min(n.most, items(vars[n.items]))
	}
	if v, ok := n.first.in(vars); ok {
		return min(n.most, max(1, v))
	}
	if v, ok := n.last.in(vars); ok {
		return min(n.most, max(1, v))
	}
	return n.fixed
}

// count says how many objects the field stands for; nil for one.
func (p *planner) count(f *ast.Field) *length {
	page := p.page(f)
	switch {
	case page != nil:
		most := int64(p.limits.PageSize)
		return &length{first: page.first, last: page.last, most: most, fixed: most}
	case isConnection(f.Definition):
		return &length{fixed: int64(p.limits.PageSize)}
	case f.Definition.Type.Elem == nil:
		return nil
	}
	for _, a := range f.Definition.Arguments {
		given := f.Arguments.ForName(a.Name)
		if a.Type.Elem == nil || given == nil {
			continue
		}
		if given.Value.Kind == ast.Variable {
			return &length{items: given.Value.Raw, most: int64(p.limits.ListItems)}
		}
		return &length{fixed: max(1, int64(len(given.Value.Children)))}
	}
	if long, is := p.limits.Long[f.ObjectDefinition.Name+"."+f.Name]; is {
		return &length{fixed: int64(long)}
	}
	return &length{fixed: int64(p.limits.ListLength)}
}

// page returns the field's page size, nil when it has no pages. What is wrong whatever the variables are is refused
// here; the rest is noted for each request.
func (p *planner) page(f *ast.Field) *page {
	first, last := f.Definition.Arguments.ForName("first"), f.Definition.Arguments.ForName("last")
	if first == nil && last == nil {
		return nil
	}
	pg := page{field: f, first: argument(f, first), last: argument(f, last)}
	if pg.first.variable == "" && pg.last.variable == "" {
		if r := p.limits.checkPage(&pg, nil); r != nil {
			p.refuse(r)
		}
	} else {
		p.plan.pages = append(p.plan.pages, pg)
	}
	return &pg
}

// argument finds where the value of def comes from.
func argument(f *ast.Field, def *ast.ArgumentDefinition) source {
	if def == nil {
		return source{}
	}
	value := def.DefaultValue
	if given := f.Arguments.ForName(def.Name); given != nil {
		value = given.Value
	}
	switch {
	case value == nil || value.Kind == ast.NullValue:
		return source{}
	case value.Kind == ast.Variable:
		return source{variable: value.Raw}
	}
	n, err := strconv.ParseInt(value.Raw, 10, 64)
	if err != nil {
		n = -1 // out of range, whatever it is
	}
	return source{given: true, value: n}
}

func (s source) in(vars map[string]any) (int64, bool) {
	if s.variable == "" {
		return s.value, s.given
	}
	value, ok := vars[s.variable]
	if !ok || value == nil {
		return 0, false
	}
	return number(value), true
}

// number reads a whole number in any form in which the executor takes one; -1 when it is none.
func number(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case int:
		return int64(v)
	case int32:
		return int64(v)
	case json.Number:
		return text(string(v))
	case string:
		return text(v)
	case float64:
		if v >= 0 && v < much {
			return int64(v)
		}
	}
	return -1
}

func text(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// items is the length of a list; a single value is a list of one.
func items(v any) int64 {
	switch v := v.(type) {
	case nil:
		return 1
	case []any:
		return max(1, int64(len(v)))
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.Slice {
		return max(1, int64(r.Len()))
	}
	return 1
}

// checkPage wants one of first and last, from 1 to the largest page.
func (l Limits) checkPage(p *page, vars map[string]any) *refusal {
	first, hasFirst := p.first.in(vars)
	last, hasLast := p.last.in(vars)
	name, at := p.field.Name, p.field.Position
	switch {
	case hasFirst && hasLast:
		return wrong(at, "The field %s takes only one of the arguments first and last.", name)
	case hasFirst && (first < 1 || first > int64(l.PageSize)):
		return wrong(at, "The argument first of %s must be from 1 to %d.", name, l.PageSize)
	case hasLast && (last < 1 || last > int64(l.PageSize)):
		return wrong(at, "The argument last of %s must be from 1 to %d.", name, l.PageSize)
	case !hasFirst && !hasLast:
		return wrong(at, "The field %s needs the argument %s, from 1 to %d.", name, pagers(p.field), l.PageSize)
	}
	return nil
}

func pagers(f *ast.Field) string {
	switch {
	case f.Definition.Arguments.ForName("last") == nil:
		return "first"
	case f.Definition.Arguments.ForName("first") == nil:
		return "last"
	}
	return "first or last"
}

// Note says for people what a list of objects counts towards Cost; "" for what is none.
func (l Limits) Note(s *ast.Schema, parent *ast.Definition, f *ast.FieldDefinition) string {
	step := strings.HasSuffix(parent.Name, "Connection")
	switch {
	case f.Arguments.ForName("first") != nil:
		return fmt.Sprintf("Costs 1 for each row asked for, with what is in it; a page has 1 to %d rows.", l.PageSize)
	case f.Type.Elem == nil || step || !s.Types[f.Type.Name()].IsCompositeType():
		return ""
	}
	if long, is := l.Long[parent.Name+"."+f.Name]; is {
		return fmt.Sprintf("Costs %d, with what is in each.", long)
	}
	for _, a := range f.Arguments {
		if a.Type.Elem != nil {
			return "Costs 1 for each of " + a.Name + ", with what is in it."
		}
	}
	return fmt.Sprintf("Costs %d, with what is in each.", l.ListLength)
}
