// Package email says what an e-mail address may be, and when two of them are one (security.md #69).
package email

import (
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"roster/internal/fault"
)

// Limits in bytes (RFC 5321 §4.5.3.1), the domain counted in its ASCII form.
const (
	MaxLength      = 254
	MaxLocalLength = 64
)

// Address is a valid address.
type Address struct {
	// Spelling is the address as given, in NFC: for showing.
	Spelling string
	// Key is the canonical form: two addresses are one when their keys are equal.
	Key string
	// Local is what stands before the @, as spelled.
	Local string
	// Domain is in lower case and ASCII ("xn--bcher-kva.example").
	Domain string
	// Mixed warns of letters from scripts that do not belong together, a common trick of impostors.
	Mixed bool
}

// String is the spelling.
func (a Address) String() string { return a.Spelling }

// Mailbox is the address to send to: the local part as spelled (some servers mind capitals) and the ASCII domain.
func (a Address) Mailbox() string { return a.Local + "@" + a.Domain }

// Reason says in a full sentence why an address is refused. It never repeats the address.
type Reason string

func (r Reason) Error() string { return string(r) }

// The reasons.
const (
	ErrMissing    Reason = "The e-mail address is missing."
	ErrTooLong    Reason = "This e-mail address is too long: 254 bytes are allowed, 64 of them before the @."
	ErrEncoding   Reason = "This e-mail address is not readable as text (it must be UTF-8)."
	ErrControl    Reason = "This e-mail address contains a control character or a line break."
	ErrDirection  Reason = "This e-mail address contains a character that changes the direction of the text."
	ErrInvisible  Reason = "This e-mail address contains an invisible character."
	ErrSpace      Reason = "This e-mail address contains a space."
	ErrLookalike  Reason = "This e-mail address contains a character that only looks like an @, a dot or a plain letter."
	ErrFormula    Reason = "This e-mail address begins like a formula of a spreadsheet (with =, +, - or @)."
	ErrNoAt       Reason = "This is not an e-mail address: the @ is missing."
	ErrNoLocal    Reason = "This is not an e-mail address: nothing stands before the @."
	ErrLocal      Reason = "This is not an e-mail address: a character before the @ is not allowed there."
	ErrDots       Reason = "This is not an e-mail address: before the @, a dot stands first, last or beside another."
	ErrNoDomain   Reason = "This is not an e-mail address: nothing stands after the @."
	ErrDomain     Reason = "This is not an e-mail address: what stands after the @ is not the name of a domain."
	ErrBareDomain Reason = "This is not an e-mail address: the domain after the @ is not complete."
)

// Parse reads an address; spaces around it do not count. The error is one of the Reasons.
func Parse(s string) (Address, error) {
	s = strings.Trim(s, " ")
	if s == "" {
		return Address{}, ErrMissing
	}
	if len(s) > 4*MaxLength { // too long in any form, so not worth the work
		return Address{}, ErrTooLong
	}
	if !utf8.ValidString(s) {
		return Address{}, ErrEncoding
	}
	s = norm.NFC.String(s)
	if reason := forbidden(s); reason != "" {
		return Address{}, reason
	}
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return Address{}, ErrNoAt
	}
	local, domain := s[:at], s[at+1:]
	if reason := badLocal(local); reason != "" {
		return Address{}, reason
	}
	if len(local) > MaxLocalLength || len(s) > MaxLength {
		return Address{}, ErrTooLong
	}
	ascii, reason := asciiDomain(domain)
	if reason != "" {
		return Address{}, reason
	}
	if len(local)+1+len(ascii) > MaxLength {
		return Address{}, ErrTooLong
	}
	key := foldLocal(local) + "@" + ascii
	return Address{Spelling: s, Key: key, Local: local, Domain: ascii, Mixed: mixed(local, ascii)}, nil
}

// Check is Parse for an input field: it returns fault.Required, fault.TooLong or fault.Invalid on it.
func Check(field, s string) (Address, error) {
	address, err := Parse(s)
	switch {
	case err == nil:
		return address, nil
	case errors.Is(err, ErrMissing):
		return Address{}, fault.On(field, fault.Required, err.Error())
	case errors.Is(err, ErrTooLong):
		return Address{}, fault.On(field, fault.TooLong, err.Error())
	default:
		return Address{}, fault.On(field, fault.Invalid, err.Error())
	}
}

// foldLocal compares by Unicode case folding. Folding can take a composed letter apart, hence the second NFC.
func foldLocal(local string) string {
	for range 3 {
		next := norm.NFC.String(cases.Fold().String(local))
		if next == local {
			break
		}
		local = next
	}
	return local
}

// domains maps nothing but case: what forbidden lets through has no other form to be mapped from.
var domains = idna.New(
	idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.ValidateLabels(true),
	idna.CheckJoiners(true), idna.CheckHyphens(true), idna.StrictDomainName(true), idna.VerifyDNSLength(true),
)

func asciiDomain(domain string) (string, Reason) {
	if domain == "" {
		return "", ErrNoDomain
	}
	ascii, err := domains.ToASCII(domain)
	if err != nil || strings.HasSuffix(ascii, ".") || norm.NFKC.String(domain) != domain {
		return "", ErrDomain
	}
	dot := strings.LastIndexByte(ascii, '.')
	if dot < 0 {
		return "", ErrBareDomain
	}
	if strings.Trim(ascii[dot+1:], "0123456789") == "" { // an IP address, or half of one
		return "", ErrDomain
	}
	return ascii, ""
}

// Mask makes what a log may show of an address: its first character and its domain ("j…@example.com"). Text that
// is not an address is hidden whole.
func Mask(s string) string {
	address, err := Parse(s)
	if err != nil {
		return "…"
	}
	_, size := utf8.DecodeRuneInString(address.Local)
	return address.Local[:size] + "…@" + address.Domain
}
