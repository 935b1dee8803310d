package verification_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	entverification "roster/ent/generated/verification"
	"roster/ent/generated/verificationfile"
	"roster/ent/permission"
	"roster/internal/audit"
	"roster/internal/dbtest"
	"roster/internal/fault"
	"roster/internal/settings"
	"roster/internal/verification"
)

// marker stands in a scan as it was sent, and must stand in no file of ours.
const marker = "MARKER-OF-A-PASSPORT-7431"

// scan is a PDF, which is kept byte for byte, with the marker in it.
const scan = "%PDF-1.4\n% " + marker + "\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n" +
	"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\nxref\n0 4\ntrailer\n<</Root 1 0 R/Size 4>>\nstartxref\n9\n%%EOF\n"

// Who is not asked sends nothing, and who is asked does not submit less than what is needed.
func TestFilesAreOnlyTakenFromWhoIsAsked(t *testing.T) {
	each(t, func(w *world) {
		keep := func(what, want string, by context.Context) {
			w.Helper()
			_, err := w.ID.Keep(by, verificationfile.KindFRONT, bytes.NewReader(picture(w.T)))
			w.Refused(what, err, want)
		}
		keep("nobody", "UNAUTHENTICATED", w.Nobody())
		keep("a token", "FORBIDDEN", w.Token(permission.Admins...))
		keep("who is not asked", "NOT_ALLOWED", w.As(w.eve))
		w.must(w.ID.Initiate(w.ada, w.eve.ID, ""))
		_, err := w.ID.Submit(w.As(w.eve))
		w.Refused("nothing", err, "REQUIRED front")
		w.send(w.eve, verificationfile.KindFRONT, picture(w.T))
		w.send(w.eve, verificationfile.KindBACK, picture(w.T))
		_, err = w.ID.Submit(w.As(w.eve))
		w.Refused("without a face", err, "REQUIRED selfie")
		_, err = w.ID.Keep(w.As(w.eve), verificationfile.KindSELFIE, strings.NewReader(scan))
		w.Refused("a face in a PDF", err, "INVALID content")
		w.stands(w.eve, entverification.StatusREQUESTED)
		w.send(w.eve, verificationfile.KindSELFIE, picture(w.T))
		again := w.send(w.eve, verificationfile.KindFRONT, picture(w.T)) // takes the place of the first
		if n := w.Count("verification_files"); n != 3 {
			w.Errorf("%d files", n)
		}
		w.must(w.ID.Submit(w.As(w.eve)))
		w.Noted("VERIFICATION_SUBMITTED DONE")
		keep("while it is looked at", "NOT_ALLOWED", w.As(w.eve))
		if file, err := w.ID.Open(w.ada, again); err != nil || file.Kind != verificationfile.KindFRONT {
			w.Errorf("the front: %v, %v", file, err)
		}
		w.choose(func(v *settings.Verification) { v.Enabled = false })
		keep("switched off", "NOT_ALLOWED", w.As(w.eve))
	})
}

// security.md #71: nobody without the permission gets a file by its name; each look of those who have it is on record.
func TestFilesAreForReviewers(t *testing.T) {
	each(t, func(w *world) {
		w.must(w.ID.Initiate(w.ada, w.eve.ID, ""))
		front := w.send(w.eve, verificationfile.KindFRONT, picture(w.T))
		if file, err := w.ID.Open(w.As(w.eve), front); err != nil || len(file.Content) == 0 {
			w.Errorf("one's own, before it is submitted: %v", err)
		}
		_, err := w.ID.Open(w.ada, front)
		w.Refused("a reviewer, before it is submitted", err, "NOT_FOUND")
		w.send(w.eve, verificationfile.KindSELFIE, picture(w.T))
		w.must(w.ID.Submit(w.As(w.eve)))

		cem := w.Staff("Cem", permission.ListUsers, permission.EditUsers, permission.EditAccounts)
		for what, c := range map[string]struct {
			by   context.Context
			want string
		}{
			"nobody":                         {w.Nobody(), "UNAUTHENTICATED"},
			"the user, once it is submitted": {w.As(w.eve), "NOT_FOUND"},
			"another user":                   {w.As(w.olga), "NOT_FOUND"},
			"staff without the permission":   {cem, "NOT_FOUND"},
			"a token with the permission":    {w.Token(permission.ManageUserVerification), "FORBIDDEN"},
		} {
			file, err := w.ID.Open(c.by, front)
			w.Refused(what, err, c.want)
			if file != nil {
				w.Errorf("%s gets %d bytes", what, len(file.Content))
			}
		}
		_, err = w.ID.Open(w.ada, "AAAAAAAAAAAAAAAAAAAAAAAAAA")
		w.Refused("a name that is none", err, "NOT_FOUND")
		before := w.Count("audit_entries WHERE action = $1 AND outcome = 'DONE'", string(audit.VerificationFileSeen))
		for range 3 {
			if _, err := w.ID.Open(w.ada, front); err != nil {
				w.Fatal(err)
			}
		}
		if n := w.Count("audit_entries WHERE action = $1 AND outcome = 'DONE'", string(audit.VerificationFileSeen)); before != 0 || n != 3 {
			w.Errorf("%d and then %d looks are on record", before, n)
		}
		if n := w.Count("audit_entries WHERE action = $1 AND outcome = 'NOT_FOUND'", string(audit.VerificationFileSeen)); n != 3 {
			w.Errorf("%d looks that were refused are on record", n)
		}
		files, err := w.ID.Files(w.ada, []int{w.eve.ID, w.olga.ID})
		if err != nil || len(files[w.eve.ID]) != 2 || len(files[w.olga.ID]) != 0 {
			w.Errorf("files: %v, %v", files, err)
		}
		for what, by := range map[string]context.Context{"the user": w.As(w.eve), "another user": w.As(w.olga), "staff": cem, "nobody": w.Nobody()} {
			if files, err := w.ID.Files(by, []int{w.eve.ID}); err != nil || len(files[w.eve.ID]) != 0 {
				w.Errorf("%s is told of %v, %v", what, files, err)
			}
		}
		w.choose(func(v *settings.Verification) { v.Enabled = false })
		_, err = w.ID.Open(w.ada, front)
		w.Refused("where the feature is switched off", err, "NOT_FOUND")
	})
}

// security.md #71: files go for good when their time is over, whoever forgot to decide, and nobody sees one in between.
func TestFilesArePurgedAfterTheirTime(t *testing.T) {
	each(t, func(w *world) {
		w.choose(func(v *settings.Verification) { v.KeepDays = 7 })
		front := w.submitted()
		w.Later(7*24*time.Hour - time.Second)
		if err := w.ID.Sweep(w.Context()); err != nil {
			w.Fatal(err)
		}
		if _, err := w.ID.Open(w.ada, front); err != nil || w.Count("file_contents") != 2 {
			w.Errorf("a second too early: %v", err)
		}
		w.Later(time.Second)
		_, err := w.ID.Open(w.ada, front)
		w.Refused("at its end", err, "NOT_FOUND")
		if files, err := w.ID.Files(w.ada, []int{w.eve.ID}); err != nil || len(files[w.eve.ID]) != 0 {
			w.Errorf("at their end %v are listed, %v", files, err)
		}
		if err := w.ID.Sweep(w.Context()); err != nil {
			w.Fatal(err)
		}
		if n := w.Count("verification_files") + w.Count("file_contents"); n != 0 {
			w.Errorf("%d rows of files are left", n)
		}
		w.stands(w.eve, entverification.StatusSUBMITTED) // it can still be decided, or taken back
	})
}

// security.md #68: nobody who has the file of the database, what SQLite keeps beside it, or a copy, reads a document in it;
// and the bytes stay unreadable under another file's name.
func Test68DocumentsAreUnreadableInTheDatabase(t *testing.T) {
	each(t, func(w *world) {
		w.must(w.ID.Initiate(w.ada, w.eve.ID, ""))
		name := w.send(w.eve, verificationfile.KindFRONT, []byte(scan))
		photo := picture(w.T)
		selfie := w.send(w.eve, verificationfile.KindSELFIE, photo)
		w.must(w.ID.Submit(w.As(w.eve)))
		file, err := w.ID.Open(w.ada, name)
		if err != nil || string(file.Content) != scan {
			w.Fatalf("the scan: %q, %v", file, err)
		}
		shown, err := w.ID.Open(w.ada, selfie)
		if err != nil {
			w.Fatal(err)
		}
		for where, kept := range w.stored() {
			for what, text := range map[string]string{"the marker": marker, "the head of a PDF": "%PDF-1.4", "a picture": string(shown.Content[:64])} {
				if strings.Contains(kept, text) || strings.Contains(kept, hex.EncodeToString([]byte(text))) {
					w.Errorf("%s stands in %s", what, where)
				}
			}
			if len(kept) < len(scan) {
				w.Errorf("%s has %d bytes: that is not all", where, len(kept))
			}
		}
		if _, err := w.DB.Writer().ExecContext(w.Context(), `UPDATE file_contents SET sealed = (SELECT sealed FROM file_contents AS other
			WHERE other.file_id <> file_contents.file_id)`); err != nil {
			w.Fatal(err)
		}
		if _, err := w.ID.Open(w.ada, name); err == nil {
			w.Error("a file is read under the name of another")
		}
	})
}

// stored are the places where the content of files is kept: for SQLite its file with what lies beside it and a copy, for
// PostgreSQL all tables, as a backup writes them down.
func (w *world) stored() map[string]string {
	w.Helper()
	places := map[string]string{}
	if w.DB.Dialect == "postgres" {
		for _, table := range w.tables() {
			var text sql.NullString // as a dump has it: bytes in hexadecimal
			if err := w.DB.Reader().QueryRowContext(w.Context(), `SELECT string_agg(t::text, ' ') FROM "`+table+`" t`).Scan(&text); err != nil {
				w.Fatal(err)
			}
			places["a dump"] += text.String
		}
		return places
	}
	var main string
	if err := w.DB.Reader().QueryRowContext(w.Context(), "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&main); err != nil {
		w.Fatal(err)
	}
	copied := filepath.Join(w.TempDir(), "copy.db")
	if _, err := w.DB.Writer().ExecContext(w.Context(), "VACUUM INTO $1", copied); err != nil {
		w.Fatal(err)
	}
	beside, err := filepath.Glob(main + "*")
	if err != nil {
		w.Fatal(err)
	}
	for _, path := range append(beside, copied) {
		if content, err := os.ReadFile(path); err != nil {
			w.Fatal(err)
		} else if !strings.HasSuffix(path, "-shm") { // the index of the journal holds no content
			places[filepath.Base(path)] = string(content)
		}
	}
	if places["roster.db-wal"] == "" {
		w.Error("there is no journal to look at")
	}
	return places
}

// tables are all of a PostgreSQL database.
func (w *world) tables() (names []string) {
	w.Helper()
	rows, err := w.DB.Reader().QueryContext(w.Context(), "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
	if err != nil {
		w.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			w.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		w.Fatal(err)
	}
	return names
}

// A deleted user takes everything along.
func TestDeletingAUserDeletesTheirProof(t *testing.T) {
	each(t, func(w *world) {
		w.submitted()
		if _, err := w.Accounts.Delete(w.Staff("Dan", permission.DeleteAccounts, permission.DeleteUsers), w.acme.ID, true, false); err != nil {
			w.Fatal(err)
		}
		if n := w.Count("users WHERE id = $1", w.eve.ID); n != 0 {
			w.Error("the user is not deleted")
		}
		for _, table := range []string{"verifications", "verification_steps", "verification_files", "file_contents"} {
			if n := w.Count(table); n != 0 {
				w.Errorf("%s keeps %d rows", table, n)
			}
		}
	})
}

// The secrets of a provider are sealed, never handed out, and say only whether they were given.
func Test68SecretsOfProviders(t *testing.T) {
	each(t, func(w *world) {
		const key = "sk_live_never_to_be_seen"
		_, err := w.ID.Tell(w.bea, "ELSEWHERE", verification.Secrets{"key": key})
		w.Refused("without CONFIGURE_SETTINGS", err, "FORBIDDEN")
		unproven := w.User("Cem")
		_, err = w.ID.Tell(w.holdingUnproven(unproven, permission.ConfigureSettings), "ELSEWHERE", verification.Secrets{"key": key})
		w.Refused("without a proof", err, "SUDO_REQUIRED")
		for what, c := range map[string]struct {
			provider string
			given    verification.Secrets
			want     string
		}{
			"a provider that is none": {"NOBODY", nil, "NOT_FOUND provider"},
			"a secret that is none":   {"ELSEWHERE", verification.Secrets{"other": "x"}, "INVALID secrets"},
			"a secret that is long":   {"ELSEWHERE", verification.Secrets{"key": strings.Repeat("x", 256)}, "TOO_LONG secrets.key"},
			"a secret with a space":   {"ELSEWHERE", verification.Secrets{"key": "a b"}, "INVALID secrets.key"},
		} {
			_, err := w.ID.Tell(w.ada, c.provider, c.given)
			w.Refused(what, err, c.want)
		}
		w.Refused("a provider without its keys", w.ID.Choosable(w.ada, w.DB.Client, "provider", "ELSEWHERE"), "NOT_ALLOWED provider")
		w.Refused("testing it", w.ID.Test(w.ada, "ELSEWHERE"), "NOT_ALLOWED")
		setup, err := w.ID.Tell(w.ada, "ELSEWHERE", verification.Secrets{"key": key})
		if err != nil || !setup.Ready() {
			w.Fatalf("%+v, %v", setup, err)
		}
		w.Refused("a provider with its keys", w.ID.Choosable(w.ada, w.DB.Client, "provider", "ELSEWHERE"), "")
		w.testedKeys(key)
		w.Refused("a provider that is none", w.ID.Choosable(w.ada, w.DB.Client, "provider", "NOBODY"), "INVALID provider")
		w.Refused("Roster's own staff", w.ID.Choosable(w.ada, w.DB.Client, "provider", verification.Manual), "")
		if n := w.Count("settings WHERE value LIKE '%" + key + "%'"); n != 0 {
			w.Error("the secret stands in the settings")
		}
		details := "CAST(detail AS text)"
		if w.DB.Dialect == "postgres" {
			details = "convert_from(detail, 'UTF8')"
		}
		if n := w.Count("audit_details WHERE " + details + " LIKE '%" + key + "%'"); n != 0 {
			w.Error("the secret is on record")
		}
		if _, err := w.ID.Setups(w.bea); err == nil {
			w.Error("providers are shown without CONFIGURE_SETTINGS")
		}
		setup, err = w.ID.Tell(w.ada, "ELSEWHERE", verification.Secrets{"key": ""})
		if err != nil || setup.Ready() {
			w.Errorf("taken away: %+v, %v", setup, err)
		}
		if _, err := settings.Load(dbtest.System(w.T), w.DB.Client); err != nil {
			w.Errorf("the settings beside it: %v", err)
		}
	})
}

// testedKeys checks what is known of the keys of ELSEWHERE, who was told this one, after tests.
func (w *world) testedKeys(key string) {
	w.Helper()
	know := func(what string, want verification.Tested, choosable string) {
		w.Helper()
		setups, err := w.ID.Setups(w.ada)
		if err != nil || len(setups) != 1 || setups[0].Tested != want {
			w.Errorf("%s: %+v, %v, want %s", what, setups, err, want)
		}
		w.Refused(what, w.ID.Choosable(w.ada, w.DB.Client, "provider", "ELSEWHERE"), choosable)
	}
	test := func(problem error, want string) {
		w.Helper()
		w.provider.problem = problem
		w.Refused("the test", w.ID.Test(w.ada, "ELSEWHERE"), want)
	}
	tell := func(key string) {
		w.Helper()
		if setup, err := w.ID.Tell(w.ada, "ELSEWHERE", verification.Secrets{"key": key}); err != nil || setup.Tested != verification.Untested {
			w.Fatalf("%+v, %v", setup, err)
		}
	}
	defer func() { w.provider.problem, w.provider.during = nil, nil }()
	know("new keys", verification.Untested, "")
	test(fault.On("secrets.key", fault.Invalid, "No."), "INVALID secrets.key")
	know("keys that were refused", verification.Refused, "NOT_ALLOWED provider")
	test(verification.TryLater(verification.Unreachable, "Later."), "TRY_LATER")
	know("refused, then out of reach", verification.Refused, "NOT_ALLOWED provider")
	test(nil, "")
	know("keys that were accepted", verification.Accepted, "")
	tell(key)
	know("other keys", verification.Untested, "")
	w.provider.during = func() { tell(key + "2") }
	test(nil, "")
	know("others that came during the test", verification.Untested, "")
}
