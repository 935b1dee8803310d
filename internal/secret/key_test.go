package secret

import (
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const goodKey = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

func TestCreateKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "roster.key")
	if err := CreateKeyFile(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v; want 0600", info.Mode(), err)
	}
	first, err := LoadKeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	if err := CreateKeyFile(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second CreateKeyFile: %v, want fs.ErrExist", err)
	}
	if now, _ := os.ReadFile(path); string(now) != string(before) {
		t.Error("the key was overwritten")
	}
	sealed := seal(t, first, "p", "1", []byte("x"))
	again, err := LoadKeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Open("p", "1", sealed); err != nil {
		t.Errorf("read again, the key does not open: %v", err)
	}
	other := filepath.Join(t.TempDir(), "other.key")
	if err := CreateKeyFile(other); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(other); string(text) == string(before) {
		t.Error("two key files hold the same key")
	}
}

func TestLoadKeyFileRefuses(t *testing.T) {
	cases := []struct {
		name, text string
		mode       os.FileMode
		want       error
	}{
		{"empty", "", 0o600, ErrKeyMissing},
		{"comments alone", "# nothing\n\n", 0o600, ErrKeyMissing},
		{"readable by the group", goodKey, 0o640, ErrKeyExposed},
		{"readable by all", goodKey, 0o604, ErrKeyExposed},
		{"writable by all", goodKey, 0o602, ErrKeyExposed},
		{"short", goodKey[:62], 0o600, ErrKeyShort},
		{"long", goodKey + "00", 0o600, ErrKeyShort},
		{"short in base64", "c2hvcnQ=", 0o600, ErrKeyShort},
		{"not a key", "correct horse battery staple", 0o600, ErrKeyMalformed},
		{"the second is not a key", goodKey + "\n!", 0o600, ErrKeyMalformed},
		{"printed in the manual", ExampleKey, 0o600, ErrKeyExample},
		{"printed in the manual, in capitals", strings.ToUpper(ExampleKey), 0o600, ErrKeyExample},
		{"all zero", strings.Repeat("00", 32), 0o600, ErrKeyExample},
		{"all ones", strings.Repeat("ff", 32), 0o600, ErrKeyExample},
		{"four bytes over and over", strings.Repeat("deadbeef", 8), 0o600, ErrKeyExample},
		{"twice", goodKey + "\n" + strings.ToUpper(goodKey), 0o600, ErrKeyTwice},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key")
			if err := os.WriteFile(path, []byte(c.text), c.mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, c.mode); err != nil { // past the umask
				t.Fatal(err)
			}
			_, err := LoadKeyFile(path)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if c.text != "" && err != nil && strings.Contains(err.Error(), strings.TrimSpace(c.text)) {
				t.Errorf("the error repeats the key: %v", err)
			}
		})
	}
	if _, err := LoadKeyFile(filepath.Join(t.TempDir(), "none")); !errors.Is(err, ErrKeyMissing) {
		t.Errorf("no file: %v", err)
	}
	if _, err := LoadKeyFile(t.TempDir()); err == nil {
		t.Error("a folder passed for a key file")
	}
}

func TestParseKeysForms(t *testing.T) {
	raw, err := parseKey(goodKey)
	if err != nil {
		t.Fatal(err)
	}
	forms := []string{
		goodKey, strings.ToUpper(goodKey), "  " + goodKey + "\r\n", "# note\n" + goodKey,
		base64.StdEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw),
	}
	for _, text := range forms {
		ring, err := ParseKeys(text)
		if err != nil || string(ring.keys[0].secret) != string(raw) {
			t.Errorf("ParseKeys(%q): %v", text, err)
		}
	}
}
