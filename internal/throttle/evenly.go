package throttle

import (
	"context"
	"time"
)

// evenTime is longer than any act that Evenly hides takes on a server with room.
const evenTime = 150 * time.Millisecond

// Evenly runs an act whose time must not tell what it found (security.md #26): it returns after the same time, short
// of a server so busy that the act takes longer.
func Evenly(ctx context.Context, act func() error) error {
	done := time.After(evenTime)
	err := act()
	select {
	case <-done:
	case <-ctx.Done():
	}
	return err
}
