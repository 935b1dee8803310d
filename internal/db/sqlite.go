package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"modernc.org/sqlite"
)

const (
	// statementsKept is how many prepared statements a connection keeps: more than the acts that come again and again have.
	statementsKept = 64
	// longestKept is how long their texts may be, in bytes: what is longer was written for one occasion, and takes up to
	// 200 KB where others take ten.
	longestKept = 4 << 10
)

// openKeeping opens a pool whose connections keep what they prepared. For a statement about one row, SQLite spends more on
// its text than on its work; PostgreSQL's driver keeps statements by itself.
func openKeeping(dsn string) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(keepingConnector{connector}), nil
}

type keepingConnector struct{ driver.Connector }

// sqliteConn is what database/sql uses of the driver's connections.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// sqliteStatement is what is used of the driver's statements.
type sqliteStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func (k keepingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(sqliteConn)
	if !ok {
		return nil, fmt.Errorf("%T can't do all that its users need", opened)
	}
	kept, err := simplelru.NewLRU(statementsKept, func(_ string, s *keptStatement) { s.drop() })
	return &keepingConn{sqliteConn: conn, kept: kept}, err
}

// keepingConn keeps its statements by their text. Like any connection it serves one goroutine at a time, but rows may be
// open while another statement runs, or the same one.
type keepingConn struct {
	sqliteConn
	kept *simplelru.LRU[string, *keptStatement]
}

// keptStatement is used by one at a time.
type keptStatement struct {
	sqliteStatement
	busy, dropped bool
}

// drop closes the statement, at once or as soon as it is not used any more.
func (s *keptStatement) drop() {
	s.dropped = true
	if !s.busy {
		_ = s.Close()
	}
}

// take returns the statement of a text for its only user, who gives it back.
func (c *keepingConn) take(ctx context.Context, query string) (*keptStatement, error) {
	kept, found := c.kept.Get(query)
	if found && !kept.busy {
		kept.busy = true
		return kept, nil
	}
	made, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	statement, ok := made.(sqliteStatement)
	if !ok {
		_ = made.Close()
		return nil, fmt.Errorf("%T can't do all that its users need", made)
	}
	// A second one of the same text is not kept.
	s := &keptStatement{sqliteStatement: statement, busy: true, dropped: found || len(query) > longestKept}
	if !s.dropped {
		c.kept.Add(query, s)
	}
	return s, nil
}

// give takes a statement back; one that failed is not used again.
func (c *keepingConn) give(query string, s *keptStatement, failed error) {
	s.busy = false
	switch {
	case s.dropped:
		_ = s.Close()
	case failed != nil:
		c.kept.Remove(query)
	}
}

// ExecContext runs a statement for what it does.
func (c *keepingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	c.give(query, s, err)
	return result, err
}

// QueryContext runs a statement for its rows; it is in use until they are closed.
func (c *keepingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		c.give(query, s, err)
		return nil, err
	}
	return &keptRows{Rows: rows, closed: func(err error) { c.give(query, s, err) }}, nil
}

// Unwrap is the driver's own connection.
func (c *keepingConn) Unwrap() driver.Conn { return c.sqliteConn }

// Close closes the connection, and what it kept before.
func (c *keepingConn) Close() error {
	c.kept.Purge()
	return c.sqliteConn.Close()
}

// keptRows are rows that give their statement back.
type keptRows struct {
	driver.Rows
	closed func(error)
}

// Close ends the reading.
func (r *keptRows) Close() error {
	err := r.Rows.Close()
	r.closed(err)
	return err
}
