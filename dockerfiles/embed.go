// Package dockerfiles embeds the service folders: one folder a service, with everything about it.
package dockerfiles

import "embed"

// FS holds the service folders and _shared.
//
//go:embed all:_shared */service.yaml */*.tmpl all:*/files/* */lists/*
var FS embed.FS
