package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"roster/internal/db"
	"roster/internal/dbtest"
)

// place is where programs of one test keep their data.
type place struct{ db, key string }

func each(t *testing.T, test func(t *testing.T, at place)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, onSQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, place{db: dbtest.PostgresEmpty(t), key: filepath.Join(t.TempDir(), "roster.key")})
	})
}

func onSQLite(t *testing.T) place {
	t.Helper()
	dir := t.TempDir()
	return place{db: filepath.Join(dir, "roster.db"), key: filepath.Join(dir, "roster.key")}
}

// command is `roster` with these arguments.
func (at place) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "roster", args...)
	cmd.Env = append(os.Environ(), "ROSTER_DB="+at.db, "ROSTER_KEY_FILE="+at.key)
	return cmd
}

func (at place) must(t *testing.T, args ...string) {
	t.Helper()
	if text, err := at.command(t, args...).CombinedOutput(); err != nil {
		t.Fatalf("roster %s: %v\n%s", strings.Join(args, " "), err, text)
	}
}

// program is `roster serve`, running.
type program struct {
	t   *testing.T
	cmd *exec.Cmd
	// printed and logged are the lines of its two outputs.
	printed, logged chan string
	done            chan error
	// url is where it listens, once it does.
	url string
}

// start begins to serve on a free port.
func (at place) start(t *testing.T, args ...string) *program {
	t.Helper()
	p := &program{
		t: t, printed: make(chan string, 1000), logged: make(chan string, 1000), done: make(chan error, 1),
		cmd: at.command(t, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...),
	}
	stdout, outErr := p.cmd.StdoutPipe()
	stderr, errErr := p.cmd.StderrPipe()
	if err := errors.Join(outErr, errErr, p.cmd.Start()); err != nil {
		t.Fatal(err)
	}
	var reading sync.WaitGroup
	reading.Go(func() { lines(stdout, p.printed) })
	reading.Go(func() { lines(stderr, p.logged) })
	go func() {
		reading.Wait()
		p.done <- p.cmd.Wait()
	}()
	return p
}

func lines(from io.Reader, to chan<- string) {
	for text := bufio.NewScanner(from); text.Scan(); {
		to <- text.Text()
	}
	close(to)
}

// find is the next line with this text.
func (p *program) find(in <-chan string, text string) string {
	p.t.Helper()
	var all []string
	for line := range in {
		if strings.Contains(line, text) {
			return line
		}
		all = append(all, line)
	}
	p.t.Fatalf("%q did not come: %s", text, strings.Join(all, "\n"))
	return ""
}

// serve starts, and waits until requests are answered.
func (at place) serve(t *testing.T, args ...string) *program {
	t.Helper()
	p := at.start(t, args...)
	p.serving()
	return p
}

func (p *program) serving() {
	p.t.Helper()
	var entry struct{ Address string }
	if err := json.Unmarshal([]byte(p.find(p.logged, `"serving"`)), &entry); err != nil {
		p.t.Fatal(err)
	}
	p.url = "http://" + entry.Address
}

func (p *program) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// end waits for the program to end, which it must in order.
func (p *program) end() {
	p.t.Helper()
	if err := <-p.done; err != nil {
		p.t.Errorf("it ended with %v", err)
	}
}

func (p *program) stop() {
	p.t.Helper()
	p.signal(os.Interrupt)
	p.end()
}

// get returns the status and the body; 0 when nobody answers.
func (p *program) get(path string) (int, string) {
	p.t.Helper()
	response, err := http.Get(p.url + path) //nolint:noctx // the program dies with the test
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// ask runs one operation of the API and returns the answer as text.
func (p *program) ask(query string, variables map[string]any) string {
	p.t.Helper()
	response := p.post(map[string]any{"query": query, "variables": variables})
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(answer)
}

func (p *program) post(operation map[string]any) *http.Response {
	p.t.Helper()
	body, err := json.Marshal(operation)
	if err != nil {
		p.t.Fatal(err)
	}
	response, err := http.Post(p.url+"/graphql", "application/json", bytes.NewReader(body)) //nolint:noctx // as above
	if err != nil {
		p.t.Fatal(err)
	}
	return response
}

const setUpMutation = `mutation($t: String!, $p: String!) { setUp(input: {token: $t, firstName: "Ann", lastName: "", email: "ann@roster.example", password: $p}) {
	user { email } userErrors { field code } } }`

// The first start prints a link that makes the administrator, once; a later one finds her and prints none.
func TestFirstStart(t *testing.T) {
	each(t, func(t *testing.T, at place) {
		first := at.serve(t, "--base-url", "https://users.example.com")
		link := first.find(first.printed, "/set-up#")
		if !strings.HasPrefix(link, "    https://users.example.com/set-up#") {
			t.Errorf("the link: %q", link)
		}
		first.stop()

		second := at.serve(t)
		_, replaced, _ := strings.Cut(link, "#")
		_, token, _ := strings.Cut(second.find(second.printed, "/set-up#"), "#")
		if status, page := second.get("/set-up"); status != http.StatusOK || !strings.Contains(page, "<title>Roster") {
			t.Errorf("the page of the link: %d %s", status, page)
		}
		for _, try := range []struct{ token, want string }{
			{replaced, `"code":"EXPIRED"`},
			{token, `"email":"ann@roster.example"`},
			{token, `"code":"EXPIRED"`},
		} {
			if answer := second.ask(setUpMutation, map[string]any{"t": try.token, "p": password}); !strings.Contains(answer, try.want) {
				t.Errorf("%s, want %s", answer, try.want)
			}
		}
		// Staff must have a second factor on a new database (security.md #90).
		if answer := second.ask(signInMutation, map[string]any{"e": "ann@roster.example", "p": password}); !strings.Contains(answer, `"__typename":"EnrolmentNeeded"`) {
			t.Errorf("signing in: %s", answer)
		}
		second.stop()

		third := at.serve(t)
		third.stop()
		for line := range third.printed {
			if strings.Contains(line, "set-up") {
				t.Errorf("the third start prints %q", line)
			}
		}
	})
}

// security.md #85: not ready at once, answering until load balancers have noticed, then out with exit code 0.
func TestTermination(t *testing.T) {
	p := onSQLite(t).serve(t, "--drain", "1s")
	for path, want := range map[string]string{"/livez": "alive\n", "/readyz": "ready\n"} {
		if status, text := p.get(path); status != http.StatusOK || text != want {
			t.Errorf("%s: %d %q", path, status, text)
		}
	}
	p.signal(syscall.SIGTERM)
	for begun := time.Now(); ; {
		status, text := p.get("/readyz")
		if status == http.StatusServiceUnavailable && text == "stopping\n" {
			break
		}
		if status != http.StatusOK || time.Since(begun) > time.Second {
			t.Fatalf("after SIGTERM: %d %q", status, text)
		}
	}
	if status, _ := p.get("/livez"); status != http.StatusOK {
		t.Errorf("while it drains: %d", status)
	}
	p.end()
	if status, text := p.get("/livez"); status != 0 {
		t.Errorf("after the end: %d %s", status, text)
	}
}

// One server at a time has a SQLite file (security.md #78): the next one waits for it, and gives up.
func TestSecondServer(t *testing.T) {
	t.Parallel()
	at := onSQLite(t)
	first := at.serve(t)
	refused := at.start(t)
	refused.find(refused.logged, "waiting for it to stop")
	refused.find(refused.logged, "roster: "+at.db+": the database is in use by another roster process")
	if err := <-refused.done; err == nil || refused.cmd.ProcessState.ExitCode() != exitFailed {
		t.Errorf("it ended with %v", err)
	}
	// Commands that run once may come beside a server; a migration may not.
	at.must(t, "token", "create", "--role", "Auditor", "--name", "beside")
	if text, err := at.command(t, "migrate").CombinedOutput(); err == nil || !strings.Contains(string(text), "in use by another") {
		t.Errorf("migrating beside a server: %v, %s", err, text)
	}

	heir := at.start(t)
	heir.find(heir.logged, "waiting for it to stop")
	first.stop()
	heir.serving()
	heir.stop()
}

func TestPortInUse(t *testing.T) {
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	text, err := onSQLite(t).command(t, "serve", "--listen", taken.Addr().String()).CombinedOutput()
	if want := "roster: --listen: another program uses " + taken.Addr().String() + "\n"; err == nil || !strings.HasSuffix(string(text), want) {
		t.Errorf("%v, %s", err, text)
	}
}

// Who was imported signs in with the old password, whose hash is replaced by that.
func TestImportedSignIn(t *testing.T) {
	each(t, func(t *testing.T, at place) {
		at.must(t, "import", "csv", "../internal/imports/testdata/customers.csv")
		p := at.serve(t)
		for _, try := range []struct{ password, want string }{
			{"correct horse battery 0004", `"userErrors":[{`},
			{"correct horse battery 0003", `"kind":"USER"`},
			{"correct horse battery 0003", `"kind":"USER"`},
		} {
			if answer := p.ask(signInMutation, map[string]any{"e": "user0003@post.example", "p": try.password}); !strings.Contains(answer, try.want) {
				t.Errorf("%q: %s", try.password, answer)
			}
		}
		p.stop()
		d := dbtest.Open(t, at.db)
		for _, one := range []struct {
			address string
			wrapped bool
		}{{"user0003@post.example", false}, {"user0004@work.example", true}} {
			if got := wrapped(t, d, one.address); got != one.wrapped {
				t.Errorf("%s: the hash is a wrapped one: %t", one.address, got)
			}
		}
	})
}

func wrapped(t *testing.T, d *db.DB, address string) (is bool) {
	t.Helper()
	err := d.Reader().QueryRowContext(t.Context(),
		"SELECT wrapped FROM passwords JOIN users ON users.id = passwords.user_id WHERE email_key = $1", address).Scan(&is)
	if err != nil {
		t.Fatal(err)
	}
	return is
}
