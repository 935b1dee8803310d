package graph

import (
	"roster/ent/gid"
	"roster/internal/fault"
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
