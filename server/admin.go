package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"roster/internal/db"
	"roster/internal/secret"
	"roster/internal/staff"
	"roster/internal/tokens"
)

type migrateCmd struct {
	store
}

// Run brings the schema up to date. The server must be stopped on SQLite (security.md #78).
func (c *migrateCmd) Run(ctx context.Context) error {
	unlock, err := c.lock(ctx, brief)
	if err != nil {
		return err
	}
	defer unlock()
	d, err := db.Open(ctx, c.DB)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := db.Migrate(ctx, d); err != nil {
		return err
	}
	fmt.Println("The schema is up to date.")
	return nil
}

type adminCmd struct {
	Create adminCreateCmd `cmd:"" help:"Make a Full Administrator. The password is asked for, or read from standard input."`
}

type adminCreateCmd struct {
	store
	Email     string `required:"" help:"The address to sign in with."`
	FirstName string `required:"" help:"The given name."`
	LastName  string `help:"The family name."`
}

// Run makes the administrator.
func (c *adminCreateCmd) Run(ctx context.Context) error {
	password, err := readPassword(os.Stdin)
	if err != nil {
		return err
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	people := &staff.Service{DB: d.DB, Now: time.Now, Passwords: secret.NewHasher()}
	if err := people.EnsureRoles(ctx); err != nil {
		return err
	}
	made, err := people.CreateAdmin(ctx, staff.Profile{FirstName: c.FirstName, LastName: c.LastName, Email: c.Email}, password)
	if err != nil {
		return err
	}
	fmt.Printf("%s can sign in now.\n", made.Email)
	return nil
}

// readPassword asks at a terminal, without echo, and reads one line of anything else.
func readPassword(in *os.File) (string, error) {
	if !term.IsTerminal(int(in.Fd())) {
		line, err := bufio.NewReader(io.LimitReader(in, secret.MaxPasswordBytes+2)).ReadString('\n')
		if err != nil && err != io.EOF {
			return "", fmt.Errorf("reading the password: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	typed, err := ask(in, "Password: ")
	if err != nil {
		return "", err
	}
	again, err := ask(in, "The same again: ")
	if err == nil && again != typed {
		err = errors.New("these were two different passwords")
	}
	return typed, err
}

func ask(in *os.File, prompt string) (string, error) {
	fmt.Fprint(os.Stderr, prompt)
	typed, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(os.Stderr)
	if err != nil {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	return string(typed), nil
}

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make an API token and print it, this once."`
}

type tokenCreateCmd struct {
	store
	Role string `required:"" help:"The role whose permissions the token has, less what no token can do."`
	Name string `required:"" help:"What it is for."`
	Days int    `default:"90" help:"How many days it lasts, 1 to 365 (${default})."`
}

// Run makes the token.
func (c *tokenCreateCmd) Run(ctx context.Context) error {
	if c.Days < 1 || c.Days > 365 {
		return errors.New("--days must be from 1 to 365")
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	people := &staff.Service{DB: d.DB, Now: time.Now}
	if err := people.EnsureRoles(ctx); err != nil {
		return err
	}
	keys := &tokens.Service{DB: d.DB, Now: time.Now}
	plain, made, err := keys.Create(ctx, c.Name, c.Role, time.Duration(c.Days)*24*time.Hour)
	if err != nil {
		return err
	}
	fmt.Println(plain)
	fmt.Fprintf(os.Stderr, "Valid until %s. It is not shown again.\n", made.ExpiresAt.Format(time.DateOnly))
	return nil
}
