package secret

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// cost is what an argon2id hash takes: memory in KiB, passes, lanes.
type cost struct {
	memory, time uint32
	lanes        uint8
}

// today is what new hashes cost; hashes of another cost are outdated (security.md #1).
var today = cost{memory: 19456, time: 2, lanes: 1}

const (
	saltSize = 16
	tagSize  = 32
)

// errStored means that a stored hash cannot be read: damage, never the fault of who signs in.
var errStored = errors.New("malformed password hash in the store")

// phc is an argon2id hash, written as $argon2id$v=19$m=19456,t=2,p=1$salt$tag.
type phc struct {
	cost
	salt, tag []byte
}

func (p phc) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.time, p.lanes,
		b64.EncodeToString(p.salt), b64.EncodeToString(p.tag))
}

func newPHC(input []byte) phc {
	p := phc{cost: today, salt: make([]byte, saltSize)}
	rand.Read(p.salt)
	p.tag = p.hash(input, p.salt, tagSize)
	return p
}

func (p phc) matches(input []byte) bool {
	return subtle.ConstantTimeCompare(p.hash(input, p.salt, len(p.tag)), p.tag) == 1
}

func (c cost) hash(input, salt []byte, size int) []byte {
	return argon2.IDKey(input, salt, c.time, c.memory, c.lanes, uint32(size))
}

// parsePHC is strict: only what String writes is read, within bounds that one request can bear.
func parsePHC(s string) (phc, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return phc{}, errStored
	}
	c, ok := parseParameters(parts[3])
	if !ok {
		return phc{}, errStored
	}
	salt, err := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	if err != nil || len(salt) < 8 || len(salt) > 64 {
		return phc{}, errStored
	}
	tag, err := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if err != nil || len(tag) < 16 || len(tag) > 64 {
		return phc{}, errStored
	}
	p := phc{c, salt, tag}
	if p.String() != s { // leading zeros, line breaks
		return phc{}, errStored
	}
	return p, nil
}

func parseParameters(s string) (cost, bool) {
	parts := strings.Split(s, ",")
	if len(parts) != 3 {
		return cost{}, false
	}
	memory, ok1 := parseNumber(parts[0], "m=", 8, 1<<18)
	time, ok2 := parseNumber(parts[1], "t=", 1, 16)
	lanes, ok3 := parseNumber(parts[2], "p=", 1, 8)
	return cost{memory, time, uint8(lanes)}, ok1 && ok2 && ok3
}

func parseNumber(s, key string, least, most uint32) (uint32, bool) {
	digits, ok := strings.CutPrefix(s, key)
	n, err := strconv.ParseUint(digits, 10, 32)
	return uint32(n), ok && err == nil && uint32(n) >= least && uint32(n) <= most
}
