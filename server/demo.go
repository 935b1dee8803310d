package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"roster/internal/demo"
	"roster/internal/factors"
	"roster/internal/secret"
	"roster/internal/staff"
	"roster/internal/verification"
)

type demoCmd struct {
	store
	Users        int    `default:"5000" help:"How many users (${default})."`
	Accounts     int    `default:"2000" help:"How many accounts (${default})."`
	Seed         uint64 `default:"1" help:"Another one makes other people (${default})."`
	PrintSecrets bool   `help:"Print the seeds of authenticator apps and the answers to security questions too."`
	JSON         bool   `name:"json" help:"Print how to sign in as JSON."`
}

// Run makes the sample and prints how to sign in.
func (c *demoCmd) Run(ctx context.Context) error {
	sample := demo.Sample{Users: c.Users, Accounts: c.Accounts, Seed: c.Seed}
	if err := sample.Check(); err != nil {
		return err
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	passwords := secret.NewHasher()
	maker := &demo.Service{
		DB: d.DB, Now: time.Now, Passwords: passwords,
		Factors:  &factors.Service{DB: d.DB, Now: time.Now, Keyring: d.Keyring},
		Staff:    &staff.Service{DB: d.DB, Now: time.Now, Passwords: passwords},
		Identity: &verification.Service{Keyring: d.Keyring},
	}
	if err := maker.Make(ctx, sample); err != nil {
		return err
	}
	logins, err := sample.Logins()
	if err != nil {
		return err
	}
	if !c.PrintSecrets { // nobody gets in without an authenticator app who has one
		logins = slices.DeleteFunc(logins, func(l demo.Login) bool { return l.TOTP != "" })
		for i := range logins {
			logins[i].Answer = ""
		}
	}
	if c.JSON {
		fmt.Fprintln(os.Stderr, demandsNothing)
		return json.NewEncoder(os.Stdout).Encode(logins)
	}
	fmt.Printf("Sample data: %d users, %d accounts. ", c.Users, c.Accounts)
	return printLogins(os.Stdout, logins)
}

// demandsNothing says what sample data do to the security of an installation (security.md #90).
const demandsNothing = "Staff sign in without a second factor here: the setting that demands one of them, on in other new databases, was switched off."

// printLogins is for people.
func printLogins(w io.Writer, logins []demo.Login) error {
	fmt.Fprintf(w, "Sign in with the password %q as any of:\n\n", demo.Password)
	out := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	for _, l := range logins {
		text := l.Role
		if text == "" {
			text = "a customer"
		}
		if l.TOTP != "" {
			text += ", authenticator key " + l.TOTP
		}
		if l.Answer != "" {
			text += ", answer " + l.Answer
		}
		fmt.Fprintf(out, "  %s\t%s\n", l.Email, text)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", demandsNothing)
	return err
}
