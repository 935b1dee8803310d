package graph

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/graph/generated/model"
	"roster/internal/access"
)

// costHeader is how a client asks for extensions.cost: 1, or only to have the operation weighed and not run.
const costHeader = "Roster-Cost"

// costName is where an operation keeps what it costs.
const costName = "cost"

// costAsked is the value of the header, "" without one.
func costAsked(op *graphql.OperationContext) string {
	if values := op.Headers[costHeader]; len(values) == 1 {
		return values[0]
	}
	return ""
}

// spend takes the cost of an operation that will run from the viewer's budget.
func (r *Resolver) spend(ctx context.Context, op *graphql.OperationContext, cost int) *gqlerror.Error {
	op.Stats.SetExtension(costName, cost)
	if costAsked(op) == "only" {
		return nil
	}
	if err := r.Budgets.Spend(ctx, cost); err != nil {
		return presentError(ctx, err)
	}
	return nil
}

// tellCost adds extensions.cost for who asks for it, and runs nothing for who wants only that.
func (r *Resolver) tellCost(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	switch costAsked(graphql.GetOperationContext(ctx)) {
	case "only":
		return func(ctx context.Context) *graphql.Response {
			return r.withCost(ctx, &graphql.Response{Data: []byte("null")})
		}
	case "1":
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
