package plan

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
)

// addNetworks gives each network of the catalogue its /24 of the pool, by its index, so that a service that is switched off
// and a network that comes or goes move no other's addresses; networks that nobody joins are left out.
func (p *Plan) addNetworks(c *catalog.Catalog, found *diag.List) {
	setting, _ := p.Values.Get("network.pool")
	pool, err := netip.ParsePrefix(p.Values.String("network.pool"))
	room := highest(c.Networks) + 1
	if p.Target() == TargetSwarm { // its services that shall reach nobody are alone on networks at the pool's end
		room++
	}
	if err != nil || !pool.Addr().Is4() || pool.Bits() > 24 || room > 1<<(24-pool.Bits()) {
		found.Add(diag.Finding{Rule: "plan/pool-too-small", File: setting.Origin.File, Line: setting.Origin.Line, Path: "network.pool",
			Message: fmt.Sprintf("must be an IPv4 network with room for %d networks of 256 addresses", room),
			Hint:    "for example 172.28.0.0/16 or 10.99.0.0/20"})
		return
	}
	p.Pool = pool
	var all []Network
	for _, n := range c.Networks {
		a := pool.Addr().As4()
		number := int(a[1])<<8 | int(a[2]) + *n.Index
		a[1], a[2] = byte(number>>8), byte(number)
		subnet := netip.PrefixFrom(netip.AddrFrom4(a), 24)
		all = append(all, Network{Network: n, Subnet: subnet, Dynamic: netip.PrefixFrom(subnet.Addr(), 25)})
	}
	used := map[string]bool{}
	for _, s := range p.Services {
		for _, n := range all {
			attachment, joins := p.joins(s, n.Network)
			if !joins {
				continue
			}
			used[n.Name] = true
			joined := Joined{Name: n.Name}
			if attachment.Address > 0 {
				joined.Address = hostAddress(n.Subnet, attachment.Address)
			}
			s.Networks = append(s.Networks, joined)
		}
	}
	p.Networks = slices.DeleteFunc(all, func(n Network) bool { return !used[n.Name] && !n.Egress })
}

// addEgress joins services that have a reason to call the outside to the network that leads there, unless they are on
// another that does. All others have no way out.
func (p *Plan) addEgress() {
	at := slices.IndexFunc(p.Networks, func(n Network) bool { return n.Egress })
	used := false
	for _, s := range p.Services {
		if s.Role == catalog.RoleImage {
			continue
		}
		s.Egress = s.reasons(p)
		leads := slices.ContainsFunc(s.Networks, func(j Joined) bool { n, _ := p.network(j.Name); return !n.Internal })
		if len(s.Egress) > 0 && !leads && at >= 0 {
			s.Networks = append(s.Networks, Joined{Name: p.Networks[at].Name})
			used = true
		}
	}
	if at >= 0 && !used {
		p.Networks = slices.Delete(p.Networks, at, at+1)
	}
}

// reasons are why a service may call the outside: what its folder says, what it uses from there, and published ports, which
// engines open only on a network with a way out.
func (s *Service) reasons(p *Plan) []string {
	var out []string
	if e := s.Definition.Egress; e.Reason != "" && p.holds(e.When) {
		out = append(out, e.Reason)
	}
	for _, u := range s.Uses {
		if u.External {
			out = append(out, fmt.Sprintf("Uses %s at %s.", u.Name, u.Host))
		}
	}
	if p.Target() != TargetKubernetes && slices.ContainsFunc(s.Definition.Ports, func(port catalog.Port) bool { return p.holds(port.When) }) {
		out = append(out, "A published port needs a network with a way out.")
	}
	return out
}

// highest is the last index in use.
func highest(networks []catalog.Network) int {
	last := 0
	for _, n := range networks {
		last = max(last, *n.Index)
	}
	return last
}

func hostAddress(subnet netip.Prefix, number int) netip.Addr {
	a := subnet.Addr().As4()
	a[3] = byte(number)
	return netip.AddrFrom4(a)
}

func (p *Plan) network(name string) (Network, bool) {
	i := slices.IndexFunc(p.Networks, func(n Network) bool { return n.Name == name })
	if i < 0 {
		return Network{}, false
	}
	return p.Networks[i], true
}

// Subnet returns the subnet of a joined network.
func (p *Plan) Subnet(name string) (netip.Prefix, bool) {
	n, ok := p.network(name)
	return n.Subnet, ok
}

// AddressOn is where a service is on a network: its fixed address, or the subnet.
func (p *Plan) AddressOn(service, network string) string {
	for _, j := range p.Service(service).Networks {
		if j.Name == network && j.Address.IsValid() {
			return j.Address.String()
		}
	}
	subnet, _ := p.Subnet(network)
	return subnet.String()
}
