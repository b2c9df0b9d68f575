package kubernetes

import (
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
)

// Labels of all objects, and of the nodes and networks.
const (
	labelName     = "app.kubernetes.io/name"
	labelPartOf   = "app.kubernetes.io/part-of"
	labelManaged  = "app.kubernetes.io/managed-by"
	labelRole     = "owgen.io/role"
	labelNetwork  = "network.owgen.io/" // on the pods that are on a network
	labelEgress   = "owgen.io/egress"   // on the pods that may call the outside
	labelAlone    = "owgen.io/alone"    // on the pods that are on no network at all
	labelHostName = "kubernetes.io/hostname"
	labelZone     = "topology.kubernetes.io/zone"

	annotationReplicas = "owgen.io/replicas" // how many pods a workload has when nobody stopped it
)

// The kinds of workloads.
const (
	kindDeployment  = "Deployment"
	kindStatefulSet = "StatefulSet"
	kindJob         = "Job"
)

// A layout says in which pods of which namespace a plan's services run.
type layout struct {
	plan *plan.Plan
	pods []*pod
}

// A pod is the workload of a service, or of several that share a network: whoever reaches something through another one,
// for pods cannot route through one another on most networks.
type pod struct {
	Name       string
	Containers []part
	Restricted bool // fits the strictest of the Pod Security Standards
	Replicas   int64
}

// A part is a service's container in a pod.
type part struct {
	*plan.Service
	Command []string // instead of the image's, where it does without a route
}

// newLayout puts the services into pods.
func newLayout(p *plan.Plan) *layout {
	l := &layout{plan: p}
	for _, s := range p.Services {
		if s.Role == catalog.RoleImage {
			continue
		}
		route := routed(s)
		if route == nil {
			l.pods = append(l.pods, &pod{Name: s.Name, Containers: []part{{Service: s}}, Replicas: max(s.Replicas, 1)})
		} else if len(route.Without) > 0 {
			l.pods = append(l.pods, &pod{Name: s.Name, Containers: []part{{Service: s, Command: route.Without}}, Replicas: max(s.Replicas, 1)})
		}
	}
	for _, s := range p.Services {
		if route := routed(s); route != nil {
			at := slices.IndexFunc(l.pods, func(w *pod) bool { return w.Name == route.Capability.Service })
			l.pods[at].Containers = append(l.pods[at].Containers, part{Service: s})
		}
	}
	for _, w := range l.pods {
		w.Restricted = !slices.ContainsFunc(w.Containers, func(c part) bool { return len(forbidden(c.Service)) > 0 })
	}
	return l
}

// settle says in the plan on which nodes those services are that run in another's pod, all of them or one besides.
func (l *layout) settle() {
	for _, w := range l.pods {
		owner := w.Containers[0].Service
		for _, c := range w.Containers[1:] {
			if l.home(c.Name) == w { // and in no pod of its own
				for _, node := range l.plan.Nodes {
					node.Services = slices.DeleteFunc(node.Services, func(name string) bool { return name == c.Name })
				}
				c.Service.Nodes, c.Service.Within = owner.Nodes, owner.Name
			} else {
				c.Service.Beside = owner.Name
			}
			for _, name := range owner.Nodes {
				if node := l.plan.Node(name); !slices.Contains(node.Services, c.Name) {
					node.Services = append(node.Services, c.Name)
				}
			}
		}
	}
}

// routed is the intent by which a service reaches something through another one in this deployment.
func routed(s *plan.Service) *plan.Intent {
	for _, x := range s.Intents {
		if x.Route != "" && x.Capability.Service != "" && x.Capability.Service != s.Name {
			return x
		}
	}
	return nil
}

// harmless are the kernel's settings that the standard "restricted" allows.
var harmless = []string{"net.ipv4.ping_group_range", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies"}

// forbidden are a service's exceptions that the standard "restricted" does not allow.
func forbidden(s *plan.Service) []catalog.Exception {
	var out []catalog.Exception
	for _, e := range s.Exceptions {
		if e.User != "" || len(e.Capabilities) > 0 || len(e.Devices) > 0 {
			out = append(out, e)
		}
		for name := range e.Sysctls {
			if !slices.Contains(harmless, name) {
				out = append(out, e)
			}
		}
	}
	return out
}

// main is the namespace of whoever fits the standard "restricted", and privileged that of the exceptions.
func (l *layout) main() string       { return l.plan.Project }
func (l *layout) privileged() string { return l.plan.Project + "-privileged" }

func (l *layout) namespace(w *pod) string {
	if w.Restricted {
		return l.main()
	}
	return l.privileged()
}

// namespaces are those that something runs in.
func (l *layout) namespaces() []string {
	out := []string{l.main()}
	if slices.ContainsFunc(l.pods, func(w *pod) bool { return !w.Restricted }) {
		out = append(out, l.privileged())
	}
	return out
}

// home is the pod that has a service's only container, or the one by its name.
func (l *layout) home(service string) *pod {
	for _, w := range l.pods {
		if w.Name == service {
			return w
		}
	}
	for _, w := range l.pods {
		if slices.ContainsFunc(w.Containers, func(c part) bool { return c.Name == service }) {
			return w
		}
	}
	return nil
}

// kind is what a pod is run by: a job once, whoever keeps data one at a time and never two, all others as many as wanted.
func (l *layout) kind(w *pod) string {
	owner := w.Containers[0]
	switch {
	case owner.Role == catalog.RoleJob:
		return kindJob
	case l.plan.KeepsHome(owner.Service):
		return kindStatefulSet
	}
	return kindDeployment
}

// stateless says whether any number of a pod may run.
func (w *pod) stateless() bool {
	return len(w.Containers) == 1 && w.Containers[0].Scaling == "stateless" && w.Containers[0].Role != catalog.RoleJob
}

// object is a name that the API takes: services' and volumes' own names may have an underscore.
func object(name string) string {
	return strings.NewReplacer("_", "-", ".", "-", "/", "-").Replace(name)
}
