package mail

import (
	"context"
	"fmt"

	ent "roster/ent/generated"
	entmail "roster/ent/generated/mail"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/email"
	"roster/internal/paging"
	"roster/internal/settings"
)

// Fate is what became of a mail.
type Fate string

// The fates. A mail whose purpose was gone before it could leave counts as failed.
const (
	Queued Fate = "QUEUED"
	Sent   Fate = "SENT"
	Failed Fate = "FAILED"
)

// FateOf reads the state of a row.
func FateOf(state entmail.State) Fate {
	switch state {
	case entmail.StateQUEUED:
		return Queued
	case entmail.StateSENT:
		return Sent
	case entmail.StateFAILED, entmail.StateDROPPED:
	}
	return Failed
}

// Notice is a mail about an account, as its members may know of it: neither text nor link.
type Notice struct {
	*ent.Mail
	// Subject is in the viewer's language.
	Subject string
}

// Recipient is who got it, in part.
func (n *Notice) Recipient() string { return email.Mask(n.Mail.Recipient) }

// Delivery is what became of it.
func (n *Notice) Delivery() Fate { return FateOf(n.State) }

// NoticePage is a page of the mails about one account, the newest first.
type NoticePage = paging.Page[*Notice]

// NoticeEdge is a mail in a list.
type NoticeEdge = paging.Edge[*Notice]

var newestNotices = paging.Order{Name: "m", Column: entmail.FieldID, Desc: true, Kind: paging.Number}

// About returns a page of the mails about an account. It needs VIEW_MAIL_LOG, or EMAILS in the account.
func (g *Gallery) About(ctx context.Context, accountID int, request paging.Request) (*NoticePage, error) {
	slice, err := request.Check(newestNotices)
	if err != nil {
		return nil, err
	}
	if _, err := access.In(ctx, g.DB.Client, accountID, permission.ViewMailLog, permission.Emails); err != nil {
		return nil, err
	}
	rows, err := g.DB.Mail.Query().Where(entmail.AccountID(accountID)).Modify(slice.Apply).All(viewer.ForSystem(ctx, "mails about a visible account"))
	if err != nil {
		return nil, fmt.Errorf("loading mails: %w", err)
	}
	chosen, err := settings.Load(ctx, g.DB.Client)
	if err != nil {
		return nil, err
	}
	notices := make([]*Notice, len(rows))
	for i, row := range rows {
		here := *row
		here.Language = viewer.From(ctx).Language
		letter, _, err := fill(&here, "", g.BaseURL, chosen)
		if err != nil {
			return nil, err
		}
		notices[i] = &Notice{Mail: row, Subject: letter.Subject}
	}
	return paging.PageOf(slice, notices, accountID, func(n *Notice) string { return newestNotices.Cursor(nil, n.ID) }), nil
}

// CountAbout returns how many mails about an account there are. The caller has checked that the viewer may see them.
func (g *Gallery) CountAbout(ctx context.Context, accountID int) (int, error) {
	n, err := g.DB.Mail.Query().Where(entmail.AccountID(accountID)).Count(viewer.ForSystem(ctx, "mails about a visible account"))
	if err != nil {
		return 0, fmt.Errorf("counting mails: %w", err)
	}
	return n, nil
}
