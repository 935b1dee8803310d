package questions

import (
	"strings"
	"testing"

	"roster/internal/fault"
)

// #38: what an answer is compared as, and what is none.
func Test38Answers(t *testing.T) {
	for given, want := range map[string]string{
		" Bella\u3000 CIAO ": "bella ciao",
		"ﬁnale":              "finale",
		"STRASSE":            "strasse",
		"Straße":             "strasse",
		"Ｒｅｘ":                "rex",
		"\t\n ":              "",
	} {
		if got := Canonical(given); got != want {
			t.Errorf("%q becomes %q, want %q", given, got, want)
		}
	}
	known := []string{"Eve", "Eve Moore", "eve@example.com", "Your first pet?"}
	for answer, want := range map[string]fault.Code{
		"":                        fault.Required,
		"\u3000":                  fault.Required,
		"ab":                      fault.TooShort,
		"abc":                     "",
		"???":                     "",
		"EVE-MOORE!":              fault.NotAllowed,
		"evé":                     "",
		"eve@example.com.":        fault.NotAllowed,
		"your first pet":          fault.NotAllowed,
		strings.Repeat("x", 128):  "",
		strings.Repeat("x", 129):  fault.TooLong,
		strings.Repeat("é", 1000): fault.TooLong,
	} {
		switch err := check(answer, known...); {
		case want == "" && err != nil:
			t.Errorf("%q is refused: %v", answer, err)
		case want != "" && !fault.Is(err, want):
			t.Errorf("%q: %v, want %s", answer, err, want)
		}
	}
}
