package secret

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
)

// A sealed value is: format (1 byte), key id (8), nonce (12), ciphertext, tag (16). The header is authenticated
// with the rest.
const (
	boxFormat  = 1
	keyIDSize  = 8
	headerSize = 1 + keyIDSize
	// Overhead is by how many bytes a sealed value is longer than the plain one.
	Overhead = headerSize + 12 + 16
)

// Why a sealed value does not open.
var (
	// ErrUnknownKey means that the keyring lacks the key it was sealed with: the wrong key file, or one that
	// dropped an old key too early.
	ErrUnknownKey = errors.New("sealed with a key that is not in the keyring")
	// ErrTampered means that value, purpose or record is not what was sealed.
	ErrTampered = errors.New("sealed value was changed, or belongs elsewhere")
)

// Keyring seals secrets at rest with AES-256-GCM (security.md #68). Its first key seals, all of them open:
// that is how a key is replaced. A Keyring is safe for concurrent use.
type Keyring struct{ keys []masterKey }

type masterKey struct {
	id     [keyIDSize]byte
	secret []byte
}

// String hides the keys from logs and messages.
func (*Keyring) String() string { return "[keyring]" }

// LogValue hides the keys from structured logs.
func (*Keyring) LogValue() slog.Value { return slog.StringValue("[keyring]") }

// Seal encrypts plain for one purpose ("totp seed") and one record ("42"); only the same pair opens it, so a value
// moved to another row or column is refused. Up to 2^32 values may be sealed per key and purpose.
func (k *Keyring) Seal(purpose, recordID string, plain []byte) ([]byte, error) {
	key := k.keys[0]
	aead, err := key.aead(purpose)
	if err != nil {
		return nil, fmt.Errorf("sealing: %w", err)
	}
	sealed := make([]byte, 0, len(plain)+Overhead)
	sealed = append(sealed, boxFormat)
	sealed = append(sealed, key.id[:]...)
	return aead.Seal(sealed, nil, plain, bound(sealed, purpose, recordID)), nil
}

// Open decrypts what Seal made for the same purpose and record.
// It returns ErrUnknownKey or ErrTampered (errors.Is) when that cannot be.
func (k *Keyring) Open(purpose, recordID string, sealed []byte) ([]byte, error) {
	if len(sealed) < Overhead || sealed[0] != boxFormat {
		return nil, fmt.Errorf("opening: %w", ErrTampered)
	}
	header := sealed[:headerSize]
	for _, key := range k.keys {
		if !bytes.Equal(key.id[:], header[1:]) {
			continue
		}
		aead, err := key.aead(purpose)
		if err != nil {
			return nil, fmt.Errorf("opening: %w", err)
		}
		plain, err := aead.Open(nil, nil, sealed[headerSize:], bound(header, purpose, recordID))
		if err != nil {
			return nil, fmt.Errorf("opening: %w", ErrTampered)
		}
		return plain, nil
	}
	return nil, fmt.Errorf("opening: %w", ErrUnknownKey)
}

// Current tells whether a value was sealed with the first key; rotation seals anew those that were not.
func (k *Keyring) Current(sealed []byte) bool {
	return len(sealed) >= headerSize && sealed[0] == boxFormat && bytes.Equal(sealed[1:headerSize], k.keys[0].id[:])
}

// bound is the associated data. Lengths go in front, so that no other purpose and record give the same bytes.
func bound(header []byte, purpose, recordID string) []byte {
	out := append([]byte(nil), header...)
	out = binary.AppendUvarint(out, uint64(len(purpose)))
	out = append(out, purpose...)
	return append(out, recordID...)
}

func newMasterKey(secret []byte) (masterKey, error) {
	id, err := hkdf.Key(sha256.New, secret, nil, "roster key id", keyIDSize)
	if err != nil {
		return masterKey{}, fmt.Errorf("deriving key id: %w", err)
	}
	return masterKey{id: [keyIDSize]byte(id), secret: secret}, nil
}

func (m masterKey) aead(purpose string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, m.secret, nil, "roster seal: "+purpose, 32)
	if err != nil {
		return nil, fmt.Errorf("deriving key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("preparing cipher: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Fingerprint is what data is known again by: for one purpose, and only with the keyring. Whoever has the database alone
// can't try out what the data were, be it a password.
func (k *Keyring) Fingerprint(purpose string, data []byte) ([]byte, error) {
	return k.keys[0].fingerprint(purpose, data)
}

// IsFingerprint reports whether known was made of data, for this purpose and with any key of the ring.
func (k *Keyring) IsFingerprint(purpose string, data, known []byte) (bool, error) {
	for _, key := range k.keys {
		made, err := key.fingerprint(purpose, data)
		if err != nil {
			return false, err
		}
		if hmac.Equal(made, known) {
			return true, nil
		}
	}
	return false, nil
}

func (m masterKey) fingerprint(purpose string, data []byte) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, m.secret, nil, "roster fingerprint: "+purpose, 32)
	if err != nil {
		return nil, fmt.Errorf("deriving key: %w", err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(data)
	return mac.Sum(nil), nil
}
