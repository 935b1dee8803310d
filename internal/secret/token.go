// Package secret makes and checks what must not be known: tokens, sealed values, password hashes,
// and the rules for a new password. It knows nothing of users or tables.
package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"strings"
)

// NonceSize is the size in bytes of the random part of a token.
const NonceSize = 32

// Purpose is what a token opens. It stands in front of the token, so that one made for one thing is refused,
// before any look-up, where another is wanted (security.md #8).
type Purpose string

// The purposes. Session is for a session id in its cookie, whatever stage the session has reached; Passkey for the
// cookie that binds a challenge to a browser; Device for the cookie of a browser that is trusted.
const (
	Reset       Purpose = "rst"
	VerifyEmail Purpose = "ver"
	ChangeEmail Purpose = "chg"
	Disown      Purpose = "dis"
	Invitation  Purpose = "inv"
	SetUp       Purpose = "set"
	Session     Purpose = "ses"
	Passkey     Purpose = "pky"
	API         Purpose = "rat"
	Device      Purpose = "dev"
)

// prefix ends in a character that base64url knows too; the fixed length keeps the parts apart.
func (p Purpose) prefix() string { return string(p) + "_" }

// Token is a secret to hand out once, and what the store keeps of it.
type Token struct {
	// Plain is the purpose's prefix and 43 characters of unpadded base64url: safe in URLs, cookies and headers.
	Plain string
	// Hash is the SHA-256 of Plain, 32 bytes.
	Hash []byte
}

// String hides the token from logs and messages; Plain is the way to it.
func (Token) String() string { return "[token]" }

// LogValue hides the token from structured logs.
func (Token) LogValue() slog.Value { return slog.StringValue("[token]") }

// New makes a token from 32 bytes of crypto/rand.
func New(purpose Purpose) Token { return FromNonce(purpose, NewNonce()) }

// NewNonce returns 32 random bytes. Sealed (Keyring.Seal), they wait in a mail's row until FromNonce makes them
// a link at sending time; the store of tokens holds only the hash (security.md #76).
func NewNonce() []byte {
	nonce := make([]byte, NonceSize)
	rand.Read(nonce) // never fails: crypto/rand ends the program instead
	return nonce
}

// FromNonce makes the token of a nonce, the same one each time. It panics unless the nonce has NonceSize bytes:
// a shorter one is a bug that must not become a weak token.
func FromNonce(purpose Purpose, nonce []byte) Token {
	if len(nonce) != NonceSize {
		panic("secret: a nonce has 32 bytes") // a bug of ours that must not become a weak token
	}
	plain := purpose.prefix() + base64.RawURLEncoding.EncodeToString(nonce)
	return Token{Plain: plain, Hash: digest(plain)}
}

// Hash returns what the store keeps of a token that somebody presents, for the look-up. It is false, and nothing
// needs looking up, unless prefix, length and alphabet are exactly those of a token for this purpose.
func Hash(purpose Purpose, plain string) ([]byte, bool) {
	random, ok := strings.CutPrefix(plain, purpose.prefix())
	if !ok || len(random) != base64.RawURLEncoding.EncodedLen(NonceSize) || strings.ContainsAny(random, "\r\n") {
		return nil, false
	}
	if _, err := base64.RawURLEncoding.Strict().DecodeString(random); err != nil {
		return nil, false
	}
	return digest(plain), true
}

func digest(plain string) []byte {
	sum := sha256.Sum256([]byte(plain))
	return sum[:]
}
