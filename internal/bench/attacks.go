package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"roster/internal/attacks"
	"roster/internal/dbtest"
)

// repeats is how often an attack is made to tell what one costs: the kernel counts CPU in steps of 10 ms.
const repeats = 20

// rounds is how often each attack comes while memory is watched.
const rounds = 8

// What attacks may cost: CPU for each, and memory above that of a server at rest, in MB (10^6 bytes).
const (
	mostCPU    = 100 * time.Millisecond
	mostMemory = float64(256<<20) / 1e6
)

// attacks is what each attack of the corpus costs the server, one after the other, and the most memory that it has taken
// once all of them came at once. They come with an API token: it may ask for more than others.
func (b *bench) attacks(ctx context.Context, engine, folder string, cluster *dbtest.Cluster) error {
	s, err := fill(ctx, engine, 1000, folder, cluster)
	if err != nil {
		return err
	}
	secret, err := command(ctx, s.flags, "token", "create", "--role", "Full Administrator", "--name", "Attacker")
	if err != nil {
		return err
	}
	sender := http.Header{"Authorization": {"Bearer " + strings.TrimSpace(secret)}}
	server, err := start(ctx, s.log(), binary, append([]string{"serve", "--base-url", "http://localhost", "--drain", "0s"}, s.flags...)...)
	if err != nil {
		return err
	}
	defer func() { _ = server.stop() }()
	if err := server.rest(ctx); err != nil {
		return err
	}
	idle, err := resident(server.pid)
	if err != nil {
		return err
	}
	for _, a := range attacks.Corpus {
		each, err := server.cost(ctx, a, sender)
		if err != nil {
			return fmt.Errorf("%s: %w", a.Name, err)
		}
		b.table.line(engine, "attack: "+a.Name, milli(each)+" CPU", "≤ 100 ms", each <= mostCPU)
	}
	if err := server.storm(ctx, sender); err != nil {
		return err
	}
	peak, err := peakResident(server.pid)
	if err != nil {
		return err
	}
	figure := fmt.Sprintf("%.0f MB above the %.0f MB at rest", peak-idle, idle)
	b.table.line(engine, fmt.Sprintf("attacks, all of them, %d at once", connections), figure, fmt.Sprintf("≤ %.0f MB", mostMemory), peak-idle <= mostMemory)
	return nil
}

// cost is the CPU time of one attack. The slow ones come all at once: it is the same wait.
func (p *process) cost(ctx context.Context, a attacks.Attack, sender http.Header) (time.Duration, error) {
	if err := p.suffer(ctx, a, sender); err != nil { // what is only done once
		return 0, err
	}
	before, err := meter{p.pid}.cpu()
	if err != nil {
		return 0, err
	}
	at := 1
	if a.Slow {
		at = repeats
	}
	if err := p.inParallel(ctx, at, repeats, func(int) attacks.Attack { return a }, sender); err != nil {
		return 0, err
	}
	after, err := meter{p.pid}.cpu()
	return (after - before) / repeats, err
}

// storm sends the whole corpus, again and again; the slow ones wait all the while.
func (p *process) storm(ctx context.Context, sender http.Header) error {
	quick, slow := []attacks.Attack{}, []attacks.Attack{}
	for _, a := range attacks.Corpus {
		if a.Slow {
			slow = append(slow, a)
		} else {
			quick = append(quick, a)
		}
	}
	var waiting sync.WaitGroup
	var waited error
	waiting.Go(func() {
		waited = p.inParallel(ctx, connections, connections, func(i int) attacks.Attack { return slow[i%len(slow)] }, sender)
	})
	// First sixteen of each kind together, which is the most of it at a time, then all of them mixed.
	err := p.inParallel(ctx, connections, connections*len(quick), func(i int) attacks.Attack { return quick[i/connections] }, sender)
	if err == nil {
		err = p.inParallel(ctx, connections, rounds*len(quick), func(i int) attacks.Attack { return quick[i%len(quick)] }, sender)
	}
	waiting.Wait()
	return errors.Join(err, waited)
}

// inParallel makes so many attacks, so many of them at a time.
func (p *process) inParallel(ctx context.Context, at, many int, pick func(int) attacks.Attack, sender http.Header) error {
	var next atomic.Int64
	failed := make([]error, at)
	var wg sync.WaitGroup
	for worker := range at {
		wg.Go(func() {
			for failed[worker] == nil {
				i := int(next.Add(1)) - 1
				if i >= many {
					return
				}
				failed[worker] = p.suffer(ctx, pick(i), sender)
			}
		})
	}
	wg.Wait()
	return errors.Join(failed...)
}

// written counts the attacks, so that no two texts are alike.
var written atomic.Int64

// suffer makes one attack, which must be answered as it should be: a wrong answer costs something else.
func (p *process) suffer(ctx context.Context, a attacks.Attack, sender http.Header) error {
	answer, err := a.Send(ctx, p.url, sender, attacks.Plain, int(written.Add(1)%4000))
	if err != nil {
		return err
	}
	if answer.Status != a.Status || answer.Code != a.Code {
		return fmt.Errorf("%s: answered with %d %q, not %d %q: %.300s", a.Name, answer.Status, answer.Code, a.Status, a.Code, answer.Body)
	}
	return nil
}
