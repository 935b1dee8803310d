package signin

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/devices"
	"roster/internal/mail"
	"roster/internal/throttle"
)

// historyLasts is how far back a user's sign-ins go (security.md #72).
const historyLasts = 180 * 24 * time.Hour

// knows reports whether the user signed in with such a device before, and from near where they are: whoever has a common
// browser too is not at home with everybody who has one.
func knows(ctx context.Context, tx *db.Tx, userID int, by *viewer.Viewer, now time.Time) (bool, error) {
	rows, err := tx.SQL.QueryContext(ctx,
		"SELECT DISTINCT device, address FROM sign_ins WHERE user_id = $1 AND outcome = 'SIGNED_IN' AND at > $2",
		userID, now.Add(-historyLasts))
	if err != nil {
		return false, fmt.Errorf("loading known devices: %w", err)
	}
	defer rows.Close()
	var device, place bool
	for rows.Next() {
		var used, from string
		if err := rows.Scan(&used, &from); err != nil {
			return false, fmt.Errorf("loading known devices: %w", err)
		}
		device = device || devices.Same(used, by.Device)
		place = place || near(from, by.Address)
	}
	return device && place, rows.Err()
}

// near reports whether two addresses are in the reach of one provider, about: IPv4 /16, IPv6 /32. A telephone gets
// another address every day, and mails that come every day are read by nobody.
func near(stored string, client netip.Addr) bool {
	before, err := netip.ParseAddr(stored)
	if err != nil || !client.IsValid() { // nothing is known of the place
		return true
	}
	before, client = before.Unmap().WithZone(""), client.Unmap().WithZone("")
	bits := 16
	if before.Is6() {
		bits = 32
	}
	reach, err := before.Prefix(bits)
	return err == nil && reach.Contains(client)
}

// warn tells the user that somebody gave the right password and a wrong second factor (security.md #36), unless a mail
// did a moment ago.
func (s *Service) warn(ctx context.Context, tx *db.Tx, userID int, now time.Time) error {
	err := throttle.Warning.Take(ctx, tx, throttle.User(userID), now)
	if throttle.IsRefusal(err) {
		return nil
	} else if err != nil {
		return err
	}
	return s.tell(ctx, tx, userID, mail.WrongSecondFactor, now)
}

// tell mails the user what the viewer's device just did in their name.
func (s *Service) tell(ctx context.Context, tx *db.Tx, userID int, about mail.Kind, now time.Time) error {
	u, err := tx.User.Get(viewer.ForSystem(ctx, "sign-in notices"), userID)
	if err != nil {
		return fmt.Errorf("loading whom to tell: %w", err)
	}
	v := viewer.From(ctx)
	device := devices.Read(v.Device)
	return s.Outbox.Enqueue(ctx, tx, now, mail.Message{
		Kind: about, To: u.Email, UserID: u.ID, Language: u.Language,
		Params: map[string]string{
			"name": u.Name(), "browser": device.Browser, "system": device.System,
			"network": addressOf(v), "at": clockOf(u.TimeZone, now),
		},
	})
}

// clockOf writes a moment as the user's clock shows it, in a form that is read the same in every language.
func clockOf(zone string, at time.Time) string {
	place, err := time.LoadLocation(zone) // empty: UTC
	if err != nil {
		place = time.UTC
	}
	return at.In(place).Format("2006-01-02 15:04 MST")
}
