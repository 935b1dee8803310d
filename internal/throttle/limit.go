// Package throttle counts tries in the database, so that every server and every restart sees the same count
// (security.md part 4). A try is counted before it is made and given back when it was none: a hundred at once count
// a hundred. Counting runs in a transaction of its own, before the act's, so that no refusal can undo it.
package throttle

import (
	"net/netip"
	"strconv"
	"time"
)

// Limit is how often something may be tried. It is one of two shapes: Max tries in a Window, or Free tries and
// then a wait of 2, 4, 8 … seconds, at most Longest, after each further one, until Last tries in a row.
type Limit struct {
	// Name is the first part of the key under which tries are stored; it never changes.
	Name string
	// Max is how many tries fit into Window.
	Max    int
	Window time.Duration
	// Free is how many tries cost no wait; Last is the try after which only Clear opens again.
	Free    int
	Longest time.Duration
	Last    int
}

// The limits of security.md #23 to #25 and #39.
var (
	// Password counts wrong passwords in a row, of a user or of an address that nobody has.
	Password = Limit{Name: "password", Free: 5, Longest: 15 * time.Minute, Last: 100}
	// PasswordNetwork counts wrong passwords from one network.
	PasswordNetwork = Limit{Name: "password", Max: 30, Window: 10 * time.Minute}
	// PasskeyNetwork counts the sign-ins by passkey from one network that failed.
	PasskeyNetwork = Limit{Name: "passkey", Max: 30, Window: 10 * time.Minute}
	// ChallengeNetwork counts the challenges for a passkey that one network asked for without being signed in. Each
	// look at the sign-in page is one, so an office behind one address needs many.
	ChallengeNetwork = Limit{Name: "challenge", Max: 300, Window: 10 * time.Minute}
	// SecondFactor counts wrong codes, answers and proofs of identity of a user, on every surface together.
	SecondFactor = Limit{Name: "second", Max: 10, Window: 15 * time.Minute}
	// Answer counts the wrong answers to a user's security question that do not burn the link yet (#39).
	Answer = Limit{Name: "answer", Max: 4, Window: 24 * time.Hour}
	// Choice counts the answers that a user chooses: each is compared with their password, which must not be found out so.
	Choice = Limit{Name: "choice", Max: 20, Window: time.Hour}
	// Reset counts the reset mails to one user, or to one address that nobody has.
	Reset = Limit{Name: "reset", Max: 3, Window: time.Hour}
	// ResetNetwork counts the reset mails that one network asked for.
	ResetNetwork = Limit{Name: "reset", Max: 10, Window: time.Hour}
	// Verification counts the verification mails to one user.
	Verification = Limit{Name: "verification", Max: 5, Window: time.Hour}
	// VerificationNetwork counts the verification mails that one network asked for.
	VerificationNetwork = Limit{Name: "verification", Max: 20, Window: time.Hour}
	// Registration counts the registrations from one network.
	Registration = Limit{Name: "registration", Max: 10, Window: time.Hour}
	// Warning counts the mails to one user that a wrong second factor followed the right password: one tells enough, and
	// the history lists the rest.
	Warning = Limit{Name: "warning", Max: 1, Window: 15 * time.Minute}
	// Export counts the exports of one user.
	Export = Limit{Name: "export", Max: 10, Window: time.Hour}
	// Invitation and InvitationDay count the invitations that an account's people, or staff for it, send.
	Invitation    = Limit{Name: "invitation", Max: 20, Window: time.Hour}
	InvitationDay = Limit{Name: "invitationDay", Max: 100, Window: 24 * time.Hour}
	// Token counts the API tokens that one user makes or rotates: each is a mail with a name of their choice.
	Token = Limit{Name: "token", Max: 10, Window: time.Hour}
	// IdempotencyKey counts the keys of one viewer that mean something, of all tokens of one maker together.
	IdempotencyKey = Limit{Name: "key", Max: 20_000, Window: 24 * time.Hour}
	// Upload counts the files that a user sends to prove who they are: each is decoded.
	Upload = Limit{Name: "upload", Max: 60, Window: time.Hour}
	// News counts the mails to one user that others cause by changing what they may do: the page shows what holds.
	News = Limit{Name: "news", Max: 10, Window: time.Hour}
	// Unasked counts the mails to one address that others cause: registering with it, or wanting it as theirs.
	Unasked = Limit{Name: "unasked", Max: 5, Window: time.Hour}
)

// User names a user as the one whose tries are counted.
func User(id int) string { return "user:" + strconv.Itoa(id) }

// Account names an account as the one whose people's acts are counted.
func Account(id int) string { return "account:" + strconv.Itoa(id) }

// Address names an address that no user has, in its canonical form: never as it was typed.
func Address(canonical string) string { return "address:" + canonical }

// Network names the network of a client: an IPv4 address, or the /64 of an IPv6 one, for who has one address of a
// /64 has all of them. Clients without an address count together.
func Network(client netip.Addr) string {
	client = client.Unmap()
	if client.Is6() {
		if prefix, err := client.WithZone("").Prefix(64); err == nil {
			return "net:" + prefix.String()
		}
	}
	return "net:" + client.String()
}

// Key is the id of the row that counts.
func (l Limit) Key(whose string) string { return l.Name + ":" + whose }

// after is the wait that the n-th try costs.
func (l Limit) after(n int) time.Duration {
	if n <= l.Free {
		return 0
	}
	if doublings := n - l.Free; doublings < 30 {
		return min(time.Second<<doublings, l.Longest)
	}
	return l.Longest
}
