package throttle

import (
	"context"
	"hash/maphash"
	"time"
)

// evenTime is longer than any act that Evenly hides takes on a server with room.
const evenTime = 150 * time.Millisecond

// Evenly runs an act whose time must not tell what it found (security.md #26): it returns after the same time, or a
// multiple of it on a server so busy that the act takes longer.
func Evenly(ctx context.Context, act func() error) error {
	b := StartBeat(evenTime)
	err := act()
	b.Wait(ctx)
	return err
}

// Beat lets answers out at whole steps from a beginning only, so that what took a little longer does not show.
type Beat struct {
	began time.Time
	step  time.Duration
}

// StartBeat begins now.
func StartBeat(step time.Duration) Beat { return Beat{began: time.Now(), step: step} }

// phases is new in each process: nobody outside knows the phase of a subject.
var phases = maphash.MakeSeed()

// StartBeatOf began a part of a step ago that is always the same for the subject. Where the usual time is about a whole
// step, the steps alone would show a small difference as a whole one; like this nobody knows where the edges are.
func StartBeatOf(subject string, step time.Duration) Beat {
	phase := time.Duration(maphash.String(phases, subject) % uint64(step))
	return Beat{began: time.Now().Add(-phase), step: step}
}

// Wait returns at the next step, or as soon as nobody waits for the answer any more.
func (b Beat) Wait(ctx context.Context) {
	next := time.NewTimer(b.step - time.Since(b.began)%b.step)
	defer next.Stop()
	select {
	case <-next.C:
	case <-ctx.Done():
	}
}
