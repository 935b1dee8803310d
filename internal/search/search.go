// Package search finds rows by words anywhere in their names and addresses, by the beginnings of short words, and by
// number, in time that does not grow with the table.
package search

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"roster/internal/db"
	"roster/internal/email"
	"roster/internal/fault"
	"roster/internal/name"
)

// Limits of a search.
const (
	maxSearch = 200 // bytes
	maxWords  = 10
	trigram   = 3 // letters: shorter words have no entry in the index of words, and are looked for as prefixes
)

// fewMatches is up to how many matches the list is made from the matches; above that it is made from its order, in
// which a match then comes soon. Either way the work is bounded, whatever the number of users.
const fewMatches = 2000

// Index is where the words of one table are looked for. The table has the columns id, email_key and search_text. A second
// one, named after it table_search, has an index of trigrams: what its triggers copy there is searched.
type Index struct {
	Table string
	// Prefixed are the folded columns in which the beginnings of short words are looked for.
	Prefixed []string
}

// Terms is a search, read.
type Terms struct {
	inside   []string // words of three letters or more: anywhere
	prefixes []string // shorter ones: at the start of first name, family name, address
	// Number is the row's number that it may be; 0: none.
	Number int
	// Address is the key of the exact address that it may be; empty: none.
	Address string
}

// Read reads a search. fault.Invalid: it is too long.
func Read(text string) (*Terms, error) {
	if len(text) > maxSearch {
		return nil, fault.New(fault.Invalid, "A search may have 200 characters at most.")
	}
	t := &Terms{}
	words := strings.FieldsFunc(name.Fold(text), between)
	if len(words) > maxWords {
		return nil, fault.New(fault.Invalid, "A search may have 10 words at most.")
	}
	for _, w := range words {
		if utf8.RuneCountInString(w) >= trigram {
			t.inside = append(t.inside, w)
		} else {
			t.prefixes = append(t.prefixes, w)
		}
	}
	if len(words) == 1 {
		if n, err := strconv.ParseInt(strings.TrimPrefix(words[0], "#"), 10, 32); err == nil && n > 0 {
			t.Number = int(n)
		}
		if address, err := email.Parse(strings.TrimSpace(text)); err == nil {
			t.Address = address.Key
		}
	}
	return t, nil
}

// between reports whether r stands between words. Control characters do: nothing that is stored has any, and databases
// choke on NUL.
func between(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// Empty reports whether there is nothing to look for.
func (t *Terms) Empty() bool { return len(t.inside)+len(t.prefixes) == 0 }

// Matches is the search as a plain condition, for a list that runs along its order.
func (ix Index) Matches(s *sql.Selector, t *Terms) *sql.Predicate {
	all := containsAll(s, t.inside)
	for _, w := range t.prefixes {
		all = append(all, ix.starts(w, unindexed(s)))
	}
	return t.orNumber(s, all)
}

// indexed selects the ids that match the search, as indexes of their own answer it.
func (ix Index) indexed(on string, t *Terms) *sql.Selector {
	if on == dialect.Postgres && len(t.prefixes) == 0 {
		words := ix.words(on)
		return words.Where(t.orNumber(words, containsAll(words, t.inside)))
	}
	rows := sql.Dialect(on).Select("id").From(sql.Table(ix.Table))
	var all []*sql.Predicate
	if len(t.inside) > 0 {
		all = append(all, ix.holds(rows, t.inside))
	}
	for _, w := range t.prefixes {
		all = append(all, ix.starts(w, rows.C))
	}
	return rows.Where(t.orNumber(rows, all))
}

// words selects from the table of words.
func (ix Index) words(on string) *sql.Selector {
	return sql.Dialect(on).Select("id").From(sql.Table(ix.Table + "_search"))
}

// holds asks for the rows that hold all of these words.
func (ix Index) holds(s *sql.Selector, words []string) *sql.Predicate {
	if s.Dialect() == dialect.SQLite {
		return sql.And(append(containsAll(s, words), ix.matchTrigrams(s, words))...)
	}
	among := ix.words(s.Dialect())
	return sql.In(s.C("id"), among.Where(sql.And(containsAll(among, words)...)))
}

func (t *Terms) orNumber(s *sql.Selector, all []*sql.Predicate) *sql.Predicate {
	if len(all) == 0 {
		return sql.Not(sql.False())
	}
	words := sql.And(all...)
	if t.Number > 0 {
		return sql.Or(words, sql.EQ(s.C("id"), t.Number))
	}
	return words
}

// unindexed names a column so that SQLite does not go to its index: the order's index is the one to walk along.
func unindexed(s *sql.Selector) func(string) string {
	if s.Dialect() != dialect.SQLite {
		return s.C
	}
	return func(column string) string { return "+" + s.C(column) }
}

func (ix Index) starts(word string, column func(string) string) *sql.Predicate {
	from, to := prefixRange(word)
	var either []*sql.Predicate
	for _, c := range ix.Prefixed {
		c = column(c)
		either = append(either, sql.P(func(b *sql.Builder) {
			b.WriteString("(" + c + " >= ").Arg(from).WriteString(" AND " + c + " < ").Arg(to).WriteString(")")
		}))
	}
	return sql.Or(either...)
}

// prefixRange returns the range of texts that start with prefix, in byte order.
func prefixRange(prefix string) (from, to string) {
	r, size := utf8.DecodeLastRuneInString(prefix)
	next := r + 1
	if next == 0xD800 { // the surrogates are no text
		next = 0xE000
	}
	return prefix, prefix[:len(prefix)-size] + string(next)
}

func containsAll(s *sql.Selector, words []string) []*sql.Predicate {
	all := make([]*sql.Predicate, len(words))
	for i, w := range words {
		all[i] = contains(s, w)
	}
	return all
}

func contains(s *sql.Selector, word string) *sql.Predicate {
	column := s.C("search_text")
	return sql.P(func(b *sql.Builder) {
		if s.Dialect() == dialect.SQLite {
			b.WriteString("instr(" + column + ", ").Arg(word).WriteString(") > 0")
			return
		}
		b.WriteString(column + " LIKE ").Arg("%" + likeEscape.Replace(word) + "%")
	})
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// mostTrigrams is how many three letters in a row are asked for, of one word. Each has to be looked up, and after so
// many, spread over the word, one more rules out next to nothing.
const mostTrigrams = 8

// matchTrigrams asks the full-text index for the rows that hold the three letters in a row that the words hold. They
// may stand apart, so contains has to look at each row as well.
func (ix Index) matchTrigrams(s *sql.Selector, words []string) *sql.Predicate {
	var query []string
	for _, w := range words {
		letters := []rune(w)
		last := len(letters) - trigram
		count := min(last+1, mostTrigrams)
		for i := range count {
			at := i * last / max(count-1, 1)
			query = append(query, `"`+strings.ReplaceAll(string(letters[at:at+trigram]), `"`, `""`)+`"`)
		}
	}
	column := s.C("id")
	return sql.P(func(b *sql.Builder) {
		b.WriteString(column + " IN (SELECT rowid FROM " + ix.Table + "_search WHERE " + ix.Table + "_search MATCH ").
			Arg(strings.Join(query, " AND ")).WriteString(")")
	})
}

// Candidates returns the ids that match the search when they are few; few is false when there are too many to list.
func (ix Index) Candidates(ctx context.Context, d *db.DB, t *Terms) (ids []int, few bool, err error) {
	if t.Address != "" {
		if ids, err = ix.beginningWith(ctx, d, t.Address); err != nil || len(ids) > 0 {
			return ids, true, err
		}
	}
	if len(t.inside) == 0 && len(t.prefixes) == 1 && d.Dialect == dialect.Postgres {
		return ix.startingWith(ctx, d, t.prefixes[0], t.Number)
	}
	query, args := ix.indexed(d.Dialect, t).Limit(fewMatches + 1).Query()
	ids, err = ix.ids(ctx, d, query, args...)
	return ids, len(ids) <= fewMatches, err
}

func (ix Index) ids(ctx context.Context, d *db.DB, query string, args ...any) (ids []int, err error) {
	rows, err := d.Reader().QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("searching %s: %w", ix.Table, err)
	}
	defer rows.Close()
	if err := sql.ScanSlice(rows, &ids); err != nil {
		return nil, fmt.Errorf("searching %s: %w", ix.Table, err)
	}
	return ids, nil
}

// beginningWith returns the rows of an address, and those whose address goes on after it; none when nobody has it. A
// whole address means its rows: the letters in it stand in too many others for the index of words to be quick.
func (ix Index) beginningWith(ctx context.Context, d *db.DB, address string) ([]int, error) {
	rows := sql.Dialect(d.Dialect).Select("id").From(sql.Table(ix.Table))
	query, args := rows.Where(sql.EQ("email_key", address)).Limit(1).Query()
	if there, err := ix.ids(ctx, d, query, args...); err != nil || len(there) == 0 {
		return nil, err
	}
	from, to := prefixRange(address)
	rows = sql.Dialect(d.Dialect).Select("id").From(sql.Table(ix.Table))
	query, args = rows.Where(sql.And(sql.GTE("email_key", from), sql.LT("email_key", to))).OrderBy("email_key").Limit(fewMatches).Query()
	return ix.ids(ctx, d, query, args...)
}

// startingWith is Candidates for one prefix and nothing else. PostgreSQL, unlike SQLite, would read all that starts so
// before it looks at the limit; here it goes through one index after the other until there are too many. What matches
// in two of them counts twice.
func (ix Index) startingWith(ctx context.Context, d *db.DB, prefix string, number int) (ids []int, few bool, err error) {
	query := "SELECT id FROM " + ix.Table + " WHERE id = $3"
	for _, c := range ix.Prefixed {
		query += fmt.Sprintf(" UNION ALL (SELECT id FROM %s WHERE %s >= $1 AND %s < $2 ORDER BY %s LIMIT %d)", ix.Table, c, c, c, fewMatches+1)
	}
	from, to := prefixRange(prefix)
	ids, err = ix.ids(ctx, d, query+fmt.Sprintf(" LIMIT %d", fewMatches+1), from, to, number)
	return ids, len(ids) <= fewMatches, err
}

// Fence keeps PostgreSQL from walking a whole order in the hope of one of few matches: the selection runs over these
// rows only.
func (ix Index) Fence(s *sql.Selector, ids []int) {
	if s.Dialect() != dialect.Postgres {
		return
	}
	inner := sql.Dialect(s.Dialect()).Select("*").From(sql.Table(ix.Table)).Where(OneOf("id", ids)).Offset(0)
	s.From(inner.As(ix.Table))
}

// OneOf passes any number of ids as one parameter, so that the statement stays the same.
func OneOf(column string, ids []int) *sql.Predicate {
	list := make([]byte, 0, 8*len(ids)+2)
	for _, id := range ids {
		list = strconv.AppendInt(append(list, ','), int64(id), 10)
	}
	if len(list) > 0 {
		list = list[1:]
	}
	return sql.P(func(b *sql.Builder) {
		if b.Dialect() == dialect.SQLite {
			b.WriteString(column + " IN (SELECT value FROM json_each(").Arg("[" + string(list) + "]").WriteString("))")
			return
		}
		b.WriteString(column + " = ANY (").Arg("{" + string(list) + "}").WriteString("::bigint[])")
	})
}
