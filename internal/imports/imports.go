package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"entgo.io/ent/dialect"

	ent "roster/ent/generated"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/secret"
	"roster/internal/users"
)

// Service imports.
type Service struct {
	DB        *db.DB
	Now       func() time.Time
	Passwords *secret.Hasher
}

// Options say how.
type Options struct {
	// Name is that of the file, for the audit log.
	Name string
	// DryRun reports what would happen, and changes nothing.
	DryRun bool
	// SkipBad leaves lines with faults out, and what does not stand without them; else a fault stops all.
	SkipBad bool
}

// Count is what became of people, accounts or links.
type Count struct {
	Added int `json:"added"`
	// Present were there already, and stay as they are.
	Present int `json:"present"`
	// Differ says how often the file wants it otherwise than the database has it, which stays as it is: present ones,
	// and owners of accounts that have another.
	Differ int `json:"differ"`
}

// Report is what an import did, or would do.
type Report struct {
	DryRun bool `json:"dryRun"`
	// Done says whether the data are in the database.
	Done     bool    `json:"done"`
	Lines    int     `json:"lines"` // without the first
	Skipped  int     `json:"skipped"`
	People   Count   `json:"people"`
	Accounts Count   `json:"accounts"`
	Links    Count   `json:"links"`
	Faults   []Fault `json:"faults"`
}

// errDry ends a dry run: its transaction is rolled back.
var errDry = errors.New("dry run")

// CSV imports a file of users, accounts and memberships, in one transaction. It needs IMPORT_DATA. With faults in the
// file nothing is imported and the report names them, unless the bad lines are to be skipped. People, accounts and
// links that are there already stay as they are. An error means that the file as a whole cannot be read, or that the
// database failed.
func (s *Service) CSV(ctx context.Context, file io.Reader, o Options) (*Report, error) {
	if err := access.Staff(ctx, permission.ImportData); err != nil {
		return nil, err
	}
	lines, faults, err := read(file, s.now())
	if err != nil {
		return nil, err
	}
	present, err := s.thereOf(ctx, lines)
	if err != nil {
		return nil, err
	}
	p, more := planOf(lines, present)
	r := &Report{DryRun: o.DryRun, Faults: append(append([]Fault{}, faults...), more...)}
	r.Skipped, r.Lines = faultyLines(r.Faults), len(lines)+faultyLines(faults)
	slices.SortStableFunc(r.Faults, func(a, b Fault) int { return a.Line - b.Line })
	if len(r.Faults) > 0 && !o.SkipBad {
		return r, nil
	}
	hashes, err := s.wrap(ctx, p)
	if err != nil {
		return nil, err
	}
	err = db.InTx(viewer.ForSystem(ctx, "import"), s.DB, func(ctx context.Context, tx *db.Tx) error {
		if err := alone(ctx, tx); err != nil {
			return err
		}
		*r = Report{DryRun: r.DryRun, Faults: r.Faults, Skipped: r.Skipped, Lines: r.Lines}
		if err := s.apply(ctx, tx, p, hashes, r); err != nil {
			return err
		}
		if o.DryRun {
			return errDry
		}
		return audit.Record(ctx, tx, s.now(), audit.Entry{Action: audit.Imported, Detail: map[string]any{
			"file": o.Name, "people": r.People, "accounts": r.Accounts, "links": r.Links, "skipped": r.Skipped,
		}})
	})
	if err != nil && !errors.Is(err, errDry) {
		return nil, fmt.Errorf("importing: %w", err)
	}
	r.Done = err == nil
	return r, nil
}

// importLock is the key of the advisory lock on PostgreSQL.
const importLock = 0x696d706f7274

// alone lets one import write after the other: two of one file would make its accounts twice. SQLite has one writer.
func alone(ctx context.Context, tx *db.Tx) error {
	if tx.Dialect != dialect.Postgres {
		return nil
	}
	if _, err := tx.SQL.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", importLock); err != nil {
		return fmt.Errorf("waiting for another import: %w", err)
	}
	return nil
}

// there is what the database has of a file.
type there struct {
	accounts map[string]standing
	// claimed are the addresses with which somebody registered and that nobody proved.
	claimed map[string]bool
}

// standing is how many accounts have an address, and the address of the owner where it is one.
type standing struct {
	count int
	owner string
}

func standingOf(list []*ent.Account) standing {
	s := standing{count: len(list)}
	if s.count != 1 {
		return s
	}
	for _, m := range list[0].Edges.Memberships {
		s.owner = m.Edges.User.EmailKey
	}
	return s
}

func (s *Service) thereOf(ctx context.Context, lines []line) (there, error) {
	system := viewer.ForSystem(ctx, "import")
	found := there{accounts: map[string]standing{}, claimed: map[string]bool{}}
	people := map[string]bool{}
	for _, l := range lines {
		people[l.person.address.Key] = true
		if l.account != nil {
			found.accounts[l.account.address.Key] = standing{}
		}
	}
	rows, err := companiesThere(system, s.DB.Client, slices.Collect(maps.Keys(found.accounts)))
	if err != nil {
		return found, err
	}
	for key, list := range rows {
		found.accounts[key] = standingOf(list)
	}
	there, err := peopleThere(system, s.DB.Client, slices.Collect(maps.Keys(people)))
	if err != nil {
		return found, err
	}
	for key, u := range there {
		found.claimed[key] = users.Claimed(u)
	}
	return found, nil
}

func faultyLines(faults []Fault) int {
	lines := map[int]bool{}
	for _, f := range faults {
		for n := f.Line; n <= max(f.Line, f.Through); n++ {
			lines[n] = true
		}
	}
	return len(lines)
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }
