package doctor

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/owgen/owgen/generator/catalog"
)

const (
	mib = 1 << 20
	gib = 1 << 30
	// tightDisk and littleDisk are what is left at which the first start, which builds all images, is at risk, or fails.
	tightDisk  = 15 * gib
	littleDisk = 6 * gib
	// drift is how far the engine's clock may be from this one.
	drift = 5 * time.Second
)

// checkMemory compares the limits of all services with what there is.
func (c *checkup) checkMemory() {
	var sum uint64
	for _, s := range c.started() {
		if s.Role != catalog.RoleJob { // jobs are done before most others start
			sum += bytes(c.Plan.Values.String("resources." + s.Name + ".memory"))
		}
	}
	limits := fmt.Sprintf("the services' limits add up to %s", size(sum))
	hint := "use a larger machine, or set modules.* or resources.*.memory lower"
	if c.engine != nil {
		switch total := c.engine.Memory; {
		case total < sum/2:
			c.add("memory", Problem, fmt.Sprintf("%s, and the engine has %s", limits, size(total)), hint)
			return
		case total < sum:
			c.add("memory", Warning, fmt.Sprintf("%s, and the engine has %s: enough for most, not for all at their limits", limits, size(total)), hint)
			return
		}
	}
	if c.remote() {
		c.add("memory", OK, fmt.Sprintf("%s, and the engine has %s", limits, size(c.engine.Memory)), "")
		return
	}
	available, err := c.machine.Memory()
	switch {
	case err != nil && c.engine == nil:
		c.add("memory", Unknown, limits+", and nobody can tell what there is: "+err.Error(), "")
	case err == nil && available < sum/3 && c.engine == nil: // a part may be the deployment's own
		c.add("memory", Unknown, fmt.Sprintf("%s, and only %s is not in use: whether by the deployment itself, no engine answers", limits, size(available)), "")
	case err == nil && available < sum/3 && !c.runs():
		c.add("memory", Warning, fmt.Sprintf("%s, and only %s is not in use", limits, size(available)), "stop other programs, or "+hint)
	default:
		c.add("memory", OK, limits+", and there is enough", "")
	}
}

func (c *checkup) checkDisk() {
	if c.engine == nil || c.elsewhere("disk") {
		return
	}
	free, err := c.machine.Free(c.engine.Root)
	hint := c.words.MakeRoom
	switch {
	case err != nil:
		c.add("disk", Unknown, c.engine.Root+" cannot be looked at: "+err.Error(), "run `owgen doctor` as root")
	case free < littleDisk:
		c.add("disk", Problem, fmt.Sprintf("%s has %s left, too little to build the images", c.engine.Root, size(free)), hint)
	case free < tightDisk:
		c.add("disk", Warning, fmt.Sprintf("%s has %s left, which images and the database will soon need", c.engine.Root, size(free)), hint)
	default:
		c.add("disk", OK, fmt.Sprintf("%s has %s left", c.engine.Root, size(free)), "")
	}
}

// checkClock wants a clock that is right: certificates, logins and charts depend on it.
func (c *checkup) checkClock() {
	now := c.machine.Now()
	if !c.Made.IsZero() && now.Before(c.Made.Add(-drift)) {
		c.add("clock", Problem, fmt.Sprintf("it is %s here, before this bundle was made", stamp(now)), "set the clock; certificates are not valid yet for it")
		return
	}
	if c.engine != nil && !c.engine.Time.IsZero() {
		if off := now.Sub(c.engine.Time).Abs(); off > drift {
			c.add("clock", Problem, fmt.Sprintf("the engine's clock is %s away from this one", off.Round(time.Second)), "synchronise both (chrony, systemd-timesyncd); a virtual machine that slept needs a restart")
			return
		}
	}
	if c.remote() {
		c.add("clock", OK, "the engine's is like this one", "")
		return
	}
	switch synchronized, err := c.machine.Synchronized(); {
	case err != nil:
		c.add("clock", Unknown, "nobody can tell whether the clock is synchronised: "+err.Error(), "")
	case !synchronized:
		c.add("clock", Warning, "the clock is not synchronised", "install chrony, or switch systemd-timesyncd on: `timedatectl set-ntp true`")
	default:
		c.add("clock", OK, "synchronised", "")
	}
}

// bytes reads a size such as 512M.
func bytes(text string) uint64 {
	factor := uint64(1)
	if text != "" {
		if i := strings.IndexByte("kmg", text[len(text)-1]|0x20); i >= 0 {
			factor, text = 1<<(10*(i+1)), text[:len(text)-1]
		}
	}
	n, _ := strconv.ParseUint(text, 10, 64) // the schema has checked it
	return n * factor
}

func size(n uint64) string {
	if n < gib {
		return fmt.Sprintf("%d MiB", n/mib)
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/gib)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
