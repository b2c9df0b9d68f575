package doctor

import (
	"fmt"
	"time"

	"github.com/owgen/owgen/generator/catalog"
)

// oldImages is how long Debian's updates may wait: its point releases are two months apart, security updates days.
const oldImages = 30 * 24 * time.Hour

// An Image was built by owgen's Dockerfiles for a service.
type Image struct {
	Service string
	Made    time.Time
}

// checkUpdates says how old the packages in the images are: updates come with a build under another name only.
func (c *checkup) checkUpdates() {
	if c.engine == nil {
		return
	}
	var made time.Time
	for _, s := range c.Plan.Services {
		if s.Role != catalog.RoleImage || s.Image.From != "" {
			continue
		}
		for _, image := range c.engine.Images {
			if image.Service == s.Name && image.Made.After(made) {
				made = image.Made
			}
		}
	}
	if made.IsZero() {
		return // nothing was built here
	}
	now := c.machine.Now()
	said := "the images have Debian's packages of " + made.UTC().Format(time.DateOnly)
	hint := "owgen generate --set build.debian_updates=" + now.UTC().Format(time.DateOnly) + " --save && " + c.words.Rebuild
	if snapshot := c.Plan.Values.String("build.apt_snapshot"); snapshot != "" {
		if at, err := time.Parse("20060102T150405Z", snapshot); err == nil && at.Before(made) {
			made = at
			said = "the images have Debian's packages of " + made.Format(time.DateOnly) + ", where build.apt_snapshot holds them"
			hint = "move build.apt_snapshot (and build.debian_digest) in owgen.yaml, then owgen generate && " + c.words.Rebuild
		}
	}
	days := int(now.Sub(made).Hours()) / 24
	if now.Sub(made) > oldImages {
		c.add("updates", Warning, fmt.Sprintf("%s, %d days old: updates of Debian did not arrive since", said, days), hint)
		return
	}
	c.add("updates", OK, fmt.Sprintf("%s, %d days old", said, max(days, 0)), "")
}
