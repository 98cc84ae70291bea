// Package web holds what is sent or rendered as it is: templates, static files and the catalogs of messages.
// It contains no logic; api renders and serves it.
package web

import "embed"

// FS holds templates/, static/ and locales/.
//
//go:embed all:static all:templates locales
var FS embed.FS
