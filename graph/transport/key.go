package transport

import (
	"bytes"
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// The header that a client sends with a mutation that it may have to send again, and the one that says of an answer that
// it was given before (security.md #80).
const (
	keyHeader      = "Idempotency-Key"
	replayedHeader = "Idempotency-Replayed"
)

// longestKey is in characters.
const longestKey = 255

// keyOf is the request's key; empty: it has none.
func keyOf(h http.Header) (string, *refusal) {
	values := h[keyHeader]
	if len(values) == 0 {
		return "", nil
	}
	if len(values) > 1 || values[0] == "" || len(values[0]) > longestKey {
		return "", badKey
	}
	for _, c := range []byte(values[0]) {
		if c < ' ' || c > '~' {
			return "", badKey
		}
	}
	return values[0], nil
}

// Keys keeps what becomes of mutations that come with a key.
type Keys interface {
	// Claim decides what is to become of a mutation: it may run, it was answered before, or, with an error, it is refused.
	Claim(ctx context.Context, op *graphql.OperationContext, key string) (Claim, error)
}

// Claim is a mutation under a key.
type Claim struct {
	// Answered is what was answered before, as JSON; nil: the mutation is to run.
	Answered []byte
	// Context is what it runs in.
	Context context.Context
	// End is called when it ran, with the response, and with all of it as JSON. Both are nil where there is none, or none
	// that would be good for anybody who asks again.
	End func(response *graphql.Response, answer []byte)
}

// once runs a mutation under its key, or answers what was answered before.
func (t POST) once(ctx context.Context, w http.ResponseWriter, media media, exec graphql.GraphExecutor, op *graphql.OperationContext, key string) {
	claim, err := t.Keys.Claim(ctx, op, key)
	if err != nil {
		refused(ctx, w, media, exec, op, gqlerror.List{gqlerror.Wrap(err)})
		return
	}
	if claim.Answered != nil {
		w.Header().Set(replayedHeader, "true")
		send(w, media, http.StatusOK, claim.Answered)
		return
	}
	response := ran(w, exec, op, claim)
	if response == nil {
		tooLate.write(w, media)
		return
	}
	write(w, media, http.StatusOK, response)
}

// ran runs a mutation and ends its claim, also when it panics. It does so before the client hears of it: who comes again
// at once finds the answer.
func ran(w http.ResponseWriter, exec graphql.GraphExecutor, op *graphql.OperationContext, claim Claim) (response *graphql.Response) {
	var kept *graphql.Response
	var answer []byte
	defer func() { claim.End(kept, answer) }()
	responses, ctx := exec.DispatchOperation(claim.Context, op)
	response = responses(ctx)
	// What sets cookies is good for this answer only: with another one it would say what is not so.
	if response != nil && len(w.Header()["Set-Cookie"]) == 0 {
		kept, answer = response, whole(response)
	}
	return response
}

// whole is an answer in one piece; nil where it can't be written.
func whole(r *graphql.Response) []byte {
	head, tail, err := frame(r)
	if err != nil || tail == nil {
		return nil
	}
	return bytes.Join([][]byte{head, r.Data, tail}, nil)
}
