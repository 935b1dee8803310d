package throttle

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"roster/internal/db"
	"roster/internal/fault"
)

// Lock is what too many tries brought about.
type Lock struct {
	// Until is when a try is taken again; zero: only Clear opens.
	Until time.Time
}

// Locked returns the locks that stand now, by whose they are, with one statement. Who may try is not in it.
func (l Limit) Locked(ctx context.Context, d *db.DB, whose []string, now time.Time) (map[string]Lock, error) {
	found := make(map[string]Lock)
	if len(whose) == 0 {
		return found, nil
	}
	places, keys := make([]string, len(whose)), make([]any, len(whose))
	for i, one := range whose {
		places[i], keys[i] = "$"+strconv.Itoa(i+1), l.Key(one)
	}
	rows, err := d.Reader().QueryContext(ctx, "SELECT id, tries, since, until FROM throttles WHERE id IN ("+strings.Join(places, ", ")+")", keys...)
	if err != nil {
		return nil, fmt.Errorf("reading throttles: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var tries int
		var since, until time.Time
		if err := rows.Scan(&key, &tries, &since, &until); err != nil {
			return nil, fmt.Errorf("reading throttles: %w", err)
		}
		if lock, stands := l.LockOf(tries, since, until, now); stands {
			found[strings.TrimPrefix(key, l.Name+":")] = lock
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading throttles: %w", err)
	}
	return found, nil
}

// LockOf tells what Take would refuse, by what is stored. What a clock that was wrong set does not hold.
func (l Limit) LockOf(tries int, since, until, now time.Time) (Lock, bool) {
	if l.Max > 0 {
		until = since.Add(l.Window)
		return Lock{Until: until}, tries >= l.Max && until.After(now) && !since.After(now.Add(l.Window))
	}
	if tries >= l.Last {
		return Lock{}, true
	}
	return Lock{Until: until}, until.After(now) && !until.After(now.Add(2*l.Longest))
}

// Refusal is what Take answers: fault.RateLimited with the time to wait, or ErrLocked.
func (k Lock) Refusal(now time.Time) error {
	if k.Until.IsZero() {
		return ErrLocked
	}
	return fault.Wait(fault.RateLimited, max(k.Until.Sub(stored(now)), time.Second), "There were too many tries. Please wait a while.")
}
