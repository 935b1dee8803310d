package graph

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/ent/viewer"
	"roster/graph/generated/model"
	"roster/internal/db"
	"roster/internal/fault"
)

// presentError turns a fault into extensions.code and its companions; the executor's own errors keep theirs;
// everything else is ours: logged once, shown as INTERNAL.
func presentError(ctx context.Context, err error) *gqlerror.Error {
	out := graphql.DefaultErrorPresenter(ctx, err)
	var f *fault.Error
	switch {
	case errors.As(err, &f):
		out.Message, out.Extensions = f.Message, extensions(f)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(ctx.Err(), context.DeadlineExceeded):
		out.Message, out.Extensions = "This took too long.", map[string]any{"code": fault.TryLater}
	case errors.Is(err, context.Canceled), ctx.Err() != nil:
		out.Message, out.Extensions = "The request was given up.", map[string]any{"code": fault.TryLater}
	case db.Unavailable(err):
		slog.WarnContext(ctx, "the database is busy or gone", "path", out.Path.String(), "request", requestID(ctx), "err", err)
		later := fault.Wait(fault.TryLater, 2*time.Second, "The service is busy. Please try again in a moment.")
		out.Message, out.Extensions = later.Message, extensions(later)
	case out.Err != nil && unread(ctx):
		out.Message, out.Extensions = "A value in the input can't be read.", map[string]any{"code": fault.Invalid}
	case out.Err != nil:
		id := requestID(ctx)
		slog.ErrorContext(ctx, "resolver failed", "path", out.Path.String(), "request", id, "err", err)
		out.Message, out.Extensions = "Internal error.", map[string]any{"code": fault.Internal, "requestId": id}
	case out.Extensions["code"] == nil:
		out.Extensions = map[string]any{"code": fault.Invalid}
	}
	return out
}

// unread reports whether the field under way has arguments and could not read them: the executor has none of them then.
func unread(ctx context.Context) bool {
	f := graphql.GetFieldContext(ctx)
	return f != nil && f.Args == nil && f.Field.Field != nil && f.Field.Definition != nil && len(f.Field.Definition.Arguments) > 0
}

// recovered ends one field whose resolver panicked; the panic shows nothing.
func recovered(ctx context.Context, panicked any) error {
	slog.ErrorContext(ctx, "resolver panicked", "request", requestID(ctx), "panic", panicked)
	return &gqlerror.Error{
		Message:    "Internal error.",
		Extensions: map[string]any{"code": fault.Internal, "requestId": requestID(ctx)},
	}
}

func requestID(ctx context.Context) string {
	if v := viewer.From(ctx); v != nil {
		return v.RequestID
	}
	return ""
}

func extensions(f *fault.Error) map[string]any {
	ext := map[string]any{"code": f.Code}
	if f.Permission != "" {
		ext["permission"] = f.Permission
	}
	if len(f.Reasons) > 0 {
		ext["reasons"] = f.Reasons
	}
	if f.RetryAfter > 0 {
		ext["retryAfter"] = max(1, int(f.RetryAfter.Seconds()))
	}
	return ext
}

// wholeInput are the codes of faults that may be about an input as a whole.
var wholeInput = []fault.Code{fault.Wrong, fault.NotAllowed}

// mendable takes the faults that the input itself can mend out of err, for the payload's userErrors. The list is
// never nil. Whatever else err is comes back as an error.
func mendable(err error) ([]*model.UserError, error) {
	problems := []*model.UserError{}
	if err == nil {
		return problems, nil
	}
	var many fault.List
	var one *fault.Error
	switch {
	case errors.As(err, &many):
	case errors.As(err, &one):
		many = fault.List{one}
	default:
		return problems, err
	}
	for _, f := range many {
		code := model.UserErrorCode(f.Code)
		if !code.IsValid() || len(f.Field) == 0 && !slices.Contains(wholeInput, f.Code) {
			return problems, f
		}
		problems = append(problems, &model.UserError{Field: f.Field, Code: code, Message: f.Message})
	}
	return problems, nil
}

// standing takes what can be mended out of err, and after a conflict brings what stands there now.
func standing[T any](ctx context.Context, err error, load func(context.Context) (T, error)) (now T, problems []*model.UserError, _ error) {
	if fault.Is(err, fault.Conflict) {
		var failed error
		if now, failed = load(ctx); failed != nil {
			return now, nil, failed
		}
	}
	problems, err = mendable(err)
	return now, problems, err
}

func byID[T any](get func(context.Context, int) (T, error), id int) func(context.Context) (T, error) {
	return func(ctx context.Context) (T, error) { return get(ctx, id) }
}
