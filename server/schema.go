package main

import (
	"bufio"
	"os"

	"roster/graph"
)

// schemaCmd prints the API's contract.
type schemaCmd struct{}

// Run prints it.
func (schemaCmd) Run() error {
	out := bufio.NewWriter(os.Stdout)
	graph.PrintContract(out)
	return out.Flush()
}
