package graph

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
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

// Relay's rules about connections (https://relay.dev/graphql/connections.htm): consumers page through all of them alike.
func TestConnectionsKeepTheForm(t *testing.T) {
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
			if strings.HasSuffix(f.Type.Name(), "Connection") && f.Arguments.ForName("first") == nil {
				t.Errorf("%s.%s gives a page without an argument first", d.Name, f.Name)
			}
		}
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
		if !strings.HasSuffix(d.Name, "Payload") || d.Fields.ForName("userErrors") == nil {
			continue
		}
		for _, f := range d.Fields {
			if f.Name == "userErrors" {
				if f.Type.String() != "[UserError!]!" {
					t.Errorf("%s.userErrors is %s", d.Name, f.Type)
				}
			} else if f.Type.NonNull && f.Type.Elem == nil && !schema().Types[f.Type.Name()].IsLeafType() {
				t.Errorf("%s.%s can't be null, though the act may be refused", d.Name, f.Name)
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
