package secret

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// hashed is a $2y$ hash as PHP writes it, of cost 4 for speed; x/crypto takes up to 72 bytes, as PHP cuts there.
func hashed(t *testing.T, password []byte) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword(password[:min(len(password), 72)], bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return "$2y$" + string(hash[4:])
}

func digestOf(t *testing.T, hash string, password []byte) []byte {
	t.Helper()
	parsed, err := parseBcrypt(hash)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := bcryptDigest(password, parsed.salt, parsed.cost)
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

func TestBcryptAgreesWithTheLibrary(t *testing.T) {
	inputs := [][]byte{nil, {0}, {0xff}, []byte("correct horse battery 0000"), []byte("pässwörd"), []byte("a\x00b")}
	for n := range 90 {
		inputs = append(inputs, random(n))
	}
	for _, input := range inputs {
		hash := hashed(t, input)
		want, err := parseBcrypt(hash)
		if err != nil {
			t.Fatal(err)
		}
		if got := digestOf(t, hash, input); !bytes.Equal(got, want.digest) {
			t.Errorf("%d bytes: %x, the library says %x", len(input), got, want.digest)
		}
		// And the other way round, as the library checks it.
		own := hash[:29] + bcryptBase64.EncodeToString(digestOf(t, hash, input))
		if err := bcrypt.CompareHashAndPassword([]byte(own), input); err != nil {
			t.Errorf("%d bytes: the library refuses our hash: %v", len(input), err)
		}
		wrong := append([]byte{'x'}, input...)
		if len(input) > 0 && bytes.Equal(digestOf(t, hash, wrong), want.digest) {
			t.Errorf("%d bytes: another password has the same digest", len(input))
		}
	}
}

func TestBcryptCutsAfter72Bytes(t *testing.T) {
	long := bytes.Repeat([]byte("0123456789"), 10)
	hash := hashed(t, long)
	want := digestOf(t, hash, long)
	for n, same := range map[int]bool{71: false, 72: true, 73: true, 80: true, 100: true} {
		if got := bytes.Equal(digestOf(t, hash, long[:n]), want); got != same {
			t.Errorf("the first %d bytes: same digest = %v, want %v", n, got, same)
		}
	}
}

// Published vectors of OpenBSD's crypt, also in the jBCrypt and PHP test suites.
func TestBcryptKnownAnswers(t *testing.T) {
	cases := []struct{ password, hash string }{
		{"a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"},
		{"abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"},
		{"U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"},
	}
	for _, c := range cases {
		want, err := parseBcrypt(c.hash)
		if err != nil {
			t.Errorf("parsing the hash of %q (%d): %v", c.password, len(c.hash), err)
			continue
		}
		if got := digestOf(t, c.hash, []byte(c.password)); !bytes.Equal(got, want.digest) {
			t.Errorf("%q: %x, want %x", c.password, got, want.digest)
		}
	}
}

func TestParseBcryptRefuses(t *testing.T) {
	good := hashed(t, []byte("x"))
	cases := map[string]string{
		"empty":               "",
		"MD5":                 "5f4dcc3b5aa765d61d8327deb882cf99",
		"the oldest form":     "$2$04$" + good[7:],
		"faulty PHP":          "$2x$" + good[4:],
		"unknown form":        "$2z$" + good[4:],
		"capital":             "$2Y$" + good[4:],
		"cost too low":        "$2y$03$" + good[7:],
		"cost too high":       "$2y$15$" + good[7:],
		"cost with a sign":    "$2y$+5$" + good[7:],
		"cost not a number":   "$2y$xx$" + good[7:],
		"no dollar":           good[:6] + "." + good[7:],
		"short":               good[:59],
		"long":                good + "a",
		"bad letter in salt":  good[:10] + "=" + good[11:],
		"bad letter in hash":  good[:40] + "+" + good[41:],
		"line break in it":    good[:40] + "\n" + good[41:],
		"argon2id":            newPHC([]byte("x")).String(),
		"spaces":              strings.Repeat(" ", 60),
		"already wrapped":     wrapping + good,
		"not ASCII":           good[:40] + "é" + good[42:],
		"line break at end":   good[:59] + "\n",
		"line break in salt":  good[:28] + "\n" + good[29:],
		"carriage in digest":  good[:30] + "\r" + good[31:],
		"cost with a space":   "$2y$ 5$" + good[7:],
		"hexadecimal, almost": "$2y$0a$" + good[7:],
	}
	for name, hash := range cases {
		if _, err := parseBcrypt(hash); !errors.Is(err, ErrNotBcrypt) {
			t.Errorf("%s: %v, want ErrNotBcrypt", name, err)
		}
	}
}
