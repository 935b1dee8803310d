// Package imports takes users, accounts and memberships over from files of other systems: all of a file or nothing,
// with every fault named by its line.
package imports

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"

	"roster/ent/generated/account"
	"roster/ent/permission"
	"roster/internal/email"
	"roster/internal/fault"
	"roster/internal/name"
	"roster/internal/secret"
)

// columns are those of the file, in the order in which they are usually written.
var columns = []string{
	"email", "first_name", "last_name", "language", "account_name", "account_email", "account_status", "owner",
	"permissions", "last_login", "password_hash",
}

// line is one line of the file, read: a person, and the account that they can reach, if any.
type line struct {
	number int
	person person
	// account and link are set where the line names an account.
	account *company
	link    link
}

type person struct {
	first, last string
	address     email.Address
	language    string
	lastLogin   time.Time
	hash        string // bcrypt, as it came
}

type company struct {
	name    string
	address email.Address
	status  account.Status
}

type link struct {
	owner       bool
	permissions []permission.Account
}

// MaxBytes is how large a file may be (security.md #56).
const MaxBytes = 64 << 20

// errTooLarge comes from reading, in place of what is beyond MaxBytes.
var errTooLarge = errors.New("it is larger than 64 MiB; please split it")

// Fault is what is wrong with a line.
type Fault struct {
	Line int `json:"line"`
	// Through is the last line, where the fault takes several with it; else 0.
	Through int    `json:"through,omitempty"`
	Column  string `json:"column,omitempty"` // empty: the line as a whole
	Reason  string `json:"reason"`
}

func (f Fault) String() string {
	switch {
	case f.Through > 0:
		return fmt.Sprintf("lines %d to %d: %s", f.Line, f.Through, f.Reason)
	case f.Column == "":
		return fmt.Sprintf("line %d: %s", f.Line, f.Reason)
	}
	return fmt.Sprintf("line %d, %s: %s", f.Line, f.Column, f.Reason)
}

// reader reads a file line by line and collects what is wrong.
type reader struct {
	csv    *csv.Reader
	place  map[string]int // of each column
	now    time.Time
	lines  []line
	faults []Fault
}

// read returns the lines that can be understood, and the faults of the others. An error means that the file as a
// whole cannot be read.
func read(file io.Reader, now time.Time) ([]line, []Fault, error) {
	r := &reader{csv: csv.NewReader(&bounded{file: file, left: MaxBytes}), now: now}
	r.csv.FieldsPerRecord = -1
	if err := r.header(); err != nil {
		return nil, nil, err
	}
	for {
		values, err := r.csv.Read()
		var parse *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return r.lines, r.faults, nil
		case errors.As(err, &parse):
			r.unread(parse)
			continue
		case err != nil:
			return nil, nil, fmt.Errorf("reading the file: %w", err)
		}
		number, _ := r.csv.FieldPos(0)
		r.line(number, values)
	}
}

// unread notes lines with wrong quotation marks: one that is never closed takes the lines after it along.
func (r *reader) unread(parse *csv.ParseError) {
	f := Fault{Line: parse.StartLine, Reason: "The quotation marks of this line do not match."}
	if parse.Line > parse.StartLine {
		f.Through, f.Reason = parse.Line, "A quotation mark in the first of these lines is not closed: none of them can be read."
	}
	r.faults = append(r.faults, f)
}

func (r *reader) fault(number int, column, reason string) {
	r.faults = append(r.faults, Fault{Line: number, Column: column, Reason: reason})
}

func (r *reader) header() error {
	names, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		return errors.New("the file is empty")
	} else if err != nil {
		return fmt.Errorf("reading the first line: %w", err)
	}
	if !utf8.ValidString(strings.Join(names, "")) {
		return errors.New("the first line is not readable as text: the file must be in UTF-8")
	}
	names[0] = strings.TrimPrefix(names[0], "\ufeff")
	r.place = make(map[string]int, len(names))
	for i, column := range names {
		column = strings.ToLower(strings.TrimSpace(column))
		if !slices.Contains(columns, column) {
			return fmt.Errorf("the column %q is not known: the first line must name %s", shortened(column), strings.Join(columns, ", "))
		}
		if _, twice := r.place[column]; twice {
			return fmt.Errorf("the first line names the column %s twice", column)
		}
		r.place[column] = i
	}
	for _, column := range columns {
		if _, there := r.place[column]; !there {
			return fmt.Errorf("the column %s is missing: the first line must name %s", column, strings.Join(columns, ", "))
		}
	}
	return nil
}

// shortened keeps a message readable when the file is no CSV at all.
func shortened(text string) string {
	if letters := []rune(text); len(letters) > 40 {
		return string(letters[:40]) + "…"
	}
	return text
}

// bounded reads up to so many bytes, and then fails: a file is not cut short in silence.
type bounded struct {
	file io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.file.Read(p[:min(len(p), b.left+1)])
	if b.left -= n; b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// line reads one line; where it has faults, it is left out and all of them are noted.
func (r *reader) line(number int, values []string) {
	if len(values) != len(r.place) {
		r.fault(number, "", fmt.Sprintf("This line has %d columns, not %d.", len(values), len(r.place)))
		return
	}
	before := len(r.faults)
	get := func(column string) string { return strings.TrimSpace(values[r.place[column]]) }
	l := line{number: number, person: r.person(number, get)}
	if get("account_name")+get("account_email")+get("account_status")+get("owner")+get("permissions") != "" {
		l.account = r.company(number, get)
		l.link = r.link(number, get)
	}
	if len(r.faults) == before {
		r.lines = append(r.lines, l)
	}
}

func (r *reader) person(number int, get func(string) string) (p person) {
	var err error
	p.address, err = email.Check("email", get("email"))
	r.check(number, err)
	p.first, err = name.Require("first_name", get("first_name"))
	r.check(number, err)
	p.last, err = name.Check("last_name", get("last_name"))
	r.check(number, err)
	p.language = r.language(number, get("language"))
	p.lastLogin = r.moment(number, get("last_login"))
	if p.hash = get("password_hash"); p.hash != "" && !secret.IsBcrypt(p.hash) {
		r.fault(number, "password_hash", "This is not a bcrypt hash ($2y$, $2b$ or $2a$, cost 4 to 14).")
	}
	return p
}

// check notes the faults in err, which are on the column.
func (r *reader) check(number int, err error) {
	var f *fault.Error
	if errors.As(err, &f) {
		r.fault(number, strings.Join(f.Field, "."), f.Message)
	}
}

// language is a BCP 47 tag; blank is English.
func (r *reader) language(number int, text string) string {
	if text == "" {
		return "en"
	}
	tag, err := language.Parse(text)
	if err != nil {
		r.fault(number, "language", "This is not a language tag (BCP 47), like en or pt-BR.")
		return ""
	}
	return tag.String()
}

// moment is when somebody last signed in; blank is never.
func (r *reader) moment(number int, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	switch {
	case err != nil || at.Year() < 1970:
		r.fault(number, "last_login", "This is not a date and time (RFC 3339), like 2026-03-01T09:30:00Z.")
	case at.After(r.now):
		r.fault(number, "last_login", "This lies in the future.")
	}
	return at.UTC().Truncate(time.Microsecond)
}

var statuses = map[string]account.Status{
	"active": account.StatusACTIVE, "inactive": account.StatusINACTIVE, "closed": account.StatusCLOSED,
}

func (r *reader) company(number int, get func(string) string) *company {
	var c company
	var err error
	c.name, err = name.Require("account_name", get("account_name"))
	r.check(number, err)
	c.address, err = email.Check("account_email", get("account_email"))
	r.check(number, err)
	status, known := statuses[strings.ToLower(get("account_status"))]
	if !known {
		r.fault(number, "account_status", "The status must be Active, Inactive or Closed.")
	}
	c.status = status
	return &c
}

func (r *reader) link(number int, get func(string) string) (l link) {
	switch strings.ToLower(get("owner")) {
	case "yes":
		l.owner = true
	case "no":
	default:
		r.fault(number, "owner", "This must be yes or no.")
	}
	for word := range strings.FieldsSeq(get("permissions")) {
		p := permission.Account(word)
		if !p.Known() {
			r.fault(number, "permissions", "One of these permissions is unknown.")
			break
		}
		if !slices.Contains(l.permissions, p) {
			l.permissions = append(l.permissions, p)
		}
	}
	if l.owner {
		l.permissions = nil // an owner holds all
	}
	return l
}
