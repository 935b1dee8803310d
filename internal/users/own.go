package users

import (
	"context"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the same names on every machine

	ent "roster/ent/generated"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/settings"
)

// The fields of settings.ProfileFields.
const (
	LockFirstName = "firstName"
	LockLastName  = "lastName"
	LockEmail     = "email"
	LockLanguage  = "language"
	LockTimeZone  = "timeZone"
)

// OwnChange is what users want their own profile to be; nil members stay as they are. The address has its own way.
type OwnChange struct {
	Version   int // that the change is based on
	FirstName *string
	LastName  *string
	Language  *string
	// TimeZone is an IANA name; empty: that of the browser.
	TimeZone *string
}

// UpdateOwn changes the viewer's own profile (product.md C9). fault.Conflict on version: it was changed elsewhere; nothing
// changes. Faults on the fields: fault.Required, Invalid, TooLong, and NotAllowed for a change of what settings lock.
func (s *Service) UpdateOwn(ctx context.Context, c OwnChange) (*ent.User, error) {
	if err := access.Person(ctx); err != nil {
		return nil, err
	}
	chosen, err := settings.Load(ctx, s.DB.Client)
	if err != nil {
		return nil, err
	}
	own := viewer.From(ctx).UserID
	entry := audit.Entry{Action: audit.UserUpdated, Target: audit.OnUser(own)}
	var after *ent.User
	err = audit.Act(ctx, s.DB, s.Now, entry, func(ctx context.Context, tx *db.Tx) error {
		before, err := s.target(ctx, tx, own)
		if err != nil {
			return err
		}
		p, err := readOwn(c, before, chosen.LockedProfile)
		if err != nil {
			return err
		}
		if before.Version != c.Version {
			return fault.On("version", fault.Conflict, "Your profile was changed elsewhere in the meantime.")
		}
		after, err = s.write(ctx, tx, before, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return after, nil
}

func readOwn(c OwnChange, before *ent.User, locked []string) (profile, error) {
	p, err := read(Change{FirstName: c.FirstName, LastName: c.LastName, Language: c.Language})
	problems, _ := err.(fault.List) //nolint:errorlint // read makes it, and nothing else
	if c.TimeZone != nil {
		if !knownZone(*c.TimeZone) {
			problems = append(problems, fault.On("timeZone", fault.Invalid, "This time zone is not known here."))
		}
		p.zone = c.TimeZone
	}
	for _, f := range []struct {
		name    string
		wanted  *string
		present string
	}{
		{LockFirstName, p.first, before.FirstName},
		{LockLastName, p.last, before.LastName},
		{LockLanguage, p.language, before.Language},
		{LockTimeZone, p.zone, before.TimeZone},
	} {
		if f.wanted != nil && *f.wanted != f.present && slices.Contains(locked, f.name) {
			problems = append(problems, fault.On(f.name, fault.NotAllowed, "This is changed by our staff only."))
		}
	}
	return p, problems.Err()
}

// knownZone takes names of the IANA data base and the empty one.
func knownZone(zone string) bool {
	if zone == "" {
		return true
	}
	if len(zone) > 64 || zone == "Local" || strings.ContainsAny(zone, "\\\x00") {
		return false
	}
	_, err := time.LoadLocation(zone)
	return err == nil
}
