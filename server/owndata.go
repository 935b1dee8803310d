package main

import (
	"log/slog"
	"mime"
	"net/http"

	"roster/ent/viewer"
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
			refuseWith(ctx, w, err)
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
