package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/graph/transport"
	"roster/internal/access"
	"roster/internal/fault"
	"roster/internal/idempotency"
)

// keys lets mutations come with an Idempotency-Key (security.md #80).
type keys struct{ *idempotency.Service }

var _ transport.Keys = keys{}

// Claim takes the key for the one field of a mutation. fault.Invalid: it has more than one, or one that is open to
// everybody, for then there may be nobody to keep the key for; and whether somebody else's address is known here must not
// show from whether a key was used (#26). Who is not signed in goes on without, to be refused by the guard, and so does what
// is only weighed.
func (k keys) Claim(ctx context.Context, op *graphql.OperationContext, key string) (transport.Claim, error) {
	nothing := transport.Claim{Context: ctx, End: func(*graphql.Response, []byte) {}}
	if weighedOnly(ctx) {
		return nothing, nil
	}
	fields := graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Mutation"})
	if len(fields) != 1 || fields[0].Definition == nil {
		return transport.Claim{}, fault.New(fault.Invalid, "With an Idempotency-Key, a mutation must have one field.")
	}
	field, who := fields[0].Definition, viewer.From(ctx)
	switch audience := Audience(field); {
	case audience == "public", audience == "enrolling" && who.EnrolmentNeeded():
		return transport.Claim{}, fault.New(fault.Invalid, "This takes no Idempotency-Key: it is open to who is not signed in.")
	case !who.SignedIn():
		return nothing, nil
	}
	input, err := inputOf(op)
	if err != nil {
		return transport.Claim{}, err
	}
	claim, answered, err := k.Service.Claim(ctx, idempotency.Request{Key: key, Operation: field.Name, Input: input})
	if claim == nil {
		if no := k.stillOpen(ctx, field, op.Operation.SelectionSet); no != nil {
			err = no
		}
		return transport.Claim{Answered: answered}, err
	}
	return transport.Claim{Context: idempotency.With(ctx, claim), End: func(r *graphql.Response, answer []byte) {
		if !tells(r) || carries(op.Operation.SelectionSet, "once", map[string]bool{}) {
			answer = nil
		}
		k.End(ctx, claim, answer)
	}}, nil
}

// inputOf is what must be the same when a key comes again.
func inputOf(op *graphql.OperationContext) ([]byte, error) {
	text, err := json.Marshal([]any{op.RawQuery, op.OperationName, op.Variables}) // members in order
	if err != nil {
		return nil, fmt.Errorf("writing the input of a mutation: %w", err)
	}
	return text, nil
}

// stillOpen refuses to speak of what was done before to who may not ask for it any more, with the words that they would be
// refused with today (security.md #15). What else they held then, the kept answer is bound to.
func (k keys) stillOpen(ctx context.Context, field *ast.FieldDefinition, set ast.SelectionSet) error {
	if carries(set, "sudo", map[string]bool{}) {
		if err := access.Sudo(ctx, k.Now()); err != nil {
			return err
		}
	}
	guard := field.Directives.ForName("staff")
	if guard == nil {
		return nil
	}
	var can *permission.Admin
	if named := guard.Arguments.ForName("can"); named != nil {
		p := permission.Admin(named.Value.Raw)
		can = &p
	}
	return access.AnyStaff(ctx, can)
}

// tells reports whether a response says what became of the change. An empty one does not: the change was not made, or it
// was and something failed after it; nor does one in which anything was out of order for the moment. Neither is an answer
// to give for a day.
func tells(r *graphql.Response) bool {
	var data map[string]json.RawMessage
	if r == nil || json.Unmarshal(r.Data, &data) != nil || slices.ContainsFunc(r.Errors, passing) {
		return false
	}
	for _, payload := range data {
		return string(payload) != "null"
	}
	return false
}

// passing reports whether a fault may be gone when the same is asked again.
func passing(err *gqlerror.Error) bool {
	code := err.Extensions["code"]
	return code == fault.TryLater || code == fault.Internal
}

// carries reports whether a field of what is asked for has the directive. Each fragment is looked at once.
func carries(set ast.SelectionSet, directive string, seen map[string]bool) bool {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if s.Definition != nil && s.Definition.Directives.ForName(directive) != nil || carries(s.SelectionSet, directive, seen) {
				return true
			}
		case *ast.InlineFragment:
			if carries(s.SelectionSet, directive, seen) {
				return true
			}
		case *ast.FragmentSpread:
			if !seen[s.Name] {
				seen[s.Name] = true
				if carries(s.Definition.SelectionSet, directive, seen) {
					return true
				}
			}
		}
	}
	return false
}
