package verification_test

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"net/http"
	"testing"
	"time"

	ent "roster/ent/generated"
	entverification "roster/ent/generated/verification"
	"roster/ent/generated/verificationfile"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/accounts"
	"roster/internal/accounttest"
	"roster/internal/audit"
	"roster/internal/fault"
	"roster/internal/secret"
	"roster/internal/settings"
	"roster/internal/verification"
)

// world is one of accounts and people, with proofs of identity. The users are Eve, who placed an order in Acme, and Olga,
// who owns it; Ada and Bea look at proofs.
type world struct {
	*accounttest.World
	ID        *verification.Service
	ada, bea  context.Context
	eve, olga *ent.User
	acme      *ent.Account
	provider  *scripted
}

// scripted is a provider that answers what a test says.
type scripted struct {
	problem error
	// during happens while it is tested.
	during  func()
	session verification.Session
	who     verification.Subject
	// meanwhile happens once, while the provider opens a session.
	meanwhile func()
}

func (*scripted) Needs() []string { return []string{"key"} }

func (p *scripted) Test(context.Context, verification.Secrets) error {
	if p.during != nil {
		p.during()
	}
	return p.problem
}

func (p *scripted) Begin(_ context.Context, _ verification.Secrets, who verification.Subject) (verification.Session, error) {
	p.who = who
	session := p.session
	if act := p.meanwhile; act != nil {
		p.meanwhile = nil
		act()
	}
	return session, p.problem
}

func (*scripted) Read(verification.Secrets, http.Header, []byte) (*verification.Notice, error) {
	return nil, fault.New(fault.Unauthenticated, "This provider sends nothing.")
}

// each runs a test on both databases.
func each(t *testing.T, test func(w *world)) {
	t.Helper()
	accounttest.Each(t, func(a *accounttest.World) { test(newWorld(a)) })
}

func newWorld(a *accounttest.World) *world {
	a.Helper()
	ring, err := secret.ParseKeys("8f1d0c52a6b94e7739d2c1f0e8b7a6958473625140f9e8d7c6b5a49382716f5e")
	if err != nil {
		a.Fatal(err)
	}
	w := &world{World: a, provider: &scripted{}}
	w.ID = &verification.Service{
		DB: a.DB, Now: a.Accounts.Now, Outbox: a.Outbox, Keyring: ring, ReturnTo: "https://roster.test/identity",
		Refusals:  &audit.Refusals{DB: a.DB, Now: a.Accounts.Now},
		Providers: map[string]verification.Provider{"ELSEWHERE": w.provider},
	}
	a.Accounts.Verify = w.ID.OnOrder
	w.ada = w.Staff("Ada", permission.ManageUserVerification, permission.EditAccounts, permission.ConfigureSettings)
	w.bea = w.Staff("Bea", permission.ManageUserVerification)
	w.eve, w.olga = w.User("Eve"), w.User("Olga")
	w.acme = w.Account("Acme", w.olga)
	w.Member(w.acme, w.eve, permission.Orders)
	w.order("1", w.eve, false)
	return w
}

// order notes an order in Acme; by nobody: by staff.
func (w *world) order(number string, by *ent.User, required bool) {
	w.Helper()
	o := accounts.NewOrder{AccountID: w.acme.ID, Number: number, VerificationRequired: required}
	if by != nil {
		o.PlacedByID = &by.ID
	}
	if _, err := w.Accounts.Record(w.ada, o); err != nil {
		w.Fatal(err)
	}
}

// choose changes how users prove who they are.
func (w *world) choose(change func(*settings.Verification)) {
	w.Helper()
	w.Choose(func(s *settings.Settings) { change(&s.Verification) })
}

// state is where a user stands, as Ada sees it.
func (w *world) state(u *ent.User) *verification.State {
	w.Helper()
	states, err := w.ID.States(w.ada, []int{u.ID})
	if err != nil || states[u.ID] == nil {
		w.Fatalf("no state: %v", err)
	}
	return states[u.ID]
}

// approvedBy is when somebody approved Eve's as the first of two.
func (w *world) approvedBy(by context.Context) *time.Time {
	w.Helper()
	steps, err := w.ID.Histories(by, []int{w.eve.ID})
	if err != nil {
		w.Fatal(err)
	}
	return w.state(w.eve).ApprovedBy(viewer.From(by).UserID, steps[w.eve.ID])
}

// stands checks where a user stands, and that the list of users says so too.
func (w *world) stands(u *ent.User, want entverification.Status) {
	w.Helper()
	if got := w.state(u).Status(); got != want {
		w.Errorf("%s stands at %s, want %s", u.FirstName, got, want)
	}
	if n := w.Count("users WHERE id = $1 AND verification = $2", u.ID, string(want)); n != 1 {
		w.Errorf("the list of users says something else of %s than %s", u.FirstName, want)
	}
}

// must is what has to work.
func (w *world) must(_ *ent.User, err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// picture is a photo of one colour.
func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 60, 40)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// send gives a file of the user's, and returns its name.
func (w *world) send(u *ent.User, kind verification.Kind, content []byte) string {
	w.Helper()
	kept, err := w.ID.Keep(w.As(u), kind, bytes.NewReader(content))
	if err != nil {
		w.Fatal(err)
	}
	return kept.Name
}

// submit sends front and selfie of a user who is asked, submits, and returns the name of the front.
func (w *world) submit(u *ent.User) string {
	w.Helper()
	front := w.send(u, verificationfile.KindFRONT, picture(w.T))
	w.send(u, verificationfile.KindSELFIE, picture(w.T))
	w.must(w.ID.Submit(w.As(u)))
	return front
}

// submitted brings Eve to where she waits, and returns the name of the front.
func (w *world) submitted() string {
	w.Helper()
	w.must(w.ID.Initiate(w.ada, w.eve.ID, ""))
	return w.submit(w.eve)
}

// approved brings Eve to where she is approved.
func (w *world) approved() {
	w.Helper()
	w.submitted()
	w.must(w.ID.Decide(w.ada, verification.Decision{UserID: w.eve.ID, Approve: true}))
}

// holding is what somebody acts with who holds admin permissions.
func (w *world) holding(u *ent.User, may ...permission.Admin) context.Context {
	v := *viewer.From(w.As(u))
	v.Kind, v.Permissions = viewer.Staff, permission.SetOf(may...)
	return viewer.With(w.Context(), &v)
}

// holdingUnproven is holding of who has not proved again who they are.
func (w *world) holdingUnproven(u *ent.User, may ...permission.Admin) context.Context {
	ctx := w.holding(u, may...)
	viewer.From(ctx).SudoUntil = time.Time{}
	return ctx
}

// reject is a decision against Eve.
func (w *world) reject() verification.Decision {
	return verification.Decision{UserID: w.eve.ID, Cause: verification.Unreadable, Reason: "Too dark."}
}
