package transport

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
)

// internal stands in for an answer that cannot be written.
const internal = `{"errors":[{"message":"Internal error.","extensions":{"code":"INTERNAL"}}]}`

// write sends an answer. Data was made as JSON by the executor and is passed on as it is: to marshal it once more, as
// a json.RawMessage, would check and copy all of it. It is left out where the operation did not run.
func write(w http.ResponseWriter, m media, status int, r *graphql.Response) {
	head, tail, err := frame(r)
	if err != nil {
		slog.Error("writing an answer failed", "err", err)
		head, tail, status = []byte(internal), nil, http.StatusInternalServerError
	}
	data := []byte(r.Data)
	if tail == nil {
		data = nil
	}
	send(w, m, status, head, data, tail)
}

// send sends an answer that is JSON already, in parts.
func send(w http.ResponseWriter, m media, status int, parts ...[]byte) {
	length := 0
	for _, part := range parts {
		length += len(part)
	}
	h := w.Header()
	h["Content-Type"] = m.header()
	h["Content-Length"] = []string{strconv.Itoa(length)}
	w.WriteHeader(status)
	for _, part := range parts {
		if len(part) == 0 {
			continue
		}
		if _, err := w.Write(part); err != nil {
			return // the client is gone
		}
	}
}

var (
	onlyData = []byte(`{"data":`)
	end      = []byte(`}`)
)

// frame makes what stands before and after the data; tail is nil when there is no data.
func frame(r *graphql.Response) (head, tail []byte, err error) {
	if len(r.Errors) == 0 && len(r.Extensions) == 0 && r.Data != nil {
		return onlyData, end, nil
	}
	out := []byte(`{`)
	member := func(name string, value any) {
		if err != nil {
			return
		}
		var b []byte
		if b, err = json.Marshal(value); err == nil {
			out = append(append(append(append(out, '"'), name...), `":`...), b...)
			out = append(out, ',')
		}
	}
	if len(r.Errors) > 0 {
		member("errors", r.Errors)
	}
	if len(r.Extensions) > 0 {
		member("extensions", r.Extensions)
	}
	if r.Data != nil {
		return append(out, `"data":`...), end, err
	}
	if len(out) > 1 {
		out = out[:len(out)-1]
	}
	return append(out, '}'), nil, err
}
