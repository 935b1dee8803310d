package verification_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"

	"roster/ent/generated/verificationfile"
	"roster/internal/fault"
	"roster/internal/verification"
)

// The user, two reviewers and the sweep at once, again and again: each is done or refused, nothing fails, and what is left
// fits together.
func TestAllAtOnce(t *testing.T) {
	each(t, func(w *world) {
		raw, own := picture(w.T), w.As(w.eve)
		keep := func(kind verification.Kind) func() error {
			return func() error {
				_, err := w.ID.Keep(own, kind, bytes.NewReader(raw))
				return err
			}
		}
		decide := func(by context.Context, d verification.Decision) func() error {
			return func() error {
				_, err := w.ID.Decide(by, d)
				return err
			}
		}
		yes := verification.Decision{UserID: w.eve.ID, Approve: true}
		var all sync.WaitGroup
		for _, act := range []func() error{
			keep(verificationfile.KindFRONT), keep(verificationfile.KindFRONT), keep(verificationfile.KindSELFIE),
			func() error { _, err := w.ID.Submit(own); return err },
			decide(w.ada, yes), decide(w.bea, yes), decide(w.bea, w.reject()),
			func() error { _, err := w.ID.Initiate(w.ada, w.eve.ID, ""); return err },
			func() error { _, err := w.ID.Initiate(w.bea, w.eve.ID, ""); return err },
			func() error { _, err := w.ID.Reset(w.bea, w.eve.ID, "a test"); return err },
			func() error { return w.ID.Sweep(w.Context()) },
		} {
			all.Go(func() {
				for range 15 {
					var refused *fault.Error
					var several fault.List
					if err := act(); err != nil && !errors.As(err, &refused) && !errors.As(err, &several) {
						w.Errorf("it failed: %v", err)
					}
				}
			})
		}
		all.Wait()
		for what, rows := range map[string]string{
			"two files of one kind":             "(SELECT 1 FROM verification_files GROUP BY verification_id, kind, submitted HAVING count(*) > 1) AS twice",
			"a file without content":            "verification_files WHERE id NOT IN (SELECT file_id FROM file_contents)",
			"a list that says something else":   "users u JOIN verifications v ON v.user_id = u.id WHERE u.verification <> v.status",
			"a step that was not counted":       "verifications v WHERE v.version <> 1 + (SELECT count(*) FROM verification_steps s WHERE s.verification_id = v.id)",
			"a proof that waits without a face": "verifications v WHERE v.status = 'SUBMITTED' AND NOT EXISTS (SELECT 1 FROM verification_files f WHERE f.verification_id = v.id AND f.submitted AND f.kind = 'SELFIE')",
		} {
			if n := w.Count(rows); n != 0 {
				w.Errorf("%s: %d", what, n)
			}
		}
	})
}
