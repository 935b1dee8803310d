// Package schema describes the data by hand, one entity a type: fields, edges, indexes and policy. No hooks.
package schema

// Node marks an entity that the API shows with a global ID.
type Node struct{}

// Name of the annotation.
func (Node) Name() string { return "Node" }
