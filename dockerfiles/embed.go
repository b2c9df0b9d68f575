// Package dockerfiles embeds the service folders: one folder a service, with everything about it.
package dockerfiles

import "embed"

// FS holds the service folders and _shared.
//
//go:embed all:*
var FS embed.FS
