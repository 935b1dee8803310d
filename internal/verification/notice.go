package verification

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/verification"
	"roster/ent/generated/verificationstep"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
)

// Begin opens a session with the provider that decides about the viewer, and returns the page to go to. It is for people
// only. Faults: fault.NotAllowed as for Keep; fault.RateLimited, sixty an hour; fault.TryLater with a reason of the provider's.
func (s *Service) Begin(ctx context.Context) (url string, err error) {
	if err := access.Person(ctx); err != nil {
		return "", err
	}
	userID := viewer.From(ctx).UserID
	var row *ent.Verification
	err = s.elsewhere(ctx, userID, func(_ context.Context, _ *db.Tx, m *matter) error {
		row = m.row
		return nil
	})
	if err != nil {
		return "", err
	}
	provider, told, err := s.provider(ctx, row.Provider)
	if err != nil {
		return "", err
	}
	if err := s.count(ctx, userID); err != nil {
		return "", err
	}
	session, err := provider.Begin(ctx, told, Subject{Reference: referenceOf(row), Session: row.Session, ReturnTo: s.ReturnTo})
	if err != nil {
		return "", s.unavailable(ctx, row.Provider, err)
	}
	err = s.elsewhere(ctx, userID, func(ctx context.Context, tx *db.Tx, m *matter) error {
		// The other one's page may be open already, and what becomes of it is only taken while its session is the one that counts.
		if m.row.Session != row.Session || m.row.Provider != row.Provider {
			return fault.Wait(fault.TryLater, time.Second, "You were on your way there in another window. Please try again.")
		}
		if err := tx.Verification.UpdateOne(m.row).SetSession(session.Name).Exec(viewer.ForSystem(ctx, "identity verification")); err != nil {
			return fmt.Errorf("saving the session of a provider: %w", err)
		}
		return audit.Record(ctx, tx, s.now(), audit.Entry{Action: audit.VerificationBegun, Target: audit.OnUser(userID), AboutUserID: userID})
	})
	if err != nil {
		return "", err
	}
	return session.URL, nil
}

// referenceOf is what a provider is told of whom it is about.
func referenceOf(row *ent.Verification) string { return "verification-" + strconv.Itoa(row.ID) }

// unavailable is what users are told where the provider refuses us: it is not for them to mend.
func (s *Service) unavailable(ctx context.Context, provider string, err error) error {
	var refused *fault.Error
	if errors.As(err, &refused) && refused.Code == fault.TryLater {
		return err
	}
	slog.WarnContext(ctx, "the provider of identity verification refused", "provider", provider, "err", err)
	return fault.New(fault.NotAllowed, "The service that checks this can't be used at present. Please ask our staff.")
}

// elsewhere is the way of what users do about their own verification by a provider.
func (s *Service) elsewhere(ctx context.Context, userID int, act func(context.Context, *db.Tx, *matter) error) error {
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		m, err := s.open(ctx, tx, userID)
		if err != nil {
			return err
		}
		if err := m.wants(false); err != nil {
			return err
		}
		return act(ctx, tx, m)
	})
}

// Receive takes a message that says it is of the provider's, and does what it says, once (security.md #88). What is not about
// a session that was opened here, or older than what was taken last, changes nothing. fault.NotFound: there is no such
// provider, or it was not set up. fault.Unauthenticated: the provider did not send this. fault.Invalid: it can't be read.
func (s *Service) Receive(ctx context.Context, name string, header http.Header, body []byte) error {
	ctx = viewer.ForSystem(ctx, "identity verification by "+name)
	provider, told, err := s.provider(ctx, name)
	if fault.Is(err, fault.NotAllowed) {
		return fault.Gone("provider")
	} else if err != nil {
		return err
	}
	n, err := provider.Read(told, header, body)
	if err != nil || n.Outcome == Nothing {
		return err
	}
	row, err := s.DB.Verification.Query().Where(verification.Session(n.Session), verification.Provider(name)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil
	} else if err != nil {
		return fmt.Errorf("loading a verification: %w", err)
	}
	err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		m, err := s.open(ctx, tx, row.UserID)
		if err != nil {
			return err
		}
		err = tx.ProviderNotice.Create().SetID(name + ":" + n.ID).SetAt(m.at).Exec(ctx)
		if db.IsDuplicate(err) {
			return errTaken
		} else if err != nil {
			return fmt.Errorf("saving a message: %w", err)
		}
		if !m.awaits(n) {
			return nil
		}
		return s.follow(ctx, tx, m, n)
	})
	if errors.Is(err, errTaken) {
		return nil
	}
	return err
}

var errTaken = errors.New("the message was taken before")

// awaits reports whether a message is about the session that is open, and tells something newer than was told.
func (m *matter) awaits(n *Notice) bool {
	if m.row == nil || !m.chosen.Enabled || m.row.Session != n.Session || referenceOf(m.row) != n.Reference || n.At.Before(m.row.HeardAt) {
		return false
	}
	switch m.status() {
	case verification.StatusREQUESTED, verification.StatusSUBMITTED:
		return true
	case verification.StatusREJECTED: // providers count whole seconds: what was sent before the refusal can come behind it
		return n.At.After(m.row.HeardAt) && m.row.Tries < m.chosen.Tries
	default:
		return false
	}
}

// follow does what a message says. When it was sent is remembered though nothing changes: what was sent before comes too late.
func (s *Service) follow(ctx context.Context, tx *db.Tx, m *matter, n *Notice) error {
	changed, err := s.become(ctx, tx, m, n)
	if err != nil {
		return err
	}
	if err := tx.Verification.UpdateOne(m.row).SetHeardAt(n.At).Exec(ctx); err != nil {
		return fmt.Errorf("saving when a provider was heard: %w", err)
	}
	if !changed {
		return nil
	}
	action := audit.VerificationDecided
	if n.Outcome == Submitted {
		action = audit.VerificationSubmitted
	}
	return audit.Record(ctx, tx, s.now(), audit.Entry{Action: action, Target: audit.OnUser(m.user.ID),
		AboutUserID: m.user.ID, Detail: map[string]any{"status": string(m.row.Status), "provider": m.row.Provider}})
}

// become brings the verification to where a message says that it is, and reports whether that is elsewhere. A refusal that
// follows upon one is that of another try, whose beginning was overtaken.
func (s *Service) become(ctx context.Context, tx *db.Tx, m *matter, n *Notice) (changed bool, err error) {
	waits := m.status() == verification.StatusSUBMITTED
	switch {
	case n.Outcome == Submitted && !waits:
		return true, s.take(ctx, tx, m, step{to: verification.StatusSUBMITTED, by: verificationstep.ActorSELF,
			change: func(u *ent.VerificationUpdateOne) { u.SetSubmittedAt(m.at) }})
	case n.Outcome == Approved:
		return true, s.approve(ctx, tx, m, verificationstep.ActorPROVIDER)
	case n.Outcome == Rejected:
		return true, s.reject(ctx, tx, m, verificationstep.ActorPROVIDER, n.Cause, "")
	case n.Outcome == Cancelled && waits:
		return true, s.take(ctx, tx, m, step{to: verification.StatusREQUESTED, by: verificationstep.ActorPROVIDER})
	default:
		return false, nil
	}
}
