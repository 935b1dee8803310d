package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/testscript"

	"roster/internal/dbtest"
)

// TestMain lets tests run `roster` as a program of its own: this binary, under that name. Its frontend is a page of
// one line, so that the tests of commands need no build.
func TestMain(m *testing.M) {
	page := fstest.MapFS{
		"dist/index.html":    {Data: []byte("<!doctype html><title>Roster</title>")},
		"dist/explorer.html": {Data: []byte("<!doctype html><title>API explorer</title>")},
	}
	testscript.Main(m, map[string]func(){
		"roster":      func() { os.Exit(run(context.Background(), page, os.Args[1:])) },
		"roster-bare": func() { os.Exit(run(context.Background(), fstest.MapFS{}, os.Args[1:])) },
	})
}

// The commands, each with what it prints and refuses. A script is in both when both databases matter.
func TestCommandsOnSQLite(t *testing.T) {
	testscript.Run(t, scripts(t, []string{"testdata/script/any", "testdata/script/sqlite"}, func(env *testscript.Env) error {
		env.Setenv("ROSTER_DB", "data/roster.db")
		return nil
	}))
}

func TestCommandsOnPostgreSQL(t *testing.T) {
	testscript.Run(t, scripts(t, []string{"testdata/script/any"}, func(env *testscript.Env) error {
		test, ok := env.T().(testing.TB)
		if !ok {
			return errors.New("testscript hides the test")
		}
		env.Setenv("ROSTER_DB", dbtest.PostgresEmpty(test))
		return nil
	}))
}

func scripts(t *testing.T, folders []string, setup func(*testscript.Env) error) testscript.Params {
	t.Helper()
	samples, err := filepath.Abs("../internal/imports/testdata")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, folder := range folders {
		found, err := filepath.Glob(folder + "/*.txtar")
		if err != nil || len(found) == 0 {
			t.Fatalf("no scripts in %s: %v", folder, err)
		}
		files = append(files, found...)
	}
	return testscript.Params{
		Files: files,
		Setup: func(env *testscript.Env) error {
			env.Setenv("SAMPLES", samples)
			return setup(env)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"refused": refused},
	}
}

// refused PATTERN holds that the command before said why it failed: one line on standard error, and nothing else.
func refused(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: refused PATTERN")
	}
	text := ts.ReadFile("stderr")
	if !regexp.MustCompile(`\Aroster: [^\n\t]*` + args[0] + `[^\n\t]*\n\z`).MatchString(text) {
		ts.Fatalf("not refused in one line with %q: %q", args[0], text)
	}
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("printed all the same: %q", out)
	}
}

// Scripts see whether a command failed, programs how.
func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	for line, want := range map[string]int{
		"--help":                       0,
		"--version":                    0,
		"migrate":                      0,
		"":                             exitNotUnderstood,
		"nonsense":                     exitNotUnderstood,
		"serve --listen":               exitNotUnderstood,
		"serve --drain soon":           exitNotUnderstood,
		"serve --base-url nonsense":    exitFailed,
		"token create --name x":        exitNotUnderstood,
		"import csv nothing-there.csv": exitFailed,
	} {
		cmd := exec.CommandContext(t.Context(), "roster", strings.Fields(line)...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, io.Discard, io.Discard
		err := cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Errorf("roster %s: exit status %d, want %d (%v)", line, got, want, err)
		}
	}
}
