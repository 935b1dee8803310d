package secret

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"roster/internal/fault"
	"roster/internal/name"
)

// Least is the shortest password allowed, in code points of its NFC form.
type Least int

// Which of them holds depends on what else a sign-in asks for (security.md #3).
const (
	Alone            Least = 15 // the password may be the only factor
	WithSecondFactor Least = 8  // a second factor is enforced
)

// Policy says which new passwords are refused (security.md #3, #5). There are no rules of composition and no expiry.
type Policy struct {
	// Names are those of the product and of the company that runs it.
	Names []string
}

// Person is whom the password is for; empty fields do not count.
type Person struct{ FirstName, LastName, Email string }

// enoughElse is how many letters and digits a password needs beside names that everybody knows.
const enoughElse = 8

// Check returns nil for a good password, and otherwise one fault on the field: Required, TooShort, TooLong,
// Invalid (not UTF-8), or Weak with the reason: a common password, also in disguise or repeated; keys in a row;
// or little more than the names of the person, the product or the company.
func (p Policy) Check(field, password string, who Person, least Least) error {
	if password == "" {
		return fault.On(field, fault.Required, "A password is needed here.")
	}
	if tooLong(password) {
		return fault.On(field, fault.TooLong, "A password has at most 128 characters (1024 bytes).")
	}
	if !utf8.ValidString(password) {
		return fault.On(field, fault.Invalid, "This password is not readable as text (it must be UTF-8).")
	}
	if utf8.RuneCountInString(norm.NFC.String(password)) < int(least) {
		return fault.On(field, fault.TooShort, fmt.Sprintf("A password needs at least %d characters.", least))
	}
	if reason := p.weakness(name.Fold(password), who); reason != "" {
		return fault.On(field, fault.Weak, reason)
	}
	return nil
}

// weakness says why a folded password is weak.
func (p Policy) weakness(folded string, who Person) string {
	own := words(3, who.FirstName, who.LastName, who.Email)
	ours := words(3, p.Names...)
	switch {
	case repeats(folded):
		return "This password repeats a few characters over and over."
	case common(folded):
		return "This is one of the most common passwords."
	case mostly(folded, own):
		return "This password is little more than your name or e-mail address."
	case mostly(folded, append(ours, own...)):
		return "This password is little more than names that everybody can guess here."
	case fewestSteps(folded) <= tooFewSteps:
		return "This password is made of common passwords, words or keys in a row."
	}
	return ""
}

// repeats finds a short piece over and over ("abcabcabcabcabc"), and passwords of three characters or fewer.
func repeats(s string) bool {
	if piece := unit(s); piece != s && utf8.RuneCountInString(piece) < enoughElse {
		return true
	}
	runes := []rune(s)
	slices.Sort(runes)
	return len(slices.Compact(runes)) <= 3
}

// mostly tells whether too little is left of a password when the words are taken out, as typed or in disguise.
func mostly(folded string, words []string) bool {
	if len(words) == 0 {
		return false
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	for _, form := range disguises(folded) {
		rest := squeeze(form)
		for _, word := range words {
			rest = strings.ReplaceAll(rest, word, " ")
		}
		rest = squeeze(rest)
		if rest != squeeze(form) && utf8.RuneCountInString(rest) < enoughElse {
			return true
		}
	}
	return false
}

// words are the names and addresses, whole and in parts, as squeeze leaves them. Shorter ones than least do not
// count, but for scripts where two characters make a name.
func words(least int, texts ...string) []string {
	var out []string
	for _, text := range texts {
		text = name.Fold(text)
		parts := append(strings.FieldsFunc(text, isSign), squeeze(text))
		if local, _, ok := strings.Cut(text, "@"); ok {
			parts = append(parts, squeeze(local))
		}
		for _, part := range parts {
			n := utf8.RuneCountInString(part)
			if n >= least || n == 2 && unicode.In([]rune(part)[0], unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) {
				out = append(out, part)
			}
		}
	}
	return out
}

// squeeze keeps letters, marks and digits.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if isSign(r) {
			return -1
		}
		return r
	}, s)
}

func isSign(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N) }
