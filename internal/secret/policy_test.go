package secret

import (
	"slices"
	"strings"
	"testing"

	"roster/internal/fault"
)

var (
	policy = Policy{Names: []string{"Roster", "River Hill Labs"}}
	maria  = Person{FirstName: "María", LastName: "García-López", Email: "m.garcia77@bluefern.example"}
)

func TestCommonList(t *testing.T) {
	list := commonList()
	if len(list) < 10_000 {
		t.Errorf("%d passwords, want at least 10,000", len(list))
	}
	if !slices.IsSorted(list) {
		t.Error("not in byte order: the search would miss some")
	}
	for _, s := range list {
		if len(s) < 4 || len(s) > longestPiece || s != strings.ToLower(s) || strings.TrimSpace(s) != s {
			t.Errorf("odd entry %q", s)
		}
	}
	long := 0
	for _, s := range list {
		if len(s) < int(Alone) {
			continue
		}
		long++
		if err := policy.Check("p", s, Person{}, Alone); !fault.Is(err, fault.Weak) {
			t.Errorf("%q: %v, want WEAK", s, err)
		}
	}
	if long == 0 {
		t.Error("none is long enough to be set at all")
	}
	for _, s := range list {
		if len(s) >= int(WithSecondFactor) && policy.Check("p", strings.ToUpper(s), Person{}, WithSecondFactor) == nil {
			t.Errorf("%q in capitals passes", s)
		}
	}
}

func TestPolicyAccepts(t *testing.T) {
	cases := []struct {
		password string
		least    Least
	}{
		{"correct horse battery staple", Alone},
		{"correcthorsebattery", Alone},
		{"drei Amseln kauften Rosinen", Alone},
		{"vQ7#kz!Rm2p@Lx9s", Alone},
		{"8371-5520-6649-13", Alone},
		{"#&)<]{~?;,|^%*:=", Alone},
		{"пять тихих барсуков", Alone},
		{"長い合言葉はとても覚えやすいですよね", Alone},
		{"García and the blue kettle", Alone},
		{"my roster of odd penguins", Alone},
		{"              fog at nine", Alone},
		{strings.Repeat("lantern quarry ", 8) + "eel", Alone},
		{"kJ7!wq9Z", WithSecondFactor},
		{"tulpenzwiebelkorb", WithSecondFactor},
	}
	for _, c := range cases {
		if err := policy.Check("password", c.password, maria, c.least); err != nil {
			t.Errorf("%q: %v", c.password, err)
		}
	}
}

func TestPolicyRefuses(t *testing.T) {
	const name, names, usual, again, made = "your name", "everybody", "most common", "over and over", "made of"
	cases := []struct {
		password string
		least    Least
		code     fault.Code
		says     string
	}{
		{"", Alone, fault.Required, "needed"},
		{"vQ7#kz!Rm2p@Lx", Alone, fault.TooShort, "15"},
		{"kJ7!wq9", WithSecondFactor, fault.TooShort, "8 "},
		{"vQ7#kz!Rm2p@Le\u0301", Alone, fault.TooShort, "15"}, // é counts once
		{strings.Repeat("𐐀𐐁", 7), Alone, fault.TooShort, "15"},
		{strings.Repeat("lantern quarry ", 9), Alone, fault.TooLong, "128"},
		{strings.Repeat("e\u0301", 400), Alone, fault.TooLong, "1024"},
		{"vQ7#kz!Rm2p@Lx9\xff", Alone, fault.Invalid, "UTF-8"},

		{"passwordpassword", Alone, fault.Weak, usual},
		{"PASSWORDPASSWORD", Alone, fault.Weak, usual},
		{"p@ssw0rdp@ssw0rd", Alone, fault.Weak, usual},
		{"password-password", Alone, fault.Weak, usual},
		{"1qaz2wsx3edc4rfv", Alone, fault.Weak, usual},
		{"password", WithSecondFactor, fault.Weak, usual},
		{"Tr0ub4dor!", WithSecondFactor, "", ""}, // not on the list; the least length is the rule for it

		{"aaaaaaaaaaaaaaa", Alone, fault.Weak, again},
		{"               ", Alone, fault.Weak, again},
		{"abcabcabcabcabc", Alone, fault.Weak, again},
		{"Xk9$Xk9$Xk9$Xk9$", Alone, fault.Weak, again},
		{"xXyYxXxxyyxyyyx", Alone, fault.Weak, again},
		{"ééééééééééééééé", Alone, fault.Weak, again},

		{"123456789012345", Alone, fault.Weak, made},
		{"543210987654321", Alone, fault.Weak, made},
		{"abcdefghijklmnop", Alone, fault.Weak, made},
		{"qwertyuiopasdfgh", Alone, fault.Weak, made},
		{"aaaaaaaabbbbbbbbcc", Alone, fault.Weak, again},
		{"aaaa1111bbbb2222", Alone, fault.Weak, made},
		{"iloveyou12345678", Alone, fault.Weak, made},
		{"Password123456!!", Alone, fault.Weak, made},
		{"P@ssw0rd.2024.2025", Alone, fault.Weak, made},
		{"sunshine-dragon!", Alone, fault.Weak, made},
		{"passwordqwerty123456", Alone, fault.Weak, made},
		{"!@#$%^&*()!@#$%^", Alone, fault.Weak, made},
		{"monkeymonkeymonkey", Alone, fault.Weak, again},
		{"sunshinesunshinesunshine", Alone, fault.Weak, made},

		{"MariaGarciaLopez", Alone, fault.Weak, name},
		{"maría garcía lópez 1975", Alone, fault.Weak, name},
		{"M4r1aG4rc1aL0pez!", Alone, fault.Weak, name},
		{"m.garcia77@bluefern.example", Alone, fault.Weak, name},
		{"mgarcia77mgarcia77", Alone, fault.Weak, name},
		{"bluefern-bluefern", Alone, fault.Weak, name},
		{"garcia42", WithSecondFactor, fault.Weak, name},
		{"RosterRosterRoster", Alone, fault.Weak, again},
		{"RosterRoster2026!", Alone, fault.Weak, names},
		{"River-Hill-Labs-1", Alone, fault.Weak, names},
		{"R0ster4Garcia!!!!", Alone, fault.Weak, name},
	}
	for _, c := range cases {
		err := policy.Check("newPassword", c.password, maria, c.least)
		if c.code == "" {
			if err != nil {
				t.Errorf("%q: %v", c.password, err)
			}
			continue
		}
		if !fault.Is(err, c.code) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v, want %s with %q", c.password, err, c.code, c.says)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "newPassword: ") {
			t.Errorf("%q: the field is missing in %v", c.password, err)
		}
	}
}

func TestPolicyForOtherScripts(t *testing.T) {
	sato := Person{FirstName: "健", LastName: "佐藤", Email: "sato@mail.example"}
	if err := policy.Check("p", "佐藤佐藤佐藤さとうけん77", sato, WithSecondFactor); !fault.Is(err, fault.Weak) {
		t.Errorf("a name of two characters: %v, want WEAK", err)
	}
	if err := policy.Check("p", "ольга ольга 1990", Person{FirstName: "Ольга"}, Alone); !fault.Is(err, fault.Weak) {
		t.Errorf("a Cyrillic name: %v, want WEAK", err)
	}
	short := Person{FirstName: "Al", LastName: "Ng", Email: "a@b.example"}
	if err := policy.Check("p", "tangled alley ngoni", short, Alone); err != nil {
		t.Errorf("two letters of a name count: %v", err)
	}
}

func BenchmarkPolicy(b *testing.B) {
	long := strings.Repeat("lantern quarry ", 8) + "eel"
	for b.Loop() {
		if err := policy.Check("p", long, maria, Alone); err != nil {
			b.Fatal(err)
		}
	}
}
