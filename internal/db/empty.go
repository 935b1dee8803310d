package db

import (
	"context"
	"errors"
	"fmt"

	"entgo.io/ent/dialect"
)

// EmptyJournal writes what stands in SQLite's journal to the database and cuts it to nothing, for the journal keeps what was
// deleted until something else is written in its place. It waits for nobody: while others read or write, the journal stays as
// it is, for the next time. On PostgreSQL there is nothing to do.
func (d *DB) EmptyJournal(ctx context.Context) (err error) {
	if d.Dialect != dialect.SQLite {
		return nil
	}
	conn, err := d.read.Conn(ctx)
	if err != nil {
		return fmt.Errorf("emptying the journal: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	defer func() {
		if _, undone := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA busy_timeout = 5000"); undone != nil {
			err = errors.Join(err, fmt.Errorf("emptying the journal: %w", undone))
		}
	}()
	for _, step := range []string{"PRAGMA busy_timeout = 0", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := conn.ExecContext(ctx, step); err != nil && !Unavailable(err) {
			return fmt.Errorf("emptying the journal: %w", err)
		}
	}
	return nil
}
