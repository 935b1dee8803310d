package users

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"roster/ent/generated/user"
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

// terms is a search, read.
type terms struct {
	inside   []string // words of three letters or more: anywhere
	prefixes []string // shorter ones: at the start of first name, family name, address
	number   int      // the user number that it may be; 0: none
	address  string   // the key of the exact address that it may be; "": none
}

// readTerms reads a search. fault.Invalid: it is too long.
func readTerms(text string) (*terms, error) {
	if len(text) > maxSearch {
		return nil, fault.New(fault.Invalid, "A search may have 200 characters at most.")
	}
	t := &terms{}
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
			t.number = int(n)
		}
		if address, err := email.Parse(strings.TrimSpace(text)); err == nil {
			t.address = address.Key
		}
	}
	return t, nil
}

// between reports whether r stands between words. Control characters do: nothing that is stored has any, and databases
// choke on NUL.
func between(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

func (t *terms) empty() bool { return len(t.inside)+len(t.prefixes) == 0 }

// matches is the search as a plain condition, for a list that runs along its order.
func (t *terms) matches(s *sql.Selector) *sql.Predicate {
	var all []*sql.Predicate
	for _, w := range t.inside {
		all = append(all, contains(s, w))
	}
	for _, w := range t.prefixes {
		all = append(all, t.starts(s, w, unindexed(s)))
	}
	return t.orNumber(s, all)
}

// indexed is the search as a condition that its own indexes answer.
func (t *terms) indexed(s *sql.Selector) *sql.Predicate {
	var all []*sql.Predicate
	if len(t.inside) > 0 && s.Dialect() == dialect.SQLite {
		all = append(all, matchTrigrams(s, t.inside))
	}
	for _, w := range t.inside {
		all = append(all, contains(s, w))
	}
	for _, w := range t.prefixes {
		all = append(all, t.starts(s, w, s.C))
	}
	return t.orNumber(s, all)
}

func (t *terms) orNumber(s *sql.Selector, all []*sql.Predicate) *sql.Predicate {
	if len(all) == 0 {
		return sql.Not(sql.False())
	}
	words := sql.And(all...)
	if t.number > 0 {
		return sql.Or(words, sql.EQ(s.C(user.FieldID), t.number))
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

// prefixed are the columns in which a prefix is looked for.
var prefixed = []string{user.FieldNameKey, user.FieldLastKey, user.FieldEmailKey}

func (t *terms) starts(_ *sql.Selector, word string, column func(string) string) *sql.Predicate {
	from, to := prefixRange(word)
	var either []*sql.Predicate
	for _, c := range prefixed {
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

func contains(s *sql.Selector, word string) *sql.Predicate {
	column := s.C(user.FieldSearchText)
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
func matchTrigrams(s *sql.Selector, words []string) *sql.Predicate {
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
	column := s.C(user.FieldID)
	return sql.P(func(b *sql.Builder) {
		b.WriteString(column + " IN (SELECT rowid FROM users_search WHERE users_search MATCH ").
			Arg(strings.Join(query, " AND ")).WriteString(")")
	})
}

// candidates returns the ids that match the search when they are few; few is false when there are too many to list.
func (s *Service) candidates(ctx context.Context, t *terms) (ids []int, few bool, err error) {
	if t.address != "" {
		if ids, err = s.beginningWith(ctx, t.address); err != nil || len(ids) > 0 {
			return ids, true, err
		}
	}
	if len(t.inside) == 0 && len(t.prefixes) == 1 && s.DB.Dialect == dialect.Postgres {
		return s.startingWith(ctx, t.prefixes[0], t.number)
	}
	err = s.DB.User.Query().
		Where(func(q *sql.Selector) { q.Where(t.indexed(q)) }).
		Limit(fewMatches+1).
		Select(user.FieldID).
		Scan(ctx, &ids)
	if err != nil {
		return nil, false, fmt.Errorf("searching users: %w", err)
	}
	return ids, len(ids) <= fewMatches, nil
}

// beginningWith returns the user of an address, and those whose address goes on after it; none when nobody has it. A
// whole address means its user: the letters in it stand in too many others for the index of words to be quick.
func (s *Service) beginningWith(ctx context.Context, address string) ([]int, error) {
	from, to := prefixRange(address)
	var found []struct {
		ID       int    `json:"id"`
		EmailKey string `json:"email_key"`
	}
	err := s.DB.User.Query().
		Where(user.EmailKeyGTE(from), user.EmailKeyLT(to)).Order(user.ByEmailKey()).Limit(fewMatches).
		Select(user.FieldID, user.FieldEmailKey).
		Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("searching an address: %w", err)
	}
	if len(found) == 0 || found[0].EmailKey != address {
		return nil, nil
	}
	ids := make([]int, len(found))
	for i, u := range found {
		ids[i] = u.ID
	}
	return ids, nil
}

// startingWith is candidates for one prefix and nothing else. PostgreSQL, unlike SQLite, would read all that starts so
// before it looks at the limit; here it goes through one index after the other until there are too many. Who matches
// in two of them counts twice.
func (s *Service) startingWith(ctx context.Context, prefix string, number int) (ids []int, few bool, err error) {
	query := "SELECT id FROM users WHERE id = $3"
	for _, c := range prefixed {
		query += fmt.Sprintf(" UNION ALL (SELECT id FROM users WHERE %s >= $1 AND %s < $2 ORDER BY %s LIMIT %d)", c, c, c, fewMatches+1)
	}
	from, to := prefixRange(prefix)
	rows, err := s.DB.Reader().QueryContext(ctx, query+fmt.Sprintf(" LIMIT %d", fewMatches+1), from, to, number)
	if err != nil {
		return nil, false, fmt.Errorf("searching users: %w", err)
	}
	defer rows.Close()
	if err := sql.ScanSlice(rows, &ids); err != nil {
		return nil, false, fmt.Errorf("searching users: %w", err)
	}
	return ids, len(ids) <= fewMatches, nil
}

// fenced makes the selection run over these users only. The inner selection is a fence: without it PostgreSQL may walk
// the whole order in the hope of a match.
func fenced(s *sql.Selector, ids []int) {
	inner := sql.Dialect(s.Dialect()).Select("*").From(sql.Table(user.Table)).Where(oneOf("id", ids)).Offset(0)
	s.From(inner.As(user.Table))
}

// oneOf passes any number of ids as one parameter, so that the statement stays the same.
func oneOf(column string, ids []int) *sql.Predicate {
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
