package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"roster/internal/dbtest"
)

// bench is one whole measurement.
type bench struct {
	small, large, requests int
	table                  table
}

// all measures the engines one after the other and prints the table.
func (b *bench) all(ctx context.Context, engines string) error {
	folder, err := os.MkdirTemp("", "roster-bench-")
	if err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	for engine := range strings.SplitSeq(engines, ",") {
		if err := b.engine(ctx, engine, folder); err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
	}
	b.table.print(os.Stdout)
	return nil
}

func (b *bench) engine(ctx context.Context, engine, folder string) error {
	var cluster *dbtest.Cluster
	switch engine {
	case "sqlite":
	case "postgres":
		var err error
		if cluster, err = dbtest.Start(); err != nil {
			return err
		}
		defer cluster.Close()
	default:
		return errors.New("there is no such engine: sqlite, postgres")
	}
	var of [2]results
	for i, users := range []int{b.small, b.large} {
		s, err := fill(ctx, engine, users, folder, cluster)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s: %d users in %s\n", engine, users, s.filled.Round(time.Second))
		if of[i], err = b.measure(ctx, s); err != nil {
			return fmt.Errorf("%d users: %w", users, err)
		}
	}
	b.table.growth(engine, of[0], of[1])
	b.table.absolute(engine, of[1])
	return nil
}

// results are the figures of one database.
type results struct {
	users   int
	filled  time.Duration
	of      map[string]figures
	started time.Duration
	idle    float64 // MB resident, before any request
	after   float64 // MB resident, after all of them
	signIn  signInResults
}

// measure runs everything against one filled database.
func (b *bench) measure(ctx context.Context, s *store) (results, error) {
	r := results{users: s.users, filled: s.filled, of: map[string]figures{}}
	server, err := start(ctx, binary, "/readyz", append([]string{"serve", "--base-url", "http://localhost"}, s.flags...)...)
	if err != nil {
		return r, err
	}
	defer func() { _ = server.stop() }()
	r.started = server.started
	time.Sleep(2 * time.Second) // what start-up left behind is collected by then
	if r.idle, err = resident(server.pid); err != nil {
		return r, err
	}
	targets, err := s.targets(ctx, server)
	if err != nil {
		return r, err
	}
	processes := meter{append([]int{server.pid}, s.database...)}
	for _, t := range targets {
		if r.of[t.name], err = run(ctx, t, b.requests, processes); err != nil {
			return r, err
		}
	}
	if r.of["bare"], err = b.bare(ctx, s, targets[0]); err != nil {
		return r, err
	}
	// Once more, right beside the bare handler: the two are compared.
	if r.of["beside bare"], err = run(ctx, targets[0], b.requests, processes); err != nil {
		return r, err
	}
	if r.signIn, err = s.signIns(ctx, server, targets[0]); err != nil {
		return r, err
	}
	r.after, err = resident(server.pid)
	return r, err
}

// bare measures the handler that does nothing but what has to be done, with the same request.
func (b *bench) bare(ctx context.Context, s *store, list target) (figures, error) {
	self, err := os.Executable()
	if err != nil {
		return figures{}, fmt.Errorf("finding this program: %w", err)
	}
	handler, err := start(ctx, self, "/readyz", append([]string{"bare"}, s.flags...)...)
	if err != nil {
		return figures{}, err
	}
	defer func() { _ = handler.stop() }()
	list.name, list.url = "bare", handler.url+"/list"
	return run(ctx, list, b.requests, meter{append([]int{handler.pid}, s.database...)})
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
