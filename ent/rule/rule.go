// Package rule holds what the policies of the tables are made of: the coarse last line behind directives and
// access (security.md #41). No viewer: refused. The system: allowed, under a name. Everybody else: only what a
// rule lists; the last one denies.
package rule

import (
	"context"

	"entgo.io/ent"
	"entgo.io/ent/privacy"

	"roster/ent/viewer"
)

// Policy is the policy of one table: the given rules between "there is a viewer" and "denied".
func Policy(rules ...Rule) ent.Policy {
	policies := privacy.Policies{framed{rules}}
	return policies
}

// Rule allows, narrows or leaves alone one kind of access; nil members have nothing to say.
type Rule struct {
	Query    func(ctx context.Context, v *viewer.Viewer, q ent.Query) error
	Mutation func(ctx context.Context, v *viewer.Viewer, m ent.Mutation) error
}

type framed struct{ rules []Rule }

// EvalQuery answers for reads.
func (p framed) EvalQuery(ctx context.Context, q ent.Query) error {
	v := viewer.From(ctx)
	if v == nil {
		return privacy.Denyf("no viewer in the context")
	}
	if v.Kind == viewer.System {
		return nil
	}
	for _, r := range p.rules {
		if r.Query == nil {
			continue
		}
		if err := r.Query(ctx, v, q); err != nil {
			return decision(err)
		}
	}
	return privacy.Denyf("no rule lets a viewer of kind %s read %T", v.Kind, q)
}

// EvalMutation answers for writes.
func (p framed) EvalMutation(ctx context.Context, m ent.Mutation) error {
	v := viewer.From(ctx)
	if v == nil {
		return privacy.Denyf("no viewer in the context")
	}
	if v.Kind == viewer.System {
		return nil
	}
	for _, r := range p.rules {
		if r.Mutation == nil {
			continue
		}
		if err := r.Mutation(ctx, v, m); err != nil {
			return decision(err)
		}
	}
	return privacy.Denyf("no rule lets a viewer of kind %s write %s", v.Kind, m.Type())
}

// decision turns the answer of a rule into the answer of a policy, for which nil means allowed.
func decision(err error) error {
	if err == privacy.Allow { //nolint:errorlint // a sentinel of ent's, always returned as it is
		return nil
	}
	return err
}

// AnyoneRead lets every viewer read, the anonymous one included.
func AnyoneRead() Rule {
	return Rule{Query: func(context.Context, *viewer.Viewer, ent.Query) error { return privacy.Allow }}
}

// StaffRead lets staff read.
func StaffRead() Rule {
	return Rule{Query: func(_ context.Context, v *viewer.Viewer, _ ent.Query) error {
		if v.IsStaff() {
			return privacy.Allow
		}
		return nil
	}}
}

// StaffWrite lets staff write; which of them, and what, access decides.
func StaffWrite() Rule {
	return Rule{Mutation: func(_ context.Context, v *viewer.Viewer, _ ent.Mutation) error {
		if v.IsStaff() {
			return privacy.Allow
		}
		return nil
	}}
}
