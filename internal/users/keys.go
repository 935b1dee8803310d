// Package users is about the people who sign in: finding them, showing them, changing their profile.
package users

import (
	"strings"

	"roster/internal/email"
	"roster/internal/name"
)

// Keys are the folded forms of a user's profile that lists are ordered and searched by. Whoever writes a profile
// writes them too.
type Keys struct {
	Name   string // of the whole name
	Last   string // of the family name
	Search string // name and address, for words anywhere in them
}

// KeysOf makes the keys of a profile.
func KeysOf(first, last string, address email.Address) Keys {
	k := Keys{Name: name.Fold(strings.TrimSpace(first + " " + last)), Last: name.Fold(last)}
	k.Search = k.Name + " " + address.Key
	// A domain with letters beyond ASCII is found in both its forms.
	if spelled := name.Fold(address.Spelling); spelled != address.Key {
		k.Search += " " + spelled
	}
	return k
}
