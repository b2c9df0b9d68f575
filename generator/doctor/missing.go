package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// checkSecrets finds secrets whose files are not there. What runs does not notice: it has them mounted, until it starts anew.
func (c *checkup) checkSecrets() {
	var fresh, lost []string
	for _, s := range c.Secrets {
		switch {
		case !s.Made.IsZero():
		case s.New:
			fresh = append(fresh, s.Path)
		default:
			lost = append(lost, s.Path)
		}
	}
	effect := "containers that run keep what they have until their next start, which fails"
	if c.several() {
		effect = "what is deployed keeps what it has, and the next deployment fails"
	}
	all := len(c.Secrets) > 0 && len(fresh)+len(lost) == len(c.Secrets)
	switch {
	case all && len(lost) > 0:
		c.add("secrets", Problem, fmt.Sprintf("none of the %d secrets is there: %s", len(c.Secrets), effect),
			"restore secrets/ from the backup; for a deployment that has no data yet, such as a clone, `owgen generate` makes new ones")
	case len(lost) > 0:
		c.add("secrets", Problem, notThere(lost)+": "+effect, "restore from the backup, before anything is generated or started anew: a new secret does not fit the data")
	}
	if len(fresh) > 0 && !(all && len(lost) > 0) {
		c.add("secrets", Problem, notThere(fresh)+": nothing was generated with it yet", "`owgen generate` makes it")
	}
	if len(c.Secrets) > 0 && len(fresh)+len(lost) == 0 {
		c.add("secrets", OK, fmt.Sprintf("all %d files are there", len(c.Secrets)), "")
	}
}

func notThere(paths []string) string {
	if len(paths) == 1 {
		return paths[0] + " is not there"
	}
	return strings.Join(paths, ", ") + " are not there"
}

// checkBinds finds files and folders that services mount from the bundle or the machine, and that are not there.
func (c *checkup) checkBinds() {
	if c.several() || c.remote() {
		return
	}
	var gone []string
	for _, s := range c.started() {
		for _, b := range s.Binds {
			path := filepath.FromSlash(b.Source)
			if !filepath.IsAbs(path) {
				path = filepath.Join(c.Folder, path)
			}
			if _, err := c.machine.Folder(path); b.Source != "" && errors.Is(err, fs.ErrNotExist) {
				gone = append(gone, b.Source)
			}
		}
	}
	slices.Sort(gone)
	if gone = slices.Compact(gone); len(gone) > 0 {
		c.add("files", Problem, notThere(gone)+", and services mount it: containers that run keep what they have until their next start, which fails",
			"restore from git or the backup; `owgen generate` makes what was generated")
	}
}

// checkGone names what was generated and was deleted since.
func (c *checkup) checkGone() {
	if len(c.Gone) > 0 {
		c.add("files", Warning, "generated, and not there: "+strings.Join(c.Gone, ", "), "`owgen generate` writes them again")
	}
}
