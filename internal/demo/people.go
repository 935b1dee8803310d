package demo

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"roster/ent/generated/user"
	"roster/internal/email"
	"roster/internal/factors"
	"roster/internal/users"
)

// epoch is the "now" of the sample: data are the same whenever they are made.
var epoch = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)

// person is one user of the sample.
type person struct {
	id          int
	first, last string
	address     email.Address
	keys        users.Keys
	language    string
	state       user.State
	verified    bool
	twoFactor   bool
	question    int // of questionsAsked, counted from 1; 0: none
	lastLogin   time.Time
	createdAt   time.Time
	updatedAt   time.Time
	role        string
}

// colleagues are the staff of the sample; they come first.
var colleagues = []struct{ first, last, local, role string }{
	{"Ada", "Admin", "admin", "Full Administrator"},
	{"Sam", "Support", "support", "Support Operator"},
	{"Sally", "Sales", "sales", "Sales Operator"},
	{"Otto", "Auditor", "auditor", "Auditor"},
}

const day = 24 * time.Hour

// personOf makes the user with this number: the same one for the same seed, whatever was made before.
func personOf(seed uint64, id int) (person, error) {
	r := rand.New(rand.NewPCG(seed, uint64(id))) //nolint:gosec // sample data are meant to be foreseeable
	p := person{id: id, language: "en", state: user.StateACTIVE, verified: true}
	p.createdAt = epoch.Add(-time.Duration(r.Int64N(int64(6 * 365 * day)))).Truncate(time.Second)
	var spelling string
	if id <= len(colleagues) {
		c := colleagues[id-1]
		p.first, p.last, p.role = c.first, c.last, c.role
		spelling = c.local + "@roster.example"
		p.createdAt = epoch.Add(-7 * 365 * day)
	} else {
		spelling = p.customer(r)
	}
	p.dates(r)
	var err error
	if p.address, err = email.Parse(spelling); err != nil {
		return p, fmt.Errorf("making user %d: %w", id, err)
	}
	p.keys = users.KeysOf(p.first, p.last, p.address)
	return p, nil
}

// customer gives a user names, an address and what they set up.
func (p *person) customer(r *rand.Rand) (address string) {
	o := pick(r)
	p.language = o.language
	p.first, p.last = o.first[r.IntN(len(o.first))], o.last[r.IntN(len(o.last))]
	p.verified = r.IntN(100) < 88
	p.twoFactor = r.IntN(100) < 35
	if r.IntN(100) < 22 {
		p.question = 1 + r.IntN(len(questionsAsked))
	}
	if r.IntN(100) < 3 {
		p.state = user.StateSUSPENDED
	}
	domain := domains[r.IntN(len(domains))]
	local := plain(p.first) + "." + plain(p.last)
	if local == "." {
		local = "user"
	}
	return fmt.Sprintf("%s%d@%s", strings.Trim(local, "."), p.id, domain)
}

func (p *person) dates(r *rand.Rand) {
	p.updatedAt = p.createdAt
	if r.IntN(100) < 12 && p.role == "" {
		return // never signed in
	}
	// Many came lately, few long ago.
	ago := time.Duration(r.ExpFloat64() * float64(60*day))
	if p.role != "" {
		ago /= 50
	}
	if p.lastLogin = epoch.Add(-ago).Truncate(time.Second); p.lastLogin.Before(p.createdAt) {
		p.lastLogin = p.createdAt.Add(time.Minute)
	}
}

var weights = func() (sum int) {
	for _, o := range origins {
		sum += o.weight
	}
	return sum
}()

func pick(r *rand.Rand) origin {
	n := r.IntN(weights)
	last := len(origins) - 1
	for _, o := range origins[:last] {
		if n -= o.weight; n < 0 {
			return o
		}
	}
	return origins[last]
}

// plain is what of a name can stand in the local part of an address; empty for names of other scripts.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, users.KeysOf(s, "", email.Address{}).Name)
}

// seedOf is the seed of a user's authenticator app.
func seedOf(seed uint64, id int) []byte {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64([]byte("roster sample"), seed), uint64(id))) //nolint:gosec // numbers are positive
	return sum[:factors.SeedSize]
}
