//go:build e2e

package e2e

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// start does what the runbook says below Start, after the images are there, and waits until all pods are ready.
func (k *cluster) start(t testing.TB, s *stack) {
	t.Helper()
	began := time.Now()
	commands := k.commands(t, s, "## Start", "kubernetes/pack")
	if out, err := k.run(20*time.Minute, s.dir, "sh", "-euc", commands); err != nil {
		t.Fatalf("%v\n%s\n%s", err, lastLines(out, 20), k.sick(s))
	}
	k.ready(t, s, 10*time.Minute)
	t.Logf("all pods ready after %.0f s", time.Since(began).Seconds())
}

// commands are those of the runbook in the code block below a heading that begins with some word.
func (k *cluster) commands(t testing.TB, s *stack, heading, begins string) string {
	t.Helper()
	_, section, _ := strings.Cut(string(must(os.ReadFile(filepath.Join(s.dir, "README.md")))(t)), "\n"+heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	for _, block := range codeBlock.FindAllStringSubmatch(section, -1) {
		if strings.HasPrefix(block[1], begins) {
			return block[1]
		}
	}
	t.Fatalf("no commands below %q begin with %q", heading, begins)
	return ""
}

// podState is what tests need of a pod.
type podState struct {
	Metadata struct {
		Namespace, Name, UID string
		DeletionTimestamp    string
		Labels               map[string]string
		OwnerReferences      []struct{ Kind string }
	}
	Spec struct {
		NodeName   string
		Containers []struct{ Name, Image string }
	}
	Status struct {
		Phase                 string
		Conditions            []condition
		ContainerStatuses     []containerState
		InitContainerStatuses []containerState
	}
}

type condition struct {
	Type, Status       string
	LastTransitionTime time.Time
}

type containerState struct {
	Name         string
	Ready        bool
	RestartCount int
	State        json.RawMessage
}

func (p podState) service() string { return p.Metadata.Labels["app.kubernetes.io/name"] }

// since is when the pod became ready, or nothing.
func (p podState) since() (at time.Time) {
	for _, c := range p.Status.Conditions {
		if c.Type == "Ready" && c.Status == "True" && p.Metadata.DeletionTimestamp == "" {
			at = c.LastTransitionTime
		}
	}
	return at
}

func (p podState) ready() bool { return !p.since().IsZero() }

func (k *cluster) pods(s *stack) (out []podState, err error) {
	text, err := k.kubectl(time.Minute, "get", "pods", "-A", "-l", k.selector(s), "-o", "json")
	if err != nil {
		return nil, err
	}
	var list struct{ Items []podState }
	err = json.Unmarshal([]byte(text), &list)
	return list.Items, err
}

// bad are the pods that are not as they should be: ready, or done.
func (k *cluster) bad(s *stack) error {
	pods, err := k.pods(s)
	if err != nil {
		return err
	}
	var bad []error
	workloads := map[string]bool{}
	for _, p := range pods {
		if done := p.Status.Phase == "Succeeded" && p.Metadata.DeletionTimestamp == ""; !done && !p.ready() {
			bad = append(bad, fmt.Errorf("%s is %s", p.Metadata.Name, p.Status.Phase))
		}
		workloads[p.service()] = true
	}
	if len(workloads) < 12 {
		bad = append(bad, fmt.Errorf("there are pods of %d services only", len(workloads)))
	}
	return errors.Join(bad...)
}

func (k *cluster) ready(t testing.TB, s *stack, limit time.Duration) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for err := k.bad(s); err != nil; err = k.bad(s) {
		if time.Now().After(deadline) {
			t.Fatalf("not all pods are ready: %v\n%s", err, k.sick(s))
		}
		time.Sleep(time.Second)
	}
}

// sick is what an operator would look at.
func (k *cluster) sick(s *stack) string {
	text, _ := k.kubectl(time.Minute, "get", "pods", "-A", "-l", k.selector(s), "-o", "wide")
	pods, _ := k.pods(s)
	for _, p := range pods {
		for _, c := range append(p.Status.InitContainerStatuses, p.Status.ContainerStatuses...) {
			if !c.Ready {
				text += fmt.Sprintf("--- %s %s: %s\n", p.Metadata.Name, c.Name, c.State)
				out, _ := k.kubectl(time.Minute, "-n", p.Metadata.Namespace, "logs", p.Metadata.Name, "-c", c.Name, "--tail", "8")
				text += out
			}
		}
	}
	for _, namespace := range k.namespaces(s) {
		events, _ := k.kubectl(time.Minute, "-n", namespace, "get", "events", "--field-selector", "type=Warning", "--sort-by", ".lastTimestamp")
		text += lastLines(events, 12) + "\n"
	}
	return text
}

// set generates the bundle again with other settings, and changes the deployment as the runbook says.
func (k *cluster) set(t testing.TB, s *stack, settings ...string) {
	t.Helper()
	s.again(t, settings)
	k.apply(t, s)
}

// apply does what stands below Change, and waits until what changed is there.
func (k *cluster) apply(t testing.TB, s *stack) {
	t.Helper()
	began := time.Now()
	commands := k.build(t, s, k.commands(t, s, "## Change", "owgen generate"))
	commands = strings.Replace(commands, "kubectl diff -k .", "kubectl diff -k . || [ $? = 1 ]", 1) // which says so
	if out, err := k.run(10*time.Minute, s.dir, "sh", "-euc", commands); err != nil {
		t.Fatalf("%v\n%s", err, lastLines(out, 20))
	}
	k.rolled(t, s)
	t.Logf("applied in %.0f s", time.Since(began).Seconds())
}

// build does what commands of the runbook begin with, and gives the nodes what they push. It returns the rest.
func (k *cluster) build(t testing.TB, s *stack, commands string) (rest string) {
	t.Helper()
	rest = s.rebuild(t, commands)
	k.give(t, s)
	return rest
}

func (k *cluster) rolled(t testing.TB, s *stack) {
	t.Helper()
	for _, namespace := range k.namespaces(s) {
		if out, err := k.kubectl(15*time.Minute, "-n", namespace, "rollout", "status", "deployment,statefulset", "--timeout", "10m"); err != nil {
			t.Fatalf("%v\n%s\n%s", err, out, k.sick(s))
		}
	}
	k.ready(t, s, 5*time.Minute)
}

// remove ends what runs of a stack, with its volumes.
func (k *cluster) remove(t testing.TB, s *stack) {
	t.Helper()
	args := append([]string{"delete", "namespace", "--ignore-not-found", "--wait=true", "--timeout", "4m"}, k.namespaces(s)...)
	_, err := k.kubectl(5*time.Minute, args...)
	_, also := k.kubectl(time.Minute, "delete", "pv", "-l", k.selector(s), "--ignore-not-found")
	if err = cmp.Or(err, also); err != nil {
		t.Errorf("clean-up: %v", err)
	}
}
