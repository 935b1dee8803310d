package verification

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	ent "roster/ent/generated"
	"roster/ent/generated/filecontent"
	"roster/ent/generated/verificationfile"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/settings"
)

// File is a file as it is handed out.
type File struct {
	*ent.VerificationFile
	Content []byte
}

// Seal seals what is in a file, by the file's name.
func (s *Service) Seal(name string, content []byte) ([]byte, error) {
	return s.Keyring.Seal(sealed, name, content)
}

// Open returns what is in a submitted file, to staff with MANAGE_USER_VERIFICATION; every look is recorded. Users see their
// own until they submit. fault.NotFound: there is no such file, or none for them.
func (s *Service) Open(ctx context.Context, name string) (*File, error) {
	if err := access.Person(ctx); err != nil {
		return nil, err
	}
	if !nameable(name) {
		return nil, fault.Gone("file")
	}
	found, err := s.find(ctx, name)
	if err != nil {
		return nil, err
	}
	v, of := viewer.From(ctx), found.Edges.Verification.UserID
	switch {
	case !found.Submitted && v.UserID == of:
		return s.unseal(ctx, found)
	case !found.Submitted:
		return nil, fault.Gone("file")
	}
	return s.look(ctx, found, of)
}

// find loads a file with whose it is; fault.NotFound also for what is to go, and where the feature is switched off: nothing of
// it shows then.
func (s *Service) find(ctx context.Context, name string) (*ent.VerificationFile, error) {
	all, err := settings.Load(ctx, s.DB.Client)
	if err != nil {
		return nil, err
	}
	found, err := s.DB.VerificationFile.Query().Where(verificationfile.Name(name), verificationfile.PurgeAtGT(s.now())).WithVerification().
		Only(viewer.ForSystem(ctx, "identity verification"))
	if ent.IsNotFound(err) || err == nil && !all.Verification.Enabled {
		return nil, fault.Gone("file")
	} else if err != nil {
		return nil, fmt.Errorf("loading a file: %w", err)
	}
	return found, nil
}

// nameable reports whether a file can have the name: what can't need not be looked for, and PostgreSQL fails on bytes that are
// no text.
func nameable(name string) bool {
	return len(name) == len(rand.Text()) && !strings.ContainsFunc(name, func(r rune) bool { return r < '0' || r > 'Z' })
}

// look is a look of staff's. Who owns a file knows its name, so that refusals are bounded as those of guards are.
func (s *Service) look(ctx context.Context, found *ent.VerificationFile, of int) (*File, error) {
	entry := audit.Entry{Action: audit.VerificationFileSeen, Target: audit.OnUser(of), AboutUserID: of, Detail: map[string]any{"kind": string(found.Kind)}}
	err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		if err := access.Staff(ctx, permission.ManageUserVerification); err != nil {
			return fault.Gone("file")
		}
		user, err := tx.User.Get(viewer.ForSystem(ctx, "identity verification"), of)
		if err != nil {
			return fmt.Errorf("loading user: %w", err)
		}
		if err := access.OverUser(ctx, tx.Client, user); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if audit.Worth(err) {
		if err := s.Refusals.Note(ctx, s.now(), []audit.Refusal{{Entry: entry, Err: err}}); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	return s.unseal(ctx, found)
}

func (s *Service) unseal(ctx context.Context, found *ent.VerificationFile) (*File, error) {
	row, err := s.DB.FileContent.Query().Where(filecontent.FileID(found.ID)).Only(viewer.ForSystem(ctx, "identity verification"))
	if ent.IsNotFound(err) {
		return nil, fault.Gone("file") // purged since
	} else if err != nil {
		return nil, fmt.Errorf("loading what is in a file: %w", err)
	}
	content, err := s.Keyring.Open(sealed, found.Name, row.Sealed)
	if err != nil {
		return nil, fmt.Errorf("opening file %d: %w", found.ID, err)
	}
	return &File{VerificationFile: found, Content: content}, nil
}
