package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"roster/internal/dbtest"
)

// bench is one whole measurement.
type bench struct {
	small, large int
	turn         time.Duration
	only         string // one part alone; empty: all
	table        table
}

// all measures the engines one after the other and prints the table.
func (b *bench) all(ctx context.Context, engines string) error {
	folder, err := os.MkdirTemp("", "roster-bench-")
	if err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	defer b.table.print(os.Stdout) // also what was measured before something failed
	for engine := range strings.SplitSeq(engines, ",") {
		if err := b.engine(ctx, engine, folder); err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
	}
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
	switch b.only {
	case "timing":
		return b.timing(ctx, engine, folder, cluster)
	case "attacks":
		return b.attacks(ctx, engine, folder, cluster)
	case "sign-ins":
		large, err := b.run(ctx, engine, b.large, folder, cluster)
		if err != nil {
			return err
		}
		defer large.stop()
		return b.signIns(ctx, nil, large)
	case "":
	default:
		return errors.New("there is no such part: timing, sign-ins, attacks")
	}
	if err := b.timing(ctx, engine, folder, cluster); err != nil {
		return err
	}
	if err := b.attacks(ctx, engine, folder, cluster); err != nil {
		return err
	}
	small, err := b.run(ctx, engine, b.small, folder, cluster)
	if err != nil {
		return err
	}
	defer small.stop()
	large, err := b.run(ctx, engine, b.large, folder, cluster)
	if err != nil {
		return err
	}
	defer large.stop()
	for _, part := range []func(context.Context, *instance, *instance) error{
		b.growth, b.depth, b.search, b.overhead, b.lists, b.signIns, b.process,
	} {
		if err := part(ctx, small, large); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) run(ctx context.Context, engine string, users int, folder string, cluster *dbtest.Cluster) (*instance, error) {
	s, err := fill(ctx, engine, users, folder, cluster)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "%s: %d users in %s\n", engine, users, s.filled.Round(time.Second))
	return s.run(ctx)
}

// growth is what the same request costs in the large database, by what it costs in the small one.
func (b *bench) growth(ctx context.Context, small, large *instance) error {
	for _, name := range []string{list, deepPage, oneUser, prefixSearch, exactSearch} {
		what := fmt.Sprintf("%s: %d to %d users", name, large.users, small.users)
		if err := b.ratio(ctx, large.engine, what, 1.3, large.targets[name], small.targets[name]); err != nil {
			return err
		}
	}
	return nil
}

// depth is what a page far down costs, by what the first one of the same list costs.
func (b *bench) depth(ctx context.Context, _, large *instance) error {
	return b.ratio(ctx, large.engine, deepPage+" to first page", 1.2, large.targets[deepPage], large.targets[firstPage])
}

// overhead is what a list costs, with session, permission and validation, by what the least costs that could answer it.
func (b *bench) overhead(ctx context.Context, _, large *instance) error {
	handler, bare, err := large.bare(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = handler.stop() }()
	most := map[string]float64{"postgres": 8, "sqlite": 9}[large.engine]
	return b.ratio(ctx, large.engine, "list of 50 to bare net/http", most, large.targets[list], bare)
}

func (b *bench) ratio(ctx context.Context, engine, what string, most float64, of, to target) error {
	all, err := inTurns(ctx, b.turn, of, to)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	r := all[0].perCall().Seconds() / all[1].perCall().Seconds()
	figure := fmt.Sprintf("%.2f (%s to %s CPU)", r, micro(all[0].perCall()), micro(all[1].perCall()))
	b.table.line(engine, what, figure, fmt.Sprintf("≤ %.1f", most), r <= most)
	return nil
}

// search is how long one client waits for the users with a word inside their names: a rare word, and a common one.
func (b *bench) search(ctx context.Context, _, large *instance) error {
	for _, name := range []string{rareWord, commonWord} {
		f, err := send(ctx, large.targets[name], 1, 3*b.turn)
		if err != nil {
			return err
		}
		limit := ""
		if name == rareWord {
			limit = "≤ 100 ms"
		}
		b.table.line(large.engine, name, fmt.Sprintf("median %s, CPU %s", milli(f.median()), milli(f.perCall())), limit, f.median() <= 100*time.Millisecond)
	}
	return nil
}

// lists are two figures to know, without a limit.
func (b *bench) lists(ctx context.Context, _, large *instance) error {
	for _, name := range []string{list, listWithAccounts} {
		all, err := inTurns(ctx, b.turn, large.targets[name])
		if err != nil {
			return err
		}
		f := all[0]
		figure := fmt.Sprintf("%s CPU, median %s, %.0f per second", micro(f.perCall()), milli(f.median()), f.perSecond())
		b.table.line(large.engine, fmt.Sprintf("%s, %d connections", name, connections), figure, "", true)
	}
	return nil
}

// signIns are how near sign-ins come to the bare hashes, and how long a list takes beside them.
func (b *bench) signIns(ctx context.Context, _, large *instance) error {
	r, err := large.signIns(ctx, b.turn)
	if err != nil {
		return err
	}
	part := 100 * r.signIns.perSecond() / r.hashes.perSecond()
	figure := fmt.Sprintf("%.0f %% (%.1f of %.1f per second; %s to %s CPU; %d turned away)", part,
		r.signIns.perSecond(), r.hashes.perSecond(), milli(r.signIns.perCall()), milli(r.hashes.perCall()), r.turnedAway)
	b.table.line(large.engine, "sign-ins to argon2id hashes", figure, "≥ 90 %", part >= 90)
	median := r.list.median()
	figure = fmt.Sprintf("median %s, %d of %d failed", milli(median), r.failed, r.failed+len(r.list.times))
	b.table.line(large.engine, "list beside sign-ins", figure, "≤ 50 ms, none", median <= 50*time.Millisecond && r.failed == 0)
	return nil
}

// process is what holds of the server as a whole, and of filling the database.
func (b *bench) process(_ context.Context, _, large *instance) error {
	after, err := resident(large.server.pid)
	if err != nil {
		return err
	}
	b.table.line(large.engine, "start to first answer", milli(large.started), "≤ 300 ms", large.started <= 300*time.Millisecond)
	b.table.line(large.engine, "memory", fmt.Sprintf("%.0f MB idle, %.0f MB after all this", large.idle, after), "≤ 60 MB idle", large.idle <= 60)
	b.table.line(large.engine, fmt.Sprintf("sample data, %d users", large.users), large.filled.Round(time.Second).String(), "", true)
	return nil
}
