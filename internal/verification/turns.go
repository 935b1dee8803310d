package verification

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/fault"
)

// mostAtOnce is how many files of one user come in at once: so many make a proof. Else one whose lines are slow, on purpose,
// would hold all places.
const mostAtOnce = 3

// mostLooks is how many files one user is shown at once, in memory until the last byte is taken: more than a reviewer looks at
// side by side.
const mostLooks = 6

// shows bounds how many files are shown at once, for the whole process.
var shows = semaphore.NewWeighted(48)

// patience is how long a file waits for its turn.
const patience = 20 * time.Second

// movers are the users who have files under way, in this process, and how many.
type movers struct {
	mu sync.Mutex
	of map[int]int
}

// begin lets a user have one more file under way, until done is called. fault.TryLater: they have as many as they may.
func (s *movers) begin(userID, most int) (done func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[userID] >= most {
		return nil, fault.Wait(fault.TryLater, 10*time.Second, "Wait until the other files are through.")
	}
	if s.of == nil {
		s.of = map[int]int{}
	}
	s.of[userID]++
	return func() { s.end(userID) }, nil
}

func (s *movers) end(userID int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[userID]--; s.of[userID] == 0 {
		delete(s.of, userID)
	}
}

// Show lets the viewer have one more file in memory, to be called before Open; hidden is for when the last byte is taken.
// fault.TryLater: they have as many as they may, or all together have.
func (s *Service) Show(ctx context.Context) (hidden func(), err error) {
	if err := access.Person(ctx); err != nil {
		return nil, err
	}
	done, err := s.showing.begin(viewer.From(ctx).UserID, mostLooks)
	if err != nil {
		return nil, err
	}
	if err := turn(ctx, shows); err != nil {
		done()
		return nil, err
	}
	return func() {
		shows.Release(1)
		done()
	}, nil
}

// turn takes one of the places, for the caller to give back. fault.TryLater: none became free in time.
func turn(ctx context.Context, places *semaphore.Weighted) error {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := places.Acquire(waiting, 1)
	if err != nil && ctx.Err() == nil {
		return fault.Wait(fault.TryLater, patience, "Many files are under way. Please try again in a moment.")
	}
	return err
}
