package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
)

const (
	address  = "bench%d@bench.example"
	password = "a long word for the benchmark"
	// administrators sign in during the sign-in load: several, so that no session has to fall for another at once.
	administrators = 20
)

const fields = `{ nodes { id number name email twoFactorEnabled securityQuestionSet lastLoginAt } pageInfo { hasNextPage endCursor } }`

// targets are the requests to measure; the first is the list that the bare handler answers too.
func (s *store) targets(ctx context.Context, server *process) ([]target, error) {
	if err := s.makeAdministrators(ctx); err != nil {
		return nil, err
	}
	cookie, err := signIn(ctx, server)
	if err != nil {
		return nil, err
	}
	header := http.Header{"Content-Type": {"application/json"}, "Cookie": {"__Host-roster=" + cookie}}
	base := target{url: server.url + "/graphql", header: header}
	found, err := s.find(ctx)
	if err != nil {
		return nil, err
	}
	deep, err := cursorOf(ctx, base, found.deepEmail)
	if err != nil {
		return nil, err
	}
	const page = `query($after: String, $filter: UserFilter, $order: UserOrder) { users(first: 50, after: $after, filter: $filter, orderBy: $order) ` + fields + ` }`
	byName := map[string]any{"field": "NAME", "direction": "ASC"}
	one := func(name, query string, variables map[string]any, check func([]byte) error) target {
		t := base
		body := encode(query, variables)
		t.name, t.body, t.check = name, func(int) []byte { return body }, check
		return t
	}
	search := func(word string) map[string]any { return map[string]any{"filter": map[string]any{"search": word}} }
	return []target{
		one("list", `{ users(first: 50) `+fields+` }`, nil, nodes(50, 50)),
		one("first page by name", page, map[string]any{"order": byName}, nodes(50, 50)),
		one("page at 90 % by name", page, map[string]any{"order": byName, "after": deep}, nodes(50, 50)),
		one("list with accounts", `{ users(first: 50) { nodes { id name memberships(first: 3) { nodes { owner account { name } } } } } }`, nil, nodes(50, 50)),
		one("one user", `query($n: Int!) { user(number: $n) { id number name email lastLoginAt version } }`, map[string]any{"n": found.number}, nil),
		one("exact search", page, search(found.deepEmail), nodes(1, 1)),
		one("prefix search", page, search("ga"), nodes(50, 50)),
		one("word inside", page, search(found.rare), nodes(1, 50)),
		one("common word", page, search("mar"), nodes(50, 50)),
	}, nil
}

func encode(query string, variables map[string]any) []byte {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		panic(err) // strings and numbers only
	}
	return body
}

// makeAdministrators makes people with a password that the benchmark knows.
func (s *store) makeAdministrators(ctx context.Context) error {
	for i := range administrators {
		cmd := exec.CommandContext(ctx, binary, append([]string{"admin", "create", "--email", fmt.Sprintf(address, i), "--first-name", "Bench"}, s.flags...)...) //nolint:gosec // our own binary
		cmd.Stdin = strings.NewReader(password + "\n")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("making an administrator: %w: %s", err, out)
		}
	}
	return nil
}

const signInMutation = `mutation($e: String!, $p: String!) { signIn(input: {email: $e, password: $p}) { outcome { __typename } userErrors { code } } }`

// signIn returns a session's cookie.
func signIn(ctx context.Context, server *process) (string, error) {
	body := encode(signInMutation, map[string]any{"e": fmt.Sprintf(address, 0), "p": password})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, server.url+"/graphql", strings.NewReader(string(body)))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("signing in: %w", err)
	}
	defer res.Body.Close()
	for _, c := range res.Cookies() {
		if c.Name == "__Host-roster" {
			return c.Value, nil
		}
	}
	answer, _ := io.ReadAll(res.Body)
	return "", fmt.Errorf("signing in: no session: %s", answer)
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
	f.rare, err = rareWord(ctx, d, s.users)
	return f, err
}

// rareWord looks for four letters inside somebody's address that 20 to 200 people share.
func rareWord(ctx context.Context, d *sql.DB, users int) (string, error) {
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
				err := d.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM users WHERE search_text LIKE $1 LIMIT 201) AS few", "%"+part+"%").Scan(&n)
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
	base.body = func(int) []byte { return body }
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
	_, err := call(ctx, http.DefaultClient, base, 0)
	return cursor, err
}
