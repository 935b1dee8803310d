package secret

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Longest password that is hashed at all; whatever is longer is refused at no cost (security.md #3).
const (
	MaxPasswordLength = 128  // code points
	MaxPasswordBytes  = 1024 // as typed
)

const (
	waitingRoom = 32
	patience    = 2 * time.Second
)

// ErrTooLong means that a text is above MaxPasswordLength or MaxPasswordBytes and was not hashed. For a new
// password, Policy.Check says so first.
var ErrTooLong = errors.New("too long to be hashed")

// Hasher hashes and checks passwords and answers: argon2id, at most GOMAXPROCS at a time, 32 waiting for up to 2 s.
// Beyond that its methods return fault.TryLater; when the context ends first, the context's error.
type Hasher struct{ gate *gate }

// NewHasher makes a pool. A process has one: the limits are those of the machine.
func NewHasher() *Hasher {
	return &Hasher{gate: newGate(runtime.GOMAXPROCS(0), waitingRoom, patience)}
}

// Effort evens out what checks cost while imported hashes remain, so that time does not tell an unknown user from
// a known one, nor an imported password from a new one (security.md #7, #26). It is the highest EffortOf among the
// stored hashes that are still wrapped; 0 when none is.
type Effort int

// EffortOf is the bcrypt cost within a hash made by Wrap, 0 for any other. Wrapped hashes sort by it as text, so
// the greatest of them (max(hash) in SQL) has the greatest.
func EffortOf(stored string) Effort {
	w, err := parseStored(stored)
	if err != nil || w.bcryptSalt == nil {
		return 0
	}
	return Effort(w.bcryptCost)
}

// Hash makes a new hash, of the password's NFC form and all of it. It returns ErrTooLong without hashing.
func (h *Hasher) Hash(ctx context.Context, plain string) (string, error) {
	if tooLong(plain) {
		return "", ErrTooLong
	}
	if err := h.gate.enter(ctx); err != nil {
		return "", err
	}
	defer h.gate.leave()
	return newPHC([]byte(norm.NFC.String(plain))).String(), nil
}

// Wrap hashes an imported bcrypt hash ($2y$, $2b$, $2a$) once more, keeping its salt and cost beside: the bare hash
// is not stored. Verify then needs the password as usual, and calls the hash outdated. It waits for its turn as
// long as ctx allows, and returns ErrNotBcrypt for anything else.
func (h *Hasher) Wrap(ctx context.Context, imported string) (string, error) {
	old, err := parseBcrypt(imported)
	if err != nil {
		return "", err
	}
	if err := h.gate.enterPatiently(ctx); err != nil {
		return "", err
	}
	defer h.gate.leave()
	return stored{phc: newPHC(old.digest), bcryptCost: old.cost, bcryptSalt: old.salt}.String(), nil
}

// Verify checks a password against what Hash or Wrap made. outdated asks the caller, where ok, to store a new Hash.
// A password too long to be hashed is wrong at no cost, for VerifyDummy too.
func (h *Hasher) Verify(ctx context.Context, hash, plain string, effort Effort) (ok, outdated bool, err error) {
	if tooLong(plain) {
		return false, false, nil
	}
	s, err := parseStored(hash)
	if err != nil {
		return false, false, err
	}
	if err := h.gate.enter(ctx); err != nil {
		return false, false, err
	}
	defer h.gate.leave()
	ok, err = s.verify(plain, int(effort))
	return ok, ok && (s.cost != today || s.bcryptSalt != nil), err
}

// VerifyDummy costs what Verify of a wrong password costs, for a user who is not there or has no password.
func (h *Hasher) VerifyDummy(ctx context.Context, plain string, effort Effort) error {
	if tooLong(plain) {
		return nil
	}
	if err := h.gate.enter(ctx); err != nil {
		return err
	}
	defer h.gate.leave()
	_, err := dummy.verify(plain, int(effort))
	return err
}

// dummy matches nothing: its tag is not the hash of anything known.
var dummy = stored{phc: phc{cost: today, salt: make([]byte, saltSize), tag: make([]byte, tagSize)}}

func tooLong(plain string) bool {
	return len(plain) > MaxPasswordBytes || utf8.RuneCountInString(norm.NFC.String(plain)) > MaxPasswordLength
}

// wrapping marks argon2id over bcrypt: $bcrypt$CC$salt$argon2id$…
const wrapping = "$bcrypt$"

// stored is a hash as it lies in the store, with the bcrypt salt and cost where it was imported.
type stored struct {
	phc
	bcryptCost int
	bcryptSalt []byte // nil where nothing is wrapped
}

func (s stored) String() string {
	if s.bcryptSalt == nil {
		return s.phc.String()
	}
	return fmt.Sprintf("%s%02d$%s%s", wrapping, s.bcryptCost, bcryptBase64.EncodeToString(s.bcryptSalt), s.phc)
}

func parseStored(text string) (stored, error) {
	rest, wrapped := strings.CutPrefix(text, wrapping)
	if !wrapped {
		p, err := parsePHC(text)
		return stored{phc: p}, err
	}
	if len(rest) < 25 || rest[2] != '$' {
		return stored{}, errStored
	}
	cost, err := parseCost(rest[:2])
	if err != nil {
		return stored{}, errStored
	}
	salt, err := bcryptBase64.Strict().DecodeString(rest[3:25])
	if err != nil || len(salt) != bcryptSaltSize {
		return stored{}, errStored
	}
	p, err := parsePHC(rest[25:])
	if err != nil {
		return stored{}, err
	}
	return stored{phc: p, bcryptCost: cost, bcryptSalt: salt}, nil
}

// verify takes the same steps whatever is stored: with effort, a bcrypt of that cost and an argon2id for each form
// of the password.
func (s stored) verify(plain string, effort int) (bool, error) {
	nfc := norm.NFC.String(plain)
	forms := []string{plain, nfc} // imported hashes were made of the bytes as typed (security.md #4)
	if plain == nfc || s.bcryptSalt == nil && effort == 0 {
		forms = []string{nfc}
	}
	for _, form := range forms {
		input, err := s.input(form, nfc, effort)
		if err != nil {
			return false, err
		}
		if s.matches(input) {
			return true, nil
		}
	}
	return false, nil
}

// input is what argon2id goes over: the password itself, or its bcrypt digest. bcrypt's rounds double with the
// cost, so the difference to effort can be made up exactly.
func (s stored) input(form, nfc string, effort int) ([]byte, error) {
	spent, input := 0, []byte(nfc)
	if s.bcryptSalt != nil {
		digest, err := bcryptDigest([]byte(form), s.bcryptSalt, s.bcryptCost)
		if err != nil {
			return nil, err
		}
		spent, input = 1<<s.bcryptCost, digest
	}
	if effort > 0 && 1<<min(effort, bcryptMaxCost) > spent {
		if _, err := expensiveSetup([]byte(form), dummy.salt, 1<<min(effort, bcryptMaxCost)-spent); err != nil {
			return nil, err
		}
	}
	return input, nil
}
