package mail_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	stdmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	ent "roster/ent/generated"
	entmail "roster/ent/generated/mail"
	"roster/ent/permission"
	"roster/internal/accounttest"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/invitations"
	"roster/internal/links"
	"roster/internal/mail"
	"roster/internal/secret"
)

const baseURL = "https://roster.test"

// world is an outbox over a real database, with a clock that the test moves.
type world struct {
	t      *testing.T
	db     *db.DB
	outbox *mail.Outbox
	user   *ent.User
	mu     sync.Mutex
	now    time.Time
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	ring, err := secret.ParseKeys("8f1d0c52a6b94e7739d2c1f0e8b7a6958473625140f9e8d7c6b5a49382716f5e")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: d, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	if w.outbox, err = mail.NewOutbox(d, ring, "roster.test"); err != nil {
		t.Fatal(err)
	}
	w.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		w.user, err = tx.User.Create().SetFirstName("Jürgen").SetLastName("Größe").SetNameKey("x").SetLastKey("x").SetSearchText("x").
			SetEmail("Juergen@Example.com").SetEmailKey("juergen@example.com").SetLanguage("de").SetCreatedAt(w.now).SetUpdatedAt(w.now).Save(ctx)
		return err
	})
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) later(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) tx(act func(ctx context.Context, tx *db.Tx) error) {
	w.t.Helper()
	if err := db.InTx(dbtest.System(w.t), w.db, act); err != nil {
		w.t.Fatal(err)
	}
}

// reset puts a reset mail into the outbox.
func (w *world) reset() *ent.Mail {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		return links.Send(ctx, tx, w.outbox, w.clock(), w.user, mail.PasswordReset)
	})
	return w.last()
}

func (w *world) last() *ent.Mail {
	w.t.Helper()
	rows, err := w.db.Mail.Query().Order(entmail.ByID()).All(dbtest.System(w.t))
	if err != nil || len(rows) == 0 {
		w.t.Fatalf("%d mails, %v", len(rows), err)
	}
	return rows[len(rows)-1]
}

func (w *world) runner(r *relay, query string) *mail.Runner {
	w.t.Helper()
	to, err := mail.NewRelay("smtp://"+r.address+query, "Roster <roster@roster.test>", r.trust)
	if err != nil {
		w.t.Fatal(err)
	}
	runner, err := mail.NewRunner(w.db, w.outbox, to, baseURL, w.clock)
	if err != nil {
		w.t.Fatal(err)
	}
	return runner
}

// parts returns the headers of a mail, and its parts by media type.
func parts(t *testing.T, data string) (stdmail.Header, map[string]string) {
	t.Helper()
	m, err := stdmail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%q, %v", kind, err)
	}
	found := map[string]string{}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return m.Header, found
		} else if err != nil {
			t.Fatal(err)
		}
		var body io.Reader = p
		if p.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
			body = quotedprintable.NewReader(p)
		}
		content, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		media, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		found[media] = string(content)
	}
}

// The mail that arrives, by TLS: in the user's language, in two forms, with a link that works, which the database
// never held.
func TestDeliver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := newRelay(t, true)
		row := w.reset()
		w.later(10 * time.Minute)
		if err := w.runner(r, "").Deliver(t.Context(), row.ID, false); err != nil {
			t.Fatal(err)
		}
		got := r.all()
		if len(got) != 1 || got[0].to != "Juergen@Example.com" || got[0].from != "roster@roster.test" {
			t.Fatalf("%+v", got)
		}
		header, body := parts(t, got[0].data)
		subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
		if err != nil || subject != "Neues Passwort festlegen" || header.Get("Auto-Submitted") != "auto-generated" ||
			header.Get("Message-Id") != "<"+row.MessageID+">" {
			t.Errorf("headers %v, subject %q, %v", header, subject, err)
		}
		_, link, found := strings.Cut(body["text/plain"], baseURL+"/reset#")
		if !found || !strings.Contains(body["text/plain"], "Guten Tag Jürgen Größe") {
			t.Fatalf("text: %s", body["text/plain"])
		}
		token := strings.Fields(link)[0]
		if !strings.Contains(body["text/html"], `href="`+baseURL+"/reset#"+token+`"`) {
			t.Errorf("HTML: %s", body["text/html"])
		}
		if l, err := links.Find(t.Context(), d.Client, mail.PasswordReset, token, w.clock()); err != nil || l == nil || !l.Token.ExpiresAt.Equal(w.clock().Add(2*time.Hour)) {
			t.Errorf("the link: %+v, %v", l, err)
		}
		after := w.last()
		if after.State != entmail.StateSENT || len(after.SealedNonce) != 0 || after.SentAt == nil {
			t.Errorf("the row: %v", after)
		}
		if err := w.runner(r, "").Deliver(t.Context(), row.ID, false); err != nil || len(r.all()) != 1 {
			t.Errorf("again: %v, %d mails", err, len(r.all()))
		}
	})
}

// What waits in the outbox does not give the link away (security.md #76).
func TestNoTokenAtRest(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	row := w.reset()
	r := newRelay(t, false)
	if err := w.runner(r, "?tls=none").Deliver(t.Context(), row.ID, false); err != nil {
		t.Fatal(err)
	}
	_, body := parts(t, r.all()[0].data)
	_, link, _ := strings.Cut(body["text/plain"], "/reset#rst_")
	nonce := strings.Fields(link)[0]
	if bytes.Contains(row.SealedNonce, []byte(nonce)) || strings.Contains(row.String(), nonce) {
		t.Error("the row held the token")
	}
}

// A refusal for now is tried again, one for good is not (security.md #75).
func TestRefusals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := newRelay(t, false)
		runner := w.runner(r, "?tls=none")
		row := w.reset()
		r.answer(&smtp.SMTPError{Code: 451, Message: "greylisted, try again, Juergen@Example.com"})
		if err := runner.Deliver(t.Context(), row.ID, false); err == nil {
			t.Error("nothing to try again")
		}
		if row = w.last(); row.State != entmail.StateQUEUED || row.Attempts != 1 || !strings.Contains(row.LastError, "451") || strings.Contains(row.LastError, "Juergen@") {
			t.Errorf("after 451: %s %d %q", row.State, row.Attempts, row.LastError)
		}
		r.answer(nil)
		if err := runner.Deliver(t.Context(), row.ID, false); err != nil || w.last().State != entmail.StateSENT {
			t.Errorf("afterwards: %v, %s", err, w.last().State)
		}
		row = w.reset()
		r.answer(&smtp.SMTPError{Code: 550, Message: "no such mailbox"})
		if err := runner.Deliver(t.Context(), row.ID, false); err == nil || w.last().State != entmail.StateFAILED || len(w.last().SealedNonce) != 0 {
			t.Errorf("after 550: %v, %v", err, w.last())
		}
		row = w.reset()
		r.answer(&smtp.SMTPError{Code: 451, Message: "busy"})
		if err := runner.Deliver(t.Context(), row.ID, true); err == nil || w.last().State != entmail.StateFAILED {
			t.Errorf("the last try: %v, %v", err, w.last().State)
		}
		for failed, want := range map[int]time.Duration{1: time.Minute, 2: 5 * time.Minute, 3: 15 * time.Minute, 4: time.Hour, 5: 3 * time.Hour, 19: 3 * time.Hour} {
			if got := mail.WaitAfter(failed); got != want {
				t.Errorf("after %d failures: %s, want %s", failed, got, want)
			}
		}
	})
}

// A link that leads nowhere is not sent.
func TestPurposeGone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := newRelay(t, false)
		replaced := w.reset()
		w.reset()
		if err := w.runner(r, "?tls=none").Deliver(t.Context(), replaced.ID, false); err != nil || len(r.all()) != 0 {
			t.Errorf("%v, %d mails", err, len(r.all()))
		}
		row, err := d.Mail.Get(dbtest.System(t), replaced.ID)
		if err != nil || row.State != entmail.StateDROPPED {
			t.Errorf("%v, %v", row, err)
		}
	})
}

// Nor is one that stopped to stand for its user: other credentials, another address, no sign-in any more (security.md #75).
func Test75LinksThatWouldNotOpen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := newRelay(t, false)
		for _, change := range []string{"credential_version = credential_version + 1", "email_key = 'other@example.com'", "state = 'SUSPENDED'"} {
			row := w.reset()
			w.tx(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.SQL.ExecContext(ctx, "UPDATE users SET "+change)
				return err
			})
			if err := w.runner(r, "?tls=none").Deliver(t.Context(), row.ID, false); err != nil || len(r.all()) != 0 {
				t.Errorf("%s: %v, %d mails", change, err, len(r.all()))
			}
			if row, err := d.Mail.Get(dbtest.System(t), row.ID); err != nil || row.State != entmail.StateDROPPED || len(row.SealedNonce) != 0 {
				t.Errorf("%s: %v, %v", change, row, err)
			}
			var err error
			if w.user, err = d.User.Get(dbtest.System(t), w.user.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// An invitation is not sent any more when its account was closed, or when who invited is no member any more (#75).
func Test75VoidInvitations(t *testing.T) {
	accounttest.Each(t, func(w *accounttest.World) {
		olga, dora := w.User("Olga"), w.User("Dora")
		r := newRelay(t, false)
		sender := &world{t: t, db: w.DB, outbox: w.Outbox, now: w.Now}
		for name, c := range map[string]struct {
			void func(acme *ent.Account, m *ent.Membership)
			sent bool
		}{
			"stands": {func(*ent.Account, *ent.Membership) {}, true},
			"closed": {func(acme *ent.Account, _ *ent.Membership) { w.Close(acme) }, false},
			"over":   {func(_ *ent.Account, m *ent.Membership) { w.End(m, w.Now) }, false},
			"removed": {func(_ *ent.Account, m *ent.Membership) {
				w.Do(func(ctx context.Context, tx *db.Tx) error { return tx.Membership.DeleteOneID(m.ID).Exec(ctx) })
			}, false},
		} {
			acme := w.Account(name, olga)
			m := w.Member(acme, dora, permission.ManageUsers, permission.Orders)
			_, err := w.Invitations.Send(w.As(dora), invitations.Draft{
				AccountID: acme.ID, Email: name + "@example.com", Permissions: []permission.Account{permission.Orders},
			})
			if err != nil {
				t.Fatal(err)
			}
			c.void(acme, m)
			row, err := w.DB.Mail.Query().Where(entmail.Recipient(name + "@example.com")).Only(dbtest.System(t))
			if err != nil {
				t.Fatal(err)
			}
			before := len(r.all())
			if err := sender.runner(r, "?tls=none").Deliver(t.Context(), row.ID, false); err != nil || (len(r.all()) > before) != c.sent {
				t.Errorf("%s: %v, %d mails", name, err, len(r.all())-before)
			}
		}
	})
}

// What goes to an address that is not the user's is sent all the same; what disowns a change, whatever became of the user
// (product.md C9, part 13).
func Test75LinksToOtherAddresses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := newRelay(t, false)
		for i, c := range []struct {
			about  mail.Kind
			change string
		}{
			{mail.ConfirmEmailChange, "version = version + 1"},
			{mail.EmailChanged, "credential_version = credential_version + 1, state = 'SUSPENDED'"},
		} {
			w.tx(func(ctx context.Context, tx *db.Tx) error {
				letter := links.Letter{About: c.about, To: "elsewhere@example.com", Params: map[string]string{"name": "A", "address": "e…@example.com"}}
				if err := links.Post(ctx, tx, w.outbox, w.clock(), w.user, letter); err != nil {
					return err
				}
				_, err := tx.SQL.ExecContext(ctx, "UPDATE users SET "+c.change)
				return err
			})
			row := w.last()
			if err := w.runner(r, "?tls=none").Deliver(t.Context(), row.ID, false); err != nil || len(r.all()) != i+1 {
				t.Errorf("%s: %v, %d mails", c.about, err, len(r.all()))
			}
		}
	})
}

// The worker finds what was queued and sends it.
func TestRunner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.now = time.Now().UTC().Truncate(time.Microsecond)
		r := newRelay(t, false)
		runner := w.runner(r, "?tls=none")
		if err := runner.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.reset()
		select {
		case <-r.arrived:
		case <-time.After(20 * time.Second):
			t.Fatal("no mail within 20 seconds")
		}
		if err := runner.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		if w.last().State != entmail.StateSENT {
			t.Errorf("the row is %s", w.last().State)
		}
	})
}

// invitation is an open one to the user's address, of an account of its own.
func (w *world) invitation(ctx context.Context, tx *db.Tx) *ent.Invitation {
	w.t.Helper()
	a, err := tx.Account.Create().SetName("Acme").SetNameKey("acme").SetEmail("a@example.com").SetEmailKey("a@example.com").
		SetCreatedAt(w.clock()).SetUpdatedAt(w.clock()).Save(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	i, err := tx.Invitation.Create().SetAccountID(a.ID).SetEmail(w.user.Email).SetEmailKey(w.user.EmailKey).
		SetPermissions([]permission.Account{permission.Orders}).SetByStaff(true).SetCreatedAt(w.clock()).SetSentAt(w.clock()).Save(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return i
}

// Every kind has its text in each language, and what people wrote stands in it as text.
func TestTexts(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	r := newRelay(t, false)
	runner := w.runner(r, "?tls=none")
	const nasty = "<b>Bobby</b>\r\nBcc: x@example.com"
	n := 0
	greetings := map[string]string{"en": "Hello", "de": "Guten Tag", "fr": "Bonjour", "es": "Hola", "ar": "مرحبًا", "tlh": "Hello"}
	for _, language := range append([]string{"tlh"}, mail.Languages...) {
		for _, kind := range mail.Kinds {
			w.user.Language, w.user.FirstName, w.user.LastName = language, nasty, ""
			w.tx(func(ctx context.Context, tx *db.Tx) error {
				params := map[string]string{"name": nasty, "reason": strings.Repeat("long ", 100), "address": "j…@example.com", "passkey": nasty, "token": nasty,
					"left": "0", "browser": "Firefox", "system": "", "network": "", "at": "2026-03-01 12:00 UTC",
					"account": nasty, "inviter": nasty, "person": nasty, "invited": "j…@example.com", "days": "7", "UNREADABLE": "1", "note": nasty}
				if kind == mail.Invitation || kind == mail.InvitationByStaff {
					m := mail.Message{Kind: kind, Language: language, Params: params}
					return links.Invite(ctx, tx, w.outbox, w.clock(), w.invitation(ctx, tx), time.Hour, m)
				}
				if kind.Linked() {
					letter := links.Letter{About: kind, To: w.user.Email, Params: params}
					return links.Post(ctx, tx, w.outbox, w.clock(), w.user, letter)
				}
				return w.outbox.Enqueue(ctx, tx, w.clock(), mail.Message{
					Kind: kind, To: w.user.Email, UserID: w.user.ID, Language: language, Params: params,
				})
			})
			if err := runner.Deliver(t.Context(), w.last().ID, false); err != nil {
				t.Fatalf("%s in %s: %v", kind, language, err)
			}
			n++
			header, body := parts(t, r.all()[n-1].data)
			if header.Get("Bcc") != "" || strings.Contains(body["text/html"], "<b>") || strings.Contains(body["text/plain"], "\nBcc:") {
				t.Errorf("%s in %s: %v %s", kind, language, header, body["text/plain"])
			}
			if greeting := greetings[language]; greeting == "" || !strings.HasPrefix(body["text/plain"], greeting) {
				t.Errorf("%s in %s: %s", kind, language, body["text/plain"])
			}
		}
	}
}

// A mail to an address that would end its line is refused with its cause (security.md #77).
func TestNoHeaderInjection(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	err := db.InTx(dbtest.System(t), w.db, func(ctx context.Context, tx *db.Tx) error {
		return w.outbox.Enqueue(ctx, tx, w.clock(), mail.Message{
			Kind: mail.PasswordChanged, To: "a@example.com\r\nBcc: b@example.com", Language: "en", Params: map[string]string{"name": "A"},
		})
	})
	if err == nil {
		t.Error("it was taken")
	}
}

func TestRelayAddresses(t *testing.T) {
	const from = "Roster <roster@example.com>"
	for _, bad := range []string{
		"", "mail.example.com", "http://mail.example.com", "smtp://", "smtp://mail.example.com?tls=none", "smtp://mail.example.com?tls=maybe",
		"smtp://mail.example.com?x=y", "smtps://mail.example.com?tls=none", "smtp://mail.example.com/path", "smtp://user:se cret@mail example",
	} {
		if _, err := mail.NewRelay(bad, from, nil); err == nil || strings.Contains(err.Error(), "cret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, good := range []string{"smtp://mail.example.com", "smtp://u:p@mail.example.com:2525", "smtps://mail.example.com", "smtp://127.0.0.1:25?tls=none", "smtp://localhost?tls=none"} {
		if _, err := mail.NewRelay(good, from, nil); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	if _, err := mail.NewRelay("smtp://mail.example.com", "nobody", nil); err == nil {
		t.Error("a sender without an address was taken")
	}
}

// Without TLS where TLS is wanted, nothing is said.
func TestTLSIsNotOptional(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	r := newRelay(t, false)
	if err := w.runner(r, "").Deliver(t.Context(), w.reset().ID, false); err == nil || len(r.all()) != 0 {
		t.Errorf("%v, %d mails", err, len(r.all()))
	}
	secured := newRelay(t, true)
	secured.trust = nil // a certificate that nobody vouches for
	if err := w.runner(secured, "").Deliver(t.Context(), w.last().ID, false); err == nil || len(secured.all()) != 0 {
		t.Errorf("%v, %d mails", err, len(secured.all()))
	}
}
