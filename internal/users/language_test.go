package users_test

import (
	"os"
	"slices"
	"testing"

	"roster/internal/users"
)

func TestLanguageFor(t *testing.T) {
	for header, want := range map[string]string{
		"": "en", "tlh": "en", "de-AT,en;q=0.5": "de", "fr-CA": "fr", "es-419,es;q=0.9": "es", "ar-EG,ar;q=0.9,en;q=0.8": "ar",
		"pt, ar;q=0.1": "ar", "en;q=0.2, fr": "fr", ";;;": "en",
	} {
		if got := users.LanguageFor(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

// The interface has a catalogue for each language of the installation, and for no other.
func TestCatalogues(t *testing.T) {
	entries, err := os.ReadDir("../../frontend/src/locales")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	if want := slices.Sorted(slices.Values(users.Languages)); !slices.Equal(found, want) {
		t.Errorf("catalogues in %v, wanted in %v", found, want)
	}
}
