package kubernetes

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/target"
)

// labels are those of an object that belongs to a pod or to all.
func (b *builder) labels(name string) map[string]string {
	out := map[string]string{labelPartOf: b.plan.Project, labelManaged: "owgen"}
	if name != "" {
		out[labelName] = name
	}
	return out
}

// selector selects the pods of one workload.
func (b *builder) selector(w *pod) map[string]string {
	return map[string]string{labelName: object(w.Name), labelPartOf: b.plan.Project}
}

// podLabels say besides on which networks it is, if on any, and whether it may call out: policies select by them.
func (b *builder) podLabels(w *pod) map[string]string {
	out := b.labels(object(w.Name))
	out[labelRole] = w.Containers[0].Role
	if !slices.ContainsFunc(w.Containers, func(c part) bool { return len(c.Networks) > 0 }) {
		out[labelAlone] = "true"
	}
	for _, c := range w.Containers {
		for _, n := range c.Networks {
			if !b.leadsOut(n.Name) {
				out[labelNetwork+n.Name] = "true"
			}
		}
		if len(c.Egress) > 0 {
			out[labelEgress] = "true"
		}
	}
	return out
}

// template is a workload's pod.
func (b *builder) template(w *pod) core.PodTemplateSpec {
	no, group, onMismatch := false, b.plan.UID(), core.FSGroupChangeOnRootMismatch
	spec := core.PodSpec{
		AutomountServiceAccountToken: &no, EnableServiceLinks: &no,
		SecurityContext: &core.PodSecurityContext{
			// Volumes and memory of the pod belong to the group that all images run as.
			FSGroup: &group, FSGroupChangePolicy: &onMismatch,
			SeccompProfile: &core.SeccompProfile{Type: core.SeccompProfileTypeRuntimeDefault}, Sysctls: b.sysctls(w),
		},
		Volumes: b.volumes(w), Affinity: b.affinity(w), TerminationGracePeriodSeconds: b.grace(w), DNSConfig: b.resolver(w),
	}
	if w.Restricted {
		yes := true
		spec.SecurityContext.RunAsNonRoot = &yes
	}
	for _, c := range w.Containers {
		container := b.container(c)
		if before, needed := b.begin(c, container); needed {
			spec.InitContainers = append(spec.InitContainers, before)
		}
		if b.serves(w) {
			container.Lifecycle = &core.Lifecycle{PreStop: &core.LifecycleHandler{Sleep: &core.SleepAction{Seconds: int64(target.Quiet / time.Second)}}}
		}
		spec.Containers = append(spec.Containers, container)
	}
	if w.stateless() {
		spec.TopologySpreadConstraints, spec.Tolerations = b.spread(w), leaves()
	}
	if b.kind(w) == kindJob {
		spec.RestartPolicy = core.RestartPolicyOnFailure
	}
	annotations := reasons(w)
	if main := w.Containers[0]; len(w.Containers) > 1 {
		annotations["kubectl.kubernetes.io/default-container"] = object(main.Name)
	}
	return core.PodTemplateSpec{ObjectMeta: meta.ObjectMeta{Labels: b.podLabels(w), Annotations: annotations}, Spec: spec}
}

// serves says whether requests come to a pod that others like it can answer, so that it may not end before they go there.
func (b *builder) serves(w *pod) bool {
	return w.stateless() && len(b.plan.Served(w.Containers[0].Name))+len(w.Containers[0].Ports) > 0
}

// grace is the longest of the containers' times to stop.
func (b *builder) grace(w *pod) *int64 {
	longest := 10 * time.Second
	for _, c := range w.Containers {
		if d := b.project.Services[c.Name].StopGracePeriod; d != nil {
			longest = max(longest, time.Duration(*d))
		}
	}
	if b.serves(w) {
		longest += target.Quiet
	}
	out := int64(longest / time.Second)
	return &out
}

// resolver has services of the other namespace found by their short names here as well, and a question that a busy name server lost asked
// again after two seconds: the five of the C library are more than many have time for.
func (b *builder) resolver(w *pod) *core.PodDNSConfig {
	again, often := "2", "5"
	config := &core.PodDNSConfig{Options: []core.PodDNSConfigOption{{Name: "timeout", Value: &again}, {Name: "attempts", Value: &often}}}
	for _, other := range b.namespaces() {
		if other != b.namespace(w) {
			config.Searches = []string{b.domain(other)}
		}
	}
	return config
}

func (b *builder) sysctls(w *pod) []core.Sysctl {
	all := map[string]string{}
	for _, c := range w.Containers {
		maps.Copy(all, b.project.Services[c.Name].Sysctls)
		if slices.ContainsFunc(b.servicePorts(c.Name), func(p core.ServicePort) bool { return p.Port < 1024 }) ||
			slices.ContainsFunc(c.Ports, func(p plan.Published) bool { return p.Target < 1024 }) {
			all["net.ipv4.ip_unprivileged_port_start"] = "0" // as Docker has it: a low port takes no privilege
		}
	}
	var out []core.Sysctl
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out = append(out, core.Sysctl{Name: name, Value: all[name]})
	}
	return out
}

// reasons are why a pod may do what the standard "restricted" forbids, by service and kind.
func reasons(w *pod) map[string]string {
	out := map[string]string{}
	for _, c := range w.Containers {
		for _, e := range forbidden(c.Service) {
			for _, kind := range e.Kinds() {
				out[fmt.Sprintf("exception.owgen.io/%s.%s", object(c.Name), kind)] = oneLine(e.Reason)
			}
		}
	}
	return out
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// domain is where the names of a namespace's services lie.
func (b *builder) domain(namespace string) string {
	return namespace + ".svc." + b.plan.Values.String("kubernetes.cluster_domain")
}

// leadsOut says of a network that nobody is reached on it.
func (b *builder) leadsOut(network string) bool {
	return slices.ContainsFunc(b.plan.Networks, func(n plan.Network) bool { return n.Name == network && n.Egress })
}
