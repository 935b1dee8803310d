// Package attacks holds what the API must refuse, and cheaply: one corpus of hostile requests over HTTP, each with the
// status and the code that it is to be answered with. The tests of server hold a running program to the answers, and
// `npm run bench -- -only attacks` weighs what they cost it. Nothing here is part of the product.
package attacks

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// The two forms of an answer (security.md #65).
const (
	Plain = "application/json"
	Own   = "application/graphql-response+json"
)

// Attack is one hostile request. Most are refused; those that ask for no more than anybody may are answered, and must be
// cheap all the same.
type Attack struct {
	Name string
	// Status is that of the answer, OwnStatus that of the answer as application/graphql-response+json.
	Status, OwnStatus int
	// Code is that of the first error; "": there is none, or the answer is not the API's. SignedOut is the code for who
	// sends neither session nor token.
	Code, SignedOut string
	// Slow attacks are answered when the server has waited for long enough.
	Slow bool

	build func(n int) request
}

// request is what goes over the wire; what is not said is that of every request to the API.
type request struct {
	method, path string
	header       http.Header
	body         io.Reader
	// length is that of the body; -1: it is sent in chunks, and the server can't know.
	length int64
	// stalls says that nothing follows the body, though more was promised.
	stalls bool
	// raw is written as it is, in place of all the above.
	raw string
}

// Answer is what came back.
type Answer struct {
	// Status is 0 when the server closed the connection without a word.
	Status int
	// Code is that of the first error.
	Code   string
	Header http.Header
	Body   []byte
}

// Send makes the attack over a connection of its own, which lets it write what no client would. sender is the header that
// says who attacks, media the form in which an answer is taken. The texts of no two n are alike: what the server has
// weighed before costs it nothing again.
func (a Attack) Send(ctx context.Context, server string, sender http.Header, media string, n int) (*Answer, error) {
	to, err := url.Parse(server)
	if err != nil {
		return nil, fmt.Errorf("reading the address: %w", err)
	}
	content := a.build(n) // before there is a connection: while it is made, the server would wait
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", to.Host)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	stalled, resume := context.WithCancel(ctx)
	var writing sync.WaitGroup
	defer writing.Wait()
	defer conn.Close()
	defer resume()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	// The server may have answered, and hung up, before it has read all: that the rest does not get through is no fault.
	writing.Go(func() { _ = content.write(stalled, conn, to, sender, media) })
	return read(conn)
}

func (r request) write(ctx context.Context, w io.Writer, to *url.URL, sender http.Header, media string) error {
	if r.raw != "" {
		_, err := io.WriteString(w, r.raw)
		return err
	}
	body := r.body
	if r.stalls {
		body = io.MultiReader(body, silence{ctx})
	}
	out, err := http.NewRequestWithContext(ctx, r.method, to.String()+r.path, body)
	if err != nil {
		return err
	}
	out.ContentLength = r.length
	out.Header.Set("Accept", media)
	out.Header.Set("Content-Type", Plain)
	for _, h := range []http.Header{sender, r.header} {
		for name, values := range h {
			out.Header[name] = values
		}
	}
	return out.Write(w)
}

// silence has nothing to say until the context ends.
type silence struct{ ctx context.Context }

func (s silence) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

func read(conn io.Reader) (*Answer, error) {
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &Answer{}, nil
	} else if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	defer response.Body.Close()
	a := &Answer{Status: response.StatusCode, Header: response.Header}
	if a.Body, err = io.ReadAll(response.Body); err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if !strings.Contains(response.Header.Get("Content-Type"), "json") {
		return a, nil
	}
	var said struct {
		Errors []struct{ Extensions struct{ Code string } }
	}
	if err := json.Unmarshal(a.Body, &said); err != nil {
		return nil, fmt.Errorf("the answer is no JSON: %w: %.300s", err, a.Body)
	}
	if len(said.Errors) > 0 {
		a.Code = said.Errors[0].Extensions.Code
	}
	return a, nil
}
