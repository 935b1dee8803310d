package secret

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func keyring(t *testing.T, fills ...byte) *Keyring {
	t.Helper()
	var lines []string
	for _, fill := range fills {
		key := make([]byte, keySize)
		for i := range key {
			key[i] = fill ^ byte(i*i)
		}
		lines = append(lines, hex.EncodeToString(key))
	}
	ring, err := ParseKeys(strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func seal(t *testing.T, k *Keyring, purpose, record string, plain []byte) []byte {
	t.Helper()
	sealed, err := k.Seal(purpose, record, plain)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestSealAndOpen(t *testing.T) {
	k := keyring(t, 1)
	for _, plain := range [][]byte{nil, {}, {0}, []byte("a seed"), bytes.Repeat([]byte("x"), 1<<20)} {
		sealed := seal(t, k, "totp", "7", plain)
		if len(sealed) != len(plain)+Overhead {
			t.Errorf("%d bytes became %d, want %d more", len(plain), len(sealed), Overhead)
		}
		got, err := k.Open("totp", "7", sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("opened %d bytes as %d: %v", len(plain), len(got), err)
		}
	}
	if bytes.Equal(seal(t, k, "totp", "7", []byte("a")), seal(t, k, "totp", "7", []byte("a"))) {
		t.Error("sealing twice gave the same bytes")
	}
}

func TestOpenRefuses(t *testing.T) {
	k := keyring(t, 1)
	sealed := seal(t, k, "totp", "7", []byte("a seed"))
	cases := []struct {
		name, purpose, record string
		sealed                []byte
		want                  error
	}{
		{"another record", "totp", "8", sealed, ErrTampered},
		{"another purpose", "smtp", "7", sealed, ErrTampered},
		{"a letter moved from purpose to record", "tot", "p7", sealed, ErrTampered},
		{"empty", "totp", "7", nil, ErrTampered},
		{"header alone", "totp", "7", sealed[:headerSize], ErrTampered},
		{"cut", "totp", "7", sealed[:len(sealed)-1], ErrTampered},
		{"longer", "totp", "7", append(bytes.Clone(sealed), 0), ErrTampered},
		{"another keyring's", "totp", "7", seal(t, keyring(t, 2), "totp", "7", []byte("a seed")), ErrUnknownKey},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			plain, err := k.Open(c.purpose, c.record, c.sealed)
			if !errors.Is(err, c.want) || plain != nil {
				t.Errorf("Open = %q, %v; want %v", plain, err, c.want)
			}
		})
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := k.Open("totp", "7", changed); err == nil {
			t.Errorf("a bit changed in byte %d went unnoticed", i)
		}
	}
}

func TestRotation(t *testing.T) {
	before, during, after := keyring(t, 1), keyring(t, 2, 1), keyring(t, 2)
	old := seal(t, before, "smtp", "1", []byte("password"))
	plain, err := during.Open("smtp", "1", old)
	if err != nil || string(plain) != "password" {
		t.Fatalf("the old key no longer opens: %v", err)
	}
	if during.Current(old) || !before.Current(old) || during.Current(nil) {
		t.Error("Current mistakes the key")
	}
	anew := seal(t, during, "smtp", "1", plain)
	if !during.Current(anew) {
		t.Error("the first key does not seal")
	}
	if _, err := after.Open("smtp", "1", anew); err != nil {
		t.Errorf("the new key alone does not open: %v", err)
	}
	if _, err := after.Open("smtp", "1", old); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("without the old key: %v, want ErrUnknownKey", err)
	}
}

func TestKeyringStaysOutOfLogs(t *testing.T) {
	k := keyring(t, 1)
	for _, verb := range []string{"%v", "%s", "%+v"} {
		if got := fmt.Sprintf(verb, k); got != "[keyring]" {
			t.Errorf("%s prints %q", verb, got)
		}
	}
}
