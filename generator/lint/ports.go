package lint

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/project"
)

// portRules are about published ports.
func portRules() []Rule {
	return []Rule{
		{ID: "port-conflict", Summary: "Each port of the host is published once.",
			Reason: "Compose starts the first service and fails at the second, with a project half up.",
			Fix:    "publish one of them on another port or address", Check: portConflicts},
		{ID: "port-ignored", Summary: "Ports are published only by services that have a network to publish them on.",
			Reason: "With network_mode host or none the ports are dropped, and with service: the engine refuses to start; on an internal network alone nothing arrives.",
			Fix:    "move the ports to the service whose network is used, or attach a network that is not internal", Check: ignoredPorts},
		{ID: "published-datastore", Summary: "No datastore is published.",
			Reason: "A database that the network reaches is one password away from being read; services reach it without a published port.",
			Fix:    "remove the port; use `docker compose exec` to look into the database", Check: publishedDatastores},
	}
}

// A published port is one port of the host that leads into a service.
type published struct {
	service locatedService
	port    types.ServicePortConfig
	place   project.Place
}

func (p published) finding(message string) diag.Finding {
	return p.place.Finding(message)
}

// published lists the published ports of a service, with their places in the file.
func (s locatedService) published() []published {
	places := map[portKey]published{} // a range can be 65,535 ports
	for _, place := range s.portPlaces() {
		if _, known := places[keyOf(place.port)]; !known {
			places[keyOf(place.port)] = place
		}
	}
	at := s.subject.At("services", s.Name, "ports")
	var ports []published
	for _, port := range s.Ports {
		p := published{s, port, at}
		if place, known := places[keyOf(port)]; known {
			p.place = place.place
		}
		ports = append(ports, p)
	}
	return ports
}

// A portKey is what makes two entries of ports the same.
type portKey struct {
	target                       uint32
	published, address, protocol string
}

func keyOf(port types.ServicePortConfig) portKey {
	return portKey{port.Target, port.Published, port.HostIP, protocol(port)}
}

// portPlaces reads the ports as written in the file, where the short syntax may stand for many.
func (s locatedService) portPlaces() []published {
	list := s.subject.Node("services", s.Name, "ports")
	if list == nil || list.Kind != yaml.SequenceNode {
		return nil
	}
	var places []published
	for i, item := range list.Content {
		at := s.subject.At("services", s.Name, "ports", "["+strconv.Itoa(i)+"]")
		for _, port := range s.subject.portsOf(project.Resolve(item)) {
			places = append(places, published{s, port, at})
		}
	}
	return places
}

// portsOf reads one item of ports, in the short or the long syntax.
func (p *Subject) portsOf(item *yaml.Node) []types.ServicePortConfig {
	switch {
	case item == nil:
		return nil
	case item.Kind == yaml.ScalarNode:
		ports, err := types.ParsePortConfig(p.Expand(item.Value))
		if err != nil {
			return nil
		}
		return ports
	}
	text := func(name string) string {
		if _, value := project.Get(item, name); project.Resolve(value) != nil {
			return p.Expand(project.Resolve(value).Value)
		}
		return ""
	}
	target, _ := strconv.ParseUint(text("target"), 10, 32)
	return []types.ServicePortConfig{{Target: uint32(target), Published: text("published"), HostIP: text("host_ip"), Protocol: text("protocol")}}
}

func protocol(port types.ServicePortConfig) string {
	if port.Protocol == "" {
		return "tcp"
	}
	return strings.ToLower(port.Protocol)
}

func portConflicts(p *Subject) diag.List {
	var found diag.List
	taken := map[string][]published{} // by number
	for _, s := range p.running() {
		for _, port := range s.published() {
			if _, err := strconv.Atoi(port.port.Published); err != nil || port.port.Published == "0" {
				continue // no fixed port: the engine picks a free one
			}
			if s.GetScale() > 1 {
				found.Add(port.finding(fmt.Sprintf("port %s is fixed, but the service runs %d times", port.port.Published, s.GetScale())))
			}
			for _, other := range taken[port.port.Published] {
				if port.conflicts(other) {
					found.Add(port.finding(fmt.Sprintf("port %s is published by %s already", port.describe(), other.service.Name)))
				}
			}
			taken[port.port.Published] = append(taken[port.port.Published], port)
		}
	}
	return found
}

func (p published) describe() string {
	text := p.port.Published + "/" + protocol(p.port)
	if p.port.HostIP != "" {
		text = p.port.HostIP + ":" + text
	}
	return text
}

// conflicts tells whether two ports cannot be published at the same time.
func (p published) conflicts(other published) bool {
	return p.port.Published == other.port.Published && protocol(p.port) == protocol(other.port) &&
		sameAddress(p.port.HostIP, other.port.HostIP) && together(p.service, other.service)
}

// sameAddress tells whether two addresses to listen on overlap; empty means all of both families.
func sameAddress(a, b string) bool {
	if a == b || a == "" || b == "" {
		return true
	}
	x, errX := netip.ParseAddr(a)
	y, errY := netip.ParseAddr(b)
	if errX != nil || errY != nil {
		return false
	}
	return x.Is4() == y.Is4() && (x == y || x.IsUnspecified() || y.IsUnspecified())
}

// together tells whether two services can run at the same time: alternatives stand in profiles of their own.
func together(a, b locatedService) bool {
	return len(a.Profiles) == 0 || len(b.Profiles) == 0 ||
		slices.ContainsFunc(a.Profiles, func(profile string) bool { return slices.Contains(b.Profiles, profile) })
}

func ignoredPorts(p *Subject) diag.List {
	var found diag.List
	for _, s := range p.running() {
		if len(s.Ports) == 0 {
			continue
		}
		switch {
		case strings.HasPrefix(s.NetworkMode, "service:"), strings.HasPrefix(s.NetworkMode, "container:"):
			found.Add(s.find("the ports belong to "+s.NetworkMode+", whose network the service uses", "ports"))
		case s.NetworkMode == "host", s.NetworkMode == "none":
			found.Add(s.find("the ports are dropped with network_mode "+s.NetworkMode, "ports"))
		case s.NetworkMode == "" && s.onlyInternal():
			f := s.find("the ports are not reachable: the service has internal networks only", "ports")
			f.Severity = diag.Warning
			found.Add(f)
		}
	}
	return found
}

func (s locatedService) onlyInternal() bool {
	for name := range s.Networks {
		if !s.subject.Loaded.Networks[name].Internal {
			return false
		}
	}
	return len(s.Networks) > 0
}

func publishedDatastores(p *Subject) diag.List {
	var found diag.List
	for _, s := range p.running() {
		stores := s.stores()
		for _, port := range s.published() {
			store := behind(port.port.Target, stores)
			if store == "" {
				continue
			}
			f := port.finding(fmt.Sprintf("port %d of %s is published", port.port.Target, store))
			if address, err := netip.ParseAddr(port.port.HostIP); err == nil && address.IsLoopback() {
				f.Severity = diag.Warning // whoever is on the host has other ways in
			}
			found.Add(f)
		}
	}
	return found
}
