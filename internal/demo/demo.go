// Package demo makes sample data to try Roster with, and to measure it: many users and accounts that look like real
// ones, with passwords, authenticator apps and security questions that work. All addresses end in .example (RFC 2606).
package demo

import (
	"context"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"roster/ent/generated/user"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/questions"
	"roster/internal/secret"
	"roster/internal/settings"
	"roster/internal/staff"
	"roster/internal/verification"
)

// Password is that of every user of the sample.
const Password = "try roster today"

// Most is the greatest number of users, and of accounts, that can be made.
const Most = 10_000_000

// Sample says how much to make. The same sample gives the same rows on either database.
type Sample struct {
	Users, Accounts int
	Seed            uint64
}

// Check reports numbers that are out of bounds.
func (s Sample) Check() error {
	switch {
	case s.Users < len(colleagues)+1 || s.Users > Most:
		return fmt.Errorf("the number of users must be from %d to %d", len(colleagues)+1, Most)
	case s.Accounts < 1 || s.Accounts > Most:
		return fmt.Errorf("the number of accounts must be from 1 to %d", Most)
	}
	return nil
}

// Login is somebody of the sample to sign in as.
type Login struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	// Role is the admin role; empty for customers.
	Role string `json:"role,omitempty"`
	// TOTP is the seed of the authenticator app in base32, and Answer the one to the security question; empty where
	// there is none.
	TOTP   string `json:"totp,omitempty"`
	Answer string `json:"answer,omitempty"`
}

// Service makes sample data.
type Service struct {
	DB        *db.DB
	Now       func() time.Time
	Passwords *secret.Hasher
	Factors   *factors.Service
	Staff     *staff.Service
	// Identity seals the pictures of those who wait for their proof of identity to be looked at.
	Identity *verification.Service
}

// Make fills an empty database, in one transaction. It also switches off that staff must have a second factor: the
// caller says so. fault.NotAllowed: there are users already.
func (s *Service) Make(ctx context.Context, sample Sample) error {
	if err := sample.Check(); err != nil {
		return err
	}
	if err := s.Staff.EnsureRoles(ctx); err != nil {
		return err
	}
	hashes, err := s.hashes(ctx)
	if err != nil {
		return err
	}
	m := maker{Sample: sample, hashes: hashes, factors: s.Factors, identity: s.Identity, now: s.Now().UTC().Truncate(time.Microsecond)}
	err = db.InTx(viewer.ForSystem(ctx, "sample data"), s.DB, func(ctx context.Context, tx *db.Tx) error {
		if there, err := tx.User.Query().Exist(ctx); err != nil {
			return fmt.Errorf("looking for users: %w", err)
		} else if there {
			return fault.New(fault.NotAllowed, "There are users in this database already: sample data need an empty one.")
		}
		if err := m.fill(ctx, tx); err != nil {
			return err
		}
		if err := demandNothing(ctx, tx); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.Now().UTC().Truncate(time.Microsecond), audit.Entry{
			Action: audit.SampleDataMade, Detail: map[string]any{"users": sample.Users, "accounts": sample.Accounts, "seed": sample.Seed},
		})
	})
	if err != nil {
		return err
	}
	if _, err := s.DB.Writer().ExecContext(ctx, "ANALYZE"); err != nil {
		return fmt.Errorf("gathering statistics: %w", err)
	}
	return nil
}

// demandNothing lets the staff of the sample in without a second factor, which a new database demands of them.
func demandNothing(ctx context.Context, tx *db.Tx) error {
	chosen, err := settings.Load(ctx, tx.Client)
	if err != nil {
		return err
	}
	chosen.TwoFactor = settings.TwoFactorRule{}
	return settings.Store(ctx, tx, chosen)
}

// hashes are made once: a million of them would take hours, and everybody may know these secrets.
type hashes struct {
	password string
	answers  []string
}

func (s *Service) hashes(ctx context.Context) (hashes, error) {
	var h hashes
	var err error
	if h.password, err = s.Passwords.Hash(ctx, Password); err != nil {
		return h, fmt.Errorf("hashing the sample password: %w", err)
	}
	for _, q := range questionsAsked {
		hash, err := s.Passwords.Hash(ctx, questions.Canonical(q.answer))
		if err != nil {
			return h, fmt.Errorf("hashing a sample answer: %w", err)
		}
		h.answers = append(h.answers, hash)
	}
	return h, nil
}

// maker makes the rows of one sample.
type maker struct {
	Sample
	hashes   hashes
	factors  *factors.Service
	identity *verification.Service
	// now is when the sample is made.
	now time.Time
}

func (m maker) fill(ctx context.Context, tx *db.Tx) error {
	if err := prepare(ctx, tx); err != nil {
		return err
	}
	apart, err := setAside(ctx, tx)
	if err != nil {
		return err
	}
	roles, err := rolesByName(ctx, tx)
	if err != nil {
		return err
	}
	shots, err := m.shots()
	if err != nil {
		return err
	}
	for _, t := range []struct {
		name    string
		columns []string
		rows    iter.Seq2[[]any, error]
	}{
		{"users", userColumns, m.people(func(p person) []any { return m.userRow(p, roles) })},
		{"passwords", []string{"user_id", "hash", "wrapped", "changed_at"}, m.people(func(p person) []any {
			return []any{p.id, m.hashes.password, false, p.createdAt}
		})},
		{"factors", []string{"user_id", "kind", "sealed_seed", "last_step", "created_at"}, m.seeds()},
		{"security_questions", []string{"id", "texts", "position", "retired"}, questionRows()},
		{"security_answers", []string{"user_id", "question_id", "hash", "set_at"}, m.people(func(p person) []any {
			if p.question == 0 {
				return nil
			}
			return []any{p.id, p.question, m.hashes.answers[p.question-1], p.createdAt}
		})},
		{"accounts", []string{"id", "name", "name_key", "email", "email_key", "search_text", "status", "created_at", "updated_at", "version"}, m.companies()},
		{"memberships", []string{"user_id", "account_id", "owner", "permissions", "last_seen_at", "since"}, m.links()},
		{"orders", []string{"number", "account_id", "placed_by_id", "verification_required", "created_at"}, m.orders()},
		{"verifications", proofColumns, m.proofs(proofRow)},
		{"verification_steps", stepColumns, m.proofs(stepRows)},
		{"verification_files", fileColumns, m.fileRows(shots)},
		{"file_contents", []string{"file_id", "sealed"}, m.contentRows(shots)},
	} {
		if err := tx.Insert(ctx, t.name, t.columns, t.rows); err != nil {
			return err
		}
	}
	if err := goOn(ctx, tx); err != nil {
		return err
	}
	return execAll(ctx, tx, apart.restore)
}

// people are the rows of a table with a row for each user, or none where row returns nil.
func (m maker) people(row func(person) []any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for id := 1; id <= m.Users; id++ {
			p, err := personOf(m.Seed, id)
			if err != nil {
				yield(nil, err)
				return
			}
			if values := row(p); values != nil && !yield(values, nil) {
				return
			}
		}
	}
}

func (m maker) seeds() iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for id := 1; id <= m.Users; id++ {
			p, err := personOf(m.Seed, id)
			if err != nil || !p.twoFactor {
				if err != nil && !yield(nil, err) {
					return
				}
				continue
			}
			sealed, err := m.factors.Seal(id, seedOf(m.Seed, id))
			if !yield([]any{id, string(factors.TOTP), sealed, 0, p.createdAt}, err) {
				return
			}
		}
	}
}

func (m maker) companies() iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for id := 1; id <= m.Accounts; id++ {
			c := companyOf(m.Seed, id)
			if !yield([]any{c.id, c.name, c.key, c.mail, c.mail, c.key + " " + c.mail, string(c.status), c.createdAt, c.createdAt, 1}, nil) {
				return
			}
		}
	}
}

func (m maker) links() iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for id := 1; id <= m.Accounts; id++ {
			for _, l := range linksOf(m.Seed, companyOf(m.Seed, id), m.Users, m.Accounts) {
				if !yield([]any{l.user, l.account, l.owner, l.permissions, l.lastSeen, l.since}, nil) {
					return
				}
			}
		}
	}
}

func questionRows() iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for i, q := range questionsAsked {
			texts, err := json.Marshal(q.texts)
			if !yield([]any{i + 1, string(texts), i, false}, err) {
				return
			}
		}
	}
}

var userColumns = []string{
	"id", "first_name", "last_name", "name_key", "last_key", "email", "email_key", "search_text", "email_verified", "language",
	"state", "two_factor_enabled", "security_question_set", "last_login_at", "created_at", "updated_at", "version",
	"credential_version", "role_id", "verification",
}

func (m maker) userRow(p person, roles map[string]int) []any {
	var role any
	if p.role != "" {
		role = roles[p.role]
	}
	proven := user.VerificationNOT_REQUESTED
	if one, asked := m.proofOf(p); asked {
		proven = one.status
	}
	return []any{
		p.id, p.first, p.last, p.keys.Name, p.keys.Last, p.address.Spelling, p.address.Key, p.keys.Search, p.verified, p.language,
		string(p.state), p.twoFactor, p.question > 0, p.lastLogin, p.createdAt, p.updatedAt, 1, 1, role, string(proven),
	}
}

func rolesByName(ctx context.Context, tx *db.Tx) (map[string]int, error) {
	list, err := tx.Role.Query().All(ctx)
	if err != nil {
		return nil, fmt.Errorf("loading roles: %w", err)
	}
	ids := make(map[string]int, len(list))
	for _, r := range list {
		ids[r.Name] = r.ID
	}
	return ids, nil
}

// Logins are some of the sample's people: the staff, and customers who read English or German, with an authenticator app among
// them and a security question where there are enough users.
func (s Sample) Logins() ([]Login, error) {
	var list []Login
	wanted := map[[2]bool]int{{false, false}: 1, {true, false}: 2, {false, true}: 2, {true, true}: 1} // two-factor, question
	for id := 1; id <= min(s.Users, 1000); id++ {
		p, err := personOf(s.Seed, id)
		if err != nil {
			return nil, err
		}
		kind := [2]bool{p.twoFactor, p.question > 0}
		if p.role == "" && (wanted[kind] == 0 || !p.verified || p.state != "ACTIVE" || p.lastLogin.IsZero() ||
			p.language != "en" && p.language != "de") {
			continue
		}
		if p.role == "" {
			wanted[kind]--
		}
		l := Login{Email: p.address.Spelling, Password: Password, Role: p.role}
		if p.twoFactor {
			l.TOTP = base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(seedOf(s.Seed, id))
		}
		if p.question > 0 {
			l.Answer = questionsAsked[p.question-1].answer
		}
		list = append(list, l)
	}
	return list, nil
}
