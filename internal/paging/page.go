package paging

// Page is a page of a list, in the words of the Relay connection specification.
type Page[T any] struct {
	Rows                 []T
	HasPrevious, HasNext bool
	// Of is the row whose list this is, for counting it.
	Of int

	cursor func(T) string
}

// PageOf makes the page that the slice asked for, of rows that Slice.Apply selected.
func PageOf[T any](s Slice, rows []T, of int, cursor func(T) string) *Page[T] {
	p := &Page[T]{Of: of, cursor: cursor}
	p.Rows, p.HasPrevious, p.HasNext = Cut(s, rows)
	return p
}

// Edge is a row in a list.
type Edge[T any] struct {
	Node   T
	cursor func(T) string
}

// Cursor is where the row stands in the list.
func (e Edge[T]) Cursor() string { return e.cursor(e.Node) }

// Nodes are the rows of the page.
func (p *Page[T]) Nodes() []T { return p.Rows }

// Edges are the rows of the page, with their cursors.
func (p *Page[T]) Edges() []Edge[T] {
	edges := make([]Edge[T], len(p.Rows))
	for i, row := range p.Rows {
		edges[i] = Edge[T]{row, p.cursor}
	}
	return edges
}

// PageInfo says where the page stands in its list.
func (p *Page[T]) PageInfo() Info { return InfoOf(p.Rows, p.HasPrevious, p.HasNext, p.cursor) }

// TotalCountIsEstimate is false: a list that belongs to one row is counted exactly.
func (*Page[T]) TotalCountIsEstimate() bool { return false }
