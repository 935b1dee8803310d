package transport

import (
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/internal/fault"
)

// discreet takes out of the parser's and the validator's errors what was sent (a password in the wrong place) and
// what the schema might have meant instead (#61), and gives them a code of the closed list. Names stay: without
// them nobody could mend a query.
func discreet(errs gqlerror.List) {
	for _, err := range errs {
		switch err.Extensions["code"] {
		case errcode.ParseFailed:
			err.Message = withoutToken(err.Message)
		case errcode.ValidationFailed:
			err.Message = validation(err)
			err.Path = nil
		default:
			continue // ours: a refusal of the limits
		}
		err.Extensions = map[string]any{"code": fault.Invalid}
	}
}

// withoutToken keeps what was expected and what kind of token was found.
func withoutToken(message string) string {
	expected, found, ok := strings.Cut(message, ", found ")
	if !ok {
		expected, found = "", message
	}
	found, _, _ = strings.Cut(found, `"`)
	found = strings.TrimRight(found, " ")
	if ok {
		found = expected + ", found " + found
	}
	return "The query can't be read: " + found
}

func validation(err *gqlerror.Error) string {
	switch {
	case len(err.Path) > 0 && err.Path[0] == ast.PathName("variable"):
		return variable(err)
	case err.Rule == "" && strings.HasPrefix(err.Message, "operation "):
		return "The query has no such operation; name one if it has several."
	}
	message, _, _ := strings.Cut(err.Message, " Did you mean")
	if !strings.HasPrefix(err.Rule, "ValuesOfCorrectType") {
		return message
	}
	if strings.HasPrefix(message, `Value "`) {
		return "The value does not exist in this enum."
	}
	for _, before := range []string{": ", ", found "} {
		if said, value, ok := strings.Cut(message, before); ok && value != "" {
			return said + "."
		}
	}
	return message
}

// variable says which variable is wrong and how; enum values are quoted by the validator and left out here.
func variable(err *gqlerror.Error) string {
	var b strings.Builder
	b.WriteString("The variable ")
	for i, step := range err.Path[1:] {
		switch step := step.(type) {
		case ast.PathIndex:
			b.WriteString("[" + strconv.Itoa(int(step)) + "]")
		case ast.PathName:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(name(string(step)))
		}
	}
	message := err.Message
	if _, kind, ok := strings.Cut(message, " is not a valid "); ok {
		message = "not a valid " + kind
	}
	return b.String() + ": " + message + "."
}

// name repeats what can be a name in GraphQL, and nothing else.
func name(s string) string {
	if len(s) > 64 || s == "" {
		return "?"
	}
	for _, c := range []byte(s) {
		if c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return "?"
		}
	}
	return s
}
