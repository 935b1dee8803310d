// Package ent holds the data: schema and rules by hand, the rest generated into ent/generated.
package ent

//go:generate go run ./entc.go
