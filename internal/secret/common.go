package secret

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// The list comes from @zxcvbn-ts/language-common 4.1.3 (MIT; the notice stands at the head of the list): 49,192
// passwords in lower case, of at least 4 characters, in byte order.
//
//go:embed common.txt.gz
var commonFile []byte

// commonList unpacks the list when a password is first set, so that a server that only checks never holds it.
var commonList = sync.OnceValue(func() []string {
	reader, err := gzip.NewReader(bytes.NewReader(commonFile))
	if err != nil {
		panic("secret: the embedded list is damaged: " + err.Error()) // by the build: there is nothing to go on with
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		panic("secret: the embedded list is damaged: " + err.Error()) // by the build: there is nothing to go on with
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	return slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "#") })
})

// common tells whether a folded password is on the list, as typed, in disguise, or with signs between.
func common(folded string) bool {
	for _, form := range disguises(folded) {
		if listed(form) || listed(squeeze(form)) {
			return true
		}
	}
	return false
}

func listed(s string) bool {
	_, found := slices.BinarySearch(commonList(), s)
	return found
}

// Signs and digits that people put for letters. Both readings of 1 and ! are tried.
var (
	withI = strings.NewReplacer("@", "a", "4", "a", "3", "e", "0", "o", "5", "s", "$", "s", "7", "t", "1", "i", "!", "i")
	withL = strings.NewReplacer("@", "a", "4", "a", "3", "e", "0", "o", "5", "s", "$", "s", "7", "t", "1", "l", "!", "l")
)

// disguises are the readings of a text, itself first; all have its length.
func disguises(s string) []string { return []string{s, withI.Replace(s), withL.Replace(s)} }

// How far a password is from common ones is counted in steps: a common password or word and any lone character are
// wordSteps, a run of keys, a repeated character or a year is one, and up to two kinds of signs are free.
const (
	wordSteps    = 2
	tooFewSteps  = 2 * wordSteps // three words that do not belong together are good
	longestPiece = 32            // characters; the longest on the list has 20
)

// fewestSteps is in how few steps a folded password can be put together. Saying it again takes none.
func fewestSteps(folded string) int {
	folded = unit(folded)
	runes := []rune(folded)
	forms := [][]rune{runes, []rune(withI.Replace(folded)), []rune(withL.Replace(folded))}
	free := freeSigns(runes)
	steps := make([]int, len(runes)+1) // to make the first i characters
	for end := 1; end <= len(runes); end++ {
		last := runes[end-1]
		steps[end] = steps[end-1] + wordSteps
		if isSign(last) {
			steps[end] = steps[end-1] + 1
		}
		if slices.Contains(free, last) {
			steps[end] = steps[end-1]
		}
		for start := max(0, end-longestPiece); start <= end-3; start++ {
			if cost := pieceSteps(forms, start, end); cost < math.MaxInt {
				steps[end] = min(steps[end], steps[start]+cost)
			}
		}
	}
	return steps[len(runes)]
}

// unit is what a text repeats from begin to end, the text itself if nothing.
func unit(s string) string {
	runes := []rune(s)
	for period := 1; period <= len(runes)/2; period++ {
		if slices.Equal(runes[period:], runes[:len(runes)-period]) {
			return string(runes[:period])
		}
	}
	return s
}

func pieceSteps(forms [][]rune, start, end int) int {
	if inOrder(forms[0][start:end]) || isYear(forms[0][start:end]) {
		return 1
	}
	for _, form := range forms {
		if listed(string(form[start:end])) {
			return wordSteps
		}
	}
	return math.MaxInt
}

func freeSigns(runes []rune) []rune {
	var free []rune
	for _, r := range runes {
		if isSign(r) && len(free) < 2 && !slices.Contains(free, r) {
			free = append(free, r)
		}
	}
	return free
}

// rows are keys and characters in the order that fingers and people know.
var rows = []string{
	"01234567890123456789", "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm", "azertyuiop", "qsdfghjklm",
	"!@#$%^&*()", "!\"§$%&/()=", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik", "qazwsxedcrfvtgbyhnujmik",
}

// inOrder finds one character again and again, neighbours in the alphabet, and keys in a row, forwards or backwards.
func inOrder(piece []rune) bool {
	step := piece[1] - piece[0]
	if step >= -1 && step <= 1 {
		steady := true
		for i := 2; i < len(piece); i++ {
			steady = steady && piece[i]-piece[i-1] == step
		}
		if steady {
			return true
		}
	}
	if utf8.RuneLen(piece[0]) > 2 {
		return false
	}
	forwards := string(piece)
	slices.Reverse(piece)
	backwards := string(piece)
	slices.Reverse(piece)
	return slices.ContainsFunc(rows, func(row string) bool {
		return strings.Contains(row, forwards) || strings.Contains(row, backwards)
	})
}

// isYear knows 1900 to 2099.
func isYear(piece []rune) bool {
	if len(piece) != 4 {
		return false
	}
	century := string(piece[:2])
	return (century == "19" || century == "20") && strings.Trim(string(piece[2:]), "0123456789") == ""
}
