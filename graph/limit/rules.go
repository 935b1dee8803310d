package limit

import (
	"maps"
	"slices"

	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// silent are the rules that have a form without suggestions.
var silent = map[string]core.Rule{
	rules.FieldsOnCorrectTypeRule.Name: rules.FieldsOnCorrectTypeRuleWithoutSuggestions,
	rules.KnownArgumentNamesRule.Name:  rules.KnownArgumentNamesRuleWithoutSuggestions,
	rules.KnownTypeNamesRule.Name:      rules.KnownTypeNamesRuleWithoutSuggestions,
	rules.ScalarLeafsRule.Name:         rules.ScalarLeafsRuleWithoutSuggestions,
	rules.ValuesOfCorrectTypeRule.Name: rules.ValuesOfCorrectTypeRuleWithoutSuggestions,
}

// Rules makes what one query is validated by: all rules of the library, none of which suggests what may have been meant.
// Nobody is to be told (security.md #61), and to find it may take longer than all the rest. Of the faults that they find,
// the first most are kept.
func Rules(most int) func() *rules.Rules {
	return func() *rules.Rules { return ruled(most) }
}

func ruled(left int) *rules.Rules {
	all := rules.NewDefaultRules().GetInner()
	few := rules.NewRules()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		check := all[name]
		if r, is := silent[name]; is {
			name, check = r.Name, r.RuleFunc
		}
		few.AddRule(name, func(observers *core.Events, add core.AddErrFunc) {
			check(observers, func(options ...core.ErrorOption) {
				if left--; left >= 0 {
					add(options...)
				}
			})
		})
	}
	return few
}
