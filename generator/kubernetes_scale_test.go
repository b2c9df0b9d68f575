package generator

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator/catalog"
)

// Whoever reaches something through another's pod is there once, unless its folder says what the others of it do without the way.
func TestKubernetesHasOnePodOfARoute(t *testing.T) {
	bare := fstest.MapFS{}
	err := fs.WalkDir(dockerfiles.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(dockerfiles.FS, name)
		text := string(data)
		if before, after, found := strings.Cut(text, ", without: ["); found && strings.HasSuffix(name, "service.yaml") {
			text = before + after[strings.Index(after, "]")+1:]
		}
		bare[name] = &fstest.MapFile{Data: []byte(text)}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r := request("multi-node", append(slices.Clone(onKubernetes), "size=huge")...)
	r.Catalog = []catalog.Layer{{Name: "dockerfiles", FS: bare}}
	_, found := Generate(t.Context(), r)
	if got := found.Error(); strings.Count(got, "kubernetes/one-pod") != 2 || !strings.Contains(got, "is 6, and") {
		t.Errorf("%v", got)
	}
	if _, found := Generate(t.Context(), request("multi-node", append(slices.Clone(onKubernetes), "size=huge")...)); len(found) > 0 {
		t.Errorf("%v", found)
	}
}

// However busy it gets, the autoscalers start no more pods than the database has connections for: each thread of a web process may
// hold one, and so may each process of a worker.
func TestKubernetesScalesWithinTheDatabase(t *testing.T) {
	for _, size := range []string{"medium", "large", "huge"} {
		set := append(slices.Clone(onKubernetes[:5]), "size="+size)
		c, values := applied(t, "", set...), generateFrom(t, "multi-node", set...).Plan.Values
		most := map[string]int{}
		for _, object := range c.all {
			if scaler, is := object.(*autoscaling.HorizontalPodAutoscaler); is {
				most[scaler.Namespace+"/"+scaler.Spec.ScaleTargetRef.Name] = int(scaler.Spec.MaxReplicas)
			}
		}
		if len(most) < 4 {
			t.Fatalf("only %d autoscalers", len(most))
		}
		held := 0
		for name, pod := range c.pods {
			for _, container := range pod.Spec.Containers {
				held += max(most[name], 1) * connections(container)
			}
		}
		have := int(values.Int("postgres.max_connections"))
		if values.Bool("sql.pool") {
			if pool := int(values.Int("pgbouncer.pool_size")); pool+12 > have {
				t.Errorf("%s: the pool has %d of the database's %d connections, and a dozen are for others", size, pool, have)
			}
			have = int(values.Int("pgbouncer.max_clients"))
		}
		if held > have {
			t.Errorf("%s: %d connections may be held, and there are %d", size, held, have)
		}
	}
}

// connections are those that a container may hold, by its processes and their threads.
func connections(c core.Container) int {
	processes, threads := 0, 1
	for _, e := range c.Env {
		number, err := strconv.Atoi(e.Value)
		switch {
		case err != nil:
		case strings.HasSuffix(e.Name, "_THREADS"):
			threads = number
		case strings.HasSuffix(e.Name, "_PROCESSES"), strings.HasSuffix(e.Name, "_CONCURRENCY"):
			processes += number
		}
	}
	if !slices.ContainsFunc(c.VolumeMounts, func(m core.VolumeMount) bool { return m.MountPath == "/run/secrets" }) {
		return 0
	}
	return processes * threads
}

// A job that is done cannot be changed, and one that mounts a Secret is changed by a new value of it: whatever the runbook applies
// after the first time, it takes such jobs away before.
func TestKubernetesRunbookTakesJobsAwayThatAreDone(t *testing.T) {
	runbook := string(generateFrom(t, "multi-node", onKubernetes...).Files["README.md"].Data)
	applied := 0
	for i, block := range strings.Split(runbook, "```") {
		before, _, found := strings.Cut(block, "kubectl apply -k .")
		if i%2 == 0 || !found {
			continue
		}
		if applied++; applied > 1 && !strings.Contains(before, "kubectl delete jobs -A -l") {
			t.Errorf("nothing takes jobs away that are done:\n%s", block)
		}
	}
	if applied < 5 {
		t.Errorf("the runbook applies %d times", applied)
	}
}

// Whatever of a processor a service may have, its pods ask for no more, which the API would refuse.
func TestKubernetesAsksForNoMoreThanItMayHave(t *testing.T) {
	for _, size := range []string{"small", "medium"} {
		c := applied(t, "", append(slices.Clone(onKubernetes[:5]), "size="+size, "resources.api.cpus=0.25", "resources.authority.cpus=0.02")...)
		limited := 0
		for name, pod := range c.pods {
			for _, container := range append(slices.Clone(pod.Spec.InitContainers), pod.Spec.Containers...) {
				limit, has := container.Resources.Limits[core.ResourceCPU]
				if asked := container.Resources.Requests[core.ResourceCPU]; has && asked.Cmp(limit) > 0 {
					t.Errorf("%s: %s: %s asks for %s, and may have %s", size, name, container.Name, asked.String(), limit.String())
				}
				if has {
					limited++
				}
			}
		}
		if limited < 3 {
			t.Errorf("%s: only %d containers are limited", size, limited)
		}
	}
}
