package kubernetes

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	core "k8s.io/api/core/v1"
	net "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
)

// Names by which Kubernetes and its DNS label what is theirs.
const (
	labelNamespace = "kubernetes.io/metadata.name"
	systemSpace    = "kube-system"
	localDNS       = "169.254.20.10/32" // the cache that some clusters have on each node
)

// What a cloud tells its machines: most, Azure, Alibaba, and AWS to those with IPv6.
var (
	metadata    = []string{"169.254.0.0/16", "168.63.129.16/32", "100.100.100.200/32"}
	metadataSix = []string{"fd00:ec2::254/128"}
)

// policies are the networks of the plan: who is on one reaches what is provided on it, and nobody else does. Nothing else comes
// in but to published ports, and nothing goes out but for a reason.
func (b *builder) policies(namespace string) []document {
	both := []net.PolicyType{net.PolicyTypeIngress, net.PolicyTypeEgress}
	connected := meta.LabelSelector{MatchExpressions: []meta.LabelSelectorRequirement{{Key: labelAlone, Operator: meta.LabelSelectorOpDoesNotExist}}}
	out := []document{
		{b.policy(namespace, "default-deny", net.NetworkPolicySpec{PolicyTypes: both}), "Nobody reaches anybody, unless a policy below says so."},
		{b.policy(namespace, "dns", net.NetworkPolicySpec{PodSelector: connected, PolicyTypes: both[1:], Egress: []net.NetworkPolicyEgressRule{{
			Ports: []net.NetworkPolicyPort{policyPort(core.ProtocolUDP, 53), policyPort(core.ProtocolTCP, 53)},
			To: []net.NetworkPolicyPeer{
				{NamespaceSelector: matching(labelNamespace, systemSpace), PodSelector: matching("k8s-app", "kube-dns")},
				{IPBlock: &net.IPBlock{CIDR: localDNS}},
			}}}}), "Who is on any network may ask for names: the cluster's DNS, or its cache on the node. By questions alone much can be told."},
	}
	for _, n := range b.plan.Networks {
		if n.Egress || !b.onNetwork(namespace, n.Name) {
			continue
		}
		peers := []net.NetworkPolicyPeer{{NamespaceSelector: matching(labelPartOf, b.plan.Project), PodSelector: matching(labelNetwork+n.Name, "true")}}
		out = append(out, document{b.policy(namespace, "network-"+object(n.Name), net.NetworkPolicySpec{
			PodSelector: *matching(labelNetwork+n.Name, "true"), PolicyTypes: both,
			Ingress: []net.NetworkPolicyIngressRule{{From: peers, Ports: b.offered(n.Name)}}, Egress: []net.NetworkPolicyEgressRule{{To: peers}},
		}), n.Comment})
	}
	if b.callsOut(namespace) {
		out = append(out, document{b.policy(namespace, "egress", net.NetworkPolicySpec{
			PodSelector: *matching(labelEgress, "true"), PolicyTypes: both[1:], Egress: []net.NetworkPolicyEgressRule{{To: b.outside()}},
		}), "Whoever has a reason calls the outside: anything but the cluster's own pods, and what a cloud tells its machines."})
	}
	for _, w := range b.pods {
		if b.namespace(w) == namespace {
			out = append(out, b.openings(w)...)
		}
	}
	return out
}

// offered are the ports of what is provided on a network, and of what the edge passes on there: a pod has one address for all
// its networks, and what it listens on for one of them is no business of the others. Where nothing is said to be provided, all ports are meant.
func (b *builder) offered(network string) []net.NetworkPolicyPort {
	var out []net.NetworkPolicyPort
	add := func(service string, number int64) {
		port := policyPort(b.spoken(service, int32(number)), int32(number))
		if number > 0 && !slices.ContainsFunc(out, func(p net.NetworkPolicyPort) bool {
			return p.Port.IntVal == port.Port.IntVal && *p.Protocol == *port.Protocol
		}) {
			out = append(out, port)
		}
	}
	for _, c := range b.plan.Capabilities {
		if c.Network == network {
			add(c.Service, c.Port)
		}
	}
	for _, s := range b.plan.Services { // who asks through the edge has a port of it for itself
		for _, u := range s.Uses {
			if u.Name == catalog.Inner && u.Network == network {
				add(u.Service, u.Port)
			}
		}
	}
	for _, r := range b.plan.Routes {
		if edge := b.provider(catalog.Edge); edge != nil && joins(edge, network) && joins(b.plan.Service(r.Service), network) {
			add(r.Service, int64(r.Port))
		}
	}
	slices.SortFunc(out, func(a, b net.NetworkPolicyPort) int { return cmp.Compare(a.Port.IntVal, b.Port.IntVal) })
	return out
}

func joins(s *plan.Service, network string) bool {
	return slices.ContainsFunc(s.Networks, func(j plan.Joined) bool { return j.Name == network })
}

// openings are what one workload is open to besides: its published ports, and servers of others in this very cluster.
func (b *builder) openings(w *pod) []document {
	var ports []net.NetworkPolicyPort
	var egress []net.NetworkPolicyEgressRule
	for _, c := range w.Containers {
		for _, p := range c.Ports {
			ports = append(ports, policyPort(protocol(p.Protocol), int32(p.Target)))
		}
		for _, u := range c.Uses {
			space := within(u)
			same := func(e net.NetworkPolicyEgressRule) bool {
				return e.Ports[0].Port.IntVal == int32(u.Port) && e.To[0].NamespaceSelector.MatchLabels[labelNamespace] == space
			}
			if space != "" && !slices.ContainsFunc(egress, same) {
				egress = append(egress, net.NetworkPolicyEgressRule{To: []net.NetworkPolicyPeer{{NamespaceSelector: matching(labelNamespace, space)}},
					Ports: []net.NetworkPolicyPort{policyPort(core.ProtocolTCP, int32(u.Port))}})
			}
		}
	}
	var out []document
	if len(ports) > 0 {
		out = append(out, document{b.policy(b.namespace(w), object(w.Name)+"-public", net.NetworkPolicySpec{
			PodSelector: meta.LabelSelector{MatchLabels: b.selector(w)}, PolicyTypes: []net.PolicyType{net.PolicyTypeIngress},
			Ingress: []net.NetworkPolicyIngressRule{{Ports: ports}}}), "Published ports are open to everybody."})
	}
	if len(egress) > 0 {
		out = append(out, document{b.policy(b.namespace(w), object(w.Name)+"-servers", net.NetworkPolicySpec{
			PodSelector: meta.LabelSelector{MatchLabels: b.selector(w)}, PolicyTypes: []net.PolicyType{net.PolicyTypeEgress}, Egress: egress}),
			"Servers that somebody else runs in this cluster."})
	}
	return out
}

// within is the namespace of an external server whose name is one of this cluster's: NAME.NAMESPACE.svc...
func within(u plan.Use) string {
	words := strings.Split(u.Host, ".")
	if u.External && len(words) > 2 && words[2] == "svc" {
		return words[1]
	}
	return ""
}

// outside is everything but the cluster's own pods.
func (b *builder) outside() []net.NetworkPolicyPeer {
	four, six := net.IPBlock{CIDR: "0.0.0.0/0", Except: slices.Clone(metadata)}, net.IPBlock{CIDR: "::/0", Except: slices.Clone(metadataSix)}
	for _, network := range b.plan.Values.Strings("kubernetes.pod_networks") {
		if prefix, err := netip.ParsePrefix(network); err == nil && prefix.Addr().Is4() {
			four.Except = append(four.Except, network)
		} else {
			six.Except = append(six.Except, network)
		}
	}
	return []net.NetworkPolicyPeer{{IPBlock: &four}, {IPBlock: &six}}
}

func (b *builder) policy(namespace, name string, spec net.NetworkPolicySpec) *net.NetworkPolicy {
	return &net.NetworkPolicy{TypeMeta: kind("NetworkPolicy", "networking.k8s.io/v1"), ObjectMeta: b.meta(namespace, name, ""), Spec: spec}
}

func (b *builder) onNetwork(namespace, network string) bool {
	return b.anyPart(namespace, func(c part) bool { return joins(c.Service, network) })
}

func (b *builder) callsOut(namespace string) bool {
	return b.anyPart(namespace, func(c part) bool { return len(c.Egress) > 0 })
}

func (b *builder) anyPart(namespace string, has func(part) bool) bool {
	return slices.ContainsFunc(b.pods, func(w *pod) bool { return b.namespace(w) == namespace && slices.ContainsFunc(w.Containers, has) })
}

func matching(label, value string) *meta.LabelSelector {
	return &meta.LabelSelector{MatchLabels: map[string]string{label: value}}
}

func policyPort(of core.Protocol, number int32) net.NetworkPolicyPort {
	port := intstr.FromInt32(number)
	return net.NetworkPolicyPort{Protocol: &of, Port: &port}
}
