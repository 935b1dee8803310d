package secret

import (
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"
)

// From the README of the reference implementation's test suite: argon2id, v=19, t=2, m=65536 KiB, p=1.
const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"

func TestPHCReference(t *testing.T) {
	p, err := parsePHC(reference)
	if err != nil {
		t.Fatal(err)
	}
	if !p.matches([]byte("password")) || p.matches([]byte("passwore")) {
		t.Error("the reference hash does not match its password alone")
	}
}

// #1: argon2id with the parameters, the salt and the tag that the rule names.
func TestNewPHC(t *testing.T) {
	text := newPHC([]byte("x")).String()
	if !strings.HasPrefix(text, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("parameters: %s", text)
	}
	p, err := parsePHC(text)
	if err != nil || len(p.salt) != 16 || len(p.tag) != 32 {
		t.Fatalf("salt %d, tag %d bytes, %v", len(p.salt), len(p.tag), err)
	}
	if string(argon2.IDKey([]byte("x"), p.salt, 2, 19456, 1, 32)) != string(p.tag) {
		t.Error("the tag is not argon2id of the input")
	}
	if newPHC([]byte("x")).String() == text {
		t.Error("two hashes share a salt")
	}
}

func TestParsePHCRefuses(t *testing.T) {
	good := reference
	change := func(old, anew string) string { return strings.Replace(good, old, anew, 1) }
	cases := map[string]string{
		"empty":            "",
		"another function": change("argon2id", "argon2i"),
		"another version":  change("v=19", "v=16"),
		"no version":       change("v=19$", ""),
		"leading zero":     change("m=65536", "m=065536"),
		"sign":             change("t=2", "t=+2"),
		"order":            change("m=65536,t=2", "t=2,m=65536"),
		"a parameter more": change("p=1", "p=1,x=1"),
		"gigabytes":        change("m=65536", "m=4194304"),
		"overflow":         change("m=65536", "m=99999999999"),
		"no memory":        change("m=65536", "m=0"),
		"no time":          change("t=2", "t=0"),
		"hours":            change("t=2", "t=100000"),
		"no lanes":         change("p=1", "p=0"),
		"lanes":            change("p=1", "p=255"),
		"short salt":       change("c29tZXNhbHQ", "c29t"),
		"padded":           good + "=",
		"short tag":        good[:len(good)-30],
		"no tag":           good[:strings.LastIndex(good, "$")+1],
		"line break":       good[:len(good)-4] + "\n" + good[len(good)-4:],
		"space":            good + " ",
		"something before": "x" + good,
	}
	for name, text := range cases {
		if _, err := parsePHC(text); err == nil {
			t.Errorf("%s: %q was read", name, text)
		}
	}
}

func FuzzParseStored(f *testing.F) {
	wrapped := wrapping + "08$abcdefghijklmnopqrstuu" + reference
	for _, s := range []string{"", reference, wrapped, wrapping, "$argon2id$v=19$$$", "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseStored(text)
		if err != nil {
			return
		}
		if s.String() != text {
			t.Errorf("%q was read as %q", text, s)
		}
		if s.memory > 1<<18 || s.time > 16 || s.lanes > 8 || s.bcryptCost > bcryptMaxCost {
			t.Errorf("%q costs too much", text)
		}
	})
}
