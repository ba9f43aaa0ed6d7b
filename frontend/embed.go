// Package frontend carries the built single-page app, so that one binary
// serves the API and the app. dist/ holds only .keep until the app is built.
package frontend

import "embed"

// Dist is the build output of the app, rooted at "dist".
//
//go:embed all:dist
var Dist embed.FS
