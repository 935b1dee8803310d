package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"
)

// instance is a running server over a filled database.
type instance struct {
	*store
	server  *process
	targets map[string]target
	started time.Duration // from exec to the first answer: the median of a few starts
	idle    float64       // MB resident, before any request
}

const starts = 5

// run starts the server a few times and leaves it running.
func (s *store) run(ctx context.Context) (*instance, error) {
	if err := s.makeAdministrator(ctx); err != nil {
		return nil, err
	}
	i := &instance{store: s}
	var took []time.Duration
	for range starts {
		if i.server != nil {
			i.stop()
		}
		var err error
		if i.server, err = start(ctx, s.log(), binary, append([]string{"serve", "--base-url", "http://localhost", "--drain", "0s"}, s.flags...)...); err != nil {
			return nil, err
		}
		took = append(took, i.server.started)
	}
	slices.Sort(took)
	i.started = took[len(took)/2]
	if err := i.look(ctx); err != nil {
		i.stop()
		return nil, err
	}
	return i, nil
}

func (i *instance) look(ctx context.Context) (err error) {
	if err = i.server.rest(ctx); err != nil {
		return err
	}
	if i.idle, err = resident(i.server.pid); err != nil {
		return err
	}
	i.targets, err = i.makeTargets(ctx)
	return err
}

func (i *instance) stop() { _ = i.server.stop() }

// processes are all that take part in answering.
func (i *instance) processes() meter { return append(meter{i.server.pid}, i.database...) }

// bare starts the handler that does nothing but what has to be done, and returns the list as it answers it: with the
// same rows as Roster, or there is nothing to compare.
func (i *instance) bare(ctx context.Context) (*process, target, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, target{}, fmt.Errorf("finding this program: %w", err)
	}
	handler, err := start(ctx, i.log(), self, append([]string{"bare"}, i.flags...)...)
	if err != nil {
		return nil, target{}, err
	}
	t := i.targets[list]
	t.name, t.url, t.processes = "bare", handler.url+"/list", append(meter{handler.pid}, i.database...)
	if err := same(ctx, i.targets[list], t); err != nil {
		return nil, target{}, errors.Join(err, handler.stop())
	}
	return handler, t, nil
}

// same compares two answers as JSON, in which the order of members means nothing.
func same(ctx context.Context, a, b target) error {
	var read [2]any
	for n, t := range []target{a, b} {
		t.check = func(body []byte) error { return json.Unmarshal(body, &read[n]) }
		if _, err := call(ctx, http.DefaultClient, t); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	if !reflect.DeepEqual(read[0], read[1]) {
		return fmt.Errorf("%s and %s answer differently:\n%.300v\n%.300v", a.name, b.name, read[0], read[1])
	}
	return nil
}

const signInMutation = `mutation($e: String!, $p: String!) { signIn(input: {email: $e, password: $p}) { outcome { __typename } userErrors { code } } }`

func signInBody(email, password string) []byte {
	return encode(signInMutation, map[string]any{"e": email, "p": password})
}

// signIn returns the cookie of a session of the administrator.
func (i *instance) signIn(ctx context.Context) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, i.server.url+"/graphql", strings.NewReader(string(signInBody(administrator, password))))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("signing in: %w", err)
	}
	defer res.Body.Close()
	for _, c := range res.Cookies() {
		if c.Name == "__Host-roster" {
			return c.Value, nil
		}
	}
	answer, _ := io.ReadAll(res.Body)
	return "", fmt.Errorf("signing in: no session: %s", answer)
}
