package graph

import (
	"context"
	"slices"
	"sync"

	"roster/internal/fault"
)

// siblings are the rows that an answer holds side by side, by key: whoever asks about one of them will ask about all.
type siblings[K comparable] struct {
	mu   sync.Mutex
	keys []K
}

func (s *siblings[K]) add(keys ...K) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = append(s.keys, keys...)
}

func (s *siblings[K]) all() []K {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.keys)
}

// batch answers one question about many rows with one fetch: the first row that asks brings the answers of all its
// siblings, who wait for it meanwhile. No clock decides who belongs together, so a list takes the same number of
// statements under any load.
type batch[K comparable, V any] struct {
	fetch   func(context.Context, []K) (map[K]V, error)
	known   *siblings[K]
	mu      sync.Mutex
	answers map[K]answer[V]
}

type answer[V any] struct {
	value V
	err   error
}

// load answers for one row. fault.NotFound: the row is gone meanwhile.
func (b *batch[K, V]) load(ctx context.Context, key K) (V, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if found, asked := b.answers[key]; asked {
		return found.value, found.err
	}
	if b.answers == nil {
		b.answers = map[K]answer[V]{}
	}
	keys := b.unanswered(key)
	values, err := b.fetch(ctx, keys)
	for _, k := range keys {
		value, there := values[k]
		a := answer[V]{value, err}
		if err == nil && !there {
			a.err = fault.Gone("object")
		}
		b.answers[k] = a
	}
	found := b.answers[key]
	return found.value, found.err
}

// unanswered is the key and its siblings, each once, as far as nobody asked about them yet.
func (b *batch[K, V]) unanswered(key K) []K {
	keys, taken := []K{key}, map[K]bool{key: true}
	for _, k := range b.known.all() {
		if _, asked := b.answers[k]; !asked && !taken[k] {
			keys, taken[k] = append(keys, k), true
		}
	}
	return keys
}

// clear forgets all answers: what they were about has changed within the request.
func (b *batch[K, V]) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers = nil
}
