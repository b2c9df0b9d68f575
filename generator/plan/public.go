package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
)

func (p *Plan) addHosts() {
	p.Hosts = map[string]string{}
	for key, value := range p.Values.Below("hosts") {
		p.Hosts[key] = fmt.Sprint(value.Value)
	}
}

// Scheme is that of the public addresses: a proxy in front ends TLS for them.
func (p *Plan) Scheme() string {
	if p.Values.String("tls.mode") == "none" {
		return "http"
	}
	return "https"
}

// PublicPort is the port of the public addresses as browsers see it. A proxy in front has its own.
func (p *Plan) PublicPort() int64 {
	switch p.Values.String("tls.mode") {
	case "none":
		return p.Values.Int("publish.http")
	case "proxy":
		if port := p.Values.Int("tls.proxy_port"); port > 0 {
			return port
		}
		return 443
	}
	return p.Values.Int("publish.https")
}

// Origin is the address of a public host: scheme, name, and the port unless it is the scheme's own.
func (p *Plan) Origin(hostKey string) string {
	host := p.Hosts[hostKey]
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	scheme, port := p.Scheme(), p.PublicPort()
	if scheme == "https" && port == 443 || scheme == "http" && port == 80 {
		return scheme + "://" + host
	}
	return fmt.Sprintf("%s://%s:%d", scheme, host, port)
}

// publishAddress is the host's address on which a port is published: its own setting's, or that of all ports.
func (p *Plan) publishAddress(port catalog.Port) string {
	if address := p.Values.String(port.Address); port.Address != "" && address != "" {
		return address
	}
	return p.PublishAddress()
}

// PublishAddress is the host's address on which ports are published that have none of their own: loopback for names that only this
// machine resolves, all IPv4 addresses otherwise. IPv6 would pass Docker's userland proxy, which hides who calls.
func (p *Plan) PublishAddress() string {
	if address := p.Values.String("publish.address"); address != "" {
		return address
	}
	domain := p.Values.String("domain")
	if domain == "localhost" || strings.HasSuffix(domain, ".localhost") {
		return "127.0.0.1"
	}
	return "0.0.0.0"
}

// addPublic collects what the outside sees: ports, routes, and the periodic jobs.
func (p *Plan) addPublic(found *diag.List) {
	for _, s := range p.Services {
		for _, port := range s.Definition.Ports {
			if p.holds(port.When) {
				setting, _ := p.Values.Get(port.Published)
				if port.Target == 0 {
					port.Target = int(p.Values.Int(port.Published))
				}
				s.Ports = append(s.Ports, Published{Port: port, Address: p.publishAddress(port), Host: p.Values.Int(port.Published), Env: envOf(setting.Setting)})
			}
		}
		for _, r := range s.Definition.Routes {
			if p.holds(r.When) {
				p.Routes = append(p.Routes, p.route(s.Name, r))
			}
		}
		for _, j := range s.Definition.Jobs {
			if p.holds(j.When) {
				p.Jobs = append(p.Jobs, p.job(s.Name, j))
			}
		}
		for _, o := range s.Definition.Outside {
			p.addOutside(o)
		}
	}
	slices.SortStableFunc(p.Routes, func(a, b Route) int {
		return cmp.Or(strings.Compare(a.HostKey, b.HostKey), -cmp.Compare(len(a.Path), len(b.Path)), strings.Compare(a.Path, b.Path))
	})
	found.Add(p.checkRoutes()...)
	found.Add(p.checkJobs()...)
	slices.SortStableFunc(p.Jobs, func(a, b Job) int { return strings.Compare(a.Name, b.Name) })
}

// route fills in the settings that a route names.
func (p *Plan) route(service string, r catalog.Route) Route {
	out := Route{Service: service, Upstream: service, HostKey: r.Host, Host: p.Hosts[r.Host], Path: r.Path, Protocol: r.Protocol, Port: r.Port, Main: r.Main,
		Timeout: p.expand(r.Timeout), Body: p.expand(r.Body), Buffered: r.Buffered == nil || *r.Buffered,
		To: r.To, Policy: r.Policy, Permissions: r.Permissions, OwnPages: r.OwnPages, Headers: r.Headers, Files: r.Files}
	for _, l := range r.Limits {
		if !p.holds(l.When) {
			continue
		}
		zone := strings.NewReplacer(".", "_", "-", "_").Replace(l.Rate)
		out.Limits = append(out.Limits, Limit{Limit: l, Zone: zone, Rate: p.Values.Int(l.Rate), Networks: p.Values.Strings(l.Networks)})
	}
	return out
}

// Limits are those of all routes, in the order of their services and folders.
func (p *Plan) Limits() []Limit {
	var out []Limit
	for _, s := range p.Services {
		for _, r := range p.Routes {
			if r.Service == s.Name {
				out = append(out, r.Limits...)
			}
		}
	}
	return out
}

// Laters are what each that runs of the edge passes on of each service as long as few of them wait there: all but one of the requests
// that one of the service works on at once, and five times as many that wait, but no more than half of those that may. How many run of
// either is left out of it: it stands in the edge's image, and a change of scale is to change none.
func (p *Plan) Laters() []Later {
	var out []Later
	for _, s := range p.Services {
		var later Later
		for _, r := range p.Routes {
			for _, l := range r.Limits {
				if r.Service == s.Name && l.Later && !slices.ContainsFunc(later.Limits, func(o Limit) bool { return o.Paths == l.Paths }) {
					later.Upstream, later.Port = r.Upstream, r.Port
					later.Limits = append(later.Limits, l)
				}
			}
		}
		at := slices.IndexFunc(p.Capabilities, func(c Capability) bool {
			return c.Service == s.Name && c.Port == int64(later.Port) && len(c.offer.Bounds.AtOnce) > 0
		})
		if len(later.Limits) > 0 && at >= 0 {
			c := p.Capabilities[at]
			each := p.atOnce(c) + min(5*p.atOnce(c), p.number(c.offer.Bounds.Waiting)/2)
			later.AtOnce = max(each-1, 1)
			later.Within = p.number(c.offer.Bounds.Within)
			out = append(out, later)
		}
	}
	return out
}

// job fills in the settings that a schedule or an argument names: "{radius.cleanup_schedule}".
func (p *Plan) job(service string, j catalog.Job) Job {
	args := make([]any, len(j.Args))
	for i, arg := range j.Args {
		args[i] = arg
		if text, ok := arg.(string); ok && strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}") {
			if v, known := p.Values.Get(text[1 : len(text)-1]); known {
				args[i] = v.Value
			}
		}
	}
	schedule := j.Schedule
	if key, ok := strings.CutPrefix(schedule, "{"); ok {
		schedule = p.Values.String(strings.TrimSuffix(key, "}"))
	}
	return Job{Name: j.Name, Service: service, Command: j.Command, Task: j.Task, Schedule: schedule, Args: args}
}

// Tasks are the jobs of Celery's scheduler.
func (p *Plan) Tasks() []Job {
	return slices.DeleteFunc(slices.Clone(p.Jobs), func(j Job) bool { return j.Task == "" })
}

// CommandsOf are the jobs that a service runs itself.
func (p *Plan) CommandsOf(service string) []Job {
	return slices.DeleteFunc(slices.Clone(p.Jobs), func(j Job) bool { return j.Task != "" || j.Service != service })
}

// checkJobs finds tasks that nobody would run.
func (p *Plan) checkJobs() diag.List {
	tasks := p.Tasks()
	if len(tasks) == 0 || slices.ContainsFunc(p.Capabilities, func(c Capability) bool { return c.Name == catalog.Scheduler }) {
		return nil
	}
	return diag.List{{Rule: "plan/job-without-scheduler", Severity: diag.Warning, Path: "services",
		Message: fmt.Sprintf("%d periodic tasks, %s among them, are run by nobody", len(tasks), tasks[0].Name),
		Hint:    "switch a service on that provides the capability " + catalog.Scheduler}}
}

// checkRoutes finds what two services claim, after the routes are in order, and routes that nobody passes on.
func (p *Plan) checkRoutes() diag.List {
	var found diag.List
	for i, r := range p.Routes {
		if i > 0 && p.Routes[i-1].HostKey == r.HostKey && p.Routes[i-1].Path == r.Path {
			keys := append(switches(p.Service(r.Service).Definition), switches(p.Service(p.Routes[i-1].Service).Definition)...)
			found.Add(diag.Finding{Rule: "plan/route-taken", Path: "services." + r.Service,
				Message: fmt.Sprintf("%s and %s both want %s on hosts.%s", p.Routes[i-1].Service, r.Service, r.Path, r.HostKey), Hint: "switch one of them off"}.Beside(p.written(keys...)))
		}
	}
	if len(p.Routes) > 0 && !p.Has(catalog.Edge) {
		found.Add(diag.Finding{Rule: "plan/route-without-edge", Severity: diag.Warning, Path: "services." + p.Routes[0].Service,
			Message: "nothing in the bundle passes requests on, so that the public addresses do not answer",
			Hint:    "switch a service on that provides the capability " + catalog.Edge + ", or reach the services by one of your own"})
	}
	return found
}

// Served are the ports at which a service is reached from within: by whoever uses what it provides, and by the edge.
func (p *Plan) Served(service string) []int {
	var ports []int
	for _, s := range p.Services {
		for _, u := range s.Uses {
			if u.Service == service && !u.Asked {
				ports = append(ports, int(u.Port))
			}
		}
	}
	for _, r := range p.Routes {
		if r.Service == service {
			ports = append(ports, r.Port)
		}
	}
	slices.Sort(ports)
	ports = slices.Compact(ports)
	return slices.DeleteFunc(ports, func(port int) bool { return port <= 0 })
}
