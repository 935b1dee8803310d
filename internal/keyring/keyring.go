// Package keyring finds the keys that seal secrets at rest, and makes sure that they are those of the database at hand
// (security.md #68).
package keyring

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/secret"
)

// Source says where the keys are: Keys, in the form of a key file, when they come from the environment; else File.
type Source struct {
	File string
	Keys string
}

const (
	// probe is a known text that each database keeps sealed, to tell its own keys from others.
	probe        = "roster"
	probePurpose = "key check"
	probeSetting = "key_check"
)

// Open returns the keys of the database, whose schema must be current. Beside an empty new database it makes the key
// file. With an existing one it refuses a missing, short, example or foreign key, for what was sealed could not be
// read any more.
func Open(ctx context.Context, d *db.DB, from Source) (*secret.Keyring, error) {
	ctx = viewer.ForSystem(ctx, "key check")
	stored, err := sealedProbe(ctx, d)
	if err != nil {
		return nil, err
	}
	ring, err := read(from, len(stored) == 0)
	if err != nil {
		return nil, err
	}
	if len(stored) == 0 {
		if stored, err = saveProbe(ctx, d, ring); err != nil {
			return nil, err
		}
	}
	switch plain, err := ring.Open(probePurpose, probeSetting, stored); {
	case errors.Is(err, secret.ErrUnknownKey):
		return nil, fmt.Errorf("the key in %s is not the one that this database was made with", from)
	case err != nil || string(plain) != probe:
		return nil, fmt.Errorf("checking the key in %s: %w", from, errors.Join(err, secret.ErrTampered))
	}
	return ring, nil
}

// String names the place of the keys for people.
func (s Source) String() string {
	if s.Keys != "" {
		return "ROSTER_KEY"
	}
	return s.File
}

func read(from Source, fresh bool) (*secret.Keyring, error) {
	if from.Keys != "" {
		ring, err := secret.ParseKeys(from.Keys)
		if err != nil {
			return nil, fmt.Errorf("reading the key in ROSTER_KEY: %w", err)
		}
		return ring, nil
	}
	ring, err := secret.LoadKeyFile(from.File)
	if !errors.Is(err, secret.ErrKeyMissing) {
		return ring, err
	}
	if !fresh {
		return nil, fmt.Errorf("the key file %s is missing; without it, what this database keeps sealed cannot be read", from.File)
	}
	if err := secret.CreateKeyFile(from.File); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return secret.LoadKeyFile(from.File)
}

// sealedProbe is empty for a database that never had a key.
func sealedProbe(ctx context.Context, d *db.DB) ([]byte, error) {
	var value string
	err := d.Reader().QueryRowContext(ctx, "SELECT COALESCE((SELECT value FROM settings WHERE id = $1), '')", probeSetting).Scan(&value)
	if err != nil {
		return nil, fmt.Errorf("looking for the database's key: %w", err)
	}
	if value == "" {
		return nil, nil
	}
	var text string
	if err := json.Unmarshal([]byte(value), &text); err != nil {
		return nil, fmt.Errorf("reading the database's key check: %w", err)
	}
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("reading the database's key check: %w", err)
	}
	return sealed, nil
}

// saveProbe ties the database to the keys. Of two servers that start at once with different ones, one wins and the
// other is refused.
func saveProbe(ctx context.Context, d *db.DB, ring *secret.Keyring) ([]byte, error) {
	sealed, err := ring.Seal(probePurpose, probeSetting, []byte(probe))
	if err != nil {
		return nil, err
	}
	value, err := json.Marshal(base64.StdEncoding.EncodeToString(sealed))
	if err != nil {
		return nil, fmt.Errorf("writing the database's key check: %w", err)
	}
	_, err = d.Writer().ExecContext(ctx,
		"INSERT INTO settings (id, value) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING", probeSetting, string(value))
	if err != nil {
		return nil, fmt.Errorf("saving the database's key check: %w", err)
	}
	return sealedProbe(ctx, d)
}
