package kubernetes

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// keepsJobs is for how long a job that has ended can be looked at.
const keepsJobs = 3600

// meta is the head of an object.
func (b *builder) meta(namespace, name, belongs string) meta.ObjectMeta {
	return meta.ObjectMeta{Name: name, Namespace: namespace, Labels: b.labels(belongs)}
}

func kind(name, version string) meta.TypeMeta { return meta.TypeMeta{Kind: name, APIVersion: version} }

// workload is what runs a pod, with the services by which it is reached.
func (b *builder) workload(w *pod) ([]document, error) {
	head := b.meta(b.namespace(w), object(w.Name), object(w.Name))
	template, replicas, history := b.template(w), int32(w.Replicas), int32(3)
	selector := &meta.LabelSelector{MatchLabels: b.selector(w)}
	about := w.Containers[0].Summary
	for _, c := range w.Containers[1:] {
		about += "\nand, in the same network as this: " + c.Summary
	}
	var out document
	head.Annotations = annotated(b.excuses(w, template))
	if b.kind(w) != kindJob { // what kubernetes/scale goes back to
		head.Annotations[annotationReplicas] = fmt.Sprint(w.Replicas)
	}
	switch b.kind(w) {
	case kindJob:
		name, err := fingerprint(template)
		if err != nil {
			return nil, err
		}
		head.Name += "-" + name
		after, retries := int32(keepsJobs), int32(10)
		out = document{&batch.Job{TypeMeta: kind(kindJob, "batch/v1"), ObjectMeta: head,
			Spec: batch.JobSpec{BackoffLimit: &retries, TTLSecondsAfterFinished: &after, Template: template}}, about}
	case kindStatefulSet:
		out = document{&apps.StatefulSet{TypeMeta: kind(kindStatefulSet, "apps/v1"), ObjectMeta: head,
			Spec: apps.StatefulSetSpec{Replicas: &replicas, Selector: selector, ServiceName: governing(w), RevisionHistoryLimit: &history, Template: template,
				// In order, a pod that does not get ready would keep the one that mends it from coming.
				PodManagementPolicy: apps.ParallelPodManagement}}, about}
	default:
		stuck := int32(2 * patience / time.Second) // a pod may wait for others, and then start for as long as its probe lets it
		spec := apps.DeploymentSpec{Replicas: &replicas, Selector: selector, RevisionHistoryLimit: &history, ProgressDeadlineSeconds: &stuck, Template: template}
		if w.stateless() {
			none, more := intstr.FromInt32(0), intstr.FromString("25%")
			spec.Strategy = apps.DeploymentStrategy{Type: apps.RollingUpdateDeploymentStrategyType,
				RollingUpdate: &apps.RollingUpdateDeployment{MaxUnavailable: &none, MaxSurge: &more}}
		} else { // never two of it, not even for the moment of a change
			spec.Strategy = apps.DeploymentStrategy{Type: apps.RecreateDeploymentStrategyType}
		}
		out = document{&apps.Deployment{TypeMeta: kind(kindDeployment, "apps/v1"), ObjectMeta: head, Spec: spec}, about}
	}
	documents := append([]document{out}, b.services(w)...)
	if b.kind(w) == kindStatefulSet {
		documents = append(documents, b.names(w))
	}
	if w.Replicas > 1 {
		documents = append(documents, b.budget(w))
	}
	return documents, nil
}

// budget keeps whoever empties a node from ending more than one at a time. A single pod gets none: with one, its node
// could not be emptied at all.
func (b *builder) budget(w *pod) document {
	one, always := intstr.FromInt32(1), policy.AlwaysAllow // a pod that is not ready serves nobody, and would keep its node from being emptied
	return document{&policy.PodDisruptionBudget{TypeMeta: kind("PodDisruptionBudget", "policy/v1"), ObjectMeta: b.meta(b.namespace(w), object(w.Name), object(w.Name)),
		Spec: policy.PodDisruptionBudgetSpec{MaxUnavailable: &one, UnhealthyPodEvictionPolicy: &always, Selector: &meta.LabelSelector{MatchLabels: b.selector(w)}}}, ""}
}

// fingerprint names a job by what it does, so that each release has one of its own: a job cannot be changed.
func fingerprint(template any) (string, error) {
	text, err := json.Marshal(template)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:5]), err
}
