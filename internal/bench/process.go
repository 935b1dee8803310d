package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// binary is what is measured; `npm run bench` builds it first.
const binary = "bin/roster"

// process is a server that was started for the benchmark, on loopback.
type process struct {
	url     string
	pid     int
	started time.Duration // from exec to the first answer
	cmd     *exec.Cmd
}

// command runs roster to its end and returns what it printed.
func command(ctx context.Context, store []string, args ...string) (string, error) {
	var out, failed bytes.Buffer
	cmd := exec.CommandContext(ctx, binary, append(args, store...)...) //nolint:gosec // our own binary
	cmd.Stdout, cmd.Stderr = &out, &failed
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("roster %s: %w: %s", strings.Join(args, " "), err, failed.String())
	}
	return out.String(), nil
}

// start runs a server that takes --listen, and waits until it is ready. Its log goes to a file.
func start(ctx context.Context, log, path string, args ...string) (*process, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600) //nolint:gosec // a path of our own
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	defer file.Close()                                                          // the server has it open
	cmd := exec.CommandContext(ctx, path, append(args, "--listen", address)...) //nolint:gosec // our own binary
	cmd.Stderr = file
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	p := &process{url: "http://" + address, pid: cmd.Process.Pid, cmd: cmd}
	for deadline := began.Add(20 * time.Second); ; {
		if answered(ctx, p.url+"/readyz") {
			p.started = time.Since(began)
			return p, nil
		}
		if time.Now().After(deadline) {
			said, _ := os.ReadFile(log) //nolint:gosec // a path of our own
			return nil, errors.Join(fmt.Errorf("%s does not answer: %s", path, said), p.stop())
		}
		time.Sleep(2 * time.Millisecond) // polling: what is measured is when it answers from outside
	}
}

func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stopping process %d: %w", p.pid, err)
	}
	_ = p.cmd.Wait() // how it ended is no figure of ours
	return nil
}

// rest waits until the server has used no CPU for half a second: what start-up left behind is collected by then.
func (p *process) rest(ctx context.Context) error {
	const quiet = 500 * time.Millisecond
	look := time.NewTicker(quiet / 5)
	defer look.Stop()
	var last time.Duration
	since := time.Now()
	for time.Since(since) < quiet {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
		}
		used, err := meter{p.pid}.cpu()
		if err != nil {
			return err
		}
		if used != last {
			last, since = used, time.Now()
		}
	}
	return nil
}

func answered(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

func freeAddress(ctx context.Context) (string, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("finding a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}
