package imports_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/factors"
	"roster/internal/fault"
	"roster/internal/imports"
	"roster/internal/mail"
	"roster/internal/secret"
	"roster/internal/signin"
	"roster/internal/tokens"
)

const first = "email,first_name,last_name,language,account_name,account_email,account_status,owner,permissions,last_login,password_hash\n"

func service(d *db.DB) *imports.Service {
	now := func() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }
	return &imports.Service{DB: d, Now: now, Passwords: secret.NewHasher()}
}

func file(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func run(t *testing.T, d *db.DB, text string, o imports.Options) *imports.Report {
	t.Helper()
	r, err := service(d).CSV(dbtest.System(t), strings.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func count(t *testing.T, d *db.DB, from string) (n int) {
	t.Helper()
	if err := d.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM "+from).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// The good file, twice: the second time nothing is added, and what staff changed since is left alone and counted.
func TestGoodFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		text := file(t, "customers.csv")
		dry := run(t, d, text, imports.Options{DryRun: true})
		if dry.Done || dry.People.Added != 2044 || count(t, d, "users") != 0 || count(t, d, "audit_entries") != 0 {
			t.Fatalf("dry run: %+v, %d users", dry, count(t, d, "users"))
		}
		r := run(t, d, text, imports.Options{Name: "customers.csv"})
		if !r.Done || r.Lines != 2984 || len(r.Faults) != 0 ||
			r.People != (imports.Count{Added: 2044}) || r.Accounts != (imports.Count{Added: 1500}) || r.Links != (imports.Count{Added: 2964}) {
			t.Errorf("%+v", r)
		}
		rows := []string{"users", "accounts", "memberships", "memberships WHERE owner", "passwords WHERE wrapped", "users WHERE email_verified"}
		want := []int{2044, 1500, 2964, 1500, 12, 0}
		for i := range rows {
			if n := count(t, d, rows[i]); n != want[i] {
				t.Errorf("%s: %d, want %d", rows[i], n, want[i])
			}
		}
		if _, err := d.Writer().ExecContext(t.Context(), "UPDATE users SET first_name = 'Other' WHERE email_key = 'user0003@post.example'"); err != nil {
			t.Fatal(err)
		}
		again := run(t, d, text, imports.Options{})
		if !again.Done || again.People != (imports.Count{Present: 2044, Differ: 1}) || again.Accounts != (imports.Count{Present: 1500}) ||
			again.Links != (imports.Count{Present: 2964}) {
			t.Errorf("the second time: %+v", again)
		}
		if count(t, d, "users WHERE first_name = 'Other'") != 1 || count(t, d, "users") != 2044 {
			t.Error("the second time changed something")
		}
	})
}

// All sixteen faults, each with its line, and nothing imported; with the bad lines left out, the good ones are.
func TestFaultyFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		text := file(t, "customers-with-faults.csv")
		r := run(t, d, text, imports.Options{})
		want := []string{
			"2986 email", "2987 email", "2988 owner", "2989 owner", "2990 owner", "2991 permissions", "2992 last_login", "2993 last_login",
			"2994 language", "2995 first_name", "2996 password_hash", "2997 email", "2998 first_name", "2999 email", "3000 account_status", "3001 ",
		}
		var got []string
		for _, f := range r.Faults {
			got = append(got, fmt.Sprintf("%d %s", f.Line, f.Column))
			if f.Reason == "" {
				t.Errorf("line %d: no reason", f.Line)
			}
		}
		if !slices.Equal(got, want) || r.Done || r.Skipped != 16 || count(t, d, "users")+count(t, d, "accounts") != 0 {
			t.Errorf("%v, done %t, skipped %d, %d users", got, r.Done, r.Skipped, count(t, d, "users"))
		}
		r = run(t, d, text, imports.Options{SkipBad: true})
		if !r.Done || r.People.Added != 2044 || r.Accounts.Added != 1500 || r.Skipped != 16 {
			t.Errorf("without the bad lines: %+v", r)
		}
		if n := count(t, d, "accounts a WHERE 1 <> (SELECT count(*) FROM memberships m WHERE m.account_id = a.id AND m.owner)"); n != 0 {
			t.Errorf("%d accounts without exactly one owner", n)
		}
	})
}

// An imported password works as before, and is hashed anew by the first sign-in (security.md #7).
func TestOldPasswordWorks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		run(t, d, file(t, "customers.csv"), imports.Options{})
		passwords := secret.NewHasher()
		ring, err := secret.ParseKeys("8f1d0c52a6b94e7739d2c1f0e8b7a6958473625140f9e8d7c6b5a49382716f5e")
		if err != nil {
			t.Fatal(err)
		}
		outbox, err := mail.NewOutbox(d, ring, "roster.test")
		if err != nil {
			t.Fatal(err)
		}
		in := &signin.Service{
			DB: d, Now: time.Now, Passwords: passwords, Factors: &factors.Service{DB: d, Now: time.Now}, Tokens: &tokens.Service{DB: d, Now: time.Now},
			Outbox: outbox,
		}
		t.Cleanup(in.Close)
		for _, try := range []struct {
			password string
			good     bool
		}{{"correct horse battery 0004", false}, {"correct horse battery 0003", true}, {"correct horse battery 0003", true}} {
			request := httptest.NewRequest(http.MethodPost, "/graphql", nil)
			ctx := viewer.With(t.Context(), &viewer.Viewer{Kind: viewer.Anonymous})
			out, err := in.SignIn(signin.WithCookies(ctx, httptest.NewRecorder(), request), "USER0003@post.example", try.password, false)
			if good := err == nil && out.Viewer != nil; good != try.good {
				t.Errorf("%q: %v, %v", try.password, out.Viewer, err)
			}
		}
		if count(t, d, "passwords WHERE wrapped") != 11 {
			t.Error("the old hash is still there")
		}
	})
}

// What single lines and whole files can have wrong.
func TestFaults(t *testing.T) {
	d := dbtest.SQLite(t)
	const account = "Acme,billing@acme.example,Active"
	for name, c := range map[string]struct {
		text, want string
	}{
		"control character":       {"a@b.example,A\u0007,B,en,,,,,,,\n", "line 2, first_name"},
		"no first name":           {"a@b.example,,B,en,,,,,,,\n", "line 2, first_name"},
		"account without name":    {"a@b.example,A,B,en,,billing@acme.example,Active,yes,,,\n", "line 2, account_name"},
		"account without owner":   {"a@b.example,A,B,en,Acme,billing@acme.example,Active,,,,\n", "line 2, owner"},
		"login in the future":     {"a@b.example,A,B,en,,,,,,2027-01-01T00:00:00Z,\n", "line 2, last_login"},
		"twice":                   {"a@b.example,A,B,en," + account + ",yes,,,\na@b.example,A,B,en," + account + ",yes,,,\n", "line 3: Line 2"},
		"other status":            {"a@b.example,A,B,en," + account + ",yes,,,\nb@b.example,A,B,en,Acme,billing@acme.example,Closed,no,,,\n", "line 3, account_status: Line 2"},
		"quotation marks":         {"a@b.example,A \"B,C,en,,,,,,,\nb@b.example,A,B,en,,,,,,,\n", "line 2: The quotation"},
		"unclosed quotation mark": {"\"a@b.example,A,B,en,,,,,,,\nb@b.example,A,B,en,,,,,,,\n", "lines 2 to 3: A quotation mark"},
		"quoted line break":       {"a@b.example,\"A\nB\",C,en,,,,,,,\n", "line 2, first_name: A name cannot contain"},
		"name not in UTF-8":       {"a@b.example,A,M\xfcller,en,,,,,,,\n", "line 2, last_name: This name is not readable"},
		"address not in UTF-8":    {"\xfc@b.example,A,B,en,,,,,,,\n", "line 2, email: This e-mail address is not readable"},
		"language not in UTF-8":   {"a@b.example,A,B,\xfc,,,,,,,\n", "line 2, language"},
		"NUL":                     {"a@b.example,A\x00,B,en,,,,,,,\n", "line 2, first_name"},
		"owner by another word":   {"a@b.example,A,B,en," + account + ",true,,,\n", "line 2, owner: This must be yes or no."},
		"member and owner":        {"a@b.example,A,B,en," + account + ",yes,,,\nA@B.example,A,B,en," + account + ",no,INVOICES,,\n", "line 3: Line 2 links"},
		"too few columns":         {"a@b.example\n", "line 2: This line has 1"},
		"too many columns":        {"a@b.example,A,B,en,,,,,,,,\n", "line 2: This line has 12"},
	} {
		r := run(t, d, first+c.text, imports.Options{})
		if r.Done || len(r.Faults) == 0 || !strings.HasPrefix(r.Faults[0].String(), c.want) {
			t.Errorf("%s: %v, want %q", name, r.Faults, c.want)
		}
	}
	if n := count(t, d, "users") + count(t, d, "accounts"); n != 0 {
		t.Errorf("%d rows were imported", n)
	}
}

// Files that cannot be read as a whole.
func TestNoSuchFile(t *testing.T) {
	d := dbtest.SQLite(t)
	for name, c := range map[string]struct {
		file io.Reader
		want string
	}{
		"empty":            {strings.NewReader(""), "the file is empty"},
		"mark only":        {strings.NewReader("\ufeff"), `the column "" is not known`},
		"no such columns":  {strings.NewReader("a,b,c\n"), `the column "a" is not known: the first line must name email, `},
		"semicolons":       {strings.NewReader(strings.ReplaceAll(first, ",", ";")), `the column "email;first_name;last_name;language;acco…" is not known`},
		"one column more":  {strings.NewReader("phone," + first), `the column "phone" is not known`},
		"a column twice":   {strings.NewReader("email," + first), "names the column email twice"},
		"a column missing": {strings.NewReader(strings.Replace(first, "owner,", "", 1)), "the column owner is missing"},
		"UTF-16":           {strings.NewReader("\xff\xfee\x00m\x00a\x00i\x00l\x00"), "must be in UTF-8"},
		"too large":        {io.MultiReader(strings.NewReader(first), endless{}), "larger than 64 MiB"},
		"no CSV":           {strings.NewReader("em\"ail"), "reading the first line"},
	} {
		if _, err := service(d).CSV(dbtest.System(t), c.file, imports.Options{SkipBad: true}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// endless is a file of empty lines.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}

// An account whose owner's line is bad is left out whole, and so are its members' links: nobody ends ownerless.
func TestBadOwnerTakesTheAccountAlong(t *testing.T) {
	d := dbtest.SQLite(t)
	r := run(t, d, first+
		"ann@b.example,Ann,A,en,Acme,acme@b.example,Active,yes,,never,\n"+
		"bob@b.example,Bob,B,en,Acme,acme@b.example,Active,no,INVOICES,,\n"+
		"cy@b.example,Cy,C,en,Bolt,bolt@b.example,Active,yes,,,\n", imports.Options{SkipBad: true})
	if r.Skipped != 2 || r.People.Added != 1 || r.Accounts.Added != 1 || r.Links.Added != 1 || count(t, d, "memberships WHERE owner") != 1 {
		t.Errorf("%+v", r)
	}
}

// A quotation mark that is not closed takes lines with it; the report counts each of them.
func TestSwallowedLinesAreCounted(t *testing.T) {
	d := dbtest.SQLite(t)
	r := run(t, d, first+"a@b.example,A,B,en,,,,,,,\n\"b@b.example,A,B,en,,,,,,,\nc@b.example,A,B,en,,,,,,,\nd@b.example,\"D\",B,en,,,,,,,\ne@b.example,A,B,en,,,,,,,\n",
		imports.Options{SkipBad: true})
	if r.Skipped != 3 || r.Lines != 5 || r.People.Added != 2 || len(r.Faults) != 1 || !strings.HasPrefix(r.Faults[0].String(), "lines 3 to 5: ") {
		t.Errorf("%+v", r)
	}
}

// What is there stays as it is, and the report counts what the file wants otherwise.
func TestWhatIsThereStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const hash = "$2y$08$2XTtmW4g012Pw2rOkCH86uVib.myy/3h1GrMWQo4ViKgYQ3C.VsYC"
		run(t, d, first+
			"ann@b.example,Ann,A,de,Acme,acme@b.example,Active,yes,,2026-01-01T00:00:00Z,"+hash+"\n"+
			"bob@b.example,Bob,B,en,Acme,acme@b.example,Active,no,INVOICES,,\n", imports.Options{})
		before := state(t, d)
		r := run(t, d, first+
			"ANN@b.example,Anna,A,en,Acme Ltd,Acme@b.example,Closed,yes,,2026-02-02T00:00:00Z,"+strings.Replace(hash, "VsYC", "VsYe", 1)+"\n"+
			"bob@b.example,Bob,B,en,Acme Ltd,acme@b.example,Closed,no,ORDERS,,\n", imports.Options{})
		if !r.Done || r.People != (imports.Count{Present: 2, Differ: 1}) || r.Accounts != (imports.Count{Present: 1, Differ: 1}) ||
			r.Links != (imports.Count{Present: 2, Differ: 1}) {
			t.Errorf("%+v", r)
		}
		if after := state(t, d); after != before {
			t.Errorf("%s\nbecame\n%s", before, after)
		}
		if text := r.Print(); !strings.Contains(text, "links     0 added, 2 there already; 1 not as the file says, and left as they are") {
			t.Error(text)
		}
	})
}

// state is what an import must leave alone.
func state(t *testing.T, d *db.DB) string {
	t.Helper()
	var text string
	for _, query := range []string{
		"SELECT id, email || first_name || last_name || language, last_login_at, version FROM users ORDER BY id",
		"SELECT user_id, hash, changed_at, wrapped FROM passwords ORDER BY user_id",
		"SELECT id, name || email || status, updated_at, version FROM accounts ORDER BY id",
		"SELECT user_id, owner, permissions, account_id FROM memberships ORDER BY user_id",
	} {
		rows, err := d.Reader().QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var a, b, c, e any
			if err := rows.Scan(&a, &b, &c, &e); err != nil {
				t.Fatal(err)
			}
			text += fmt.Sprintf("%s %s %s %s\n", a, b, c, e)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return text
}

// Forms that are as good: byte order mark, CRLF, columns in another order, quoted commas.
func TestForms(t *testing.T) {
	d := dbtest.SQLite(t)
	text := "\ufeffFirst_Name,email,last_name,language,account_name,account_email,account_status,owner,permissions,last_login,password_hash\r\n" +
		"\"Ann, of\",ANN@B.example,Ö,,\"Acme, Ltd\",billing@acme.example,ACTIVE,YES,,,\r\n"
	if r := run(t, d, text, imports.Options{}); !r.Done || r.People.Added != 1 || r.Accounts.Added != 1 {
		t.Errorf("%+v", r)
	}
	u, err := d.User.Query().Where(user.EmailKey("ann@b.example")).Only(dbtest.System(t))
	if err != nil || u.FirstName != "Ann, of" || u.Language != "en" || u.Email != "ANN@B.example" {
		t.Errorf("%v, %v", u, err)
	}
	if text, err := json.Marshal(run(t, d, text, imports.Options{})); err != nil || !strings.Contains(string(text), `"links":{"added":0,"present":1,"differ":0}`) {
		t.Errorf("as JSON: %s, %v", text, err)
	}
}

// #49: an account that is there is known by its address and its owner together. The address alone anybody can have written
// there, so neither members nor an owner are brought into it on the strength of that.
func TestAccountsAreKnownByTheirOwner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const owner = "ann@b.example,Ann,A,en,Acme,acme@b.example,Active,yes,,,\n"
		const member = "bob@b.example,Bob,B,en,Acme,acme@b.example,Active,no,INVOICES,,\n"
		run(t, d, first+owner, imports.Options{})
		for name, c := range map[string]struct{ lines, column, reason string }{
			"a member alone": {member, "owner", "Name its owner"},
			"another owner":  {"cy@b.example,Cy,C,en,Acme,acme@b.example,Active,yes,,,\n" + member, "account_email", "belongs to somebody else"},
		} {
			r := run(t, d, first+c.lines, imports.Options{SkipBad: true})
			if r.Links.Added != 0 || count(t, d, "memberships") != 1 || count(t, d, "accounts") != 1 || r.Skipped != len(r.Faults) || r.Skipped == 0 ||
				!slices.ContainsFunc(r.Faults, func(f imports.Fault) bool { return f.Column == c.column && strings.Contains(f.Reason, c.reason) }) {
				t.Errorf("%s: %+v", name, r)
			}
		}
		if r := run(t, d, first+owner+member, imports.Options{}); !r.Done || r.Links.Added != 1 {
			t.Errorf("a member beside the owner: %+v", r)
		}
	})
}

// #49: who registered with an address and never proved it may be anybody, and becomes neither owner nor member by a file.
func TestClaimedAddressesGetNoAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const line = "ann@b.example,Ann,A,en,Acme,acme@b.example,Active,yes,,,\n"
		run(t, d, first+"ann@b.example,Ann,A,en,,,,,,,\n", imports.Options{})
		claim := func(registered bool) {
			err := db.InTx(dbtest.System(t), d, func(ctx context.Context, tx *db.Tx) error {
				return tx.User.Update().SetSelfRegistered(registered).Exec(ctx)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		claim(true)
		r := run(t, d, first+line, imports.Options{})
		if r.Done || len(r.Faults) != 1 || r.Faults[0].Column != "email" || count(t, d, "memberships") != 0 {
			t.Errorf("%+v", r)
		}
		claim(false)
		if r := run(t, d, first+line, imports.Options{}); !r.Done || r.Links.Added != 1 {
			t.Errorf("made by an import: %+v", r)
		}
	})
}

func TestWhoMay(t *testing.T) {
	d := dbtest.SQLite(t)
	for _, v := range []*viewer.Viewer{
		{Kind: viewer.Anonymous}, {Kind: viewer.User, UserID: 1}, {Kind: viewer.Staff, UserID: 1, Permissions: permission.SetOf(permission.ListUsers)},
	} {
		_, err := service(d).CSV(viewer.With(t.Context(), v), strings.NewReader(first), imports.Options{})
		if !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%s: %v", v.Kind, err)
		}
	}
}
