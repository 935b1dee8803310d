package limit_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"roster/graph/limit"
)

//go:embed testdata/schema.graphql
var sdl string

//go:embed testdata/introspection.graphql
var introspection string

// schema is a real schema whose resolvers must never run in these tests.
type schema struct{ parsed *ast.Schema }

func (s schema) Schema() *ast.Schema { return s.parsed }

func (schema) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (schema) Exec(context.Context) graphql.ResponseHandler {
	panic("a refused query ran") // so that the test fails wherever a resolver is reached
}

// server is gqlgen's executor with the limits, a query cache and the standard validation.
func server(x *limit.Extension) *executor.Executor {
	exec := executor.New(schema{gqlparser.MustLoadSchema(&ast.Source{Input: sdl})})
	exec.SetQueryCache(limit.NewQueryCache(1 << 20))
	exec.Use(x)
	return exec
}

// ask does what a transport does up to the point where resolvers would run. Variables come as from the wire.
func ask(t testing.TB, exec *executor.Executor, query, variables string) gqlerror.List {
	t.Helper()
	p := &graphql.RawParams{Query: query}
	if variables != "" {
		dec := json.NewDecoder(strings.NewReader(variables))
		dec.UseNumber()
		if err := dec.Decode(&p.Variables); err != nil {
			t.Fatal(err)
		}
	}
	_, errs := exec.CreateOperationContext(graphql.StartOperationTrace(t.Context()), p)
	return errs
}

func nested(levels int) string {
	return "{ viewer { user {" + strings.Repeat(" self {", levels) + " id" + strings.Repeat(" }", levels) + " } } }"
}

// doubling spreads each fragment twice in the one before: 2^levels objects in a kilobyte.
func doubling(levels int, leaf string) string {
	var b strings.Builder
	b.WriteString("{ viewer { user { ...F0 } } }")
	for i := range levels {
		fmt.Fprintf(&b, " fragment F%d on User { a%d: self { ...F%d } b%d: self { ...F%d } }", i, i%3, i+1, i%3, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on User { %s }", levels, leaf)
	return b.String()
}

const (
	list   = `query Q($n: Int) { users(first: $n) { edges { node { id name } } pageInfo { hasNextPage } } }`
	within = `query Q($n: Int, $m: Int) { users(first: $n) { edges { node { memberships(first: $m) { edges { node { account { id } } } } } } } }`
)

var cases = []struct {
	name, query, variables string
	code, says             string // "" passes
}{
	{"a page", list, `{"n":50}`, "", ""},
	{"the largest page", list, `{"n":100}`, "", ""},
	{"the last ones", `{ users(last: 3) { edges { node { id } } } }`, ``, "", ""},
	{"a page of a default", `{ roles { name } sized { edges { node { id } } } }`, ``, "", ""},
	{"introspection", introspection, ``, "", ""},
	{"many scalars of one object", `{ viewer { user { id name email } } }`, ``, "", ""},
	{"a mutation alone", `mutation { signIn(email: "x") { id } }`, ``, "", ""},
	{"two mutations", `mutation { update(ids: ["1"]) { id } b: update(ids: ["2"]) { id } }`, ``, "", ""},

	{"page size 0", list, `{"n":0}`, "INVALID", "argument first of users"},
	{"page size 101", list, `{"n":101}`, "INVALID", "argument first of users"},
	{"page size -1", list, `{"n":-1}`, "INVALID", "argument first of users"},
	{"page size in a string", list, `{"n":"1000"}`, "INVALID", "argument first of users"},
	{"page size null", list, `{"n":null}`, "INVALID", "first or last"},
	{"page size absent", list, `{}`, "INVALID", "first or last"},
	{"no page size", `{ users { edges { cursor } } }`, ``, "INVALID", "users needs the argument first or last"},
	{"no page size, only first", `{ viewer { accounts { edges { cursor } } } }`, ``, "INVALID", "accounts needs the argument first,"},
	{"literal page size 0", `{ users(first: 0) { edges { cursor } } }`, ``, "INVALID", "argument first of users"},
	{"literal page size 101", `{ users(last: 101) { edges { cursor } } }`, ``, "INVALID", "argument last of users"},
	{"page size beyond all numbers", `{ users(first: 2147483647) { edges { cursor } } }`, ``, "INVALID", "argument first of users"},
	{"first and last", `{ users(first: 1, last: 1) { edges { cursor } } }`, ``, "INVALID", "only one of"},
	{"bad page in a fragment", `{ ...F } fragment F on Query { users(first: 0) { edges { cursor } } }`, ``, "INVALID", "argument first of users"},
	{"bad page that might be left out", `query($n: Int) { users(first: $n) @skip(if: true) { edges { cursor } } }`, `{"n":0}`, "INVALID", "argument first of users"},

	{"rows in rows", within, `{"n":50,"m":20}`, "", ""},
	{"too many rows in rows", within, `{"n":100,"m":100}`, "TOO_COMPLEX", "5000 objects"},
	{"too many rows in literal rows", strings.NewReplacer("$n: Int, $m: Int", "$x: ID", "$n", "100", "$m", "100", "{ users", "{ node(id: $x) { id } users").Replace(within), `{}`, "TOO_COMPLEX", "5000 objects"},
	{"cost behind @include", `query($b: Boolean!) { users(first: 100) { edges { node { memberships(first: 100) @include(if: $b) { edges { cursor } } } } } }`, `{"b":false}`, "TOO_COMPLEX", "5000 objects"},
	{"a list of lists", `{ roles { holders { roles { holders { roles { name } } } } } }`, ``, "TOO_COMPLEX", "5000 objects"},

	{"depth 12", nested(9), ``, "", ""},
	{"depth 13", nested(10), ``, "TOO_COMPLEX", "12 levels"},
	{"depth 200", nested(200), ``, "TOO_COMPLEX", "12 levels"},
	{"depth in fragments", `{ viewer { ...A } } fragment A on Viewer { user { self { self { self { ...B } } } } }` +
		` fragment B on User { self { self { self { self { self { self { self { id } } } } } } } }`, ``, "TOO_COMPLEX", "12 levels"},
	{"15 aliases", aliases(15), ``, "", ""},
	{"16 aliases", aliases(16), ``, "TOO_COMPLEX", "15 aliases"},
	{"10 root fields", roots(10), ``, "", ""},
	{"11 root fields", roots(11), ``, "TOO_COMPLEX", "10 fields at the root"},
	{"root fields in a fragment spread twice", `{ ...F ...F } fragment F on Query {` + strings.Repeat(" __typename", 6) + ` }`, ``, "TOO_COMPLEX", "10 fields at the root"},
	{"20 fragments", fragments(20), ``, "", ""},
	{"21 fragments", fragments(21), ``, "TOO_COMPLEX", "20 fragments"},
	{"10 directives", directives(10), ``, "", ""},
	{"11 directives", directives(11), ``, "TOO_COMPLEX", "10 directives"},
	{"10,000 directives", "{ viewer" + strings.Repeat(" @a", 10000) + " { kind } }", ``, "TOO_COMPLEX", "16384 bytes"},
	{"1,000 directives", "{ viewer" + strings.Repeat(" @a", 1000) + " { kind } }", ``, "TOO_COMPLEX", "1000 tokens"},
	{"repeated fields", "{ viewer {" + strings.Repeat(" kind", 1100) + " } }", ``, "TOO_COMPLEX", "1000 tokens"},
	{"999 tokens", strings.Repeat("#\n", 992) + "{ viewer { kind } }", ``, "", ""},
	{"95 times one field", "{ viewer {" + strings.Repeat(" kind", 95) + " } }", ``, "", ""},
	{"105 times one field", "{ viewer {" + strings.Repeat(" kind", 105) + " } }", ``, "TOO_COMPLEX", "too often"},
	{"20 inline fragments", "{ viewer {" + strings.Repeat(" ... { kind }", 20) + " } }", ``, "", ""},
	{"21 inline fragments", "{ viewer {" + strings.Repeat(" ... { kind }", 21) + " } }", ``, "TOO_COMPLEX", "20 inline fragments"},
	{"21 inline fragments in each other", "{ viewer {" + inline(21, " ...", "kind") + " } }", ``, "TOO_COMPLEX", "20 inline fragments"},
	{"20 inline fragments in each other", "{ viewer {" + inline(20, " ...", "kind") + " } }", ``, "", ""},
	{"30 times one field in 20 inline fragments in each other", "{ viewer {" + inline(20, " ...", strings.Repeat(" kind", 30)) + " } }", ``, "TOO_COMPLEX", "too often"},
	{"30 times one field in 20 typed inline fragments in each other", "{ viewer {" + inline(20, " ... on Viewer", strings.Repeat(" kind", 30)) + " } }", ``, "TOO_COMPLEX", "too often"},
	{"30 times one field in 20 inline fragments beside each other", "{ viewer {" + strings.Repeat(" ... {"+strings.Repeat(" kind", 30)+" }", 20) + " } }", ``, "TOO_COMPLEX", "too often"},
	{"25 times one field in 8 inline fragments", "{ viewer {" + inline(8, " ...", strings.Repeat(" kind", 25)) + " } }", ``, "", ""},
	{"25 times one field in 8 inline fragments that two fragments reach", "{ viewer { ...F } } fragment F on Viewer { ...G } fragment G on Viewer {" + inline(8, " ...", strings.Repeat(" kind", 25)) + " }", ``, "TOO_COMPLEX", "too often"},
	{"25 times one field in 8 inline fragments that three operations reach", operations(3) + " fragment F on Viewer {" + inline(8, " ...", strings.Repeat(" kind", 25)) + " }", ``, "TOO_COMPLEX", "too often"},
	{"105 times one field in a fragment that nothing reaches", "{ viewer { kind } } fragment F on Viewer {" + strings.Repeat(" kind", 105) + " }", ``, "TOO_COMPLEX", "too often"},
	{"105 times one fragment", "{ viewer {" + strings.Repeat(" ...F", 105) + " } } fragment F on Viewer { kind }", ``, "TOO_COMPLEX", "too often"},
	{"50 times one fragment in 20 inline fragments in each other", "{ viewer {" + inline(20, " ...", strings.Repeat(" ...F", 50)) + " } } fragment F on Viewer { kind }", ``, "TOO_COMPLEX", "too often"},
	{"200 times one field in fragments", "{ viewer { ...F" + strings.Repeat(" kind", 100) + " } } fragment F on Viewer {" + strings.Repeat(" kind", 100) + " }", ``, "TOO_COMPLEX", "too often"},
	{"200 times one field in ten places that are one", "{" + strings.Repeat(" viewer {"+strings.Repeat(" kind", 20)+" }", 10) + " }", ``, "TOO_COMPLEX", "too often"},
	{"300 fields of three names", "{ viewer {" + strings.Repeat(" kind __typename k: kind", 100) + " } }", ``, "TOO_COMPLEX", "15 aliases"},
	{"operations that share a fragment", operations(10) + " fragment F on Viewer {" + strings.Repeat(" kind", 40) + " }", ``, "TOO_COMPLEX", "too often"},
	{"10 operations, none chosen", operations(10) + " fragment F on Viewer { kind }", ``, "GRAPHQL_VALIDATION_FAILED", "not found"},
	{"11 operations", operations(11) + " fragment F on Viewer { kind }", ``, "TOO_COMPLEX", "10 operations"},
	{"a name of 100 letters", "query " + strings.Repeat("Q", 100) + " { viewer { kind } }", ``, "", ""},
	{"a name of 101 letters", "query " + strings.Repeat("Q", 101) + " { viewer { kind } }", ``, "TOO_COMPLEX", "100 letters"},
	{"a text of 101 letters", `mutation { signIn(email: "` + strings.Repeat("x", 101) + `") { id } }`, ``, "", ""},
	{"a value of 8 levels", filtered("", 8), ``, "", ""},
	{"a value of 9 levels", filtered("", 9), ``, "TOO_COMPLEX", "8 levels"},
	{"a default of 9 levels", "query($f: UserFilter = " + object(9) + ") { users(first: 1, filter: $f) { edges { cursor } } }", ``, "TOO_COMPLEX", "8 levels"},
	{"a value of 9 levels in a directive", "{ viewer { kind @skip(if: " + object(9) + ") } }", ``, "TOO_COMPLEX", "8 levels"},
	{"a number beyond all types", filtered("x: 9223372036854775808", 2), ``, "INVALID", "out of range"},
	{"a number below all types", filtered("x: -9223372036854775809", 2), ``, "INVALID", "out of range"},
	{"a fraction beyond all types", filtered("x: 1e999", 2), ``, "INVALID", "out of range"},
	{"two fields of 60 values", "{" + strings.Repeat(" nodes(ids: "+ids(60)+") { id }", 2) + " }", ``, "", ""},
	{"two fields of 71 values", "{" + strings.Repeat(" nodes(ids: "+ids(71)+") { id }", 2) + " }", ``, "TOO_COMPLEX", "too often"},
	{"conflicting aliases", "{ viewer {" + strings.Repeat(" a: kind a: user { id }", 10) + " } }", ``, "TOO_COMPLEX", "15 aliases"},

	{"null behind a default", `query($b: Boolean = true) { viewer { kind @skip(if: $b) } }`, `{}`, "", ""},
	{"null where a directive takes none", `query($b: Boolean = true) { viewer { kind @skip(if: $b) } }`, `{"b":null}`, "INVALID", "null where a value must be"},
	{"null where an argument takes none", `query($i: [ID!] = ["1"]) { nodes(ids: $i) { id } }`, `{"i":null}`, "INVALID", "null where a value must be"},
	{"null in a literal list", `query($i: ID = "1") { ...F } fragment F on Query { nodes(ids: ["2", $i]) { id } }`, `{"i":null}`, "INVALID", "null where a value must be"},
	{"null where it may be", list + ` #`, `{"n":1,"m":null}`, "", ""},
	{"comments count", strings.Repeat("#\n", 1001) + "{ viewer { kind } }", ``, "TOO_COMPLEX", "1000 tokens"},
	{"17 KiB of white space", strings.Repeat(" ", 17<<10) + "{ viewer { kind } }", ``, "TOO_COMPLEX", "16384 bytes"},
	{"doubling fragments", doubling(3, "id"), ``, "", ""},
	{"doubling fragments, 19 deep", doubling(19, "id"), ``, "TOO_COMPLEX", ""},
	{"doubling fragments with pages", doubling(2, "memberships(first: 100) { edges { node { account { owner { memberships(first: 100) { edges { cursor } } } } } } }"), ``, "TOO_COMPLEX", ""},

	{"100 items", `query($i: [ID!]!) { nodes(ids: $i) { id } }`, `{"i":` + ids(100) + `}`, "", ""},
	{"101 items", `query($i: [ID!]!) { nodes(ids: $i) { id } }`, `{"i":` + ids(101) + `}`, "TOO_COMPLEX", "100 items"},
	{"101 literal items", `{ nodes(ids: ` + ids(101) + `) { id } }`, ``, "TOO_COMPLEX", "100 items"},
	{"101 items in a default", `query($i: [ID!]! = ` + ids(101) + `) { nodes(ids: $i) { id } }`, ``, "TOO_COMPLEX", "100 items"},
	{"101 items deep in an unused variable", list, `{"n":1,"x":{"y":[{"z":` + ids(101) + `}]}}`, "TOO_COMPLEX", "100 items"},
	{"129 KiB of variables", list, `{"n":1,"x":"` + strings.Repeat("x", 129<<10) + `"}`, "TOO_COMPLEX", "131072 bytes"},
	{"items times rows", `query($i: [ID!]!) { nodes(ids: $i) { ... on User { memberships(first: 100) { edges { cursor } } } } }`, `{"i":` + ids(60) + `}`, "TOO_COMPLEX", "5000 objects"},

	{"@alone with another", `mutation { signIn(email: "x") { id } update(ids: []) { id } }`, ``, "INVALID", "signIn must be the only"},
	{"@alone twice", `mutation { signIn(email: "x") { id } b: signIn(email: "y") { id } }`, ``, "INVALID", "signIn must be the only"},
	{"@alone in a fragment", `mutation { ...F update(ids: []) { id } } fragment F on Mutation { ... on Mutation { signIn(email: "x") { id } } }`, ``, "INVALID", "signIn must be the only"},
	{"@alone query", `{ byToken(token: "x") roles { name } }`, ``, "INVALID", "byToken must be the only"},
	{"@alone that might be left out", `mutation { signIn(email: "x") @skip(if: true) { id } update(ids: []) { id } }`, ``, "INVALID", "signIn must be the only"},
}

func aliases(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " k%d: kind", i)
	}
	return "{ viewer {" + b.String() + " } }"
}

// object is a filter of so many levels.
func object(levels int) string {
	return strings.Repeat("{not: ", levels-1) + "{}" + strings.Repeat("}", levels-1)
}

// filtered asks by a filter of so many levels, with more in its first one.
func filtered(more string, levels int) string {
	return "{ users(first: 1, filter: {" + more + " " + strings.TrimPrefix(object(levels), "{") + ") { edges { cursor } } }"
}

// inline puts leaf into n inline fragments in each other.
func inline(n int, head, leaf string) string {
	return strings.Repeat(head+" {", n) + " " + leaf + strings.Repeat(" }", n)
}

func roots(n int) string { return "{" + strings.Repeat(" __typename", n) + " }" }

func operations(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " query Q%d { viewer { ...F } }", i)
	}
	return b.String()
}

func fragments(n int) string {
	var spreads, defs strings.Builder
	for i := range n {
		fmt.Fprintf(&spreads, " ...F%d", i)
		fmt.Fprintf(&defs, " fragment F%d on Viewer { kind }", i)
	}
	return "{ viewer {" + spreads.String() + " } }" + defs.String()
}

func directives(n int) string {
	return "{ viewer {" + strings.Repeat(" kind @skip(if: false)", n) + " } }"
}

func ids(n int) string { return "[" + strings.TrimSuffix(strings.Repeat(`"1",`, n), ",") + "]" }

func TestLimits(t *testing.T) {
	exec := server(limit.New(limit.Defaults))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, again := range []bool{false, true} { // the second time from what was kept
				errs := ask(t, exec, c.query, c.variables)
				if c.code == "" {
					if len(errs) > 0 {
						t.Fatalf("refused (again: %t): %v", again, errs)
					}
					continue
				}
				if len(errs) != 1 {
					t.Fatalf("want one refusal, got %d: %v", len(errs), errs)
				}
				if code := fmt.Sprint(errs[0].Extensions["code"]); code != c.code || !strings.Contains(errs[0].Message, c.says) {
					t.Errorf("got %s %q, want %s with %q", code, errs[0].Message, c.code, c.says)
				}
			}
		})
	}
}

// Each pair that conflicts is an error, made before anybody can stop validation: of the texts that pass the count none makes
// more of them than twice the count.
func TestConflictsAreFew(t *testing.T) {
	exec := server(limit.New(limit.Defaults))
	conflicts := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, " kind(a: %d)", i)
		}
		return b.String()
	}
	for name, text := range map[string]func(n int) string{
		"in one place":        func(n int) string { return "{ viewer {" + conflicts(n) + " } }" },
		"in inline fragments": func(n int) string { return "{ viewer {" + inline(20, " ...", conflicts(n)) + " } }" },
		"in fragments": func(n int) string {
			return "{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...C } fragment C on Viewer {" + inline(20, " ...", conflicts(n)) + " }"
		},
		"in fragments beside each other": func(n int) string {
			return "{ viewer { ...A ...B ... { ...A ...B } } } fragment A on Viewer {" + conflicts(n) + " } fragment B on Viewer { ... { ...A" + conflicts(n) + " } }"
		},
		"for operations":         func(n int) string { return operations(10) + " fragment F on Viewer {" + conflicts(n) + " }" },
		"in what fields lead to": func(n int) string { return "{" + strings.Repeat(" viewer {"+conflicts(n)+" }", 8) + " }" },
		"that nothing reaches":   func(n int) string { return "{ viewer { kind } } fragment A on Viewer {" + conflicts(n) + " }" },
	} {
		t.Run(name, func(t *testing.T) {
			most, n := 0, 2
			for ; ; n++ {
				errs := ask(t, exec, text(n), "")
				if len(errs) == 1 && fmt.Sprint(errs[0].Extensions["code"]) == "TOO_COMPLEX" {
					break
				}
				if most = max(most, len(errs)); most > 2*limit.Defaults.Comparisons {
					t.Fatalf("%d fields make %d errors", n, most)
				}
			}
			if most < 100 {
				t.Errorf("%d fields are refused, and fewer make %d errors only: this tries nothing", n, most)
			}
		})
	}
}

func TestRulesSuggestNothing(t *testing.T) {
	exec := server(limit.New(limit.Defaults))
	exec.SetDefaultRulesFn(limit.Rules(20))
	exec.SetDisableSuggestion(true)
	for _, query := range []string{
		`{ viewer { kin } }`, `{ viewer }`, `{ users(firs: 1) { edges { cursor } } }`, `{ roles { name @skip(iff: true) } }`,
		`{ viewer { ...F } } fragment F on Viewe { kind }`, `{ users(first: 1, filter: {searc: "x"}) { edges { cursor } } }`,
		`{ sorted(by: NAM) }`, `{ sorted(by: "NAM") }`, `{ users(first: NAME) { edges { cursor } } }`,
	} {
		errs := ask(t, exec, query, "")
		if len(errs) == 0 {
			t.Errorf("%s: passes", query)
		}
		for _, err := range errs {
			if strings.Contains(err.Message, "Did you mean") {
				t.Errorf("%s: %s", query, err.Message)
			}
		}
	}
}

func TestRulesKeepFewFaults(t *testing.T) {
	exec := server(limit.New(limit.Defaults))
	exec.SetDefaultRulesFn(limit.Rules(3))
	exec.SetDisableSuggestion(true)
	for range 2 {
		if errs := ask(t, exec, "{ viewer { a b c d e } }", ""); len(errs) != 3 {
			t.Errorf("%d faults: %v", len(errs), errs)
		}
	}
}

func TestCyclesAreRefusedByValidation(t *testing.T) {
	for _, query := range []string{
		`{ viewer { user { ...A } } } fragment A on User { self { ...B } } fragment B on User { self { ...A } }`,
		`{ viewer { user { ...A } } } fragment A on User { ...B } fragment B on User { name ...A }`,
	} {
		errs := ask(t, server(limit.New(limit.Defaults)), query, "")
		if len(errs) == 0 || !strings.Contains(errs[0].Message, "itself") {
			t.Errorf("got %v", errs)
		}
	}
}

// TestDoublingIsLinear weighs what would be 2^60 objects; anything but one visit to each fragment would not end.
func TestDoublingIsLinear(t *testing.T) {
	l := limit.Defaults
	l.Fragments, l.Aliases, l.Depth, l.Tokens = 1000, 1000, 1000, 10000
	query := doubling(60, "id")
	done := make(chan gqlerror.List, 1)
	go func() { done <- weigh(t, limit.New(l), query) }()
	select {
	case errs := <-done:
		if len(errs) != 1 || fmt.Sprint(errs[0].Extensions["code"]) != "TOO_COMPLEX" || !strings.Contains(errs[0].Message, "objects") {
			t.Errorf("got %v", errs)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("weighing did not end")
	}
}

// weigh runs the extension's own part, without gqlgen's validation.
func weigh(t testing.TB, x *limit.Extension, query string) gqlerror.List {
	t.Helper()
	op := operation(t, query)
	if err := x.MutateOperationContext(t.Context(), op); err != nil {
		return gqlerror.List{err}
	}
	return nil
}

func operation(t testing.TB, query string) *graphql.OperationContext {
	t.Helper()
	doc, errs := gqlparser.LoadQueryWithRules(gqlparser.MustLoadSchema(&ast.Source{Input: sdl}), query, rules.NewDefaultRules())
	if errs != nil {
		t.Fatal(errs)
	}
	return &graphql.OperationContext{RawQuery: query, Doc: doc, Operation: doc.Operations[0]}
}

func TestIntrospectionIsBounded(t *testing.T) {
	l := limit.Defaults
	l.Introspection = 60
	exec := server(limit.New(l))
	for query, code := range map[string]string{
		introspection:                                  "TOO_COMPLEX",
		`{ __type(name: "Role") { name } }`:            "<nil>",
		`{ __type(name: "Role") { fields { name } } }`: "<nil>",
		`{ __type(name: "Role") {` + strings.Repeat(" ... { fields { name description isDeprecated deprecationReason } }", 25) + ` } }`: "TOO_COMPLEX",
		`{ __type(name: "None") { fields { name } } }`: "<nil>",
		`query($n: String = "Role") { __type(name: $n) { fields { type { fields { args { type { kind } } type { kind } } } } } }`:                                 "TOO_COMPLEX",
		`{ ...F } fragment F on Query { __schema { types { ...G } } } fragment G on __Type { fields { ...H } } fragment H on __Field { a: name b: name c: name }`: "TOO_COMPLEX",
	} {
		for range 2 {
			got := "<nil>"
			if errs := ask(t, exec, query, ""); len(errs) > 0 {
				got = fmt.Sprint(errs[0].Extensions["code"])
			}
			if got != code {
				t.Errorf("%s: %s, want %s", query, got, code)
			}
		}
	}
}

// Reading the schema costs by what is read: what all tools ask for as much as a thousand objects, not one.
func TestIntrospectionCosts(t *testing.T) {
	x := limit.New(limit.Defaults)
	spent := 0
	x.Spend = func(_ context.Context, _ *graphql.OperationContext, cost int) *gqlerror.Error {
		spent = cost
		return nil
	}
	exec := server(x)
	cost := func(query string) int {
		if errs := ask(t, exec, query, ""); len(errs) > 0 {
			t.Fatalf("%s: %v", query, errs)
		}
		return spent
	}
	one, all := cost(`{ __type(name: "Role") { name } }`), cost(introspection)
	if one != 1 {
		t.Errorf("the name of a type costs %d", one)
	}
	if all < 100*one {
		t.Errorf("the whole schema costs %d", all)
	}
	if with := cost("{ roles { name } }"); with != 10 {
		t.Errorf("ten objects cost %d", with)
	}
	types := cost(`{ __schema { types { name kind description fields { name } } } }`)
	if both := cost(`{ roles { name } __schema { types { name kind description fields { name } } } }`); types < 2 || both != 10+types {
		t.Errorf("the schema costs %d, and with ten objects %d", types, both)
	}
	if twice := cost(`{ a: __schema { types { name kind description fields { name } } } b: __schema { types { name kind description fields { name } } } }`); twice < 2*types-1 {
		t.Errorf("the schema costs %d, and twice %d", types, twice)
	}
}

func TestIntrospectionIsForSome(t *testing.T) {
	x := limit.New(limit.Defaults)
	allowed := false
	x.Introspection = func(context.Context) bool { return allowed }
	exec := server(x)
	for _, query := range []string{introspection, `{ __type(name: "User") { name } }`, `{ ...F } fragment F on Query { __schema { types { name } } }`} {
		allowed = false
		if errs := ask(t, exec, query, ""); len(errs) != 1 || fmt.Sprint(errs[0].Extensions["code"]) != "UNAUTHENTICATED" {
			t.Errorf("signed out: %v", errs)
		}
		allowed = true
		if errs := ask(t, exec, query, ""); len(errs) != 0 {
			t.Errorf("signed in: %v", errs)
		}
	}
	allowed = false
	if errs := ask(t, exec, `{ __typename viewer { __typename } }`, ""); len(errs) != 0 {
		t.Errorf("__typename is not introspection: %v", errs)
	}
}

// accepted is the context of an operation that may run, or, with an error, of one that is refused.
func accepted(t *testing.T, exec *executor.Executor, query, variables string) (context.Context, gqlerror.List) {
	t.Helper()
	p := &graphql.RawParams{Query: query}
	if err := json.Unmarshal([]byte(variables), &p.Variables); err != nil {
		t.Fatal(err)
	}
	op, errs := exec.CreateOperationContext(graphql.StartOperationTrace(t.Context()), p)
	return graphql.WithOperationContext(t.Context(), op), errs
}

func TestFewReadTheSchemaAtOnce(t *testing.T) {
	x := limit.New(limit.Defaults)
	x.Introspection = func(context.Context) bool { return true }
	var poor *gqlerror.Error
	x.Spend = func(context.Context, *graphql.OperationContext, int) *gqlerror.Error { return poor }
	exec := server(x)
	reads := func(query, variables string) context.Context {
		ctx, errs := accepted(t, exec, query, variables)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		return ctx
	}
	answer := func(context.Context) *graphql.Response { return &graphql.Response{} }
	whole := reads(introspection, "{}")
	entered, leave := make(chan struct{}), make(chan struct{})
	var reading sync.WaitGroup
	for range 2 {
		reading.Go(func() {
			x.InterceptResponse(whole, func(ctx context.Context) *graphql.Response {
				entered <- struct{}{}
				<-leave
				return answer(ctx)
			})
		})
		<-entered
	}
	at := func(ctx context.Context) *graphql.Response { // at once: who would have to wait is told nothing
		late, end := context.WithCancel(ctx)
		end()
		return x.InterceptResponse(late, answer)
	}
	if at(whole) != nil {
		t.Error("a third one read it beside two")
	}
	if at(reads("{ viewer { kind } }", "{}")) == nil {
		t.Error("what does not read it had to wait")
	}
	if at(reads(`{ __schema { queryType { name } } __type(name: "User") { fields { name } } }`, "{}")) == nil {
		t.Error("what reads little of it had to wait")
	}
	with := strings.Replace(introspection, " {", "($n: Int) { users(first: $n) { edges { cursor } }", 1)
	wrong, errs := accepted(t, exec, with, `{"n":0}`)
	if len(errs) == 0 || at(wrong) == nil {
		t.Errorf("a refusal had to wait: %v", errs)
	}
	poor = &gqlerror.Error{Message: "poor"}
	beyond, errs := accepted(t, exec, introspection, "{}")
	if len(errs) == 0 || at(beyond) == nil {
		t.Errorf("the refusal of a budget had to wait: %v", errs)
	}
	if !graphql.GetOperationContext(beyond).DisableIntrospection {
		t.Error("what is refused may read the schema")
	}
	close(leave)
	reading.Wait()
	if x.InterceptResponse(whole, answer) == nil {
		t.Error("nobody reads it, and one had to wait")
	}
}

func TestOperationsOfOneTextAreWeighedApart(t *testing.T) {
	exec := server(limit.New(limit.Defaults))
	query := `query Good { users(first: 1) { edges { cursor } } } query Bad { users(first: 0) { edges { cursor } } }`
	for range 2 {
		for name, bad := range map[string]bool{"Good": false, "Bad": true} {
			_, errs := exec.CreateOperationContext(graphql.StartOperationTrace(t.Context()), &graphql.RawParams{Query: query, OperationName: name})
			if (len(errs) > 0) != bad {
				t.Errorf("%s: %v", name, errs)
			}
		}
	}
}

func TestRefusalsAreNotShared(t *testing.T) {
	exec := server(limit.New(limit.Defaults))
	a, b := ask(t, exec, nested(20), ""), ask(t, exec, nested(20), "")
	if a[0] == b[0] {
		t.Error("two requests were given one error to present")
	}
}

func TestNonsenseLimitsAreRefused(t *testing.T) {
	l := limit.Defaults
	l.Cost = 0
	if limit.New(l).Validate(nil) == nil {
		t.Error("a cost of 0 was taken")
	}
}

func TestQueryCacheIsBoundedInBytes(t *testing.T) {
	cache, ctx := limit.NewQueryCache(100), t.Context()
	add := func(text string) { cache.Add(ctx, text, &ast.QueryDocument{}) }
	has := func(text string) bool { _, ok := cache.Get(ctx, text); return ok }
	a, b, c := strings.Repeat("a", 40), strings.Repeat("b", 40), strings.Repeat("c", 40)
	add(a)
	add(b)
	has(a) // a was used last now
	add(c)
	if !has(a) || has(b) || !has(c) {
		t.Errorf("a %t, b %t, c %t", has(a), has(b), has(c))
	}
	add(strings.Repeat("d", 101))
	if !has(a) || !has(c) {
		t.Error("a text that cannot be kept drove out others")
	}
	add(a)
	add(a)
	if !has(a) || !has(c) {
		t.Error("the same text was weighed twice")
	}
}

const usersList = `query UsersPage($first: Int, $after: String, $filter: UserFilter) {
  users(first: $first, after: $after, filter: $filter) {
    edges { cursor node { ...UserRow id } }
    pageInfo { hasNextPage endCursor }
  }
}
fragment UserRow on User {
  id name email
  memberships(first: 5) { edges { node { account { id name } } } }
  role { name }
}`

func BenchmarkKnownList(b *testing.B) {
	x := limit.New(limit.Defaults)
	op := operation(b, usersList+strings.Repeat(" ", 1000))
	op.Variables = map[string]any{"first": int64(50)}
	params := &graphql.RawParams{Query: op.RawQuery, Variables: map[string]any{"first": json.Number("50")}}
	b.ReportAllocs()
	for b.Loop() {
		if err := x.MutateOperationParameters(b.Context(), params); err != nil {
			b.Fatal(err)
		}
		if err := x.MutateOperationContext(b.Context(), op); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewList(b *testing.B) {
	op := operation(b, usersList)
	op.Variables = map[string]any{"first": int64(50)}
	b.ReportAllocs()
	for b.Loop() {
		if err := limit.New(limit.Defaults).MutateOperationContext(b.Context(), op); err != nil {
			b.Fatal(err)
		}
	}
}
