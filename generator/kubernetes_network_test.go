package generator

import (
	"slices"
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
	net "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
)

// Who reaches whom by the policies is who shares a network in the plan, in both directions, and nobody else.
func TestKubernetesPoliciesAreTheNetworks(t *testing.T) {
	made := generateFrom(t, "multi-node", onKubernetes...)
	c := applied(t, "", onKubernetes...)
	reached := 0
	for from, a := range c.pods {
		for to, b := range c.pods {
			if from == to {
				continue
			}
			want := false
			for _, network := range made.Plan.Networks {
				want = want || !network.Egress && onNetwork(made.Plan, a, network.Name) && onNetwork(made.Plan, b, network.Name)
			}
			if got := c.reaches(t, from, to); got != want {
				t.Errorf("%s reaches %s: %v, and by the networks %v", from, to, got, want)
			} else if got {
				reached++
			}
		}
	}
	if reached < 20 {
		t.Errorf("%d pairs reach each other, so that this test shows little", reached)
	}
}

// What the web services listen on is for the edge alone: workers and whoever shares the VPN's pod are on the networks of
// datastores with them, and a pod has one address.
func TestKubernetesNobodyButTheEdgeReachesTheApplication(t *testing.T) {
	made := generateFrom(t, "multi-node", onKubernetes...)
	c := applied(t, "", onKubernetes...)
	edges := 0
	for from := range c.pods {
		for to, pod := range c.pods {
			for _, r := range made.Plan.Routes {
				if from == to || pod.Spec.Containers[0].Name != r.Service {
					continue
				}
				edge := made.Plan.Service(c.pods[from].Spec.Containers[0].Name).Provided(catalog.Edge) != nil
				if got := c.reaches(t, from, to) && c.open(t, to, from, int32(r.Port)); got != edge && !onNetwork(made.Plan, c.pods[from], "app") {
					t.Errorf("%s reaches port %d of %s: %v", from, r.Port, to, got)
				} else if got && edge {
					edges++
				}
			}
		}
	}
	if edges == 0 {
		t.Error("nor does the edge")
	}
}

// open says whether a policy lets one workload's pods connect to a port of another's.
func (c cluster) open(t *testing.T, key, other string, number int32) bool {
	t.Helper()
	namespace, _, _ := strings.Cut(key, "/")
	away, _, _ := strings.Cut(other, "/")
	for _, p := range c.policies {
		if p.Namespace != namespace || !selects(t, &p.Spec.PodSelector, c.pods[key].Labels) {
			continue
		}
		for _, rule := range p.Spec.Ingress {
			fits := len(rule.Ports) == 0 || slices.ContainsFunc(rule.Ports, func(x net.NetworkPolicyPort) bool { return x.Port.IntVal == number })
			if fits && slices.ContainsFunc(rule.From, func(peer net.NetworkPolicyPeer) bool {
				return peer.IPBlock == nil && selects(t, peer.NamespaceSelector, c.namespaces[away].Labels) && selects(t, peer.PodSelector, c.pods[other].Labels)
			}) {
				return true
			}
		}
	}
	return false
}

// onNetwork says whether a service of a pod is on a network of the plan. Containers have the names of their services.
func onNetwork(p *plan.Plan, pod *core.PodTemplateSpec, network string) bool {
	return slices.ContainsFunc(pod.Spec.Containers, func(x core.Container) bool {
		return slices.ContainsFunc(p.Service(x.Name).Networks, func(j plan.Joined) bool { return j.Name == network })
	})
}

// reaches says whether the policies let one workload's pods open a connection to another's, on any port.
func (c cluster) reaches(t *testing.T, from, to string) bool {
	return c.allowed(t, from, to, net.PolicyTypeEgress) && c.allowed(t, to, from, net.PolicyTypeIngress)
}

func (c cluster) allowed(t *testing.T, key, other string, direction net.PolicyType) bool {
	namespace, _, _ := strings.Cut(key, "/")
	isolated := false
	for _, p := range c.policies {
		if p.Namespace != namespace || !slices.Contains(p.Spec.PolicyTypes, direction) || !selects(t, &p.Spec.PodSelector, c.pods[key].Labels) {
			continue
		}
		isolated = true
		var peers []net.NetworkPolicyPeer
		for _, rule := range p.Spec.Ingress {
			if direction == net.PolicyTypeIngress {
				peers = append(peers, rule.From...)
			}
		}
		for _, rule := range p.Spec.Egress {
			if direction == net.PolicyTypeEgress {
				peers = append(peers, rule.To...)
			}
		}
		away, _, _ := strings.Cut(other, "/")
		for _, peer := range peers {
			if peer.IPBlock == nil && selects(t, peer.NamespaceSelector, c.namespaces[away].Labels) && selects(t, peer.PodSelector, c.pods[other].Labels) {
				return true
			}
		}
	}
	if !isolated {
		t.Errorf("no policy isolates %s (%s)", key, direction)
	}
	return false
}

func selects(t *testing.T, selector *meta.LabelSelector, set map[string]string) bool {
	t.Helper()
	s, err := meta.LabelSelectorAsSelector(selector)
	if err != nil {
		t.Fatal(err)
	}
	return s.Matches(labels.Set(set))
}

// Only who has a reason calls the outside, and never the cluster's pods or a cloud's metadata by it.
func TestKubernetesCallsOutForAReason(t *testing.T) {
	made := generateFrom(t, "multi-node", onKubernetes...)
	c := applied(t, "", onKubernetes...)
	for key, pod := range c.pods {
		reason := slices.ContainsFunc(pod.Spec.Containers, func(x core.Container) bool { return len(made.Plan.Service(x.Name).Egress) > 0 })
		if out := c.callsOut(t, key); out != reason {
			t.Errorf("%s calls the outside: %v, and has a reason: %v", key, out, reason)
		}
	}
}

func (c cluster) callsOut(t *testing.T, key string) bool {
	namespace, _, _ := strings.Cut(key, "/")
	found := false
	for _, p := range c.policies {
		if p.Namespace != namespace || !selects(t, &p.Spec.PodSelector, c.pods[key].Labels) {
			continue
		}
		for _, rule := range p.Spec.Egress {
			for _, peer := range rule.To {
				if peer.IPBlock == nil || peer.IPBlock.CIDR == "169.254.20.10/32" {
					continue
				}
				found = true
				if v4 := peer.IPBlock.CIDR == "0.0.0.0/0"; v4 && !(slices.Contains(peer.IPBlock.Except, "10.244.0.0/16") && slices.Contains(peer.IPBlock.Except, "169.254.0.0/16")) {
					t.Errorf("%s reaches pods or metadata by %v", p.Name, peer.IPBlock)
				}
			}
		}
	}
	return found
}

// Who is on no network asks nobody for names either: an answer comes from outside in the end, and a question gets there.
func TestKubernetesAsksForNamesOnANetworkAlone(t *testing.T) {
	made := generateFrom(t, "multi-node", onKubernetes...)
	c := applied(t, "", onKubernetes...)
	alone := 0
	for key, pod := range c.pods {
		connected := slices.ContainsFunc(pod.Spec.Containers, func(x core.Container) bool { return len(made.Plan.Service(x.Name).Networks) > 0 })
		namespace, _, _ := strings.Cut(key, "/")
		asks := slices.ContainsFunc(c.policies, func(p *net.NetworkPolicy) bool {
			return p.Name == "dns" && p.Namespace == namespace && selects(t, &p.Spec.PodSelector, pod.Labels)
		})
		if asks != connected {
			t.Errorf("%s asks for names: %v, and is on a network: %v", key, asks, connected)
		}
		if !connected {
			alone++
		}
	}
	if alone == 0 {
		t.Error("all are on a network, so that this test shows little")
	}
}
