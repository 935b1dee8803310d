package transport

import (
	"net/http"
	"strconv"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/internal/fault"
)

// unrun is the status of an operation that did not run, and says in a header when it is worth trying again. With
// application/json it is 200, as of every request that can be read (#65); but a budget that is spent is a matter of HTTP in
// both forms, where programs that wait and try again look for it (RFC 6585, 4; RFC 9110, 10.2.3).
func unrun(h http.Header, media media, errs gqlerror.List) int {
	status := http.StatusBadRequest
	for _, err := range errs {
		if wait, ok := err.Extensions["retryAfter"].(int); ok {
			h.Set("Retry-After", strconv.Itoa(wait))
		}
		if code, ok := err.Extensions["code"].(fault.Code); ok {
			status = statusOf(code)
		}
	}
	if media == plain && status != http.StatusTooManyRequests {
		return http.StatusOK
	}
	return status
}

func statusOf(code fault.Code) int {
	switch code { //nolint:exhaustive // the rest are faults of the request
	case fault.RateLimited:
		return http.StatusTooManyRequests
	case fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.TryLater:
		return http.StatusServiceUnavailable
	case fault.Internal:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}
