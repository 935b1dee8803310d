package limit

import (
	"encoding/json"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

const longList = "A list in the input has more than %d items."

// checkVariables refuses variables that are too large, or that hold too long a list.
func (l Limits) checkVariables(vars map[string]any) *gqlerror.Error {
	if len(vars) == 0 {
		return nil
	}
	size, longest := weigh(vars)
	if size > l.VariableBytes {
		return tooComplex(nil, "The variables are larger than %d bytes.", l.VariableBytes)
	}
	if longest > l.ListItems {
		return tooComplex(nil, longList, l.ListItems)
	}
	return nil
}

// weigh returns about how many bytes v takes as JSON without white space and escapes, and the length of the longest
// list in it. The transport bounds how deep v can be.
func weigh(v any) (size, longest int) {
	switch v := v.(type) {
	case string:
		return len(v) + 2, 0
	case json.Number:
		return len(v), 0
	case []any:
		size, longest = 2, len(v)
		for _, item := range v {
			s, n := weigh(item)
			size, longest = size+s+1, max(longest, n)
		}
		return size, longest
	case map[string]any:
		size = 2
		for key, item := range v {
			s, n := weigh(item)
			size, longest = size+len(key)+3+s+1, max(longest, n)
		}
		return size, longest
	}
	return 4, 0
}
