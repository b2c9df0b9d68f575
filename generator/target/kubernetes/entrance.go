package kubernetes

import (
	"slices"
	"strings"

	core "k8s.io/api/core/v1"
	net "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/owgen/owgen/generator/catalog"
)

// byIngress says whether a controller of the cluster takes the requests and passes them on to the bundle's own edge, which
// keeps its limits, its headers and its routes.
func (b *builder) byIngress() bool {
	edge := b.plan.Values.String("kubernetes.edge")
	return edge == edgeIngress || edge == edgeGateway
}

// entrance is the name of the edge for that controller, and the public names that lead there.
func (b *builder) entrance() []document {
	if !b.byIngress() {
		return nil
	}
	edge := b.provider(catalog.Edge)
	w := b.home(edge.Name)
	port := int32(edge.Provided(catalog.Edge).Port)
	head := b.meta(b.namespace(w), object(edge.Name)+"-entrance", object(w.Name))
	out := []document{{&core.Service{TypeMeta: kind("Service", "v1"), ObjectMeta: head,
		Spec: core.ServiceSpec{Selector: b.selector(w), Ports: []core.ServicePort{{Name: "http", Port: port, TargetPort: intstr.FromInt32(port), Protocol: core.ProtocolTCP}}}}, ""}}
	if b.plan.Values.String("kubernetes.edge") == edgeGateway {
		return append(out, document{b.route(head, port), "All public names lead to the edge; which path belongs to which service is known there."})
	}
	return append(out, document{b.ingress(head, port), "All public names lead to the edge; which path belongs to which service is known there."})
}

func (b *builder) ingress(head meta.ObjectMeta, port int32) *net.Ingress {
	everything := net.PathTypePrefix
	spec := net.IngressSpec{}
	if class := b.plan.Values.String("kubernetes.ingress_class"); class != "" {
		spec.IngressClassName = &class
	}
	spec.TLS = []net.IngressTLS{{Hosts: b.publicNames(), SecretName: b.plan.Project + "-tls"}}
	for _, host := range b.publicNames() {
		spec.Rules = append(spec.Rules, net.IngressRule{Host: host, IngressRuleValue: net.IngressRuleValue{HTTP: &net.HTTPIngressRuleValue{Paths: []net.HTTPIngressPath{{
			Path: "/", PathType: &everything, Backend: net.IngressBackend{Service: &net.IngressServiceBackend{Name: head.Name, Port: net.ServiceBackendPort{Number: port}}}}}}}})
	}
	return &net.Ingress{TypeMeta: kind("Ingress", "networking.k8s.io/v1"), ObjectMeta: head, Spec: spec}
}

// publicNames are those of all routes.
func (b *builder) publicNames() []string {
	var out []string
	for _, r := range b.plan.Routes {
		if !slices.Contains(out, r.Host) {
			out = append(out, r.Host)
		}
	}
	slices.Sort(out)
	return out
}

// An httpRoute is that of the Gateway API, as far as it is used here.
type httpRoute struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata"`
	Spec            struct {
		ParentRefs []gatewayReference `json:"parentRefs"`
		Hostnames  []string           `json:"hostnames"`
		Rules      []gatewayRule      `json:"rules"`
	} `json:"spec"`
}

type gatewayReference struct {
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
}

type gatewayRule struct {
	BackendRefs []gatewayBackend `json:"backendRefs"`
}

type gatewayBackend struct {
	Name string `json:"name"`
	Port int32  `json:"port"`
}

func (b *builder) route(head meta.ObjectMeta, port int32) *httpRoute {
	out := &httpRoute{TypeMeta: kind("HTTPRoute", "gateway.networking.k8s.io/v1"), ObjectMeta: head}
	namespace, name, named := strings.Cut(b.plan.Values.String("kubernetes.gateway"), "/")
	if !named {
		namespace, name = "", namespace
	}
	out.Spec.ParentRefs = []gatewayReference{{namespace, name}}
	out.Spec.Hostnames = b.publicNames()
	out.Spec.Rules = []gatewayRule{{BackendRefs: []gatewayBackend{{head.Name, port}}}}
	return out
}
