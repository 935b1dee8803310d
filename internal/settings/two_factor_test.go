package settings

import (
	"testing"
	"time"
)

func TestTwoFactorDue(t *testing.T) {
	since, day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), 24*time.Hour
	for name, c := range map[string]struct {
		rule TwoFactorRule
		of   Subject
		at   time.Time // zero: not demanded
	}{
		"nobody has to":           {TwoFactorRule{Since: since}, Subject{Staff: true, Owner: true}, time.Time{}},
		"staff":                   {TwoFactorRule{Staff: true, Since: since}, Subject{Staff: true}, since},
		"not a customer":          {TwoFactorRule{Staff: true, Since: since}, Subject{Owner: true}, time.Time{}},
		"an owner":                {TwoFactorRule{Owners: true, Since: since}, Subject{Owner: true}, since},
		"not a member":            {TwoFactorRule{Owners: true, Since: since}, Subject{}, time.Time{}},
		"everyone":                {TwoFactorRule{Everyone: true, Since: since}, Subject{}, since},
		"a role":                  {TwoFactorRule{Since: since}, Subject{Staff: true, RoleAsks: true}, since},
		"days after the rule":     {TwoFactorRule{Everyone: true, GraceDays: 7, Since: since}, Subject{Came: since.Add(-day)}, since.Add(7 * day)},
		"days after they came":    {TwoFactorRule{Everyone: true, GraceDays: 7, Since: since}, Subject{Came: since.Add(day)}, since.Add(8 * day)},
		"at once, where none are": {TwoFactorRule{Everyone: true}, Subject{Came: since}, since},
	} {
		if at, demanded := c.rule.Due(c.of); !at.Equal(c.at) || demanded == c.at.IsZero() {
			t.Errorf("%s: %v, %t", name, at, demanded)
		}
	}
}

// #90: staff must, on a new database.
func Test90StaffMustByDefault(t *testing.T) {
	if rule, err := ReadTwoFactor(nil); err != nil || !rule.Staff || rule.Owners || rule.Everyone {
		t.Errorf("%+v, %v", rule, err)
	}
	if rule, err := ReadTwoFactor([]byte(`{"staff":false,"owners":true,"graceDays":3}`)); err != nil || rule.Staff || !rule.Owners || rule.GraceDays != 3 {
		t.Errorf("%+v, %v", rule, err)
	}
	if _, err := ReadTwoFactor([]byte(`{`)); err == nil {
		t.Error("a broken rule demands nothing")
	}
}
