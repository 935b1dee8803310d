package verification_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"roster/ent/generated/filecontent"
	entverification "roster/ent/generated/verification"
	"roster/ent/generated/verificationfile"
	"roster/internal/accounttest"
	"roster/internal/dbtest"
	"roster/internal/settings"
	"roster/internal/verification"
)

// What is purged is gone from the disk, and not only from the tables: sealed as it is, whoever has the keys would read it.
func Test71PurgedFilesAreOverwritten(t *testing.T) {
	alone(t, func(w *world) {
		w.must(w.ID.Initiate(w.ada, w.eve.ID, ""))
		large := strings.Replace(scan, "xref", strings.Repeat("% a page that is long\n", 5000)+"xref", 1)
		name := w.send(w.eve, verificationfile.KindFRONT, []byte(large))
		row := w.DB.FileContent.Query().Where(filecontent.HasFileWith(verificationfile.Name(name))).OnlyX(dbtest.System(w.T))
		if len(onDisk(w, row.Sealed)) == 0 {
			w.Fatal("it was never there")
		}
		w.must(w.ID.Reset(w.ada, w.eve.ID, "a test"))
		if err := w.DB.EmptyJournal(w.Context()); err != nil {
			w.Fatal(err)
		}
		if left := onDisk(w, row.Sealed); len(left) != 0 {
			w.Errorf("pieces of it are left in %v", left)
		}
	})
}

// Somebody who reads keeps the journal as it is, and nobody waits for them; afterwards it is emptied.
func TestTheJournalIsEmptiedOnceNobodyReads(t *testing.T) {
	alone(t, func(w *world) {
		reading, err := w.DB.Reader().BeginTx(w.Context(), nil)
		if err != nil {
			w.Fatal(err)
		}
		var n int
		if err := reading.QueryRowContext(w.Context(), "SELECT count(*) FROM users").Scan(&n); err != nil {
			w.Fatal(err)
		}
		w.must(w.ID.Initiate(w.ada, w.eve.ID, ""))
		if err := w.DB.EmptyJournal(w.Context()); err != nil || journal(w) == 0 {
			w.Errorf("while somebody reads: %v", err)
		}
		if err := reading.Rollback(); err != nil {
			w.Fatal(err)
		}
		if err := w.DB.EmptyJournal(w.Context()); err != nil || journal(w) != 0 {
			w.Errorf("afterwards: %v", err)
		}
	})
}

// alone runs a test on SQLite.
func alone(t *testing.T, test func(w *world)) {
	t.Helper()
	test(newWorld(accounttest.New(t, dbtest.SQLite(t))))
}

func path(w *world) (file string) {
	w.Helper()
	if err := w.DB.Reader().QueryRowContext(w.Context(), "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&file); err != nil {
		w.Fatal(err)
	}
	return file
}

// journal is the size of SQLite's.
func journal(w *world) int64 {
	w.Helper()
	info, err := os.Stat(path(w) + "-wal")
	if err != nil {
		w.Fatal(err)
	}
	return info.Size()
}

// onDisk are the files of the database that hold any piece of what was sealed.
func onDisk(w *world, sealed []byte) (found []string) {
	w.Helper()
	const piece = 64
	for _, name := range []string{path(w), path(w) + "-wal"} {
		content, err := os.ReadFile(name) //nolint:gosec // a path that we made
		if err != nil {
			w.Fatal(err)
		}
		for at := 0; at+piece <= len(sealed); at += piece {
			if bytes.Contains(content, sealed[at:at+piece]) {
				found = append(found, name)
				break
			}
		}
	}
	return found
}

// What nobody can look at any more is not approved, but can be rejected, so that it is sent again.
func TestNothingIsApprovedUnseen(t *testing.T) {
	each(t, func(w *world) {
		w.choose(func(v *settings.Verification) { v.KeepDays = 7 })
		w.submitted()
		yes := verification.Decision{UserID: w.eve.ID, Approve: true}
		w.Later(7 * 24 * time.Hour)
		_, err := w.ID.Decide(w.ada, yes)
		w.Refused("what nobody sees, before it is swept", err, "NOT_ALLOWED userId")
		if err := w.ID.Sweep(w.Context()); err != nil {
			w.Fatal(err)
		}
		_, err = w.ID.Decide(w.ada, yes)
		w.Refused("what is gone", err, "NOT_ALLOWED userId")
		w.stands(w.eve, entverification.StatusSUBMITTED)
		w.must(w.ID.Decide(w.ada, w.reject()))
		w.submit(w.eve)
		w.must(w.ID.Decide(w.ada, yes))
	})
}

// A file whose time is over is not handed over, though nobody has swept it yet.
func TestFilesWhoseTimeIsOverAreNotSubmitted(t *testing.T) {
	each(t, func(w *world) {
		w.must(w.ID.Initiate(w.ada, w.eve.ID, ""))
		w.choose(func(v *settings.Verification) { v.KeepDays = 7 })
		w.send(w.eve, verificationfile.KindFRONT, picture(w.T))
		w.Later(7 * 24 * time.Hour)
		w.send(w.eve, verificationfile.KindSELFIE, picture(w.T))
		_, err := w.ID.Submit(w.As(w.eve))
		w.Refused("with a front that is over", err, "REQUIRED front")
		w.send(w.eve, verificationfile.KindFRONT, picture(w.T))
		w.must(w.ID.Submit(w.As(w.eve)))
		if n := w.Count("verification_files"); n != 2 {
			w.Errorf("%d files", n)
		}
	})
}
