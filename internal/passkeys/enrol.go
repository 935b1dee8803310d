package passkeys

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	ent "roster/ent/generated"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/mail"
	"roster/internal/name"
	"roster/internal/settings"
)

// longestName is how many characters the name of a passkey may have.
const longestName = 60

// handleSize is how many random bytes stand for a user in their passkeys: as many as the standard takes.
const handleSize = 64

// StartEnrolment asks the viewer's browser to make a passkey. fault.NotAllowed on passkeys: they have 20 already.
// fault.SudoRequired, fault.Forbidden: who may do this, and where.
func (s *Service) StartEnrolment(ctx context.Context) (Challenge, error) {
	userID, err := s.owner(ctx)
	if err != nil {
		return Challenge{}, err
	}
	if err := s.ready(ctx); err != nil {
		return Challenge{}, err
	}
	known, err := s.holder(ctx, s.DB.Client, userID)
	if err != nil {
		return Challenge{}, err
	}
	if err := room(len(known.credentials)); err != nil {
		return Challenge{}, err
	}
	u, err := s.DB.User.Get(ctx, userID)
	if err != nil {
		return Challenge{}, fmt.Errorf("loading user: %w", err)
	}
	chosen, err := settings.Load(ctx, s.DB.Client)
	if err != nil {
		return Challenge{}, err
	}
	known.email, known.name = u.Email, u.Name()
	if known.handle == nil {
		known.handle = make([]byte, handleSize)
		_, _ = rand.Read(known.handle) // never fails (crypto/rand)
	}
	creation, session, err := s.Site.party.BeginRegistration(known,
		webauthn.WithRegistrationRelyingPartyName(chosen.Company),
		webauthn.WithExclusions(webauthn.Credentials(known.credentials).CredentialDescriptors()))
	if err != nil {
		return Challenge{}, fmt.Errorf("making a challenge: %w", err)
	}
	return s.put(ctx, enrolment, userID, creation.Response, session)
}

// FinishEnrolment takes the passkey that the viewer's browser made, under the viewer's own name for it. fault.Required,
// fault.TooLong, fault.Invalid on name. On passkey: fault.Invalid, it is none; fault.Expired, it took longer than five
// minutes, or the challenge was for something else; fault.Wrong, it does not answer the challenge, or its device did not
// verify the user; fault.Taken, it is enrolled already. fault.NotAllowed on passkeys: there are 20 already.
func (s *Service) FinishEnrolment(ctx context.Context, called, made string) (*ent.Passkey, *ent.User, error) {
	var added *ent.Passkey
	var u *ent.User
	userID, err := s.owner(ctx)
	if err != nil {
		return nil, nil, err
	}
	called, err = checkName(called)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := readMade(made)
	if err != nil {
		return nil, nil, err
	}
	taken, err := s.Take(ctx, enrolment, userID)
	if err != nil {
		return nil, nil, err
	}
	entry := audit.Entry{Action: audit.PasskeyAdded, Target: audit.OnUser(userID), Detail: map[string]any{"passkey": called}}
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		credential, err := s.Site.party.CreateCredential(holder{handle: taken.session.UserID}, taken.session, parsed)
		if err != nil {
			return Wrong()
		}
		if added, err = s.add(ctx, tx, userID, called, taken.session.UserID, credential); err != nil {
			return err
		}
		if err := weaken(ctx, tx); err != nil {
			return err
		}
		if u, err = s.Factors.Settle(ctx, tx, userID); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, u, mail.PasskeyAdded, called); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return nil, nil, err
	}
	return added, u, nil
}

// add stores a passkey, unless the user's others changed so meanwhile that it does not fit beside them.
func (s *Service) add(ctx context.Context, tx *db.Tx, userID int, called string, handle []byte, c *webauthn.Credential) (*ent.Passkey, error) {
	if err := factors.Lock(ctx, tx, userID); err != nil {
		return nil, err
	}
	known, err := s.holder(ctx, tx.Client, userID)
	if err != nil {
		return nil, err
	}
	if err := room(len(known.credentials)); err != nil {
		return nil, err
	}
	if known.handle != nil && string(known.handle) != string(handle) {
		return nil, fault.On("passkey", fault.Expired, "Another passkey was added meanwhile. Please try again.")
	}
	// How it was made is nothing that we need to know; the key, the flags and the counter are.
	c.Attestation = webauthn.CredentialAttestation{}
	stored, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("writing a passkey: %w", err)
	}
	added, err := tx.Passkey.Create().SetUserID(userID).SetName(called).SetCredentialID(c.ID).SetHandle(handle).
		SetCredential(stored).SetCreatedAt(s.now()).Save(viewer.ForSystem(ctx, "passkeys"))
	if ent.IsConstraintError(err) { // the unique index decides: a credential belongs to one user
		return nil, fault.On("passkey", fault.Taken, "This passkey is enrolled already.")
	} else if err != nil {
		return nil, fmt.Errorf("saving a passkey: %w", err)
	}
	return added, nil
}

// weaken takes from the user's other sessions the proof that they gave without the new passkey (security.md #32).
func weaken(ctx context.Context, tx *db.Tx) error {
	v := viewer.From(ctx)
	_, err := tx.SQL.ExecContext(ctx, "UPDATE sessions SET sudo_at = $1 WHERE user_id = $2 AND id <> $3", time.Time{}, v.UserID, v.SessionID)
	if err != nil {
		return fmt.Errorf("weakening other sessions: %w", err)
	}
	return nil
}

func room(taken int) error {
	if taken >= PerUser {
		return fault.On("passkeys", fault.NotAllowed, "A user may have 20 passkeys. Remove one first.")
	}
	return nil
}

func readMade(text string) (*protocol.ParsedCredentialCreationData, error) {
	if len(text) <= longest {
		if parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(text)); err == nil {
			return parsed, nil
		}
	}
	return nil, notReadable()
}

func checkName(called string) (string, error) {
	called, err := name.Require("name", called)
	if err != nil {
		return "", err
	}
	if utf8.RuneCountInString(called) > longestName {
		return "", fault.On("name", fault.TooLong, "The name may have up to 60 characters.")
	}
	return called, nil
}

// tell mails the user about one of their passkeys (security.md #36).
func (s *Service) tell(ctx context.Context, tx *db.Tx, u *ent.User, about mail.Kind, passkey string) error {
	return s.Outbox.Enqueue(ctx, tx, s.now(), mail.Message{
		Kind: about, To: u.Email, UserID: u.ID, Language: u.Language,
		Params: map[string]string{"name": u.Name(), "passkey": passkey},
	})
}
