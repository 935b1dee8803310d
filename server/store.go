package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"roster/internal/db"
	"roster/internal/keyring"
	"roster/internal/secret"
)

// store is where the data are: the settings that all commands share.
type store struct {
	DB      string `name:"db" env:"ROSTER_DB" default:"data/roster.db" placeholder:"PATH|URL" help:"The database: the path of a SQLite file, or a postgres:// URL (${default})."`
	KeyFile string `env:"ROSTER_KEY_FILE" placeholder:"FILE" help:"The file of the keys that seal secrets at rest: 32 bytes each, in hexadecimal or base64, the first one in use. Made for a new database. Without it: the database's path with .key instead of its ending; for PostgreSQL, roster.key. ROSTER_KEY, in the environment only, holds keys themselves."`
}

// opened is a database that is ready, with its keys.
type opened struct {
	*db.DB
	Keyring *secret.Keyring
}

// brief is how long a command that comes beside a server looks for the lock.
const brief = 100 * time.Millisecond

// open opens the database for a command that runs once, and brings its schema up to date: unless a server holds it,
// which has done so.
func (s store) open(ctx context.Context) (*opened, error) {
	unlock, err := s.lock(ctx, brief)
	switch {
	case errors.Is(err, db.ErrLocked):
		return s.openWith(ctx, func(context.Context, *db.DB) error { return nil })
	case err != nil:
		return nil, err
	}
	defer unlock()
	return s.openWith(ctx, db.Migrate)
}

// lock takes the one place of a server on a SQLite file.
func (s store) lock(ctx context.Context, wait time.Duration) (unlock func(), err error) {
	scheme, _, isURL := strings.Cut(s.DB, "://")
	switch {
	case s.postgres():
	case s.DB == "":
		return nil, errors.New("--db must name a file, or be a postgres:// URL")
	case isURL:
		return nil, fmt.Errorf("--db: %s:// is not known; it must name a file, or be a postgres:// URL", scheme)
	default:
		if err := os.MkdirAll(filepath.Dir(s.DB), 0o700); err != nil {
			return nil, fmt.Errorf("--db: %w", err)
		}
	}
	return db.Lock(ctx, s.DB, wait)
}

func (s store) openWith(ctx context.Context, prepare func(context.Context, *db.DB) error) (*opened, error) {
	d, err := db.Open(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	if err := prepare(ctx, d); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	ring, err := keyring.Open(ctx, d, s.keys())
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return &opened{DB: d, Keyring: ring}, nil
}

func (s store) keys() keyring.Source {
	from := keyring.Source{File: s.KeyFile, Keys: os.Getenv("ROSTER_KEY")}
	switch {
	case from.File != "":
	case s.postgres():
		from.File = "roster.key"
	default:
		from.File = strings.TrimSuffix(s.DB, filepath.Ext(s.DB)) + ".key"
	}
	return from
}

func (s store) postgres() bool {
	return strings.HasPrefix(s.DB, "postgres://") || strings.HasPrefix(s.DB, "postgresql://")
}
