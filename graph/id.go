package graph

import (
	"roster/ent/gid"
	"roster/internal/fault"
	"roster/internal/members"
)

// rowOf reads a global ID that must be of the given kind. field names the input field; empty for an argument.
// fault.Invalid: it is malformed. fault.NotFound: it is something else's, which is told like "not there".
func rowOf(field string, kind gid.Kind, id string) (int, error) {
	found, row, ok := gid.Decode(id)
	switch {
	case !ok && field != "":
		return 0, fault.On(field, fault.Invalid, "This is not an ID of this API.")
	case !ok:
		return 0, fault.New(fault.Invalid, "This is not an ID of this API.")
	case found != kind:
		return 0, fault.Gone(string(kind))
	}
	return row, nil
}

// nullIfGone turns "not there" into no error: fields that may be null answer null.
func nullIfGone(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// orNone is the text, nil where it is empty.
func orNone(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// text reads an optional text; absent is empty.
func text(given *string) string {
	if given == nil {
		return ""
	}
	return *given
}

// askOf reads the arguments of a connection of memberships.
func askOf(userID int, first *int, after *string) (members.Ask, error) {
	if first == nil {
		return members.Ask{}, fault.New(fault.Invalid, "Give the size of the page: first, 1 to 100.")
	}
	ask := members.Ask{UserID: userID, First: *first}
	if after != nil {
		ask.After = *after
		if ask.After == "" {
			return ask, fault.New(fault.Invalid, "This cursor is not one of this list in this order.")
		}
	}
	return ask, nil
}

// rowsOf is rowOf for a list.
func rowsOf(field string, kind gid.Kind, ids []string) ([]int, error) {
	rows := make([]int, len(ids))
	for i, id := range ids {
		var err error
		if rows[i], err = rowOf(field, kind, id); err != nil {
			return nil, err
		}
	}
	return rows, nil
}
