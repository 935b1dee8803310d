// Package paging cuts lists into pages by key, never by offset: a deep page costs what the first one costs. It wants
// NOT NULL columns and an index on (column, id) behind each order.
package paging

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"entgo.io/ent/dialect/sql"

	"roster/internal/fault"
)

// Most is the largest page.
const Most = 100

// Request is which page is wanted, in the words of the Relay connection specification.
type Request struct {
	First  *int
	After  *string
	Last   *int
	Before *string
}

// Kind is the type of the values of a column.
type Kind int

// The kinds of column.
const (
	Text Kind = iota
	Bool
	Time
	Number
)

// Order is one way that a list can run.
type Order struct {
	// Name tells the cursors of one order from those of another; it is short, and kept for ever.
	Name string
	// Column is the SQL column; "id" alone is an order too.
	Column string
	Kind   Kind
	Desc   bool
}

// Slice is a checked request: how many rows, from where, which way.
type Slice struct {
	Limit    int
	Backward bool

	order Order
	from  *key
}

type key struct {
	value any
	id    int
}

// Check reads a request for a list in this order. fault.Invalid: no size or two, a size outside 1 to 100, a cursor
// that is malformed or of another order.
func (r Request) Check(order Order) (Slice, error) {
	s := Slice{order: order}
	cursor := r.After
	switch {
	case r.First != nil && r.Last != nil:
		return s, invalid("Give first or last, not both.")
	case r.First != nil:
		s.Limit = *r.First
	case r.Last != nil:
		s.Limit, s.Backward, cursor = *r.Last, true, r.Before
	default:
		return s, invalid("Give the size of the page: first or last, 1 to 100.")
	}
	if s.Limit < 1 || s.Limit > Most {
		return s, invalid("A page holds 1 to 100 rows.")
	}
	if r.After != nil && s.Backward || r.Before != nil && !s.Backward {
		return s, invalid("after goes with first, before with last.")
	}
	if cursor != nil {
		k, ok := order.read(*cursor)
		if !ok {
			return s, invalid("This cursor is not one of this list in this order.")
		}
		s.from = &k
	}
	return s, nil
}

func invalid(message string) error { return fault.New(fault.Invalid, message) }

// separator cannot occur in folded text, which holds no control characters.
const separator = "\x1f"

// Cursor is the place of the row with this value and id. value is a string, bool, time.Time or int, as the order's kind says.
func (o Order) Cursor(value any, id int) string {
	var plain [96]byte
	b := append(plain[:0], o.Name...)
	b = append(b, separator...)
	b = strconv.AppendInt(b, int64(id), 36)
	b = append(b, separator...)
	switch v := value.(type) {
	case string:
		b = append(b, v...)
	case bool:
		b = strconv.AppendBool(b, v)
	case time.Time:
		b = strconv.AppendInt(b, v.UnixMicro(), 36)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func (o Order) read(cursor string) (key, bool) {
	if len(cursor) > 1024 {
		return key{}, false
	}
	plain, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return key{}, false
	}
	parts := strings.SplitN(string(plain), separator, 3)
	if len(parts) != 3 || parts[0] != o.Name {
		return key{}, false
	}
	id, err := strconv.ParseInt(parts[1], 36, 64)
	if err != nil || id < 0 {
		return key{}, false
	}
	value, ok := o.value(parts[2])
	k := key{value: value, id: int(id)}
	// Read strictly: only what Cursor itself would write.
	return k, ok && o.Cursor(value, k.id) == cursor
}

func (o Order) value(text string) (any, bool) {
	switch o.Kind {
	case Bool:
		return text == "true", text == "true" || text == "false"
	case Time:
		micro, err := strconv.ParseInt(text, 36, 64)
		at := time.UnixMicro(micro).UTC()
		return at, err == nil && at.Year() >= 1 && at.Year() <= 9999 // what both databases keep
	case Number:
		return 0, text == ""
	case Text:
	}
	return text, utf8.ValidString(text) && !strings.ContainsRune(text, 0)
}

// Continued reports whether the slice starts at a cursor rather than at an end of the list.
func (s Slice) Continued() bool { return s.from != nil }

// AtStart reports whether the slice's cursor stands before the first row.
func (s Slice) AtStart() bool { return s.from != nil && s.from.id == 0 }

// Apply narrows the selection to the rows of the slice, plus one that tells whether there are more, in list order or,
// going backward, in its reverse; see Cut.
func (s Slice) Apply(q *sql.Selector) { s.ApplyAlong(q, q.C(s.order.Column)) }

// ApplyAlong is Apply for an order whose column belongs to a joined table and is given in full.
func (s Slice) ApplyAlong(q *sql.Selector, column string) {
	id := q.C("id")
	desc := s.order.Desc != s.Backward
	if s.from != nil {
		q.Where(s.beyond(column, id, desc))
	}
	if s.order.Column != "id" {
		q.OrderBy(directed(column, desc))
	}
	q.OrderBy(directed(id, desc))
	q.Limit(s.Limit + 1)
}

// beyond selects what comes after the cursor. The outer bound is what lets every planner start there in the index.
func (s Slice) beyond(column, id string, desc bool) *sql.Predicate {
	cmp, cmpEQ := sql.GT, sql.GTE
	if desc {
		cmp, cmpEQ = sql.LT, sql.LTE
	}
	if s.order.Column == "id" {
		return cmp(id, s.from.id)
	}
	return sql.And(cmpEQ(column, s.from.value), sql.Or(cmp(column, s.from.value), cmp(id, s.from.id)))
}

func directed(column string, desc bool) string {
	if desc {
		return sql.Desc(column)
	}
	return sql.Asc(column)
}

// Cut takes the extra row off, puts rows into list order, and says whether there is more on either side.
func Cut[T any](s Slice, rows []T) (page []T, hasPrevious, hasNext bool) {
	more := len(rows) > s.Limit
	if more {
		rows = rows[:s.Limit]
	}
	if s.Backward {
		slices.Reverse(rows)
		return rows, more, s.from != nil
	}
	return rows, s.from != nil, more
}

// Info says where a page stands in its list, in the words of the Relay connection specification.
type Info struct {
	HasNextPage, HasPreviousPage bool
	StartCursor, EndCursor       *string
}

// InfoOf is the Info of a page with these rows.
func InfoOf[T any](rows []T, hasPrevious, hasNext bool, cursor func(T) string) Info {
	info := Info{HasNextPage: hasNext, HasPreviousPage: hasPrevious}
	if len(rows) > 0 {
		first, last := cursor(rows[0]), cursor(rows[len(rows)-1])
		info.StartCursor, info.EndCursor = &first, &last
	}
	return info
}
