package plan

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/secret"
	"github.com/owgen/owgen/generator/settings"
)

// check finds settings that are right each by itself and wrong together.
func (p *Plan) check() diag.List {
	var found diag.List
	found.Add(p.checkSubnets()...)
	found.Add(p.checkPorts()...)
	found.Add(p.checkNames()...)
	found.Add(p.checkShared()...)
	found.Add(p.checkNeeds()...)
	found.Add(p.checkTargets()...)
	if p.Values.String("tls.mode") == "proxy" && len(p.Values.Strings("tls.trusted_proxies")) == 0 {
		found.Add(p.Finding("plan/proxy-not-trusted", "tls.trusted_proxies", "is empty while tls.mode is proxy: every visitor would have the proxy's address",
			"name the proxy's network, for example [192.0.2.10/32]", "tls.mode"))
	}
	for _, s := range p.Services {
		for _, x := range s.Definition.Secrets {
			if x.Kind == secret.Provided && x.File != "" && p.holds(x.When) && len(x.When) > 0 && p.Values.String(x.File) == "" {
				found.Add(p.Finding("plan/file-missing", x.File, "must name a file: "+x.Description, "a path relative to the bundle, or an absolute one", slices.Sorted(maps.Keys(x.When))...))
			}
		}
	}
	return found
}

// checkSubnets finds subnets of settings that overlap the pool of the bundle's own networks.
func (p *Plan) checkSubnets() diag.List {
	var found diag.List
	if !p.Pool.IsValid() {
		return nil
	}
	for _, s := range p.Services {
		for _, d := range s.Settings {
			if d.Type != settings.CIDR || !strings.HasSuffix(d.Key, ".subnet") {
				continue
			}
			subnet, err := netip.ParsePrefix(p.Values.String(d.Key))
			if err == nil && subnet.Overlaps(p.Pool) {
				found.Add(p.Finding("plan/subnets-overlap", d.Key, fmt.Sprintf("%s overlaps network.pool %s", subnet, p.Pool), "move one of them", "network.pool"))
			}
		}
	}
	return found
}

// checkNeeds finds settings that mean nothing without another.
func (p *Plan) checkNeeds() diag.List {
	var found diag.List
	for _, d := range p.Values.Schema().All() {
		if d.Needs != "" && p.Values.String(d.Key) != "" && p.Values.String(d.Needs) == "" {
			found.Add(p.Finding("plan/needs-another", d.Key, "needs "+d.Needs+", which is not set", "set both, or none"))
		}
	}
	return found
}

// checkTargets finds settings of one engine that somebody gave to a bundle for another, where nobody reads them.
func (p *Plan) checkTargets() diag.List {
	var found diag.List
	for _, d := range p.Values.Schema().All() {
		engine, _, _ := strings.Cut(d.Key, ".")
		v, _ := p.Values.Get(d.Key)
		if (engine == TargetSwarm || engine == TargetKubernetes) && engine != p.Target() && v.Origin.Layer != "default" {
			f := p.Finding("plan/other-target", d.Key, "is set, and target is "+p.Target()+", so that nobody reads it", "remove it, or target: "+engine)
			f.Severity = diag.Warning
			found.Add(f)
		}
	}
	return found
}

// checkPorts finds two published ports that are one.
func (p *Plan) checkPorts() diag.List {
	var found diag.List
	type owned struct {
		Published
		service string
	}
	taken := map[string][]owned{}
	for _, s := range p.Services {
		for _, port := range s.Ports {
			key := fmt.Sprintf("%d/%s", port.Host, port.Protocol)
			this := owned{port, s.Name}
			at := slices.IndexFunc(taken[key], func(other owned) bool { return meet(other.Address, port.Address) })
			if at < 0 {
				taken[key] = append(taken[key], this)
				continue
			}
			other := taken[key][at]
			if p.before(this.Published.Published, other.Published.Published) {
				this, other = other, this
			}
			found.Add(p.Finding("plan/port-taken", this.Published.Published,
				fmt.Sprintf("%s is published by %s already (%s)", key, other.service, other.Published.Published), "choose another port for one of the two", other.Published.Published))
		}
	}
	return found
}

// checkNames finds two servers that clients are to find by one name: who is on the networks of both would meet either.
func (p *Plan) checkNames() diag.List {
	var found diag.List
	var named []Capability
	for _, c := range p.Capabilities {
		if c.External || c.offer.Host == "" || p.Service(c.Service) == nil {
			continue
		}
		at := slices.IndexFunc(named, func(o Capability) bool {
			return o.Service != c.Service && strings.EqualFold(o.Host, c.Host) && p.mistaken(o, c)
		})
		named = append(named, c)
		if at < 0 {
			continue
		}
		this, other := c, named[at]
		if p.before(this.offer.Host, other.offer.Host) {
			this, other = other, this
		}
		f := p.Finding("plan/name-taken", this.offer.Host, fmt.Sprintf("%s is the name of %s already (%s), and clients of the two find them by it", this.Host, other.Service, other.offer.Host),
			"choose another name for one of the two", other.offer.Host)
		if !slices.ContainsFunc(found, func(o diag.Finding) bool { return o.Path == f.Path }) {
			found.Add(f)
		}
	}
	return found
}

// mistaken tells whether somebody may meet one of two servers of one name in place of the other.
func (p *Plan) mistaken(a, b Capability) bool {
	return a.Network == b.Network || slices.ContainsFunc(p.Services, func(s *Service) bool {
		on := func(network string) bool {
			return slices.ContainsFunc(s.Networks, func(j Joined) bool { return j.Name == network })
		}
		asks := slices.ContainsFunc(s.Uses, func(u Use) bool {
			return !u.External && u.offer.Host != "" && (u.Service == a.Service || u.Service == b.Service)
		})
		return asks && on(a.Network) && on(b.Network)
	})
}

// checkShared finds public names that are one, and a path there that two services want: one of them would get nothing.
func (p *Plan) checkShared() diag.List {
	var found diag.List
	for i, r := range p.Routes {
		for _, wins := range p.Routes[:i] {
			if wins.HostKey == r.HostKey || wins.Path != r.Path || !strings.EqualFold(wins.Host, r.Host) {
				continue
			}
			loses := r
			if r.Main && !wins.Main {
				wins, loses = r, wins
			}
			if !p.missed(loses, wins) {
				continue
			}
			this, other := loses, wins
			if p.before("hosts."+this.HostKey, "hosts."+other.HostKey) {
				this, other = other, this
			}
			f := p.Finding("plan/name-taken", "hosts."+this.HostKey, fmt.Sprintf("%s is the name of %s already (hosts.%s), and both want %s there", this.Host, other.Service, other.HostKey, this.Path),
				"choose another name for one of the two", "hosts."+other.HostKey)
			if !slices.ContainsFunc(found, func(o diag.Finding) bool { return o.Path == f.Path }) {
				found.Add(f)
			}
		}
	}
	return found
}

// missed tells whether a route is missed where another one has its path. Nobody misses files that the other one hands out as well; and who has
// routes under the other's name too knows that the two may be one.
func (p *Plan) missed(r, other Route) bool {
	if r.Files != (catalog.Files{}) && r.Files == other.Files {
		return false
	}
	return !slices.ContainsFunc(p.Routes, func(o Route) bool { return o.Service == r.Service && o.HostKey == other.HostKey })
}

// layers are where values come from, the later ones counting.
var layers = []string{"default", "profile", "size", "file", "--set"}

// before tells whether a setting was given its value before another one was: whoever came last made what is wrong.
func (p *Plan) before(a, b string) bool {
	first, _ := p.Values.Get(a)
	second, _ := p.Values.Get(b)
	return cmp.Or(cmp.Compare(slices.Index(layers, first.Origin.Layer), slices.Index(layers, second.Origin.Layer)),
		cmp.Compare(first.Origin.Line, second.Origin.Line)) < 0
}

// meet tells whether two addresses of the host are one, or one of them stands for all.
func meet(a, b string) bool {
	x, errA := netip.ParseAddr(a)
	y, errB := netip.ParseAddr(b)
	return errA != nil || errB != nil || x == y || x.Is4() == y.Is4() && (x.IsUnspecified() || y.IsUnspecified())
}

// Finding is about a setting, at the place where its value comes from; where that is the default, at that of the first
// of the others which it does not fit to.
func (p *Plan) Finding(rule, key, message, hint string, others ...string) diag.Finding {
	f := diag.Finding{Rule: rule, Path: key, Message: message, Hint: hint}
	for _, k := range append([]string{key}, others...) {
		if f.File == "" {
			f = f.Beside(p.place(k))
		}
	}
	return f
}

// source is where the value of a setting comes from, if it is derived, that of the other setting.
func (p *Plan) source(key string) diag.Place {
	file, line, of := p.Values.Place(key)
	return diag.Place{File: file, Line: line, Path: of}
}

// written is where the user has written the first of some settings that the user has written at all; else where a profile has.
func (p *Plan) written(keys ...string) diag.Place {
	var other diag.Place
	for _, key := range keys {
		at := p.place(key)
		if v, _ := p.Values.Get(key); at.File != "" && v.Written() {
			return at
		}
		if other.File == "" {
			other = at
		}
	}
	return other
}

// switches are the settings that have a service run: its own, and those of its conditions, the ones that are its alone first.
func switches(s *catalog.Definition) []string {
	var one, of []string
	for _, key := range slices.Sorted(maps.Keys(s.When)) {
		if slices.Contains(s.When[key], "*") {
			one = append(one, key)
		} else {
			of = append(of, key)
		}
	}
	return slices.Concat([]string{"services." + s.Name}, one, of)
}

// place is where the value of a setting comes from; nowhere, if it is the default.
func (p *Plan) place(key string) diag.Place {
	v, ok := p.Values.Get(key)
	if !ok || v.Origin.Layer == "default" {
		return diag.Place{}
	}
	return diag.Place{File: v.Origin.File, Line: v.Origin.Line, Path: key}
}
