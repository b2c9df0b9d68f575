package kubernetes

import (
	"time"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// forsaken is how long pods that keep nothing stay on a node that is known not to answer. Of these a second one does no harm, should the
// node run on unseen. All else stays for the five minutes that Kubernetes gives.
const forsaken = 30 * time.Second

// affinity keeps a pod on the nodes that its service may run on, and those that are alike in several zones, where nodes have them.
func (b *builder) affinity(w *pod) *core.Affinity {
	var out core.Affinity
	if nodes := w.Containers[0].Nodes; len(nodes) > 0 && len(nodes) < len(b.plan.Nodes) {
		terms := []core.NodeSelectorTerm{{MatchExpressions: []core.NodeSelectorRequirement{
			{Key: b.plan.Values.String("kubernetes.pool_label"), Operator: core.NodeSelectorOpIn, Values: nodes},
		}}}
		out.NodeAffinity = &core.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &core.NodeSelector{NodeSelectorTerms: terms}}
	}
	if w.stateless() {
		// Not a constraint beside the one of nodes: the scheduler passes over both on a node that lacks the label of either.
		zones := core.PodAffinityTerm{TopologyKey: labelZone, LabelSelector: &meta.LabelSelector{MatchLabels: b.selector(w)}}
		out.PodAntiAffinity = &core.PodAntiAffinity{PreferredDuringSchedulingIgnoredDuringExecution: []core.WeightedPodAffinityTerm{{Weight: 100, PodAffinityTerm: zones}}}
	}
	if out == (core.Affinity{}) {
		return nil
	}
	return &out
}

// spread has pods that are alike on several nodes. Those of a former version do not count: they end, and counted they would have the
// new ones together where no former one was.
func (b *builder) spread(w *pod) []core.TopologySpreadConstraint {
	return []core.TopologySpreadConstraint{{
		MaxSkew: 1, TopologyKey: labelHostName, WhenUnsatisfiable: core.ScheduleAnyway,
		LabelSelector: &meta.LabelSelector{MatchLabels: b.selector(w)}, MatchLabelKeys: []string{"pod-template-hash"},
	}}
}

// leaves has a pod started elsewhere soon after its node was lost.
func leaves() []core.Toleration {
	seconds := int64(forsaken / time.Second)
	var out []core.Toleration
	for _, taint := range []string{core.TaintNodeNotReady, core.TaintNodeUnreachable} {
		out = append(out, core.Toleration{Key: taint, Operator: core.TolerationOpExists, Effect: core.TaintEffectNoExecute, TolerationSeconds: &seconds})
	}
	return out
}
