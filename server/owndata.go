package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"mime"
	"net/http"
	"strconv"

	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/exports"
	"roster/internal/fault"
)

// ownData hands a signed-in user everything that Roster holds on them, as a file. It takes JSON only, so that no form of
// another site can ask (security.md #51). Refusals have GraphQL's form, for the page treats them like those of the API.
func ownData(service *exports.Service) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			refuse(w, http.StatusUnsupportedMediaType, fault.New(fault.Invalid, "The Content-Type must be application/json."))
			return
		}
		ctx := r.Context()
		file, err := service.Own(ctx)
		if err != nil {
			refuseExport(ctx, w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
		if err := file.Write(ctx, w); err != nil {
			slog.WarnContext(ctx, "an export of one's own data broke off", "request", viewer.From(ctx).RequestID, "err", err)
			panic(http.ErrAbortHandler) // half a file must not look like a whole one
		}
	})
}

// statuses are those of the refusals that an export can meet.
var statuses = map[fault.Code]int{
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.SudoRequired:    http.StatusForbidden,
	fault.RateLimited:     http.StatusTooManyRequests,
	fault.TryLater:        http.StatusServiceUnavailable,
}

func refuseExport(ctx context.Context, w http.ResponseWriter, err error) {
	var f *fault.Error
	switch {
	case errors.As(err, &f) && statuses[f.Code] != 0:
		refuse(w, statuses[f.Code], f)
	case db.Unavailable(err):
		refuse(w, http.StatusServiceUnavailable, fault.New(fault.TryLater, "The service is busy. Please try again in a moment."))
	default:
		slog.ErrorContext(ctx, "exporting one's own data", "request", viewer.From(ctx).RequestID, "err", err)
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
