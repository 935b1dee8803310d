package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// target is one kind of request against one running process.
type target struct {
	name   string
	url    string
	header http.Header
	body   func() []byte
	// check says whether an answer is the one that was asked for; a benchmark of errors is none.
	check func(body []byte) error
	// processes are all that take part in the answer.
	processes meter
}

// figures are what the requests of one target cost.
type figures struct {
	requests int
	cpu      time.Duration // of server and database together
	wall     time.Duration
	times    []time.Duration // of each request, as the client saw it
}

func (f figures) perCall() time.Duration { return f.cpu / time.Duration(f.requests) }
func (f figures) perSecond() float64     { return float64(f.requests) / f.wall.Seconds() }

// median needs at least one request.
func (f figures) median() time.Duration {
	slices.Sort(f.times)
	return f.times[len(f.times)/2]
}

// connections is how many requests are under way at once, where nothing else is said.
const connections = 16

// turns is how often each of several targets has its turn, after one to warm up: what else the machine does then
// falls on all of them alike.
const turns = 5

// inTurns measures targets that are to be compared.
func inTurns(ctx context.Context, lasts time.Duration, targets ...target) ([]figures, error) {
	all := make([]figures, len(targets))
	for n := range turns + 1 {
		for i, t := range targets {
			f, err := send(ctx, t, connections, lasts)
			if err != nil {
				return nil, err
			}
			if n > 0 { // both sides warm
				all[i] = all[i].plus(f)
			}
		}
	}
	return all, nil
}

func (f figures) plus(g figures) figures {
	return figures{f.requests + g.requests, f.cpu + g.cpu, f.wall + g.wall, append(f.times, g.times...)}
}

// send asks for a target over some connections for a while.
func send(ctx context.Context, t target, connections int, lasts time.Duration) (figures, error) {
	before, err := t.processes.cpu()
	if err != nil {
		return figures{}, err
	}
	times, failed := make([][]time.Duration, connections), make([]error, connections)
	started := time.Now()
	var wg sync.WaitGroup
	for i := range connections {
		wg.Go(func() {
			client := clientOf(i)
			defer client.CloseIdleConnections()
			for failed[i] == nil && time.Since(started) < lasts {
				var took time.Duration
				if took, failed[i] = call(ctx, client, t); failed[i] == nil {
					times[i] = append(times[i], took)
				}
			}
		})
	}
	wg.Wait()
	f := figures{wall: time.Since(started), times: slices.Concat(times...)}
	f.requests = len(f.times)
	after, err := t.processes.cpu()
	f.cpu = after - before
	if err = errors.Join(append(failed, err)...); err != nil {
		return f, fmt.Errorf("%s: %w", t.name, err)
	}
	return f, nil
}

// clientOf is the i-th client, in a network of its own: many people at once do not all come from the same one, whose wrong
// passwords are counted together. Linux has all of 127.0.0.0/8 for that.
func clientOf(i int) *http.Client {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(1+i))}}
	return &http.Client{Transport: &http.Transport{DialContext: dialer.DialContext, DisableCompression: true}, Timeout: 30 * time.Second}
}

// call makes one request and returns how long the answer took.
func call(ctx context.Context, client *http.Client, t target) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(t.body()))
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
	if err = errors.Join(err, res.Body.Close()); err != nil {
		return 0, err
	}
	if res.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("status %d: %.300s", res.StatusCode, body)
	}
	if err := t.check(body); err != nil {
		return 0, fmt.Errorf("%w: %.300s", err, body)
	}
	return took, nil
}
