package settings

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"

	ent "roster/ent/generated"
	"roster/ent/permission"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/name"
)

// mostGraceDays is the longest time that people can be given to get a second factor.
const mostGraceDays = 365

// Change is what staff want to be different; nil members stay as they are.
type Change struct {
	Company        *string
	Registration   *bool
	TwoFactor      RuleChange
	TrustedDevices *bool
	LockedProfile  *[]string

	DisableClientUserManagement, StrictInvitations *bool
	InvitationDays                                 *int
	APIBudget                                      BudgetChange
	Verification                                   VerificationChange

	// Version is the one that the change is based on; nil: whatever is there.
	Version *int
}

// BudgetChange is what staff want to be different in the budget of a viewer.
type BudgetChange struct{ Points, Minutes *int }

// VerificationChange is what staff want to be different in how users prove who they are.
type VerificationChange struct {
	Enabled, SecondReviewer       *bool
	Provider                      *string
	ApprovalDays, Tries, KeepDays *int
}

// RuleChange is what staff want to be different in the rule for second factors.
type RuleChange struct {
	Staff, Owners, Everyone *bool
	GraceDays               *int
}

// Service shows and changes the settings for staff.
type Service struct {
	DB  *db.DB
	Now func() time.Time
	// Choosable refuses, on field, a provider of identity verification that can't be chosen.
	Choosable func(ctx context.Context, client *ent.Client, field, provider string) error
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Get returns the settings in force. It needs CONFIGURE_SETTINGS.
func (s *Service) Get(ctx context.Context) (*Settings, error) {
	if err := access.Staff(ctx, permission.ConfigureSettings); err != nil {
		return nil, err
	}
	chosen, err := Load(ctx, s.DB.Client)
	return &chosen, err
}

// Update changes settings. A changed rule for second factors counts its days of grace from now on. It needs
// CONFIGURE_SETTINGS and a fresh proof of identity. Faults on the members: fault.Required, Invalid, TooLong; fault.Conflict
// on version, somebody else was first.
func (s *Service) Update(ctx context.Context, c Change) (*Settings, error) {
	var after Settings
	entry := audit.Entry{Action: audit.SettingsChanged}
	err := audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := access.Staff(ctx, permission.ConfigureSettings); err != nil {
			return err
		}
		if err := access.Sudo(ctx, s.now()); err != nil {
			return err
		}
		if err := Lock(ctx, tx); err != nil {
			return err
		}
		before, err := Load(ctx, tx.Client)
		if err != nil {
			return err
		}
		if c.Version != nil && *c.Version != before.Version {
			return fault.On("version", fault.Conflict, "Somebody else changed the settings in the meantime.")
		}
		if after, err = c.apply(before, s.now()); err != nil {
			return err
		}
		if provider := after.Verification.Provider; provider != before.Verification.Provider {
			if err := s.Choosable(ctx, tx.Client, "identityVerification.provider", provider); err != nil {
				return err
			}
		}
		from, to := difference(before, after)
		if len(to) == 0 {
			return nil
		}
		for name, value := range to {
			if err := write(ctx, tx, name, value); err != nil {
				return err
			}
		}
		after.Version++
		if err := write(ctx, tx, version, after.Version); err != nil {
			return err
		}
		entry.Detail = map[string]any{"before": from, "after": to}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return nil, err
	}
	return &after, nil
}

// Lock keeps the settings to the transaction, so that changes come one after the other. Their version stands for them all.
func Lock(ctx context.Context, tx *db.Tx) error {
	_, err := tx.SQL.ExecContext(ctx, `INSERT INTO settings AS s (id, value) VALUES ($1, $2)
		ON CONFLICT (id) DO UPDATE SET value = s.value`, version, strconv.Itoa(defaults().Version))
	if err != nil {
		return fmt.Errorf("locking the settings: %w", err)
	}
	return nil
}

// apply is the settings with the change in them.
func (c Change) apply(s Settings, now time.Time) (Settings, error) {
	var problems fault.List
	if c.Company != nil {
		company, err := name.Require("company", *c.Company)
		if err != nil {
			return s, err
		}
		s.Company = company
	}
	s.Registration = or(c.Registration, s.Registration)
	s.TrustedDevices = or(c.TrustedDevices, s.TrustedDevices)
	s.DisableClientUserManagement = or(c.DisableClientUserManagement, s.DisableClientUserManagement)
	s.StrictInvitations = or(c.StrictInvitations, s.StrictInvitations)
	if days := c.InvitationDays; days != nil && (*days < 1 || *days > MostInvitationDays) {
		problems = append(problems, fault.On("invitationDays", fault.Invalid, "An invitation stands for 1 to 7 days."))
	}
	s.InvitationDays = or(c.InvitationDays, s.InvitationDays)
	s.APIBudget = Budget{Points: or(c.APIBudget.Points, s.APIBudget.Points), Minutes: or(c.APIBudget.Minutes, s.APIBudget.Minutes)}
	problems = append(problems, s.APIBudget.problems()...)
	s.Verification = c.Verification.apply(s.Verification)
	problems = append(problems, s.Verification.problems()...)
	if c.LockedProfile != nil {
		s.LockedProfile = []string{}
		for _, field := range ProfileFields { // in their order, each once
			if slices.Contains(*c.LockedProfile, field) {
				s.LockedProfile = append(s.LockedProfile, field)
			}
		}
		for _, field := range *c.LockedProfile {
			if !slices.Contains(ProfileFields, field) {
				problems = fault.List{fault.On("lockedProfile", fault.Invalid, "This is not a field of the profile.")}
			}
		}
	}
	if days := c.TwoFactor.GraceDays; days != nil && (*days < 0 || *days > mostGraceDays) {
		problems = append(problems, fault.On("twoFactor.graceDays", fault.Invalid, "Days of grace are 0 to 365."))
	}
	s.TwoFactor = c.TwoFactor.apply(s.TwoFactor, now)
	return s, problems.Err()
}

func (b Budget) problems() (problems fault.List) {
	if b.Points < FewestPoints || b.Points > MostPoints {
		problems = append(problems, fault.On("apiBudget.points", fault.Invalid, "A budget has 5,000 to 100,000,000 points."))
	}
	if b.Minutes < 1 || b.Minutes > MostMinutes {
		problems = append(problems, fault.On("apiBudget.minutes", fault.Invalid, "A budget refills within 1 to 60 minutes."))
	}
	return problems
}

func (c VerificationChange) apply(v Verification) Verification {
	return Verification{
		Enabled: or(c.Enabled, v.Enabled), Provider: or(c.Provider, v.Provider), ApprovalDays: or(c.ApprovalDays, v.ApprovalDays),
		Tries: or(c.Tries, v.Tries), SecondReviewer: or(c.SecondReviewer, v.SecondReviewer), KeepDays: or(c.KeepDays, v.KeepDays),
	}
}

func (v Verification) problems() (problems fault.List) {
	for _, number := range []struct {
		field, message     string
		value, least, most int
	}{
		{"approvalDays", "An approval holds for 0 to 3,650 days.", v.ApprovalDays, 0, MostApprovalDays},
		{"tries", "There are 1 to 20 tries.", v.Tries, 1, MostTries},
		{"keepDays", "Pictures are kept for 1 to 90 days.", v.KeepDays, 1, MostKeepDays},
	} {
		if number.value < number.least || number.value > number.most {
			problems = append(problems, fault.On("identityVerification."+number.field, fault.Invalid, number.message))
		}
	}
	return problems
}

func (c RuleChange) apply(r TwoFactorRule, now time.Time) TwoFactorRule {
	next := TwoFactorRule{
		Staff: or(c.Staff, r.Staff), Owners: or(c.Owners, r.Owners), Everyone: or(c.Everyone, r.Everyone),
		GraceDays: or(c.GraceDays, r.GraceDays), Since: r.Since,
	}
	if next != r {
		next.Since = now
	}
	return next
}

// difference is what changed, before and after, by the names of the settings.
func difference(before, after Settings) (from, to map[string]any) {
	from, to = map[string]any{}, map[string]any{}
	old, fresh := before.values(), after.values()
	for name, value := range fresh {
		if !reflect.DeepEqual(old[name], value) {
			from[name], to[name] = old[name], value
		}
	}
	return from, to
}

// values are the settings by their stored names.
func (s Settings) values() map[string]any {
	if s.LockedProfile == nil {
		s.LockedProfile = []string{}
	}
	values := map[string]any{}
	for name, field := range s.fields() {
		values[name] = reflect.ValueOf(field).Elem().Interface()
	}
	return values
}

func or[T any](wanted *T, present T) T {
	if wanted != nil {
		return *wanted
	}
	return present
}
