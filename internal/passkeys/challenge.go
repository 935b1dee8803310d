package passkeys

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	ent "roster/ent/generated"
	"roster/ent/generated/passkeyceremony"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/secret"
)

// lasts is how long a challenge waits for its answer (security.md #12).
const lasts = 5 * time.Minute

// Purpose is what the answer to a challenge opens; an answer opens nothing else.
type Purpose = passkeyceremony.Purpose

// The purposes that a passkey is asked for, and the one that it is made for.
const (
	SignIn       = passkeyceremony.PurposeSIGN_IN
	SecondFactor = passkeyceremony.PurposeSECOND_FACTOR
	Confirmation = passkeyceremony.PurposeCONFIRMATION
	enrolment    = passkeyceremony.PurposeENROLMENT
)

// Challenge is what a browser is asked.
type Challenge struct {
	// Options are those of navigator.credentials.create or get, as JSON.
	Options string
	// ExpiresAt is until when it waits for the answer.
	ExpiresAt time.Time
}

// Start asks the browser for a passkey: of the user, or of whoever has one (userID 0). The challenge is bound to this
// browser, to the purpose and to the user. Whether it may be asked is for the caller to say. fault.NotAllowed on
// passkey: the user has none. fault.Forbidden: this is no browser, or a site without passkeys.
func (s *Service) Start(ctx context.Context, purpose Purpose, userID int) (Challenge, error) {
	if err := s.ready(ctx); err != nil {
		return Challenge{}, err
	}
	var options, state any
	if userID == 0 {
		request, session, err := s.Site.party.BeginDiscoverableLogin()
		if err != nil {
			return Challenge{}, fmt.Errorf("making a challenge: %w", err)
		}
		options, state = request.Response, session
	} else {
		known, err := s.holder(ctx, s.DB.Client, userID)
		if err != nil {
			return Challenge{}, err
		}
		if len(known.credentials) == 0 {
			return Challenge{}, fault.On("passkey", fault.NotAllowed, "There is no passkey to ask for.")
		}
		request, session, err := s.Site.party.BeginLogin(known)
		if err != nil {
			return Challenge{}, fmt.Errorf("making a challenge: %w", err)
		}
		options, state = request.Response, session
	}
	return s.put(ctx, purpose, userID, options, state)
}

// ready refuses where there can be no answer.
func (s *Service) ready(ctx context.Context) error {
	if err := s.Site.need(); err != nil {
		return err
	}
	return jarOf(ctx).need()
}

// put stores a challenge and hands its cookie out. Challenges that nobody answered in time go on this occasion.
func (s *Service) put(ctx context.Context, purpose Purpose, userID int, options, state any) (Challenge, error) {
	asked, err := json.Marshal(options)
	if err != nil {
		return Challenge{}, fmt.Errorf("writing a challenge: %w", err)
	}
	kept, err := json.Marshal(state)
	if err != nil {
		return Challenge{}, fmt.Errorf("writing a challenge: %w", err)
	}
	now, token := s.now(), secret.New(secret.Passkey)
	c := Challenge{Options: string(asked), ExpiresAt: now.Add(lasts)}
	old, replaces := jarOf(ctx).hash()
	err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.SQL.ExecContext(ctx, "DELETE FROM passkey_ceremonies WHERE expires_at <= $1", now); err != nil {
			return fmt.Errorf("clearing challenges away: %w", err)
		}
		if replaces {
			if _, err := tx.SQL.ExecContext(ctx, "DELETE FROM passkey_ceremonies WHERE secret_hash = $1", old); err != nil {
				return fmt.Errorf("replacing a challenge: %w", err)
			}
		}
		err := tx.PasskeyCeremony.Create().SetSecretHash(token.Hash).SetPurpose(purpose).SetUserID(userID).
			SetState(kept).SetExpiresAt(c.ExpiresAt).Exec(viewer.ForSystem(ctx, "passkeys"))
		if err != nil {
			return fmt.Errorf("saving a challenge: %w", err)
		}
		return nil
	})
	if err != nil {
		return Challenge{}, err
	}
	jarOf(ctx).set(token.Plain)
	return c, nil
}

// Taken is a challenge that was used up, and is about to be answered.
type Taken struct {
	userID  int
	session webauthn.SessionData
}

// Take uses up the challenge that waits for this browser, purpose and user: one statement decides, and whatever becomes
// of the answer, it never works again (security.md #31). fault.Expired on passkey: there is none, or none any more.
func (s *Service) Take(ctx context.Context, purpose Purpose, userID int) (Taken, error) {
	if err := s.ready(ctx); err != nil {
		return Taken{}, err
	}
	over := fault.On("passkey", fault.Expired, "This took too long, or was tried before. Please try again.")
	hash, ok := jarOf(ctx).hash()
	if !ok {
		return Taken{}, over
	}
	var state []byte
	err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		err := tx.SQL.QueryRowContext(ctx, `DELETE FROM passkey_ceremonies
			WHERE secret_hash = $1 AND purpose = $2 AND user_id = $3 AND expires_at > $4 RETURNING state`,
			hash, string(purpose), userID, s.now()).Scan(&state)
		if errors.Is(err, sql.ErrNoRows) {
			return over
		} else if err != nil {
			return fmt.Errorf("taking a challenge: %w", err)
		}
		return nil
	})
	if err != nil {
		return Taken{}, err
	}
	t := Taken{userID: userID}
	if err := json.Unmarshal(state, &t.session); err != nil {
		return Taken{}, fmt.Errorf("reading a challenge: %w", err)
	}
	return t, nil
}

// holder is a user as WebAuthn knows one.
type holder struct {
	handle      []byte
	email, name string
	credentials []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return h.handle }
func (h holder) WebAuthnName() string                       { return h.email }
func (h holder) WebAuthnDisplayName() string                { return h.name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }

// holder is the user with all their passkeys; without a handle when there are none.
func (s *Service) holder(ctx context.Context, client *ent.Client, userID int) (holder, error) {
	list, err := of(ctx, client, userID)
	if err != nil {
		return holder{}, err
	}
	var h holder
	for _, p := range list {
		c, err := credentialOf(p.Credential)
		if err != nil {
			return holder{}, err
		}
		h.handle = p.Handle
		h.credentials = append(h.credentials, c)
	}
	return h, nil
}

func credentialOf(stored []byte) (c webauthn.Credential, err error) {
	if err := json.Unmarshal(stored, &c); err != nil {
		return c, fmt.Errorf("reading a passkey: %w", err)
	}
	return c, nil
}
