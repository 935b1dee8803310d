package secret

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
)

// #8: 32 random bytes in base64url behind the prefix of the purpose; the store keeps SHA-256.
func TestNewToken(t *testing.T) {
	shape := regexp.MustCompile(`^rst_[A-Za-z0-9_-]{43}$`)
	seen := map[string]bool{}
	for range 1000 {
		token := New(Reset)
		if !shape.MatchString(token.Plain) {
			t.Fatalf("unexpected shape: %q", token.Plain)
		}
		if seen[token.Plain] {
			t.Fatal("the same token twice")
		}
		seen[token.Plain] = true
		hash, ok := Hash(Reset, token.Plain)
		if !ok || !bytes.Equal(hash, token.Hash) || len(hash) != sha256.Size {
			t.Fatalf("Hash(%q) = %x, %v; want %x", token.Plain, hash, ok, token.Hash)
		}
	}
}

func TestPurposesDiffer(t *testing.T) {
	all := []Purpose{Reset, VerifyEmail, ChangeEmail, Invitation, SetUp, Session, API, Device}
	nonce := NewNonce()
	for _, made := range all {
		for _, wanted := range all {
			_, ok := Hash(wanted, FromNonce(made, nonce).Plain)
			if ok != (made == wanted) {
				t.Errorf("a token for %s where %s is wanted: accepted = %v", made, wanted, ok)
			}
			if made != wanted && bytes.Equal(FromNonce(made, nonce).Hash, FromNonce(wanted, nonce).Hash) {
				t.Errorf("one nonce gives %s and %s the same hash", made, wanted)
			}
		}
	}
}

func TestFromNonce(t *testing.T) {
	nonce := NewNonce()
	first, second := FromNonce(Reset, nonce), FromNonce(Reset, nonce)
	if first.Plain != second.Plain || !bytes.Equal(first.Hash, second.Hash) {
		t.Error("a nonce must always give the same token")
	}
	if bytes.Equal(NewNonce(), NewNonce()) {
		t.Error("two nonces are equal")
	}
	for _, size := range []int{0, 16, 31, 33} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a nonce of %d bytes made a token", size)
				}
			}()
			FromNonce(Reset, make([]byte, size))
		}()
	}
}

// #8: prefix, length and alphabet are checked before anything is looked up.
func TestHashRefuses(t *testing.T) {
	good := FromNonce(Reset, make([]byte, NonceSize)).Plain // rst_AAAA…A
	cases := map[string]string{
		"nothing":               "",
		"prefix alone":          "rst_",
		"too short":             good[:len(good)-1],
		"too long":              good + "A",
		"another prefix":        "ses_" + good[4:],
		"prefix in capitals":    "RST_" + good[4:],
		"no prefix":             good[4:],
		"padded":                good + "=",
		"standard alphabet":     good[:len(good)-1] + "+",
		"a space":               good[:10] + " " + good[11:],
		"a line break":          good[:10] + "\n" + good[11:],
		"spare bits set":        good[:len(good)-1] + "B",
		"not ASCII":             good[:10] + "é" + good[12:],
		"surrounded by spaces":  " " + good[:len(good)-1],
		"a very long nonsense":  strings.Repeat("rst_", 100_000),
		"NUL":                   good[:10] + "\x00" + good[11:],
		"a line break too many": good + "\n",
	}
	for name, plain := range cases {
		if _, ok := Hash(Reset, plain); ok {
			t.Errorf("%s was accepted", name)
		}
	}
	if _, ok := Hash(Reset, good); !ok {
		t.Error("the token itself was refused")
	}
}

// #13.
func TestTokenStaysOutOfLogs(t *testing.T) {
	token := New(API)
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("made", "token", token)
	fmt.Fprintf(&out, "%v %s %+v", token, token, struct{ T Token }{token})
	if strings.Contains(out.String(), token.Plain[4:]) {
		t.Errorf("the token shows in %q", out.String())
	}
}
