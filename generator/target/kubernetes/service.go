package kubernetes

import (
	"fmt"
	"slices"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
)

// servicePorts are where a service is reached from within: by whoever uses what it provides, and by the edge.
func (b *builder) servicePorts(name string) []core.ServicePort {
	var out []core.ServicePort
	for _, port := range b.plan.Served(name) {
		number := int32(port)
		out = append(out, core.ServicePort{Name: fmt.Sprintf("port-%d", number), Port: number, TargetPort: intstr.FromInt32(number), Protocol: b.spoken(name, number)})
	}
	return out
}

// spoken is the protocol of a port: TCP, unless the same port is published for another.
func (b *builder) spoken(name string, number int32) core.Protocol {
	s := b.plan.Service(name)
	if at := slices.IndexFunc(s.Ports, func(p plan.Published) bool { return int32(p.Target) == number }); at >= 0 {
		return protocol(s.Ports[at].Protocol)
	}
	return core.ProtocolTCP
}

// services are the names by which a pod's containers are reached, from within and from outside.
func (b *builder) services(w *pod) []document {
	var out []document
	for _, c := range w.Containers {
		if b.home(c.Name) != w {
			continue
		}
		head := b.meta(b.namespace(w), object(c.Name), object(w.Name))
		// The pod that the others share is there for its first service, whatever becomes of theirs.
		anyway := len(w.Containers) > 1
		if ports := b.servicePorts(c.Name); len(ports) > 0 {
			out = append(out, document{&core.Service{TypeMeta: kind("Service", "v1"), ObjectMeta: head,
				Spec: core.ServiceSpec{Selector: b.selector(w), Ports: ports, PublishNotReadyAddresses: anyway}}, ""})
		}
		if len(c.Ports) > 0 && !(c.Provided(catalog.Edge) != nil && b.byIngress()) {
			out = append(out, b.published(w, c, anyway)...)
		}
	}
	return out
}

// published is how the outside reaches a service. One of each protocol, since few load balancers have two.
func (b *builder) published(w *pod, c part, anyway bool) []document {
	ports := map[core.Protocol][]core.ServicePort{}
	for _, p := range c.Ports {
		of := protocol(p.Protocol)
		port := core.ServicePort{Name: object(p.Name), Port: int32(p.Host), TargetPort: intstr.FromInt32(int32(p.Target)), Protocol: of}
		if b.plan.Values.String("kubernetes.publish") == publishNode {
			port.NodePort = port.Port
		}
		ports[of] = append(ports[of], port)
	}
	var out []document
	for _, of := range []core.Protocol{core.ProtocolTCP, core.ProtocolUDP} {
		if len(ports[of]) == 0 {
			continue
		}
		name := object(c.Name) + "-public"
		if len(ports) > 1 && of == core.ProtocolUDP {
			name += "-udp"
		}
		spec := core.ServiceSpec{Type: core.ServiceTypeLoadBalancer, Selector: b.selector(w), Ports: ports[of], PublishNotReadyAddresses: anyway,
			ExternalTrafficPolicy: core.ServiceExternalTrafficPolicyLocal}
		head := b.meta(b.namespace(w), name, object(w.Name))
		if b.plan.Values.String("kubernetes.publish") == publishNode {
			spec.Type = core.ServiceTypeNodePort
			head.Annotations = annotated([]excuse{{score: "service-type", reason: "the setting kubernetes.publish wants ports of the nodes"}})
		}
		out = append(out, document{&core.Service{TypeMeta: kind("Service", "v1"), ObjectMeta: head, Spec: spec},
			"Local: requests come with their own address, and only to nodes that run it."})
	}
	return out
}

// governing is the Service that gives the pods of a StatefulSet their names.
func governing(w *pod) string { return object(w.Name) + "-pods" }

// names is that Service. Clients use the one with an address of its own, which stays when the pod moves.
func (b *builder) names(w *pod) document {
	return document{&core.Service{TypeMeta: kind("Service", "v1"), ObjectMeta: b.meta(b.namespace(w), governing(w), object(w.Name)),
		Spec: core.ServiceSpec{ClusterIP: core.ClusterIPNone, Selector: b.selector(w), PublishNotReadyAddresses: true}}, "The pods' own names."}
}
