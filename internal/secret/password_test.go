package secret

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/argon2"

	"roster/internal/fault"
)

func hashOf(t testing.TB, h *Hasher, plain string) string {
	t.Helper()
	hash, err := h.Hash(t.Context(), plain)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func wrapped(t testing.TB, h *Hasher, imported string) string {
	t.Helper()
	hash, err := h.Wrap(t.Context(), imported)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func TestVerify(t *testing.T) {
	h := NewHasher()
	own := hashOf(t, h, "pässwort mit länge")
	long := strings.Repeat("x", 100)
	longHash := hashOf(t, h, long)
	older := reference // m=65536
	imported := wrapped(t, h, hashed(t, []byte("correct horse battery 0003")))
	decomposed := wrapped(t, h, hashed(t, []byte("a\u0308pfel")))
	composed := wrapped(t, h, hashed(t, []byte("äpfel")))
	beyond := wrapped(t, h, hashed(t, []byte(long)))
	cases := []struct {
		name, hash, plain string
		ok, outdated      bool
	}{
		{"right", own, "pässwort mit länge", true, false},
		{"right, decomposed", own, "pa\u0308sswort mit la\u0308nge", true, false},
		{"wrong", own, "passwort mit lange", false, false},
		{"other case", own, "Pässwort mit länge", false, false},
		{"not trimmed", own, "pässwort mit länge ", false, false},
		{"empty", own, "", false, false},
		{"hashed whole", longHash, long, true, false},
		{"not cut after 72 bytes", longHash, long[:72], false, false},
		{"other parameters", older, "password", true, true},
		{"other parameters, wrong", older, "password!", false, false},
		{"imported", imported, "correct horse battery 0003", true, true},
		{"imported, wrong", imported, "correct horse battery 0004", false, false},
		{"imported, empty", imported, "", false, false},
		{"imported raw, typed raw", decomposed, "a\u0308pfel", true, true},
		{"imported raw, typed composed", decomposed, "äpfel", false, false},
		{"imported composed, typed composed", composed, "äpfel", true, true},
		{"imported composed, typed decomposed", composed, "a\u0308pfel", true, true},
		{"imported, cut as it was by PHP", beyond, long[:72], true, true},
		{"imported, one byte less", beyond, long[:71], false, false},
	}
	for _, c := range cases {
		for _, effort := range []Effort{0, 6} { // evening out must not change the answer
			ok, outdated, err := h.Verify(t.Context(), c.hash, c.plain, effort)
			if err != nil || ok != c.ok || outdated != c.outdated {
				t.Errorf("%s, effort %d: %v, %v, %v; want %v, %v", c.name, effort, ok, outdated, err, c.ok, c.outdated)
			}
		}
	}
}

func TestWrapKeepsNoBareHash(t *testing.T) {
	h := NewHasher()
	for _, form := range []string{"$2y$", "$2a$", "$2b$"} {
		bare := form + hashed(t, []byte("x"))[4:]
		stored := wrapped(t, h, bare)
		if strings.Contains(stored, bare[29:]) {
			t.Errorf("%s: the digest stands in %q", form, stored)
		}
		if !strings.HasPrefix(stored, "$bcrypt$04$"+bare[7:29]+"$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("%s: does not say what it is: %q", form, stored)
		}
		if wrapped(t, h, bare) == stored {
			t.Error("two wrappings share a salt")
		}
	}
	if _, err := h.Wrap(t.Context(), "5f4dcc3b5aa765d61d8327deb882cf99"); !errors.Is(err, ErrNotBcrypt) {
		t.Errorf("a bare MD5: %v, want ErrNotBcrypt", err)
	}
}

func TestLengthIsRefusedBeforeHashing(t *testing.T) {
	h := &Hasher{gate: newGate(0, 0, 0)} // hashing would need a slot, and there is none
	own := newPHC([]byte("x")).String()
	for _, plain := range []string{strings.Repeat("x", 129), strings.Repeat("\U00010400", 129), strings.Repeat("e\u0301\u0323\u0327\u0328", 120)} {
		if _, err := h.Hash(t.Context(), plain); !errors.Is(err, ErrTooLong) {
			t.Errorf("Hash: %v, want ErrTooLong", err)
		}
		if ok, _, err := h.Verify(t.Context(), own, plain, 10); ok || err != nil {
			t.Errorf("Verify = %v, %v", ok, err)
		}
		if err := h.VerifyDummy(t.Context(), plain, 10); err != nil {
			t.Errorf("VerifyDummy: %v", err)
		}
	}
	for what, err := range map[string]error{
		"Verify":      func() error { _, _, err := h.Verify(t.Context(), own, "x", 0); return err }(),
		"VerifyDummy": h.VerifyDummy(t.Context(), "x", 0),
		"Hash":        func() error { _, err := h.Hash(t.Context(), strings.Repeat("é", 128)); return err }(),
	} {
		if !fault.Is(err, fault.TryLater) {
			t.Errorf("%s on a full pool: %v, want TRY_LATER", what, err)
		}
	}
}

func TestDamagedHash(t *testing.T) {
	h := NewHasher()
	good := wrapped(t, h, hashed(t, []byte("x")))
	for _, hash := range []string{
		"", "x", good[:40], wrapping, wrapping + "4", strings.Replace(good, "$04$", "$99$", 1), hashed(t, []byte("x")),
		wrapping + strings.Repeat("?", 25) + reference,
	} {
		if ok, outdated, err := h.Verify(t.Context(), hash, "x", 0); err == nil || ok || outdated {
			t.Errorf("Verify(%q) = %v, %v, %v; want an error", hash, ok, outdated, err)
		}
		if got := EffortOf(hash); got != 0 {
			t.Errorf("EffortOf(%q) = %d", hash, got)
		}
	}
}

func TestEffort(t *testing.T) {
	h := NewHasher()
	bare := hashed(t, []byte("x"))
	low := wrapped(t, h, bare)
	high := wrapped(t, h, "$2y$11$"+bare[7:])
	if EffortOf(low) != 4 || EffortOf(high) != 11 || EffortOf(reference) != 0 {
		t.Errorf("EffortOf = %d, %d, %d; want 4, 11, 0", EffortOf(low), EffortOf(high), EffortOf(reference))
	}
	if max(low, high) != high {
		t.Error("as text, the costlier hash is not the greater")
	}
	if err := h.VerifyDummy(t.Context(), "x", EffortOf(high)); err != nil {
		t.Error(err)
	}
}

func TestCancelledIsNotWrong(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := NewHasher()
	if _, _, err := h.Verify(ctx, reference, "password", 0); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestHasherAtOnce(t *testing.T) {
	h := NewHasher()
	hash := hashOf(t, h, "several at once")
	var group sync.WaitGroup
	for range 3 * runtime.GOMAXPROCS(0) {
		group.Go(func() {
			ok, _, err := h.Verify(t.Context(), hash, "several at once", 0)
			if !ok && !fault.Is(err, fault.TryLater) { // a slow machine may say so
				t.Errorf("Verify = %v, %v", ok, err)
			}
		})
	}
	group.Wait()
	if len(h.gate.slots) != 0 || h.gate.waiting.Load() != 0 {
		t.Errorf("%d slots taken, %d waiting after all is done", len(h.gate.slots), h.gate.waiting.Load())
	}
}

// BenchmarkVerify against BenchmarkArgon2: what the pool takes from the machine's hashes per second.
func BenchmarkVerify(b *testing.B) {
	h := NewHasher()
	hash := hashOf(b, h, "a benchmark's password")
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if ok, _, err := h.Verify(b.Context(), hash, "a benchmark's password", 0); !ok {
				b.Error(err)
			}
		}
	})
}

func BenchmarkArgon2(b *testing.B) {
	salt := make([]byte, saltSize)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			argon2.IDKey([]byte("a benchmark's password"), salt, today.time, today.memory, today.lanes, tagSize)
		}
	})
}

// The four ways a check can fail must take the same time; a benchmark shows it where a timed test would flicker.
func BenchmarkEvenEffort(b *testing.B) {
	h := NewHasher()
	bare := "$2y$04$" + strings.Repeat(".", 53)
	effort := Effort(9)
	for name, check := range map[string]func() error{
		"unknown": func() error { return h.VerifyDummy(b.Context(), "x", effort) },
		"own":     verifying(b, h, hashOf(b, h, "y"), effort),
		"wrapped": verifying(b, h, wrapped(b, h, bare), effort),
		"costly":  verifying(b, h, wrapped(b, h, "$2y$09$"+bare[7:]), effort),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := check(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func verifying(b *testing.B, h *Hasher, hash string, effort Effort) func() error {
	return func() error {
		_, _, err := h.Verify(b.Context(), hash, "x", effort)
		return err
	}
}
