package links

import (
	"context"
	"strings"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/onetimetoken"
	"roster/internal/db"
	"roster/internal/mail"
)

// Told is a change that a mail tells of, with a link for who did not want it.
type Told struct {
	About mail.Kind
	// To is the address that is told.
	To string
	// Proven says that the address was known to be the user's. Only then can the link bring it back (security.md #49).
	Proven bool
	// Params are what the text names beside the user.
	Params map[string]string
}

// Tell mails the user of a change, with the link "this wasn't me". It stands for seven days whatever happens to the
// user's credentials meanwhile, for others may have a hand in that.
func Tell(ctx context.Context, tx *db.Tx, outbox *mail.Outbox, at time.Time, u *ent.User, t Told) error {
	subject := string(t.About)
	if t.Proven {
		subject += " " + t.To
	}
	return Post(ctx, tx, outbox, at, u, Letter{About: t.About, To: t.To, Subject: subject, Params: t.Params})
}

// FindTold returns the link "this wasn't me" that the token opens, what it told of, and the address to bring back: empty
// where nobody had proved it. Such a link stands only as long as the user has the address still.
func FindTold(ctx context.Context, client *ent.Client, token string, at time.Time) (l *Link, about mail.Kind, address string, err error) {
	l, err = Find(ctx, client, mail.EmailChanged, token, at)
	if err != nil || l == nil {
		return nil, "", "", err
	}
	what, address, _ := strings.Cut(l.Token.Subject, " ")
	if address == "" && l.User.EmailKey != l.Token.AddressKey {
		return nil, "", "", nil
	}
	return l, mail.Kind(what), address, nil
}

// EndAfter ends every open link of the user but those that disown an earlier change than l: whoever was told first goes
// first, or the one who made the first change could undo the undoing.
func EndAfter(ctx context.Context, tx *db.Tx, l *Link) error {
	return end(ctx, tx, onetimetoken.UserID(l.User.ID),
		onetimetoken.Or(onetimetoken.PurposeNEQ(onetimetoken.PurposeDISOWN), onetimetoken.IDGT(l.Token.ID)))
}

// EndAll ends every open link of the user.
func EndAll(ctx context.Context, tx *db.Tx, userID int) error {
	return end(ctx, tx, onetimetoken.UserID(userID))
}
