// Command roster-client shows how a program uses Roster's API: it lists the users without two-factor sign-in as CSV, and
// invites somebody to an account.
//
//	roster-client without-two-factor
//	roster-client invite ACCOUNT-NUMBER EMAIL PERMISSION...
//
// ROSTER_URL says where Roster is, as https://users.example.com, and ROSTER_TOKEN is an API token. The first needs the
// admin permission LIST_USERS; the second LIST_ACCOUNTS and MANAGE_MEMBERSHIPS, or a personal token for the account.
package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"github.com/Khan/genqlient/graphql"
)

//go:generate go tool genqlient

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "roster-client:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, args []string) error {
	client, err := newClient(os.Getenv("ROSTER_URL"), os.Getenv("ROSTER_TOKEN"))
	switch {
	case err != nil:
		return err
	case len(args) == 1 && args[0] == "without-two-factor":
		return withoutTwoFactor(ctx, client, out)
	case len(args) > 3 && args[0] == "invite":
		return invite(ctx, client, out, args[1], args[2], args[3:])
	}
	return errors.New("usage: roster-client without-two-factor | invite ACCOUNT-NUMBER EMAIL PERMISSION...")
}

// withoutTwoFactor writes a line for each user, a page at a time: nothing is held but the page.
func withoutTwoFactor(ctx context.Context, client graphql.Client, out io.Writer) error {
	lines := csv.NewWriter(out)
	if err := lines.Write([]string{"number", "name", "email", "last_login"}); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	var after *string
	for {
		page, err := retried(ctx, func() (*UsersWithoutTwoFactorResponse, error) {
			return UsersWithoutTwoFactor(ctx, client, after)
		})
		if err != nil {
			return fmt.Errorf("listing users: %w", err)
		}
		for _, user := range page.Users.Nodes {
			last := ""
			if user.LastLoginAt != nil {
				last = user.LastLoginAt.UTC().Format(time.RFC3339)
			}
			if err := lines.Write([]string{strconv.Itoa(user.Number), cell(user.Name), cell(user.Email), last}); err != nil {
				return fmt.Errorf("writing: %w", err)
			}
		}
		lines.Flush()
		if err := lines.Error(); err != nil || !page.Users.PageInfo.HasNextPage {
			return err
		}
		after = page.Users.PageInfo.EndCursor
	}
}

// cell keeps a spreadsheet from taking what a user typed for a formula.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// invite mails an offer to join an account. The key makes it one invitation, however often the request is sent.
func invite(ctx context.Context, client graphql.Client, out io.Writer, number, email string, permissions []string) error {
	n, err := strconv.Atoi(number)
	if err != nil {
		return fmt.Errorf("%q is no account number", number)
	}
	found, err := retried(ctx, func() (*AccountByNumberResponse, error) { return AccountByNumber(ctx, client, n) })
	if err != nil {
		return fmt.Errorf("looking for the account: %w", err)
	}
	if found.Account == nil {
		return fmt.Errorf("there is no account %d that the token may see", n)
	}
	input := InviteUserInput{AccountId: found.Account.Id, Email: email}
	for _, p := range permissions {
		input.Permissions = append(input.Permissions, AccountPermission(p))
	}
	once := withKey(ctx)
	made, err := retried(ctx, func() (*InviteResponse, error) { return Invite(once, client, input) })
	if err != nil {
		return fmt.Errorf("inviting: %w", err)
	}
	if made.InviteUser == nil {
		return errors.New("inviting: the answer says nothing")
	}
	if problems := made.InviteUser.UserErrors; len(problems) > 0 {
		texts := make([]string, len(problems))
		for i, p := range problems {
			texts[i] = fmt.Sprintf("%s: %s (%s)", strings.Join(p.Field, "."), p.Message, p.Code)
		}
		return errors.New(strings.Join(texts, "; "))
	}
	sent := made.InviteUser.Invitation
	_, err = fmt.Fprintf(out, "Invited %s to %s until %s.\n", sent.Email, sent.Account.Name, sent.ExpiresAt.UTC().Format(time.RFC3339))
	return err
}
