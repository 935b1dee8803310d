package graph

import (
	"context"

	ent "roster/ent/generated"
	"roster/ent/gid"
	"roster/graph/generated/model"
	"roster/internal/verification"
)

// decisionOf reads what a reviewer says.
func decisionOf(input model.DecideIdentityVerificationInput) (d verification.Decision, err error) {
	d = verification.Decision{Version: input.Version, Approve: input.Approve, Reason: text(input.Reason)}
	if input.Cause != nil {
		d.Cause = *input.Cause
	}
	d.UserID, err = rowOf("userId", gid.User, input.UserID)
	return d, err
}

// earlierOf reads a result of earlier days.
func earlierOf(input model.BringIdentityVerificationInput) (e verification.Earlier, err error) {
	e = verification.Earlier{Provider: input.Provider, Approved: input.Approved, At: input.At, Reason: text(input.Reason)}
	e.UserID, err = rowOf("userId", gid.User, input.UserID)
	return e, err
}

// secretsOf reads the keys of a provider.
func secretsOf(input []*model.IdentityProviderSecretInput) verification.Secrets {
	secrets := verification.Secrets{}
	for _, secret := range input {
		secrets[secret.Name] = secret.Value
	}
	return secrets
}

// listProofs announces the users whose proofs stand side by side in the answer.
func (l *loaders) listProofs(page *verification.Page) {
	if page == nil {
		return
	}
	for _, state := range page.Rows {
		l.hereUsers.add(state.UserID)
		l.thereUsers.add(state.UserID)
	}
}

// stepsOf are the steps of users' proofs, with their actors announced.
func (r *Resolver) stepsOf(ctx context.Context, users []int) (map[int][]*ent.VerificationStep, error) {
	steps, err := r.Identity.Histories(ctx, users)
	for _, list := range steps {
		for _, step := range list {
			if step.ActorID != 0 {
				load(ctx).thereUsers.add(step.ActorID)
			}
		}
	}
	return steps, err
}

// settled is what the mutations upon a user's proof answer with, and what was loaded of it before is asked again.
func (r *Resolver) settled(ctx context.Context, err error) ([]*model.UserError, error) {
	l := load(ctx)
	l.proofs.clear()
	l.steps.clear()
	l.proofFiles.clear()
	return mendable(err)
}
