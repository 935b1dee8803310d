package keyring_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/keyring"
	"roster/internal/secret"
)

// security.md #68: the file is made beside a new database only, and belongs to it from then on.
func TestOpen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		file := filepath.Join(t.TempDir(), "roster.key")
		ring, err := keyring.Open(t.Context(), d, keyring.Source{File: file})
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("key file: %v, %v", info, err)
		}
		sealed, err := ring.Seal("test", "1", []byte("seed"))
		if err != nil {
			t.Fatal(err)
		}
		again, err := keyring.Open(t.Context(), d, keyring.Source{File: file})
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := again.Open("test", "1", sealed); err != nil || string(plain) != "seed" {
			t.Errorf("opened again: %q, %v", plain, err)
		}
		key, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := keyring.Open(t.Context(), d, keyring.Source{Keys: string(key)}); err != nil {
			t.Errorf("the same key from the environment: %v", err)
		}
		for name, from := range map[string]keyring.Source{
			"is missing":            {File: file + ".gone"},
			"not the one":           {Keys: "5b1e9f0c7d2a4466b8e13f90c2d7a5118e64f03b9cd2714fa6503e8b1c97d24f"},
			"an example key":        {Keys: secret.ExampleKey},
			"a key must have 32":    {Keys: "abcd"},
			"neither hexadecimal n": {Keys: "!!"},
		} {
			if _, err := keyring.Open(t.Context(), d, from); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%v: %v, want %q", from.File, err, name)
			}
		}
		if _, err := os.Stat(file + ".gone"); !os.IsNotExist(err) {
			t.Errorf("a key was made beside an existing database: %v", err)
		}
	})
}
