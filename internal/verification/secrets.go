package verification

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	ent "roster/ent/generated"
	"roster/ent/generated/setting"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/settings"
)

const (
	// sealedSecrets is what secrets of providers are sealed for.
	sealedSecrets = "identity provider"
	// longestSecret is in bytes.
	longestSecret = 255
)

// Setup is a provider as staff set it up: not what its secrets are, but whether they were given.
type Setup struct {
	Name    string
	Secrets []SecretState
	// Tested is what became of the last test of these secrets.
	Tested Tested
}

// SecretState says whether a secret was given.
type SecretState struct {
	Name string
	Set  bool
}

// Ready reports whether the provider was told all that it needs.
func (s *Setup) Ready() bool {
	return !slices.ContainsFunc(s.Secrets, func(one SecretState) bool { return !one.Set })
}

// Setups are the providers that can be chosen beside Manual, by name. It needs CONFIGURE_SETTINGS.
func (s *Service) Setups(ctx context.Context) ([]*Setup, error) {
	if err := access.Staff(ctx, permission.ConfigureSettings); err != nil {
		return nil, err
	}
	list := []*Setup{}
	for name := range s.Providers {
		told, err := s.told(ctx, s.DB.Client, name)
		if err != nil {
			return nil, err
		}
		setup := s.setup(name, told)
		if setup.Tested, err = s.tested(ctx, s.DB.Client, name); err != nil {
			return nil, err
		}
		list = append(list, setup)
	}
	slices.SortFunc(list, func(a, b *Setup) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

func (s *Service) setup(name string, told Secrets) *Setup {
	setup := &Setup{Name: name, Tested: Untested}
	for _, need := range s.Providers[name].Needs() {
		setup.Secrets = append(setup.Secrets, SecretState{Name: need, Set: told[need] != ""})
	}
	return setup
}

// Tell gives a provider secrets, sealed (security.md #68); those that are not among them stay, and an empty one goes. It
// needs CONFIGURE_SETTINGS and a fresh proof of identity. Faults: provider fault.NotFound; on the secret's name fault.Invalid,
// fault.TooLong.
func (s *Service) Tell(ctx context.Context, name string, given Secrets) (*Setup, error) {
	if err := s.checkSecrets(name, given); err != nil {
		return nil, err
	}
	var after *Setup
	entry := audit.Entry{Action: audit.SettingsChanged, Detail: map[string]any{"identityProvider": name, "secrets": names(given)}}
	err := audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := s.configures(ctx); err != nil {
			return err
		}
		if err := settings.Lock(ctx, tx); err != nil {
			return err
		}
		told, err := s.told(ctx, tx.Client, name)
		if err != nil {
			return err
		}
		for need, secret := range given {
			told[need] = secret
		}
		after = s.setup(name, told)
		if err := s.write(ctx, tx, name, told); err != nil {
			return err
		}
		if err := s.forgetTest(ctx, tx, name); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return nil, err
	}
	return after, nil
}

// Test asks a provider whether the secrets that it was told are right, and remembers what it says. It needs CONFIGURE_SETTINGS
// and a fresh proof of identity. Faults: provider fault.NotFound, fault.NotAllowed, it was not told all; on the secret's name
// fault.Invalid, it is wrong; fault.TryLater, the provider can't be reached; fault.RateLimited, sixty an hour.
func (s *Service) Test(ctx context.Context, name string) error {
	if err := s.configures(ctx); err != nil {
		return err
	}
	if s.Providers[name] == nil {
		return unknownProvider()
	}
	provider, told, err := s.provider(ctx, name)
	if err != nil {
		return err
	}
	if err := s.count(ctx, viewer.From(ctx).Author()); err != nil {
		return err
	}
	err = provider.Test(ctx, told)
	became := Accepted
	switch {
	case fault.Is(err, fault.Invalid):
		became = Refused
	case err != nil:
		return err
	}
	if failed := s.remember(ctx, name, told, became); failed != nil {
		return failed
	}
	return err
}

func (s *Service) configures(ctx context.Context) error {
	if err := access.Staff(ctx, permission.ConfigureSettings); err != nil {
		return err
	}
	return access.Sudo(ctx, s.now())
}

// Choosable refuses, on field, who can't be chosen to decide: fault.Invalid for who does not exist, fault.NotAllowed for who
// was not told what it needs, or refused that when it was tested last.
func (s *Service) Choosable(ctx context.Context, client *ent.Client, field, name string) error {
	if name == Manual {
		return nil
	}
	if s.Providers[name] == nil {
		return fault.On(field, fault.Invalid, "There is no such provider.")
	}
	told, err := s.told(ctx, client, name)
	switch {
	case err != nil:
		return err
	case !s.setup(name, told).Ready():
		return fault.On(field, fault.NotAllowed, "Give this provider its keys first.")
	}
	became, err := s.tested(ctx, client, name)
	if err == nil && became == Refused {
		err = fault.On(field, fault.NotAllowed, "This provider did not accept its keys when they were tested last.")
	}
	return err
}

// provider is one that can be called, with what it was told. fault.NotAllowed: it can't be.
func (s *Service) provider(ctx context.Context, name string) (Provider, Secrets, error) {
	provider := s.Providers[name]
	if provider == nil {
		return nil, nil, notSetUp()
	}
	told, err := s.told(ctx, s.DB.Client, name)
	if err == nil && !s.setup(name, told).Ready() {
		err = notSetUp()
	}
	return provider, told, err
}

func notSetUp() error {
	return fault.New(fault.NotAllowed, "The service that would check this is not set up.")
}

func unknownProvider() error {
	return fault.On("provider", fault.NotFound, "There is no such provider.")
}

func (s *Service) checkSecrets(name string, given Secrets) error {
	provider := s.Providers[name]
	if provider == nil {
		return unknownProvider()
	}
	var problems fault.List
	for need, secret := range given {
		switch {
		case !slices.Contains(provider.Needs(), need):
			problems = append(problems, fault.On("secrets", fault.Invalid, "This provider has no such secret."))
		case len(secret) > longestSecret:
			problems = append(problems, fault.On("secrets."+need, fault.TooLong, "A secret may have up to 255 characters."))
		case strings.ContainsFunc(secret, func(r rune) bool { return r <= ' ' || r > '~' }):
			problems = append(problems, fault.On("secrets."+need, fault.Invalid, "A secret has letters, digits and signs, and no spaces."))
		}
	}
	return problems.Err()
}

func names(given Secrets) []string {
	list := make([]string, 0, len(given))
	for name := range given {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// keptAs is the name of the setting that holds a provider's secrets.
func keptAs(provider string) string { return "identityProvider:" + provider }

// told is what a provider was told so far.
func (s *Service) told(ctx context.Context, client *ent.Client, name string) (Secrets, error) {
	told := Secrets{}
	row, err := client.Setting.Get(viewer.ForSystem(ctx, "identity verification"), keptAs(name))
	if ent.IsNotFound(err) {
		return told, nil
	} else if err != nil {
		return nil, fmt.Errorf("loading the secrets of a provider: %w", err)
	}
	box, err := base64.StdEncoding.DecodeString(row.Value)
	if err != nil {
		return nil, fmt.Errorf("reading the secrets of a provider: %w", err)
	}
	plain, err := s.Keyring.Open(sealedSecrets, name, box)
	if err != nil {
		return nil, fmt.Errorf("opening the secrets of a provider: %w", err)
	}
	return told, json.Unmarshal(plain, &told)
}

func (s *Service) write(ctx context.Context, tx *db.Tx, name string, told Secrets) error {
	plain, err := json.Marshal(told)
	if err != nil {
		return fmt.Errorf("writing the secrets of a provider: %w", err)
	}
	box, err := s.Keyring.Seal(sealedSecrets, name, plain)
	if err != nil {
		return err
	}
	err = tx.Setting.Create().SetID(keptAs(name)).SetValue(base64.StdEncoding.EncodeToString(box)).
		OnConflictColumns(setting.FieldID).UpdateNewValues().Exec(viewer.ForSystem(ctx, "identity verification"))
	if err != nil {
		return fmt.Errorf("saving the secrets of a provider: %w", err)
	}
	return nil
}
