package email

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"roster/internal/fault"
)

func TestParse(t *testing.T) {
	long := strings.Repeat("a", MaxLocalLength) + "@" + strings.Repeat("d", 60) + "." + strings.Repeat("e", 60) + "." +
		strings.Repeat("f", 60) + ".ex"
	cases := []struct{ name, in, spelling, key string }{
		{"plain", "jo@mail.example", "jo@mail.example", "jo@mail.example"},
		{"capitals", "Jo.Doe@Mail.EXAMPLE", "Jo.Doe@Mail.EXAMPLE", "jo.doe@mail.example"},
		{"spaces around", "  jo@mail.example ", "jo@mail.example", "jo@mail.example"},
		{"tag", "jo+shop@mail.example", "jo+shop@mail.example", "jo+shop@mail.example"},
		{"every atom", "a!#$%&'*+-/=?^_`{|}~@mail.example", "a!#$%&'*+-/=?^_`{|}~@mail.example", "a!#$%&'*+-/=?^_`{|}~@mail.example"},
		{"digit first", "1@mail.example", "1@mail.example", "1@mail.example"},
		{"IDN", "jo@Bücher.example", "jo@Bücher.example", "jo@xn--bcher-kva.example"},
		{"IDN in ASCII", "jo@XN--bcher-kva.example", "jo@XN--bcher-kva.example", "jo@xn--bcher-kva.example"},
		{"IDN, decomposed", "jo@bu\u0308cher.example", "jo@bücher.example", "jo@xn--bcher-kva.example"},
		{"sharp s in the domain", "jo@straße.example", "jo@straße.example", "jo@xn--strae-oqa.example"},
		{"local part, composed", "JOSÉ@mail.example", "JOSÉ@mail.example", "josé@mail.example"},
		{"local part, decomposed", "jose\u0301@mail.example", "josé@mail.example", "josé@mail.example"},
		{"sharp s in the local part", "Weiß@mail.example", "Weiß@mail.example", "weiss@mail.example"},
		{"Greek final sigma", "ΝΙΚΟΣ@mail.example", "ΝΙΚΟΣ@mail.example", "νικοσ@mail.example"},
		{"Chinese", "用户@例子.example", "用户@例子.example", "用户@xn--fsqu00a.example"},
		{"Hebrew", "אורי@mail.example", "אורי@mail.example", "אורי@mail.example"},
		{"subdomains and hyphens", "a@x-y.1.b.example", "a@x-y.1.b.example", "a@x-y.1.b.example"},
		{"as long as allowed", long, long, long},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Parse(c.in)
			if err != nil || got.Spelling != c.spelling || got.Key != c.key {
				t.Errorf("Parse(%q) = %q, %q, %v; want %q, %q", c.in, got.Spelling, got.Key, err, c.spelling, c.key)
			}
			if again, err := Parse(got.Key); err != nil || again.Key != got.Key {
				t.Errorf("the key %q has the key %q, %v", got.Key, again.Key, err)
			}
		})
	}
}

func TestMailboxKeepsTheSpelling(t *testing.T) {
	got, err := Parse("JoDoe@Bücher.EXAMPLE")
	if err != nil || got.Mailbox() != "JoDoe@xn--bcher-kva.example" || got.String() != "JoDoe@Bücher.EXAMPLE" {
		t.Errorf("Mailbox = %q, String = %q, %v", got.Mailbox(), got, err)
	}
}

func TestParseRefuses(t *testing.T) {
	cases := []struct {
		name, in string
		want     Reason
	}{
		{"empty", "", ErrMissing},
		{"spaces", "   ", ErrMissing},
		{"no @", "not-an-address", ErrNoAt},
		{"formula", "=cmd|' /C calc'!A0@mail.example", ErrFormula},
		{"plus first", "+jo@mail.example", ErrFormula},
		{"minus first", "-jo@mail.example", ErrFormula},
		{"@ first", "@mail.example", ErrFormula},
		{"nothing after", "jo@", ErrNoDomain},
		{"two @", "jo@doe@mail.example", ErrLocal},
		{"quoted", `"jo doe"@mail.example`, ErrSpace},
		{"quoted @", `"jo@doe"@mail.example`, ErrLocal},
		{"comment", "jo(x)@mail.example", ErrLocal},
		{"name and address", "Jo<jo@mail.example>", ErrLocal},
		{"list", "jo@mail.example,al@mail.example", ErrLocal},
		{"emoji", "😀@mail.example", ErrLocal},
		{"mark first", "\u0301a@mail.example", ErrLocal},
		{"dot first", ".jo@mail.example", ErrDots},
		{"dot last", "jo.@mail.example", ErrDots},
		{"two dots", "jo..doe@mail.example", ErrDots},
		{"space within", "jo doe@mail.example", ErrSpace},
		{"no-break space", "jo\u00a0doe@mail.example", ErrSpace},
		{"ideographic space", "jo@mail\u3000.example", ErrSpace},
		{"line break", "jo@mail.example\r\nBcc: al@mail.example", ErrControl},
		{"line break at the end", "jo@mail.example\n", ErrControl},
		{"tab first", "\tjo@mail.example", ErrControl},
		{"NUL", "jo\x00@mail.example", ErrControl},
		{"C1", "jo\u0085@mail.example", ErrControl},
		{"override", "bidi\u202e@mail.example", ErrDirection},
		{"isolate", "jo\u2067@mail.example", ErrDirection},
		{"Arabic letter mark", "jo@mail\u061c.example", ErrDirection},
		{"zero-width space", "jo\u200b@mail.example", ErrInvisible},
		{"zero-width joiner", "jo@ma\u200dil.example", ErrInvisible},
		{"soft hyphen", "jo@ma\u00adil.example", ErrInvisible},
		{"byte order mark", "\ufeffjo@mail.example", ErrInvisible},
		{"variation selector", "jo\ufe0f@mail.example", ErrInvisible},
		{"Hangul filler", "jo\u3164@mail.example", ErrInvisible},
		{"fullwidth @", "jo＠mail.example", ErrLookalike},
		{"small @", "jo﹫mail.example", ErrLookalike},
		{"ideographic dot", "jo@mail。example", ErrLookalike},
		{"fullwidth dot", "jo@mail．example", ErrLookalike},
		{"one dot leader", "jo@mail․example", ErrLookalike},
		{"Arabic full stop", "jo@mail۔example", ErrLookalike},
		{"fullwidth letters", "ａdmin@mail.example", ErrLookalike},
		{"mathematical letters", "𝐚dmin@mail.example", ErrLookalike},
		{"circled letter in the domain", "jo@ⓜail.example", ErrLookalike},
		{"ligature", "ﬁ@mail.example", ErrLookalike},
		{"Kelvin sign", "\u212aate@mail.example", ""}, // NFC makes it a K
		{"one label", "jo@localhost", ErrBareDomain},
		{"dot last in the domain", "jo@mail.example.", ErrDomain},
		{"dot first in the domain", "jo@.mail.example", ErrDomain},
		{"two dots in the domain", "jo@mail..example", ErrDomain},
		{"dot alone", "jo@.", ErrDomain},
		{"hyphen first", "jo@-mail.example", ErrDomain},
		{"hyphen last", "jo@mail-.example", ErrDomain},
		{"underscore", "jo@ma_il.example", ErrDomain},
		{"slash", "jo@mail.example/x", ErrDomain},
		{"port", "jo@mail.example:25", ErrDomain},
		{"IPv4", "jo@127.0.0.1", ErrDomain},
		{"IPv4 literal", "jo@[127.0.0.1]", ErrDomain},
		{"broken punycode", "jo@xn--a.example", ErrDomain},
		{"punycode of plain ASCII", "jo@xn--abc-.example", ErrDomain},
		{"long label", "jo@" + strings.Repeat("a", 64) + ".example", ErrDomain},
		{"mixed directions in a label", "jo@אa.example", ErrDomain},
		{"long local part", strings.Repeat("a", 65) + "@mail.example", ErrTooLong},
		{"long local part in bytes", strings.Repeat("é", 33) + "@mail.example", ErrTooLong},
		{"long", "jo@" + strings.Repeat("abcdefg.", 32) + "example", ErrTooLong},
		{"long only in ASCII", strings.Repeat("a", 60) + "@" + strings.Repeat("ü.", 25) + "example", ErrTooLong},
		{"long by one", strings.Repeat("a", 64) + "@" + strings.Repeat("abcdefg.", 23) + "exampl", ErrTooLong},
		{"megabytes", strings.Repeat("a", 1<<20) + "@mail.example", ErrTooLong},
		{"not UTF-8", "jo\xff@mail.example", ErrEncoding},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Parse(c.in)
			if c.want == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			if !errors.Is(err, c.want) || got != (Address{}) {
				t.Errorf("Parse = %q, %v; want %v", got, err, c.want)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	cases := []struct {
		in   string
		code fault.Code
	}{
		{"", fault.Required}, {strings.Repeat("a", 65) + "@mail.example", fault.TooLong}, {"jo", fault.Invalid},
	}
	for _, c := range cases {
		if _, err := Check("email", c.in); !fault.Is(err, c.code) || !strings.HasPrefix(err.Error(), "email: ") {
			t.Errorf("Check(%q) = %v, want %s", c.in, err, c.code)
		}
	}
	if got, err := Check("email", "Jo@mail.example"); err != nil || got.Key != "jo@mail.example" {
		t.Errorf("Check = %v, %v", got, err)
	}
}

func TestMixed(t *testing.T) {
	cases := map[string]bool{
		"jo.doe-1@mail.example":       false,
		"оlga@mail.example":           true, // a Cyrillic о
		"ольга@mail.example":          false,
		"jo@раypal.example":           true,
		"jo@xn--bcher-kva.example":    false,
		"tanaka田中タ@mail.example":      false,
		"田中@mail.example":             false,
		"김kim@mail.example":           false,
		"김ひ@mail.example":             true,
		"αlpha@mail.example":          true,
		"jo@почта.example":            false, // each label has one script
		"jo@xn--80a1acny.mail.exampl": false,
	}
	for in, want := range cases {
		got, err := Parse(in)
		if err != nil || got.Mixed != want {
			t.Errorf("Parse(%q): Mixed = %v, %v; want %v", in, got.Mixed, err, want)
		}
	}
}

func TestMask(t *testing.T) {
	cases := map[string]string{
		"john@Example.com":       "j…@example.com",
		"j@example.com":          "j…@example.com",
		"éva@bücher.example":     "é…@xn--bcher-kva.example",
		"secret token":           "…",
		"":                       "…",
		"a@b@example.com":        "…",
		"john@example.com\nfake": "…",
	}
	for in, want := range cases {
		if got := Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"jo@mail.example", "JOSÉ@Bücher.example", "=cmd|' /C calc'!A0@mail.example", "bidi\u202e@mail.example",
		"İ@mail.example", "ǰ\u0323@mail.example", "\u0345α@mail.example", "jo@xn--a.example", "K@ſ.example", "ŉ@ŉ.example",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Parse(s)
		if err != nil {
			if _, ok := errors.AsType[Reason](err); !ok || got != (Address{}) {
				t.Errorf("Parse(%q) = %v, %v: not a Reason", s, got, err)
			}
			return
		}
		for what, form := range map[string]string{"spelling": got.Spelling, "mailbox": got.Mailbox(), "key": got.Key} {
			again, err := Parse(form)
			if what == "key" && errors.Is(err, ErrTooLong) {
				continue // folding may lengthen
			}
			if err != nil || again.Key != got.Key {
				t.Errorf("%q: its %s %q has the key %q, %v; want %q", s, what, form, again.Key, err, got.Key)
			}
		}
		if len(got.Spelling) > MaxLength || strings.IndexFunc(got.Spelling, unicode.IsControl) >= 0 {
			t.Errorf("Parse let %q through", got.Spelling)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := Parse("User0320@xn--bcher-kva.example"); err != nil {
			b.Fatal(err)
		}
	}
}
