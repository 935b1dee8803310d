package graph

import (
	"roster/graph/generated/model"
	"roster/internal/factors"
	"roster/internal/passkeys"
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
		return &model.SecondFactorNeeded{
			ExpiresAt: o.Needed.ExpiresAt, Methods: methodsOf(o.Needed.Methods), DeviceTrustable: o.Needed.MayTrust,
		}
	case o.Enrolment != nil:
		return &model.EnrolmentNeeded{ExpiresAt: o.Enrolment.ExpiresAt}
	}
	return nil
}

func methodsOf(enrolled []factors.Method) []model.SecondFactorMethod {
	methods := make([]model.SecondFactorMethod, len(enrolled))
	for i, m := range enrolled {
		methods[i] = model.SecondFactorMethod(m)
	}
	return methods
}

func confirmPayload(done signin.Confirmation, err error) (*model.ConfirmIdentityPayload, error) {
	payload := &model.ConfirmIdentityPayload{SecondFactorNeeded: done.SecondFactorNeeded}
	if !done.SudoUntil.IsZero() {
		payload.SudoUntil = &done.SudoUntil
	}
	payload.UserErrors, err = mendable(err)
	return payload, err
}

// asked is what a payload says of a challenge.
func asked(c passkeys.Challenge, err error) (*passkeys.Challenge, []*model.UserError, error) {
	problems, err := mendable(err)
	if err != nil || len(problems) > 0 {
		return nil, problems, err
	}
	return &c, problems, nil
}
