package graph

import (
	"roster/graph/generated/model"
	"roster/internal/signin"
)

func signInPayload(o signin.Outcome, err error) (*model.SignInPayload, error) {
	payload := &model.SignInPayload{Outcome: outcomeOf(o)}
	payload.UserErrors, err = mendable(err)
	return payload, err
}

// outcomeOf is nil where the sign-in failed.
func outcomeOf(o signin.Outcome) model.SignInOutcome {
	switch {
	case o.Viewer != nil:
		return &model.SignedIn{Viewer: o.Viewer}
	case o.Needed != nil:
		needed := &model.SecondFactorNeeded{ExpiresAt: o.Needed.ExpiresAt, DeviceTrustable: o.Needed.MayTrust}
		for _, m := range o.Needed.Methods {
			needed.Methods = append(needed.Methods, model.SecondFactorMethod(m))
		}
		return needed
	case o.Enrolment != nil:
		return &model.EnrolmentNeeded{ExpiresAt: o.Enrolment.ExpiresAt}
	}
	return nil
}
