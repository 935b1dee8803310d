package main

import (
	"bytes"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"roster/internal/attacks"
)

// besieged is a server that is under attack, and who attacks it: the header that each sends.
type besieged struct {
	*program
	senders map[string]http.Header
}

func besiege(t *testing.T) besieged {
	t.Helper()
	at := onSQLite(t)
	at.must(t, "demo", "--users", "20", "--accounts", "5", "--seed", "1")
	secret := strings.TrimSpace(at.printed(t, at.command(t, "token", "create", "--role", "Full Administrator", "--name", "Attacker")))
	admin := at.command(t, "admin", "create", "--email", "ada@roster.example", "--first-name", "Ada")
	admin.Stdin = strings.NewReader(password + "\n")
	at.printed(t, admin)
	p := at.serve(t)
	return besieged{p, map[string]http.Header{
		"nobody":  {},
		"session": {"Cookie": {p.session("ada@roster.example")}},
		"token":   {"Authorization": {"Bearer " + secret}},
	}}
}

// printed is what a command printed, which must have worked.
func (place) printed(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var failed bytes.Buffer
	cmd.Stderr = &failed
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", cmd, err, &failed)
	}
	return string(out)
}

// session signs in, and returns the cookie.
func (p *program) session(email string) string {
	p.t.Helper()
	response := p.post(map[string]any{"query": signInMutation, "variables": map[string]any{"e": email, "p": password}})
	defer response.Body.Close()
	for _, c := range response.Cookies() {
		if c.Name == "__Host-roster" {
			return c.Name + "=" + c.Value
		}
	}
	p.t.Fatalf("%s has no session", email)
	return ""
}

// Each attack of the corpus is answered with its status and its code, in both forms (security.md #65), whoever makes it;
// and after each the server goes on. What they cost, `npm run bench -- -only attacks` prints.
func TestAttacks(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	n := 0
	for _, a := range attacks.Corpus {
		if a.Slow {
			continue
		}
		t.Run(a.Name, func(t *testing.T) {
			for who, sender := range b.senders {
				for media, status := range map[string]int{attacks.Plain: a.Status, attacks.Own: a.OwnStatus} {
					n++
					b.attack(t, a, who, sender, media, status, n)
				}
			}
			if answer := b.ask(`{ viewer { kind } }`, nil); answer != `{"data":{"viewer":{"kind":"ANONYMOUS"}}}` {
				t.Errorf("after it: %s", answer)
			}
		})
	}
	b.stop()
}

func (b besieged) attack(t *testing.T, a attacks.Attack, who string, sender http.Header, media string, status, n int) {
	t.Helper()
	code := a.Code
	if who == "nobody" && a.SignedOut != "" {
		code = a.SignedOut
		if a.Code == "" && media == attacks.Own { // what would be answered is refused
			status = http.StatusBadRequest
		}
	}
	got, err := a.Send(t.Context(), b.url, sender, media, n)
	if err != nil {
		t.Fatalf("%s, %s: %v", who, media, err)
	}
	if got.Status != status || got.Code != code {
		t.Errorf("%s, %s: %d %q, want %d %q: %.300s", who, media, got.Status, got.Code, status, code, got.Body)
	}
	if code != "" && status != http.StatusOK && bytes.Contains(got.Body, []byte(`"data"`)) {
		t.Errorf("%s, %s: a refusal has data: %.300s", who, media, got.Body)
	}
	if (status == http.StatusMethodNotAllowed) != (got.Header.Get("Allow") != "") {
		t.Errorf("%s, %s: status %d with Allow %q", who, media, status, got.Header.Get("Allow"))
	}
	if len(got.Body) > 64<<10 && code != "" {
		t.Errorf("%s, %s: a refusal of %d bytes", who, media, len(got.Body))
	}
}

// security.md #56: who keeps the server waiting is answered, or hung up on, when the time for reading is over. It waits as
// long as the server does, beside TestSecondServer, which waits nearly as long.
func TestSlowAttacks(t *testing.T) {
	t.Parallel()
	b := besieged{program: onSQLite(t).serve(t)}
	for _, a := range attacks.Corpus {
		if !a.Slow {
			continue
		}
		for media, status := range map[string]int{attacks.Plain: a.Status, attacks.Own: a.OwnStatus} {
			t.Run(a.Name+", "+media, func(t *testing.T) {
				t.Parallel()
				b.attack(t, a, "nobody", nil, media, status, 0)
			})
		}
	}
}
