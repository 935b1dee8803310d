package permission

import (
	"errors"
	"fmt"
	"io"
	"strconv"
)

var errUnknown = errors.New("no such permission")

// MarshalGQL writes the name.
func (p Admin) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(string(p))) }

// UnmarshalGQL reads a name of this version.
func (p *Admin) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok || !Admin(s).Known() {
		return fmt.Errorf("AdminPermission: %w", errUnknown)
	}
	*p = Admin(s)
	return nil
}

// MarshalGQL writes the name.
func (p Account) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(string(p))) }

// UnmarshalGQL reads a name of this version.
func (p *Account) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok || !Account(s).Known() {
		return fmt.Errorf("AccountPermission: %w", errUnknown)
	}
	*p = Account(s)
	return nil
}
