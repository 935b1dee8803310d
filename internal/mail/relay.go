package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	stdmail "net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"

	ent "roster/ent/generated"
)

// Time limits of one dialogue with the relay (security.md #76).
const (
	dialLasts     = 10 * time.Second
	dialogueLasts = 2 * time.Minute
)

// Relay is the mail server that takes our mails.
type Relay struct {
	client *gomail.Client
	from   *stdmail.Address
}

// NewRelay reads the address of a relay: smtp://user:password@host:587, where TLS begins with STARTTLS and is not
// optional; smtps://host:465, where it comes first; smtp://127.0.0.1:25?tls=none without TLS, for a relay on this
// machine. from is who the mails come from, as Name <address>.
func NewRelay(source, from string, trust *tls.Config) (*Relay, error) {
	sender, err := stdmail.ParseAddress(from)
	if err != nil {
		return nil, errors.New("the sender of mails must read like Name <address@example.com>")
	}
	u, err := url.Parse(source)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" {
		return nil, errors.New("the mail server must read like smtp://user:password@mail.example.com:587") // err would repeat the password
	}
	options := []gomail.Option{
		gomail.WithTimeout(dialLasts), gomail.WithTLSConfig(trustFor(u.Hostname(), trust)), gomail.WithoutNoop(),
	}
	secured, err := security(u)
	if err != nil {
		return nil, err
	}
	options = append(options, secured...)
	if u.Port() != "" {
		port, err := strconv.Atoi(u.Port())
		if err != nil {
			return nil, errors.New("the port of the mail server is no number")
		}
		options = append(options, gomail.WithPort(port))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	client, err := gomail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("preparing the mail server: %w", err)
	}
	return &Relay{client: client, from: sender}, nil
}

func security(u *url.URL) ([]gomail.Option, error) {
	for name := range u.Query() {
		if name != "tls" {
			return nil, fmt.Errorf("the mail server's address has an unknown setting: %s", name)
		}
	}
	switch wish := u.Query().Get("tls"); {
	case u.Scheme == "smtps" && wish == "":
		return []gomail.Option{gomail.WithSSL(), gomail.WithPort(465)}, nil
	case u.Scheme == "smtp" && wish == "":
		return []gomail.Option{gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithPort(587)}, nil
	case u.Scheme == "smtp" && wish == "none" && loopback(u.Hostname()):
		return []gomail.Option{gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithPort(25)}, nil
	case u.Scheme == "smtp" && wish == "none":
		return nil, errors.New("a mail server on another machine needs TLS: tls=none is for this one")
	}
	return nil, errors.New("the mail server's address must begin with smtp:// or smtps://")
}

func loopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

func trustFor(host string, trust *tls.Config) *tls.Config {
	if trust == nil {
		trust = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	trust = trust.Clone()
	trust.ServerName = host
	return trust
}

// send has one dialogue with the relay.
func (r *Relay) send(ctx context.Context, row *ent.Mail, l Letter, at time.Time) error {
	m := gomail.NewMsg()
	m.FromMailAddress(r.from)
	m.ToMailAddress(&stdmail.Address{Address: row.Recipient})
	m.Subject(l.Subject)
	m.SetMessageIDWithValue(row.MessageID)
	m.SetDateWithValue(at)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no automatic answers, please
	m.SetGenHeader(gomail.HeaderContentLang, known(row.Language))
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	ctx, cancel := context.WithTimeout(ctx, dialogueLasts)
	defer cancel()
	return r.client.DialAndSendWithContext(ctx, m)
}

// permanent reports whether the relay refused for good (5xx): another try would get the same answer.
func permanent(err error) bool {
	var refused *gomail.SendError
	if !errors.As(err, &refused) || refused.IsTemp() {
		return false
	}
	var network net.Error
	return refused.ErrorCode() >= 500 && !errors.As(err, &network)
}
