package db_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roster/internal/db"
)

// A SQLite file is for its owner alone, and so is what SQLite puts beside it.
func TestNewFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "roster.db")
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := db.Migrate(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Writer().ExecContext(t.Context(), "UPDATE settings SET value = value"); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v; want the file and its journal", files, err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
	}
}

// What cannot be opened is named in one line, and no password with it.
func TestOpenSaysWhy(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]string{
		dir:                                     dir + " is a folder",
		filepath.Join(dir, "no", "file.db"):     "no such file or directory",
		text:                                    text + ": file is not a database",
		"postgres://me:secret@127.0.0.1:1/x":    "connection refused",
		"postgres://me:secret@127.0.0.1:nine/x": "invalid port",
		"postgres://me:secret@" + silent(t) + "/x": "context deadline exceeded",
	} {
		begun := time.Now()
		d, err := db.Open(context.WithoutCancel(t.Context()), source)
		if err == nil {
			_ = d.Close()
			t.Errorf("%s opened", source)
			continue
		}
		if text := err.Error(); !strings.Contains(text, want) || strings.ContainsAny(text, "\n\t") || strings.Contains(text, "secret") {
			t.Errorf("%s: %q, want %q in one line", source, text, want)
		}
		if took := time.Since(begun); took > 20*time.Second {
			t.Errorf("%s: took %v", source, took)
		}
	}
}

// silent is the address of a server that takes connections and never answers.
func silent(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}
