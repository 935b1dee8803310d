package audit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"roster/internal/fault"
)

// reasonMax is how many characters a reason may have.
const reasonMax = 200

// Reason reads why somebody does what needs a reason, for the entry and for the mail to the user. fault.Required,
// fault.TooLong and, for characters that nobody sees or that turn the text around, fault.Invalid are on the field; the
// reason is empty then.
func Reason(field, reason string) (string, error) {
	reason = strings.Join(strings.Fields(reason), " ")
	switch {
	case reason == "":
		return "", fault.On(field, fault.Required, "Please say why.")
	case utf8.RuneCountInString(reason) > reasonMax:
		return "", fault.On(field, fault.TooLong, "The reason may have up to 200 characters.")
	case strings.ContainsFunc(reason, Unseen):
		return "", fault.On(field, fault.Invalid, "The reason has a control character, or one that changes the direction of the text.")
	}
	return reason, nil
}

// Unseen reports characters that nobody sees, or that turn the text around.
func Unseen(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }
