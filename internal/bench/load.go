package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// target is one kind of request against one running process.
type target struct {
	name   string
	url    string
	header http.Header
	body   func(n int) []byte
	// check says whether an answer is the one that was asked for; a benchmark of errors is none.
	check func(body []byte) error
}

// figures are what one run of a target cost.
type figures struct {
	requests int
	perCall  time.Duration // CPU of server and database together, per request
	median   time.Duration // wall time of a request
	perSec   float64
}

// connections is how many requests are under way at once.
const connections = 16

// run sends count requests over 16 connections and sets the CPU that the processes used against them.
func run(ctx context.Context, t target, count int, processes meter) (figures, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, DisableCompression: true}, Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	if err := send(ctx, client, t, count/5+connections, nil); err != nil { // both sides warm
		return figures{}, fmt.Errorf("%s: %w", t.name, err)
	}
	times := make([]time.Duration, count)
	before, err := processes.cpu()
	if err != nil {
		return figures{}, err
	}
	started := time.Now()
	if err := send(ctx, client, t, count, times); err != nil {
		return figures{}, fmt.Errorf("%s: %w", t.name, err)
	}
	wall := time.Since(started)
	after, err := processes.cpu()
	if err != nil {
		return figures{}, err
	}
	slices.Sort(times)
	return figures{
		requests: count,
		perCall:  (after - before) / time.Duration(count),
		median:   times[count/2],
		perSec:   float64(count) / wall.Seconds(),
	}, nil
}

func send(ctx context.Context, client *http.Client, t target, count int, times []time.Duration) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	failed := make(chan error, connections)
	for range connections {
		wg.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= count {
					return
				}
				took, err := call(ctx, client, t, n)
				if err != nil {
					failed <- err
					return
				}
				if times != nil {
					times[n] = took
				}
			}
		})
	}
	wg.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

func call(ctx context.Context, client *http.Client, t target, n int) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(t.body(n)))
	if err != nil {
		return 0, err
	}
	req.Header = t.header.Clone()
	started := time.Now()
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	body, err := io.ReadAll(res.Body)
	took := time.Since(started)
	if closeErr := res.Body.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return 0, err
	}
	if res.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("status %d: %.300s", res.StatusCode, body)
	}
	if t.check != nil {
		if err := t.check(body); err != nil {
			return 0, fmt.Errorf("%w: %.300s", err, body)
		}
	}
	return took, nil
}
