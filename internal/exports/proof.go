package exports

import (
	"context"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/verification"
	"roster/ent/generated/verificationfile"
	"roster/ent/generated/verificationstep"
	proving "roster/internal/verification"
)

// proof is how far the user came with proving who they are, and each step there; who of staff took it is not theirs to know.
type proof struct {
	Status      verification.Status `json:"status"`
	Provider    string              `json:"provider"`
	RequestedAt *time.Time          `json:"requestedAt"`
	SubmittedAt *time.Time          `json:"submittedAt"`
	DecidedAt   *time.Time          `json:"decidedAt"`
	ExpiresAt   *time.Time          `json:"expiresAt"`
	Cause       string              `json:"cause,omitempty"`
	Reason      string              `json:"reason,omitempty"`
	Steps       []proofStep         `json:"steps"`
	Files       []proofFile         `json:"files"`
}

type proofStep struct {
	At       time.Time               `json:"at"`
	Status   verificationstep.Status `json:"status"`
	By       verificationstep.Actor  `json:"by"`
	Provider string                  `json:"provider"`
	Cause    string                  `json:"cause,omitempty"`
	Reason   string                  `json:"reason,omitempty"`
}

// proofFile says that there is a picture, and until when; the user has what is in it.
type proofFile struct {
	Kind      verificationfile.Kind `json:"kind"`
	Submitted bool                  `json:"submitted"`
	MediaType string                `json:"mediaType"`
	Bytes     int                   `json:"bytes"`
	SentAt    time.Time             `json:"sentAt"`
	PurgeAt   time.Time             `json:"purgeAt"`
}

// proof is nil for who was never asked. Why staff took something back is a note of theirs, and stays out.
func (o *Own) proof(ctx context.Context) (any, error) {
	v, err := o.service.DB.Verification.Query().Where(verification.UserID(o.userID)).
		WithSteps(func(q *ent.VerificationStepQuery) {
			q.Order(ent.Asc(verificationstep.FieldAt, verificationstep.FieldID))
		}).
		WithFiles(func(q *ent.VerificationFileQuery) { q.Order(ent.Asc(verificationfile.FieldID)) }).Only(system(ctx))
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // none is an answer
	} else if err != nil {
		return nil, err
	}
	p := proof{
		Status: proving.Standing(v, o.at), Provider: v.Provider, Cause: v.Cause, Reason: v.Reason, Steps: []proofStep{}, Files: []proofFile{},
		RequestedAt: moment(v.RequestedAt), SubmittedAt: moment(v.SubmittedAt), DecidedAt: moment(v.DecidedAt), ExpiresAt: moment(v.ExpiresAt),
	}
	for _, s := range v.Edges.Steps {
		reason := s.Reason
		if s.Cause == "" {
			reason = ""
		}
		p.Steps = append(p.Steps, proofStep{s.At, s.Status, s.Actor, s.Provider, s.Cause, reason})
	}
	for _, f := range v.Edges.Files {
		p.Files = append(p.Files, proofFile{f.Kind, f.Submitted, f.MediaType, f.Bytes, f.CreatedAt, f.PurgeAt})
	}
	return p, nil
}
