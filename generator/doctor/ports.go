package doctor

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// checkPorts finds published ports that something else has.
func (c *checkup) checkPorts() {
	var free []string
	if c.elsewhere("ports") || c.unanswered("ports") {
		return
	}
	for _, s := range c.started() {
		for _, p := range s.Ports {
			name := fmt.Sprintf("%d/%s", p.Host, p.Protocol)
			hint := "stop that, or choose another port with the setting " + p.Published
			other, own := c.publisher(p.Protocol, p.Address, p.Host)
			switch {
			case own:
				free = append(free, name+" (by project "+c.Plan.Project+" itself)")
				continue
			case other != "":
				c.add("ports", Problem, name+" is published by the container "+other, hint)
				continue
			}
			if c.engine.Rootless && p.Host < 1024 {
				c.add("ports", Problem, name+" cannot be published by a rootless engine", "sysctl net.ipv4.ip_unprivileged_port_start=0, or choose a port from 1024 on with the setting "+p.Published)
				continue
			}
			switch err := c.machine.Listen(p.Protocol, p.Address, p.Host); {
			case err == nil:
				free = append(free, name)
			case errors.Is(err, ErrTaken):
				c.add("ports", Problem, fmt.Sprintf("%s is in use on %s", name, p.Address), fmt.Sprintf("`ss -lpn 'sport = :%d'` says by what; %s", p.Host, hint))
			default:
				c.add("ports", Unknown, fmt.Sprintf("nobody can tell whether %s is free: %v", name, err), "run `owgen doctor` as root")
			}
		}
	}
	if len(free) > 0 {
		c.add("ports", OK, "free: "+strings.Join(free, ", "), "")
	}
}

// publisher names the container that publishes a port already; own says that it belongs to the project.
func (c *checkup) publisher(protocol, address string, port int64) (name string, own bool) {
	for _, o := range c.engine.Containers {
		for _, p := range o.Ports {
			if o.Running && p.Protocol == protocol && p.Port == port && meet(p.Address, address) {
				return o.Name, c.owns(o)
			}
		}
	}
	return "", false
}

// meet reports whether two addresses to listen on cannot be had at once.
func meet(a, b string) bool {
	x, errA := netip.ParseAddr(a)
	y, errB := netip.ParseAddr(b)
	if errA != nil || errB != nil {
		return a == "" || b == "" || a == b
	}
	return x == y || x.Is4() == y.Is4() && (x.IsUnspecified() || y.IsUnspecified())
}

// checkDevices finds devices that services ask for and that are not there.
func (c *checkup) checkDevices() {
	for _, s := range c.started() {
		for _, e := range s.Exceptions {
			if len(e.Devices) > 0 && c.elsewhere("devices") {
				return
			}
			for _, path := range e.Devices {
				if err := c.machine.Device(path); err != nil {
					c.add("devices", Problem, fmt.Sprintf("%s needs %s, which is not there: %v", s.Name, path, err), deviceHint(path, s.Name))
					continue
				}
				c.add("devices", OK, path, "")
			}
		}
	}
}

func deviceHint(path, service string) string {
	hint := "load the kernel module that makes it"
	if strings.HasSuffix(path, "/tun") {
		hint = "`modprobe tun`, and the name tun in /etc/modules-load.d/tun.conf for the next boot; in a virtual server of the container kind, ask the provider"
	}
	return hint + ", or set services." + service + ": false"
}
