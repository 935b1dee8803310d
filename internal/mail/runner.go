package mail

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/riverqueue/river"

	ent "roster/ent/generated"
	entmail "roster/ent/generated/mail"
	"roster/ent/generated/onetimetoken"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/settings"
)

// waits are how long after each failed try the next one comes; after that every three hours, for two days in all
// (security.md #75).
var waits = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}

const (
	thenEvery = 3 * time.Hour
	attempts  = 20
)

// Runner sends what is in the outbox. Any number of them may run on one database.
type Runner struct {
	outbox  *Outbox
	db      *db.DB
	now     func() time.Time
	relay   *Relay
	baseURL string
	jobs    *river.Client[*sql.Tx]
}

// NewRunner makes a runner that is not started.
func NewRunner(d *db.DB, outbox *Outbox, relay *Relay, baseURL string, now func() time.Time) (*Runner, error) {
	r := &Runner{outbox: outbox, db: d, now: now, relay: relay, baseURL: baseURL}
	workers := river.NewWorkers()
	river.AddWorker(workers, &sender{runner: r})
	var err error
	r.jobs, err = river.NewClient(driver(d), &river.Config{
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}},
		Workers:              workers,
		JobTimeout:           dialogueLasts,
		RescueStuckJobsAfter: 3 * time.Minute,
		Logger:               slog.New(quiet{slog.Default().Handler()}),
		PollOnly:             true,
	})
	if err != nil {
		return nil, fmt.Errorf("preparing the worker of mails: %w", err)
	}
	return r, nil
}

// Start begins to send.
func (r *Runner) Start(ctx context.Context) error {
	if err := r.jobs.Start(viewer.ForSystem(ctx, "mail worker")); err != nil {
		return fmt.Errorf("starting the worker of mails: %w", err)
	}
	return nil
}

// Stop lets mails under way finish, until ctx ends.
func (r *Runner) Stop(ctx context.Context) error { return r.jobs.Stop(ctx) }

// sender works the jobs.
type sender struct {
	river.WorkerDefaults[job]
	runner *Runner
}

func (s *sender) Work(ctx context.Context, j *river.Job[job]) error {
	err := s.runner.Deliver(ctx, j.Args.MailID, j.Attempt >= j.MaxAttempts)
	if errors.Is(err, errGivenUp) {
		return river.JobCancel(err)
	}
	return err
}

// NextRetry is when a mail that failed is tried again.
func (s *sender) NextRetry(j *river.Job[job]) time.Time {
	return s.runner.now().Add(WaitAfter(len(j.Errors) + 1))
}

// WaitAfter is how long a mail waits after so many failed tries.
func WaitAfter(failed int) time.Duration {
	if failed <= len(waits) {
		return waits[max(failed, 1)-1]
	}
	return thenEvery
}

var errGivenUp = errors.New("the mail was given up")

// Deliver sends one mail, unless it was sent or its purpose is gone. An error means that it has to be tried again;
// not so when the relay refused for good, or last is set: then the mail has failed.
func (r *Runner) Deliver(ctx context.Context, id int, last bool) error {
	ctx = viewer.ForSystem(ctx, "mail worker")
	row, err := r.db.Mail.Get(ctx, id)
	if ent.IsNotFound(err) {
		return nil
	} else if err != nil {
		return fmt.Errorf("loading mail %d: %w", id, err)
	}
	if row.State != entmail.StateQUEUED {
		return nil
	}
	if gone, err := r.purposeless(ctx, row); err != nil {
		return err
	} else if gone {
		return r.note(ctx, row, entmail.StateDROPPED, "")
	}
	chosen, err := settings.Load(ctx, r.db.Client)
	if err != nil {
		return err
	}
	letter, err := r.outbox.compose(row, r.baseURL, chosen)
	if err != nil {
		return err
	}
	switch err := r.relay.send(ctx, row, letter, r.moment()); {
	case err == nil:
		return r.sent(ctx, row)
	case permanent(err) || last:
		slog.ErrorContext(ctx, "mail given up", "mail", row.ID, "kind", row.Kind, "err", masked(err, row))
		return errors.Join(errGivenUp, r.note(ctx, row, entmail.StateFAILED, masked(err, row)))
	default:
		return errors.Join(errors.New(masked(err, row)), r.note(ctx, row, entmail.StateQUEUED, masked(err, row)))
	}
}

// masked is what may be kept of a relay's words: they often repeat the address.
func masked(err error, row *ent.Mail) string {
	text := strings.ReplaceAll(err.Error(), row.Recipient, "<recipient>")
	if len(text) > 300 {
		text = strings.ToValidUTF8(text[:300], "") + "…"
	}
	return text
}

// standing counts a link that would still open, were it in time: it lasts anew from the moment that its mail is sent. A
// link that confirms a change goes to an address that is not the user's yet; one that disowns a change goes to one that is
// not the user's any more, and outlives the credentials. Package links has the same rule for links that are used.
// An invitation is void when its account is closed, or when the member who sent it is none any more.
const standing = `SELECT count(*) FROM one_time_tokens t LEFT JOIN users u ON u.id = t.user_id
	LEFT JOIN invitations i ON i.id = t.invitation_id LEFT JOIN accounts a ON a.id = i.account_id WHERE t.id = $1 AND t.used_at IS NULL
	AND (t.purpose = 'DISOWN' AND u.id IS NOT NULL OR i.decided_at IS NULL AND a.status <> 'CLOSED' AND (i.by_staff OR EXISTS (
			SELECT 1 FROM memberships m WHERE m.account_id = a.id AND m.user_id = i.inviter_id AND (m.ends_at IS NULL OR m.ends_at > $2)))
		OR u.credential_version = t.credential_version AND u.state = 'ACTIVE'
		AND (t.purpose = 'CHANGE_EMAIL' OR u.email_key = t.address_key))`

// purposeless reports whether the link of a mail would lead nowhere: its token was used or replaced, or the user's
// address, credentials or state are not what they were (security.md #75).
func (r *Runner) purposeless(ctx context.Context, row *ent.Mail) (bool, error) {
	if row.TokenID == nil {
		return false, nil
	}
	var n int
	if err := r.db.Reader().QueryRowContext(ctx, standing, *row.TokenID, r.moment()).Scan(&n); err != nil {
		return false, fmt.Errorf("looking for the link of mail %d: %w", row.ID, err)
	}
	return n == 0, nil
}

// sent notes that the relay took the mail. Its link lasts from now on, and can't be made again.
func (r *Runner) sent(ctx context.Context, row *ent.Mail) error {
	return db.InTx(ctx, r.db, func(ctx context.Context, tx *db.Tx) error {
		at := r.moment()
		err := tx.Mail.UpdateOne(row).SetState(entmail.StateSENT).SetSentAt(at).AddAttempts(1).SetLastError("").ClearSealedNonce().Exec(ctx)
		if err != nil {
			return fmt.Errorf("noting mail %d as sent: %w", row.ID, err)
		}
		if row.TokenID == nil {
			return nil
		}
		token, err := tx.OneTimeToken.Get(ctx, *row.TokenID)
		if ent.IsNotFound(err) {
			return nil
		} else if err != nil {
			return fmt.Errorf("loading the link of mail %d: %w", row.ID, err)
		}
		until := at.Add(time.Duration(token.Lifetime) * time.Second)
		if err := tx.OneTimeToken.UpdateOne(token).Where(onetimetoken.UsedAtIsNil()).SetExpiresAt(until).Exec(ctx); err != nil && !ent.IsNotFound(err) {
			return fmt.Errorf("dating the link of mail %d: %w", row.ID, err)
		}
		if token.InvitationID == nil {
			return nil
		}
		if err := tx.Invitation.UpdateOneID(*token.InvitationID).SetSentAt(at).Exec(ctx); err != nil && !ent.IsNotFound(err) {
			return fmt.Errorf("dating the invitation of mail %d: %w", row.ID, err)
		}
		return nil
	})
}

// note keeps how a try ended. A mail that will not be sent loses its nonce.
func (r *Runner) note(ctx context.Context, row *ent.Mail, state entmail.State, why string) error {
	return db.InTx(ctx, r.db, func(ctx context.Context, tx *db.Tx) error {
		update := tx.Mail.UpdateOneID(row.ID).SetState(state).SetLastError(why)
		if state == entmail.StateDROPPED {
			update.ClearSealedNonce()
		} else {
			update.AddAttempts(1)
		}
		if state == entmail.StateFAILED {
			update.ClearSealedNonce()
		}
		if err := update.Exec(ctx); err != nil {
			return fmt.Errorf("noting the fate of mail %d: %w", row.ID, err)
		}
		return nil
	})
}

func (r *Runner) moment() time.Time { return r.now().UTC().Truncate(time.Microsecond) }

// quiet lets only the job engine's warnings through.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}
func (q quiet) WithAttrs(a []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(a)} }
func (q quiet) WithGroup(n string) slog.Handler      { return quiet{q.Handler.WithGroup(n)} }
