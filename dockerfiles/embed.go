// Package dockerfiles embeds the service folders: one folder a service, with everything about it.
package dockerfiles

import "embed"

// FS holds the service folders, _shared, and in _import what only owgen import reads.
//
//go:embed all:_shared all:_import */service.yaml */*.tmpl all:*/files/* */runbook/* */lists/*
var FS embed.FS
