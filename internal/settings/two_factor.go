package settings

import (
	"encoding/json"
	"fmt"
	"time"
)

// Subject is what decides whether somebody must have a second factor.
type Subject struct {
	Staff, Owner bool
	// RoleAsks says that their role demands it, whatever the rule.
	RoleAsks bool
	// Came is when they became a user.
	Came time.Time
}

// Due reports whether the rule demands a second factor of somebody, and from when on nothing else opens without it.
func (r TwoFactorRule) Due(of Subject) (at time.Time, demanded bool) {
	if !r.Everyone && !(r.Staff && of.Staff) && !(r.Owners && of.Owner) && !of.RoleAsks {
		return time.Time{}, false
	}
	at = r.Since
	if of.Came.After(at) {
		at = of.Came
	}
	return at.Add(time.Duration(r.GraceDays) * 24 * time.Hour), true
}

// ReadTwoFactor reads the rule as it is stored, for statements that load it beside other things; nil is the default.
func ReadTwoFactor(stored []byte) (TwoFactorRule, error) {
	rule := defaults().TwoFactor
	if stored == nil {
		return rule, nil
	}
	if err := json.Unmarshal(stored, &rule); err != nil {
		return rule, fmt.Errorf("reading the setting twoFactor: %w", err)
	}
	return rule, nil
}
