package kubernetes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/plan"
)

// container is a part of a pod, as Compose would start it.
func (b *builder) container(c part) core.Container {
	s := b.project.Services[c.Name]
	out := core.Container{
		Name: object(c.Name), Image: s.Image, ImagePullPolicy: core.PullIfNotPresent,
		Command: s.Entrypoint, Args: s.Command, WorkingDir: s.WorkingDir,
		Resources: resources(s), SecurityContext: b.security(s),
	}
	if len(c.Command) > 0 {
		out.Args = c.Command
	}
	out.EnvFrom, out.Env = b.environment(s)
	out.VolumeMounts = b.mounts(c, true)
	for _, p := range c.Ports {
		out.Ports = append(out.Ports, core.ContainerPort{Name: object(p.Name), ContainerPort: int32(p.Target), Protocol: protocol(p.Protocol)})
	}
	out.StartupProbe, out.ReadinessProbe, out.LivenessProbe = probes(s.HealthCheck)
	return out
}

// begin is what runs before a part, in a container like its own: it unpacks what the user laid into custom/, and waits for what the part needs.
func (b *builder) begin(c part, out core.Container) (core.Container, bool) {
	unpack, wait := b.archives(c), b.awaited(c.Service)
	if len(unpack)+len(wait) == 0 {
		return core.Container{}, false
	}
	out.Name = "begin-" + out.Name
	if len(out.Name) > 63 {
		out.Name = out.Name[:63]
	}
	// Not through the image's own entry, which would start more than that.
	out.Command, out.Args = []string{"begin", "true"}, nil
	out.Ports, out.StartupProbe, out.ReadinessProbe, out.LivenessProbe = nil, nil, nil, nil
	out.VolumeMounts = b.mounts(c, false)
	out.SecurityContext = b.closed() // whatever the service itself may do, this takes no right
	for _, x := range []struct {
		name  string
		lines []string
	}{{"UNPACK", unpack}, {"WAIT_FOR", wait}} {
		if len(x.lines) > 0 {
			out.Env = append(slices.Clip(out.Env), core.EnvVar{Name: x.name, Value: verbatim(strings.Join(x.lines, "\n"))}) // the part keeps its own
		}
	}
	return out, true
}

// awaited are the lines by which `begin` knows what has to be there first.
func (b *builder) awaited(s *plan.Service) []string {
	var out []string
	for _, u := range s.Uses {
		if !u.Start || u.Asked || u.Host == "" && len(u.Ready) == 0 {
			continue
		}
		name, command := u.Name, fmt.Sprintf("tcp %s %d", u.Host, u.Port)
		if u.Service != "" {
			name = u.Service
		}
		if len(u.Ready) > 0 {
			var words []string
			for _, word := range u.Ready {
				words = append(words, dotenv.Shell(word))
			}
			command = strings.Join(words, " ")
		}
		if line := name + " " + command; !slices.Contains(out, line) && (len(u.Ready) > 0 || u.Port > 0) {
			out = append(out, line)
		}
	}
	return out
}

// environment is what a service shares with others on the same image, and what it has for itself.
func (b *builder) environment(s types.ServiceConfig) ([]core.EnvFromSource, []core.EnvVar) {
	var from []core.EnvFromSource
	shared := map[string]string{}
	for _, e := range b.environments {
		if slices.Contains(e.services, s.Name) {
			from = append(from, core.EnvFromSource{ConfigMapRef: &core.ConfigMapEnvSource{LocalObjectReference: core.LocalObjectReference{Name: e.name}}})
			maps.Copy(shared, e.values)
		}
	}
	var own []core.EnvVar
	for _, name := range slices.Sorted(maps.Keys(s.Environment)) {
		value := s.Environment[name]
		if same, ok := shared[name]; value == nil || ok && same == *value {
			continue
		}
		own = append(own, core.EnvVar{Name: name, Value: verbatim(*value)})
	}
	return from, own
}

// verbatim keeps the engine from taking $(NAME) for a variable.
func verbatim(value string) string { return strings.ReplaceAll(value, "$(", "$$(") }

// What a container takes of its node's disk: its log, of which the kubelet keeps some files, and what is unpacked for it. Roots are
// read-only, temporary files are in memory, and data are in volumes.
const (
	diskAsked = "64Mi"
	diskMost  = "1Gi"
)

// resources are asked for as they are limited: a pod that is there has its memory. Processors are shared.
func resources(s types.ServiceConfig) core.ResourceRequirements {
	out := core.ResourceRequirements{
		Requests: core.ResourceList{core.ResourceCPU: resource.MustParse("50m"), core.ResourceEphemeralStorage: resource.MustParse(diskAsked)},
		Limits:   core.ResourceList{core.ResourceEphemeralStorage: resource.MustParse(diskMost)},
	}
	if s.Deploy == nil || s.Deploy.Resources.Limits == nil {
		return out
	}
	limits := s.Deploy.Resources.Limits
	if limits.MemoryBytes > 0 {
		memory := *resource.NewQuantity(int64(limits.MemoryBytes), resource.BinarySI)
		out.Requests[core.ResourceMemory], out.Limits[core.ResourceMemory] = memory, memory
	}
	if cpus := int64(limits.NanoCPUs * 1000); cpus > 0 {
		limit := *resource.NewMilliQuantity(cpus, resource.DecimalSI)
		out.Limits[core.ResourceCPU] = limit
		if limit.Cmp(out.Requests[core.ResourceCPU]) < 0 { // the API takes no pod that asks for more than it may have
			out.Requests[core.ResourceCPU] = limit
		}
	}
	return out
}

// closed is what a container may do that needs no exception.
func (b *builder) closed() *core.SecurityContext {
	no, yes, uid := false, true, b.plan.UID()
	return &core.SecurityContext{
		AllowPrivilegeEscalation: &no, ReadOnlyRootFilesystem: &yes, Capabilities: &core.Capabilities{Drop: []core.Capability{"ALL"}},
		RunAsUser: &uid, RunAsGroup: &uid, RunAsNonRoot: &yes,
	}
}

// security is as closed as the service's exceptions let it be.
func (b *builder) security(s types.ServiceConfig) *core.SecurityContext {
	out := b.closed()
	for _, name := range s.CapAdd {
		out.Capabilities.Add = append(out.Capabilities.Add, core.Capability(name))
	}
	if starts, _, _ := strings.Cut(s.User, ":"); starts == "0" {
		no, root := false, int64(0)
		out.RunAsUser, out.RunAsGroup, out.RunAsNonRoot = &root, &root, &no
	}
	return out
}

func protocol(name string) core.Protocol { return core.Protocol(strings.ToUpper(name)) }
