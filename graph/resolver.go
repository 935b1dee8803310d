// Package graph is the API. It guards and translates; what happens is decided in internal.
package graph

//go:generate go tool gqlgen generate

// Resolver holds the activities that the resolvers call.
type Resolver struct {
}
