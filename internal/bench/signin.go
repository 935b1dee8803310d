package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"roster/internal/demo"
	"roster/internal/secret"
)

// signInResults are what sign-ins cost, and what they cost others.
type signInResults struct {
	hashes  figures // argon2id, by this machine at its best
	signIns figures // alone
	// list are the requests of one client that lists users while others sign in; failed is how many had no answer.
	list   figures
	failed int
	// turnedAway is how many sign-ins were told to come back.
	turnedAway int64
}

// signInTurns is how many turns of a measurement make one of sign-ins: those that are under way when a turn ends are
// waited for, with nothing beside them, and that must not weigh.
const signInTurns = 4

// loadLasts is how long the load of sign-ins runs while users are listed.
const loadLasts = 10 * time.Second

// signIns sets sign-ins against bare hashes, in turns, and then lists users beside sign-ins.
func (i *instance) signIns(ctx context.Context, lasts time.Duration) (signInResults, error) {
	var r signInResults
	var turnedAway atomic.Int64
	customers, err := i.customers(ctx)
	if err != nil {
		return r, err
	}
	t := i.signInTarget(customers, &turnedAway)
	// The first sign-in of each is from a device that nobody knows, which their users are told by mail.
	if _, err := send(ctx, t, connections, loadLasts); err != nil {
		return r, err
	}
	turnedAway.Store(0)
	for range turns {
		hashes, err := hash(ctx, signInTurns*lasts)
		if err != nil {
			return r, err
		}
		signIns, err := send(ctx, t, connections, signInTurns*lasts)
		if err != nil {
			return r, err
		}
		r.hashes, r.signIns = r.hashes.plus(hashes), r.signIns.plus(signIns)
	}
	r.signIns.requests -= int(turnedAway.Load())
	during, stop := context.WithCancel(ctx)
	var beside sync.WaitGroup
	beside.Go(func() { r.lists(during, i.targets[list]) })
	_, err = send(ctx, t, connections, loadLasts)
	stop()
	beside.Wait()
	r.turnedAway = turnedAway.Load()
	if err == nil && len(r.list.times) == 0 {
		err = errors.New("no list was answered under the load of sign-ins")
	}
	return r, err
}

// lists is one client that asks again as soon as it has its answer.
func (r *signInResults) lists(during context.Context, t target) {
	for {
		took, err := call(during, http.DefaultClient, t)
		switch {
		case during.Err() != nil:
			return
		case err != nil:
			fmt.Fprintln(os.Stderr, "a list beside sign-ins:", err)
			r.failed++
		default:
			r.list.times = append(r.list.times, took)
		}
	}
}

// signInTarget signs one customer in after the other, as on a morning: the same one at once would be told to wait.
func (i *instance) signInTarget(customers []string, turnedAway *atomic.Int64) target {
	var next atomic.Int64
	return target{
		name: "sign-in", url: i.server.url + "/graphql", header: http.Header{"Content-Type": {"application/json"}},
		body: func() []byte { return signInBody(customers[int(next.Add(1))%len(customers)], demo.Password) },
		check: func(body []byte) error {
			switch text := string(body); {
			case strings.Contains(text, `"TRY_LATER"`):
				turnedAway.Add(1)
			case !strings.Contains(text, `"SignedIn"`):
				return errors.New("not signed in")
			}
			return nil
		},
		processes: i.processes(),
	}
}

// hash hashes passwords with nothing else to do; CPU is that of this process.
func hash(ctx context.Context, lasts time.Duration) (figures, error) {
	hasher := secret.NewHasher()
	before, err := ownCPU()
	if err != nil {
		return figures{}, err
	}
	var done atomic.Int64
	failed := make([]error, runtime.GOMAXPROCS(0))
	began := time.Now()
	var wg sync.WaitGroup
	for i := range failed {
		wg.Go(func() {
			for failed[i] == nil && time.Since(began) < lasts {
				_, failed[i] = hasher.Hash(ctx, password)
				done.Add(1)
			}
		})
	}
	wg.Wait()
	wall := time.Since(began)
	after, err := ownCPU()
	if err = errors.Join(append(failed, err)...); err != nil {
		return figures{}, fmt.Errorf("hashing: %w", err)
	}
	return figures{requests: int(done.Load()), cpu: after - before, wall: wall}, nil
}
