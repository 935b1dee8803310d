package mail

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	ent "roster/ent/generated"
	"roster/ent/permission"
	"roster/internal/access"
	"roster/internal/db"
	"roster/internal/fault"
	"roster/internal/settings"
)

// samples stand in for what a real mail names.
var samples = map[string]string{
	"name":    "Maria Sample",
	"address": "m•••@sample.example",
	"passkey": "Laptop",
	"token":   "Billing sync",
	"left":    "7",
	"reason":  "Asked for on the phone",
	"browser": "Firefox",
	"system":  "Windows",
	"network": "203.0.113.7",
	"at":      "2026-03-01 12:00 UTC",

	"account": "Sample & Sons",
	"inviter": "Omar Sample",
	"person":  "Omar Sample",
	"invited": "o•••@sample.example",
	"days":    "7",

	"UNREADABLE": "1",
	"note":       "The number at the bottom is cut off.",
}

// Sample is a mail of one kind in one language, as it would be sent, with sample values.
type Sample struct {
	Kind     string
	Language string
	Letter
}

// Gallery shows staff what the mails look like.
type Gallery struct {
	DB      *db.DB
	BaseURL string
}

// All returns every kind of mail in a language. It needs CONFIGURE_MAIL. fault.Invalid: mails are not written in it.
func (g *Gallery) All(ctx context.Context, language string) ([]*Sample, error) {
	if err := access.Staff(ctx, permission.ConfigureMail); err != nil {
		return nil, err
	}
	if !slices.Contains(Languages, language) {
		return nil, fault.New(fault.Invalid, "Mails are not written in this language.")
	}
	chosen, err := settings.Load(ctx, g.DB.Client)
	if err != nil {
		return nil, err
	}
	list := make([]*Sample, len(Kinds))
	for i, kind := range Kinds {
		if list[i], err = g.sample(kind, language, chosen); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// One returns one kind of mail in a language. It needs CONFIGURE_MAIL. fault.NotFound: there is no such mail.
func (g *Gallery) One(ctx context.Context, kind Kind, language string) (*Sample, error) {
	if err := access.Staff(ctx, permission.ConfigureMail); err != nil {
		return nil, err
	}
	if !slices.Contains(Kinds, kind) || !slices.Contains(Languages, language) {
		return nil, fault.Gone("mail")
	}
	chosen, err := settings.Load(ctx, g.DB.Client)
	if err != nil {
		return nil, err
	}
	return g.sample(kind, language, chosen)
}

// sample writes the mail with a link that opens nothing.
func (g *Gallery) sample(kind Kind, language string, chosen settings.Settings) (*Sample, error) {
	link := ""
	if to, has := linked[kind]; has {
		link = g.BaseURL + to.path + "#sample"
	} else if path, has := pages[kind]; has {
		link = g.BaseURL + path
	}
	row := &ent.Mail{Kind: string(kind), Language: language, Params: samples}
	l, parts, err := fill(row, link, g.BaseURL, chosen)
	if err == nil {
		l.HTML, err = dress(row, l.Subject, parts, chosen)
	}
	if err != nil {
		return nil, fmt.Errorf("writing the sample %s/%s: %w", language, kind, err)
	}
	return &Sample{Kind: string(kind), Language: language, Letter: l}, nil
}

// Page is the sample's HTML for a frame: what is clicked does not leave the frame, nor open anything.
func (s *Sample) Page() []byte {
	return bytes.Replace([]byte(s.HTML), []byte("<head>"), []byte(`<head><base target="_blank">`), 1)
}
