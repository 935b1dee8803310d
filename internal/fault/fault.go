// Package fault holds the errors that a client may see. Everything that is not a fault is our bug:
// the API logs it once and shows INTERNAL.
package fault

import (
	"errors"
	"strings"
	"time"
)

// Code says what kind of refusal a fault is. The first block goes into errors[].extensions.code, the second
// into UserError.code; both lists are closed (contract.graphql).
type Code string

// Refusals of the whole request or act.
const (
	Unauthenticated      Code = "UNAUTHENTICATED"
	Forbidden            Code = "FORBIDDEN"
	NotFound             Code = "NOT_FOUND"
	RateLimited          Code = "RATE_LIMITED"
	SudoRequired         Code = "SUDO_REQUIRED"
	SecondFactorRequired Code = "SECOND_FACTOR_REQUIRED"
	TryLater             Code = "TRY_LATER"
	TooComplex           Code = "TOO_COMPLEX"
	Internal             Code = "INTERNAL"
)

// Refusals of one field. Invalid and Conflict may also refuse a whole act.
const (
	Required   Code = "REQUIRED"
	Invalid    Code = "INVALID"
	Taken      Code = "TAKEN"
	TooShort   Code = "TOO_SHORT"
	TooLong    Code = "TOO_LONG"
	Weak       Code = "WEAK"
	Wrong      Code = "WRONG"
	NotAllowed Code = "NOT_ALLOWED"
	InUse      Code = "IN_USE"
	Conflict   Code = "CONFLICT"
	Expired    Code = "EXPIRED"
)

// Error is a refusal that a client may see. Message is a full sentence for people and never repeats what was typed.
type Error struct {
	Code    Code
	Message string
	// Field is the path of the input field concerned, empty when the refusal is about the act itself.
	Field []string
	// Permission is the permission that was missing; only with Forbidden.
	Permission string
	// Reasons are the facts that decided, as stable keys; only with Forbidden, for who belongs to the account, with Conflict
	// over an idempotency key, and with TryLater for who depends on a service elsewhere.
	Reasons []string
	// RetryAfter is how long to wait before another try can succeed; only with RateLimited, TryLater, and Conflict over an
	// idempotency key.
	RetryAfter time.Duration
	// Present holds values that a conflicting writer left behind, by field name; only with Conflict.
	Present map[string]any
}

func (e *Error) Error() string {
	if len(e.Field) > 0 {
		return strings.Join(e.Field, ".") + ": " + e.Message
	}
	return e.Message
}

// New makes a refusal of the whole act.
func New(code Code, message string) *Error { return &Error{Code: code, Message: message} }

// On makes a refusal of one input field; a dot in field separates path steps.
func On(field string, code Code, message string) *Error {
	return &Error{Code: code, Message: message, Field: strings.Split(field, ".")}
}

// Missing is the refusal for want of a permission.
func Missing(permission string) *Error {
	return &Error{Code: Forbidden, Message: "You do not have the permission that this needs.", Permission: permission}
}

// Gone is the one answer for "not there" and "not yours" (security.md #42).
func Gone(what string) *Error { return New(NotFound, "There is no such "+what+".") }

// Wait is a refusal that time heals.
func Wait(code Code, after time.Duration, message string) *Error {
	return &Error{Code: code, Message: message, RetryAfter: after}
}

// List is several refusals of one input, so that a form can show all of them at once.
type List []*Error

func (l List) Error() string {
	parts := make([]string, len(l))
	for i, e := range l {
		parts[i] = e.Error()
	}
	return strings.Join(parts, " ")
}

// Err is nil for an empty list, so that a check can end in `return problems.Err()`.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// Is reports whether err is, or holds, a fault with this code.
func Is(err error, code Code) bool {
	var one *Error
	if errors.As(err, &one) {
		return one.Code == code
	}
	var many List
	if errors.As(err, &many) {
		for _, e := range many {
			if e.Code == code {
				return true
			}
		}
	}
	return false
}
