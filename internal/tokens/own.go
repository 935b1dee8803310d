package tokens

import (
	"context"
	"fmt"
	"strconv"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/apitoken"
	"roster/ent/generated/membership"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/mail"
	"roster/internal/secret"
	"roster/internal/throttle"
)

// Most is how many tokens one user has at a time, without those that are over.
const Most = 50

// MostAccounts is how many accounts one token is made for.
const MostAccounts = 50

const day = 24 * time.Hour

// Draft is a token to be made. It has Permissions, and acts for the installation, or Accounts, and acts as its maker there.
type Draft struct {
	Name string
	// Days is how long it lasts; nil means DefaultLifetime.
	Days        *int
	Permissions []permission.Admin
	Accounts    []Scope
}

// Scope is what a token may do in one account.
type Scope struct {
	AccountID   int
	Permissions []permission.Account
}

// lifetime is out of bounds where Days are.
func (d Draft) lifetime() time.Duration {
	if d.Days == nil {
		return DefaultLifetime
	}
	const most = int(MaxLifetime / day)
	return time.Duration(min(max(*d.Days, 0), most+1)) * day // no number of days is so large that it comes round
}

// Make makes a token of the viewer's. It needs a fresh proof of identity, and for admin permissions MANAGE_API_TOKENS. The
// viewer is told by mail. plain is returned this once. Faults: name as name.Require says; days fault.Invalid;
// permissions fault.Required, nothing is chosen; fault.NotAllowed, one that the viewer lacks or no token can have;
// accounts.N.accountId fault.NotAllowed, named twice, closed, or none of the viewer's; accounts.N.permissions
// fault.Required, fault.NotAllowed. fault.NotAllowed without a field: there are Most already. fault.RateLimited: ten
// were made or rotated within the hour.
func (s *Service) Make(ctx context.Context, d Draft) (plain string, made *ent.APIToken, err error) {
	userID, err := access.Proven(ctx, s.now())
	if err != nil {
		return "", nil, err
	}
	token := secret.New(secret.API)
	entry := audit.Entry{Action: audit.TokenCreated, Target: audit.OnUser(userID)}
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if len(d.Permissions) > 0 {
			if err := access.Staff(ctx, permission.ManageAPITokens); err != nil {
				return err
			}
		}
		u, err := s.maker(ctx, tx, userID)
		if err != nil {
			return err
		}
		if d.Name, err = s.allowed(ctx, tx, d); err != nil {
			return err
		}
		if err := throttle.Token.Take(ctx, tx, throttle.User(userID), s.now()); err != nil {
			return err
		}
		if made, err = s.save(ctx, tx, u, d, token.Hash); err != nil {
			return err
		}
		entry.Target, entry.AboutUserID, entry.Detail = audit.OnToken(made.ID), userID, detail(made)
		if err := s.tell(ctx, tx, u, made); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return "", nil, err
	}
	return token.Plain, made, nil
}

// maker keeps the user to the transaction.
func (s *Service) maker(ctx context.Context, tx *db.Tx, id int) (*ent.User, error) {
	if err := tx.LockUser(ctx, id); err != nil {
		return nil, err
	}
	u, err := tx.User.Get(viewer.ForSystem(ctx, "API tokens"), id)
	if err != nil {
		return nil, fmt.Errorf("loading the maker of a token: %w", err)
	}
	return u, nil
}

// allowed returns the name as it is stored, when the viewer may make the token.
func (s *Service) allowed(ctx context.Context, tx *db.Tx, d Draft) (string, error) {
	called, problems := check(d.Name, d.lifetime())
	switch {
	case len(d.Permissions) == 0 && len(d.Accounts) == 0:
		problems = append(problems, fault.On("permissions", fault.Required, "Say what the token may do."))
	case len(d.Permissions) > 0 && len(d.Accounts) > 0:
		problems = append(problems, fault.On("accounts", fault.NotAllowed, "A token has admin permissions, or acts in accounts: not both."))
	case len(d.Accounts) > MostAccounts:
		problems = append(problems, fault.On("accounts", fault.TooLong, "A token is for up to 50 accounts."))
	case !viewer.From(ctx).Permissions.Without(Never).Covers(permission.SetOf(d.Permissions...)):
		problems = append(problems, fault.On("permissions", fault.NotAllowed, "A token can do what you may do yourself, and nobody's secrets."))
	default:
		if err := s.inAccounts(ctx, tx, d.Accounts, &problems); err != nil {
			return "", err
		}
	}
	if len(problems) > 0 {
		return "", problems.Err()
	}
	return called, s.room(ctx, tx)
}

// room refuses whoever has Most tokens already.
func (s *Service) room(ctx context.Context, tx *db.Tx) error {
	count, err := tx.APIToken.Query().
		Where(apitoken.MakerID(viewer.From(ctx).UserID), apitoken.RevokedAtIsNil(), apitoken.ExpiresAtGT(s.now())).
		Count(viewer.ForSystem(ctx, "API tokens"))
	if err != nil {
		return fmt.Errorf("counting tokens: %w", err)
	} else if count >= Most {
		return fault.New(fault.NotAllowed, "You have "+strconv.Itoa(Most)+" tokens already. Revoke one first.")
	}
	return nil
}

// inAccounts notes which scopes the viewer can't give: each is bounded by what they hold there themselves.
func (s *Service) inAccounts(ctx context.Context, tx *db.Tx, list []Scope, problems *fault.List) error {
	ids := make([]int, len(list))
	for i, scope := range list {
		ids[i] = scope.AccountID
	}
	links, err := access.Own(ctx, tx.Client, ids)
	if err != nil {
		return err
	}
	seen := map[int]bool{}
	for i, scope := range list {
		at := "accounts." + strconv.Itoa(i)
		l := links[scope.AccountID]
		switch {
		case seen[scope.AccountID]:
			*problems = append(*problems, fault.On(at+".accountId", fault.NotAllowed, "This account is named twice."))
		case l == nil || !l.Stands() || l.Closed():
			*problems = append(*problems, fault.On(at+".accountId", fault.NotAllowed, "You can't act in this account."))
		case len(scope.Permissions) == 0:
			*problems = append(*problems, fault.On(at+".permissions", fault.Required, "Choose at least one permission."))
		case l.Require(scope.Permissions...) != nil:
			*problems = append(*problems, fault.On(at+".permissions", fault.NotAllowed, "A token can do only what you may do yourself."))
		}
		seen[scope.AccountID] = true
	}
	return nil
}

func (s *Service) save(ctx context.Context, tx *db.Tx, u *ent.User, d Draft, hash []byte) (*ent.APIToken, error) {
	system := viewer.ForSystem(ctx, "API tokens")
	create := tx.APIToken.Create().SetName(d.Name).SetHash(hash).SetMakerID(u.ID).SetCredentialVersion(u.CredentialVersion).
		SetCreatedAt(s.now()).SetExpiresAt(s.now().Add(d.lifetime())).SetKind(apitoken.KindPERSONAL)
	if len(d.Permissions) > 0 {
		create.SetKind(apitoken.KindINSTALLATION).SetPermissions(permission.SetOf(d.Permissions...).List())
	}
	made, err := create.Save(system)
	if err != nil {
		return nil, fmt.Errorf("saving a token: %w", err)
	}
	if err := saveScopes(system, tx, u.ID, made.ID, d.Accounts); err != nil {
		return nil, err
	}
	return s.seen(ctx, tx.Client, made.ID)
}

func saveScopes(system context.Context, tx *db.Tx, userID, tokenID int, scopes []Scope) error {
	for _, scope := range scopes {
		by, err := tx.Membership.Query().Where(membership.UserID(userID), membership.AccountID(scope.AccountID)).OnlyID(system)
		if err != nil {
			return fmt.Errorf("looking for a membership: %w", err)
		}
		err = tx.TokenScope.Create().SetTokenID(tokenID).SetAccountID(scope.AccountID).SetMembershipID(by).SetPermissions(scope.Permissions).Exec(system)
		if err != nil {
			return fmt.Errorf("saving a scope: %w", err)
		}
	}
	return nil
}

func detail(t *ent.APIToken) map[string]any {
	return map[string]any{"name": t.Name, "kind": t.Kind, "permissions": t.Permissions, "expiresAt": t.ExpiresAt}
}

func (s *Service) tell(ctx context.Context, tx *db.Tx, u *ent.User, t *ent.APIToken) error {
	return s.Outbox.Enqueue(ctx, tx, s.now(), mail.Message{
		Kind: mail.APITokenMade, To: u.Email, UserID: u.ID, Language: u.Language,
		Params: map[string]string{"name": u.Name(), "token": t.Name},
	})
}

// Rotate gives a token of the viewer's another secret, and as much time as it had at first; the old secret is dead at once.
// It needs what Make needs. fault.NotFound: it is none of theirs. fault.NotAllowed on tokenId: it is over, or was revoked.
// fault.RateLimited: ten were made or rotated within the hour.
func (s *Service) Rotate(ctx context.Context, id int) (plain string, t *ent.APIToken, err error) {
	userID, err := access.Proven(ctx, s.now())
	if err != nil {
		return "", nil, err
	}
	token := secret.New(secret.API)
	entry := audit.Entry{Action: audit.TokenRotated, Target: audit.OnToken(id), AboutUserID: userID}
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		u, err := s.maker(ctx, tx, userID)
		if err != nil {
			return err
		}
		before, err := s.rotatable(ctx, tx, u, id)
		if err != nil {
			return err
		}
		if err := throttle.Token.Take(ctx, tx, throttle.User(userID), s.now()); err != nil {
			return err
		}
		err = tx.APIToken.UpdateOne(before).SetHash(token.Hash).SetCreatedAt(s.now()).
			SetExpiresAt(s.now().Add(before.ExpiresAt.Sub(before.CreatedAt))).Exec(viewer.ForSystem(ctx, "API tokens"))
		if err != nil {
			return fmt.Errorf("saving a token: %w", err)
		}
		if t, err = s.seen(ctx, tx.Client, id); err != nil {
			return err
		}
		entry.Detail = detail(t)
		if err := s.tell(ctx, tx, u, t); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	if err != nil {
		return "", nil, err
	}
	return token.Plain, t, nil
}

// rotatable is the user's token, when they may give it another secret.
func (s *Service) rotatable(ctx context.Context, tx *db.Tx, u *ent.User, id int) (*ent.APIToken, error) {
	t, err := tx.APIToken.Query().Where(apitoken.ID(id), apitoken.MakerID(u.ID)).Only(viewer.ForSystem(ctx, "API tokens"))
	if ent.IsNotFound(err) {
		return nil, fault.Gone("apitoken")
	} else if err != nil {
		return nil, fmt.Errorf("loading a token: %w", err)
	}
	if t.Kind == apitoken.KindINSTALLATION {
		if err := access.Staff(ctx, permission.ManageAPITokens); err != nil {
			return nil, err
		}
	}
	if s.Over(t) || t.CredentialVersion != u.CredentialVersion {
		return nil, fault.On("tokenId", fault.NotAllowed, "This token is over. Make another one.")
	}
	return t, nil
}

// Over reports whether the token opens nothing any more, whoever made it.
func (s *Service) Over(t *ent.APIToken) bool {
	return t.RevokedAt != nil || !s.now().Before(t.ExpiresAt)
}

// Revoke ends a token at once: one of the viewer's own, or with MANAGE_API_TOKENS anybody's, if they hold what its maker
// holds (security.md #46). It needs a fresh proof of identity. fault.NotFound: there is none for the viewer. Faults: reason
// as audit.Reason says, and fault.Required only where the token is another's; tokenId fault.NotAllowed, it was revoked
// already.
func (s *Service) Revoke(ctx context.Context, id int, reason string) (t *ent.APIToken, err error) {
	if _, err := access.Proven(ctx, s.now()); err != nil {
		return nil, err
	}
	said, unfit := audit.Reason("reason", reason)
	entry := audit.Entry{Action: audit.TokenRevoked, Target: audit.OnToken(id), Detail: map[string]any{"reason": said}}
	err = audit.Act(ctx, s.DB, s.now, entry, func(ctx context.Context, tx *db.Tx) error {
		if t, err = s.seen(ctx, tx.Client, id); err != nil {
			return err
		} else if t == nil {
			return fault.Gone("apitoken")
		}
		if t.MakerID != nil {
			entry.AboutUserID = *t.MakerID
		}
		own := entry.AboutUserID == viewer.From(ctx).UserID
		if unfit != nil && !(own && fault.Is(unfit, fault.Required)) {
			return unfit
		}
		if err := s.overMaker(ctx, tx, entry.AboutUserID); err != nil {
			return err
		}
		n, err := tx.APIToken.Update().Where(apitoken.ID(id), apitoken.RevokedAtIsNil()).
			SetRevokedAt(s.now()).SetRevokeReason(said).Save(viewer.ForSystem(ctx, "API tokens"))
		if err != nil {
			return fmt.Errorf("revoking a token: %w", err)
		} else if n == 0 {
			return fault.On("tokenId", fault.NotAllowed, "This token was revoked already.")
		}
		if t, err = s.seen(ctx, tx.Client, id); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), entry)
	})
	return t, err
}

// overMaker refuses like access.OverUser; a token of the command line's has no maker to be above.
func (s *Service) overMaker(ctx context.Context, tx *db.Tx, makerID int) error {
	if makerID == 0 {
		return nil
	}
	u, err := s.maker(ctx, tx, makerID)
	if err != nil {
		return err
	}
	return access.OverUser(ctx, tx.Client, u)
}
