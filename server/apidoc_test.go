package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"roster/graph/limit"
	"roster/graph/transport"
	"roster/internal/idempotency"
)

// block is a fenced part of a document: what kind it is of, and what it says.
type block struct{ kind, text string }

func blocksOf(t *testing.T, document string) (blocks []block) {
	t.Helper()
	for _, found := range regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$").FindAllStringSubmatch(readDocs(t, document), -1) {
		blocks = append(blocks, block{found[1], found[2]})
	}
	return blocks
}

func readDocs(t *testing.T, document string) string {
	t.Helper()
	content, err := os.ReadFile("../docs/" + document)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// Each command of docs/api.md runs, in one shell, against a server with sample data, and is answered as it says there.
func TestAPIDocRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := place{db: filepath.Join(dir, "data", "roster.db"), key: filepath.Join(dir, "data", "roster.key")}
	if err := os.Mkdir(filepath.Dir(at.db), 0o700); err != nil {
		t.Fatal(err)
	}
	at.must(t, "demo", "--users", "60", "--accounts", "20", "--seed", "1")
	p := at.serve(t)
	blocks := blocksOf(t, "api.md")
	answers := shell(t, dir, blocks, p.url)
	for i, b := range blocks {
		switch {
		case b.kind == "sh":
			if i+1 == len(blocks) || blocks[i+1].kind != "json" {
				t.Errorf("what is the answer to %s", b.text)
			}
		case b.kind != "json" || i == 0 || blocks[i-1].kind != "sh":
			t.Errorf("neither a command nor its answer: %s", b.text)
		default:
			compare(t, blocks[i-1].text, answers[i-1], b.text)
		}
	}
	p.stop()
}

// shell runs all commands, and returns what each printed.
func shell(t *testing.T, dir string, blocks []block, url string) map[int]string {
	t.Helper()
	roster, err := exec.LookPath("roster")
	if err == nil {
		err = os.Mkdir(filepath.Join(dir, "bin"), 0o700)
	}
	if err == nil {
		err = os.Symlink(roster, filepath.Join(dir, "bin", "roster"))
	}
	if err != nil {
		t.Fatal(err)
	}
	script := "set -eu\n"
	for i, b := range blocks {
		if b.kind == "sh" {
			script += fmt.Sprintf("{\n%s\n} >printed-%d\n", strings.ReplaceAll(b.text, "http://localhost:8080", url), i)
		}
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script) //nolint:gosec // our own document
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	answers := map[int]string{}
	for i, b := range blocks {
		if b.kind != "sh" {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, "printed-"+strconv.Itoa(i)))
		if err != nil {
			t.Fatal(err)
		}
		answers[i] = string(content)
	}
	return answers
}

func compare(t *testing.T, command, answer, documented string) {
	t.Helper()
	var got, want any
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		t.Errorf("%s printed %s: %v", command, answer, err)
		return
	}
	if err := json.Unmarshal([]byte(documented), &want); err != nil {
		t.Errorf("not JSON: %v: %s", err, documented)
		return
	}
	if !alike(got, want) {
		var compact bytes.Buffer
		_ = json.Compact(&compact, []byte(documented)) // it was read before
		t.Errorf("%sprinted\n%s\nand not\n%s", command, answer, &compact)
	}
}

// alike compares an answer with one in which "…" stands for any single value.
func alike(got, want any) bool {
	switch want := want.(type) {
	case string:
		_, list := got.([]any)
		_, object := got.(map[string]any)
		return got == want || want == "…" && got != nil && !list && !object
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return false
		}
		for i := range want {
			if !alike(list[i], want[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok || len(object) != len(want) {
			return false
		}
		for name := range want {
			if !alike(object[name], want[name]) {
				return false
			}
		}
		return true
	}
	return got == want
}

// What it says of limits and codes is what the program has.
func TestAPIDocNamesLimitsAndCodes(t *testing.T) {
	text, l := readDocs(t, "api.md"), limit.Defaults
	for _, said := range []string{
		fmt.Sprintf("| body | %d KiB of JSON, %d levels deep |", transport.Defaults.BodyBytes>>10, transport.Defaults.Depth),
		fmt.Sprintf("| query | %d KiB, 1,%03d tokens, %d levels of fields |", l.QueryBytes>>10, l.Tokens-1000, l.Depth),
		fmt.Sprintf("| a name in the query | %d letters |", l.NameBytes),
		fmt.Sprintf("| a value in the query | lists and objects %d levels deep;", l.ValueDepth),
		fmt.Sprintf("| %d operations, %d fields at the root, %d aliases, %d directives, %d fragments |", l.Operations, l.RootFields, l.Aliases, l.Directives, l.Fragments),
		fmt.Sprintf("| inline fragments | %d in the query |", l.InlineFragments),
		fmt.Sprintf("| fields of one name in one place | %d,%03d pairs ", l.Comparisons/1000, l.Comparisons%1000),
		fmt.Sprintf("| the schema | %d,%03d fields ", l.Introspection/1000, l.Introspection%1000),
		fmt.Sprintf("| a page | %d rows |", l.PageSize),
		fmt.Sprintf("| a list in the input | %d items |", l.ListItems),
		fmt.Sprintf("| variables | %d KiB |", l.VariableBytes>>10),
		fmt.Sprintf("answers of more than %d KiB", idempotency.Longest>>10),
		fmt.Sprintf("| cost | %d,000 objects: ", l.Cost/1000),
		fmt.Sprintf("| time | %.0f seconds |", transport.Defaults.Timeout.Seconds()),
	} {
		if !strings.Contains(text, said) {
			t.Errorf("it does not say %q", said)
		}
	}
	enum := regexp.MustCompile(`(?s)enum UserErrorCode \{(.*?)\n\}`).FindStringSubmatch(readDocs(t, "schema.graphql"))
	if enum == nil {
		t.Fatal("the schema has no UserErrorCode")
	}
	codes := regexp.MustCompile(`(?m)^  ([A-Z_]+)$`).FindAllStringSubmatch(enum[1], -1)
	if len(codes) < 11 {
		t.Errorf("only %d codes: %s", len(codes), enum[1])
	}
	for _, code := range codes {
		if !regexp.MustCompile(`\b` + code[1] + `\b`).MatchString(text) {
			t.Errorf("it does not name %s", code[1])
		}
	}
	faults, err := os.ReadFile("../internal/fault/fault.go")
	if err != nil {
		t.Fatal(err)
	}
	whole, _, _ := strings.Cut(string(faults), "// Refusals of one field.")
	for _, code := range regexp.MustCompile(`Code = "([A-Z_]+)"`).FindAllStringSubmatch(whole, -1) {
		if !strings.Contains(text, "| "+code[1]+" | ") {
			t.Errorf("its table has no row for %s", code[1])
		}
	}
}
