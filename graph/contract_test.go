package graph

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"roster/graph/limit"
	"roster/internal/accounts"
	"roster/internal/members"
	"roster/internal/passkeys"
	"roster/internal/signin"
	"roster/internal/tokens"
	"roster/internal/verification"
)

// What consumers read says which permission each field needs: the guards show in no introspection.
func TestContractNamesPermissions(t *testing.T) {
	for _, d := range Contract().Types {
		for _, f := range d.Fields {
			for _, name := range []string{"staff", "personal"} {
				guard := f.Directives.ForName(name)
				if guard == nil || guard.Arguments.ForName("can") == nil {
					continue
				}
				if can := guard.Arguments.ForName("can").Value.Raw; !strings.Contains(f.Description, "admin permission "+can) {
					t.Errorf("%s.%s does not say that it needs %s: %q", d.Name, f.Name, can, f.Description)
				}
			}
		}
	}
	users := Contract().Query.Fields.ForName("users")
	if !strings.Contains(users.Description, "Costs 1 for each row") {
		t.Errorf("users does not say what it costs: %q", users.Description)
	}
}

// A list without pages counts as many objects as it may hold. Each of them is named here: those that have a bound with it,
// the others because there are few by nature, or only what staff set up for all.
func TestListsCountWhatTheyMayHold(t *testing.T) {
	const few = 0
	bounds := map[string]int{
		"AccountDeletion.orphanedUsers":           accounts.MostNamed,
		"ApiToken.scopes":                         tokens.MostAccounts,
		"MakeOwnerPayload.memberships":            2,
		"IdentityProvider.secrets":                few,
		"IdentityVerification.files":              3, // one of each kind: what is submitted anew takes the place of what was
		"IdentityVerification.history":            verification.MostSteps,
		"Query.allSecurityQuestions":              few,
		"Query.mailPreviews":                      few,
		"Query.permissionTemplates":               few,
		"Query.roles":                             few,
		"Query.securityQuestions":                 few,
		"ReorderSecurityQuestionsPayload.present": few, "ReorderSecurityQuestionsPayload.questions": few,
		"SaveMembershipsPayload.memberships": members.Most, "SaveMembershipsPayload.present": members.Most,
		"SecurityQuestion.texts":     few,
		"Settings.identityProviders": few,
		"User.sessions":              signin.SessionsPerUser,
		"Viewer.passkeys":            passkeys.PerUser,
		"Viewer.trustedDevices":      signin.TrustedPerUser,
	}
	schema, l := Contract(), limit.Defaults
	seen := 0
	for _, d := range schema.Types {
		for _, f := range d.Fields {
			note := l.Note(schema, d, f)
			if d.Kind != ast.Object || d.BuiltIn || note == "" || f.Name == "userErrors" || strings.HasPrefix(note, "Costs 1 for each") {
				continue
			}
			name := d.Name + "." + f.Name
			bound, known := bounds[name]
			if !known {
				t.Errorf("%s is new: how many may it hold?", name)
			}
			seen++
			counts := max(l.ListLength, l.Long[name])
			if bound > counts || bound == few && counts > l.ListLength {
				t.Errorf("%s counts %d, and may hold %d", name, counts, bound)
			}
		}
	}
	if seen != len(bounds) {
		t.Errorf("the schema has %d of the %d lists", seen, len(bounds))
	}
}

// What no API token can ever do says so, and nothing else does: the table of who may what knows.
func TestContractSaysWhatIsNotForTokens(t *testing.T) {
	for _, r := range readMatrix(t) {
		f := Contract().Query.Fields.ForName(r.name)
		if f == nil {
			f = Contract().Mutation.Fields.ForName(r.name)
		}
		if f == nil { // another call of one, or a field further down
			continue
		}
		forPeople, forTokens := false, false
		for column, cell := range r.cells {
			if strings.HasPrefix(column, "token") || strings.HasPrefix(column, "mine") {
				forTokens = forTokens || !slices.Contains([]string{"FORB", "-"}, cell)
			} else {
				forPeople = forPeople || !slices.Contains([]string{"FORB", "AUTH", "-"}, cell)
			}
		}
		if says := strings.Contains(f.Description, "Not for API tokens."); says != (forPeople && !forTokens) {
			t.Errorf("%s: for people %t, for tokens %t, but it says: %q", r.name, forPeople, forTokens, f.Description)
		}
	}
}

// Relay's rules about global IDs (https://relay.dev/graphql/objectidentification.htm): what has an ID is a node.
func TestNodesKeepTheForm(t *testing.T) {
	holds(t, schema().Types["Node"], "id", "ID!")
	holds(t, schema().Query, "node", "Node")
	holds(t, schema().Query, "nodes", "[Node]!")
	for _, d := range schema().Types {
		id := d.Fields.ForName("id")
		if d.Kind == ast.Object && id != nil && !slices.Contains(d.Interfaces, "Node") {
			t.Errorf("%s has an id and is no Node", d.Name)
		}
	}
}

// Relay's rules about connections (https://relay.dev/graphql/connections.htm): consumers page through all of them alike.
func TestConnectionsKeepTheForm(t *testing.T) {
	for field, want := range map[string]string{"hasNextPage": "Boolean!", "hasPreviousPage": "Boolean!", "startCursor": "String", "endCursor": "String"} {
		holds(t, schema().Types["PageInfo"], field, want)
	}
	for _, d := range schema().Types {
		if strings.HasSuffix(d.Name, "Connection") {
			edge := strings.TrimSuffix(d.Name, "Connection") + "Edge"
			holds(t, d, "edges", "["+edge+"!]!")
			holds(t, d, "pageInfo", "PageInfo!")
			cursor := schema().Types[edge].Fields.ForName("cursor")
			if cursor == nil || cursor.Type.String() != "String!" || schema().Types[edge].Fields.ForName("node") == nil {
				t.Errorf("%s needs cursor: String! and node", edge)
			}
		}
		for _, f := range d.Fields {
			if strings.HasSuffix(f.Type.Name(), "Connection") {
				takes(t, d, f, "first", "Int")
				takes(t, d, f, "after", "String")
				if f.Arguments.ForName("last") != nil {
					takes(t, d, f, "last", "Int")
					takes(t, d, f, "before", "String")
				}
			}
		}
	}
}

func takes(t *testing.T, d *ast.Definition, f *ast.FieldDefinition, argument, want string) {
	t.Helper()
	if a := f.Arguments.ForName(argument); a == nil || a.Type.String() != want {
		t.Errorf("%s.%s gives a page and needs %s: %s", d.Name, f.Name, argument, want)
	}
}

func holds(t *testing.T, d *ast.Definition, field, want string) {
	t.Helper()
	if f := d.Fields.ForName(field); f == nil || f.Type.String() != want {
		t.Errorf("%s needs %s: %s", d.Name, field, want)
	}
}

// A payload can always be refused: what it brings may be null, what is to be mended is always there.
func TestPayloadsKeepTheForm(t *testing.T) {
	for _, d := range schema().Types {
		if !strings.HasSuffix(d.Name, "Payload") || d.Name == "SignOutPayload" { // there is nothing to mend in no input
			continue
		}
		holds(t, d, "userErrors", "[UserError!]!")
		for _, f := range d.Fields {
			if f.Name == "userErrors" {
				continue
			} else if f.Type.NonNull && f.Type.Elem == nil && !schema().Types[f.Type.Name()].IsLeafType() {
				t.Errorf("%s.%s can't be null, though the act may be refused", d.Name, f.Name)
			}
		}
	}
}

// The contract had these without null before, and a refusal of one takes the user with it.
var neverNull = []string{"emailVerified", "language", "state", "createdAt", "updatedAt", "version"}

// What may be refused while that around it is seen may be null, or one refusal empties a list.
func TestWhatMayBeRefusedMayBeNull(t *testing.T) {
	for _, d := range schema().Types {
		if d == schema().Query || d == schema().Mutation {
			continue
		}
		for _, f := range d.Fields {
			guarded := f.Directives.ForName("personal") != nil || f.Directives.ForName("staff") != nil
			if guarded && f.Type.NonNull && (d.Name != "User" || !slices.Contains(neverNull, f.Name)) {
				t.Errorf("%s.%s may be refused, and can't be null", d.Name, f.Name)
			}
		}
	}
}

// No list has holes, but that of the nodes, which answers for each ID in its place.
func TestListsHaveNoHoles(t *testing.T) {
	check := func(where string, of *ast.Type) {
		if of.Elem != nil && !of.Elem.NonNull && where != "Query.nodes" {
			t.Errorf("%s is %s: a list without null in it is [%s!]", where, of, of.Elem)
		}
	}
	for _, d := range ours() {
		for _, f := range d.Fields {
			check(d.Name+"."+f.Name, f.Type)
			for _, a := range f.Arguments {
				check(d.Name+"."+f.Name+" "+a.Name, a.Type)
			}
		}
	}
}

// ours are the types of the schema that GraphQL does not have of its own.
func ours() []*ast.Definition {
	var list []*ast.Definition
	for _, d := range schema().Types {
		if !d.BuiltIn && !strings.HasPrefix(d.Name, "__") {
			list = append(list, d)
		}
	}
	return list
}

func TestNamesKeepTheForm(t *testing.T) {
	typeName, fieldName, valueName := regexp.MustCompile(`^([A-Z][a-z0-9]*)+$`), regexp.MustCompile(`^[a-z][a-z0-9]*([A-Z][a-z0-9]*)*$`), regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$`)
	is := func(form *regexp.Regexp, name string) {
		if !form.MatchString(name) {
			t.Errorf("%s is not named like %s", name, form)
		}
	}
	for _, d := range ours() {
		is(typeName, d.Name)
		if input := regexp.MustCompile(`(Input|Filter|Order)$`).MatchString(d.Name); d.Kind == ast.InputObject != input && d.Name != "Order" {
			t.Errorf("%s: inputs, and nothing else, are called …Input, …Filter or …Order", d.Name)
		}
		for _, v := range d.EnumValues {
			is(valueName, v.Name)
		}
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			is(fieldName, f.Name)
			if at := regexp.MustCompile(`(At|Until)$`).MatchString(f.Name); at && f.Type.Name() != "DateTime" {
				t.Errorf("%s.%s is %s, and no moment", d.Name, f.Name, f.Type)
			}
			if id := regexp.MustCompile(`(^id|Ids?)$`).MatchString(f.Name); id && f.Type.Name() != "ID" {
				t.Errorf("%s.%s is %s, and no ID", d.Name, f.Name, f.Type)
			}
			for _, a := range f.Arguments {
				is(fieldName, a.Name)
			}
		}
	}
}

// The printed contract is the schema again, and what is committed of it is what is served.
func TestPrintedContract(t *testing.T) {
	var printed bytes.Buffer
	PrintContract(&printed)
	if _, err := gqlparser.LoadSchema(&ast.Source{Name: "printed", Input: printed.String()}); err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile("../docs/schema.graphql")
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(string(committed)) != strings.TrimSpace(printed.String()) {
		t.Error("docs/schema.graphql is not what is served: run npm run generate")
	}
}
