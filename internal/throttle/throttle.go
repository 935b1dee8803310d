package throttle

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"entgo.io/ent/dialect"

	"roster/internal/db"
	"roster/internal/fault"
)

// ErrLocked says that waiting does not help: only Clear opens again.
var ErrLocked = errors.New("too many tries in a row")

// Take counts one try, in one statement, unless the limit is reached: then nothing is counted, and the answer is
// fault.RateLimited with the time to wait, or ErrLocked. Call it in a transaction that ends before the try is made.
func (l Limit) Take(ctx context.Context, tx *db.Tx, whose string, now time.Time) error {
	s := l.Taking(tx.Dialect, whose, now)
	counted, err := affected(tx.SQL.ExecContext(ctx, s.SQL, s.Args...))
	if err != nil {
		return fmt.Errorf("counting a try: %w", err)
	}
	if counted {
		return nil
	}
	return l.refusal(ctx, tx, whose, now)
}

// Taking is the statement of Take, which changes no row where the limit is reached.
func (l Limit) Taking(dialect, whose string, now time.Time) db.Statement {
	s := statement{dialect: dialect}
	if now = stored(now); l.Max > 0 {
		l.windowed(&s, whose, now)
	} else {
		l.backingOff(&s, whose, now)
	}
	return s.done()
}

// stored is a moment as the database keeps it.
func stored(at time.Time) time.Time { return at.UTC().Truncate(time.Microsecond) }

// windowed counts within a fixed window, which the first try after its end begins anew. So does one that finds a
// window from the future: the clock was wrong when it began, and nobody stays locked out for that (security.md #83).
func (l Limit) windowed(s *statement, whose string, now time.Time) {
	over, ahead := now.Add(-l.Window), now.Add(l.Window)
	s.add("INSERT INTO throttles AS t (id, tries, since, until) VALUES (", l.Key(whose), ", 1, ", now, ", ", time.Time{}, ")")
	s.add(" ON CONFLICT (id) DO UPDATE SET tries = CASE WHEN t.since <= ", over, " OR t.since > ", ahead, " THEN 1 ELSE t.tries + 1 END")
	s.add(", since = CASE WHEN t.since <= ", over, " OR t.since > ", ahead, " THEN excluded.since ELSE t.since END")
	s.add(" WHERE t.since <= ", over, " OR t.since > ", ahead, " OR t.tries < ", l.Max)
}

// backingOff counts tries in a row. The wait that each one costs is set with it, so that of many tries at once only
// one gets through. A wait that is longer than any was set by a clock that was wrong, and does not hold.
func (l Limit) backingOff(s *statement, whose string, now time.Time) {
	s.add("INSERT INTO throttles AS t (id, tries, since, until) VALUES (", l.Key(whose), ", 1, ", now, ", ", time.Time{}, ")")
	s.add(" ON CONFLICT (id) DO UPDATE SET tries = t.tries + 1, since = excluded.since, until = CASE")
	s.add(" WHEN t.tries < ", l.Free, " THEN t.until")
	for n := l.Free + 1; l.after(n) < l.Longest; n++ {
		s.add(" WHEN t.tries < ", n, " THEN ", now.Add(l.after(n)))
	}
	s.add(" ELSE ", now.Add(l.Longest), " END")
	s.add(" WHERE (t.until <= ", now, " OR t.until > ", now.Add(2*l.Longest), ") AND t.tries < ", l.Last)
}

func (l Limit) refusal(ctx context.Context, tx *db.Tx, whose string, now time.Time) error {
	s := statement{dialect: tx.Dialect}
	s.add("SELECT tries, since, until FROM throttles WHERE id = ", l.Key(whose))
	var tries int
	var since, until time.Time
	if err := tx.SQL.QueryRowContext(ctx, s.String(), s.args...).Scan(&tries, &since, &until); err != nil {
		return fmt.Errorf("reading a throttle: %w", err)
	}
	lock, _ := l.LockOf(tries, since, until, now)
	return lock.Refusal(now)
}

// GiveBack takes one try off the count: it turned out to be none.
func (l Limit) GiveBack(ctx context.Context, tx *db.Tx, whose string) error {
	s := l.GivingBack(tx.Dialect, whose)
	if _, err := tx.SQL.ExecContext(ctx, s.SQL, s.Args...); err != nil {
		return fmt.Errorf("giving a try back: %w", err)
	}
	return nil
}

// GivingBack is the statement of GiveBack.
func (l Limit) GivingBack(dialect, whose string) db.Statement {
	s := statement{dialect: dialect}
	s.add("UPDATE throttles SET tries = tries - 1, until = ", time.Time{}, " WHERE id = ", l.Key(whose), " AND tries > 0")
	return s.done()
}

// Clear forgets all tries.
func (l Limit) Clear(ctx context.Context, tx *db.Tx, whose string) error {
	s := l.Clearing(tx.Dialect, whose)
	if _, err := tx.SQL.ExecContext(ctx, s.SQL, s.Args...); err != nil {
		return fmt.Errorf("clearing a throttle: %w", err)
	}
	return nil
}

// Clearing is the statement of Clear.
func (l Limit) Clearing(dialect, whose string) db.Statement {
	s := statement{dialect: dialect}
	s.add("DELETE FROM throttles WHERE id = ", l.Key(whose))
	return s.done()
}

// IsRefusal reports whether err is an answer of Take's, rather than a failure to count.
func IsRefusal(err error) bool { return errors.Is(err, ErrLocked) || fault.Is(err, fault.RateLimited) }

// statement is SQL with its arguments, written in reading order: strings at even places are SQL, the rest arguments.
type statement struct {
	strings.Builder
	dialect string
	args    []any
}

func (s *statement) done() db.Statement { return db.Statement{SQL: s.String(), Args: s.args} }

func (s *statement) add(parts ...any) {
	for i, part := range parts {
		if i%2 == 0 {
			text, _ := part.(string)
			s.WriteString(text)
			continue
		}
		s.args = append(s.args, part)
		if s.dialect != dialect.Postgres {
			s.WriteString("?")
			continue
		}
		kind := "bigint"
		switch part.(type) {
		case time.Time:
			kind = "timestamptz"
		case string:
			kind = "varchar"
		}
		fmt.Fprintf(s, "CAST($%d AS %s)", len(s.args), kind)
	}
}

func affected(r sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n > 0, err
}
