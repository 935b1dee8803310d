// Package migrations carries the versioned SQL, one folder per dialect. Forward only; each step must be safe while
// the previous version of the program still runs.
package migrations

import "embed"

// Files holds the folders sqlite and postgres.
//
//go:embed sqlite/*.sql postgres/*.sql
var Files embed.FS
