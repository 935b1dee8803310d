// Package limit weighs a query before any resolver runs, and refuses what would cost too much (security.md #58-#60).
//
// What can be known from the text alone is worked out once for each text and operation and kept; a request then pays
// for a look-up, for its page sizes and for one multiplication per page. No walk is ever longer than the text: each
// fragment is weighed once, however often it is spread. Directives that may leave something out (@skip, @include) do
// not make it cheaper.
package limit

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roster/internal/fault"
)

// Limits is what one request may ask for. Every number is the largest that passes.
type Limits struct {
	// QueryBytes is the length of the text, and Tokens the number of its lexical tokens, comments included.
	QueryBytes, Tokens int
	// Depth counts fields inside fields, fragments flattened; introspection has a rule of its own.
	Depth int
	// Operations, Fragments, InlineFragments, Aliases and Directives count in the whole text, RootFields in one operation with
	// fragments flattened.
	Operations, Fragments, InlineFragments, Aliases, Directives, RootFields int
	// NameBytes is the length of any name in the text, and ValueDepth how deep lists and objects nest in a value there.
	NameBytes, ValueDepth int
	// Comparisons is how many pairs of fields of one name come to lie in one place, fragments flattened: in what each
	// operation and each fragment definition reaches, and again in each inline fragment there, for validation compares each
	// pair, and the arguments of the one with those of the other. What is passed on the way counts 1.
	Comparisons int
	// PageSize is the largest first or last; one of them is needed wherever a field has them.
	PageSize int
	// ListItems is the length of any list in the input, and VariableBytes the size of all variables as JSON.
	ListItems, VariableBytes int
	// Cost is the number of objects that the answer may hold: a page counts its first or last, each row with all
	// objects in it. Scalars, edges, nodes and pageInfo are free. Of the schema, 20 fields count 1.
	Cost int
	// ListLength is what a list of objects counts that has neither pages nor an argument to tell its length.
	ListLength int
	// Long are such lists that are longer, as Type.field, with their length.
	Long map[string]int
	// Introspection is how much of the schema itself an answer may hold: the fields asked for, each counted once for every
	// type, field or argument that it is asked of.
	Introspection int
	// KeepBytes is how many bytes of query text the extension remembers its findings for.
	KeepBytes int
}

// Defaults are the limits of security.md #58 and #59.
var Defaults = Limits{
	QueryBytes: 16 << 10, Tokens: 1000,
	Depth:      12,
	Operations: 10, Fragments: 20, InlineFragments: 20, Aliases: 15, Directives: 10, RootFields: 10,
	NameBytes: 100, ValueDepth: 8,
	Comparisons: 5000, // a millisecond or two of validation, and ten megabytes when all of them conflict
	PageSize:    100,
	ListItems:   100, VariableBytes: 128 << 10,
	Cost:       5000,
	ListLength: 10,
	Long: map[string]int{
		"AccountDeletion.orphanedUsers":      100,
		"ApiToken.scopes":                    50,
		"IdentityVerification.history":       50,
		"SaveMembershipsPayload.memberships": 100,
		"SaveMembershipsPayload.present":     100,
		"User.sessions":                      20,
		"Viewer.passkeys":                    20,
		"Viewer.trustedDevices":              20,
	},
	// What GraphiQL and the generators of clients ask for comes to some 24,000.
	Introspection: 60_000,
	KeepBytes:     512 << 10,
}

// Extension enforces Limits in a gqlgen server: srv.Use(limit.New(limit.Defaults)). Its refusals carry the code
// TOO_COMPLEX, or INVALID where a page size or an @alone field is at fault.
type Extension struct {
	// Introspection says who may read the schema (#61); the others are answered UNAUTHENTICATED. Nil leaves that
	// decision to another extension.
	Introspection func(context.Context) bool
	// Spend takes what an operation costs, at least 1, from the viewer's budget; its refusal is that of the operation. It
	// is asked last: what is refused otherwise costs nothing. Nil: there are no budgets.
	Spend func(ctx context.Context, op *graphql.OperationContext, cost int) *gqlerror.Error

	limits Limits
	schema *ast.Schema
	plans  *lru[planKey, *plan]
	// readers has an item for each operation that reads much of the schema at present.
	readers chan struct{}
}

type planKey struct{ query, operation string }

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
	graphql.OperationContextMutator
	graphql.ResponseInterceptor
} = (*Extension)(nil)

// mostReaders is how many operations may read much of the schema at once: all of it makes some ten megabytes, which are held
// until there is an answer.
const mostReaders = 2

// littleOfSchema is how many of its fields are not much yet: they make some hundred kilobytes, and who asks for them waits
// for nobody.
const littleOfSchema = 500

// New returns the extension that enforces l.
func New(l Limits) *Extension {
	return &Extension{limits: l, plans: newLRU[planKey, *plan](l.KeepBytes), readers: make(chan struct{}, mostReaders)}
}

// ExtensionName is what gqlgen calls it.
func (*Extension) ExtensionName() string { return "Limits" }

// Validate refuses limits that would let everything, or nothing, through.
func (x *Extension) Validate(s graphql.ExecutableSchema) error {
	l := x.limits
	for _, n := range []int{
		l.QueryBytes, l.Tokens, l.Depth, l.Operations, l.Fragments, l.InlineFragments, l.Aliases, l.Directives, l.RootFields,
		l.NameBytes, l.ValueDepth, l.Comparisons, l.PageSize, l.ListItems, l.VariableBytes, l.Cost, l.ListLength, l.Introspection, l.KeepBytes,
	} {
		if n < 1 {
			return errors.New("limit: every limit must be at least 1")
		}
	}
	x.schema = s.Schema()
	return nil
}

// MutateOperationParameters refuses by size, before anything is parsed, and by what can be counted in the text, before it
// is validated: what validation costs grows with the square of what is repeated.
func (x *Extension) MutateOperationParameters(_ context.Context, p *graphql.RawParams) *gqlerror.Error {
	if len(p.Query) > x.limits.QueryBytes {
		return tooComplex(nil, "The query is longer than %d bytes.", x.limits.QueryBytes)
	}
	// A text that was weighed before passed here before.
	if !x.plans.has(planKey{p.Query, p.OperationName}) {
		if r := x.limits.scanText(p.Query); r != nil {
			return r.err()
		}
		if r := x.limits.countText(p.Query); r != nil {
			return r.err()
		}
	}
	return x.limits.checkVariables(p.Variables)
}

// MutateOperationContext refuses by what a validated document asks for.
func (x *Extension) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	key := planKey{op.RawQuery, op.OperationName}
	p, ok := x.plans.get(key)
	if !ok {
		p = x.limits.plan(x.schema, op.Operation)
		x.plans.add(key, p, len(key.query)+len(key.operation))
	}
	if p.refusal != nil {
		return p.refusal.err()
	}
	if p.introspects && x.Introspection != nil && !x.Introspection(ctx) {
		return refusal{code: fault.Unauthenticated, message: "Sign in to read the schema."}.err()
	}
	cost, refused := x.limits.check(p, op.Variables)
	if refused == nil && x.Spend != nil {
		refused = x.Spend(ctx, op, int(max(1, cost)))
	}
	if refused != nil {
		return refused
	}
	x.admit(op, p)
	return nil
}

// admit is for what nothing refuses: the answer to what is refused comes through InterceptResponse too, and waits for
// nobody.
func (x *Extension) admit(op *graphql.OperationContext, p *plan) {
	if p.introspects && x.Introspection != nil {
		op.DisableIntrospection = false
	}
	if p.ofSchema > littleOfSchema {
		op.Stats.SetExtension(x.ExtensionName(), reader{})
	}
}

// reader marks an operation that reads much of the schema.
type reader struct{}

// InterceptResponse lets those who read much of the schema wait for each other. Nil: their time was over before it was their
// turn.
func (x *Extension) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	if graphql.GetOperationContext(ctx).Stats.GetExtension(x.ExtensionName()) == nil {
		return next(ctx)
	}
	select {
	case x.readers <- struct{}{}:
		defer func() { <-x.readers }()
		return next(ctx)
	case <-ctx.Done():
		return nil
	}
}
