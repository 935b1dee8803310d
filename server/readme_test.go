package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// setting is a row of the README's table: flag, environment, default.
type setting [3]string

// The README names every setting of serve as the program has it, and every flag of every other command.
func TestREADMENamesEverySetting(t *testing.T) {
	content, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(content)
	commands := map[string][]*kong.Flag{}
	for _, leaf := range newParser().Model.Leaves(false) {
		commands[strings.TrimPrefix(leaf.FullPath(), "roster ")] = leaf.Flags
	}
	common := []string{"db", "key-file"}
	want := []setting{{"", "ROSTER_KEY", ""}} // never a flag: others could read it in the list of processes
	for _, flag := range commands["serve"] {
		if flag.Hidden { // for tests of ours
			continue
		}
		want = append(want, setting{"--" + flag.Name, strings.Join(flag.Envs, " "), flag.Default})
	}
	got := settingsIn(readme)
	for _, s := range want {
		if !slices.Contains(got, s) {
			t.Errorf("README has no row for %q", s)
		}
	}
	for _, s := range got {
		if !slices.Contains(want, s) {
			t.Errorf("README has a row for %q, which serve does not know", s)
		}
	}
	for path, flags := range commands {
		if path == "serve" {
			continue
		}
		words := regexp.MustCompile("(?m)^\\| `" + path + "\\b([^`]*)` \\|").FindStringSubmatch(readme)
		if words == nil {
			t.Errorf("README has no row for the command %s", path)
			continue
		}
		inREADME := regexp.MustCompile(`--[a-z-]+`).FindAllString(words[1], -1)
		for _, flag := range flags {
			if at := slices.Index(inREADME, "--"+flag.Name); at >= 0 {
				inREADME = slices.Delete(inREADME, at, at+1)
			} else if !slices.Contains(common, flag.Name) {
				t.Errorf("README does not name --%s of %s", flag.Name, path)
			}
			if len(flag.Envs) > 0 && !strings.Contains(readme, "`"+flag.Envs[0]+"`") {
				t.Errorf("README does not name %s of %s", flag.Envs[0], path)
			}
		}
		if len(inREADME) > 0 {
			t.Errorf("README names %s, which %s does not know", inREADME, path)
		}
	}
}

// What it says one needs is what go.mod and package.json ask for.
func TestREADMENamesVersions(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for file, version := range map[string]string{"go.mod": `(?m)^go (\S+)$`, "package.json": `"node": ">=([0-9.]+)"`} {
		content, err := os.ReadFile("../" + file)
		if err != nil {
			t.Fatal(err)
		}
		wanted := regexp.MustCompile(version).FindSubmatch(content)
		if wanted == nil || !strings.Contains(string(readme), "≥ "+string(wanted[1])) {
			t.Errorf("README does not name the version that %s asks for: %s", file, wanted)
		}
	}
}

func settingsIn(readme string) (rows []setting) {
	for line := range strings.Lines(readme) {
		cells := strings.Split(line, "|")
		if len(cells) != 6 || !strings.Contains(cells[2], "`ROSTER_") {
			continue
		}
		var row setting
		for i := range row {
			row[i] = strings.Trim(cells[i+1], " `")
		}
		rows = append(rows, row)
	}
	return rows
}
