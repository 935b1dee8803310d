package search

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"roster/internal/db"
)

// countedExactly is up to how many rows a count is exact. Above, a sample answers: no page counts the whole set.
const countedExactly = 10_000

// The sample: blocks of consecutive numbers, spread evenly over all of them.
const (
	sampleBlocks = 40
	sampleBlock  = 250
)

// Count returns how many rows of a table narrow leaves, and whether that is an estimate: exact up to 10,000. Who may know
// is for the caller to say.
func Count(ctx context.Context, d *db.DB, table string, narrow func(*sql.Selector)) (n int, estimated bool, err error) {
	c := counter{d, table, narrow}
	rows := c.selection()
	narrow(rows)
	if n, err = c.count(ctx, rows.Limit(countedExactly+1)); err != nil || n <= countedExactly {
		return n, false, err
	}
	n, err = c.estimate(ctx)
	return max(n, countedExactly+1), true, err
}

type counter struct {
	db     *db.DB
	table  string
	narrow func(*sql.Selector)
}

// estimate counts the matches in the sample and takes the rest to be like it.
func (c counter) estimate(ctx context.Context) (int, error) {
	var last int
	query, args := c.selection().Select(sql.Max("id")).Query()
	if err := c.db.Reader().QueryRowContext(ctx, query, args...).Scan(&last); err != nil {
		return 0, fmt.Errorf("finding the last of %s: %w", c.table, err)
	}
	rows := c.selection()
	stride := max(last/sampleBlocks, sampleBlock)
	var blocks []*sql.Predicate
	for from := 1; from <= last; from += stride {
		id := rows.C("id")
		blocks = append(blocks, sql.And(sql.GTE(id, from), sql.LT(id, from+sampleBlock)))
	}
	c.narrow(rows.Where(sql.Or(blocks...)))
	n, err := c.count(ctx, rows)
	return n * last / (len(blocks) * sampleBlock), err
}

func (c counter) selection() *sql.Selector {
	return sql.Dialect(c.db.Dialect).Select("id").From(sql.Table(c.table))
}

func (c counter) count(ctx context.Context, rows *sql.Selector) (n int, err error) {
	query, args := sql.Dialect(c.db.Dialect).Select(sql.Count("*")).From(rows.As("counted")).Query()
	if err := c.db.Reader().QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting %s: %w", c.table, err)
	}
	return n, nil
}
