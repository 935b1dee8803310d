package staff

import (
	"context"
	"fmt"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/onetimetoken"
	"roster/ent/generated/user"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/secret"
)

// setUpLasts is how long the link of the first start can be used (security.md #12).
const setUpLasts = time.Hour

func linkOver() error {
	return fault.On("token", fault.Expired, "This link was used, replaced or is too old. Restart the server to get another.")
}

// SetupNeeded reports whether there is no staff at all, and so the one-time link is the way in.
func (s *Service) SetupNeeded(ctx context.Context) (bool, error) {
	return setupNeeded(ctx, s.DB.Client)
}

func setupNeeded(ctx context.Context, client *ent.Client) (bool, error) {
	there, err := client.User.Query().Where(user.RoleIDNotNil()).Exist(viewer.ForSystem(ctx, "set-up"))
	if err != nil {
		return false, fmt.Errorf("looking for staff: %w", err)
	}
	return !there, nil
}

// NewSetupToken makes the token of a set-up link, which stands for an hour; older ones die. fault.NotAllowed: there is
// staff already.
func (s *Service) NewSetupToken(ctx context.Context) (plain string, err error) {
	token := secret.New(secret.SetUp)
	err = db.InTx(viewer.ForSystem(ctx, "set-up"), s.DB, func(ctx context.Context, tx *db.Tx) error {
		if needed, err := setupNeeded(ctx, tx.Client); err != nil {
			return err
		} else if !needed {
			return fault.New(fault.NotAllowed, "There is an administrator already.")
		}
		if _, err := tx.OneTimeToken.Delete().Where(onetimetoken.PurposeEQ(onetimetoken.PurposeSET_UP)).Exec(ctx); err != nil {
			return fmt.Errorf("removing older links: %w", err)
		}
		err := tx.OneTimeToken.Create().SetHash(token.Hash).SetPurpose(onetimetoken.PurposeSET_UP).
			SetLifetime(int(setUpLasts.Seconds())).SetCreatedAt(s.now()).SetExpiresAt(s.now().Add(setUpLasts)).
			Exec(ctx)
		if err != nil {
			return fmt.Errorf("saving the link: %w", err)
		}
		return nil
	})
	return token.Plain, err
}

// SetUp makes the first Full Administrator with the token of the set-up link (security.md #50). fault.Expired on token:
// it is malformed, unknown, used, replaced or too old, or there is staff by now; and the faults of CreateAdmin.
func (s *Service) SetUp(ctx context.Context, token string, p Profile, password string) (*ent.User, error) {
	hash, ok := secret.Hash(secret.SetUp, token)
	if !ok {
		return nil, linkOver()
	}
	// A look beforehand, so that nobody without the link makes us hash. The statement in the transaction decides.
	if there, err := s.standing(ctx, hash); err != nil {
		return nil, err
	} else if !there {
		return nil, linkOver()
	}
	next, err := s.prepare(ctx, p, password)
	if err != nil {
		return nil, err
	}
	var u *ent.User
	err = audit.Act(ctx, s.DB, s.now, audit.Entry{Action: audit.SetUp}, func(ctx context.Context, tx *db.Tx) error {
		if err := s.consume(ctx, tx, hash); err != nil {
			return err
		}
		u, err = s.insert(ctx, tx, next, audit.SetUp)
		return err
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}

func (s *Service) standing(ctx context.Context, hash []byte) (bool, error) {
	there, err := s.DB.OneTimeToken.Query().
		Where(onetimetoken.Hash(hash), onetimetoken.PurposeEQ(onetimetoken.PurposeSET_UP),
			onetimetoken.UsedAtIsNil(), onetimetoken.ExpiresAtGT(s.now())).
		Exist(viewer.ForSystem(ctx, "set-up"))
	if err != nil {
		return false, fmt.Errorf("loading the link: %w", err)
	}
	return there, nil
}

// consume uses the link up, in one statement (security.md #10).
func (s *Service) consume(ctx context.Context, tx *db.Tx, hash []byte) error {
	result, err := tx.SQL.ExecContext(ctx, `UPDATE one_time_tokens SET used_at = $1
		WHERE hash = $2 AND purpose = 'SET_UP' AND used_at IS NULL AND expires_at > $1
		AND NOT EXISTS (SELECT 1 FROM users WHERE role_id IS NOT NULL)`, s.now(), hash)
	if err != nil {
		return fmt.Errorf("using the link up: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil {
		return fmt.Errorf("using the link up: %w", err)
	} else if n == 0 {
		return linkOver()
	}
	return nil
}
