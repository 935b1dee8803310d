package signin

import (
	"context"
	"errors"

	ent "roster/ent/generated"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
)

// Enrolled is a factor that was set up.
type Enrolled struct {
	// BackupCodes are shown this once.
	BackupCodes []string
	// Viewer is who the request acts as from here on: somebody whose sign-in waited for this is signed in.
	Viewer *viewer.Viewer
}

// FinishTOTP ends what factors.StartTOTP began, with the first code of the app, and gives ten backup codes (security.md
// #30). Who waited for nothing else is signed in by it, through the one end of every sign-in. The faults are those of
// access.Enrolling, of factors.OpenTOTP and of factors.AddTOTP.
func (s *Service) FinishTOTP(ctx context.Context, enrolment, code string) (Enrolled, error) {
	who, err := access.Enrolling(ctx, s.now())
	if err != nil {
		return Enrolled{}, err
	}
	app, err := s.Factors.OpenTOTP(who, enrolment, code)
	if err != nil {
		return Enrolled{}, err
	}
	codes, err := s.Factors.NewCodes(ctx)
	if err != nil {
		return Enrolled{}, err
	}
	v, err := s.enrolled(ctx, who, audit.AuthenticatorAdded, nil, func(ctx context.Context, tx *db.Tx) error {
		return s.Factors.AddTOTP(ctx, tx, who, app, codes)
	})
	if err != nil {
		return Enrolled{}, err
	}
	return Enrolled{BackupCodes: codes.Plain, Viewer: v}, nil
}

// FinishPasskey ends what passkeys.StartEnrolment began, with the passkey that the browser made. Who waited for nothing
// else is signed in by it, as by FinishTOTP. The faults are those of access.Enrolling, of passkeys.Open and passkeys.Add.
func (s *Service) FinishPasskey(ctx context.Context, called, made string) (*ent.Passkey, *viewer.Viewer, error) {
	who, err := access.Enrolling(ctx, s.now())
	if err != nil {
		return nil, nil, err
	}
	opened, err := s.Passkeys.Open(ctx, who, called, made)
	if err != nil {
		return nil, nil, err
	}
	var added *ent.Passkey
	v, err := s.enrolled(ctx, who, audit.PasskeyAdded, map[string]any{"passkey": opened.Name}, func(ctx context.Context, tx *db.Tx) (err error) {
		added, _, err = s.Passkeys.Add(ctx, tx, who, opened)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return added, v, nil
}

// enrolled runs add in a transaction, records it as action, and lets somebody in whose sign-in waited for a factor.
func (s *Service) enrolled(ctx context.Context, who access.Enroller, action audit.Action, detail map[string]any, add func(ctx context.Context, tx *db.Tx) error) (*viewer.Viewer, error) {
	var end ended
	entry := audit.Entry{Action: action, Target: audit.OnUser(who.UserID), Detail: detail}
	err := audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if !who.Waiting {
			end = ended{}
			if err := add(ctx, tx); err != nil {
				return err
			}
			return audit.Record(ctx, tx, s.now(), entry)
		}
		waiting, err := s.stillWaiting(ctx, tx, who)
		if err != nil {
			return err
		}
		if err := add(ctx, tx); err != nil {
			return err
		}
		if end, err = s.finish(ctx, tx, waiting.proven(false), s.now()); err != nil {
			return err
		}
		return audit.Record(viewer.With(ctx, end.Viewer), tx, s.now(), entry)
	})
	switch {
	case errors.Is(err, errChanged):
		return nil, signInOver()
	case err != nil:
		return nil, err
	case who.Waiting:
		deliver(ctx, end)
	}
	return viewer.From(ctx), nil
}

func signInOver() error { return fault.New(fault.Unauthenticated, "Please sign in.") }

// stillWaiting is the session that waits, looked up again: it may have ended since the request came.
func (s *Service) stillWaiting(ctx context.Context, tx *db.Tx, who access.Enroller) (*found, error) {
	hash, ok := jarOf(ctx).hash()
	if !ok {
		return nil, signInOver()
	}
	f, err := find(ctx, tx.SQL, hash)
	if err != nil {
		return nil, err
	}
	if f == nil || f.id != who.SessionID || !f.alive(s.now()) || !f.mustEnroll() {
		return nil, signInOver()
	}
	return f, nil
}
