package verification

import (
	"context"
	"fmt"
	"maps"

	ent "roster/ent/generated"
	"roster/ent/generated/setting"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/idempotency"
	"roster/internal/settings"
)

// Tested is what became of the last test of the secrets that a provider was told; stored, so a name is for ever.
type Tested string

// What became of it. Untested stands nowhere.
const (
	Untested Tested = "UNTESTED"
	Accepted Tested = "ACCEPTED"
	Refused  Tested = "REFUSED"
)

// testedAs is the name of the setting that holds what became of the last test of a provider's secrets.
func testedAs(provider string) string { return "identityProviderTest:" + provider }

func (s *Service) tested(ctx context.Context, client *ent.Client, name string) (Tested, error) {
	row, err := client.Setting.Get(viewer.ForSystem(ctx, "identity verification"), testedAs(name))
	if ent.IsNotFound(err) {
		return Untested, nil
	} else if err != nil {
		return "", fmt.Errorf("loading what became of a test: %w", err)
	}
	return Tested(row.Value), nil
}

// remember keeps what became of a test of secrets, unless the provider was told others meanwhile.
func (s *Service) remember(ctx context.Context, name string, of Secrets, became Tested) error {
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		if err := settings.Lock(ctx, tx); err != nil {
			return err
		}
		told, err := s.told(ctx, tx.Client, name)
		if err != nil || !maps.Equal(told, of) {
			return err
		}
		err = tx.Setting.Create().SetID(testedAs(name)).SetValue(string(became)).
			OnConflictColumns(setting.FieldID).UpdateNewValues().Exec(viewer.ForSystem(ctx, "identity verification"))
		if err != nil {
			return fmt.Errorf("saving what became of a test: %w", err)
		}
		return idempotency.Settle(ctx, tx) // nothing of it is worth an entry
	})
}

// forgetTest is for when a provider is told other secrets.
func (s *Service) forgetTest(ctx context.Context, tx *db.Tx, name string) error {
	_, err := tx.Setting.Delete().Where(setting.ID(testedAs(name))).Exec(viewer.ForSystem(ctx, "identity verification"))
	if err != nil {
		return fmt.Errorf("forgetting what became of a test: %w", err)
	}
	return nil
}
