package graph

import (
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"roster/graph/generated"
)

func schema() *ast.Schema { return generated.NewExecutableSchema(generated.Config{}).Schema() }

// security.md #40: a root field without exactly one audience does not build.
func TestEveryRootFieldNamesOneAudience(t *testing.T) {
	s := schema()
	for _, root := range []*ast.Definition{s.Query, s.Mutation, s.Subscription} {
		if root == nil {
			continue
		}
		for _, f := range root.Fields {
			if !strings.HasPrefix(f.Name, "__") && Audience(f) == "" {
				t.Errorf("%s.%s: who may call it? One of @%s is needed.", root.Name, f.Name, strings.Join(audiences, ", @"))
			}
		}
	}
}

// seenByFellows are the fields of User that everybody sees who can reach the user at all (contract.graphql).
var seenByFellows = []string{"id", "number", "firstName", "lastName", "name", "email", "twoFactorEnabled"}

func TestEveryPersonalFieldIsGuarded(t *testing.T) {
	for _, f := range schema().Types["User"].Fields {
		open := strings.HasPrefix(f.Name, "__")
		for _, name := range seenByFellows {
			open = open || f.Name == name
		}
		if !open && f.Directives.ForName("personal") == nil && f.Directives.ForName("staff") == nil {
			t.Errorf("User.%s carries personal data and needs @personal or @staff", f.Name)
		}
	}
}

// What takes a secret is alone in its operation (security.md #60).
func TestMutationsThatTakeSecretsAreAlone(t *testing.T) {
	secrets := []string{"password", "newPassword", "code", "backupCode", "enrolment", "token", "answer", "passkey"}
	s := schema()
	for _, f := range s.Mutation.Fields {
		input := f.Arguments.ForName("input")
		if input == nil {
			continue
		}
		for _, name := range secrets {
			if s.Types[input.Type.Name()].Fields.ForName(name) != nil && f.Directives.ForName("alone") == nil {
				t.Errorf("%s takes a %s and needs @alone", f.Name, name)
			}
		}
	}
}

func TestEverythingIsDescribed(t *testing.T) {
	for _, d := range schema().Types {
		if d.BuiltIn || strings.HasPrefix(d.Name, "__") || d.Name == "Mutation" || d.Name == "Query" {
			continue
		}
		if d.Description == "" {
			t.Errorf("%s has no description", d.Name)
		}
		for _, v := range d.EnumValues {
			if v.Description == "" {
				t.Errorf("%s.%s has no description", d.Name, v.Name)
			}
		}
		describeFields(t, d)
	}
	describeFields(t, schema().Query)
	describeFields(t, schema().Mutation)
}

func describeFields(t *testing.T, d *ast.Definition) {
	t.Helper()
	for _, f := range d.Fields {
		if !strings.HasPrefix(f.Name, "__") && f.Description == "" {
			t.Errorf("%s.%s has no description", d.Name, f.Name)
		}
		for _, a := range f.Arguments {
			if a.Description == "" && a.Name != "input" && !strings.HasPrefix(f.Name, "__") {
				t.Errorf("%s.%s(%s:) has no description", d.Name, f.Name, a.Name)
			}
		}
	}
}

// nothingToSay are the mutations that are all said by their name.
var nothingToSay = []string{"signOut", "startTotpEnrolment", "removeTotp", "regenerateBackupCodes", "submitIdentityVerification", "beginIdentityVerification"}

// verbNoun(input: VerbNounInput!): VerbNounPayload, nullable at the root.
func TestMutationsKeepTheForm(t *testing.T) {
	for _, f := range schema().Mutation.Fields {
		noun := strings.ToUpper(f.Name[:1]) + f.Name[1:]
		payload := noun + "Payload"
		if f.Name == "verifySecondFactor" || f.Name == "signInWithPasskey" {
			payload = "SignInPayload" // all lead to the same screens
		}
		if f.Type.String() != payload {
			t.Errorf("%s answers with %s, not %s", f.Name, f.Type, payload)
		}
		if (slices.Contains(nothingToSay, f.Name) || strings.HasPrefix(f.Name, "startPasskey")) && len(f.Arguments) == 0 {
			continue
		}
		if len(f.Arguments) != 1 || f.Arguments[0].Type.String() != noun+"Input!" {
			t.Errorf("%s should take input: %sInput! alone", f.Name, noun)
		}
	}
}
