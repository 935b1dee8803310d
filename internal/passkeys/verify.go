package passkeys

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"roster/ent/generated/user"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/mail"
)

// longest is how many bytes an answer may have.
const longest = 32 << 10

// Answer is what a browser gave for a challenge: read, not yet checked.
type Answer struct {
	parsed *protocol.ParsedCredentialAssertionData
}

// ReadAnswer reads the JSON form of what navigator.credentials.get returned. fault.Invalid on passkey: it is not that.
func ReadAnswer(text string) (Answer, error) {
	if len(text) <= longest {
		if parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(text)); err == nil {
			return Answer{parsed}, nil
		}
	}
	return Answer{}, notReadable()
}

func notReadable() error {
	return fault.On("passkey", fault.Invalid, "This is not what a browser answers for a passkey.")
}

// Wrong is the one answer to a passkey that is unknown, somebody else's, wrongly signed, or was used without its device
// knowing its user.
func Wrong() error {
	return fault.On("passkey", fault.Wrong, "This passkey was not accepted, or there were too many tries.")
}

// used is the row of a passkey, locked until the end of the transaction.
type used struct {
	id, userID         int
	name               string
	handle, credential []byte
}

// Verify checks the answer to a challenge, notes the use, and returns whose passkey it is, also with a refusal where
// that is known. It checks, in the order of the standard: challenge, origin and site, that somebody was there and that
// the device verified them, the signature, and the counter. fault.Wrong on passkey: it is not right. A counter that did
// not grow tells of a copy: the answer is the same, and the user is told by mail.
func (s *Service) Verify(ctx context.Context, tx *db.Tx, t Taken, a Answer) (userID int, err error) {
	row, err := s.use(ctx, tx, a.parsed.RawID)
	if err != nil || row == nil {
		return 0, orWrong(err)
	}
	if t.userID != 0 && row.userID != t.userID {
		return 0, Wrong()
	}
	credential, err := s.check(ctx, tx, t, a, row)
	if err != nil {
		return row.userID, err
	}
	if credential.Authenticator.CloneWarning {
		tx.Remember(func(ctx context.Context, tx *db.Tx) error { return s.alarm(ctx, tx, row) })
		return row.userID, Wrong()
	}
	stored, err := json.Marshal(credential)
	if err != nil {
		return row.userID, fmt.Errorf("writing a passkey: %w", err)
	}
	if _, err := tx.SQL.ExecContext(ctx, "UPDATE passkeys SET credential = $1 WHERE id = $2", stored, row.id); err != nil {
		return row.userID, fmt.Errorf("saving a passkey: %w", err)
	}
	return row.userID, nil
}

// use finds the passkey, notes its use, and locks it: of two answers at once, the second sees the counter of the first.
// nil: there is none.
func (s *Service) use(ctx context.Context, tx *db.Tx, credentialID []byte) (*used, error) {
	var row used
	err := tx.SQL.QueryRowContext(ctx,
		"UPDATE passkeys SET last_used_at = $1 WHERE credential_id = $2 RETURNING id, user_id, name, handle, credential",
		s.now(), credentialID).Scan(&row.id, &row.userID, &row.name, &row.handle, &row.credential)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // not there is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("loading a passkey: %w", err)
	}
	return &row, nil
}

func orWrong(err error) error {
	if err == nil {
		return Wrong()
	}
	return err
}

// check runs the ceremony of the standard.
func (s *Service) check(ctx context.Context, tx *db.Tx, t Taken, a Answer, row *used) (*webauthn.Credential, error) {
	if t.userID != 0 {
		known, err := s.holder(ctx, tx.Client, t.userID)
		if err != nil {
			return nil, err
		}
		credential, err := s.Site.party.ValidateLogin(known, t.session, a.parsed)
		if err != nil {
			return nil, Wrong()
		}
		return credential, nil
	}
	own, err := credentialOf(row.credential)
	if err != nil {
		return nil, err
	}
	find := func(_, handle []byte) (webauthn.User, error) {
		if !bytes.Equal(handle, row.handle) {
			return nil, Wrong()
		}
		return holder{handle: row.handle, credentials: []webauthn.Credential{own}}, nil
	}
	_, credential, err := s.Site.party.ValidatePasskeyLogin(find, t.session, a.parsed)
	if err != nil {
		return nil, Wrong()
	}
	return credential, nil
}

// alarm tells staff and the user that a passkey may have been copied (security.md #31).
func (s *Service) alarm(ctx context.Context, tx *db.Tx, row *used) error {
	entry := audit.Entry{Action: audit.PasskeyCopied, Target: audit.OnUser(row.userID), Detail: map[string]any{"passkey": row.name}}
	if err := audit.Refused(ctx, tx, s.now(), entry, Wrong()); err != nil {
		return err
	}
	u, err := tx.User.Query().Where(user.ID(row.userID)).Only(viewer.ForSystem(ctx, "passkeys"))
	if err != nil {
		return fmt.Errorf("loading user: %w", err)
	}
	return s.tell(ctx, tx, u, mail.PasskeyCopied, row.name)
}
