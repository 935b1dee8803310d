package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/fault"
)

// statuses are those of the refusals on routes beside GraphQL's.
var statuses = map[fault.Code]int{
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.SudoRequired:    http.StatusForbidden,
	fault.NotAllowed:      http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Required:        http.StatusUnprocessableEntity,
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.TooLong:         http.StatusRequestEntityTooLarge,
	fault.RateLimited:     http.StatusTooManyRequests,
	fault.TryLater:        http.StatusServiceUnavailable,
}

// refuseWith tells a client what it may know of an error.
func refuseWith(ctx context.Context, w http.ResponseWriter, err error) {
	var f *fault.Error
	switch {
	case errors.As(err, &f) && statuses[f.Code] != 0:
		refuse(w, statuses[f.Code], f)
	case db.Unavailable(err), ctx.Err() != nil:
		refuse(w, http.StatusServiceUnavailable, fault.New(fault.TryLater, "The service is busy. Please try again in a moment."))
	default:
		slog.ErrorContext(ctx, "answering a request", "request", viewer.From(ctx).RequestID, "err", err)
		refuse(w, http.StatusInternalServerError, fault.New(fault.Internal, "Internal error."))
	}
}

func refuse(w http.ResponseWriter, status int, f *fault.Error) {
	extensions := map[string]any{"code": f.Code}
	if f.RetryAfter > 0 {
		seconds := int(math.Ceil(f.RetryAfter.Seconds()))
		extensions["retryAfter"] = seconds
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	// The client may be gone; there is nobody else to tell.
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []any{map[string]any{"message": f.Message, "extensions": extensions}}})
}
