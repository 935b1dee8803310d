package secret

import (
	"bytes"
	"testing"
)

// #30: 80 bits, in groups that people can read, all different.
func Test30BackupCodes(t *testing.T) {
	seen := map[string]bool{}
	for range 2000 {
		code := NewCode()
		if len(code) != 19 || code[4] != '-' || code[9] != '-' || code[14] != '-' || seen[code] {
			t.Fatalf("code %q", code)
		}
		seen[code] = true
	}
}

func TestCodesAreReadKindly(t *testing.T) {
	for typed, want := range map[string]string{
		"0123-4567-89AB-CDEF":     "0123456789ABCDEF",
		" o123 4567 89ab cdef":    "0123456789ABCDEF",
		"il23456789abcdef":        "1123456789ABCDEF",
		"0123-4567-89AB-CDE":      "",
		"0123-4567-89AB-CDEU":     "",
		"0123-4567-89AB-CDEF0":    "",
		"0123–4567–89AB–CDEF":     "",
		"":                        "",
		string(make([]byte, 1e6)): "",
	} {
		if got, ok := CanonicalCode(typed); ok != (want != "") || ok && got != want {
			t.Errorf("%.30q: %q, %t", typed, got, ok)
		}
	}
}

func TestHashCode(t *testing.T) {
	h, salt := NewHasher(), NewSalt()
	one, err := h.HashCode(t.Context(), "0123456789ABCDEF", salt)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := h.HashCode(t.Context(), "0123456789ABCDEF", salt)
	elsewhere, _ := h.HashCode(t.Context(), "0123456789ABCDEF", NewSalt())
	if len(one) != 32 || !bytes.Equal(one, again) || bytes.Equal(one, elsewhere) {
		t.Error("not a hash of code and salt")
	}
}
