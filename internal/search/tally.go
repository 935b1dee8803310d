package search

import "sync"

// Tally is how many rows a list has, counted when it is first asked for, and once: number and estimate are two fields of
// one answer.
type Tally struct {
	once      sync.Once
	n         int
	estimated bool
	err       error
}

// Of returns what count says, or said before.
func (t *Tally) Of(count func() (n int, estimated bool, err error)) (n int, estimated bool, err error) {
	t.once.Do(func() { t.n, t.estimated, t.err = count() })
	return t.n, t.estimated, t.err
}
