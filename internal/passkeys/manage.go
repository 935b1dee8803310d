package passkeys

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/mail"
)

// Rename gives one of the viewer's passkeys another name. fault.NotFound: it is none of theirs. fault.Required,
// fault.TooLong, fault.Invalid on name.
func (s *Service) Rename(ctx context.Context, id int, called string) (*ent.Passkey, error) {
	userID, err := access.Proven(ctx, s.now())
	if err != nil {
		return nil, err
	}
	called, err = checkName(called)
	if err != nil {
		return nil, err
	}
	var p *ent.Passkey
	entry := audit.Entry{Action: audit.PasskeyRenamed, Target: audit.OnUser(userID), Detail: map[string]any{"passkey": called}}
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		old, err := one(ctx, tx.Client, userID, id)
		if err != nil {
			return err
		}
		if p, err = tx.Passkey.UpdateOne(old).SetName(called).Save(viewer.ForSystem(ctx, "passkeys")); err != nil {
			return fmt.Errorf("saving a passkey: %w", err)
		}
		done := entry
		done.Detail = map[string]any{"before": old.Name, "after": called}
		return audit.Record(ctx, tx, s.now(), done)
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Remove takes one of the viewer's passkeys away. fault.NotFound: it is none of theirs. fault.NotAllowed on passkeyId:
// it is their last factor, and they must have one.
func (s *Service) Remove(ctx context.Context, id int) (*ent.User, error) {
	userID, err := access.Proven(ctx, s.now())
	if err != nil {
		return nil, err
	}
	var u *ent.User
	entry := audit.Entry{Action: audit.PasskeyRemoved, Target: audit.OnUser(userID)}
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.LockUser(ctx, userID); err != nil {
			return err
		}
		gone, err := one(ctx, tx.Client, userID, id)
		if err != nil {
			return err
		}
		system := viewer.ForSystem(ctx, "passkeys")
		if err := tx.Passkey.DeleteOne(gone).Exec(system); err != nil {
			return fmt.Errorf("removing a passkey: %w", err)
		}
		if u, err = s.Factors.Settle(ctx, tx, userID); err != nil {
			return err
		}
		if err := factors.Dispensable(ctx, tx, u); fault.Is(err, fault.NotAllowed) {
			return fault.On("passkeyId", fault.NotAllowed, err.Error())
		} else if err != nil {
			return err
		}
		if err := s.tell(ctx, tx, u, mail.PasskeyRemoved, gone.Name); err != nil {
			return err
		}
		entry.Detail = map[string]any{"passkey": gone.Name}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}
