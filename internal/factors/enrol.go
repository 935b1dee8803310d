package factors

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/factor"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/mail"
	"roster/internal/secret"
	"roster/internal/settings"
)

// enrolmentLasts is how long somebody has from seeing the QR code to the first code.
const enrolmentLasts = 15 * time.Minute

const enrolmentPurpose = "totp enrolment"

// Enrolment is what somebody needs to add an authenticator app. Nothing of it is stored until it is finished.
type Enrolment struct {
	// URI is the otpauth: address that the QR code holds, and Key its seed in base32, to be typed.
	URI, Key string
	// QRCode is the picture of the URI: SVG, as a data: URI.
	QRCode string
	// Sealed is the enrolment itself, for OpenTOTP: only the same user can use it, in the same session.
	Sealed    string
	ExpiresAt time.Time
}

// waiting is what an Enrolment seals.
type waiting struct {
	Seed      []byte    `json:"seed"`
	ExpiresAt time.Time `json:"expiresAt"`
	// Replaces is the app that this one takes the place of; 0: there was none. So an enrolment ends once only.
	Replaces int `json:"replaces"`
}

// StartTOTP begins to add an authenticator app for the viewer, or to replace the one that they have. Who may, access
// says in Enrolling.
func (s *Service) StartTOTP(ctx context.Context) (*Enrolment, error) {
	who, err := access.Enrolling(ctx, s.now())
	if err != nil {
		return nil, err
	}
	system := viewer.ForSystem(ctx, "factors")
	u, err := s.DB.User.Get(system, who.UserID)
	if err != nil {
		return nil, fmt.Errorf("loading the user who enrols: %w", err)
	}
	chosen, err := settings.Load(ctx, s.DB.Client)
	if err != nil {
		return nil, err
	}
	w := waiting{Seed: make([]byte, SeedSize), ExpiresAt: s.now().Add(enrolmentLasts)}
	rand.Read(w.Seed)
	if w.Replaces, err = s.DB.Factor.Query().Where(factor.UserID(u.ID), factor.KindEQ(factor.KindTOTP)).OnlyID(system); err != nil && !ent.IsNotFound(err) {
		return nil, fmt.Errorf("loading the app in use: %w", err)
	}
	return s.enrolment(who, w, chosen.Company, u.Email)
}

func (s *Service) enrolment(who access.Enroller, w waiting, issuer, account string) (*Enrolment, error) {
	e := &Enrolment{URI: address(w.Seed, issuer, account), Key: keyOf(w.Seed), ExpiresAt: w.ExpiresAt}
	var err error
	if e.QRCode, err = picture(e.URI); err != nil {
		return nil, err
	}
	plain, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("writing an enrolment: %w", err)
	}
	sealed, err := s.Keyring.Seal(enrolmentPurpose, boundTo(who), plain)
	if err != nil {
		return nil, fmt.Errorf("sealing an enrolment: %w", err)
	}
	e.Sealed = base64.RawURLEncoding.EncodeToString(sealed)
	return e, nil
}

// boundTo names user and session; a fresh proof of identity keeps both.
func boundTo(who access.Enroller) string {
	return strconv.Itoa(who.UserID) + ":" + strconv.Itoa(who.SessionID)
}

func enrolmentOver() error {
	return fault.On("enrolment", fault.Expired, "This took too long, or it was finished elsewhere. Please start again.")
}

// App is an authenticator app that gave its first code.
type App struct {
	seed     []byte
	step     int64
	replaces int
}

// OpenTOTP checks what StartTOTP sealed for the same user and session, and the first code of the app. fault.Expired on
// enrolment: it is not such a value, or too old. fault.Wrong on code.
func (s *Service) OpenTOTP(who access.Enroller, enrolment, code string) (App, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(enrolment)
	if err != nil {
		return App{}, enrolmentOver()
	}
	plain, err := s.Keyring.Open(enrolmentPurpose, boundTo(who), sealed)
	if errors.Is(err, secret.ErrTampered) || errors.Is(err, secret.ErrUnknownKey) {
		return App{}, enrolmentOver()
	} else if err != nil {
		return App{}, fmt.Errorf("opening an enrolment: %w", err)
	}
	var w waiting
	if err := json.Unmarshal(plain, &w); err != nil {
		return App{}, fmt.Errorf("reading an enrolment: %w", err)
	}
	if !s.now().Before(w.ExpiresAt) {
		return App{}, enrolmentOver()
	}
	used, ok := matching(w.Seed, code, s.now())
	if !ok {
		return App{}, fault.On("code", fault.Wrong, "The code is not right. Check that the clock of the device is.")
	}
	return App{seed: w.Seed, step: used, replaces: w.Replaces}, nil
}

// AddTOTP gives the user the app and the codes. The code that finished the enrolment is used up with it. An app that it
// replaces goes, with the older codes and every trusted device; other sessions lose their proof of identity, and end
// altogether where a factor was demanded before anything opened: none of them gave one. fault.Expired on enrolment: it
// was finished already, here or elsewhere.
func (s *Service) AddTOTP(ctx context.Context, tx *db.Tx, who access.Enroller, app App, codes Codes) error {
	u, err := Mark(ctx, tx, who, enrolmentOver())
	if err != nil {
		return err
	}
	system := viewer.ForSystem(ctx, "factors")
	if app.replaces != 0 {
		if n, err := tx.Factor.Delete().Where(factor.ID(app.replaces), factor.UserID(u.ID)).Exec(system); err != nil {
			return fmt.Errorf("removing the app in use: %w", err)
		} else if n == 0 {
			return enrolmentOver()
		}
	}
	sealed, err := s.Seal(u.ID, app.seed)
	if err != nil {
		return err
	}
	err = tx.Factor.Create().SetUserID(u.ID).SetKind(factor.KindTOTP).SetSealedSeed(sealed).SetLastStep(app.step).
		SetCreatedAt(s.now()).Exec(system)
	if db.IsDuplicate(err) {
		return enrolmentOver()
	} else if err != nil {
		return fmt.Errorf("saving factor: %w", err)
	}
	if err := s.saveCodes(ctx, tx, u.ID, codes); err != nil {
		return err
	}
	if err := distrust(ctx, tx, u.ID); err != nil {
		return err
	}
	if err := Weaken(ctx, tx, who); err != nil {
		return err
	}
	return s.tell(ctx, tx, u, mail.AuthenticatorAdded, nil)
}

// Mark notes that the user has a factor; it locks the row, so that two who enrol at once come one after the other. Who
// waits to enrol can do so only as long as there is no factor, else the answer is over: the password alone must not
// replace one. It is over too when the session ended since the request came (security.md #15).
func Mark(ctx context.Context, tx *db.Tx, who access.Enroller, over error) (*ent.User, error) {
	result, err := tx.SQL.ExecContext(ctx, `UPDATE users SET two_factor_enabled = $1
		WHERE id = $2 AND state = 'ACTIVE' AND (NOT two_factor_enabled OR $3) AND EXISTS (SELECT 1 FROM sessions s
			WHERE s.id = $4 AND s.user_id = users.id AND s.credential_version = users.credential_version)`,
		true, who.UserID, !who.Waiting, who.SessionID)
	if err != nil {
		return nil, fmt.Errorf("marking the user: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil {
		return nil, fmt.Errorf("marking the user: %w", err)
	} else if n == 0 {
		return nil, over
	}
	u, err := tx.User.Get(viewer.ForSystem(ctx, "factors"), who.UserID)
	if err != nil {
		return nil, fmt.Errorf("loading the user who enrols: %w", err)
	}
	return u, nil
}

// Weaken takes from the user's other sessions what they have without the new factor (security.md #32): the proof of
// identity, and where a factor was demanded before anything opened, all of it.
func Weaken(ctx context.Context, tx *db.Tx, who access.Enroller) error {
	statement, args := "UPDATE sessions SET sudo_at = $1 WHERE user_id = $2 AND id <> $3", []any{time.Time{}, who.UserID, who.SessionID}
	if who.Waiting {
		statement, args = "DELETE FROM sessions WHERE user_id = $1 AND id <> $2", args[1:]
	}
	if _, err := tx.SQL.ExecContext(ctx, statement, args...); err != nil {
		return fmt.Errorf("weakening other sessions: %w", err)
	}
	return nil
}

// tell mails the user about their factors.
func (s *Service) tell(ctx context.Context, tx *db.Tx, u *ent.User, about mail.Kind, more map[string]string) error {
	params := map[string]string{"name": u.Name()}
	for name, value := range more {
		params[name] = value
	}
	return s.Outbox.Enqueue(ctx, tx, s.now(), mail.Message{
		Kind: about, To: u.Email, UserID: u.ID, Language: u.Language, Params: params,
	})
}

// address writes a seed as the otpauth: address that apps read (Key URI Format): a colon ends the issuer there.
func address(seed []byte, issuer, account string) string {
	issuer = strings.ReplaceAll(issuer, ":", " ")
	values := url.Values{
		"secret": {keyOf(seed)}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {strconv.Itoa(step)},
	}
	// Apps take a plus sign for one.
	return "otpauth://totp/" + url.PathEscape(issuer+":"+account) + "?" + strings.ReplaceAll(values.Encode(), "+", "%20")
}

// keyOf writes a seed as people type it.
func keyOf(seed []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(seed)
}
