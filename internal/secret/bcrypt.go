package secret

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/crypto/blowfish" //nolint:staticcheck // deprecated for new systems; these hashes are old ones
)

// Imported bcrypt hashes are kept only inside argon2id, so checking one means computing its digest again from salt
// and cost. x/crypto/bcrypt does not offer that; what follows is its EksBlowfish on the same cipher
// (Provos and Mazières, "A Future-Adaptable Password Scheme", 1999).

const (
	bcryptSaltSize   = 16
	bcryptDigestSize = 23 // of 24: the last byte has always been dropped
	bcryptMinCost    = 4
	// bcryptMaxCost bounds what one sign-in can be made to cost by an imported row: about a second.
	bcryptMaxCost = 14
)

// ErrNotBcrypt means that a hash to import is not bcrypt in the form $2y$, $2b$ or $2a$ with a cost from 4 to 14.
var ErrNotBcrypt = errors.New("not a bcrypt hash with a cost from 4 to 14")

var bcryptBase64 = base64.NewEncoding("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789").
	WithPadding(base64.NoPadding)

// bcryptHash is a parsed hash. The three forms differ in how old software went wrong, not in what is right.
type bcryptHash struct {
	cost   int
	salt   []byte
	digest []byte
}

// parseBcrypt reads $2y$CC$ with 22 characters of salt and 31 of digest.
func parseBcrypt(s string) (bcryptHash, error) {
	if len(s) != 60 || s[6] != '$' {
		return bcryptHash{}, ErrNotBcrypt
	}
	switch s[:4] {
	case "$2y$", "$2b$", "$2a$":
	default: // $2$ hashed without the closing NUL, $2x$ marks passwords hashed by a faulty PHP
		return bcryptHash{}, ErrNotBcrypt
	}
	cost, err := parseCost(s[4:6])
	if err != nil {
		return bcryptHash{}, err
	}
	salt, err := bcryptBase64.DecodeString(s[7:29])
	if err != nil || len(salt) != bcryptSaltSize { // the decoder skips line breaks
		return bcryptHash{}, ErrNotBcrypt
	}
	digest, err := bcryptBase64.DecodeString(s[29:])
	if err != nil || len(digest) != bcryptDigestSize {
		return bcryptHash{}, ErrNotBcrypt
	}
	return bcryptHash{cost, salt, digest}, nil
}

func parseCost(s string) (int, error) {
	cost, err := strconv.ParseUint(s, 10, 8)
	if err != nil || cost < bcryptMinCost || cost > bcryptMaxCost {
		return 0, ErrNotBcrypt
	}
	return int(cost), nil
}

// bcryptDigest is the digest of a password: 23 bytes. As in PHP, what is beyond the 72nd byte does not count.
func bcryptDigest(password, salt []byte, cost int) ([]byte, error) {
	cipher, err := expensiveSetup(password, salt, 1<<cost)
	if err != nil {
		return nil, err
	}
	text := []byte("OrpheanBeholderScryDoubt")
	for i := 0; i < len(text); i += blowfish.BlockSize {
		block := text[i : i+blowfish.BlockSize]
		for range 64 {
			cipher.Encrypt(block, block)
		}
	}
	return text[:bcryptDigestSize], nil
}

// expensiveSetup is the slow part. Its time grows evenly with the rounds.
func expensiveSetup(password, salt []byte, rounds int) (*blowfish.Cipher, error) {
	key := append(append(make([]byte, 0, len(password)+1), password...), 0) // with C's closing NUL
	cipher, err := blowfish.NewSaltedCipher(key, salt)
	if err != nil {
		return nil, fmt.Errorf("setting up blowfish: %w", err)
	}
	for range rounds {
		blowfish.ExpandKey(key, cipher)
		blowfish.ExpandKey(salt, cipher)
	}
	return cipher, nil
}

// IsBcrypt reports whether Wrap would take the hash.
func IsBcrypt(s string) bool {
	_, err := parseBcrypt(s)
	return err == nil
}
