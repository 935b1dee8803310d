// Package frontend carries the built single-page app into the binary.
package frontend

import "embed"

// Dist holds what `npm run build` left in dist/, below that name. Without a build it holds the placeholder
// only, so that Go builds without Node; index.html is then missing.
//
//go:embed all:dist
var Dist embed.FS
