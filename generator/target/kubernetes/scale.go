package kubernetes

import (
	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"gopkg.in/yaml.v3"
)

// The overlays. The small one is the base as it is: as many of each service as the setting scale says. In the large one all
// services that bear it run at least twice, and more of them start as processors get busy.
const (
	overlaySmall = "small"
	overlayLarge = "large"
	busy         = 70 // percent of the processor time that a pod asks for
	most         = 2  // times as many as at least: each may hold connections to the database, and a size has enough of them for that
)

// scaled are the objects of the large overlay.
func (b *builder) scaled() []document {
	var out []document
	for _, w := range b.pods {
		if !w.stateless() {
			continue
		}
		if w.Replicas == 1 {
			out = append(out, b.budget(w))
		}
		least, percent := int32(max(w.Replicas, 2)), int32(busy)
		calm := int32(300)
		out = append(out, document{&autoscaling.HorizontalPodAutoscaler{
			TypeMeta: kind("HorizontalPodAutoscaler", "autoscaling/v2"), ObjectMeta: b.meta(b.namespace(w), object(w.Name), object(w.Name)),
			Spec: autoscaling.HorizontalPodAutoscalerSpec{
				ScaleTargetRef: autoscaling.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: kindDeployment, Name: object(w.Name)},
				MinReplicas:    &least, MaxReplicas: least * most,
				Metrics: []autoscaling.MetricSpec{{Type: autoscaling.ResourceMetricSourceType, Resource: &autoscaling.ResourceMetricSource{
					Name: core.ResourceCPU, Target: autoscaling.MetricTarget{Type: autoscaling.UtilizationMetricType, AverageUtilization: &percent}}}},
				Behavior: &autoscaling.HorizontalPodAutoscalerBehavior{ScaleDown: &autoscaling.HPAScalingRules{StabilizationWindowSeconds: &calm}},
			}}, ""})
	}
	return out
}

// A patch of a kustomization, in the words of JSON Patch.
type patch struct {
	Op    string `yaml:"op"`
	Path  string `yaml:"path"`
	Value any    `yaml:"value,omitempty"`
}

// patches leave the number to the autoscaler, and ask for the processor time that it measures by.
func (b *builder) patches() ([]patched, error) {
	var out []patched
	for _, w := range b.pods {
		if !w.stateless() {
			continue
		}
		asked := resource.MustParse("500m")
		if limit, limited := resources(b.project.Services[w.Containers[0].Name]).Limits[core.ResourceCPU]; limited && limit.Cmp(asked) < 0 {
			asked = limit
		}
		text, err := yaml.Marshal([]patch{{Op: "remove", Path: "/spec/replicas"}, {Op: "replace", Path: "/spec/template/spec/containers/0/resources/requests/cpu", Value: asked.String()}})
		if err != nil {
			return nil, err
		}
		out = append(out, patched{Target: reference{Kind: kindDeployment, Name: object(w.Name), Namespace: b.namespace(w)}, Patch: string(text)})
	}
	return out, nil
}
