package verification

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"slices"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/predicate"
	"roster/ent/generated/user"
	"roster/ent/generated/verification"
	"roster/ent/generated/verificationfile"
	"roster/ent/generated/verificationstep"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/throttle"
)

// Manual is the provider that is built in: the user sends pictures, and staff look at them.
const Manual = "MANUAL"

// sealed is what files are sealed for.
const sealed = "verification file"

// Kind is what a file shows.
type Kind = verificationfile.Kind

// needed are the files without which there is nothing to look at; the back is for documents that have one.
var needed = []Kind{verificationfile.KindFRONT, verificationfile.KindSELFIE}

// Keep takes a file of the viewer's, who is asked for it, and replaces what they sent as the same before they submitted. It
// is for people only. Faults: fault.NotAllowed, nothing is asked of them, or another way than files; on content, as
// security.md #71 says: fault.Required, fault.TooLong, fault.Invalid; fault.RateLimited, sixty an hour; fault.TryLater, three
// of theirs at once, or too many of all.
func (s *Service) Keep(ctx context.Context, kind Kind, content io.Reader) (*ent.VerificationFile, error) {
	userID, err := s.asked(ctx)
	if err != nil {
		return nil, err
	}
	done, err := s.sending.begin(userID, mostAtOnce)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := s.count(ctx, userID); err != nil {
		return nil, err
	}
	kept, err := read(ctx, content)
	if err != nil {
		return nil, err
	}
	if kind == verificationfile.KindSELFIE && kept.mediaType == PDF {
		return nil, fault.On("content", fault.Invalid, "A selfie is a picture, and no PDF.")
	}
	var made *ent.VerificationFile
	err = s.own(ctx, userID, nil, func(ctx context.Context, tx *db.Tx, m *matter) error {
		if err := s.purge(ctx, tx, verificationfile.VerificationID(m.row.ID), verificationfile.KindEQ(kind), verificationfile.Submitted(false)); err != nil {
			return err
		}
		made, err = s.save(ctx, tx, m, kind, kept)
		return err
	})
	return made, err
}

// asked returns the viewer, if a file would be taken from them. It spares us decoding what is not; own asks again.
func (s *Service) asked(ctx context.Context) (userID int, err error) {
	if err := access.Person(ctx); err != nil {
		return 0, err
	}
	userID = viewer.From(ctx).UserID
	return userID, s.own(ctx, userID, nil, func(context.Context, *db.Tx, *matter) error { return nil })
}

func (s *Service) count(ctx context.Context, userID int) error {
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		return throttle.Upload.Take(ctx, tx, throttle.User(userID), s.now())
	})
}

// own is the way of what users do about their own verification by files. A refusal is recorded with the entry, if there
// is one.
func (s *Service) own(ctx context.Context, userID int, entry *audit.Entry, act func(context.Context, *db.Tx, *matter) error) error {
	within := func(ctx context.Context, tx *db.Tx) error {
		m, err := s.open(ctx, tx, userID)
		if err != nil {
			return err
		}
		if err := m.wants(true); err != nil {
			return err
		}
		return act(ctx, tx, m)
	}
	if entry == nil {
		return db.InTx(ctx, s.DB, within)
	}
	return audit.Act(ctx, s.DB, s.now, *entry, within)
}

// wants refuses what nobody asked for: files, or another way.
func (m *matter) wants(files bool) error {
	switch status := m.status(); {
	case !m.chosen.Enabled || m.user.State != user.StateACTIVE:
		return fault.New(fault.NotAllowed, "You are not asked to prove who you are.")
	case status == verification.StatusSUBMITTED:
		return fault.New(fault.NotAllowed, "What you submitted is being looked at.")
	case status == verification.StatusREJECTED && m.row.Tries >= m.chosen.Tries:
		return fault.New(fault.NotAllowed, "You tried as often as you can. Please ask our staff.")
	case status != verification.StatusREQUESTED && status != verification.StatusREJECTED:
		return fault.New(fault.NotAllowed, "You are not asked to prove who you are.")
	case files && m.row.Provider != Manual:
		return fault.New(fault.NotAllowed, "You prove who you are with another service.")
	case !files && m.row.Provider == Manual:
		return fault.New(fault.NotAllowed, "You prove who you are with pictures that you send here.")
	}
	return nil
}

func (s *Service) save(ctx context.Context, tx *db.Tx, m *matter, kind Kind, kept file) (*ent.VerificationFile, error) {
	system, name := viewer.ForSystem(ctx, "identity verification"), rand.Text()
	content, err := s.Seal(name, kept.content)
	if err != nil {
		return nil, err
	}
	made, err := tx.VerificationFile.Create().SetName(name).SetVerificationID(m.row.ID).SetKind(kind).SetMediaType(string(kept.mediaType)).
		SetBytes(len(kept.content)).SetCreatedAt(m.at).SetPurgeAt(m.at.Add(time.Duration(m.chosen.KeepDays) * 24 * time.Hour)).Save(system)
	if err != nil {
		return nil, fmt.Errorf("saving a file: %w", err)
	}
	if err := tx.FileContent.Create().SetFileID(made.ID).SetSealed(content).Exec(system); err != nil {
		return nil, fmt.Errorf("saving what is in a file: %w", err)
	}
	return made, nil
}

// purge removes files with what is in them.
func (s *Service) purge(ctx context.Context, tx *db.Tx, which ...predicate.VerificationFile) error {
	if _, err := tx.VerificationFile.Delete().Where(which...).Exec(viewer.ForSystem(ctx, "identity verification")); err != nil {
		return fmt.Errorf("removing files: %w", err)
	}
	return nil
}

// Submit hands the viewer's files over to be looked at. Those of an earlier try go. Faults: as for Keep; on the kind's field
// (front, selfie) fault.Required: it is missing.
func (s *Service) Submit(ctx context.Context) (*ent.User, error) {
	if err := access.Person(ctx); err != nil {
		return nil, err
	}
	userID := viewer.From(ctx).UserID
	var after *ent.User
	entry := audit.Entry{Action: audit.VerificationSubmitted, Target: audit.OnUser(userID), AboutUserID: userID}
	err := s.own(ctx, userID, &entry, func(ctx context.Context, tx *db.Tx, m *matter) error {
		if err := s.handOver(ctx, tx, m); err != nil {
			return err
		}
		err := s.take(ctx, tx, m, step{to: verification.StatusSUBMITTED, by: verificationstep.ActorSELF, change: func(u *ent.VerificationUpdateOne) {
			u.SetSubmittedAt(m.at).SetReviewerID(0)
		}})
		if err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, s.now(), entry); err != nil {
			return err
		}
		after, err = tx.User.Get(viewer.ForSystem(ctx, "identity verification"), userID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return after, nil
}

func (s *Service) handOver(ctx context.Context, tx *db.Tx, m *matter) error {
	system := viewer.ForSystem(ctx, "identity verification")
	if err := s.purge(ctx, tx, verificationfile.VerificationID(m.row.ID), verificationfile.Or(verificationfile.Submitted(true), verificationfile.PurgeAtLTE(m.at))); err != nil {
		return err
	}
	err := tx.VerificationFile.Update().Where(verificationfile.VerificationID(m.row.ID)).SetSubmitted(true).
		SetPurgeAt(m.at.Add(time.Duration(m.chosen.KeepDays) * 24 * time.Hour)).Exec(system)
	if err != nil {
		return fmt.Errorf("handing files over: %w", err)
	}
	// Asked once they are this transaction's, for whoever sweeps what is over does not wait for the user's row.
	given, err := tx.VerificationFile.Query().Where(verificationfile.VerificationID(m.row.ID)).All(system)
	if err != nil {
		return fmt.Errorf("loading files: %w", err)
	}
	var problems fault.List
	for _, kind := range needed {
		if !slices.ContainsFunc(given, func(f *ent.VerificationFile) bool { return f.Kind == kind }) {
			problems = append(problems, missing[kind])
		}
	}
	return problems.Err()
}

var missing = map[Kind]*fault.Error{
	verificationfile.KindFRONT:  fault.On("front", fault.Required, "Add a picture of the front of your document."),
	verificationfile.KindSELFIE: fault.On("selfie", fault.Required, "Add a picture of your face."),
}
