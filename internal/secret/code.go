package secret

import (
	"context"
	"crypto/rand"
	"strings"
)

// codeCost is what the hash of a backup code costs. It is stored nowhere: it stays as it is, whatever passwords cost
// one day. That is enough for what has 80 random bits.
var codeCost = cost{memory: 19456, time: 2, lanes: 1}

// codeAlphabet has 32 characters that nobody takes for one another: no I, L, O and U (Crockford's base 32).
const codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const (
	codeLength = 16 // of 5 bits each
	codeGroup  = 4
)

// NewCode makes a code for people to keep: 80 bits, as XXXX-XXXX-XXXX-XXXX.
func NewCode() string {
	random := make([]byte, codeLength)
	rand.Read(random)
	var b strings.Builder
	for i, r := range random {
		if i > 0 && i%codeGroup == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(codeAlphabet[r%32]) // 32 divides 256: no character is likelier than another
	}
	return b.String()
}

// CanonicalCode reads a code as somebody types it: capitals, spaces and hyphens do not matter, and O, I and L are the
// digits that they were taken for. It is false for what no code can be.
func CanonicalCode(typed string) (string, bool) {
	if len(typed) > 4*codeLength {
		return "", false
	}
	var b strings.Builder
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case ' ', '-', '\t':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if !strings.ContainsRune(codeAlphabet, r) {
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), b.Len() == codeLength
}

// NewSalt makes the salt of a set of codes.
func NewSalt() []byte {
	salt := make([]byte, saltSize)
	rand.Read(salt)
	return salt
}

// HashCode hashes a code in its canonical form; it takes its turn among the passwords (see Hasher).
func (h *Hasher) HashCode(ctx context.Context, canonical string, salt []byte) ([]byte, error) {
	if err := h.gate.enter(ctx); err != nil {
		return nil, err
	}
	defer h.gate.leave()
	return codeCost.hash([]byte(canonical), salt, tagSize), nil
}
