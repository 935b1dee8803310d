package imports

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/secret"
)

// #45, #47: hashing takes its time, and what the plan took to be there may be gone when it ends. Then nothing is imported:
// else the account would be made again, with its members and without an owner.
func TestWhatChangesMeanwhile(t *testing.T) {
	const first = "email,first_name,last_name,language,account_name,account_email,account_status,owner,permissions,last_login,password_hash\n"
	const owner = "ann@b.example,Ann,A,en,Acme,acme@b.example,Active,yes,,,\n"
	const member = "bob@b.example,Bob,B,en,Acme,acme@b.example,Active,no,INVOICES,,\n"
	for name, c := range map[string]struct{ change string }{
		"nothing":              {""},
		"another address":      {"UPDATE accounts SET email_key = 'other@b.example'"},
		"another owner":        {"UPDATE users SET email_key = 'other@b.example'"},
		"deleted":              {"DELETE FROM accounts"},
		"registered meanwhile": {"UPDATE users SET self_registered = true"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
				s := &Service{DB: d, Now: func() time.Time { return now }, Passwords: secret.NewHasher()}
				ctx := dbtest.System(t)
				if _, err := s.CSV(ctx, strings.NewReader(first+owner), Options{}); err != nil {
					t.Fatal(err)
				}
				lines, _, err := read(strings.NewReader(first+owner+member), now)
				if err != nil {
					t.Fatal(err)
				}
				present, err := s.thereOf(ctx, lines)
				if err != nil {
					t.Fatal(err)
				}
				p, faults := planOf(lines, present)
				if len(faults) > 0 {
					t.Fatal(faults)
				}
				err = db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) error {
					if c.change != "" {
						if _, err := tx.SQL.ExecContext(ctx, c.change); err != nil {
							return err
						}
					}
					return s.apply(ctx, tx, p, nil, &Report{})
				})
				if (c.change == "") != (err == nil) || err != nil && !errors.Is(err, errMeanwhile) {
					t.Errorf("%v", err)
				}
			})
		})
	}
}
