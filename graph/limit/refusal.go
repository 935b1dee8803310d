package limit

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/internal/fault"
)

// refusal is kept with a plan; each request gets an error of its own, since presenters may change what they are given.
type refusal struct {
	code    fault.Code
	message string
	at      *ast.Position
}

func (r refusal) err() *gqlerror.Error {
	out := &gqlerror.Error{Message: r.message, Extensions: map[string]any{"code": r.code}}
	if r.at != nil {
		out.Locations = []gqlerror.Location{{Line: r.at.Line, Column: r.at.Column}}
	}
	return out
}

func tooComplex(at *ast.Position, format string, args ...any) *gqlerror.Error {
	return refusal{code: fault.TooComplex, message: fmt.Sprintf(format, args...), at: at}.err()
}

// tooMuch and wrong make the refusals that a plan keeps. Only names that stand in the schema are put into them.
func tooMuch(at *ast.Position, format string, args ...any) *refusal {
	return &refusal{code: fault.TooComplex, message: fmt.Sprintf(format, args...), at: at}
}

func wrong(at *ast.Position, format string, args ...any) *refusal {
	return &refusal{code: fault.Invalid, message: fmt.Sprintf(format, args...), at: at}
}
