package mail

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	ent "roster/ent/generated"
	"roster/internal/settings"
)

func textOf(t *testing.T, language, name string) string {
	t.Helper()
	content, err := files.ReadFile("templates/" + language + "/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

var (
	actions = regexp.MustCompile(`{{[^}]*}}`)
	gaps    = regexp.MustCompile(`\.\w+`)
	buttons = regexp.MustCompile(`(?m)^\[.+\]$`)
)

// gapsOf are the names of what is filled in, and how many links there are.
func gapsOf(text string) ([]string, int) {
	named := map[string]bool{}
	for _, action := range actions.FindAllString(text, -1) {
		for _, gap := range gaps.FindAllString(action, -1) {
			named[gap] = true
		}
	}
	return slices.Sorted(maps.Keys(named)), len(buttons.FindAllString(text, -1))
}

// Each language has a text for each kind and none besides; all of them name the same things and have the same links.
func TestCatalogues(t *testing.T) {
	var wanted []string
	for _, kind := range Kinds {
		wanted = append(wanted, strings.ToLower(string(kind))+".txt")
	}
	slices.Sort(wanted)
	entries, err := fs.ReadDir(files, "templates")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, entry := range entries {
		if entry.IsDir() {
			found = append(found, entry.Name())
		}
	}
	if !slices.Equal(found, slices.Sorted(slices.Values(Languages))) {
		t.Errorf("there are texts in %v, wanted in %v", found, Languages)
	}
	for _, language := range found {
		entries, err := fs.ReadDir(files, "templates/"+language)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, entry := range entries {
			names = append(names, entry.Name())
			sameGaps(t, language, entry.Name())
		}
		if !slices.Equal(names, wanted) {
			t.Errorf("%s: texts %v, wanted %v", language, names, wanted)
		}
	}
}

func sameGaps(t *testing.T, language, name string) {
	t.Helper()
	named, links := gapsOf(textOf(t, language, name))
	if english, linked := gapsOf(textOf(t, "en", name)); !slices.Equal(named, english) || links != linked {
		t.Errorf("%s/%s names %v and has %d links; in English %v and %d", language, name, named, links, english, linked)
	}
}

// A mail in Arabic runs from right to left; names and addresses in it go their own way, and links are left alone.
func TestRightToLeft(t *testing.T) {
	row := &ent.Mail{Kind: string(EmailChanged), Language: "ar", Params: map[string]string{"name": "Nora Berg", "address": "1…@b.example"}}
	chosen := settings.Settings{Company: "Acme"}
	letter, parts, err := fill(row, "https://roster.test/disown#x", "https://roster.test", chosen)
	if err != nil {
		t.Fatal(err)
	}
	for _, isolated := range []string{"\u2068Nora Berg\u2069", "\u20681…@b.example\u2069", "\u2068Acme\u2069", "\nhttps://roster.test/disown#x\n"} {
		if !strings.Contains(letter.Text, isolated) {
			t.Errorf("%q is not in %q", isolated, letter.Text)
		}
	}
	page, err := dress(row, letter.Subject, parts, chosen)
	if err != nil {
		t.Fatal(err)
	}
	for _, mark := range []string{`<html lang="ar" dir="rtl">`, `<body dir="rtl"`, "text-align:right", `<p dir="ltr"`} {
		if !strings.Contains(page, mark) {
			t.Errorf("%q is not in %s", mark, page)
		}
	}
	row.Language = "fr"
	if page, err = dress(row, letter.Subject, parts, chosen); err != nil || !strings.Contains(page, `<html lang="fr" dir="ltr">`) {
		t.Errorf("in French: %v, %s", err, page)
	}
}
