package graph

import (
	"errors"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/ent/viewer"
	"roster/internal/fault"
)

// What somebody is answered who sends a mutation again must be good for a day: no answer that lacks a part for the moment
// is kept (security.md #80).
func TestTells(t *testing.T) {
	ctx := viewer.With(t.Context(), &viewer.Viewer{})
	presented := func(err error) gqlerror.List { return gqlerror.List{presentError(ctx, err)} }
	for name, c := range map[string]struct {
		response *graphql.Response
		want     bool
	}{
		"a payload":           {&graphql.Response{Data: []byte(`{"a":{"b":1}}`)}, true},
		"none":                {&graphql.Response{Data: []byte(`{"a":null}`)}, false},
		"nothing":             {&graphql.Response{}, false},
		"no response":         {nil, false},
		"a part is forbidden": {&graphql.Response{Data: []byte(`{"a":{"b":null}}`), Errors: presented(fault.Missing("LIST_USERS"))}, true},
		"a part was too late": {&graphql.Response{Data: []byte(`{"a":{"b":null}}`), Errors: presented(fault.New(fault.TryLater, "Later."))}, false},
		"a part failed": {&graphql.Response{Data: []byte(`{"a":{"b":null}}`), Errors: append(
			presented(fault.Missing("LIST_USERS")), presented(errors.New("broken"))...)}, false},
	} {
		if got := tells(c.response); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
