package demo

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"roster/ent/generated/account"
	"roster/ent/permission"
	"roster/internal/name"
)

// company is one account of the sample.
type company struct {
	id              int
	name, key, mail string
	status          account.Status
	createdAt       time.Time
}

// companies draw from a stream of their own, so that users stay the same when there are more accounts.
const companyStream = 1 << 40

func companyOf(seed uint64, id int) company {
	r := rand.New(rand.NewPCG(seed, uint64(companyStream+id))) //nolint:gosec // sample data are meant to be foreseeable
	c := company{id: id, status: account.StatusACTIVE}
	c.name = qualities[r.IntN(len(qualities))] + " " + things[r.IntN(len(things))] + " " + trades[r.IntN(len(trades))]
	if r.IntN(5) == 0 { // named after somebody
		o := pick(r)
		c.name = o.last[r.IntN(len(o.last))] + " " + trades[r.IntN(len(trades))]
	}
	c.key = name.Fold(c.name)
	c.mail = fmt.Sprintf("billing%d@accounts.example", id)
	switch n := r.IntN(100); {
	case n < 6:
		c.status = account.StatusINACTIVE
	case n < 10:
		c.status = account.StatusCLOSED
	}
	c.createdAt = epoch.Add(-time.Duration(r.Int64N(int64(6 * 365 * day)))).Truncate(time.Second)
	return c
}

// link is one membership of the sample.
type link struct {
	user, account int
	owner         bool
	permissions   string // JSON
	lastSeen      time.Time
	since         time.Time
}

// linksOf are the members of an account: its owner first. Every user gets a place as owner or member before anybody
// gets a second one, as far as there are places.
func linksOf(seed uint64, c company, people, accounts int) []link {
	r := rand.New(rand.NewPCG(seed, uint64(2*companyStream+c.id))) //nolint:gosec // sample data are meant to be foreseeable
	customers := people - len(colleagues)
	if customers < 1 {
		return nil
	}
	at := func(place int) int { return len(colleagues) + 1 + place%customers }
	taken := map[int]bool{}
	var links []link
	add := func(user int, owner bool) {
		if taken[user] {
			return
		}
		taken[user] = true
		l := link{user: user, account: c.id, owner: owner, permissions: "[]", since: c.createdAt}
		if !owner {
			l.permissions = somePermissions(r)
		}
		if r.IntN(3) > 0 {
			l.lastSeen = epoch.Add(-time.Duration(r.ExpFloat64() * float64(45*day))).Truncate(time.Second)
			if l.lastSeen.Before(l.since) {
				l.lastSeen = l.since
			}
		}
		links = append(links, l)
	}
	add(at(c.id-1), true)
	for i := range (customers - 1) / max(accounts, 1) { // the users who own nothing, dealt out in turn
		if place := accounts + (c.id - 1) + i*accounts; place < customers {
			add(at(place), false)
		}
	}
	for range r.IntN(5) {
		add(at(r.IntN(customers)), false)
	}
	return links
}

func somePermissions(r *rand.Rand) string {
	var held []permission.Account
	for _, p := range permission.Accounts {
		if r.IntN(5) < 2 {
			held = append(held, p)
		}
	}
	if held == nil {
		held = []permission.Account{permission.Accounts[r.IntN(len(permission.Accounts))]}
	}
	list, err := json.Marshal(held)
	if err != nil {
		panic(err) // strings only
	}
	return string(list)
}
