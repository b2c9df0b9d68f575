package kubernetes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/target"
)

// Command uses kubectl, and the bundle's own scripts for what takes more than one call of it.
func (t *Target) Command(s plan.Step) string {
	var line string
	switch s.Kind {
	case "exec":
		line = t.exec(s)
	case "run":
		w := t.layout.home(s.Services[0])
		in := ""
		if s.From != "" {
			in = "-i "
		}
		line = fmt.Sprintf("kubernetes/run "+in+"%s %s %s %s", t.layout.namespace(w), t.named(w), object(s.Services[0]), target.Words(s.Command))
	case "stop", "start":
		line = "kubernetes/scale " + s.Kind
		for _, w := range t.chosen(s.Services) {
			if len(s.Services) > 0 {
				line += " " + object(w.Name)
			}
		}
	default:
		line = t.restart(s.Services)
	}
	return target.Line(s, line)
}

func (t *Target) exec(s plan.Step) string {
	w := t.layout.home(s.Services[0])
	in := ""
	if s.From != "" {
		in = "-i "
	}
	command := target.Words(s.Command)
	if s.User != "" && startsAsRoot(t.layout.plan.Service(s.Services[0])) {
		command = "unprivileged " + command
	}
	return fmt.Sprintf("kubectl -n %s exec %s%s -c %s -- %s", t.layout.namespace(w), in, t.named(w), object(s.Services[0]), command)
}

func startsAsRoot(s *plan.Service) bool {
	return slices.ContainsFunc(s.Exceptions, func(e catalog.Exception) bool { return e.User == catalog.OwnerRoot })
}

// restart starts the workloads of services anew, those of a namespace at once.
func (t *Target) restart(services []string) string {
	var out []string
	for _, namespace := range t.layout.namespaces() {
		var names []string
		for _, w := range t.chosen(services) {
			if t.layout.namespace(w) == namespace {
				names = append(names, t.named(w))
			}
		}
		if len(names) > 0 {
			out = append(out, fmt.Sprintf("kubectl -n %s rollout restart %s", namespace, strings.Join(names, " ")))
		}
	}
	return strings.Join(out, " && ")
}

// chosen are the workloads of services, or all, without jobs.
func (t *Target) chosen(services []string) []*pod {
	var out []*pod
	for _, w := range t.layout.pods {
		if t.layout.kind(w) != kindJob && (len(services) == 0 || slices.ContainsFunc(w.Containers, func(c part) bool { return slices.Contains(services, c.Name) })) {
			out = append(out, w)
		}
	}
	return out
}

// named is a workload in the words of kubectl.
func (t *Target) named(w *pod) string {
	return strings.ToLower(t.layout.kind(w)) + "/" + object(w.Name)
}
