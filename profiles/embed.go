// Package profiles embeds the named profiles.
package profiles

import "embed"

// FS holds NAME.yaml for each profile.
//
//go:embed *.yaml
var FS embed.FS
