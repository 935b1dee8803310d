// Package registration is how visitors become users by themselves (product.md C1).
package registration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	ent "roster/ent/generated"
	"roster/ent/generated/user"
	"roster/ent/viewer"
	"roster/internal/accounts"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/email"
	"roster/internal/fault"
	"roster/internal/invitations"
	"roster/internal/links"
	"roster/internal/mail"
	"roster/internal/name"
	"roster/internal/questions"
	"roster/internal/secret"
	"roster/internal/settings"
	"roster/internal/throttle"
	"roster/internal/users"
)

// Service registers visitors.
type Service struct {
	DB          *db.DB
	Now         func() time.Time
	Passwords   *secret.Hasher
	Outbox      *mail.Outbox
	Questions   *questions.Service
	Invitations *invitations.Service
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Application is what a visitor says of themselves.
type Application struct {
	FirstName, LastName, Email, Password string
	// Language is a BCP 47 tag; empty: what the browser asked for.
	Language string
	// AccountName is the company's; empty: the person's name.
	AccountName string
	// QuestionID and Answer are the security question, needed where staff offer some; 0 for none.
	QuestionID int
	Answer     string
	// Invitation is the token of a link to join an account; empty: there is none.
	Invitation string
}

// newcomer is an application that was checked, with its secrets hashed: hashing must not hold a transaction up.
type newcomer struct {
	first, last, language, account string
	address                        email.Address
	hash                           string
	choice                         *questions.Choice
	// invitation is the token of the link by which they come to join an account, and need none of their own; or empty.
	invitation string
}

// Register makes a user with an account of their own, and mails a link that proves the address. When the address has a
// user already, that user is told instead, and nothing is made; the answer is the same, and takes as long (security.md
// #26). It signs nobody in, for that would tell the two apart; whoever goes on to sign in learns it all the same,
// because an address that is not verified keeps nobody out (product.md C12). fault.Forbidden: registration is closed.
// Faults on the fields, all at once; an invitation opens a closed registration for the address that was invited.
// fault.RateLimited: the tenth from this network within the hour was the last.
func (s *Service) Register(ctx context.Context, a Application) error {
	n, err := s.read(ctx, a)
	if err != nil {
		return err
	}
	enough, err := s.count(ctx, n.address)
	if err != nil {
		return err
	}
	if n.hash, err = s.Passwords.Hash(ctx, a.Password); err != nil {
		return fmt.Errorf("hashing the password: %w", err)
	}
	if n.choice, err = s.choose(ctx, a, n); err != nil {
		return err
	}
	return throttle.Evenly(ctx, func() error {
		err := s.settle(ctx, n, enough)
		if errors.Is(err, users.ErrTaken) { // by somebody who registered with it this very moment
			err = s.settle(ctx, n, enough)
		}
		return err
	})
}

// read checks all that can be checked without a look at who is there.
func (s *Service) read(ctx context.Context, a Application) (newcomer, error) {
	chosen, err := settings.Load(ctx, s.DB.Client)
	if err != nil {
		return newcomer{}, err
	}
	n := newcomer{language: a.Language, invitation: a.Invitation}
	invitation, err := s.invited(ctx, s.DB.Client, a.Invitation)
	if err != nil {
		return newcomer{}, err
	}
	if !chosen.Registration && invitation == nil {
		return newcomer{}, fault.New(fault.Forbidden, "Registration is closed here.")
	}
	var problems fault.List
	note := func(err error) {
		var f *fault.Error
		if errors.As(err, &f) {
			problems = append(problems, f)
		}
	}
	n.first, err = name.Require("firstName", a.FirstName)
	note(err)
	n.last, err = name.Check("lastName", a.LastName)
	note(err)
	n.account, err = name.Check("accountName", a.AccountName)
	note(err)
	n.address, err = email.Check("email", a.Email)
	note(err)
	if !chosen.Registration && n.address.Key != "" && n.address.Key != invitation.EmailKey {
		note(fault.On("email", fault.NotAllowed, "Registration is open only for the address that was invited."))
	}
	policy := secret.Policy{Names: []string{settings.Product, chosen.Company}}
	note(policy.Check("password", a.Password, secret.Person{FirstName: a.FirstName, LastName: a.LastName, Email: a.Email}, secret.Alone))
	if n.language == "" {
		n.language = users.LanguageFor(viewer.From(ctx).Language)
	} else if !slices.Contains(users.Languages, n.language) {
		note(fault.On("language", fault.Invalid, "This language is not one of this installation."))
	}
	if n.account == "" {
		n.account = nameOf(n)
	}
	needed, err := s.Questions.On(ctx)
	if err != nil {
		return newcomer{}, err
	}
	if needed && a.QuestionID == 0 {
		note(fault.On("questionId", fault.Required, "Please choose a security question."))
	}
	return n, problems.Err()
}

// invited returns the invitation that the token opens; nil without a token. fault.Expired on invitationToken: it opens
// none, or not any more.
func (s *Service) invited(ctx context.Context, client *ent.Client, token string) (*ent.Invitation, error) {
	if token == "" {
		return nil, nil //nolint:nilnil // no invitation is an answer, not a failure
	}
	found, err := s.Invitations.Open(ctx, client, token)
	if err == nil && found == nil {
		err = fault.On("invitationToken", fault.Expired, "This invitation is not open any more.")
	}
	return found, err
}

// nameOf is the person's whole name as far as it fits an account's.
func nameOf(n newcomer) string {
	whole := strings.TrimSpace(n.first + " " + n.last)
	if utf8.RuneCountInString(whole) > name.MaxLength {
		return n.first
	}
	return whole
}

// count takes one registration off what the network may make, and one mail off what others may cause to the address.
// Only the network is told.
func (s *Service) count(ctx context.Context, address email.Address) (enough bool, err error) {
	now, network := s.now(), throttle.Network(viewer.From(ctx).Address)
	err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		if err := throttle.Registration.Take(ctx, tx, network, now); err != nil {
			tx.Remember(func(ctx context.Context, tx *db.Tx) error {
				return audit.Refused(ctx, tx, now, audit.Entry{Action: audit.Registered}, err)
			})
			return err
		}
		err := throttle.Unasked.Take(ctx, tx, throttle.Address(address.Key), now)
		if enough = err != nil && throttle.IsRefusal(err); enough {
			return nil
		}
		return err
	})
	return enough, err
}

// choose is nil where staff offer no question.
func (s *Service) choose(ctx context.Context, a Application, n newcomer) (*questions.Choice, error) {
	if a.QuestionID == 0 {
		return nil, nil //nolint:nilnil // no question is an answer, not a failure
	}
	choice, err := s.Questions.Choose(ctx, a.QuestionID, a.Answer,
		n.first, n.last, n.first+" "+n.last, n.last+" "+n.first, n.address.Spelling, a.Password)
	if err != nil {
		return nil, err
	}
	return &choice, nil
}

// settle makes the user, or tells who has the address.
func (s *Service) settle(ctx context.Context, n newcomer, enough bool) error {
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		system := viewer.ForSystem(ctx, "registration")
		holder, err := tx.User.Query().Where(user.EmailKey(n.address.Key)).Only(system)
		switch {
		case ent.IsNotFound(err):
			if _, err := s.invited(ctx, tx.Client, n.invitation); err != nil { // it may have ended while the password was hashed
				return err
			}
			return s.make(ctx, tx, n)
		case err != nil:
			return fmt.Errorf("loading the user of an address: %w", err)
		}
		if !enough {
			if err := s.tell(system, tx, holder); err != nil {
				return err
			}
		}
		return audit.Refused(ctx, tx, s.now(), audit.Entry{Action: audit.Registered, Target: audit.OnUser(holder.ID)},
			fault.New(fault.Taken, ""))
	})
}

func (s *Service) tell(ctx context.Context, tx *db.Tx, holder *ent.User) error {
	return s.Outbox.Enqueue(ctx, tx, s.now(), mail.Message{
		Kind: mail.AlreadyRegistered, To: holder.Email, UserID: holder.ID, Language: holder.Language,
		Params: map[string]string{"name": holder.Name()},
	})
}

func (s *Service) make(ctx context.Context, tx *db.Tx, n newcomer) error {
	system := viewer.ForSystem(ctx, "registration")
	now := s.now()
	u, err := users.Make(ctx, tx, users.Newcomer{First: n.first, Last: n.last, Language: n.language, Address: n.address, Self: true}, now)
	if err != nil {
		return err
	}
	if err := tx.Password.Create().SetUserID(u.ID).SetHash(n.hash).SetChangedAt(now).Exec(system); err != nil {
		return fmt.Errorf("saving password: %w", err)
	}
	detail := map[string]any{}
	if n.invitation == "" {
		account, err := accounts.Make(ctx, tx, accounts.Profile{Name: n.account, Address: n.address}, u.ID, now)
		if err != nil {
			return err
		}
		detail["account"] = account.ID
	}
	if n.choice != nil {
		if err := s.Questions.Keep(ctx, tx, u.ID, *n.choice); err != nil {
			return err
		}
	}
	if err := links.Send(ctx, tx, s.Outbox, now, u, mail.VerifyEmail); err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, audit.Entry{
		Action: audit.Registered, Target: audit.OnUser(u.ID), Detail: detail,
	})
}
