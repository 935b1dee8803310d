package users

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	ent "roster/ent/generated"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/email"
	"roster/internal/fault"
	"roster/internal/name"
)

// Newcomer is somebody who becomes a user.
type Newcomer struct {
	First, Last, Language string
	Address               email.Address
	// Self says that they registered by themselves, with an address that is yet to be proved.
	Self bool
}

// Claimed reports whether somebody registered with the address by themselves and nobody proved that it is theirs: they
// may be anybody, so nothing is given to them on the strength of it (security.md #49).
func Claimed(u *ent.User) bool { return u.SelfRegistered && !u.EmailVerified && !u.OnceProven }

// ReadNewcomer checks what was typed of somebody who has no user yet; prefix goes before the names of the fields. An
// empty language is the installation's first. Faults on the fields, all at once.
func ReadNewcomer(prefix, first, last, address, language string) (Newcomer, error) {
	var problems fault.List
	note := func(err error) {
		var f *fault.Error
		if errors.As(err, &f) {
			problems = append(problems, f)
		}
	}
	var n Newcomer
	var err error
	n.First, err = name.Require(prefix+"firstName", first)
	note(err)
	n.Last, err = name.Check(prefix+"lastName", last)
	note(err)
	n.Address, err = email.Check(prefix+"email", address)
	note(err)
	if n.Language = language; language == "" {
		n.Language = Languages[0]
	} else if !slices.Contains(Languages, language) {
		note(fault.On(prefix+"language", fault.Invalid, "This language is not one of this installation."))
	}
	return n, problems.Err()
}

// ErrTaken says that the address of a newcomer has a user.
var ErrTaken = errors.New("the address has a user")

// Make writes a user who has no password yet. It asks nobody: who may is for the caller to say. ErrTaken: somebody has
// the address; on PostgreSQL the transaction can't go on then.
func Make(ctx context.Context, tx *db.Tx, n Newcomer, at time.Time) (*ent.User, error) {
	keys := KeysOf(n.First, n.Last, n.Address)
	u, err := tx.User.Create().
		SetFirstName(n.First).SetLastName(n.Last).SetNameKey(keys.Name).SetLastKey(keys.Last).SetLanguage(n.Language).
		SetEmail(n.Address.Spelling).SetEmailKey(n.Address.Key).SetSearchText(keys.Search).
		SetSelfRegistered(n.Self).SetCreatedAt(at).SetUpdatedAt(at).
		Save(viewer.ForSystem(ctx, "a new user"))
	if db.IsDuplicate(err) {
		return nil, ErrTaken
	} else if err != nil {
		return nil, fmt.Errorf("saving user: %w", err)
	}
	return u, nil
}
