package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
)

const (
	administrator = "bench@bench.example"
	password      = "a long word for the benchmark"
)

const fields = `{ nodes { id number name email twoFactorEnabled securityQuestionSet lastLoginAt } pageInfo { hasNextPage endCursor } }`

// The requests to measure.
const (
	list             = "list"
	firstPage        = "first page by name"
	deepPage         = "page at 90 % by name"
	listWithAccounts = "list with accounts"
	oneUser          = "one user"
	exactSearch      = "exact search"
	prefixSearch     = "prefix search"
	rareWord         = "a word inside, ≤ 200 matches"
	commonWord       = "a common word"
)

func (i *instance) makeTargets(ctx context.Context) (map[string]target, error) {
	cookie, err := i.signIn(ctx)
	if err != nil {
		return nil, err
	}
	base := target{
		url: i.server.url + "/graphql", processes: i.processes(),
		header: http.Header{"Content-Type": {"application/json"}, "Cookie": {"__Host-roster=" + cookie}},
	}
	found, err := i.find(ctx)
	if err != nil {
		return nil, err
	}
	deep, err := cursorOf(ctx, base, found.deepEmail)
	if err != nil {
		return nil, err
	}
	const page = `query($after: String, $filter: UserFilter, $order: UserOrder) { users(first: 50, after: $after, filter: $filter, orderBy: $order) ` + fields + ` }`
	byName := map[string]any{"field": "NAME", "direction": "ASC"}
	search := func(word string) map[string]any { return map[string]any{"filter": map[string]any{"search": word}} }
	all := map[string]target{}
	add := func(name, query string, variables map[string]any, check func([]byte) error) {
		t, body := base, encode(query, variables)
		t.name, t.body, t.check = name, func() []byte { return body }, check
		all[name] = t
	}
	add(list, `{ users(first: 50) `+fields+` }`, nil, nodes(50, 50))
	add(firstPage, page, map[string]any{"order": byName}, nodes(50, 50))
	add(deepPage, page, map[string]any{"order": byName, "after": deep}, nodes(50, 50))
	add(listWithAccounts, `{ users(first: 50) { nodes { id name memberships(first: 3) { nodes { owner account { name } } } } } }`, nil, nodes(50, 50))
	add(oneUser, `query($n: Int!) { user(number: $n) { id number name email lastLoginAt version } }`, map[string]any{"n": found.number}, user)
	add(exactSearch, page, search(found.deepEmail), nodes(1, 1))
	add(prefixSearch, page, search("ga"), nodes(50, 50))
	add(rareWord, page, search(found.rare), nodes(20, 50))
	add(commonWord, page, search("mar"), nodes(50, 50))
	return all, nil
}

// nodes checks that an answer holds as many users as it should.
func nodes(least, most int) func([]byte) error {
	return func(body []byte) error {
		var answer struct {
			Data struct {
				Users struct{ Nodes []json.RawMessage }
			}
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			return fmt.Errorf("reading an answer: %w", err)
		}
		if n := len(answer.Data.Users.Nodes); n < least || n > most {
			return fmt.Errorf("%d users, want %d to %d", n, least, most)
		}
		return nil
	}
}

// user checks that an answer holds one.
func user(body []byte) error {
	var answer struct {
		Data struct{ User *struct{ ID string } }
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("reading an answer: %w", err)
	}
	if answer.Data.User == nil {
		return errors.New("no user")
	}
	return nil
}

func encode(query string, variables map[string]any) []byte {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		panic(err) // strings and numbers only
	}
	return body
}

// makeAdministrator makes somebody who may list users, with a password that the benchmark knows.
func (s *store) makeAdministrator(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, binary, append([]string{"admin", "create", "--email", administrator, "--first-name", "Bench"}, s.flags...)...) //nolint:gosec // our own binary
	cmd.Stdin = strings.NewReader(password + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("making an administrator: %w: %s", err, out)
	}
	return nil
}

// customers are some hundred addresses of the sample that a password alone lets in: so many that each has few sessions,
// so few that all come by before it counts.
func (s *store) customers(ctx context.Context) ([]string, error) {
	d, err := s.open()
	if err != nil {
		return nil, err
	}
	defer d.Close()
	rows, err := d.QueryContext(ctx, `SELECT u.email FROM users u JOIN passwords p ON p.user_id = u.id
		WHERE NOT u.two_factor_enabled AND u.state = 'ACTIVE' AND u.role_id IS NULL ORDER BY u.id LIMIT 400`)
	if err != nil {
		return nil, fmt.Errorf("finding customers: %w", err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var email string
		if err := rows.Scan(&email); err != nil {
			return nil, fmt.Errorf("finding customers: %w", err)
		}
		list = append(list, email)
	}
	return list, rows.Err()
}

// found are rows that requests ask for.
type found struct {
	number    int
	deepEmail string // of the user at 90 % of the list by name
	rare      string // a word inside some names or addresses, of 200 users at most
}

func (s *store) find(ctx context.Context) (found, error) {
	d, err := s.open()
	if err != nil {
		return found{}, err
	}
	defer d.Close()
	f := found{number: s.users / 2}
	err = d.QueryRowContext(ctx, "SELECT email FROM users ORDER BY name_key, id LIMIT 1 OFFSET $1", s.users*9/10).Scan(&f.deepEmail)
	if err != nil {
		return f, fmt.Errorf("finding a deep page: %w", err)
	}
	f.rare, err = findRareWord(ctx, d, s.users)
	return f, err
}

// findRareWord looks for five letters inside somebody's address that 20 to 200 people share.
func findRareWord(ctx context.Context, d *sql.DB, users int) (string, error) {
	for number := users / 3; number < users; number += 997 {
		var text string
		err := d.QueryRowContext(ctx, "SELECT search_text FROM users WHERE id = $1", number).Scan(&text)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		} else if err != nil {
			return "", fmt.Errorf("finding a rare word: %w", err)
		}
		for _, word := range strings.Fields(text) {
			for from := 1; from+5 <= len(word) && len([]rune(word)) == len(word); from++ {
				part := word[from : from+5]
				if strings.ContainsAny(part, "@.%_+-'") {
					continue
				}
				var n int
				err := d.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM users_search WHERE search_text LIKE $1 LIMIT 201) AS few", "%"+part+"%").Scan(&n)
				if err != nil {
					return "", fmt.Errorf("finding a rare word: %w", err)
				}
				if n >= 20 && n <= 200 {
					return part, nil
				}
			}
		}
	}
	return "", errors.New("no word is rare enough to measure the search for it")
}

// cursorOf is where the user with this address stands in the list by name.
func cursorOf(ctx context.Context, base target, email string) (string, error) {
	const query = `query($e: String!) { users(first: 1, filter: {email: $e}, orderBy: {field: NAME, direction: ASC}) { nodes { id } edges { cursor } } }`
	body := encode(query, map[string]any{"e": email})
	var cursor string
	base.body = func() []byte { return body }
	base.check = func(answer []byte) error {
		var a struct {
			Data struct {
				Users struct{ Edges []struct{ Cursor string } }
			}
		}
		if err := json.Unmarshal(answer, &a); err != nil {
			return err
		}
		if len(a.Data.Users.Edges) != 1 {
			return errors.New("no such user")
		}
		cursor = a.Data.Users.Edges[0].Cursor
		return nil
	}
	_, err := call(ctx, http.DefaultClient, base)
	return cursor, err
}
