// Package gid makes the global IDs of the API: a kind and a row number, in base64url so that nobody builds on
// the form. They are data, not trust (security.md #43): parsed strictly here, checked where they are used.
package gid

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// Kind is the table that a global ID points into.
type Kind string

// The kinds of objects that have a global ID.
const (
	User             Kind = "user"
	Account          Kind = "account"
	Membership       Kind = "membership"
	Role             Kind = "role"
	Session          Kind = "session"
	Passkey          Kind = "passkey"
	TrustedDevice    Kind = "device"
	SecurityQuestion Kind = "question"
	Invitation       Kind = "invitation"
	Order            Kind = "order"
	APIToken         Kind = "apitoken"

	PermissionTemplate Kind = "template"
)

var kinds = []Kind{
	User, Account, Membership, Role, Session, Passkey, TrustedDevice, SecurityQuestion, Invitation, Order, PermissionTemplate, APIToken,
}

// Encode makes the global ID of row id.
func Encode(kind Kind, id int) string {
	var plain [32]byte
	b := append(plain[:0], kind...)
	b = append(b, ':')
	return base64.RawURLEncoding.EncodeToString(strconv.AppendInt(b, int64(id), 10))
}

// Decode reads a global ID. It accepts only what Encode makes; anything else is not ok.
func Decode(s string) (kind Kind, id int, ok bool) {
	if len(s) > 48 {
		return "", 0, false
	}
	plain, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return "", 0, false
	}
	name, number, found := strings.Cut(string(plain), ":")
	id, err = strconv.Atoi(number)
	if !found || err != nil || id <= 0 || strconv.Itoa(id) != number {
		return "", 0, false
	}
	for _, k := range kinds {
		if string(k) == name {
			return k, id, true
		}
	}
	return "", 0, false
}
