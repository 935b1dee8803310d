package audit

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"roster/ent/viewer"
	"roster/internal/db"
)

// mostRefusals is how many refusals of one person are entries within an hour, unless it is told otherwise.
const mostRefusals = 60

// Refusal is an attempt that was refused with Err.
type Refusal struct {
	Entry
	Err error
}

// Refusals records what guards refuse (security.md #66), so that nobody fills the log by asking for what they may not: of
// one person, with all tokens that they made, so many are entries within an hour. What goes beyond is counted, and the count
// is an entry once the hour is over. Each server counts for itself; one that is killed loses the counts of its hour.
type Refusals struct {
	DB  *db.DB
	Now func() time.Time
	// Most is how many are entries within an hour; 0 means 60.
	Most int

	mu    sync.Mutex
	hours map[string]*hour
}

// hour is what was refused to one person since its beginning.
type hour struct {
	since time.Time
	// noted are entries, and more are not; last is the last of these, and who it was refused to.
	noted, more int
	last        Refusal
	who         *viewer.Viewer
}

func (h *hour) over(at time.Time) bool { return at.Sub(h.since).Abs() >= time.Hour }

// Note records what was refused to the context's viewer in one operation, in one transaction.
func (r *Refusals) Note(ctx context.Context, at time.Time, list []Refusal) error {
	fit, before := r.admit(viewer.From(ctx), at, list)
	if len(fit) == 0 && before == nil {
		return nil
	}
	return db.InTx(ctx, r.DB, func(ctx context.Context, tx *db.Tx) error {
		if before != nil {
			if err := before.write(ctx, tx, at); err != nil {
				return err
			}
		}
		for _, one := range fit {
			if err := Refused(ctx, tx, at, one.Entry, one.Err); err != nil {
				return err
			}
		}
		return nil
	})
}

// admit returns what is to be an entry, and counts the rest; with it the hour before, when that has a count to tell.
func (r *Refusals) admit(v *viewer.Viewer, at time.Time, list []Refusal) (fit []Refusal, before *hour) {
	r.mu.Lock()
	defer r.mu.Unlock()
	who := person(v)
	h := r.hours[who]
	if h == nil || h.over(at) {
		if h != nil && h.more > 0 {
			before = h
		}
		if r.hours == nil {
			r.hours = map[string]*hour{}
		}
		h = &hour{since: at}
		r.hours[who] = h
	}
	n := min(len(list), cmp.Or(r.Most, mostRefusals)-h.noted)
	if h.noted += n; n < len(list) {
		last := *v // acts may change it
		h.more, h.last, h.who = h.more+len(list)-n, list[len(list)-1], &last
	}
	return list[:n], before
}

// person names who answers for what the viewer does.
func person(v *viewer.Viewer) string {
	if author := v.Author(); author != 0 {
		return fmt.Sprintf("user %d", author)
	}
	return fmt.Sprintf("token %d", v.TokenID)
}

// write tells how many there were beyond those that are entries, as the last of them.
func (h *hour) write(ctx context.Context, tx *db.Tx, at time.Time) error {
	entry := Entry{Action: h.last.Action, Detail: map[string]any{"more": h.more, "since": h.since}}
	return Refused(viewer.With(ctx, h.who), tx, at, entry, h.last.Err)
}

// Sweep writes the counts of hours that are over, and forgets these.
func (r *Refusals) Sweep(ctx context.Context) error { return r.end(ctx, (*hour).over) }

// Close writes all counts.
func (r *Refusals) Close(ctx context.Context) error {
	return r.end(ctx, func(*hour, time.Time) bool { return true })
}

func (r *Refusals) end(ctx context.Context, ended func(*hour, time.Time) bool) error {
	at := r.Now()
	var tell []*hour
	r.mu.Lock()
	for who, h := range r.hours {
		if ended(h, at) {
			delete(r.hours, who)
			tell = append(tell, h)
		}
	}
	r.mu.Unlock()
	tell = slices.DeleteFunc(tell, func(h *hour) bool { return h.more == 0 })
	if len(tell) == 0 {
		return nil
	}
	return db.InTx(ctx, r.DB, func(ctx context.Context, tx *db.Tx) error {
		for _, h := range tell {
			if err := h.write(ctx, tx, at); err != nil {
				return err
			}
		}
		return nil
	})
}
