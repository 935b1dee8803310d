package secret

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	keySize     = 32
	keyFileSize = 16 << 10 // bytes: room for a hundred keys with comments
)

// ExampleKey is the key that documentation may print. No keyring takes it.
const ExampleKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

// Why key material is refused. The server must not start with it (security.md #68).
var (
	ErrKeyMissing   = errors.New("there is no key")
	ErrKeyExposed   = errors.New("other users of this machine may read the key file; allow only its owner (chmod 600)")
	ErrKeyShort     = errors.New("a key must have 32 bytes, written as 64 hexadecimal digits or in base64")
	ErrKeyMalformed = errors.New("a key is neither hexadecimal nor base64")
	ErrKeyExample   = errors.New("this is an example key, known to everybody; make a new one")
	ErrKeyTwice     = errors.New("the same key stands there twice")
)

// LoadKeyFile reads the keys of a file: one on a line, 32 bytes as hexadecimal or base64, # in front of comments.
// The first seals, all open. The errors are those named Err… above, wrapped with the path.
func LoadKeyFile(path string) (*Keyring, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("key file %s: %w", path, ErrKeyMissing)
	} else if err != nil {
		return nil, fmt.Errorf("opening key file: %w", err)
	}
	defer file.Close()
	info, err := file.Stat() // of what was opened: the path may change under us
	if err != nil {
		return nil, fmt.Errorf("reading key file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("key file %s: %w", path, errors.New("not a file"))
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("key file %s: %w", path, ErrKeyExposed)
	}
	text, err := io.ReadAll(io.LimitReader(file, keyFileSize))
	if err != nil {
		return nil, fmt.Errorf("reading key file: %w", err)
	}
	keys, err := ParseKeys(string(text))
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return keys, nil
}

// ParseKeys makes a keyring of text in the form of a key file, for keys that come from the environment.
// Errors name the line and never repeat what it holds.
func ParseKeys(text string) (*Keyring, error) {
	ring := &Keyring{}
	for number, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		raw, err := parseKey(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number+1, err)
		}
		key, err := newMasterKey(raw)
		if err != nil {
			return nil, err
		}
		for _, other := range ring.keys {
			if other.id == key.id {
				return nil, fmt.Errorf("line %d: %w", number+1, ErrKeyTwice)
			}
		}
		ring.keys = append(ring.keys, key)
	}
	if len(ring.keys) == 0 {
		return nil, ErrKeyMissing
	}
	return ring, nil
}

func parseKey(text string) ([]byte, error) {
	raw, err := hex.DecodeString(text)
	if err != nil {
		text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
		raw, err = base64.RawStdEncoding.DecodeString(text)
	}
	if err != nil {
		return nil, ErrKeyMalformed
	}
	if len(raw) != keySize {
		return nil, ErrKeyShort
	}
	if isExample(raw) {
		return nil, ErrKeyExample
	}
	return raw, nil
}

// isExample finds what people type instead of making a key: the printed one, and the same few bytes over and over.
func isExample(key []byte) bool {
	for period := 1; period <= len(key)/2; period *= 2 {
		if bytes.Equal(key[period:], key[:len(key)-period]) {
			return true
		}
	}
	return hex.EncodeToString(key) == ExampleKey
}

// CreateKeyFile writes a new key, readable by its owner alone, and flushes it to the disk. A file that is there
// already is an error (fs.ErrExist) and stays as it is.
func CreateKeyFile(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("creating key file: %w", err)
	}
	key := make([]byte, keySize)
	rand.Read(key)
	text := "# Roster seals its secrets with this key. Keep a copy: without it they are lost.\n" + hex.EncodeToString(key) + "\n"
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(fmt.Errorf("writing key file: %w", err), os.Remove(path))
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes the new name as durable as the file: a database sealed with a lost key is lost too.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("flushing key file: %w", err)
	}
	if err = errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("flushing key file: %w", err)
	}
	return nil
}
