package output

import (
	"path"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
)

// needed finds out whether what images are built from is there. What the bundle's own folder lacks, no clone of it
// has, and no machine can build it; another place may be filled on the machine that builds.
func (c *inspection) needed() error {
	for _, n := range c.bundle.Needed {
		f := diag.Finding{Rule: ruleNeeded, File: n.Path}
		if outside(n.Path) {
			f.Severity = diag.Warning
		}
		what := "file"
		if n.Folder {
			what = "folder"
		}
		info, err := c.disk.stat(n.Path)
		switch {
		case absent(err):
			f.Message = "it is not there, and images are built from it"
			f.Hint = "put the " + what + " there" + beginning(n.Path) + ", or take the setting back"
		case err != nil:
			return err
		case n.Folder && !info.IsDir(), !n.Folder && !info.Mode().IsRegular():
			f.Severity, f.Message, f.Hint = diag.Error, "it is no "+what, "name a "+what+", or put one there"
		case !n.Folder && info.Size() == 0:
			f.Severity, f.Message, f.Hint = diag.Error, "the file is empty", "put its content there, or take the setting back"
		default:
			continue
		}
		if n.Asked.File != "" {
			f.Message = n.Path + ": " + f.Message
		}
		c.NeededFindings.Add(f.At(n.Asked))
	}
	return nil
}

// outside tells whether a path of the user's leads out of the bundle.
func outside(p string) bool {
	clean := path.Clean(p)
	return path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../")
}

// beginning reminds of where a path begins that may be meant from somewhere else.
func beginning(p string) string {
	if path.IsAbs(p) || bundle.Within(p, bundle.SecretsFolder) {
		return ""
	}
	return " (the path begins at the bundle's folder)"
}
