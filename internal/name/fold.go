package name

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold makes the key that names are searched and sorted by: case folded, compatibility forms made one, accents of
// Latin and Greek letters taken off ("García" and "GARCIA" are "garcia"), what cannot be seen left out, spaces
// collapsed. Other scripts keep their marks, where these make another letter. Keys are for comparing, not showing.
// Folding a key changes nothing.
func Fold(s string) string {
	for range 3 { // one pass does but for a few compatibility forms that fold into others
		next := foldOnce(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}

func foldOnce(s string) string {
	if isFolded(s) {
		return s
	}
	s = cases.Fold().String(norm.NFKD.String(s))
	var out strings.Builder
	var base rune // the last character that is not a mark
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r) && unicode.In(base, unicode.Latin, unicode.Greek):
		case unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		case plain[r] != "":
			base = r
			out.WriteString(plain[r])
		default:
			if !unicode.Is(unicode.Mn, r) {
				base = r
			}
			out.WriteRune(r)
		}
	}
	return norm.NFC.String(strings.Join(strings.Fields(out.String()), " "))
}

// isFolded spares most keys and queries the work.
func isFolded(s string) bool {
	space := true
	for i := range len(s) {
		c := s[i]
		if c >= 0x80 || c < ' ' || c == 0x7f || 'A' <= c && c <= 'Z' || c == ' ' && space {
			return false
		}
		space = c == ' '
	}
	return s == "" || !space
}

// plain is how people type what Unicode does not take apart.
var plain = map[rune]string{
	'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'æ': "ae", 'œ': "oe", 'ı': "i", 'ħ': "h", 'ŧ': "t",
	'‘': "'", '’': "'", 'ʼ': "'", '‐': "-", '–': "-",
}
