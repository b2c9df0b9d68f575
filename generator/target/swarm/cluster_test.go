package swarm

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/diff"
)

// What is read back of a stack is what it says: where things may run, how they are replaced, what they see, where volumes lie.
func TestCluster(t *testing.T) {
	files := map[string][]byte{
		StackFile: []byte(`services:
  store:
    image: "registry.example.org/o/store:1.2-0123456789ab"
    env_file: [./env/base.env]
    environment: {B: "2"}
    command: [secret]
    secrets: [{source: key}]
    configs: [{source: mine, target: /run/mine.tar.gz}]
    volumes:
      - {type: volume, source: data, target: /data}
      - {type: volume, target: /scratch}
    networks: {back: null}
    healthcheck: {test: [CMD, look], interval: 5s}
    deploy:
      replicas: 2
      placement: {constraints: ["node.labels.io.owgen.x.role.data == true"]}
      update_config: {order: stop-first}
      resources: {limits: {memory: 1G}}
    labels: {io.owgen.role: data}
networks:
  back: {driver: overlay}
volumes:
  # Everything.
  # On the one machine that its service may run on.
  data: {}
  # Uploads
  shared:
    driver_opts: {type: nfs, o: "addr=${FILES_ADDRESS:?is not set: run ./deploy},nfsvers=4.1", device: ":/shared"}
`),
		ConfFile: []byte("# words\nproject x\nnode a io.owgen.x.role.data\nnode b io.owgen.x.role.data io.owgen.x.role.app\nfiles a 192.0.2.7\n" +
			"pack mine custom/mine\nconfig mine ./.deploy/mine.tar.gz\nsecret key ./secrets/key\n"),
		"env/base.env": []byte("A=1\nB=1\n"),
	}
	got, err := Target{}.Cluster(files)
	if err != nil {
		t.Fatal(err)
	}
	want := diff.Workload{Role: "data", Manner: diff.Stops, Images: map[string]string{"store": "registry.example.org/o/store:1.2-0123456789ab"}, Replicas: 2,
		Place: []string{"a", "b"}, Environment: map[string]string{"A": "1", "B": "2"}, Files: []string{"custom/mine"}, Secrets: []string{"key"}, Networks: []string{"back"},
		Mounts: []diff.Mount{{Volume: "data", Target: "/data"}}, Removal: "`./deploy` ends it"}
	w := got.Workloads["store"]
	if _, sealed := w.Spec["command"].(diff.Sealed); !sealed {
		t.Errorf("its command is open: %v", w.Spec)
	}
	if _, there := w.Spec["environment"]; there {
		t.Errorf("its environment is open: %v", w.Spec)
	}
	w.Spec = nil
	if difference := cmp.Diff(want, w); difference != "" {
		t.Error(difference)
	}
	if v := got.Volumes["data"]; v.Holds != "Everything." || !v.Bound || v.Scratch || v.Where != "on one machine" {
		t.Errorf("%+v", v)
	}
	if v := got.Volumes["shared"]; v.Holds != "Uploads" || v.Bound || v.Scratch || v.Where != "on the file server of a:/shared" {
		t.Errorf("%+v", v)
	}
	if none, err := (Target{}).Cluster(map[string][]byte{"docker-compose.yml": nil}); none != nil || err != nil {
		t.Errorf("of a bundle for Compose: %v %v", none, err)
	}
	for _, strange := range []string{"services: {a: null}\n", "{}\n", "services: {a: {deploy: 3, volumes: {}, networks: [x], labels: [y], environment: [A=1], secrets: [plain]}}\n", "volumes: null\n"} {
		if _, err := (Target{}).Cluster(map[string][]byte{StackFile: []byte(strange)}); err != nil {
			t.Errorf("%s: %v", strange, err)
		}
	}
	for _, broken := range []string{"services: [", "services: {a: {env_file: [./env/b.env]}}\n", "volumes: {a: {driver_opts: 3}}\n"} {
		_, err := Target{}.Cluster(map[string][]byte{StackFile: []byte(broken), "env/b.env": []byte("A='\n")})
		if err == nil || !strings.HasPrefix(err.Error(), StackFile+": ") {
			t.Errorf("%s: %v", broken, err)
		}
	}
}

// A release's images are handed on to the registry of the machines.
func TestLoadedImagesArePushed(t *testing.T) {
	if load := (Target{}).Images().Load(); !strings.HasPrefix(load, "docker load\n") || !strings.HasSuffix(load, "\ndocker compose push") {
		t.Errorf("%q", load)
	}
}
