// Cluster runs a command with a throw-away PostgreSQL server, which all test processes under it share:
//
//	go run ./internal/dbtest/cluster go test ./...
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"roster/internal/dbtest"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: cluster COMMAND [ARGUMENT…]")
		os.Exit(2)
	}
	status, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(status)
}

// run returns the command's exit status. A server that the environment names already is used as it is.
func run(args []string) (status int, err error) {
	if os.Getenv(dbtest.Shared) == "" {
		cluster, err := dbtest.Start()
		if err != nil {
			return 1, err
		}
		defer func() { err = errors.Join(err, cluster.Close()) }()
		if err := os.Setenv(dbtest.Shared, cluster.URL); err != nil {
			return 1, fmt.Errorf("naming the server: %w", err)
		}
	}
	return wait(exec.Command(args[0], args[1:]...))
}

// wait passes on what stops us, so that the server outlives the command and not the other way round.
func wait(cmd *exec.Cmd) (status int, err error) {
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	if err := cmd.Start(); err != nil {
		return 1, fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	go func() {
		for s := range signals {
			_ = cmd.Process.Signal(s)
		}
	}()
	var exit *exec.ExitError
	if err := cmd.Wait(); errors.As(err, &exit) {
		return exit.ExitCode(), nil
	} else if err != nil {
		return 1, fmt.Errorf("running %s: %w", cmd.Path, err)
	}
	return 0, nil
}
