package graph

import (
	"io"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"roster/ent/permission"
	"roster/graph/generated"
	"roster/graph/limit"
	"roster/internal/tokens"
)

// Contract is the schema as consumers read it, in introspection, explorer and print: the description of each field says
// whom its guards let through and, of a list, what it counts (security.md #59). The guards themselves do not show there.
var Contract = sync.OnceValue(func() *ast.Schema {
	s := generated.NewExecutableSchema(generated.Config{}).Schema()
	delete(s.Directives, "defer") // gqlparser brings it; an answer comes whole
	for _, d := range s.Types {
		if d.BuiltIn || d.Kind != ast.Object {
			continue
		}
		for _, f := range d.Fields {
			annotate(s, d, f)
		}
	}
	return s
})

// PrintContract writes Contract as SDL.
func PrintContract(to io.Writer) {
	formatter.NewFormatter(to, formatter.WithIndent("  ")).FormatSchema(Contract())
}

// annotate adds to what the schema says of a field. One without a description stays so, for the tests to find.
func annotate(s *ast.Schema, d *ast.Definition, f *ast.FieldDefinition) {
	if f.Description == "" {
		return
	}
	notes := []string{f.Description}
	forTokens := true
	for _, g := range f.Directives {
		if note := guardNote(g); note != "" {
			notes = append(notes, note)
		}
		forTokens = forTokens && letsTokensThrough(g)
	}
	switch {
	case !forTokens:
		notes = append(notes, "Not for API tokens.")
	case f.Directives.ForName("sudo") != nil && f.Directives.ForName("staff") != nil:
		notes = append(notes, "An API token with that permission needs no proof.") // security.md #14
	}
	// What every payload has needs no word.
	if note := limit.Defaults.Note(s, d, f); note != "" && f.Name != "userErrors" {
		notes = append(notes, note)
	}
	f.Description = strings.Join(notes, "\n\n")
}

// letsTokensThrough reports whether an API token can ever be one of those whom a guard lets through.
func letsTokensThrough(guard *ast.Directive) bool {
	switch guard.Name {
	case "person", "enrolling":
		return false
	case "staff":
		can := guard.Arguments.ForName("can")
		return can == nil || !tokens.Never.Has(permission.Admin(can.Value.Raw))
	}
	return true
}

// guardNote says in words whom a guard lets through.
func guardNote(guard *ast.Directive) string {
	can := guard.Arguments.ForName("can")
	switch {
	case guard.Name == "public":
		return "Open to everybody."
	case guard.Name == "authenticated":
		return "Needs a signed-in viewer or an API token."
	case guard.Name == "person":
		return "Needs a signed-in viewer."
	case guard.Name == "staff" && can != nil:
		return "Needs the admin permission " + can.Value.Raw + "."
	case guard.Name == "staff":
		return "Needs any admin permission."
	case guard.Name == "personal":
		return "For the user it belongs to, and with the admin permission " + can.Value.Raw + "."
	case guard.Name == "enrolling":
		return "Needs a proof of identity within the last ten minutes, or a sign-in that waits for a second factor."
	case guard.Name == "sudo":
		return "Needs a proof of identity within the last ten minutes (confirmIdentity)."
	case guard.Name == "alone":
		return "Must be the only field of its operation."
	case guard.Name == "once":
		return "Not repeated to who sends the mutation again with its Idempotency-Key."
	}
	return ""
}
