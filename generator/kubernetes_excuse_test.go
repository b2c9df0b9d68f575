package generator

import (
	"slices"
	"strings"
	"testing"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Each rule of a linter that is switched off on an object has its reason there, and no reason is left without its rule.
func TestKubernetesExcusesHaveReasons(t *testing.T) {
	const ignored, reason = "kube-score/ignore", "kube-score.owgen.io/"
	seen := 0
	for _, object := range applied(t, "", append(slices.Clone(onKubernetes), "kubernetes.publish=nodeport",
		"publish={https: 30443, http: 30080, vpn: 31194, radius_auth: 31812, radius_acct: 31813}")...).all {
		var head meta.ObjectMeta
		switch x := object.(type) {
		case *apps.Deployment:
			head = x.ObjectMeta
		case *apps.StatefulSet:
			head = x.ObjectMeta
		case *batch.Job:
			head = x.ObjectMeta
		case *core.Service:
			head = x.ObjectMeta
		default:
			continue
		}
		rules := strings.Split(head.Annotations[ignored], ",")
		for key, text := range head.Annotations {
			if rule, is := strings.CutPrefix(key, reason); is && !slices.Contains(rules, rule) {
				t.Errorf("%s: a reason for %s, which is not ignored", head.Name, rule)
			}
			if strings.HasPrefix(key, "ignore-check.kube-linter.io/") && len(text) < 20 {
				t.Errorf("%s: %s has no reason", head.Name, key)
			}
		}
		for _, rule := range rules {
			if rule == "" {
				continue
			}
			if seen++; len(head.Annotations[reason+rule]) < 20 {
				t.Errorf("%s: nothing says why %s is ignored", head.Name, rule)
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d rules are ignored: this looks at the wrong objects", seen)
	}
}

// What waits for others before a service starts has none of the rights and devices that the service has.
func TestKubernetesWaitsWithoutRights(t *testing.T) {
	waits := 0
	for name, pod := range applied(t, "", onKubernetes...).pods {
		devices := map[string]bool{}
		for _, v := range pod.Spec.Volumes {
			devices[v.Name] = v.HostPath != nil
		}
		for _, c := range pod.Spec.InitContainers {
			waits++
			if s := c.SecurityContext; len(s.Capabilities.Add) > 0 || *s.RunAsUser == 0 || !*s.RunAsNonRoot {
				t.Errorf("%s: %s may do %+v", name, c.Name, s)
			}
			for _, m := range c.VolumeMounts {
				if devices[m.Name] {
					t.Errorf("%s: %s has %s", name, c.Name, m.MountPath)
				}
			}
		}
	}
	if waits < 8 {
		t.Errorf("only %d wait", waits)
	}
}
