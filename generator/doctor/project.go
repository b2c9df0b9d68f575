package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// checkProject finds another bundle under the same project name: Compose would take its containers for those of this one, and
// replace them.
func (c *checkup) checkProject() {
	var folders, gone []string
	for _, o := range c.engine.Containers {
		if o.Project != c.Plan.Project || o.Folder == "" || slices.Contains(folders, o.Folder) {
			continue
		}
		folders = append(folders, o.Folder)
		if c.Folder == "" || c.here(o.Folder) {
			continue
		}
		if _, err := c.machine.Folder(o.Folder); errors.Is(err, fs.ErrNotExist) && !c.remote() {
			gone = append(gone, o.Folder) // this one was moved, or that one was deleted: there is nobody else to ask
			continue
		}
		c.strange = append(c.strange, o.Folder)
	}
	const hint = "set project to another name, or work there"
	switch {
	case c.several():
		c.strange = nil // they run under the Swarm's or the cluster's names
	case len(c.strange) > 0 && c.remote(): // another machine may have called Compose, with the same bundle
		c.add("project", Warning, fmt.Sprintf("project %s has containers that were started in %s: if that is another bundle, they are replaced", c.Plan.Project, strings.Join(c.strange, ", ")), hint)
		c.strange = nil // nobody knows
	case len(c.strange) > 0:
		c.add("project", Problem, fmt.Sprintf("project %s already runs from %s: what is started here replaces its containers", c.Plan.Project, strings.Join(c.strange, ", ")), hint)
	case len(gone) > 0:
		c.add("project", Warning, fmt.Sprintf("project %s has containers that were started in %s, which is no longer there", c.Plan.Project, strings.Join(gone, ", ")),
			"right if this bundle was moved from there; if not, set project to another name")
	case c.Folder == "" && len(folders) == 1: // of a profile, which may be another bundle's or become that one's
		c.add("project", Warning, fmt.Sprintf("project %s already has containers, which were started in %s", c.Plan.Project, folders[0]),
			"for a second deployment, set project to another name; about that one, `owgen doctor "+folders[0]+"` says more")
	case len(folders) > 1:
		c.add("project", Problem, fmt.Sprintf("containers of the project %s come from several folders: %s", c.Plan.Project, strings.Join(folders, ", ")),
			"give one of the bundles another name with the setting project")
	}
}

// here tells whether a folder is the bundle's, by whatever way it is named.
func (c *checkup) here(folder string) bool {
	if folder == c.Folder {
		return true
	}
	theirs, err := c.machine.Folder(folder)
	if err != nil {
		return false
	}
	own, err := c.machine.Folder(c.Folder)
	return err == nil && own == theirs
}

// owns tells whether a container is the bundle's: another bundle with its project name is a stranger.
func (c *checkup) owns(o Container) bool {
	return o.Project == c.Plan.Project && !slices.Contains(c.strange, o.Folder)
}

// runs says whether something of the bundle runs already, and so has its memory.
func (c *checkup) runs() bool {
	return c.engine != nil && slices.ContainsFunc(c.engine.Containers, func(o Container) bool { return o.Running && c.owns(o) })
}

// onlyStrangers says that all that the engine has under the project's name is another bundle's.
func (c *checkup) onlyStrangers() bool {
	return len(c.strange) > 0 && !slices.ContainsFunc(c.engine.Containers, c.owns)
}
