package graph

import (
	"context"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/graph/generated/model"
	"roster/internal/access"
)

// costHeader is how a client asks for extensions.cost with the answer: 1.
const costHeader = "Roster-Cost"

type weighing struct{}

// Weighing makes a handler of the API one that only says what an operation would cost. It has a path of its own: a server
// that does not know it runs nothing, as one would that does not know a header.
func Weighing(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		api.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), weighing{}, true)))
	})
}

// weighedOnly reports whether the operation is not to run.
func weighedOnly(ctx context.Context) bool { return ctx.Value(weighing{}) != nil }

// costName is where an operation keeps what it costs.
const costName = "cost"

// costAsked reports whether the answer is to say what it cost.
func costAsked(op *graphql.OperationContext) bool {
	values := op.Headers[costHeader]
	return len(values) == 1 && values[0] == "1"
}

// spend takes the cost of an operation that will run from the viewer's budget.
func (r *Resolver) spend(ctx context.Context, op *graphql.OperationContext, cost int) *gqlerror.Error {
	op.Stats.SetExtension(costName, cost)
	if weighedOnly(ctx) {
		return nil
	}
	if err := r.Budgets.Spend(ctx, cost); err != nil {
		return presentError(ctx, err)
	}
	return nil
}

// inTurn lets a root field wait until the viewer has less under way.
func (r *Resolver) inTurn(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	end, err := r.Budgets.Turn(ctx)
	if err != nil {
		graphql.AddError(ctx, err)
		return graphql.Null
	}
	defer end()
	return next(ctx)
}

// tellCost adds extensions.cost for who asks for it, and runs nothing for who wants only that.
func (r *Resolver) tellCost(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	switch {
	case weighedOnly(ctx):
		return func(ctx context.Context) *graphql.Response {
			return r.withCost(ctx, &graphql.Response{Data: []byte("null")})
		}
	case costAsked(graphql.GetOperationContext(ctx)):
		respond := next(ctx)
		return func(ctx context.Context) *graphql.Response {
			return r.withCost(ctx, respond(ctx))
		}
	}
	return next(ctx)
}

func (r *Resolver) withCost(ctx context.Context, answer *graphql.Response) *graphql.Response {
	if answer == nil {
		return nil
	}
	told := map[string]any{"cost": costOf(ctx)}
	left, err := r.Budgets.Look(ctx)
	if err != nil {
		answer.Errors = append(answer.Errors, presentError(ctx, err))
	} else if left != nil {
		told["limit"], told["remaining"], told["resetAt"] = left.Limit, left.Remaining, left.ResetAt.Format(time.RFC3339)
	}
	if answer.Extensions == nil {
		answer.Extensions = map[string]any{}
	}
	answer.Extensions[costName] = told
	return answer
}

// costOf is what the operation under way costs.
func costOf(ctx context.Context) int {
	cost, _ := graphql.GetOperationContext(ctx).Stats.GetExtension(costName).(int)
	return cost
}

func (r *Resolver) rateLimit(ctx context.Context) (*model.RateLimit, error) {
	if err := access.SignedIn(ctx); err != nil {
		return nil, err
	}
	left, err := r.Budgets.Look(ctx)
	if err != nil {
		return nil, err
	}
	return &model.RateLimit{Cost: costOf(ctx), Limit: left.Limit, Remaining: left.Remaining, ResetAt: left.ResetAt}, nil
}
