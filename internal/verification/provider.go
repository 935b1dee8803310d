package verification

import (
	"context"
	"net/http"
	"time"

	"roster/internal/fault"
)

// Provider decides elsewhere who somebody is. Another one is a file with these, and a line where the server is wired.
type Provider interface {
	// Needs are the names of the secrets that it has to be told, in the order in which staff give them. Without all of them
	// nothing else of it is called.
	Needs() []string
	// Test asks the provider whether the secrets are right. fault.Invalid on one's name: it is not. fault.TryLater with the
	// reason Unreachable: the provider can't be reached.
	Test(ctx context.Context, told Secrets) error
	// Begin opens a session for somebody, or goes on with the one that they left. Faults as for Test; fault.TryLater with the
	// reason Checking: what they showed is being checked.
	Begin(ctx context.Context, told Secrets, who Subject) (Session, error)
	// Read reads a message of the provider's. A fault.Error refuses what it did not send.
	Read(told Secrets, header http.Header, body []byte) (*Notice, error)
}

// Why a provider is to be tried later: reasons of fault.TryLater.
const (
	Unreachable = "PROVIDER_UNREACHABLE"
	Checking    = "PROVIDER_CHECKING"
)

// TryLater is the refusal of a provider that is good for another try, for one of these reasons.
func TryLater(reason, message string) *fault.Error {
	refused := fault.Wait(fault.TryLater, 30*time.Second, message)
	refused.Reasons = []string{reason}
	return refused
}

// Secrets are what a provider has to be told, by their names.
type Secrets map[string]string

// Subject is who is to prove who they are.
type Subject struct {
	// Reference names them to the provider without saying who they are.
	Reference string
	// Session is the provider's name of the session that was opened for them before; empty: none was.
	Session string
	// ReturnTo is the page that they come back to.
	ReturnTo string
}

// Session is the provider's side of a verification: what it calls it, and the page that the user goes to.
type Session struct{ Name, URL string }

// Outcome is what a provider says became of a session.
type Outcome int

// The outcomes. Nothing is a message that does not matter.
const (
	Nothing Outcome = iota
	Submitted
	Approved
	Rejected
	Cancelled
)

// Notice is a message of a provider's.
type Notice struct {
	// ID is the same for a message that is sent again.
	ID string
	// At is when it came about there.
	At time.Time
	// Session and Reference are what the provider and what Roster call it.
	Session, Reference string
	Outcome            Outcome
	// Cause says why it was rejected.
	Cause Cause
}
