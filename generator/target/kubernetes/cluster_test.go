package kubernetes

import (
	"fmt"
	"strings"
	"testing"

	"github.com/owgen/owgen/generator/diff"
)

const podFile = `# Made by hand.
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: x, labels: {app.kubernetes.io/name: web, app.kubernetes.io/part-of: x}}
spec:
  template:
    metadata: {labels: {owgen.io/role: app}}
    spec:
      affinity: %s
      volumes: [{name: d, persistentVolumeClaim: {claimName: data}}, {name: c, configMap: {name: custom-web}}]
      containers:
        - {name: web, image: i, command: [hUnter2x], env: [{name: A, value: hUnter2x}], volumeMounts: [{name: d, mountPath: /data}]}
---
# Everything
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: x}
spec: {accessModes: [ReadWriteMany], storageClassName: many, resources: {requests: {storage: 1Gi}}}
`

func bundleOf(affinity string) map[string][]byte {
	return map[string][]byte{
		kustomization:                        []byte("resources: [kubernetes/overlays/small]\nconfigMapGenerator:\n  - {name: custom-web, files: [files.tar.gz=custom/packed/web.tar.gz]}\n"),
		overlays + "/small/" + kustomization: []byte("resources: [../../base]\n"),
		base + "/" + kustomization:           []byte("resources: [web.yaml, ., ../base]\n"), // round and round
		base + "/web.yaml":                   []byte(fmt.Sprintf(podFile, affinity)),
	}
}

// Manifests are read back as they are, also those that somebody edited; nothing that may be a secret stands in the open.
func TestCluster(t *testing.T) {
	for _, affinity := range []string{"{}", "{nodeAffinity: {}}", "{nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {}}}"} {
		got, err := (&Target{}).Cluster(bundleOf(affinity))
		if err != nil {
			t.Fatal(err)
		}
		w := got.Workloads["web"]
		if w.Role != "app" || w.Manner != diff.Rolls || w.Replicas != 1 || len(w.Place) > 0 || w.Environment["A"] != "hUnter2x" ||
			fmt.Sprint(w.Files, w.Mounts) != "[custom/packed/web.tar.gz custom/web] [{data /data false}]" {
			t.Errorf("%s: %+v", affinity, w)
		}
		if v := got.Volumes["data"]; v.Holds != "Everything" || v.Size != 1<<30 || v.Where != "in the storage class many, shared" || v.Bound {
			t.Errorf("%+v", v)
		}
		other, err := (&Target{}).Cluster(bundleOf(affinity))
		if err != nil {
			t.Fatal(err)
		}
		other.Workloads["web"].Environment["A"] = "another"
		other.Workloads["web"].Spec["web"].(map[string]any)["command"] = diff.Sealed{Value: "another"}
		r := diff.Compare(diff.Side{Cluster: got}, diff.Side{Cluster: other}, diff.Options{Replaced: []string{"none"}})
		text := r.Text(diff.Plain)
		if strings.Contains(text, "hUnter2x") || strings.Contains(text, "another") || !strings.Contains(text, "environment: A") || !strings.Contains(text, "web.command differs") {
			t.Errorf("it says\n%s", text)
		}
	}
}

// What cannot be read is an error that names the file, and no panic.
func TestBrokenCluster(t *testing.T) {
	for _, broken := range []string{"kind: [", "kind: Deployment\nspec: {template: 3}\n", "kind: StatefulSet\n", "kind: PersistentVolumeClaim\nspec: {accessModes: 3}\n"} {
		files := bundleOf("{}")
		files[base+"/web.yaml"] = []byte(broken)
		if got, err := (&Target{}).Cluster(files); err == nil {
			t.Errorf("%q is taken: %+v", broken, got)
		}
	}
	if none, err := (&Target{}).Cluster(map[string][]byte{"docker-compose.yml": nil}); none != nil || err != nil {
		t.Errorf("of a bundle for Compose: %v %v", none, err)
	}
}
