// Package questions is about security questions and the answers that people chose.
package questions

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Canonical is the form of an answer that is hashed and compared: NFKC, case folded, spaces collapsed (security.md #38).
func Canonical(answer string) string {
	folded := cases.Fold().String(norm.NFKC.String(answer))
	return strings.Join(strings.Fields(norm.NFKC.String(folded)), " ")
}
