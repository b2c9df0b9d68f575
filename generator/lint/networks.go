package lint

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"

	"github.com/owgen/owgen/generator/diag"
)

// networkRules are about subnets and fixed addresses.
func networkRules() []Rule {
	return []Rule{
		{ID: "subnet-invalid", Summary: "Subnets, ranges and gateways are addresses that fit together.",
			Reason: "Compose passes them on as they are, and the engine refuses to make the network at `up`.",
			Fix:    "write a network in CIDR notation, with the range and the gateway within the subnet", Check: invalidSubnets},
		{ID: "subnet-overlap", Summary: "No two networks share addresses.",
			Reason: "The engine refuses to make the second network, and the project is left half up.",
			Fix:    "give each network a part of its own", Check: overlappingSubnets},
		{ID: "address-conflict", Summary: "A fixed address lies in its network, outside the dynamic range, and belongs to one container.",
			Reason: "The engine refuses an address outside the subnet; one that is in use, or that it hands out itself, fails or not by chance of the order of start.",
			Fix:    "choose a free address of the subnet outside ip_range", Check: conflictingAddresses},
	}
}

// A subnet is one address range of a network.
type subnet struct {
	network string
	index   int // in ipam.config
	prefix  netip.Prefix
	dynamic netip.Prefix // where the engine takes addresses from; invalid if from anywhere
	gateway netip.Addr   // invalid if not given
}

// subnets reads the networks that the project makes, and reports what is no subnet.
func (p *Subject) subnets() (subnets []subnet, found diag.List) {
	if p.Loaded == nil {
		return nil, nil
	}
	for _, name := range slices.Sorted(maps.Keys(p.Loaded.Networks)) {
		network := p.Loaded.Networks[name]
		for i, pool := range network.Ipam.Config {
			if pool == nil || pool.Subnet == "" || bool(network.External) {
				continue
			}
			s := subnet{network: name, index: i}
			var errs [3]error
			s.prefix, errs[0] = netip.ParsePrefix(pool.Subnet)
			if errs[0] != nil {
				found.Add(s.find(p, pool.Subnet+" is not a subnet such as 172.28.0.0/24", "subnet"))
				continue
			}
			if pool.IPRange != "" {
				if s.dynamic, errs[1] = netip.ParsePrefix(pool.IPRange); errs[1] != nil || !within(s.prefix, s.dynamic) {
					found.Add(s.find(p, pool.IPRange+" is not a part of "+pool.Subnet, "ip_range"))
				}
			}
			if pool.Gateway != "" {
				if s.gateway, errs[2] = netip.ParseAddr(pool.Gateway); errs[2] != nil || !s.prefix.Contains(s.gateway) {
					found.Add(s.find(p, pool.Gateway+" is not an address of "+pool.Subnet, "gateway"))
				}
			}
			subnets = append(subnets, s)
		}
	}
	return subnets, found
}

func within(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

func (s subnet) find(p *Subject, message, attribute string) diag.Finding {
	return p.Finding(message, "networks", s.network, "ipam", "config", "["+strconv.Itoa(s.index)+"]", attribute)
}

func invalidSubnets(p *Subject) diag.List {
	_, found := p.subnets()
	return found
}

func overlappingSubnets(p *Subject) diag.List {
	var found diag.List
	subnets, _ := p.subnets()
	for i, s := range subnets {
		for _, other := range subnets[:i] {
			if s.prefix.Overlaps(other.prefix) {
				found.Add(s.find(p, fmt.Sprintf("%s overlaps %s of the network %s", s.prefix, other.prefix, other.network), "subnet"))
			}
		}
	}
	return found
}

func conflictingAddresses(p *Subject) diag.List {
	var found diag.List
	subnets, _ := p.subnets()
	holders := map[string]string{} // by network and address
	for _, s := range p.running() {
		for _, network := range slices.Sorted(maps.Keys(s.Networks)) {
			attachment := s.Networks[network]
			if attachment == nil || bool(p.Loaded.Networks[network].External) {
				continue
			}
			for attribute, text := range map[string]string{"ipv4_address": attachment.Ipv4Address, "ipv6_address": attachment.Ipv6Address} {
				if text == "" {
					continue
				}
				problem, severity := addressProblem(text, network, subnets)
				if problem == "" && s.GetScale() > 1 {
					problem = fmt.Sprintf("%s is one address for %d containers", text, s.GetScale())
				}
				if holder := holders[network+" "+text]; problem == "" && holder != "" {
					problem = text + " belongs to " + holder + " already"
				}
				holders[network+" "+text] = s.Name
				if problem != "" {
					f := s.find(problem, "networks", network, attribute)
					f.Severity = severity
					found.Add(f)
				}
			}
		}
	}
	return found
}

// addressProblem says what is wrong with a fixed address in a network.
func addressProblem(text, network string, subnets []subnet) (problem string, severity diag.Severity) {
	address, err := netip.ParseAddr(text)
	if err != nil {
		return text + " is not an address", diag.Error
	}
	known := false
	for _, s := range subnets {
		if s.network != network || s.prefix.Addr().Is4() != address.Is4() {
			continue
		}
		known = true
		first := s.prefix.Masked().Addr()
		switch {
		case !s.prefix.Contains(address):
			continue
		case address == first, address.Is4() && !s.prefix.Contains(address.Next()):
			return text + " is the first or the last address of " + s.prefix.String() + ", which no container can have", diag.Error
		case address == s.gateway, !s.gateway.IsValid() && address == first.Next():
			return text + " is the gateway of " + s.prefix.String(), diag.Error
		case s.dynamic.IsValid() && s.dynamic.Contains(address):
			return text + " lies in the range " + s.dynamic.String() + ", from which the engine serves other containers", diag.Error
		case !s.dynamic.IsValid():
			return text + " may be taken: without ip_range the engine serves other containers from the whole subnet", diag.Warning
		}
		return "", diag.Error
	}
	if !known {
		return "the network " + network + " has no subnet to which " + text + " could belong", diag.Error
	}
	return text + " is outside the subnet of the network " + network, diag.Error
}
