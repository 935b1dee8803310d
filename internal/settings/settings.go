// Package settings holds what staff choose for the installation. A value that nobody chose has a built-in default.
package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/setting"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/db"
)

// Product is the name of what runs here.
const Product = "Roster"

// Settings are the values in force.
type Settings struct {
	// Company is who runs the installation, as people read it in pages and mails.
	Company string
	// Registration lets visitors make a user and an account by themselves (product.md C1).
	Registration bool
	// TwoFactor says who must have a second factor.
	TwoFactor TwoFactorRule
	// TrustedDevices lets clients, never staff, go without the second factor on a device for 30 days.
	TrustedDevices bool
	// LockedProfile are the fields of their own profile that users cannot change, of ProfileFields.
	LockedProfile []string
	// DisableClientUserManagement keeps customers from managing the users of their accounts; staff still can (C7).
	DisableClientUserManagement bool
	// StrictInvitations lets only a user with the address that an invitation went to accept it.
	StrictInvitations bool
	// InvitationDays is for how many days an invitation stands after its mail was sent: 1 to 7 (security.md #12).
	InvitationDays int
	// APIBudget is what a viewer may ask of the API in a while.
	APIBudget Budget
	// Verification says how users prove who they are.
	Verification Verification
	// Version counts the changes.
	Version int
}

// Verification is how users prove who they are (product.md part 7).
type Verification struct {
	// Enabled: without it nobody is asked, and nothing of it shows.
	Enabled bool `json:"enabled"`
	// Provider is the name of who decides.
	Provider string `json:"provider"`
	// ApprovalDays is how long an approval holds; 0: for good.
	ApprovalDays int `json:"approvalDays"`
	// Tries is how often somebody may submit before staff have to ask anew.
	Tries int `json:"tries"`
	// SecondReviewer lets an approval stand only when two members of staff gave it.
	SecondReviewer bool `json:"secondReviewer"`
	// KeepDays is for how many days files are kept (security.md #71).
	KeepDays int `json:"keepDays"`
}

// The bounds of a Verification: ten years, and what GDPR calls no longer than necessary.
const (
	MostApprovalDays = 3_650
	MostTries        = 20
	MostKeepDays     = 90
)

// Budget is a number of points, objects that answers may hold, all of which refill within some minutes (security.md #59).
type Budget struct {
	Points  int `json:"points"`
	Minutes int `json:"minutes"`
}

// The bounds of a Budget: the dearest operation that is let through can be asked for, and a wait is never long.
const (
	FewestPoints = 5_000
	MostPoints   = 100_000_000
	MostMinutes  = 60
)

// TwoFactorRule says who must have a second factor; a role can ask for it too.
type TwoFactorRule struct {
	Staff    bool `json:"staff"`
	Owners   bool `json:"owners"`
	Everyone bool `json:"everyone"`
	// GraceDays is how many days somebody has from Since, or from when they came if that was later.
	GraceDays int       `json:"graceDays"`
	Since     time.Time `json:"since"`
}

// version is the name that Settings.Version is stored under.
const version = "version"

// ProfileFields are what a user may change of their own profile, unless it is locked (product.md C9).
var ProfileFields = []string{"firstName", "lastName", "email", "language", "timeZone"}

// MostInvitationDays is the longest time that an invitation can stand, and how long it does until staff choose otherwise.
const MostInvitationDays = 7

// defaults are in force until staff choose otherwise.
func defaults() Settings {
	return Settings{
		Company: Product, Registration: true, TwoFactor: TwoFactorRule{Staff: true}, TrustedDevices: true,
		InvitationDays: MostInvitationDays, APIBudget: Budget{Points: 100_000, Minutes: 10},
		Verification: Verification{Enabled: true, Provider: "MANUAL", Tries: 3, KeepDays: 30}, Version: 1,
	}
}

// fields says under which name each value is stored, for ever, as JSON.
func (s *Settings) fields() map[string]any {
	return map[string]any{
		"company": &s.Company, "registration": &s.Registration, "twoFactor": &s.TwoFactor,
		"trustedDevices": &s.TrustedDevices, "lockedProfile": &s.LockedProfile,
		access.DisableUserManagement: &s.DisableClientUserManagement, "strictInvitations": &s.StrictInvitations,
		"invitationDays": &s.InvitationDays, "apiBudget": &s.APIBudget, "identityVerification": &s.Verification,
		version: &s.Version,
	}
}

// Load returns the settings in force, with one statement. Names of a newer version are left alone.
func Load(ctx context.Context, client *ent.Client) (Settings, error) {
	s := defaults()
	rows, err := client.Setting.Query().All(viewer.ForSystem(ctx, "settings"))
	if err != nil {
		return s, fmt.Errorf("loading settings: %w", err)
	}
	fields := s.fields()
	for _, row := range rows {
		field, known := fields[row.ID]
		if !known {
			continue
		}
		if err := json.Unmarshal([]byte(row.Value), field); err != nil {
			return s, fmt.Errorf("reading the setting %s: %w", row.ID, err)
		}
	}
	return s, nil
}

// Store makes s the settings in force. It asks nobody: who may is for the caller to say.
func Store(ctx context.Context, tx *db.Tx, s Settings) error {
	for name, field := range s.fields() {
		if err := write(ctx, tx, name, field); err != nil {
			return err
		}
	}
	return nil
}

func write(ctx context.Context, tx *db.Tx, name string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("writing the setting %s: %w", name, err)
	}
	err = tx.Setting.Create().SetID(name).SetValue(string(text)).OnConflictColumns(setting.FieldID).UpdateNewValues().
		Exec(viewer.ForSystem(ctx, "settings"))
	if err != nil {
		return fmt.Errorf("saving the setting %s: %w", name, err)
	}
	return nil
}
