// Package name says what the name of a person or an account may be, and makes the key it is found and sorted by.
package name

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"roster/internal/fault"
)

// MaxLength is the longest name, in code points.
const MaxLength = 100

const maxBytes = 4 * MaxLength * 4 // nothing longer can become MaxLength code points; not worth normalising

const (
	zwnj = '\u200c'
	zwj  = '\u200d'
)

// Require is Check for a name that must be there: without one it returns fault.Required.
func Require(field, s string) (string, error) {
	s, err := Check(field, s)
	if err == nil && s == "" {
		return "", fault.On(field, fault.Required, "A name is needed here.")
	}
	return s, err
}

// Check returns the name as it is stored: NFC, without spaces at the ends, inner runs of them made one. An empty
// name passes. It returns fault.TooLong above MaxLength, and fault.Invalid for characters that cannot be seen or
// that turn the direction of the text, but for the joiners that some scripts spell with.
func Check(field, s string) (string, error) {
	if len(s) > maxBytes {
		return "", tooLong(field)
	}
	if !utf8.ValidString(s) {
		return "", fault.On(field, fault.Invalid, "This name is not readable as text (it must be UTF-8).")
	}
	runes := []rune(norm.NFC.String(s))
	for i, r := range runes {
		if problem := objection(runes, i, r); problem != "" {
			return "", fault.On(field, fault.Invalid, problem)
		}
	}
	s = strings.Join(strings.FieldsFunc(string(runes), unicode.IsSpace), " ")
	if utf8.RuneCountInString(s) > MaxLength {
		return "", tooLong(field)
	}
	return s, nil
}

func tooLong(field string) error {
	return fault.On(field, fault.TooLong, "A name has at most 100 characters.")
}

func objection(runes []rune, i int, r rune) string {
	switch {
	case unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp):
		return "A name cannot contain control characters or line breaks."
	case unicode.Is(unicode.Bidi_Control, r):
		return "A name cannot contain characters that change the direction of the text."
	case r == zwnj || r == zwj:
		if !joins(runes, i) {
			return "A name cannot contain invisible characters."
		}
	case unicode.Is(unicode.Variation_Selector, r):
		if i == 0 || !unicode.In(runes[i-1], unicode.L, unicode.M) {
			return "A name cannot contain invisible characters."
		}
	case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
		return "A name cannot contain invisible characters."
	case !unicode.IsGraphic(r), r == utf8.RuneError:
		return "A name cannot contain characters without a meaning in Unicode."
	}
	return ""
}

// unjoined are the scripts whose spelling never needs a joiner.
var unjoined = []*unicode.RangeTable{
	unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Hebrew,
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
}

// joins allows a joiner between two letters of a script that has joined forms, such as Arabic or Devanagari.
func joins(runes []rune, i int) bool {
	if i == 0 || i == len(runes)-1 {
		return false
	}
	for _, r := range []rune{runes[i-1], runes[i+1]} {
		if !unicode.In(r, unicode.L, unicode.M) || unicode.In(r, unjoined...) {
			return false
		}
	}
	return true
}
