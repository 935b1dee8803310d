package email

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// lookalikes are what no normal form turns into a dot, but a reader does.
const lookalikes = "۔܁܂ꓸ꘎⸳․‥…。｡．﹒＠﹫"

// forbidden looks for what may stand nowhere in an address, and at its begin. Every spreadsheet runs a cell that
// begins like a formula, and addresses end up in spreadsheets.
func forbidden(s string) Reason {
	for _, r := range s {
		switch {
		case unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp):
			return ErrControl
		case unicode.Is(unicode.Bidi_Control, r):
			return ErrDirection
		case unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
			return ErrInvisible
		}
	}
	if strings.ContainsRune("=+-@", rune(s[0])) {
		return ErrFormula
	}
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			return ErrSpace
		case r >= utf8.RuneSelf && isLookalike(r):
			return ErrLookalike
		}
	}
	return ""
}

// isLookalike finds dots, @ and letters of other widths and styles, which a later program may turn into plain ones:
// then one address would be taken for another's.
func isLookalike(r rune) bool {
	if strings.ContainsRune(lookalikes, r) {
		return true
	}
	form := norm.NFKC.String(string(r))
	return form != string(r) && strings.IndexFunc(form, func(r rune) bool { return r < utf8.RuneSelf }) >= 0
}

// badLocal allows dot-atoms of RFC 5322 §3.2.3, and letters, marks and digits of any script (RFC 6531). Quoted
// local parts are legal and never used, but to attack.
func badLocal(local string) Reason {
	if local == "" {
		return ErrNoLocal
	}
	for i, r := range local {
		switch {
		case r == '.':
		case r < utf8.RuneSelf:
			if !isAtom(byte(r)) {
				return ErrLocal
			}
		case !unicode.In(r, unicode.L, unicode.M, unicode.N), i == 0 && unicode.Is(unicode.M, r):
			return ErrLocal
		}
	}
	if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return ErrDots
	}
	return ""
}

func isAtom(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

// together are the sets of scripts that one word may hold (the "highly restrictive" level of UTS #39 §5.2).
var together = [][]*unicode.RangeTable{
	{unicode.Latin, unicode.Han, unicode.Hiragana, unicode.Katakana},
	{unicode.Latin, unicode.Han, unicode.Bopomofo},
	{unicode.Latin, unicode.Han, unicode.Hangul},
}

// mixed tells whether the local part or one label of the domain mixes scripts.
func mixed(local, ascii string) bool {
	if mixes(local) {
		return true
	}
	shown, err := idna.ToUnicode(ascii)
	if err != nil {
		return true
	}
	for label := range strings.SplitSeq(shown, ".") {
		if mixes(label) {
			return true
		}
	}
	return false
}

func mixes(word string) bool {
	first := ""
	for _, r := range word {
		script := scriptOf(r)
		if script == "" || script == first {
			continue
		}
		if first != "" {
			return !belongTogether(word)
		}
		first = script
	}
	return false
}

func belongTogether(word string) bool {
	for _, scripts := range together {
		allowed := append([]*unicode.RangeTable{unicode.Common, unicode.Inherited}, scripts...)
		if strings.IndexFunc(word, func(r rune) bool { return !unicode.In(r, allowed...) }) < 0 {
			return true
		}
	}
	return false
}

// scriptOf is empty for what every script shares.
func scriptOf(r rune) string {
	if r < utf8.RuneSelf {
		if unicode.IsLetter(r) {
			return "Latin"
		}
		return ""
	}
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			if name == "Common" || name == "Inherited" {
				return ""
			}
			return name
		}
	}
	return ""
}
