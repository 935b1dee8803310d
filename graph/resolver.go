// Package graph is the API. It guards and translates; what happens is decided in internal.
package graph

//go:generate go tool gqlgen generate

import (
	"roster/internal/accounts"
	"roster/internal/factors"
	"roster/internal/members"
	"roster/internal/recovery"
	"roster/internal/signin"
	"roster/internal/staff"
	"roster/internal/users"
)

// Resolver holds the activities that the resolvers call.
type Resolver struct {
	Users    *users.Service
	Accounts *accounts.Service
	Members  *members.Service
	Staff    *staff.Service
	SignIns  *signin.Service
	Factors  *factors.Service
	Recovery *recovery.Service

	// Version is that of the program.
	Version string
}
