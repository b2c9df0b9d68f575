package kubernetes

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lazy"
	"github.com/owgen/owgen/generator/plan"
)

// here is the address by which containers of one pod know each other.
const here = "127.0.0.1"

// asker is the address of one that asks through the edge, whichever pod that is: the policies let nobody else to the port where
// the edge listens for it. A pod's own address would prove nothing, since each pod of the cluster has one of the same networks,
// and reaches the public addresses; some load balancers give the whole world such an address. From outside of a pod nobody has
// this one, and no other that asks: it is made of the port.
func asker(a *plan.Asker) string {
	return netip.AddrFrom4([4]byte{127, 1, byte(a.Port >> 8), byte(a.Port)}).String()
}

// Resolve says where on this engine that is what services mean. Pods have no addresses of their own for long: who is trusted
// is whoever is in the cluster's networks of pods, and who of them gets there the policies say. Who reaches something
// through another service runs in its pod.
func (t *Target) Resolve(p *plan.Plan) diag.List {
	var found diag.List
	wrong := func(rule, path, message, hint string) { found.Add(finding(p, rule, path, message, hint)) }
	if name := p.Project + "-privileged"; len(validation.IsDNS1123Label(name)) > 0 {
		wrong("wrong-name", "project", fmt.Sprintf("%q cannot be the name of a namespace", p.Project), "lower-case letters, digits and -, that begin with a letter and end with a letter or digit")
	}
	if p.Values.String("images.registry") == "" {
		wrong("no-registry", "images.registry", "is not set, and the nodes of the cluster need a registry to take the images from", "images: {registry: registry.example.org/openwisp}")
	}
	networks := p.Values.Strings("kubernetes.pod_networks")
	var trusting []string
	for _, s := range p.Services {
		f, blind := t.means(p, s, networks)
		if found.Add(f...); blind {
			trusting = append(trusting, s.Name)
		}
	}
	if len(trusting) > 0 {
		wrong("no-network", "kubernetes.pod_networks", "is not set, and has to be: "+strings.Join(trusting, ", ")+" must know whom they may trust",
			"the cluster's networks of pods, such as [10.244.0.0/16]: kubectl get nodes -o jsonpath='{.items[*].spec.podCIDRs}', or the documentation of its network")
	}
	if p.Values.String("storage.mode") == plan.StorageNFS && t.serverOf(p) == "" {
		wrong("no-server", "storage.mode", "is nfs, and a cluster's nodes mount no server that runs in the cluster itself",
			"external: {files: {host: ADDRESS}} names a server, or storage: {mode: class} with a class of the cluster for ReadWriteMany")
	}
	sizes := sizesOf(p)
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		size := sizes[name]
		if p.Volume(name).Name == "" {
			wrong("no-volume", "kubernetes.volume_sizes", name+" is no volume of this deployment", "the names stand in the runbook, below Back up")
		} else if _, err := resource.ParseQuantity(size); err != nil {
			wrong("wrong-size", "kubernetes.volume_sizes", fmt.Sprintf("%s: %q is no size", name, size), "such as 20Gi")
		}
	}
	if found.Err() != nil {
		return found
	}
	t.layout = newLayout(p)
	t.layout.settle()
	found.Add(t.checkPublished()...)
	found.Add(t.checkEntrance()...)
	p.Rotations = rotations(p.Rotations, p.Values.String("kubernetes.secrets") == secretsOutside)
	for i := range p.Routes {
		p.Routes[i].Upstream = t.whole(p.Routes[i].Service)
	}
	for _, a := range p.Askers {
		a.Told = asker(a) // who is answered at its port is up to the policies
		for i := range a.Asks {
			a.Asks[i].Upstream = t.whole(a.Asks[i].Provider)
		}
	}
	return found
}

// whole is a service's name for a name server, which knows no other.
func (t *Target) whole(service string) string {
	w := t.layout.home(service)
	if w == nil {
		return service
	}
	return fmt.Sprintf("%s.%s.svc.%s", object(service), t.layout.namespace(w), t.layout.plan.Values.String("kubernetes.cluster_domain"))
}

// means resolves the intents of a service, and says whether one is blind: whom it may trust nobody has said.
func (t *Target) means(p *plan.Plan, s *plan.Service, networks []string) (found diag.List, blind bool) {
	for _, x := range s.Intents {
		switch {
		case x.Serve != "": // the policies let nobody else in
		case x.Trust == catalog.TrustProvider && len(networks) > 0 && p.Asker(x.Capability.Service) != nil:
			x.Addresses = []string{asker(p.Asker(x.Capability.Service))}
		case x.Route != "":
			x.Addresses = []string{here}
			if s.Replicas > 1 && len(x.Without) == 0 {
				found.Add(finding(p, "one-pod", "scale."+s.Name, fmt.Sprintf("is %d, and %s reaches devices in the pod of %s, of which there is one", s.Replicas, s.Name, x.Capability.Service),
					"1: raise the number of its processes instead"))
			}
		case x.Trust == catalog.TrustClients && t.allRoute(p, x.Of):
			x.Addresses = []string{here + "/8"}
		case len(networks) > 0:
			x.Addresses = networks
		case s.Role != catalog.RoleImage:
			blind = true
		default:
			x.Addresses = []string{here} // nobody asks an image, and what is started from it has the same intent
		}
	}
	return found, blind
}

// allRoute says whether all clients of a capability reach something through its provider, and so run in its pod.
func (t *Target) allRoute(p *plan.Plan, capability string) bool {
	routes := false
	for _, s := range p.Services {
		if x := routed(s); x != nil && x.Of == capability {
			routes = true
		}
	}
	return routes
}

var nodePorts = lazy.Regexp(`^3(0[0-9]{3}|1[0-9]{3}|2[0-6][0-9]{2}|27[0-5][0-9]|276[0-7])$`)

// checkPublished finds ports that the nodes do not open.
func (t *Target) checkPublished() diag.List {
	var found diag.List
	p := t.layout.plan
	if p.Values.String("kubernetes.publish") != publishNode {
		return nil
	}
	for _, s := range p.Services {
		for _, port := range s.Ports {
			if !nodePorts().MatchString(fmt.Sprint(port.Host)) {
				found.Add(finding(p, "node-port", port.Published, fmt.Sprintf("is %d, and nodes of a cluster open ports from 30000 to 32767", port.Host),
					"another one, or kubernetes: {publish: loadbalancer}"))
			}
		}
	}
	return found
}

func finding(p *plan.Plan, rule, path, message, hint string) diag.Finding {
	return p.Finding("kubernetes/"+rule, path, message, hint, "target") // what is not set is wrong because of the target
}

func (t *Target) serverOf(p *plan.Plan) string {
	host, _ := (&builder{layout: &layout{plan: p}}).server()
	return host
}

func sizesOf(p *plan.Plan) map[string]string {
	setting, _ := p.Values.Get("kubernetes.volume_sizes")
	given, _ := setting.Value.(map[string]any)
	out := map[string]string{}
	for name, size := range given {
		out[name] = fmt.Sprint(size)
	}
	return out
}

// rotations are what follows a new value of a secret here.
func rotations(all []plan.Rotation, outside bool) []plan.Rotation {
	var out []plan.Rotation
	for _, r := range all {
		next := plan.Rotation{Secret: r.Secret}
		for _, s := range r.Steps {
			if s.Kind == "restart" && !outside { // whoever mounts it has been started anew with it, because its name has changed
				continue
			}
			next.Steps = append(next.Steps, s)
		}
		out = append(out, next)
	}
	return out
}
