package limit

import (
	"container/list"
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// lru keeps what was used last, up to a total weight.
type lru[K comparable, V any] struct {
	most int

	mu     sync.Mutex
	weight int
	order  list.List // the front was used last
	items  map[K]*list.Element
}

type item[K comparable, V any] struct {
	key    K
	value  V
	weight int
}

func newLRU[K comparable, V any](most int) *lru[K, V] {
	return &lru[K, V]{most: most, items: map[K]*list.Element{}}
}

func (c *lru[K, V]) has(key K) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.items[key]
	return ok
}

func (c *lru[K, V]) get(key K) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.items[key]
	if !ok {
		return value, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*item[K, V]).value, true
}

// add keeps value, unless it alone weighs more than everything may.
func (c *lru[K, V]) add(key K, value V, weight int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.items[key]; ok {
		c.drop(e)
	}
	if weight > c.most {
		return
	}
	c.items[key] = c.order.PushFront(&item[K, V]{key, value, weight})
	for c.weight += weight; c.weight > c.most; {
		c.drop(c.order.Back())
	}
}

func (c *lru[K, V]) drop(e *list.Element) {
	it := c.order.Remove(e).(*item[K, V])
	delete(c.items, it.key)
	c.weight -= it.weight
}

// documents is gqlgen's query cache, bounded in bytes of text instead of entries: sixteen kilobytes of query weigh
// as much as a hundred short ones.
type documents struct {
	lru *lru[string, *ast.QueryDocument]
}

// NewQueryCache returns a cache for srv.SetQueryCache that holds up to so many bytes of query text. A parsed
// document takes some 30 to 120 times its text in memory.
func NewQueryCache(bytes int) graphql.Cache[*ast.QueryDocument] {
	return documents{newLRU[string, *ast.QueryDocument](bytes)}
}

func (d documents) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	return d.lru.get(text)
}

func (d documents) Add(_ context.Context, text string, doc *ast.QueryDocument) {
	d.lru.add(text, doc, len(text))
}
