// Package questions is about security questions: the list that staff keep, the answers that people chose, and the
// check of what a caller says (product.md part 8, security.md part 6).
package questions

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"roster/internal/fault"
	"roster/internal/secret"
)

// shortest is how many characters an answer has at least (security.md #38).
const shortest = 3

// Canonical is the form of an answer that is hashed and compared: NFKC, case folded, spaces collapsed (security.md #38).
func Canonical(answer string) string {
	folded := cases.Fold().String(norm.NFKC.String(answer))
	return strings.Join(strings.Fields(norm.NFKC.String(folded)), " ")
}

// check refuses answers that are no secret: short ones, and those equal to one of the texts that others know or could
// try first, whatever their capitals, spaces and punctuation (security.md #38). The faults are on "answer":
// fault.Required, fault.TooShort, fault.TooLong, fault.NotAllowed.
func check(answer string, known ...string) error {
	if len(answer) > secret.MaxPasswordBytes {
		return tooLong()
	}
	canonical := Canonical(answer)
	switch n := utf8.RuneCountInString(canonical); {
	case n == 0:
		return fault.On("answer", fault.Required, "An answer is needed here.")
	case n < shortest:
		return fault.On("answer", fault.TooShort, "An answer needs at least 3 characters.")
	case n > secret.MaxPasswordLength:
		return tooLong()
	}
	for _, text := range known {
		if is := bare(canonical); is != "" && is == bare(Canonical(text)) {
			return noSecret()
		}
	}
	return nil
}

func noSecret() error {
	return fault.On("answer", fault.NotAllowed, "The answer cannot be your name, your e-mail address, your password or the question.")
}

func tooLong() error {
	return fault.On("answer", fault.TooLong, "An answer has at most 128 characters.")
}

// bare keeps letters, marks and digits.
func bare(canonical string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.L, unicode.M, unicode.N) {
			return r
		}
		return -1
	}, canonical)
}
