package passkeys

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	ent "roster/ent/generated"
	"roster/ent/viewer"
	"roster/internal/access"
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

// StartEnrolment asks the viewer's browser to make a passkey. Who may, access says in Enrolling. fault.NotAllowed on
// passkeys: they have 20 already. fault.Forbidden: there can be none here.
func (s *Service) StartEnrolment(ctx context.Context) (Challenge, error) {
	who, err := access.Enrolling(ctx, s.now())
	if err != nil {
		return Challenge{}, err
	}
	if err := s.ready(ctx); err != nil {
		return Challenge{}, err
	}
	known, err := s.holder(ctx, s.DB.Client, who.UserID)
	if err != nil {
		return Challenge{}, err
	}
	if err := room(len(known.credentials)); err != nil {
		return Challenge{}, err
	}
	u, err := s.DB.User.Get(viewer.ForSystem(ctx, "passkeys"), who.UserID)
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
	return s.put(ctx, enrolment, who.UserID, creation.Response, session)
}

// Made is a passkey that a browser made, for the challenge that it answers.
type Made struct {
	// Name is what its user calls it.
	Name   string
	parsed *protocol.ParsedCredentialCreationData
	taken  Taken
}

// Open reads the passkey that the browser of who made, under their own name for it, and uses the challenge up.
// fault.Required, fault.TooLong, fault.Invalid on name. On passkey: fault.Invalid, it is none; fault.Expired, it took
// longer than five minutes, or the challenge was for something else.
func (s *Service) Open(ctx context.Context, who access.Enroller, called, made string) (m Made, err error) {
	if m.Name, err = checkName(called); err != nil {
		return Made{}, err
	}
	if m.parsed, err = readMade(made); err != nil {
		return Made{}, err
	}
	m.taken, err = s.Take(ctx, enrolment, who.UserID)
	return m, err
}

// Add gives the user the passkey, and tells them by mail. fault.Wrong on passkey: it does not answer the challenge, or
// its device did not verify the user; fault.Taken: it is enrolled already; fault.Expired: who waited for a second factor
// has one meanwhile. fault.NotAllowed on passkeys: there are 20 already.
func (s *Service) Add(ctx context.Context, tx *db.Tx, who access.Enroller, m Made) (*ent.Passkey, *ent.User, error) {
	handle := m.taken.session.UserID
	credential, err := s.Site.party.CreateCredential(holder{handle: handle}, m.taken.session, m.parsed)
	if err != nil {
		return nil, nil, Wrong()
	}
	if _, err := factors.Mark(ctx, tx, who, meanwhile()); err != nil {
		return nil, nil, err
	}
	added, err := s.add(ctx, tx, who.UserID, m.Name, handle, credential)
	if err != nil {
		return nil, nil, err
	}
	if err := factors.Weaken(ctx, tx, who); err != nil {
		return nil, nil, err
	}
	u, err := s.Factors.Settle(ctx, tx, who.UserID)
	if err != nil {
		return nil, nil, err
	}
	return added, u, s.tell(ctx, tx, u, mail.PasskeyAdded, m.Name)
}

func meanwhile() error {
	return fault.On("passkey", fault.Expired, "Another factor was added meanwhile. Please try again.")
}

// add stores a passkey, unless the user's others changed so meanwhile that it does not fit beside them.
func (s *Service) add(ctx context.Context, tx *db.Tx, userID int, called string, handle []byte, c *webauthn.Credential) (*ent.Passkey, error) {
	known, err := s.holder(ctx, tx.Client, userID)
	if err != nil {
		return nil, err
	}
	if err := room(len(known.credentials)); err != nil {
		return nil, err
	}
	if known.handle != nil && string(known.handle) != string(handle) {
		return nil, meanwhile()
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
