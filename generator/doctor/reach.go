package doctor

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// patience is how long a name may take to resolve.
const patience = 4 * time.Second

// checkForwarding finds settings of the engine under which published ports don't work, or hide who calls.
func (c *checkup) checkForwarding() {
	if c.engine == nil {
		return
	}
	c.results = append(c.results, c.engine.Publishing(c.published())...)
}

// published tells on which kinds of addresses ports are published.
func (c *checkup) published() (v4, v6 bool) {
	for _, s := range c.started() {
		for _, port := range s.Ports {
			address, err := netip.ParseAddr(port.Address)
			v4 = v4 || err == nil && address.Is4()
			v6 = v6 || err == nil && address.Is6()
		}
	}
	return v4, v6
}

// checkNames resolves the public names.
func (c *checkup) checkNames(ctx context.Context) {
	names := c.publicNames()
	own, _ := c.machine.Addresses()
	results := make([]Result, len(names))
	var group sync.WaitGroup
	for i, name := range names {
		group.Go(func() { results[i] = c.checkName(ctx, name, own) })
	}
	group.Wait()
	c.results = append(c.results, results...)
}

// publicNames are the names under which something is published: those of routes, and those that a port is
// named after (hosts.NAME).
func (c *checkup) publicNames() []string {
	var names []string
	for _, r := range c.Plan.Routes {
		names = append(names, r.Host)
	}
	for _, s := range c.started() {
		for _, p := range s.Ports {
			if host := c.Plan.Hosts[p.Name]; host != "" {
				names = append(names, host)
			}
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool {
		_, err := netip.ParseAddr(name)
		return err == nil
	})
}

func (c *checkup) checkName(ctx context.Context, name string, own []netip.Addr) Result {
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return Result{"names", OK, name + " is this machine, for browsers on it", ""}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	addresses, err := c.machine.Lookup(ctx, name)
	acme := c.Plan.Values.String("tls.mode") == "acme"
	if err != nil || len(addresses) == 0 {
		result := Result{"names", Warning, name + " does not resolve here", "add it to the DNS, or to /etc/hosts of whoever is to reach it"}
		if acme {
			result.State, result.Hint = Problem, "add it to the public DNS: the ACME authority has to reach this machine by it"
		}
		return result
	}
	local := slices.ContainsFunc(addresses, func(a netip.Addr) bool { return slices.Contains(own, a.Unmap()) || a.IsLoopback() })
	publishedV4, publishedV6 := c.published()
	v6 := slices.ContainsFunc(addresses, func(a netip.Addr) bool { return a.Is6() && !a.Is4In6() })
	if v6 && publishedV4 && !publishedV6 && (local || acme) {
		return Result{"names", Warning, fmt.Sprintf("%s has an IPv6 address, and ports are published on IPv4 alone", name), "take the AAAA record out, or set publish.address to an IPv6 address"}
	}
	if !local && !c.remote() && !c.several() {
		return Result{"names", OK, fmt.Sprintf("%s is %s, which is no address of this machine: right behind a proxy or NAT", name, join(addresses)), ""}
	}
	return Result{"names", OK, name + " is " + join(addresses), ""}
}

func join(addresses []netip.Addr) string {
	var out []string
	for _, a := range addresses {
		out = append(out, a.String())
	}
	return strings.Join(out, ", ")
}

// checkVolumes finds volumes that were made with other credentials than those in secrets/: their services would
// refuse the new ones.
func (c *checkup) checkVolumes() {
	if c.engine == nil || len(c.engine.Volumes) == 0 {
		return
	}
	hint := "put the secrets back from a backup; or, if nothing in these volumes is needed, " + c.words.RemoveVolumes + "; or give the bundle another name with the setting project"
	var names []string
	newest := time.Time{}
	for _, v := range c.engine.Volumes {
		names = append(names, v.Name)
		if v.Made.After(newest) {
			newest = v.Made
		}
	}
	list := strings.Join(names, ", ")
	inUse := slices.ContainsFunc(c.engine.Containers, c.owns)
	oldest := time.Time{} // of the secrets that are there
	for _, s := range c.Secrets {
		if !s.Made.IsZero() && (oldest.IsZero() || s.Made.Before(oldest)) {
			oldest = s.Made
		}
	}
	switch {
	case c.onlyStrangers():
		c.add("volumes", Problem, fmt.Sprintf("those with the project's name are of %s: %s", strings.Join(c.strange, ", "), list), "give this bundle another name with the setting project, and they stay that one's")
	case oldest.IsZero():
		c.add("volumes", Problem, "there are volumes of an earlier installation, and no secrets that fit them: "+list, hint)
	case oldest.After(newest.Add(time.Minute)) && !inUse:
		c.add("volumes", Problem, fmt.Sprintf("all secrets were made after these volumes, on %s: %s", stamp(oldest), list), hint)
	case oldest.After(newest.Add(time.Minute)):
		c.add("volumes", Unknown, fmt.Sprintf("all secrets were made after these volumes, which are in use: whether they fit, only the services know: %s", list),
			"right if the files were copied or every password was changed; if not, put the secrets back from a backup before the next start")
	default:
		c.add("volumes", OK, fmt.Sprintf("%d, as old as the secrets or younger", len(names)), "")
	}
}
