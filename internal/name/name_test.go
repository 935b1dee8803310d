package name

import (
	"strings"
	"testing"
	"unicode/utf8"

	"roster/internal/fault"
)

func TestCheck(t *testing.T) {
	long := strings.Repeat("é", MaxLength)
	cases := []struct{ name, in, want string }{
		{"empty", "", ""},
		{"plain", "Ines de la Cruz", "Ines de la Cruz"},
		{"spaces", "  Ines   de la\u00a0Cruz ", "Ines de la Cruz"},
		{"ideographic space", "佐藤\u3000健", "佐藤 健"},
		{"composed", "Garci\u0301a", "García"},
		{"apostrophe and dot", "St. O'Brien-Smith", "St. O'Brien-Smith"},
		{"Hebrew", "אורי", "אורי"},
		{"Arabic", "محمد", "محمد"},
		{"Persian with a non-joiner", "علی\u200cرضا", "علی\u200cرضا"},
		{"Sinhala with a joiner", "ශ්\u200dරී", "ශ්\u200dරී"},
		{"Japanese variant", "葛\U000e0100城", "葛\U000e0100城"},
		{"markup is text", "<b>Bob</b>", "<b>Bob</b>"},
		{"as long as allowed", long, long},
		{"long only by spaces", "a" + strings.Repeat(" ", 200) + "b", "a b"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Check("name", c.in)
			if err != nil || got != c.want {
				t.Errorf("Check(%q) = %q, %v; want %q", c.in, got, err, c.want)
			}
		})
	}
}

func TestCheckRefuses(t *testing.T) {
	cases := []struct {
		name, in string
		code     fault.Code
		says     string
	}{
		{"too long", strings.Repeat("é", MaxLength+1), fault.TooLong, "100"},
		{"5,000 letters", strings.Repeat("x", 5000), fault.TooLong, "100"},
		{"megabytes", strings.Repeat("x ", 1<<21), fault.TooLong, "100"},
		{"line break", "Ann\nBcc: all", fault.Invalid, "control"},
		{"line break at the end", "Ann\r\n", fault.Invalid, "control"},
		{"tab", "Ann\tLee", fault.Invalid, "control"},
		{"NUL", "Ann\x00", fault.Invalid, "control"},
		{"C1 control", "Ann\u0085", fault.Invalid, "control"},
		{"line separator", "Ann\u2028Lee", fault.Invalid, "control"},
		{"right-to-left override", "Ann\u202eeeL", fault.Invalid, "direction"},
		{"isolate", "Ann\u2066", fault.Invalid, "direction"},
		{"right-to-left mark", "\u200fAnn", fault.Invalid, "direction"},
		{"zero-width space", "An\u200bn", fault.Invalid, "invisible"},
		{"soft hyphen", "An\u00adn", fault.Invalid, "invisible"},
		{"byte order mark", "\ufeffAnn", fault.Invalid, "invisible"},
		{"Hangul filler", "\u3164", fault.Invalid, "invisible"},
		{"tag characters", "Ann\U000e0041", fault.Invalid, "invisible"},
		{"joiner in Latin", "An\u200dn", fault.Invalid, "invisible"},
		{"joiner at the end", "علی\u200c", fault.Invalid, "invisible"},
		{"joiner alone", "\u200d", fault.Invalid, "invisible"},
		{"variation selector alone", "\ufe0f", fault.Invalid, "invisible"},
		{"private use", "Ann\ue000", fault.Invalid, "meaning"},
		{"unassigned", "Ann\u0378", fault.Invalid, "meaning"},
		{"replacement character", "Ann\ufffd", fault.Invalid, "meaning"},
		{"not UTF-8", "Ann\xff", fault.Invalid, "UTF-8"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Check("firstName", c.in)
			if !fault.Is(err, c.code) || !strings.Contains(err.Error(), c.says) || got != "" {
				t.Errorf("Check = %q, %v; want %s with %q", got, err, c.code, c.says)
			}
			if err != nil && !strings.HasPrefix(err.Error(), "firstName: ") {
				t.Errorf("the field is missing in %v", err)
			}
		})
	}
}

func TestRequire(t *testing.T) {
	for _, in := range []string{"", " ", "\u00a0"} {
		if _, err := Require("name", in); !fault.Is(err, fault.Required) {
			t.Errorf("Require(%q): %v, want REQUIRED", in, err)
		}
	}
	if _, err := Require("name", "\n"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a line break: %v, want INVALID", err)
	}
	if got, err := Require("name", " Ng "); got != "Ng" || err != nil {
		t.Errorf("Require = %q, %v", got, err)
	}
}

func TestFold(t *testing.T) {
	cases := []struct{ in, want string }{
		{"", ""},
		{"García", "garcia"},
		{"GARCI\u0301A", "garcia"},
		{"  Ines   de la\tCruz ", "ines de la cruz"},
		{"Yılmaz", "yilmaz"},
		{"İbrahim", "ibrahim"},
		{"Øster", "oster"},
		{"Łukasz", "lukasz"},
		{"Æsop Œuvre", "aesop oeuvre"},
		{"Straße", "strasse"},
		{"Ó Súilleabháin", "o suilleabhain"},
		{"Nguyễn", "nguyen"},
		{"O’Brien", "o'brien"},
		{"D'Angelo", "d'angelo"},
		{"García\u2010López", "garcia-lopez"},
		{"Ｗｉｄｅ", "wide"},
		{"ﬁne", "fine"},
		{"Παπαδόπουλος", "παπαδοπουλοσ"},
		{"Шевченко", "шевченко"},
		{"Сергей", "сергей"}, // й is a letter of its own
		{"佐藤", "佐藤"},
		{"が", "が"},
		{"김", "김"},
		{"علی\u200cرضا", "علیرضا"},
		{"An\u00adn", "ann"},
		{"葛\U000e0100城", "葛城"},
	}
	for _, c := range cases {
		if got := Fold(c.in); got != c.want {
			t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzCheckAndFold(f *testing.F) {
	for _, s := range []string{"", "Ann", "García", "علی\u200cرضا", "İ", "ǰ\u0323", "ΐ", "\u0345α", "a\u200db", "\xff", "K", "ſt", "ϓ", "㎒"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if key := Fold(s); utf8.ValidString(s) && Fold(key) != key {
			t.Errorf("Fold(%q) = %q, folded again %q", s, key, Fold(key))
		}
		once, err := Check("name", s)
		if err != nil {
			return
		}
		if twice, err := Check("name", once); err != nil || twice != once {
			t.Errorf("Check(%q) = %q, checked again %q, %v", s, once, twice, err)
		}
	})
}

func BenchmarkFold(b *testing.B) {
	for _, s := range []string{"garcia", "Ines García-López"} {
		b.Run(s, func(b *testing.B) {
			for b.Loop() {
				Fold(s)
			}
		})
	}
}
