// Package graph is the API. It guards and translates; what happens is decided in internal.
package graph

//go:generate go tool gqlgen generate

import (
	"roster/internal/accounts"
	"roster/internal/activity"
	"roster/internal/addresses"
	"roster/internal/audit"
	"roster/internal/budget"
	"roster/internal/factors"
	"roster/internal/idempotency"
	"roster/internal/invitations"
	"roster/internal/mail"
	"roster/internal/members"
	"roster/internal/passkeys"
	"roster/internal/passwords"
	"roster/internal/questions"
	"roster/internal/recovery"
	"roster/internal/registration"
	"roster/internal/settings"
	"roster/internal/signin"
	"roster/internal/staff"
	"roster/internal/tokens"
	"roster/internal/users"
	"roster/internal/verification"
)

// Resolver holds the activities that the resolvers call.
type Resolver struct {
	Users    *users.Service
	Accounts *accounts.Service
	Members  *members.Service
	Staff    *staff.Service
	SignIns  *signin.Service
	Factors  *factors.Service
	Passkeys *passkeys.Service
	// Passwords are users' own; what somebody signs in with is SignIns'.
	Passwords *passwords.Service
	Recovery  *recovery.Service

	Addresses    *addresses.Service
	Registration *registration.Service
	Questions    *questions.Service
	// Choices are the settings.
	Choices     *settings.Service
	Mails       *mail.Gallery
	Acts        *activity.Service
	Invitations *invitations.Service
	Tokens      *tokens.Service
	Budgets     *budget.Service
	// Refusals is where what guards refuse is recorded.
	Refusals *audit.Refusals
	// Identity is how people prove who they are, and Notices the address that the services which check it send their
	// messages to, without their names.
	Identity *verification.Service
	Notices  string
	// Keys are those that clients send with mutations, so that these are made once.
	Keys *idempotency.Service

	// Version is that of the program.
	Version string
}
