package factors

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/generated/factor"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/mail"
)

// RemoveTOTP takes the viewer's authenticator app away, and with the last factor the backup codes; no device is trusted
// any more. It needs a fresh proof of identity. fault.NotAllowed: there is none, or it is the last factor of somebody
// who must have one (product.md C13).
func (s *Service) RemoveTOTP(ctx context.Context) (*ent.User, error) {
	userID, err := access.Proven(ctx, s.now())
	if err != nil {
		return nil, err
	}
	var u *ent.User
	entry := audit.Entry{Action: audit.AuthenticatorRemoved, Target: audit.OnUser(userID)}
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.LockUser(ctx, userID); err != nil {
			return err
		}
		system := viewer.ForSystem(ctx, "removing a factor")
		n, err := tx.Factor.Delete().Where(factor.UserID(userID), factor.KindEQ(factor.KindTOTP)).Exec(system)
		if err != nil {
			return fmt.Errorf("removing the app: %w", err)
		} else if n == 0 {
			return fault.New(fault.NotAllowed, "There is no authenticator app to remove.")
		}
		if u, err = s.Settle(ctx, tx, userID); err != nil {
			return err
		}
		if err := Dispensable(ctx, tx, u); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, u, mail.AuthenticatorRemoved, nil); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}

// Dispensable refuses to leave somebody without a factor who must have one, with fault.NotAllowed (product.md C13). u is
// the user as Settle returned them.
func Dispensable(ctx context.Context, tx *db.Tx, u *ent.User) error {
	if u.TwoFactorEnabled {
		return nil
	}
	demand, err := DemandOn(ctx, tx.SQL, u.ID)
	if err != nil {
		return err
	}
	if _, demanded, err := demand.Due(); err != nil {
		return err
	} else if demanded {
		return fault.New(fault.NotAllowed, "You need a second factor here, and this is your last one. Add another one first.")
	}
	return nil
}
