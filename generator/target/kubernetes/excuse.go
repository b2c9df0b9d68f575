package kubernetes

import (
	"slices"
	"strings"

	core "k8s.io/api/core/v1"

	"github.com/owgen/owgen/generator/catalog"
)

// Annotations by which the usual linters learn that a rule is broken on purpose. kube-score takes a list without reasons, which
// stand beside it.
const (
	annotationScore       = "kube-score/ignore"
	annotationScoreReason = "kube-score.owgen.io/"
	annotationLinter      = "ignore-check.kube-linter.io/"
)

// lowUser is below whom kube-score wants no user's number.
const lowUser = 10000

// An excuse is why an object breaks a rule that is right for most others: of kube-score, of kube-linter, or of both.
type excuse struct{ score, linter, reason string }

// excuses are those of one workload: what follows from what its services declare, and what all have in common.
func (b *builder) excuses(w *pod, template core.PodTemplateSpec) []excuse {
	out := []excuse{{score: "container-image-pull-policy", reason: "a tag ends in the hash of what its image is built from, so that a node that has it needs no registry to start it"}}
	containers := template.Spec.Containers
	if slices.ContainsFunc(containers, func(c core.Container) bool { return c.Resources.Limits.Cpu().IsZero() }) {
		out = append(out, excuse{"container-resources", "unset-cpu-requirements", "memory is limited; idle processors are for whoever can use them, unless resources.NAME.cpus says how many"})
	}
	if slices.ContainsFunc(containers, func(c core.Container) bool { return *c.SecurityContext.RunAsUser < lowUser }) {
		out = append(out, excuse{score: "container-security-context-user-group-id", reason: "build.uid is the user of all images, to whom files in volumes belong"})
	}
	if slices.ContainsFunc(containers, func(c core.Container) bool { return c.LivenessProbe != nil }) {
		out = append(out, excuse{score: "pod-probes-identical", reason: "one program answers both, and what follows differs: no requests after a minute, a new start after five"})
	}
	out = append(out, b.alone(w)...)
	if w.stateless() {
		out = append(out, excuse{"deployment-has-host-podantiaffinity", "no-anti-affinity", "topologySpreadConstraints spread the pods over nodes"})
	}
	for _, x := range []struct {
		rule string
		is   func(catalog.Exception) bool
	}{
		{"run-as-non-root", func(e catalog.Exception) bool { return e.User == catalog.OwnerRoot }},
		{"drop-net-raw-capability", func(e catalog.Exception) bool { return slices.Contains(e.Capabilities, "NET_RAW") }},
		{"unsafe-sysctls", func(e catalog.Exception) bool { return len(e.Sysctls) > 0 }},
	} {
		if reason := declared(w, x.is); reason != "" {
			out = append(out, excuse{linter: x.rule, reason: reason})
		} else if x.rule == "unsafe-sysctls" && len(template.Spec.SecurityContext.Sysctls) > 0 {
			out = append(out, excuse{linter: x.rule, reason: "in this pod alone, and allowed by the standard restricted: a low port takes no privilege"})
		}
	}
	return out
}

// alone is why there is one pod of a Deployment that others reach.
func (b *builder) alone(w *pod) []excuse {
	if b.kind(w) != kindDeployment || len(b.services(w)) == 0 {
		return nil
	}
	var out []excuse
	reason := "there must never be two of it, not even for the moment of a change"
	if !w.stateless() {
		out = append(out, excuse{score: "deployment-strategy", reason: reason})
	} else {
		reason = "scale." + w.Name + " says how many"
	}
	if w.Replicas < 2 {
		out = append(out, excuse{score: "deployment-replicas", reason: reason})
	}
	return out
}

// declared are the reasons that services of a pod give for exceptions of a kind.
func declared(w *pod, is func(catalog.Exception) bool) string {
	var out []string
	for _, c := range w.Containers {
		for _, e := range c.Exceptions {
			if reason := oneLine(e.Reason); is(e) && !slices.Contains(out, reason) {
				out = append(out, reason)
			}
		}
	}
	return strings.Join(out, " ")
}

// annotated are the annotations that say it.
func annotated(excuses []excuse) map[string]string {
	out := map[string]string{}
	var ignored []string
	for _, x := range excuses {
		if x.score != "" {
			ignored = append(ignored, x.score)
			out[annotationScoreReason+x.score] = x.reason
		}
		if x.linter != "" {
			out[annotationLinter+x.linter] = x.reason
		}
	}
	if len(ignored) > 0 {
		out[annotationScore] = strings.Join(ignored, ",")
	}
	return out
}
