package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"roster/internal/secret"
)

// signInResults are what sign-ins cost, and what they cost others.
type signInResults struct {
	hashes  float64 // argon2id per second, by this machine at its best
	signIns float64 // per second, alone
	// List is the median of one client that lists users meanwhile; failed is how many of its requests failed.
	list     time.Duration
	listed   int
	failures int
}

// loadLasts is how long each of the loads runs.
const loadLasts = 6 * time.Second

func (s *store) signIns(ctx context.Context, server *process, list target) (signInResults, error) {
	var r signInResults
	var err error
	if r.hashes, err = hashesPerSecond(ctx); err != nil {
		return r, err
	}
	t := signInTarget(server)
	if r.signIns, err = load(ctx, t, nil); err != nil {
		return r, err
	}
	times := &sample{}
	if _, err = load(ctx, t, func(ctx context.Context) { times.client(ctx, list) }); err != nil {
		return r, err
	}
	if len(times.times) == 0 {
		return r, errors.New("no list was answered under the sign-in load")
	}
	slices.Sort(times.times)
	r.list, r.listed, r.failures = times.times[len(times.times)/2], len(times.times), times.failures
	return r, nil
}

func signInTarget(server *process) target {
	return target{
		name: "sign-in", url: server.url + "/graphql", header: http.Header{"Content-Type": {"application/json"}},
		body: func(n int) []byte {
			return encode(signInMutation, map[string]any{"e": fmt.Sprintf(address, n%administrators), "p": password})
		},
		check: func(body []byte) error {
			if !strings.Contains(string(body), "SignedIn") {
				return errors.New("not signed in")
			}
			return nil
		},
	}
}

// hashesPerSecond is how many passwords this machine can hash, with nothing else to do.
func hashesPerSecond(ctx context.Context) (float64, error) {
	hasher := secret.NewHasher()
	var done atomic.Int64
	failed := make(chan error, runtime.GOMAXPROCS(0))
	began := time.Now()
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for time.Since(began) < loadLasts {
				if _, err := hasher.Hash(ctx, password); err != nil {
					failed <- err
					return
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	select {
	case err := <-failed:
		return 0, fmt.Errorf("hashing: %w", err)
	default:
		return float64(done.Load()) / time.Since(began).Seconds(), nil
	}
}

// load signs in over 16 connections for a while, beside something else, and returns how many per second.
func load(ctx context.Context, t target, beside func(context.Context)) (float64, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}, Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	during, stop := context.WithTimeout(ctx, loadLasts)
	defer stop()
	var wg sync.WaitGroup
	if beside != nil {
		wg.Go(func() { beside(during) })
	}
	var done atomic.Int64
	failed := make(chan error, connections)
	began := time.Now()
	for range connections {
		wg.Go(func() {
			for during.Err() == nil {
				if _, err := call(ctx, client, t, int(done.Load())); err != nil {
					failed <- err
					return
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	select {
	case err := <-failed:
		return 0, fmt.Errorf("%s: %w", t.name, err)
	default:
		return float64(done.Load()) / time.Since(began).Seconds(), nil
	}
}

// sample is the times of one client's requests.
type sample struct {
	times    []time.Duration
	failures int
}

func (s *sample) client(ctx context.Context, t target) {
	for ctx.Err() == nil {
		took, err := call(ctx, http.DefaultClient, t, 0)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			s.failures++
		default:
			s.times = append(s.times, took)
		}
	}
}
