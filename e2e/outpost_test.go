//go:build e2e

package e2e

import (
	"testing"
	"time"
)

// outpost is where a stack runs that does not run on this engine: by what its services are reached, looked into and used.
type outpost interface {
	in(limit time.Duration, service string, args ...string) (string, error)
	tail(service string) string // the end of what it printed
	logs(t testing.TB) string   // of all services
	edge() string               // an address at which public names are reached from here
	origin(host string) string
	published(target int) string // the port there, for a port of a container
	radius() string              // the address at which the RADIUS server is reached from here
	tunnels() []string           // "HOST PORT" of the VPN server, for devices on the network
	network() string             // of this engine, on which devices are
}

// away is where the stack runs, if not on this engine.
func (s *stack) away() outpost {
	switch {
	case s.swarm != nil:
		return onSwarm{s.swarm, s}
	case s.cluster != nil:
		return onCluster{s.cluster, s}
	}
	return nil
}

// onSwarm is a stack on a Swarm's machines.
type onSwarm struct {
	w *swarm
	s *stack
}

func (o onSwarm) in(limit time.Duration, service string, args ...string) (string, error) {
	return o.w.docker(limit, o.s.dir, "./on", append([]string{"exec", service}, args...)...)
}

func (o onSwarm) tail(service string) string { return o.w.tail(o.s.project + "_" + service) }
func (o onSwarm) logs(t testing.TB) string   { return o.w.logs(t, o.s.project) }
func (o onSwarm) edge() string               { return o.w.edges()[0] }
func (o onSwarm) origin(host string) string  { return "https://" + host + "." + o.w.domain }
func (o onSwarm) radius() string             { return o.w.machineOf(o.s.project + "_freeradius") }
func (o onSwarm) network() string            { return o.w.network }

func (o onSwarm) published(target int) string {
	return map[int]string{1194: "1194", 1812: "1812", 1813: "1813", 8443: "443"}[target]
}

func (o onSwarm) tunnels() (servers []string) {
	for _, machine := range o.w.edges() {
		servers = append(servers, machine+" "+o.published(1194))
	}
	return servers
}
