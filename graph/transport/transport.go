// Package transport is the HTTP side of the API: POST with application/json and nothing else (security.md #51), read
// strictly and without ever repeating what was sent (#64), answered as the GraphQL over HTTP draft says (#65).
package transport

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/internal/fault"
)

// POST takes one operation per request. It stands in for all of gqlgen's own HTTP transports: methods, media types
// and forms that it does not know are refused here, not passed on. Another transport must be added before it.
type POST struct {
	// BodyBytes is the largest body, and Depth how deep its JSON may nest.
	BodyBytes int64
	Depth     int
	// Timeout is how long an operation may run; it reaches the SQL through the context (#63).
	Timeout time.Duration
	// Keys keeps what becomes of mutations that come with an Idempotency-Key (#80). Nil: the header says nothing.
	Keys Keys
}

// Defaults are the limits of security.md #56 and #63.
var Defaults = POST{BodyBytes: 256 << 10, Depth: 32, Timeout: 10 * time.Second}

var _ graphql.Transport = POST{}

// Supports is true for all requests, so that each refusal has its proper status.
func (POST) Supports(*http.Request) bool { return true }

// Do answers one request.
func (t POST) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	media, no := admit(w, r)
	if no != nil {
		no.write(w, plain)
		return
	}
	// Set early: whoever answers a panic further down answers in the same form.
	w.Header()["Content-Type"] = media.header()
	start := graphql.Now()
	key, no := keyOf(r.Header)
	if no != nil {
		no.write(w, media)
		return
	}
	params, no := t.read(w, r)
	if no != nil {
		no.write(w, media)
		return
	}
	params.Headers = r.Header
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}

	ctx, cancel := context.WithTimeout(r.Context(), t.Timeout)
	defer cancel()
	t.run(ctx, w, media, exec, params, key)
}

// MostErrors is how many faults of one query an answer names: there may be as many as pairs of fields in it.
const MostErrors = 20

func (t POST) run(ctx context.Context, w http.ResponseWriter, media media, exec graphql.GraphExecutor, params *graphql.RawParams, key string) {
	op, errs := exec.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		errs = errs[:min(len(errs), MostErrors)]
		discreet(errs)
		refused(ctx, w, media, exec, op, errs)
		return
	}
	if key != "" && t.Keys != nil && op.Operation.Operation == ast.Mutation {
		t.once(ctx, w, media, exec, op, key)
		return
	}
	responses, ctx := exec.DispatchOperation(ctx, op)
	if response := responses(ctx); response != nil {
		write(w, media, http.StatusOK, response)
		return
	}
	// The executor answers nothing when the context ended before it began.
	tooLate.write(w, media)
}

// refused answers an operation that does not run.
func refused(ctx context.Context, w http.ResponseWriter, media media, exec graphql.GraphExecutor, op *graphql.OperationContext, errs gqlerror.List) {
	response := exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
	if response == nil { // what comes between errors and answers may have waited for too long
		tooLate.write(w, media)
		return
	}
	write(w, media, unrun(w.Header(), media, response.Errors), response)
}

// bodies are for reading requests; nothing in an operation refers to them afterwards.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// keep is the largest buffer that is kept for another request, in bytes.
const keep = 32 << 10

func (t POST) read(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, *refusal) {
	if r.ContentLength > t.BodyBytes {
		return nil, tooLarge
	}
	body := bodies.Get().(*bytes.Buffer)
	defer func() {
		if body.Cap() <= keep {
			body.Reset()
			bodies.Put(body)
		}
	}()
	if _, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, t.BodyBytes)); err != nil {
		if over := (*http.MaxBytesError)(nil); errors.As(err, &over) {
			return nil, tooLarge
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil, tooSlow
		}
		return nil, unreadable
	}
	return decode(body.Bytes(), t.Depth)
}

// decode reads the four members that the draft names, and ignores others.
func decode(body []byte, depth int) (*graphql.RawParams, *refusal) {
	value, err := parse(body, depth)
	if err != nil {
		return nil, err
	}
	members, ok := value.(map[string]any)
	if !ok {
		return nil, notAnObject
	}
	p := &graphql.RawParams{}
	if p.Query, ok = members["query"].(string); !ok {
		return nil, noQuery
	}
	if v := members["operationName"]; v != nil {
		if p.OperationName, ok = v.(string); !ok {
			return nil, badName
		}
	}
	if v := members["variables"]; v != nil {
		if p.Variables, ok = v.(map[string]any); !ok {
			return nil, badVariables
		}
	}
	if v := members["extensions"]; v != nil {
		if p.Extensions, ok = v.(map[string]any); !ok {
			return nil, badExtensions
		}
	}
	return p, nil
}

// refusal is an answer of fixed text, given before there is an operation.
type refusal struct {
	status  int
	code    fault.Code
	message string
}

var (
	wrongMethod   = &refusal{http.StatusMethodNotAllowed, fault.Invalid, "Use POST."}
	wrongType     = &refusal{http.StatusUnsupportedMediaType, fault.Invalid, "Send application/json in UTF-8."}
	notAcceptable = &refusal{http.StatusNotAcceptable, fault.Invalid, "Answers are application/graphql-response+json or application/json."}
	tooLarge      = &refusal{http.StatusRequestEntityTooLarge, fault.TooComplex, "The body is too large."}
	tooSlow       = &refusal{http.StatusRequestTimeout, fault.TryLater, "The body did not come in time."}
	unreadable    = &refusal{http.StatusBadRequest, fault.Invalid, "The body could not be read."}
	broken        = &refusal{http.StatusBadRequest, fault.Invalid, "The body is not valid JSON."}
	tooDeep       = &refusal{http.StatusBadRequest, fault.TooComplex, "The body's JSON is nested too deep."}
	duplicate     = &refusal{http.StatusBadRequest, fault.Invalid, "An object in the body has the same member twice."}
	notAnObject   = &refusal{http.StatusBadRequest, fault.Invalid, "The body must be one JSON object; batches are not taken."}
	noQuery       = &refusal{http.StatusBadRequest, fault.Invalid, "The member query must be a string."}
	badName       = &refusal{http.StatusBadRequest, fault.Invalid, "The member operationName must be a string or null."}
	badVariables  = &refusal{http.StatusBadRequest, fault.Invalid, "The member variables must be an object or null."}
	badExtensions = &refusal{http.StatusBadRequest, fault.Invalid, "The member extensions must be an object or null."}
	badKey        = &refusal{http.StatusBadRequest, fault.Invalid, "The Idempotency-Key must be there once, and have 1 to 255 characters that can be printed in ASCII."}
	tooLate       = &refusal{http.StatusServiceUnavailable, fault.TryLater, "This took too long."}
)

func (r *refusal) write(w http.ResponseWriter, media media) {
	write(w, media, r.status, &graphql.Response{Errors: gqlerror.List{{
		Message: r.message, Extensions: map[string]any{"code": r.code},
	}}})
}
