package transport_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	gqltransport "github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/graph/limit"
	"roster/graph/transport"
)

const sdl = `
type Query { name: String! find(id: Int!, text: String, colour: Colour, in: In): String broken: String! }
type Mutation { change: String }
enum Colour { RED GREEN }
input In { text: String ids: [ID!] }
`

// schema answers every query with what answer makes.
type schema struct {
	parsed *ast.Schema
	answer func(context.Context) *graphql.Response
}

func (s schema) Schema() *ast.Schema { return s.parsed }

func (schema) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (s schema) Exec(context.Context) graphql.ResponseHandler { return s.answer }

func server(t graphql.Transport, answer func(context.Context) *graphql.Response) *handler.Server {
	srv := handler.New(schema{gqlparser.MustLoadSchema(&ast.Source{Input: sdl}), answer})
	srv.AddTransport(t)
	srv.SetQueryCache(limit.NewQueryCache(1 << 20))
	return srv
}

func named(context.Context) *graphql.Response {
	return &graphql.Response{Data: []byte(`{"name":"<Ann> & Co"}`)}
}

type call struct{ method, contentType, accept, body string }

const (
	plain = "application/json"
	own   = "application/graphql-response+json"
)

func do(h http.Handler, c call) *http.Response {
	if c.method == "" {
		c.method = http.MethodPost
	}
	r := httptest.NewRequest(c.method, "/graphql", strings.NewReader(c.body))
	if c.contentType != "-" {
		if c.contentType == "" {
			c.contentType = plain
		}
		r.Header.Set("Content-Type", c.contentType)
	}
	if c.accept != "" {
		r.Header.Set("Accept", c.accept)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func read(t *testing.T, res *http.Response) string {
	t.Helper()
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(b) {
		t.Fatalf("not JSON: %s", b)
	}
	return string(b)
}

const ok = `{"query":"{ name }"}`

func deep(levels int) string {
	return `{"query":"{ name }","x":` + strings.Repeat("[", levels) + strings.Repeat("]", levels) + `}`
}

func TestAnswers(t *testing.T) {
	const data = `{"data":{"name":"<Ann> & Co"}}`
	srv := server(transport.Defaults, named)
	for _, c := range []struct {
		name   string
		call   call
		status int
		media  string
		body   string // the whole answer, or a part of its message
	}{
		{"a query", call{body: ok}, 200, plain, data},
		{"utf-8", call{contentType: "application/json; charset=UTF-8", body: ok}, 200, plain, data},
		{"own media type", call{accept: own, body: ok}, 200, own, data},
		{"both, as clients send them", call{accept: own + ", application/json", body: ok}, 200, own, data},
		{"both, the other way round", call{accept: "application/json, " + own, body: ok}, 200, own, data},
		{"weighed", call{accept: own + ";q=0.5, application/json;q=0.9", body: ok}, 200, plain, data},
		{"own or anything", call{accept: own + ", */*;q=0.1", body: ok}, 200, own, data},
		{"anything", call{accept: "*/*", body: ok}, 200, plain, data},
		{"anything but", call{accept: "*/*, application/json;q=0", body: ok}, 200, own, data},
		{"any application", call{accept: "text/html, application/*", body: ok}, 200, plain, data},
		{"white space", call{body: " \r\n\t" + ok + "\n"}, 200, plain, data},
		{"unknown members", call{body: `{"id":7,"query":"{ name }","hash":null}`}, 200, plain, data},
		{"nulls", call{body: `{"query":"{ name }","variables":null,"operationName":null,"extensions":null}`}, 200, plain, data},
		{"objects", call{body: `{"query":"query A { name }","variables":{},"operationName":"A","extensions":{"a":1}}`}, 200, plain, data},
		{"escapes", call{body: `{"query":"{\u0020name\n\ud83d\ude00`[:len(`{"query":"{\u0020name\n`)] + `}"}`}, 200, plain, data},
		{"depth 32", call{body: deep(31)}, 200, plain, data},

		{"GET", call{method: "GET", body: ok}, 405, plain, "POST"},
		{"PUT", call{method: "PUT", body: ok}, 405, plain, "POST"},
		{"DELETE", call{method: "DELETE"}, 405, plain, "POST"},
		{"OPTIONS", call{method: "OPTIONS"}, 405, plain, "POST"},
		{"no type", call{contentType: "-", body: ok}, 415, plain, "application/json"},
		{"text", call{contentType: "text/plain", body: ok}, 415, plain, "application/json"},
		{"form", call{contentType: "application/x-www-form-urlencoded", body: "query={name}"}, 415, plain, "application/json"},
		{"multipart", call{contentType: "multipart/form-data; boundary=x", body: "--x--"}, 415, plain, "application/json"},
		{"latin 1", call{contentType: "application/json; charset=iso-8859-1", body: ok}, 415, plain, "UTF-8"},
		{"almost", call{contentType: "application/jsonx", body: ok}, 415, plain, "application/json"},
		{"html wanted", call{accept: "text/html", body: ok}, 406, plain, "graphql-response"},
		{"nothing wanted", call{accept: "application/json;q=0", body: ok}, 406, plain, "graphql-response"},
		{"large", call{body: `{"query":"` + strings.Repeat("s", 256<<10) + `"}`}, 413, plain, "too large"},

		{"empty", call{body: ``}, 400, plain, "not valid JSON"},
		{"broken", call{body: `{"query":"s3cret`}, 400, plain, "not valid JSON"},
		{"broken, own", call{accept: own, body: `{"query":"s3cret`}, 400, own, "not valid JSON"},
		{"trailing data", call{body: ok + ` "s3cret"`}, 400, plain, "not valid JSON"},
		{"two objects", call{body: ok + ok}, 400, plain, "not valid JSON"},
		{"not UTF-8", call{body: "{\"query\":\"{ name }\",\"s3cret\":\"\xff\"}"}, 400, plain, "not valid JSON"},
		{"half a pair", call{body: `{"query":"{ name }","s3cret":"\ud800"}`}, 400, plain, "not valid JSON"},
		{"duplicate", call{body: `{"query":"{ name }","query":"s3cret"}`}, 400, plain, "same member twice"},
		{"duplicate further down", call{body: `{"query":"{ name }","variables":{"a":{"b":1,"\u0062":"s3cret"}}}`}, 400, plain, "same member twice"},
		{"batch", call{body: `[` + ok + `,` + ok + `]`}, 400, plain, "batches are not taken"},
		{"string", call{body: `"s3cret"`}, 400, plain, "one JSON object"},
		{"null", call{body: `null`}, 400, plain, "one JSON object"},
		{"depth 33", call{body: deep(32)}, 400, plain, "nested too deep"},
		{"depth 100,000", call{body: deep(100000)}, 400, plain, "nested too deep"},
		{"no query", call{body: `{"s3cret":1}`}, 400, plain, "query must be a string"},
		{"null query", call{body: `{"query":null}`}, 400, plain, "query must be a string"},
		{"query a number", call{accept: own, body: `{"query":7}`}, 400, own, "query must be a string"},
		{"name a number", call{body: `{"query":"{ name }","operationName":7}`}, 400, plain, "operationName must be a string or null"},
		{"variables a list", call{body: `{"query":"{ name }","variables":["s3cret"]}`}, 400, plain, "variables must be an object or null"},
		{"extensions a string", call{body: `{"query":"{ name }","extensions":"s3cret"}`}, 400, plain, "extensions must be an object or null"},

		{"syntax", call{body: `{"query":"{ find(text: \"s3cret\" \"s3cret\") }"}`}, 200, plain, "can't be read: Expected Name, found String"},
		{"syntax, own", call{accept: own, body: `{"query":"{ \"s3cret\" }"}`}, 400, own, "can't be read: Expected Name, found String"},
		{"empty query", call{accept: own, body: `{"query":""}`}, 400, own, "no operation"},
		{"unknown field", call{body: `{"query":"{ nme }"}`}, 200, plain, `Cannot query field \"nme\" on type \"Query\".`},
		{"unknown field, own", call{accept: own, body: `{"query":"{ nme }"}`}, 400, own, `Cannot query field \"nme\" on type \"Query\".`},
		{"literal of a wrong type", call{body: `{"query":"{ find(id: \"s3cret\") }"}`}, 200, plain, "Int cannot represent non-integer value."},
		{"literal beside an enum", call{body: `{"query":"{ find(id: 1, colour: \"s3cret\") }"}`}, 200, plain, "cannot represent non-enum value."},
		{"unknown enum value", call{body: `{"query":"{ find(id: 1, colour: s3cret) }"}`}, 200, plain, "does not exist in this enum"},
		{"name in place of a text", call{body: `{"query":"{ find(id: 1, text: s3cret) }"}`}, 200, plain, "String cannot represent a non string value."},
		{"object in place of a text", call{body: `{"query":"{ find(id: 1, text: {p: \"s3cret\"}) }"}`}, 200, plain, "not defined by type"},
		{"variable missing", call{accept: own, body: `{"query":"query($i: Int!) { find(id: $i) }"}`}, 400, own, "The variable i: must be defined."},
		{"variable of a wrong type", call{body: `{"query":"query($i: Int!) { find(id: $i) }","variables":{"i":"s3cret"}}`}, 200, plain, "The variable i: cannot use string as Int."},
		{"variable not in the enum", call{body: `{"query":"query($c: Colour) { find(id: 1, colour: $c) }","variables":{"c":"s3cret"}}`}, 200, plain, "The variable c: not a valid Colour."},
		{"unknown member", call{body: `{"query":"query($v: In) { find(id: 1, in: $v) }","variables":{"v":{"my s3cret":1}}}`}, 200, plain, "The variable v.?: unknown field."},
		{"null in a list", call{body: `{"query":"query($v: In) { find(id: 1, in: $v) }","variables":{"v":{"ids":["a",null]}}}`}, 200, plain, "The variable v.ids[1]: cannot be null."},
		{"no such operation", call{body: `{"query":"{ name }","operationName":"s3cret"}`}, 200, plain, "no such operation"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := do(srv, c.call)
			body := read(t, res)
			if res.StatusCode != c.status {
				t.Errorf("status %d, want %d: %s", res.StatusCode, c.status, body)
			}
			if got := res.Header.Get("Content-Type"); got != c.media+"; charset=utf-8" {
				t.Errorf("type %q, want %q", got, c.media)
			}
			if body != c.body && !strings.Contains(body, c.body) {
				t.Errorf("got %s, want %s", body, c.body)
			}
			if strings.Contains(body, "s3cret") {
				t.Errorf("the input was repeated: %s", body)
			}
			if refused := c.body != data; refused {
				checkRefusal(t, res, body)
			}
		})
	}
}

func checkRefusal(t *testing.T, res *http.Response, body string) {
	t.Helper()
	if strings.Contains(body, `"data"`) {
		t.Errorf("a refusal has data: %s", body)
	}
	if !strings.Contains(body, `"code":"INVALID"`) && !strings.Contains(body, `"code":"TOO_COMPLEX"`) {
		t.Errorf("no code of the list: %s", body)
	}
	if strings.Contains(body, "Did you mean") {
		t.Errorf("it suggests: %s", body)
	}
	if (res.StatusCode == http.StatusMethodNotAllowed) != (res.Header.Get("Allow") == "POST") {
		t.Errorf("status %d with Allow %q", res.StatusCode, res.Header.Get("Allow"))
	}
}

// security.md #80: a key that is none is a fault of the request, whatever it asks for.
func TestKeysThatAreNone(t *testing.T) {
	for name, keys := range map[string][]string{
		"empty": {""}, "too long": {strings.Repeat("s3cret", 43)}, "a control character": {"s3cret\x01"}, "a tab": {"s3\tcret"},
		"not ASCII": {"s3cr\u00e9t"}, "twice": {"s3cret", "s3cret"},
	} {
		for _, accept := range []string{plain, own} {
			r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(ok))
			r.Header = http.Header{"Content-Type": {plain}, "Accept": {accept}, "Idempotency-Key": keys}
			w := httptest.NewRecorder()
			server(transport.Defaults, named).ServeHTTP(w, r)
			res := w.Result()
			if body := read(t, res); w.Code != http.StatusBadRequest || strings.Contains(body, "s3") {
				t.Errorf("%s, %s: %d %s", name, accept, w.Code, body)
			} else {
				checkRefusal(t, res, body)
			}
		}
	}
	for _, key := range []string{"k", "a key of several words, ~255", strings.Repeat("k", 255)} {
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(ok))
		r.Header = http.Header{"Content-Type": {plain}, "Idempotency-Key": {key}}
		w := httptest.NewRecorder()
		server(transport.Defaults, named).ServeHTTP(w, r)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "<Ann>") {
			t.Errorf("%s: %d %s", key, w.Code, w.Body)
		}
	}
}

func TestCompressedBodiesAreRefused(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(ok))
	r.Header.Set("Content-Type", plain)
	r.Header.Set("Content-Encoding", "gzip")
	w := httptest.NewRecorder()
	server(transport.Defaults, named).ServeHTTP(w, r)
	if w.Code != http.StatusUnsupportedMediaType {
		t.Errorf("got %d", w.Code)
	}
}

// TestLargeBodyOfUnknownLength sends in chunks, so that only counting can find it too large.
func TestLargeBodyOfUnknownLength(t *testing.T) {
	srv := httptest.NewServer(server(transport.Defaults, named))
	defer srv.Close()
	body := struct{ io.Reader }{strings.NewReader(`{"query":"` + strings.Repeat(" ", 300<<10) + `{ name }"}`)}
	res, err := srv.Client().Post(srv.URL, plain, body)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, res); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d %s", res.StatusCode, got)
	}
}

func TestOverTheWire(t *testing.T) {
	large := `{"name":"` + strings.Repeat("x", 20000) + `"}`
	srv := httptest.NewServer(server(transport.Defaults, func(context.Context) *graphql.Response {
		return &graphql.Response{Data: []byte(large)}
	}))
	defer srv.Close()
	for range 3 {
		res, err := srv.Client().Post(srv.URL, plain, strings.NewReader(ok))
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, res); got != `{"data":`+large+`}` || res.ContentLength != int64(len(got)) {
			t.Errorf("%d bytes announced, %d came", res.ContentLength, len(got))
		}
	}
}

func TestErrorsBesideData(t *testing.T) {
	for want, response := range map[string]*graphql.Response{
		`{"errors":[{"message":"No \u003cb\u003e.","path":["broken"]}],"data":null}`: {
			Data: []byte("null"), Errors: gqlerror.List{{Message: "No <b>.", Path: ast.Path{ast.PathName("broken")}}},
		},
		`{"extensions":{"n":1},"data":{"name":"a"}}`: {Data: []byte(`{"name":"a"}`)},
		`{"errors":[{"message":"No."}]}`:             {Errors: gqlerror.List{{Message: "No."}}},
	} {
		srv := server(transport.Defaults, func(ctx context.Context) *graphql.Response {
			if strings.Contains(want, "extensions") {
				graphql.RegisterExtension(ctx, "n", 1)
			}
			copied := *response
			return &copied
		})
		res := do(srv, call{accept: own, body: ok})
		if got := read(t, res); got != want || res.StatusCode != http.StatusOK {
			t.Errorf("got %d %s, want %s", res.StatusCode, got, want)
		}
	}
}

func TestParametersReachTheOperation(t *testing.T) {
	var op *graphql.OperationContext
	var left time.Duration
	srv := server(transport.Defaults, func(ctx context.Context) *graphql.Response {
		op = graphql.GetOperationContext(ctx)
		deadline, _ := ctx.Deadline()
		left = time.Until(deadline)
		return named(ctx)
	})
	do(srv, call{body: `{"query":"query A($i: Int!, $t: String) { find(id: $i, text: $t) }","operationName":"A","variables":{"i":9007199254740993,"t":"\u00e9\t\ud83d\ude00"},"extensions":{"x":1.5}}`})
	if op == nil {
		t.Fatal("it did not run")
	}
	if op.Variables["i"] != int64(9007199254740993) || op.Variables["t"] != "é\t😀" {
		t.Errorf("variables %#v", op.Variables)
	}
	if op.OperationName != "A" || op.Headers.Get("Content-Type") != plain || op.Extensions["x"] != json.Number("1.5") {
		t.Errorf("name %q, headers %v, extensions %v", op.OperationName, op.Headers, op.Extensions)
	}
	if op.Stats.Read.Start.IsZero() || op.Stats.Read.End.Before(op.Stats.Read.Start) {
		t.Errorf("read %v", op.Stats.Read)
	}
	if left <= 9*time.Second || left > 10*time.Second {
		t.Errorf("%v left to run", left)
	}
}

func TestDeadlineBeforeTheStart(t *testing.T) {
	late := transport.Defaults
	late.Timeout = -1
	res := do(server(late, named), call{body: ok})
	if got := read(t, res); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got, "TRY_LATER") {
		t.Errorf("got %d %s", res.StatusCode, got)
	}
}

// impatient answers nothing, as what waits does when its time is over.
type impatient struct{}

func (impatient) ExtensionName() string                   { return "impatient" }
func (impatient) Validate(graphql.ExecutableSchema) error { return nil }
func (impatient) InterceptResponse(context.Context, graphql.ResponseHandler) *graphql.Response {
	return nil
}

// unkept refuses all keys.
type unkept struct{}

func (unkept) Claim(context.Context, *graphql.OperationContext, string) (transport.Claim, error) {
	return transport.Claim{}, errors.New("no")
}

// What comes between an operation and its answer may have waited until there is no time left: for the answer to one that
// runs, to one that is refused, and to one that is refused for its key.
func TestTimeIsOverBeforeTheAnswer(t *testing.T) {
	over := transport.Defaults
	over.Keys = unkept{}
	srv := server(over, named)
	srv.Use(impatient{})
	for _, body := range []string{ok, `{"query":"{ nothing }"}`, `{"query":"mutation { change }"}`} {
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
		r.Header.Set("Content-Type", plain)
		r.Header.Set("Idempotency-Key", "k")
		w := httptest.NewRecorder()
		srv.ServeHTTP(w, r)
		if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "TRY_LATER") {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
}

func TestRefusalsOfTheLimitsKeepTheirCode(t *testing.T) {
	srv := server(transport.Defaults, named)
	srv.Use(limit.New(limit.Defaults))
	long := `{"query":"{ name` + strings.Repeat(" ", 17<<10) + `}"}`
	for accept, status := range map[string]int{plain: 200, own: 400} {
		res := do(srv, call{accept: accept, body: long})
		if got := read(t, res); res.StatusCode != status || !strings.Contains(got, `"code":"TOO_COMPLEX"`) {
			t.Errorf("%s: %d %s", accept, res.StatusCode, got)
		}
	}
}

// Conflicts are one for each pair of fields: the answer names a few of them.
func TestErrorsAreFew(t *testing.T) {
	var fields strings.Builder
	for i := range 50 {
		fmt.Fprintf(&fields, " find(id: %d)", i)
	}
	srv := server(transport.Defaults, named)
	got := read(t, do(srv, call{body: `{"query":"{` + fields.String() + ` }"}`}))
	if n := strings.Count(got, `"message"`); n != 20 {
		t.Errorf("%d errors: %.300s", n, got)
	}
}

// sink is a ResponseWriter that costs nothing.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(int)             {}

// BenchmarkPOST compares with gqlgen's own transport, an answer of the size of fifty users and their accounts.
func BenchmarkPOST(b *testing.B) {
	row := `{"cursor":"b3BhcXVl","node":{"id":"VXNlcjox","name":"Ann Example","email":"ann@example.com","twoFactorEnabled":true,"lastLoginAt":"2026-01-02T03:04:05.678901Z"}},`
	data := []byte(`{"users":{"edges":[` + strings.TrimSuffix(strings.Repeat(row, 50), ",") + `]}}`)
	body := []byte(`{"operationName":"Q","query":"query Q($first: Int!) { find(id: $first) }` + strings.Repeat(" ", 1000) + `","variables":{"first":50}}`)
	for name, t := range map[string]graphql.Transport{"ours": transport.Defaults, "gqlgen": gqltransport.POST{}} {
		b.Run(name, func(b *testing.B) {
			srv := server(t, func(context.Context) *graphql.Response { return &graphql.Response{Data: data} })
			r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
			r.Header.Set("Content-Type", plain)
			b.ReportAllocs()
			for b.Loop() {
				r.Body = io.NopCloser(bytes.NewReader(body))
				srv.ServeHTTP(&sink{http.Header{}}, r)
			}
		})
	}
}
