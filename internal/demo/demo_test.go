package demo_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/demo"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/mail"
	"roster/internal/paging"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/staff"
	"roster/internal/tokens"
	"roster/internal/users"
	"roster/internal/verification"
)

var sample = demo.Sample{Users: 800, Accounts: 300, Seed: 7}

func service(t *testing.T, d *db.DB) *demo.Service {
	t.Helper()
	ring, err := secret.ParseKeys("8f1d0c52a6b94e7739d2c1f0e8b7a6958473625140f9e8d7c6b5a49382716f5e")
	if err != nil {
		t.Fatal(err)
	}
	passwords := secret.NewHasher()
	return &demo.Service{
		DB: d, Now: time.Now, Passwords: passwords,
		Factors:  &factors.Service{DB: d, Now: time.Now, Keyring: ring},
		Staff:    &staff.Service{DB: d, Now: time.Now, Passwords: passwords},
		Identity: &verification.Service{DB: d, Now: time.Now, Keyring: ring},
	}
}

func filled(t *testing.T, d *db.DB) *demo.Service {
	t.Helper()
	s := service(t, d)
	if err := s.Make(dbtest.System(t), sample); err != nil {
		t.Fatal(err)
	}
	return s
}

// digest is one hash over all rows that a query returns.
func digest(t *testing.T, d *db.DB, query string) string {
	t.Helper()
	rows, err := d.Reader().QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	hash, n := sha256.New(), 0
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for ; rows.Next(); n++ {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if at, ok := v.(time.Time); ok {
				v = at.UTC()
			}
			fmt.Fprintf(hash, "%v\x00", v)
		}
	}
	if err := rows.Err(); err != nil || n == 0 {
		t.Fatalf("%d rows, %v", n, err)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

func TestTheSameOnBothDatabases(t *testing.T) {
	first, second := dbtest.SQLite(t), dbtest.PostgreSQL(t)
	filled(t, first)
	filled(t, second)
	for _, query := range []string{
		"SELECT id, first_name, last_name, name_key, last_key, email, email_key, search_text, language, state, last_login_at, created_at FROM users ORDER BY id",
		"SELECT id, name, name_key, email, status, created_at FROM accounts ORDER BY id",
		"SELECT user_id, account_id, last_seen_at, since FROM memberships ORDER BY user_id, account_id",
		"SELECT user_id, kind FROM factors ORDER BY user_id",
		"SELECT number, account_id, placed_by_id, created_at FROM orders ORDER BY number",
		"SELECT user_id, status, requested_at, submitted_at, decided_at, expires_at, cause FROM verifications ORDER BY user_id",
		"SELECT verification_id, at, status, actor, actor_id FROM verification_steps ORDER BY verification_id, at",
		"SELECT verification_id, kind, bytes FROM verification_files ORDER BY verification_id, kind",
	} {
		if a, b := digest(t, first, query), digest(t, second, query); a != b {
			t.Errorf("%.60s…: other rows on PostgreSQL", query)
		}
	}
}

func count(t *testing.T, d *db.DB, query string) (n int) {
	t.Helper()
	if err := d.Reader().QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// What every other part of Roster takes for granted holds of the sample too.
func TestSampleIsSound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		filled(t, d)
		for query, want := range map[string]int{
			"SELECT count(*) FROM users":                   sample.Users,
			"SELECT count(*) FROM passwords":               sample.Users,
			"SELECT count(*) FROM accounts":                sample.Accounts,
			"SELECT count(*) FROM memberships WHERE owner": sample.Accounts,
			"SELECT count(*) FROM users u WHERE two_factor_enabled <> EXISTS (SELECT 1 FROM factors f WHERE f.user_id = u.id)":                                                                               0,
			"SELECT count(*) FROM users u WHERE security_question_set <> EXISTS (SELECT 1 FROM security_answers a WHERE a.user_id = u.id)":                                                                   0,
			"SELECT count(*) FROM users u WHERE role_id IS NULL AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id)":                                                                         0,
			"SELECT count(*) FROM users WHERE role_id IS NOT NULL":                                                                                                                                           4,
			"SELECT count(*) FROM audit_entries WHERE action = 'SAMPLE_DATA_MADE'":                                                                                                                           1,
			"SELECT count(*) FROM users u WHERE verification <> coalesce((SELECT status FROM verifications v WHERE v.user_id = u.id), 'NOT_REQUESTED')":                                                      0,
			"SELECT count(*) FROM verifications v WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.placed_by_id = v.user_id)":                                                                                0,
			"SELECT count(*) FROM verifications v WHERE status <> (SELECT s.status FROM verification_steps s WHERE s.verification_id = v.id ORDER BY s.id DESC LIMIT 1)":                                     0,
			"SELECT count(*) FROM orders o WHERE placed_by_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = o.placed_by_id AND m.account_id = o.account_id AND m.owner)":         0,
			"SELECT count(*) FROM verifications v WHERE (status = 'SUBMITTED') <> (3 = (SELECT count(*) FROM verification_files f JOIN file_contents c ON c.file_id = f.id WHERE f.verification_id = v.id))": 0,
		} {
			if n := count(t, d, query); n != want {
				t.Errorf("%s: %d, want %d", query, n, want)
			}
		}
		for _, some := range []string{"two_factor_enabled", "security_question_set", "NOT email_verified", "state = 'SUSPENDED'", "last_login_at < '1000-01-01'", "language = 'de'"} {
			if n := count(t, d, "SELECT count(*) FROM users WHERE "+some); n < sample.Users/100 || n > sample.Users/2 {
				t.Errorf("%s: %d of %d users", some, n, sample.Users)
			}
		}
		for _, status := range []string{"REQUESTED", "SUBMITTED", "APPROVED", "REJECTED", "EXPIRED"} {
			if n := count(t, d, "SELECT count(*) FROM users WHERE verification = '"+status+"'"); n == 0 {
				t.Errorf("nobody is %s", status)
			}
		}
		if n := count(t, d, "SELECT count(*) FROM orders WHERE verification_required"); n == 0 {
			t.Error("no order needs a proof of identity")
		}
		// The indexes and triggers are back: a word inside is found, and so is who comes next.
		found, err := (&users.Service{DB: d, Now: time.Now}).List(dbtest.System(t), users.Query{
			Request: firstPage(), Filter: users.Filter{Search: ptr("garc")},
		})
		if err != nil || len(found.Nodes()) == 0 {
			t.Errorf("searching: %v, %v", found, err)
		}
		left := count(t, d, map[string]string{
			"sqlite3":  "SELECT count(*) FROM sqlite_master WHERE type IN ('index', 'trigger') AND tbl_name IN ('users', 'accounts', 'memberships') AND sql IS NOT NULL",
			"postgres": "SELECT count(*) FROM pg_indexes WHERE tablename IN ('users', 'accounts', 'memberships')",
		}[d.Dialect])
		if left < 15 {
			t.Errorf("%d indexes are left", left)
		}
	})
}

func TestRefusals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := filled(t, d)
		if err := s.Make(dbtest.System(t), sample); !fault.Is(err, fault.NotAllowed) {
			t.Errorf("into a filled database: %v", err)
		}
		for _, bad := range []demo.Sample{{}, {Users: 10}, {Users: 1, Accounts: 1}, {Users: -1, Accounts: 5}, {Users: demo.Most + 1, Accounts: 5}} {
			if err := s.Make(dbtest.System(t), bad); err == nil || !strings.Contains(err.Error(), "must be from") {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if n := count(t, d, "SELECT count(*) FROM users"); n != sample.Users {
			t.Errorf("%d users", n)
		}
	})
}

// Those whom the command prints can sign in with what it prints.
func TestLoginsWork(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := filled(t, d)
		logins, err := sample.Logins()
		if err != nil {
			t.Fatal(err)
		}
		outbox, err := mail.NewOutbox(d, s.Factors.Keyring, "roster.test")
		if err != nil {
			t.Fatal(err)
		}
		in := &signin.Service{
			DB: d, Now: time.Now, Passwords: s.Passwords, Factors: s.Factors, Tokens: &tokens.Service{DB: d, Now: time.Now}, Outbox: outbox,
		}
		t.Cleanup(in.Close)
		kinds := map[string]int{}
		for _, l := range logins {
			signIn(t, in, l)
			if l.Role != "" {
				kinds["staff"]++
			}
			if l.TOTP != "" {
				kinds["totp"]++
			}
			if l.Answer != "" {
				kinds["answer"]++
			}
		}
		if kinds["staff"] != 4 || kinds["totp"] < 2 || kinds["answer"] < 2 || len(logins) < 8 {
			t.Errorf("%d logins: %v", len(logins), kinds)
		}
	})
}

func signIn(t *testing.T, in *signin.Service, l demo.Login) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
	r = r.WithContext(viewer.With(r.Context(), &viewer.Viewer{Kind: viewer.Anonymous}))
	first := httptest.NewRecorder()
	ctx := signin.WithCookies(viewer.With(r.Context(), &viewer.Viewer{Kind: viewer.Anonymous}), first, r)
	out, err := in.SignIn(ctx, l.Email, l.Password, false)
	if err != nil {
		t.Fatalf("%s: %v", l.Email, err)
	}
	if (out.Needed != nil) != (l.TOTP != "") {
		t.Fatalf("%s: second factor asked: %t", l.Email, out.Needed != nil)
	}
	if out.Needed == nil {
		return
	}
	code, err := totp.GenerateCode(l.TOTP, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range first.Result().Cookies() {
		r.AddCookie(c)
	}
	ctx = signin.WithCookies(viewer.With(r.Context(), &viewer.Viewer{Kind: viewer.Anonymous}), httptest.NewRecorder(), r)
	if out, err = in.VerifySecondFactor(ctx, factors.Given{Code: code}, false); err != nil || out.Viewer == nil {
		t.Errorf("%s: %+v, %v", l.Email, out, err)
	}
}

func firstPage() paging.Request { return paging.Request{First: ptr(50)} }

func ptr[T any](v T) *T { return &v }
