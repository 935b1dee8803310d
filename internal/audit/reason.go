package audit

import (
	"strings"
	"unicode/utf8"

	"roster/internal/fault"
)

// reasonMax is how many characters a reason may have.
const reasonMax = 200

// Reason reads why somebody does what needs a reason, for the entry and for the mail to the user. fault.Required and
// fault.TooLong are on the field.
func Reason(field, reason string) (string, error) {
	reason = strings.Join(strings.Fields(reason), " ")
	switch {
	case reason == "":
		return "", fault.On(field, fault.Required, "Please say why.")
	case utf8.RuneCountInString(reason) > reasonMax:
		return "", fault.On(field, fault.TooLong, "The reason may have up to 200 characters.")
	}
	return reason, nil
}
