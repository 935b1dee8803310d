// Package exports hands data out as files: everything that Roster holds on one user, to that user.
package exports

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/signin"
	"roster/internal/throttle"
)

// Service makes the files.
type Service struct {
	DB      *db.DB
	Now     func() time.Time
	SignIns *signin.Service
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Own is the file with everything that Roster holds on the viewer, granted and not yet written.
type Own struct {
	// Name is what to call the file.
	Name string

	service *Service
	userID  int
	at      time.Time
}

// Own grants the viewer their own data, and records that (product C14). fault.Unauthenticated, fault.Forbidden: the viewer
// is no user with a session of their own; tokens and staff who act as a user are none (security.md #48).
// fault.SudoRequired: there is no fresh proof of who they are (#33). fault.RateLimited: the eleventh within an hour (#25).
func (s *Service) Own(ctx context.Context) (*Own, error) {
	if err := access.Person(ctx); err != nil {
		return nil, err
	}
	now, userID := s.now(), viewer.From(ctx).UserID
	entry := audit.Entry{Action: audit.OwnDataExported, Target: audit.OnUser(userID)}
	err := audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := access.Sudo(ctx, now); err != nil {
			return err
		}
		if err := throttle.Export.Take(ctx, tx, throttle.User(userID), now); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, entry)
	})
	if err != nil {
		return nil, err
	}
	name := "roster-user-" + strconv.Itoa(userID) + "-" + now.Format(time.DateOnly) + ".json"
	return &Own{Name: name, service: s, userID: userID, at: now}, nil
}

// chunk is how many rows of a long list are in memory at once.
const chunk = 500

// Write writes the file: one JSON object, whose long lists are read and written in pieces. After an error the file is
// not whole, and whoever reads it has to be told.
func (o *Own) Write(ctx context.Context, w io.Writer) error {
	d := newDocument(w)
	d.member("exportedAt", o.at)
	for _, part := range []struct {
		name string
		read func(ctx context.Context) (any, error)
	}{
		{"profile", o.profile},
		{"securityQuestion", o.question},
		{"memberships", o.memberships},
		{"sessions", o.sessions},
		{"factors", o.factors},
		{"identityVerification", o.proof},
		{"apiTokens", o.tokens},
	} {
		value, err := part.read(ctx)
		if err != nil {
			return fmt.Errorf("exporting %s: %w", part.name, err)
		}
		d.member(part.name, value)
	}
	for _, part := range []struct {
		name string
		read func(ctx context.Context, after int) ([]row, error)
	}{
		{"signIns", o.signIns},
		{"mails", o.mails},
		{"audit", o.audit},
	} {
		if err := d.list(part.name, func(after int) ([]row, error) { return part.read(ctx, after) }); err != nil {
			return fmt.Errorf("exporting %s: %w", part.name, err)
		}
	}
	return d.close()
}
