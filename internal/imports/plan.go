package imports

import (
	"fmt"
	"slices"
)

// plan is what the lines of a file say, put together.
type plan struct {
	people    []*found[person]
	companies []*found[company]
	links     []*placed

	personBy  map[string]*found[person]
	companyBy map[string]*found[company]

	// present is what the plan takes to be there.
	present there
}

// found is a person or a company, with the first line that names it.
type found[T any] struct {
	what T
	line int
	id   int // in the database; 0 before it is there
	// isNew says that it came with this import.
	isNew bool
}

// placed is a link of the plan.
type placed struct {
	link
	line    int
	person  *found[person]
	company *found[company]
}

// planOf puts the lines together and returns the faults that show only then: lines that say different things about
// the same person or account, and accounts without an owner or with two. Lines with a fault are left out of the plan,
// and so is what does not stand without them. An account that is there is known by its address and its owner together: its
// people can write any address there, and nobody proves it (security.md #49).
func planOf(lines []line, present there) (*plan, []Fault) {
	var faults []Fault
	for {
		more := contradictions(lines, present)
		if len(more) == 0 {
			break
		}
		bad := map[int]bool{}
		for _, f := range more {
			bad[f.Line] = true
		}
		faults = append(faults, more...)
		lines = slices.DeleteFunc(slices.Clone(lines), func(l line) bool { return bad[l.number] })
	}
	p := &plan{personBy: map[string]*found[person]{}, companyBy: map[string]*found[company]{}, present: present}
	for _, l := range lines {
		p.add(l)
	}
	return p, faults
}

func (p *plan) add(l line) {
	who, known := p.personBy[l.person.address.Key]
	if !known {
		who = &found[person]{what: l.person, line: l.number}
		p.personBy[l.person.address.Key] = who
		p.people = append(p.people, who)
	}
	if l.account == nil {
		return
	}
	where, known := p.companyBy[l.account.address.Key]
	if !known {
		where = &found[company]{what: *l.account, line: l.number}
		p.companyBy[l.account.address.Key] = where
		p.companies = append(p.companies, where)
	}
	p.links = append(p.links, &placed{link: l.link, line: l.number, person: who, company: where})
}

// contradictions are the faults between lines that are good each on its own.
func contradictions(lines []line, present there) []Fault {
	c := contradiction{
		people: map[string]line{}, companies: map[string]line{}, owners: map[string][]int{}, members: map[string][]int{},
		pairs: map[[2]string]int{}, present: present,
	}
	for _, l := range lines {
		c.line(l)
	}
	for _, l := range lines {
		c.owner(l)
	}
	return c.faults
}

type contradiction struct {
	people, companies map[string]line // the first line of each
	owners, members   map[string][]int
	pairs             map[[2]string]int
	present           there
	faults            []Fault
}

func (c *contradiction) line(l line) {
	key := l.person.address.Key
	if first, known := c.people[key]; !known {
		c.people[key] = l
	} else if column := differs(first.person, l.person); column != "" {
		c.fault(l, column, fmt.Sprintf("Line %d says something else about this person.", first.number))
		return
	}
	if l.account == nil {
		return
	}
	if c.present.claimed[key] {
		c.fault(l, "email", "Somebody registered with this address and has not proved that it is theirs: it gets no account like this.")
		return
	}
	account := l.account.address.Key
	if first, known := c.companies[account]; !known {
		c.companies[account] = l
	} else if column := l.account.differs(*first.account); column != "" {
		c.fault(l, column, fmt.Sprintf("Line %d says something else about this account.", first.number))
		return
	}
	pair := [2]string{key, account}
	if first, known := c.pairs[pair]; known {
		c.fault(l, "", fmt.Sprintf("Line %d links the same person to the same account.", first))
		return
	}
	c.pairs[pair] = l.number
	c.members[account] = append(c.members[account], l.number)
	if l.link.owner {
		c.owners[account] = append(c.owners[account], l.number)
	}
}

// owner holds that an account has exactly one: which of two is right, only people can say.
func (c *contradiction) owner(l line) {
	if l.account == nil {
		return
	}
	account := l.account.address.Key
	owners, present := c.owners[account], c.present.accounts[account]
	isMember := slices.Contains(c.members[account], l.number)
	switch {
	case len(owners) > 1 && l.link.owner && slices.Contains(owners, l.number):
		c.fault(l, "owner", fmt.Sprintf("This account has %d owners in this file: lines %s.", len(owners), list(owners)))
	case present.count > 1:
		c.fault(l, "account_email", "Several accounts have this address: which of them is meant?")
	case len(owners) == 0 && isMember && present.count == 1:
		c.fault(l, "owner", "An account with this address is there already. Name its owner in this file too, to be certain that it is the same.")
	case len(owners) == 0 && isMember:
		c.fault(l, "owner", "This account has no owner in this file.")
	case present.count == 1 && l.link.owner && l.person.address.Key != present.owner:
		c.fault(l, "account_email", "An account with this address is there already, and belongs to somebody else.")
	}
}

func (c *contradiction) fault(l line, column, reason string) {
	c.faults = append(c.faults, Fault{Line: l.number, Column: column, Reason: reason})
}

func list(numbers []int) string {
	text := ""
	for i, n := range numbers {
		switch {
		case i == 0:
		case i == len(numbers)-1:
			text += " and "
		default:
			text += ", "
		}
		text += fmt.Sprint(n)
	}
	return text
}

// differs names the first column in which two lines about one person are not the same.
func differs(a, b person) string {
	switch {
	case a.first != b.first:
		return "first_name"
	case a.last != b.last:
		return "last_name"
	case a.language != b.language:
		return "language"
	case !a.lastLogin.Equal(b.lastLogin):
		return "last_login"
	case a.hash != b.hash:
		return "password_hash"
	}
	return ""
}

func (c company) differs(other company) string {
	switch {
	case c.name != other.name:
		return "account_name"
	case c.status != other.status:
		return "account_status"
	}
	return ""
}
