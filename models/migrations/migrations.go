// Package migrations holds the versioned schema, one folder a dialect. Steps are append-only: what has been released is never edited.
// They must not import the live models, which may have moved on since.
package migrations

import "embed"

// FS has the folders "sqlite" and "mysql".
//
//go:embed sqlite/*.sql mysql/*.sql
var FS embed.FS
