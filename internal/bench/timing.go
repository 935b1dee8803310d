package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"

	"roster/internal/dbtest"
)

// guesses is how many sign-ins with a wrong password there are of each kind of address.
const guesses = 2000

// importedCost is the cost of bcrypt that other systems use most.
const importedCost = 10

// apart is how far from even odds two kinds of addresses may be told apart by the time of one answer: three standard
// deviations of the estimate for 2,000 against 2,000 that do not differ.
const apart = 0.027

// guess is one sign-in with a wrong password.
type guess struct {
	address string
	took    *[]time.Duration
}

// timing compares how long sign-ins with a wrong password take for known and unknown addresses (security.md #26): one
// after the other, mixed, one try an address, each from another network through a proxy.
func (b *bench) timing(ctx context.Context, engine, folder string, cluster *dbtest.Cluster) error {
	s, err := fill(ctx, engine, guesses*5/4, folder, cluster) // some have no password, or cannot sign in
	if err != nil {
		return err
	}
	if err := s.importGuessed(ctx); err != nil {
		return err
	}
	server, err := start(ctx, s.log(), binary, append([]string{
		"serve", "--base-url", "http://localhost", "--drain", "0s", "--trusted-proxy", "127.0.0.1",
	}, s.flags...)...)
	if err != nil {
		return err
	}
	defer func() { _ = server.stop() }()
	native, err := s.addresses(ctx)
	if err != nil {
		return err
	}
	var nativeTook, importedTook, unknownTook []time.Duration
	var all []guess
	for i := range guesses {
		all = append(all, guess{native[i], &nativeTook}, guess{importedAddress(i), &importedTook},
			guess{fmt.Sprintf("nobody%d@elsewhere.example", i), &unknownTook})
	}
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for i, g := range all {
		took, err := server.guess(ctx, i, g.address)
		if err != nil {
			return fmt.Errorf("a wrong password for %s: %w", g.address, err)
		}
		*g.took = append(*g.took, took)
	}
	b.told(engine, "native", nativeTook, unknownTook)
	b.told(engine, "imported", importedTook, unknownTook)
	return nil
}

// importGuessed imports people with hashes of another system.
func (s *store) importGuessed(ctx context.Context) error {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), importedCost)
	if err != nil {
		return fmt.Errorf("hashing: %w", err)
	}
	var file bytes.Buffer
	file.WriteString("email,first_name,last_name,language,account_name,account_email,account_status,owner,permissions,last_login,password_hash\n")
	for i := range guesses {
		fmt.Fprintf(&file, "%s,Ida,Known,en,Account %d,account%d@imported.example,Active,yes,,,%s\n", importedAddress(i), i, i, hash)
	}
	path := filepath.Join(s.folder, "imported.csv")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		return fmt.Errorf("writing the file to import: %w", err)
	}
	_, err = command(ctx, s.flags, "import", "csv", path)
	return err
}

func importedAddress(i int) string { return fmt.Sprintf("imported%d@elsewhere.example", i) }

// addresses are those of users with a password of our own making.
func (s *store) addresses(ctx context.Context) ([]string, error) {
	d, err := s.open()
	if err != nil {
		return nil, err
	}
	defer d.Close()
	rows, err := d.QueryContext(ctx,
		"SELECT u.email FROM users u JOIN passwords p ON p.user_id = u.id WHERE NOT p.wrapped AND u.state = 'ACTIVE' ORDER BY u.id LIMIT $1", guesses)
	if err != nil {
		return nil, fmt.Errorf("finding known addresses: %w", err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var address string
		if err := rows.Scan(&address); err != nil {
			return nil, fmt.Errorf("finding known addresses: %w", err)
		}
		all = append(all, address)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("finding known addresses: %w", err)
	}
	if len(all) < guesses {
		return nil, fmt.Errorf("there are only %d known addresses", len(all))
	}
	return all, nil
}

// guess signs in with a wrong password from the i-th network, and says how long the answer took.
func (p *process) guess(ctx context.Context, i int, address string) (time.Duration, error) {
	body := encode(signInMutation, map[string]any{"e": address, "p": "not " + password})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("making a request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.1", i/256, i%256))
	began := time.Now()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("asking: %w", err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	took := time.Since(began)
	if err != nil {
		return 0, fmt.Errorf("reading an answer: %w", err)
	}
	if !strings.Contains(string(answer), `"WRONG"`) {
		return 0, errors.New("answered " + string(answer))
	}
	return took, nil
}

// told prints whether the times of known addresses can be told from those of unknown ones.
func (b *bench) told(engine, kind string, known, unknown []time.Duration) {
	odds := longer(known, unknown)
	figure := fmt.Sprintf("%.3f (medians %s, %s)", odds, milli(figures{times: known}.median()), milli(figures{times: unknown}.median()))
	b.table.line(engine, "wrong password: "+kind+" takes longer than unknown", figure, fmt.Sprintf("0.5 ± %.3f", apart), odds > 0.5-apart && odds < 0.5+apart)
}

// longer is how likely one of a, taken at random, is longer than one of b: 0.5 where they can't be told apart
// (Mann-Whitney).
func longer(a, b []time.Duration) float64 {
	b = slices.Sorted(slices.Values(b))
	var wins float64
	for _, x := range a {
		below, _ := slices.BinarySearch(b, x)
		notAbove, _ := slices.BinarySearch(b, x+1)
		wins += float64(below+notAbove) / 2
	}
	return wins / float64(len(a)*len(b))
}
