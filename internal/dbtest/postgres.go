// Package dbtest gives tests real databases, a fresh one each: SQLite in a file, and PostgreSQL in a throw-away
// cluster that the test process starts itself, without a network port.
package dbtest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
)

// running is the cluster of this process, started by the first test that needs it. It dies with the process; its
// folder is swept by the next one that starts.
var running = sync.OnceValues(startCluster)

type cluster struct {
	admin  *sql.DB
	base   url.URL
	serial atomic.Int64

	once        sync.Once
	templateErr error
}

// Postgres makes a database that migrate has brought up to date and returns its URL. The database goes when the
// test ends. Migrating happens once per process; each test gets a copy.
func Postgres(t testing.TB, migrate func(source string) error) string {
	t.Helper()
	c := mustRun(t)
	c.once.Do(func() { c.templateErr = c.makeTemplate(migrate) })
	if c.templateErr != nil {
		t.Fatal(c.templateErr)
	}
	return c.create(t, " TEMPLATE "+templateName())
}

// PostgresEmpty makes a database with nothing in it and returns its URL.
func PostgresEmpty(t testing.TB) string {
	t.Helper()
	return mustRun(t).create(t, "")
}

func mustRun(t testing.TB) *cluster {
	t.Helper()
	c, err := running()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func templateName() string { return "roster_template_" + strconv.Itoa(os.Getpid()) }

func (c *cluster) source(name string) string {
	u := c.base
	u.Path = "/" + name
	return u.String()
}

func (c *cluster) create(t testing.TB, from string) string {
	t.Helper()
	name := fmt.Sprintf("t%d_%d", os.Getpid(), c.serial.Add(1))
	if _, err := c.admin.ExecContext(t.Context(), "CREATE DATABASE "+name+from); err != nil {
		t.Fatalf("creating a test database: %v", err)
	}
	t.Cleanup(func() {
		if _, err := c.admin.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("dropping a test database: %v", err)
		}
	})
	return c.source(name)
}

func (c *cluster) makeTemplate(migrate func(source string) error) error {
	name := templateName()
	if _, err := c.admin.ExecContext(context.Background(), "CREATE DATABASE "+name); err != nil {
		return fmt.Errorf("creating the template database: %w", err)
	}
	return migrate(c.source(name))
}

func startCluster() (*cluster, error) {
	initdb, postgres, err := binaries()
	if err != nil {
		return nil, err
	}
	sweep()
	// Not below t.TempDir: its parents are closed to the unprivileged user that PostgreSQL insists on.
	dir, err := os.MkdirTemp("", folderPrefix+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for PostgreSQL: %w", err)
	}
	attr, err := unprivileged(dir)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	var out bytes.Buffer
	initialise := exec.Command(initdb, "-D", data, "-U", "roster", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8") //nolint:gosec,noctx // found on this machine; lives as long as the process
	initialise.Dir, initialise.SysProcAttr, initialise.Stdout, initialise.Stderr = dir, attr, &out, &out
	if err := initialise.Run(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out.String())
	}
	log, err := os.Create(filepath.Join(dir, "log")) //nolint:gosec // a path that we made
	if err != nil {
		return nil, fmt.Errorf("making the log of PostgreSQL: %w", err)
	}
	serve := exec.Command(postgres, "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off", //nolint:gosec,noctx // as above
		"-c", "max_connections=300", "-c", "shared_buffers=64MB")
	serve.Dir, serve.SysProcAttr, serve.Stdout, serve.Stderr = dir, attr, log, log
	if err := startBound(serve); err != nil {
		return nil, fmt.Errorf("starting PostgreSQL: %w", err)
	}
	c := &cluster{base: url.URL{Scheme: "postgres", User: url.User("roster"), Host: "localhost", RawQuery: "sslmode=disable&host=" + url.QueryEscape(dir)}}
	if c.admin, err = sql.Open("pgx", c.source("postgres")); err != nil {
		return nil, fmt.Errorf("connecting to PostgreSQL: %w", err)
	}
	return c, c.answers(filepath.Join(dir, "log"))
}

// startBound starts a process that the kernel ends when this one dies, however it dies. The signal is bound to the
// starting thread, so that thread is kept for good.
func startBound(process *exec.Cmd) error {
	process.SysProcAttr.Pdeathsig = syscall.SIGQUIT
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		started <- process.Start()
		_ = process.Wait()
	}()
	return <-started
}

// answers waits until the server takes connections.
func (c *cluster) answers(log string) error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		ctx, cancel := context.WithDeadline(context.Background(), deadline)
		err := c.admin.PingContext(ctx)
		cancel()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			content, _ := os.ReadFile(log) //nolint:gosec // a path that we made
			return fmt.Errorf("PostgreSQL does not answer: %w: %s", err, content)
		}
		time.Sleep(20 * time.Millisecond) // polling a process that has no other way to say that it is up
	}
}

// binaries finds initdb and postgres in PATH or where Debian puts them, the newest version first.
func binaries() (initdb, postgres string, err error) {
	if initdb, err = exec.LookPath("initdb"); err == nil {
		if postgres, err = exec.LookPath("postgres"); err == nil {
			return initdb, postgres, nil
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", "", errors.New("PostgreSQL is needed for this test: apt-get install postgresql")
	}
	sort.Strings(found)
	initdb = found[len(found)-1]
	return initdb, filepath.Join(filepath.Dir(initdb), "postgres"), nil
}

// unprivileged says how to start PostgreSQL, which refuses to run as root: as nobody, who then owns dir.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return nil, fmt.Errorf("finding an unprivileged user: %w", err)
	}
	uid, _ := strconv.Atoi(nobody.Uid)
	gid, _ := strconv.Atoi(nobody.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		return nil, fmt.Errorf("handing the folder to PostgreSQL: %w", err)
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil //nolint:gosec // ids fit
}

const folderPrefix = "roster-pg-"

// sweep removes the folders of processes that are gone.
func sweep() {
	old, _ := filepath.Glob(filepath.Join(os.TempDir(), folderPrefix+"*"))
	for _, dir := range old {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), folderPrefix), "-")
		id, err := strconv.Atoi(pid)
		if err == nil && errors.Is(syscall.Kill(id, 0), syscall.ESRCH) {
			_ = os.RemoveAll(dir)
		}
	}
}
