package signin

import (
	"context"

	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
)

// SignOut ends the session of the browser's cookie, open or waiting, and makes the browser forget what it kept
// (security.md #21). Without one it changes nothing. It returns who the request acts as from here on: nobody, or
// still the API token that it came with.
func (s *Service) SignOut(ctx context.Context) (*viewer.Viewer, error) {
	v := viewer.From(ctx)
	if !jarOf(ctx).usable() {
		return v, nil
	}
	err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) error {
		if err := s.drop(ctx, tx); err != nil || !v.SignedIn() {
			return err
		}
		return audit.Record(ctx, tx, s.now(), audit.Entry{Action: audit.SignedOut, Target: audit.OnUser(v.UserID)})
	})
	if err != nil {
		return nil, err
	}
	j := jarOf(ctx)
	j.clear()
	forget := `"cache", "cookies", "storage"`
	if _, trusted := j.deviceHash(); trusted {
		// A trusted device stays one: the session's cookie went by itself.
		forget = `"cache", "storage"`
	}
	j.w.Header().Set("Clear-Site-Data", forget)
	become(ctx, anonymous(v))
	return v, nil
}
