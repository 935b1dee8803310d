package graph

import (
	"context"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"

	"roster/ent/viewer"
	"roster/graph/directive"
	"roster/graph/generated"
	"roster/graph/limit"
	"roster/graph/transport"
)

// keptDocuments is how many bytes of query text are kept parsed and validated.
const keptDocuments = 512 << 10

// directives are the guards as the executor wants them.
func directives(now func() time.Time) generated.DirectiveRoot {
	g := directive.Guards{Now: now, Refused: collectRefusal}
	return generated.DirectiveRoot{
		Public: g.Public, Authenticated: g.Authenticated, Person: g.Person, Staff: g.Staff,
		Personal: g.Personal, Sudo: g.Sudo, Alone: g.Alone,
		Enrolling: g.Enrolling,
	}
}

// Handler serves the API over HTTP. The request's context must carry a viewer, as signin.Middleware puts there.
func Handler(r *Resolver, now func() time.Time) http.Handler {
	return guardedBy(r, directives(now), now)
}

func guardedBy(r *Resolver, guards generated.DirectiveRoot, now func() time.Time) http.Handler {
	limits := limit.New(limit.Defaults)
	limits.Introspection = func(ctx context.Context) bool { return viewer.From(ctx).SignedIn() }
	limits.Spend = r.spend

	srv := handler.New(generated.NewExecutableSchema(generated.Config{Schema: Contract(), Resolvers: r, Directives: guards}))
	over := transport.Defaults
	over.Keys = keys{r.Keys}
	srv.AddTransport(over)
	srv.SetQueryCache(limit.NewQueryCache(keptDocuments))
	srv.SetDisableSuggestion(true)
	srv.SetValidationRulesFn(limit.Rules(transport.MostErrors))
	srv.Use(&enums{}) // before the limits: what it refuses costs nothing
	srv.Use(limits)
	srv.SetErrorPresenter(presentError)
	srv.SetRecoverFunc(recovered)
	srv.AroundOperations(r.tellCost)
	srv.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		return r.recordRefusals(ctx, now, next)
	})
	srv.AroundRootFields(refuseUnguarded)
	srv.AroundRootFields(r.inTurn)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		srv.ServeHTTP(w, req.WithContext(r.withLoaders(req.Context())))
	})
}
