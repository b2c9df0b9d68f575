//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// unnoticed is how long requests may go to pods of a node that is gone. Since Kubernetes 1.32 the cluster gives a node 50 s to say
// something (node-monitor-grace-period), and looks every 5 s.
const unnoticed = time.Minute

// place has the one pod of a service run on a node.
func (k *cluster) place(t testing.TB, s *stack, service, node string) {
	t.Helper()
	all := strings.Fields(must(k.kubectl(time.Minute, "get", "nodes", "-o", "jsonpath={.items[*].metadata.name}"))(t))
	others := slices.DeleteFunc(all, func(name string) bool { return name == node })
	must(k.kubectl(time.Minute, append([]string{"cordon"}, others...)...))(t)
	defer func() { must(k.kubectl(time.Minute, append([]string{"uncordon"}, others...)...))(t) }()
	namespace, pod, err := k.pod(s, service)
	if err != nil {
		t.Fatal(err)
	}
	must(k.kubectl(3*time.Minute, "-n", namespace, "delete", "pod", pod))(t)
	eventually(t, 3*time.Minute, service+" runs on "+node, func() error { return k.runsOn(s, service, 1, node) })
}

// runsOn says that so many pods of a service are ready, on some of the nodes.
func (k *cluster) runsOn(s *stack, service string, number int, nodes ...string) error {
	on, err := k.nodesOf(s, service)
	if err == nil && (len(on) != number || slices.ContainsFunc(on, func(node string) bool { return !slices.Contains(nodes, node) })) {
		err = fmt.Errorf("%s runs on %v", service, on)
	}
	return err
}

// loses ends a node at once while requests come in at another one, and returns when the cluster knows. It has an edge, an API, a dashboard
// and workers, of each of which there is a second one, and a service that keeps data, but none that all need.
func (k *cluster) loses(t *testing.T, s *stack) (p *pressure, victim string, killed time.Time) {
	t.Helper()
	k.double(t, s)
	victim = k.grown(t, s)
	k.spread(t, s)
	k.place(t, s, "postfix", victim)
	for _, service := range []string{"postgres", "redis", "influxdb"} {
		if on := must(k.nodesOf(s, service))(t); slices.Contains(on, victim) {
			t.Fatalf("%s runs on %s, which is to be lost, and all would wait for it", service, victim)
		}
	}
	p = s.pressureAt(t, []string{k.node})
	s.leaveNotes(t, 30)
	t.Cleanup(func() { k.grown(t, s) })
	k.lose(t, victim)
	killed = time.Now()
	k.awaitNode(t, victim, "Unknown")
	t.Logf("known to be lost after %.0f s", time.Since(killed).Seconds())
	return p, victim, killed
}

// nodeLost: a node is gone at once. Requests fail until the cluster knows, what keeps nothing is started elsewhere by itself, all else by
// the runbook's command, and no task is lost. Then the node comes back.
func (k *cluster) nodeLost(t *testing.T, s *stack) {
	if os.Getenv(clusterAdd) == "" || os.Getenv(clusterLose) == "" {
		t.Skipf("NOT RUN: no node is lost; %s and %s say how", clusterAdd, clusterLose)
	}
	p, victim, killed := k.loses(t, s)
	since := func() float64 { return time.Since(killed).Seconds() }
	if err := s.notesLeft(); err == nil {
		t.Error("no task was waiting any more when the node was lost")
	}
	p.settle(t, 3*time.Minute)
	t.Logf("requests are answered again, and have been for ten seconds, after %.0f s", since())
	for _, service := range doubled {
		eventually(t, 3*time.Minute, service+" runs twice again", func() error {
			on, err := k.nodesOf(s, service)
			if err == nil && (len(on) != 2 || slices.Contains(on, victim)) {
				err = fmt.Errorf("it runs on %v", on)
			}
			return err
		})
	}
	t.Logf("what keeps nothing was started elsewhere after %.0f s", since())
	told := time.Now()
	commands := strings.ReplaceAll(k.commands(t, s, "## A node is lost", "kubectl delete node"), "NODE", victim)
	if out, err := k.run(5*time.Minute, s.dir, "sh", "-euc", commands); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	k.ready(t, s, 5*time.Minute)
	t.Logf("all is ready without the node %.0f s after it was deleted", time.Since(told).Seconds())
	if on := must(k.nodesOf(s, "postfix"))(t); len(on) != 1 || on[0] == victim {
		t.Errorf("postfix runs on %v", on)
	}
	p.endWithin(t, unnoticed)
	eventually(t, 6*time.Minute, "the tasks are done", func() error { return s.notesLeft() })
	t.Logf("all tasks are done after %.0f s", since())
	k.loginAt(t, s, k.node)

	k.grown(t, s)
	k.spread(t, s)
	for _, address := range []string{k.node, k.addressOf(t, victim)} {
		k.loginAt(t, s, address)
	}
}
