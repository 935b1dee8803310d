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

// start runs a server that takes --listen, and waits for ready to answer.
func start(ctx context.Context, path, ready string, args ...string) (*process, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, path, append(args, "--listen", address)...) //nolint:gosec // our own binary
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	p := &process{url: "http://" + address, pid: cmd.Process.Pid, cmd: cmd}
	for deadline := began.Add(time.Minute); ; {
		if answered(ctx, p.url+ready) {
			p.started = time.Since(began)
			return p, nil
		}
		if time.Now().After(deadline) {
			return nil, errors.Join(fmt.Errorf("%s does not answer", path), p.stop())
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
