package transport

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// media is the form of the answer. The draft gives the two different rules for the status of request errors.
type media int

const (
	plain media = iota // application/json, also for who accepts everything
	graphqlResponse
)

var contentTypes = [...][]string{
	plain:           {"application/json; charset=utf-8"},
	graphqlResponse: {"application/graphql-response+json; charset=utf-8"},
}

// header is a value for http.Header that all answers share.
func (m media) header() []string { return contentTypes[m][:1:1] }

// admit looks at everything but the body.
func admit(w http.ResponseWriter, r *http.Request) (media, *refusal) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return plain, wrongMethod
	}
	if !isJSON(r.Header["Content-Type"]) || r.Header.Get("Content-Encoding") != "" {
		return plain, wrongType
	}
	m, ok := negotiate(r.Header["Accept"])
	if !ok {
		return plain, notAcceptable
	}
	return m, nil
}

// isJSON takes application/json, in UTF-8 or without a word about it. More than one Content-Type is none.
func isJSON(values []string) bool {
	if len(values) != 1 {
		return false
	}
	if values[0] == "application/json" {
		return true
	}
	kind, params, err := mime.ParseMediaType(values[0])
	if err != nil || kind != "application/json" {
		return false
	}
	charset, ok := params["charset"]
	return !ok || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
}

// negotiate picks the form that the client likes best; of equals, the one that GraphQL has of its own if it was
// named, else application/json, which is also for who names nothing.
func negotiate(accept []string) (media, bool) {
	if len(accept) == 0 || len(accept) == 1 && accept[0] == "" {
		return plain, true
	}
	var best choice
	for _, line := range accept {
		for part := range strings.SplitSeq(line, ",") {
			best.consider(strings.TrimSpace(part))
		}
	}
	switch {
	case best.own > 0 && best.own >= best.json():
		return graphqlResponse, true
	case best.json() > 0:
		return plain, true
	case best.any > 0 && best.own == 0: // everything but application/json
		return graphqlResponse, true
	}
	return plain, false
}

// choice holds the weights that were named, from 0 to 1; zero when a form was not, and negative when it was refused.
type choice struct{ own, plain, any float64 }

func (c *choice) consider(part string) {
	switch part { // what nearly everybody sends
	case "application/json":
		c.plain = max(c.plain, 1)
		return
	case "*/*":
		c.any = max(c.any, 1)
		return
	}
	kind, params, err := mime.ParseMediaType(part)
	if err != nil {
		return
	}
	weight := quality(params["q"])
	switch kind {
	case "application/graphql-response+json":
		c.own = weight
	case "application/json":
		c.plain = weight
	case "application/*", "*/*":
		c.any = max(c.any, weight)
	}
}

// json is the weight of application/json: its own where it was named, else that of the wildcards.
func (c choice) json() float64 {
	if c.plain != 0 {
		return c.plain
	}
	return c.any
}

func quality(q string) float64 {
	if q == "" {
		return 1
	}
	v, err := strconv.ParseFloat(q, 64)
	if err != nil || v < 0 || v > 1 {
		return 1
	}
	if v == 0 {
		return -1
	}
	return v
}
