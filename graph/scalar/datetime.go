// Package scalar reads and writes the scalars of the contract.
package scalar

import (
	"io"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"roster/internal/fault"
)

// layout is RFC 3339 to the microsecond, which is as fine as both databases keep.
const layout = `"2006-01-02T15:04:05.999999Z07:00"`

// MarshalDateTime writes a moment in UTC. The zero time, which stands for "never" in columns that must not be NULL,
// becomes null.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	if t.IsZero() {
		return graphql.Null
	}
	return moment(t)
}

type moment time.Time

// MarshalGQL writes the moment.
func (m moment) MarshalGQL(w io.Writer) {
	var b [40]byte
	_, _ = w.Write(time.Time(m).UTC().AppendFormat(b[:0], layout))
}

// UnmarshalDateTime reads RFC 3339; finer than a microsecond is cut off. fault.Invalid: it is something else, or
// outside the years 1 to 9999.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok || len(s) > 40 {
		return time.Time{}, notAMoment()
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.UTC().Year() < 1 || t.UTC().Year() > 9999 {
		return time.Time{}, notAMoment()
	}
	return t.UTC().Truncate(time.Microsecond), nil
}

func notAMoment() error {
	return fault.New(fault.Invalid, "A moment is written as in 2026-01-31T12:00:00Z (RFC 3339).")
}
