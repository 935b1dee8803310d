package attacks

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"roster/internal/fault"
)

// Corpus is every attack.
var Corpus = slices.Concat(textual, validated, introspecting, variable, bodies, overHTTP, slow)

// refused is an operation that is refused before anything runs: 200 in the one form, 400 in the other (security.md #65).
func refused(name string, code fault.Code, query string) Attack {
	return operation(name, http.StatusBadRequest, string(code), query, "")
}

// answered is an operation that runs.
func answered(name, query string) Attack { return operation(name, http.StatusOK, "", query, "") }

func operation(name string, ownStatus int, code, query, variables string) Attack {
	return Attack{Name: name, Status: http.StatusOK, OwnStatus: ownStatus, Code: code, build: func(n int) request {
		text, err := json.Marshal(query + strings.Repeat(" ", n))
		if err != nil {
			panic(err) // it is a string
		}
		if variables == "" {
			return post(`{"query":` + string(text) + `}`)
		}
		return post(`{"query":` + string(text) + `,"variables":` + variables + `}`)
	}}
}

// with adds variables, as JSON, to an operation that is refused for them.
func with(name string, code fault.Code, query, variables string) Attack {
	return operation(name, http.StatusBadRequest, string(code), query, variables)
}

// body is what is no operation: one status in both forms.
func body(name string, status int, code fault.Code, text string) Attack {
	return over(name, status, code, func() request { return post(text) })
}

func over(name string, status int, code fault.Code, build func() request) Attack {
	return Attack{Name: name, Status: status, OwnStatus: status, Code: string(code), build: func(int) request { return build() }}
}

// signedOut says what who is not signed in is answered.
func (a Attack) signedOut(code fault.Code) Attack {
	a.SignedOut = string(code)
	return a
}

func post(text string) request {
	return request{method: http.MethodPost, path: "/graphql", body: strings.NewReader(text), length: int64(len(text))}
}

func (r request) as(name, value string) request {
	r.header = http.Header{name: {value}}
	return r
}

// textual are refused by what can be counted in the text of the query (#58).
var textual = []Attack{
	refused("16 aliases", fault.TooComplex, viewer(each(16, " k%[1]d: kind"))),
	refused("300 aliases", fault.TooComplex, viewer(each(300, " k%[1]d: kind"))),
	refused("300 aliases that conflict", fault.TooComplex, viewer(strings.Repeat(" a: kind a: enrolmentNeeded", 150))),
	refused("11 directives", fault.TooComplex, viewer(strings.Repeat(" kind @skip(if: false)", 11))),
	refused("490 directives that nobody knows", fault.TooComplex, viewer("kind"+strings.Repeat(" @a", 490))),
	refused("10,000 directives", fault.TooComplex, viewer("kind"+strings.Repeat(" @a", 10_000))),
	refused("1,100 times one field", fault.TooComplex, viewer(strings.Repeat(" kind", 1100))),
	refused("970 times one field", fault.TooComplex, viewer(strings.Repeat(" kind", 970))),
	refused("240 times one object", fault.TooComplex, "{"+strings.Repeat(" viewer { kind }", 240)+" }"),
	refused("10 operations that share 27 objects of 29 fields", fault.TooComplex, each(10, " query Q%[1]d { ...F }")+" fragment F on Query { viewer {"+strings.Repeat(" user {"+strings.Repeat(" id", 29)+" }", 27)+" } }"),
	refused("30 objects of 29 fields", fault.TooComplex, "{"+strings.Repeat(" viewer {"+strings.Repeat(" kind", 29)+" }", 30)+" }"),
	refused("30 fields of one name in each of 20 fragments", fault.TooComplex, "{ viewer {"+each(20, " ...F%[1]d")+" } }"+each(20, " fragment F%[1]d on Viewer {"+strings.Repeat(" kind", 30)+" }")),
	refused("55 operations that share 650 fields", fault.TooComplex, each(55, " query Q%[1]d { ...F }")+" fragment F on Query { viewer {"+strings.Repeat(" kind", 650)+" } }"),
	refused("19 fragments, each in all others, with two ways back", fault.TooComplex, "{ user(number: 1) { ...F0 } }"+each(18, " fragment F%[1]d on User {"+each(19, " ...F%[1]d")+" id }")+
		" fragment F18 on User {"+each(18, " ...F%[1]d")+" memberships(first: 1) { nodes { user { ...F0 } account { owner { ...F0 } } } } }"),
	refused("195 times one field in 209 inline fragments in each other, which 20 fragments reach", fault.TooComplex, spreadFrom(20, within(209, " ...", strings.Repeat(" kind", 195)))),
	refused("100 conflicting fields in 100 inline fragments in each other, which 4 fragments reach", fault.TooComplex, spreadFrom(4, within(100, " ...", each(100, " x(a:%[1]d)")))),
	refused("100 times one field in 20 inline fragments in each other, which 20 fragments reach", fault.TooComplex, spreadFrom(20, within(20, " ...", strings.Repeat(" kind", 100)))),
	refused("60 conflicting fields in 20 inline fragments in each other, which 20 fragments reach", fault.TooComplex, spreadFrom(20, within(20, " ... on Viewer", each(60, " x(a:%[1]d)")))),
	refused("100 times one field in 20 inline fragments in each other, which 70 operations reach", fault.TooComplex, each(70, " query Q%[1]d { ...F }")+" fragment F on Query { viewer {"+within(20, " ... on Viewer", strings.Repeat(" kind", 100))+" } }"),
	refused("5 times one field in each of 20 inline fragments, each in one of 20 fragments that lead to each other", fault.TooComplex, "{ viewer { ...F0 } }"+
		each(20, " fragment F%[1]d on Viewer { ... {"+each(19, " ...F%[1]d")+strings.Repeat(" kind", 5)+" } }")),
	refused("120 times one fragment in 20 inline fragments in each other, which 18 fragments reach", fault.TooComplex, spreadFrom(18, within(20, " ...", strings.Repeat(" ...G", 120)))+" fragment G on Viewer { kind }"),
	refused("160 conflicting fields in a fragment that nothing reaches", fault.TooComplex, viewer("kind")+" fragment F on Viewer {"+each(160, " x(a:%[1]d)")+" }"),
	refused("100 conflicting arguments", fault.TooComplex, "{"+each(100, " user(number: %[1]d) { id }")+" }"),
	refused("20 fragments, each in all others", fault.TooComplex, "{ viewer { ...F0 } }"+each(20, " fragment F%[1]d on Viewer {"+each(20, " ...F%[1]d")+" kind }")),
	refused("21 inline fragments", fault.TooComplex, viewer(strings.Repeat(" ... { kind }", 21))),
	refused("21 fragments", fault.TooComplex, "{ viewer {"+each(21, " ...F%[1]d")+" } }"+each(21, " fragment F%[1]d on Viewer { kind }")),
	refused("19 fragments in each of 25", fault.TooComplex, "{ viewer { ...F0 } }"+each(25, " fragment F%[1]d on Viewer {"+each(19, " ...F%[1]d")+" kind }")),
	refused("16 KiB and a byte", fault.TooComplex, viewer("kind")+strings.Repeat(" ", 16<<10+1-len(viewer("kind")))),
	refused("1,001 comments", fault.TooComplex, strings.Repeat("#\n", 1001)+viewer("kind")),
	refused("11 operations", fault.TooComplex, each(11, " query Q%[1]d { viewer { kind } }")),
	refused("a number that no type holds, 160 levels deep, beside 14 KB of text, in 75 operations", fault.TooComplex, strings.Repeat("{...F}", 75)+filtering(160, unheld(14_000))),
	refused("a number that no type holds, 230 levels deep, beside 14 KB of text", fault.TooComplex, filtering(230, unheld(14_000))),
	refused("a number that no type holds, 8 levels deep, beside 8 KB of text, in 10 operations", fault.Invalid, strings.Repeat("{...F}", 10)+filtering(7, unheld(8_000))),
	refused("a number beyond all exponents, 8 levels deep, beside 8 KB of text, in 10 operations", fault.Invalid, strings.Repeat("{...F}", 10)+filtering(7, "x:1e999,"+searched(8_000))),
	refused("480 brackets in a value", fault.TooComplex, "{ user(number: "+strings.Repeat("[", 480)+strings.Repeat("]", 480)+") { id } }"),
	refused("a filter of 9 levels in the text", fault.TooComplex, "{ ...F }"+filtering(8, "staff: true")),
	refused("a permission of 13,000 letters, which 170 operations reach", fault.TooComplex, strings.Repeat("mutation{...F}", 170)+permitting(strings.Repeat("X", 13_000))),
	refused("70 permissions of 100 letters, which 10 operations reach", fault.Invalid, strings.Repeat("mutation{...F}", 10)+permitting(strings.Repeat(strings.Repeat("X", 100)+" ", 70))),
	refused("a member of 14,000 letters, which 230 operations reach", fault.TooComplex, strings.Repeat("{...F}", 230)+filtering(0, strings.Repeat("x", 14_000)+":1")),
	refused("70 members of 100 letters, which 10 operations reach", fault.Invalid, strings.Repeat("{...F}", 10)+filtering(0, each(70, strings.Repeat("x", 98)+"%02[1]d:1 "))),
	refused("a type of 15,900 letters", fault.TooComplex, viewer("kind")+" fragment F on "+strings.Repeat("X", 15_900)+" { x }"),
	refused("150 arguments of a field, twice", fault.TooComplex, "{"+strings.Repeat(" users("+each(150, "x%[1]d:1 ")+") { nodes { id } }", 2)+" }"),
	refused("101 items in the text", fault.TooComplex, `{ nodes(ids: [`+strings.Repeat(`"x" `, 101)+`]) { id } }`),
}

// validated are refused by the validation of the query, or by what it would bring (#58, #59, #60). What of it passes
// validation is made so as to cost the most there.
var validated = []Attack{
	refused("13 levels", fault.TooComplex, nested(4)),
	refused("180 levels", fault.TooComplex, nested(60)),
	refused("11 fields at the root", fault.TooComplex, "{"+strings.Repeat(" __typename", 11)+" }"),
	refused("fragments in a cycle", fault.Invalid, "{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A kind }"),
	refused("10 fragments, each in all others", fault.Invalid, "{ viewer { ...F0 } }"+each(10, " fragment F%[1]d on Viewer {"+each(10, " ...F%[1]d")+" kind }")),
	refused("1.1 KB of nested fragment spreads", fault.TooComplex, doubling("User", "user(number: 1)", "memberships(first: 1) { nodes { id } }")),
	answered("1.1 KB of nested fragment spreads for a word", doubling("Viewer", "viewer", "kind")),
	refused("100 by 100 rows", fault.TooComplex, "{ users(first: 100) { nodes { memberships(first: 100) { nodes { account { name } } } } } }"),
	refused("a list without a page size", fault.Invalid, "{ users { nodes { id } } }"),
	refused("60 conflicting arguments", fault.Invalid, "{"+each(60, " user(number: %[1]d) { id }")+" }"),
	refused("97 conflicting arguments of what is not there", fault.Invalid, viewer(each(97, " "+strings.Repeat("x", 100)+"(a: %[1]d)"))),
	refused("two secrets at once", fault.Invalid, `mutation { a: signIn(input: {email: "a", password: "b"}) { userErrors { code } } b: signIn(input: {email: "a", password: "c"}) { userErrors { code } } }`),
	refused("two operations without a name", fault.Invalid, viewer("kind")+" "+viewer("kind")),
	refused("two operations, none chosen", fault.Invalid, "query A "+viewer("kind")+" query B "+viewer("kind")),
	refused("a subscription", fault.Invalid, "subscription { viewer { kind } }"),
	refused("@defer", fault.Invalid, "{ viewer { ... @defer { permissions accounts(first: 1) { nodes { id } } } } }"),
	refused("no end", fault.Invalid, "{ viewer { kind "),
	refused("8 KB of a text block without an end", fault.Invalid, `{ user(email: """`+strings.Repeat("x", 8_000)),
	answered("as many comparisons as pass, made to be validated", dearest()),
}

// introspecting ask for the schema, which is for who is signed in (#61).
var introspecting = []Attack{
	answered("the schema, as tools ask for it", standardIntrospection).signedOut(fault.Unauthenticated),
	refused("three lists of the schema in each other", fault.Invalid, "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }"),
	refused("two lists of the schema in each other, 15 times", fault.TooComplex, "{ __schema { types { fields { type {"+each(15, " f%[1]d: fields(includeDeprecated: true) { name type { name } }")+" } } } } }"),
	refused("900 fields of every field of the schema", fault.TooComplex, "{ __schema { types { fields {"+strings.Repeat(" name", 900)+" } } } }"),
	answered("the schema twice", "{"+each(2, " s%[1]d: __schema { types { ...T } }")+" }"+strings.SplitAfter(standardIntrospection, "# Fragments\n")[1]).signedOut(fault.Unauthenticated),
	refused("the schema five times", fault.TooComplex, "{"+each(5, " s%[1]d: __schema { types { ...T } }")+" }"+strings.SplitAfter(standardIntrospection, "# Fragments\n")[1]),
}

// variable are refused for their variables (#59).
var variable = []Attack{
	with("101 items", fault.TooComplex, "query($i: [ID!]!) { nodes(ids: $i) { id } }", `{"i":[`+strings.Repeat(`"x",`, 100)+`"x"]}`),
	with("40,000 items", fault.TooComplex, "query($i: [ID!]!) { nodes(ids: $i) { id } }", `{"i":[`+strings.Repeat(`0,`, 40_000)+`0]}`),
	with("101 items deep inside", fault.TooComplex, viewer("kind"), `{"x":{"y":[{"z":[`+strings.Repeat(`0,`, 100)+`0]}]}}`),
	with("129 KiB of variables", fault.TooComplex, viewer("kind"), `{"x":"`+strings.Repeat("x", 129<<10)+`"}`),
	with("a number of 100,000 digits", fault.Invalid, "query($n: Int) { user(number: $n) { id } }", `{"n":`+strings.Repeat("9", 100_000)+`}`),
	with("an exponent beyond all numbers", fault.Invalid, "query($n: Int) { user(number: $n) { id } }", `{"n":1e999999999}`),
	with("null where a directive takes none", fault.Invalid, "query($b: Boolean = true) { viewer { kind @include(if: $b) } }", `{"b":null}`),
	with("null where an argument takes none", fault.Invalid, `query($i: [ID!] = []) { nodes(ids: $i) { id } }`, `{"i":null}`),
	with("an object in a number's place, 29 deep", fault.Invalid, "query($n: Int) { user(number: $n) { id } }", `{"n":`+strings.Repeat(`{"x":`, 29)+"1"+strings.Repeat("}", 29)+`}`),
	operation("10,000 variables that nobody asked for", http.StatusOK, "", viewer("kind"), "{"+strings.TrimSuffix(each(10_000, `"x%[1]d":0,`), ",")+"}"),
	operation("a filter 25 deep", http.StatusOK, string(fault.Invalid), "query($f: UserFilter) { users(first: 1, filter: $f) { nodes { id } } }",
		`{"f":`+strings.Repeat(`{"not":`, 25)+`{"search":"x"}`+strings.Repeat("}", 25)+`}`).signedOut(fault.Unauthenticated),
	operation("a search for 100,000 letters", http.StatusOK, string(fault.Invalid), "query($f: UserFilter) { users(first: 1, filter: $f) { nodes { id } } }",
		`{"f":{"search":"`+strings.Repeat("x", 100_000)+`"}}`).signedOut(fault.Unauthenticated),
}

const call = `{"query":"{ viewer { kind } }"}`

// bodies are no JSON, or not that of an operation (#56, #64).
var bodies = []Attack{
	body("a batch", http.StatusBadRequest, fault.Invalid, "["+call+","+call+"]"),
	body("a batch of 7,000", http.StatusBadRequest, fault.Invalid, "["+strings.Repeat(call+",", 7_000)+call+"]"),
	body("JSON 100,000 deep", http.StatusBadRequest, fault.TooComplex, `{"query":"{ viewer { kind } }","x":`+strings.Repeat("[", 100_000)),
	body("a member twice", http.StatusBadRequest, fault.Invalid, `{"query":"{ viewer { kind } }","query":"{ viewer { permissions } }"}`),
	body("a variable twice", http.StatusBadRequest, fault.Invalid, `{"query":"{ viewer { kind } }","variables":{"a":1,"\u0061":2}}`),
	body("more after the end", http.StatusBadRequest, fault.Invalid, call+call),
	body("no UTF-8", http.StatusBadRequest, fault.Invalid, "{\"query\":\"{ viewer { kind } } #\xff\"}"),
	body("half a surrogate", http.StatusBadRequest, fault.Invalid, `{"query":"{ viewer { kind } } #\ud800"}`),
	body("a query that is a list", http.StatusBadRequest, fault.Invalid, `{"query":[`+call+`]}`),
	body("80,000 objects that nobody asked for", http.StatusOK, "", `{"x":[`+strings.Repeat("{},", 80_000)+`{}],`+call[1:]),
	body("256 KiB and a byte", http.StatusRequestEntityTooLarge, fault.TooComplex, call+strings.Repeat(" ", 256<<10+1-len(call))),
}

// overHTTP are refused for how they come (#51, #56, #65).
var overHTTP = []Attack{
	over("50 MB", http.StatusRequestEntityTooLarge, fault.TooComplex, func() request { return large(50_000_000) }),
	over("50 MB in chunks", http.StatusRequestEntityTooLarge, fault.TooComplex, func() request {
		r := large(50_000_000)
		r.length = -1
		return r
	}),
	over("a mutation by GET", http.StatusMethodNotAllowed, fault.Invalid, func() request { return get("/graphql?query=mutation%7BsignOut%7B__typename%7D%7D") }),
	over("a query by GET", http.StatusMethodNotAllowed, fault.Invalid, func() request { return get("/graphql?query=%7Bviewer%7Bkind%7D%7D") }),
	over("a websocket", http.StatusMethodNotAllowed, fault.Invalid, func() request {
		r := get("/graphql")
		r.header = http.Header{
			"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"},
			"Sec-Websocket-Key": {"AAAAAAAAAAAAAAAAAAAAAA=="}, "Sec-Websocket-Protocol": {"graphql-transport-ws"},
		}
		return r
	}),
	over("PUT", http.StatusMethodNotAllowed, fault.Invalid, func() request {
		r := post(call)
		r.method = http.MethodPut
		return r
	}),
	over("text/plain", http.StatusUnsupportedMediaType, fault.Invalid, func() request { return post(call).as("Content-Type", "text/plain") }),
	over("a form", http.StatusUnsupportedMediaType, fault.Invalid, func() request {
		return post("query=%7Bviewer%7Bkind%7D%7D").as("Content-Type", "application/x-www-form-urlencoded")
	}),
	over("multipart", http.StatusUnsupportedMediaType, fault.Invalid, func() request {
		return post("--x\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n"+call+"\r\n--x--\r\n").as("Content-Type", "multipart/form-data; boundary=x")
	}),
	over("two types", http.StatusUnsupportedMediaType, fault.Invalid, func() request {
		r := post(call)
		r.header = http.Header{"Content-Type": {"text/plain", Plain}}
		return r
	}),
	over("an encoding that nobody knows", http.StatusUnsupportedMediaType, fault.Invalid, func() request { return post(call).as("Content-Encoding", "x-bomb") }),
	over("50 MB in 50 KB of gzip", http.StatusUnsupportedMediaType, fault.Invalid, func() request { return post(bomb()).as("Content-Encoding", "gzip") }),
	over("HTML wanted", http.StatusNotAcceptable, fault.Invalid, func() request { return post(call).as("Accept", "text/html") }),
	over("from another site's page", http.StatusForbidden, fault.Forbidden, func() request {
		r := post(call)
		r.header = http.Header{"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}}
		return r
	}),
	over("a token that is none", http.StatusUnauthorized, fault.Unauthenticated, func() request {
		return post(call).as("Authorization", "Bearer "+strings.Repeat("x", 10_000))
	}),
	over("17 KiB of header", http.StatusRequestHeaderFieldsTooLarge, "", func() request { return post(call).as("X-Long", strings.Repeat("x", 17<<10)) }),
	over("17 KiB of address", http.StatusRequestHeaderFieldsTooLarge, "", func() request { return get("/graphql?query=" + strings.Repeat("x", 17<<10)) }),
}

// slow keep the server waiting (#56).
var slow = []Attack{
	slowly(over("a body that stops", http.StatusRequestTimeout, fault.TryLater, func() request {
		r := post(call[:10])
		r.length, r.stalls = int64(len(call)), true
		return r
	})),
	slowly(over("a header that stops", 0, "", func() request { return request{raw: "POST /graphql HTTP/1.1\r\nHost: x\r\n"} })),
}

func slowly(a Attack) Attack {
	a.Slow = true
	return a
}

// large is a body that goes on and on, made as it is sent.
func large(size int64) request {
	r := post(`{"query":"`)
	r.body, r.length = io.MultiReader(r.body, io.LimitReader(letters{}, size-r.length)), size
	return r
}

type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func get(path string) request { return request{method: http.MethodGet, path: path, body: http.NoBody} }

// bomb is packed when it is first sent: the race detector takes seconds over it, and tests start their own binary as
// `roster` hundreds of times.
var bomb = sync.OnceValue(func() string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := io.Copy(w, io.LimitReader(letters{}, 50_000_000))
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // memory takes all
	}
	return out.String()
})

// filtering is a fragment that asks for users by a filter within so many others.
func filtering(times int, inner string) string {
	return "fragment F on Query{users(first:1,filter:{" + strings.Repeat("not:{", times) + inner + strings.Repeat("}", times) + "}){nodes{id}}}"
}

// unheld are members of a filter: an integer beyond all types and a text of n letters.
func unheld(n int) string { return "x:99999999999999999999," + searched(n) }

func searched(n int) string { return `search:"` + strings.Repeat("s", n) + `"` }

func permitting(names string) string {
	return `fragment F on Mutation{createApiToken(input:{name:"",permissions:[` + names + `]}){secret}}`
}

func viewer(fields string) string { return "{ viewer { " + fields + " } }" }

// each repeats a format with the numbers from 0.
func each(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// nested goes from users to their memberships and back, three levels each time.
func nested(times int) string {
	return "{ user(number: 1) {" + strings.Repeat(" memberships(first: 1) { nodes { user {", times) + " id" + strings.Repeat(" } } }", times) + " } }"
}

// doubling spreads each of 19 fragments twice in the one before: half a million times the last.
func doubling(kind, root, leaf string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{ %s { ...Nested0 } }", root)
	for i := range 19 {
		fmt.Fprintf(&b, " fragment Nested%d on %s { ...Nested%d ...Nested%d }", i, kind, i+1, i+1)
	}
	fmt.Fprintf(&b, " fragment Nested19 on %s { %s }", kind, leaf)
	return b.String()
}

// spreadFrom puts leaf at the end of a chain of n fragments: each of them reaches it.
func spreadFrom(n int, leaf string) string {
	var b strings.Builder
	b.WriteString("{ viewer { ...F0 } }")
	for i := range n - 1 {
		fmt.Fprintf(&b, " fragment F%d on Viewer { ...F%d }", i, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on Viewer {%s }", n-1, leaf)
	return b.String()
}

// within puts leaf into n inline fragments in each other.
func within(n int, head, leaf string) string {
	return strings.Repeat(head+" {", n) + leaf + strings.Repeat(" }", n)
}

// dearest is the query whose validation costs the most of those that pass: as many fields of one name as may be compared,
// and what they lead to.
func dearest() string {
	names := strings.Fields("kind sudoUntil enrolmentNeeded twoFactorRequired twoFactorDueAt userManagement permissions tokenPermissions")
	var fields strings.Builder
	for i := range 8 * 30 {
		fields.WriteString(" " + names[i%len(names)])
	}
	rows := " accounts(first: 1) {" + strings.Repeat(" nodes { id owner since permissions }", 18) + " }"
	return viewer(fields.String() + rows)
}

// standardIntrospection is the query that graphql-js makes, and with it GraphiQL and the generators of clients.
const standardIntrospection = `query IntrospectionQuery { __schema { queryType { name } mutationType { name } subscriptionType { name }
types { ...T } directives { name description locations args { ...I } } } }
# Fragments
fragment T on __Type { kind name description fields(includeDeprecated: true) { name description args { ...I } type { ...R } isDeprecated deprecationReason }
inputFields { ...I } interfaces { ...R } enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...R } }
fragment I on __InputValue { name description type { ...R } defaultValue }
fragment R on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }`
