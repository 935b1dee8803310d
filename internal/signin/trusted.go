package signin

import (
	"context"
	"errors"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/trusteddevice"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/secret"
	"roster/internal/settings"
)

// trustLasts is how long a device goes without the second factor.
const trustLasts = 30 * 24 * time.Hour

// TrustedPerUser is how many devices a user may trust; the oldest falls.
const TrustedPerUser = 20

// mayTrust reports whether the user may go without the second factor on a device: where the setting lets them, and
// never staff.
func (who *subject) mayTrust(ctx context.Context, tx *db.Tx) (bool, error) {
	if who.staff {
		return false, nil
	}
	chosen, err := settings.Load(ctx, tx.Client)
	return err == nil && chosen.TrustedDevices, err
}

// trusted reports whether the browser comes with the cookie of a device that this user trusts, under the credentials
// that they have now.
func (s *Service) trusted(ctx context.Context, tx *db.Tx, p proof, who *subject, now time.Time) (bool, error) {
	hash, ok := jarOf(ctx).deviceHash()
	if !ok {
		return false, nil
	}
	if may, err := who.mayTrust(ctx, tx); err != nil || !may {
		return false, err
	}
	result, err := tx.SQL.ExecContext(ctx, `UPDATE trusted_devices SET last_used_at = $1
		WHERE secret_hash = $2 AND user_id = $3 AND credential_version = $4 AND expires_at > $1
		AND credential_version = (SELECT credential_version FROM users WHERE id = $3)`, now, hash, p.userID, p.version)
	if err := one(result, err, "using a trusted device"); errors.Is(err, errChanged) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	return true, nil
}

// trust makes a trusted device of the browser, where that is allowed; else it does nothing. What is of no use any more
// goes, as does what the browser came with.
func (s *Service) trust(ctx context.Context, tx *db.Tx, p proof, who *subject, now time.Time) (cookie string, err error) {
	if may, err := who.mayTrust(ctx, tx); err != nil || !may {
		return "", err
	}
	v, system := viewer.From(ctx), viewer.ForSystem(ctx, "trusted devices")
	old, _ := jarOf(ctx).deviceHash()
	_, err = tx.TrustedDevice.Delete().Where(trusteddevice.UserID(p.userID), trusteddevice.Or(
		trusteddevice.ExpiresAtLTE(now), trusteddevice.CredentialVersionNEQ(p.version), trusteddevice.SecretHash(old),
	)).Exec(system)
	if err != nil {
		return "", fmt.Errorf("removing old trusted devices: %w", err)
	}
	token := secret.New(secret.Device)
	err = tx.TrustedDevice.Create().SetUserID(p.userID).SetSecretHash(token.Hash).SetCredentialVersion(p.version).
		SetAddress(addressOf(v)).SetDevice(v.Device).SetCreatedAt(now).SetExpiresAt(now.Add(trustLasts)).
		Exec(system)
	if err != nil {
		return "", fmt.Errorf("saving a trusted device: %w", err)
	}
	_, err = tx.SQL.ExecContext(ctx, `DELETE FROM trusted_devices WHERE user_id = $1 AND id NOT IN
		(SELECT id FROM trusted_devices WHERE user_id = $1 ORDER BY id DESC LIMIT $2)`, p.userID, TrustedPerUser)
	if err != nil {
		return "", fmt.Errorf("removing the oldest trusted devices: %w", err)
	}
	return token.Plain, audit.Record(ctx, tx, now, audit.Entry{Action: audit.DeviceTrusted, Target: audit.OnUser(p.userID)})
}

// Devices lists the browsers that the viewer trusts, the newest first: at most TrustedPerUser. Those whose time is over,
// or that were trusted under other credentials, are none.
func (s *Service) Devices(ctx context.Context) ([]*ent.TrustedDevice, error) {
	q, err := s.ownDevices(ctx)
	if err != nil || q == nil {
		return []*ent.TrustedDevice{}, err
	}
	list, err := q.Order(ent.Desc(trusteddevice.FieldID)).All(viewer.ForSystem(ctx, "own trusted devices"))
	if err != nil {
		return nil, fmt.Errorf("loading trusted devices: %w", err)
	}
	return list, nil
}

// Device returns one of the viewer's trusted devices; nil: there is none, or it is somebody else's.
func (s *Service) Device(ctx context.Context, id int) (*ent.TrustedDevice, error) {
	q, err := s.ownDevices(ctx)
	if err != nil || q == nil {
		return nil, err
	}
	d, err := q.Where(trusteddevice.ID(id)).Only(viewer.ForSystem(ctx, "own trusted devices"))
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // not there is an answer, not a failure
	} else if err != nil {
		return nil, fmt.Errorf("loading a trusted device: %w", err)
	}
	return d, nil
}

// ownDevices starts a query of the viewer's trusted devices; nil where nobody stands behind the request.
func (s *Service) ownDevices(ctx context.Context) (*ent.TrustedDeviceQuery, error) {
	v := viewer.From(ctx)
	if !v.SignedIn() || v.UserID == 0 {
		return nil, nil //nolint:nilnil // nobody has no devices
	}
	u, err := s.DB.User.Get(viewer.ForSystem(ctx, "own trusted devices"), v.UserID)
	if err != nil {
		return nil, fmt.Errorf("loading the viewer: %w", err)
	}
	return s.DB.TrustedDevice.Query().Where(trusteddevice.UserID(u.ID),
		trusteddevice.CredentialVersion(u.CredentialVersion), trusteddevice.ExpiresAtGT(s.now())), nil
}

// IsThisDevice reports whether the request comes from the trusted device.
func (s *Service) IsThisDevice(ctx context.Context, d *ent.TrustedDevice) bool {
	hash, ok := jarOf(ctx).deviceHash()
	return ok && string(hash) == string(d.SecretHash)
}

// RevokeDevice makes one of the viewer's trusted devices ask for the second factor again. fault.NotFound: it is none of
// theirs.
func (s *Service) RevokeDevice(ctx context.Context, id int) error {
	if err := access.Person(ctx); err != nil {
		return err
	}
	userID := viewer.From(ctx).UserID
	entry := audit.Entry{Action: audit.DeviceTrustRevoked, Target: audit.OnUser(userID), Detail: map[string]any{"trustedDevice": id}}
	return audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.TrustedDevice.Delete().Where(trusteddevice.ID(id), trusteddevice.UserID(userID)).
			Exec(viewer.ForSystem(ctx, "own trusted devices"))
		if err != nil {
			return fmt.Errorf("removing a trusted device: %w", err)
		} else if n == 0 {
			return fault.Gone("trusted device")
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
}
