package doctor

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/owgen/owgen/generator/settings"
)

// A taken range of addresses, and whose it is.
type taken struct {
	prefix netip.Prefix
	by     string
}

// checkSubnets finds subnets of the deployment that the machine uses for something else.
func (c *checkup) checkSubnets() {
	if c.unanswered("subnets") {
		return
	}
	var all []taken
	for _, n := range c.Plan.Networks {
		all = append(all, taken{n.Subnet, "network.pool"})
	}
	for _, s := range c.started() {
		for _, d := range s.Settings {
			if subnet, err := netip.ParsePrefix(c.Plan.Values.String(d.Key)); err == nil && d.Type == settings.CIDR && strings.HasSuffix(d.Key, ".subnet") {
				all = append(all, taken{subnet, d.Key})
			}
		}
	}
	others, err := c.othersRanges()
	if err != nil {
		c.add("subnets", Unknown, "the routes of this machine cannot be read: "+err.Error(), "compare `ip route` with network.pool "+c.Plan.Pool.String())
	}
	overlaps := map[string][]string{} // by the setting that moves them, which is said once
	var moved []string
	reported := map[string]bool{}
	for _, own := range all {
		for _, other := range others {
			if key := own.by + other.by; own.prefix.Overlaps(other.prefix) && !reported[key] {
				reported[key] = true
				if overlaps[own.by] == nil {
					moved = append(moved, own.by)
				}
				overlaps[own.by] = append(overlaps[own.by], fmt.Sprintf("%s overlaps %s of %s", own.prefix, other.prefix, other.by))
			}
		}
	}
	for _, by := range moved {
		hint := "move it with the setting " + by
		if by == "network.pool" {
			hint += suggestion(others)
		}
		c.add("subnets", Problem, strings.Join(overlaps[by], "; "), hint)
	}
	if len(moved) == 0 && len(all) > 0 && err == nil && !c.remote() {
		c.add("subnets", OK, fmt.Sprintf("%s overlaps nothing here", c.Plan.Pool), "")
	}
}

// othersRanges are the subnets of other networks of the engine and the machine's own routes.
func (c *checkup) othersRanges() ([]taken, error) {
	var out []taken
	bridges := map[string]bool{}
	for _, n := range c.engine.Networks {
		bridges[n.Bridge] = true
		for _, subnet := range n.Subnets {
			if n.Project != c.Plan.Project || c.onlyStrangers() {
				out = append(out, taken{subnet, c.words.Network + " " + n.Name})
			}
		}
	}
	if c.elsewhere("subnets") {
		return out, nil
	}
	routes, err := c.machine.Routes()
	for _, r := range routes {
		if r.To.Bits() > 1 && !bridges[r.Device] { // not the default route, also not in the halves that VPNs make of it
			out = append(out, taken{r.To, "the route to " + r.To.String() + " by " + r.Device})
		}
	}
	return out, err
}

// suggestion names a range that nothing here uses.
func suggestion(others []taken) string {
	for second := 31; second >= 16; second-- {
		free := true
		candidate := netip.PrefixFrom(netip.AddrFrom4([4]byte{172, byte(second), 0, 0}), 16)
		for _, o := range others {
			free = free && !candidate.Overlaps(o.prefix)
		}
		if free {
			return ", for example " + candidate.String()
		}
	}
	return ""
}
