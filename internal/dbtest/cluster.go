package dbtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// script makes, starts and ends a cluster in the current directory. It holds on to its standard input and ends when
// that is closed: also when the process at the other end was killed, so nothing is left behind. What PostgreSQL keeps
// safe is switched off, for this data outlives nothing.
const script = `
{
	initdb -D data -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync &&
	pg_ctl -D data -l server.log -w -t 60 -o "-k '$PWD' -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=400" start
} >start.log 2>&1 && echo ready || cat start.log server.log
cat >/dev/null
pg_ctl -D data -m immediate stop >stop.log 2>&1
cd / && rm -rf "$1"
`

// Cluster is a throw-away PostgreSQL server on a Unix socket. It has no port, so any number run side by side.
type Cluster struct {
	// URL leads to its database "postgres" as superuser.
	URL string

	life io.Closer
	done func() error
}

// Start makes a cluster under os.TempDir and starts it, which takes about a second. It lives until Close, or until
// this process ends in whatever way. PostgreSQL refuses to run as root: for root it runs as "postgres" or "nobody".
// The error says what to install when PostgreSQL's programs are missing.
func Start() (*Cluster, error) {
	programs, err := findPrograms()
	if err != nil {
		return nil, err
	}
	// Not t.TempDir: its parents are closed to another user.
	dir, err := os.MkdirTemp("", "roster-postgres-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for PostgreSQL: %w", err)
	}
	cmd := exec.Command("/bin/sh", "-c", script, "cluster", dir)
	cmd.Dir = dir
	// Nothing of PGPORT, PGDATA, PGHOST… may reach the programs.
	cmd.Env = []string{"PATH=" + programs + ":/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC", "HOME=" + dir}
	if err := leaveRoot(cmd, dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	life, err := start(cmd)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	address := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres"}
	address.RawQuery = url.Values{"host": {dir}, "sslmode": {"disable"}}.Encode()
	return &Cluster{URL: address.String(), life: life, done: cmd.Wait}, nil
}

// start runs the script until it says ready. Closing what it returns ends the cluster.
func start(cmd *exec.Cmd) (io.Closer, error) {
	life, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting PostgreSQL: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting PostgreSQL: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting PostgreSQL: %w", err)
	}
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	if err == nil && first == "ready\n" {
		return life, nil
	}
	_ = life.Close()
	rest, _ := io.ReadAll(lines)
	return nil, fmt.Errorf("PostgreSQL did not start (%w):\n%s%s", cmd.Wait(), first, rest)
}

// Close stops the server and removes its data.
func (c *Cluster) Close() error {
	if err := errors.Join(c.life.Close(), c.done()); err != nil {
		return fmt.Errorf("stopping PostgreSQL: %w", err)
	}
	return nil
}

// findPrograms is the folder that holds initdb, pg_ctl and postgres: that of the initdb on the PATH, or, as Debian
// keeps them off it, the newest under /usr/lib/postgresql.
func findPrograms() (string, error) {
	if file, err := exec.LookPath("initdb"); err == nil {
		// A link on the PATH may lead to one program without leading to its neighbours.
		if file, err = filepath.EvalSymlinks(file); err == nil && exists(filepath.Join(filepath.Dir(file), "pg_ctl")) {
			return filepath.Dir(file), nil
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_ctl") // the pattern is well-formed
	if len(found) == 0 {
		return "", errors.New("the PostgreSQL server is missing: install it (Debian: apt-get install postgresql)")
	}
	return filepath.Dir(slices.Max(found)), nil
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
