package kubernetes

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dockerfile"
	"github.com/owgen/owgen/generator/target"
)

// What becomes of the keys of a service in Compose: they are written in other words, come from the plan, or mean nothing
// here, because each node has it in its own way (logging, the number of processes), or builds no images.
var known = []string{
	"command", "entrypoint", "environment", "image", "user", "working_dir", "healthcheck", "stop_grace_period", "stop_signal", "cap_add", "sysctls", "deploy",
	"volumes", "secrets", "tmpfs", "shm_size", "networks", "network_mode", "ports", "depends_on", "devices", "scale", "restart",
	"read_only", "cap_drop", "security_opt",
	"build", "pull_policy", "env_file", "labels", "logging", "name",
}

// checkKeys finds what a fragment of a folder says in Compose's words, and nobody has others for.
func (b *builder) checkKeys() diag.List {
	var found diag.List
	for _, s := range b.plan.Services {
		if s.Role == catalog.RoleImage {
			continue
		}
		for key := range target.Said(b.project.Services[s.Name]) {
			if !slices.Contains(known, key) {
				found.Add(diag.Finding{Rule: "kubernetes/unknown-key", File: s.File, Path: key,
					Message: "its fragment for Compose says " + key + ", which is not carried over to Kubernetes", Hint: "say it in service.yaml, or take the service out: services.NAME: false"})
			}
		}
	}
	return found
}

// checkSignals finds images that are stopped by another signal than they say: only the image can tell Kubernetes.
func (b *builder) checkSignals(images map[string]*dockerfile.Image) diag.List {
	var found diag.List
	for _, s := range b.plan.Services {
		if s.Role == catalog.RoleImage || s.Stop.Signal == "" || s.Stop.Signal == "SIGTERM" {
			continue
		}
		said := false
		for _, folder := range append([]string{s.Name}, ancestors(s.Images)...) {
			image, known := images[folder]
			said = said || known && bytes.Contains(image.Data, []byte("\nSTOPSIGNAL "+s.Stop.Signal))
		}
		if !said {
			found.Add(diag.Finding{Rule: "kubernetes/stop-signal", File: s.File, Path: "stop.signal",
				Message: fmt.Sprintf("is %s, and its image does not say so, so that Kubernetes would send SIGTERM", s.Stop.Signal), Hint: "STOPSIGNAL " + s.Stop.Signal + " in the Dockerfile"})
		}
	}
	return found
}

func ancestors(images []*catalog.Definition) []string {
	var out []string
	for _, d := range images {
		out = append(out, d.Name)
	}
	return out
}

// checkEntrance finds an edge in front of the bundle's own that cannot work.
func (t *Target) checkEntrance() diag.List {
	p := t.layout.plan
	edge := p.Values.String("kubernetes.edge")
	if edge != edgeIngress && edge != edgeGateway {
		return nil
	}
	var found diag.List
	if mode := p.Values.String("tls.mode"); mode != "proxy" {
		found.Add(finding(p, "edge", "kubernetes.edge", fmt.Sprintf("is %s, which ends TLS in front, and tls.mode is %s", edge, mode),
			"tls: {mode: proxy, trusted_proxies: [...]}, with the networks from which the controller's requests come"))
	}
	if edge == edgeGateway && strings.TrimSpace(p.Values.String("kubernetes.gateway")) == "" {
		found.Add(p.Finding("kubernetes/edge", "kubernetes.gateway", "is not set, and kubernetes.edge is gateway", "kubernetes: {gateway: NAMESPACE/NAME}, the Gateway that takes the routes", "kubernetes.edge"))
	}
	if t.layout.provider(catalog.Edge) == nil {
		found.Add(diag.Finding{Rule: "kubernetes/edge", File: bundle.InputFile, Message: "nothing here is the edge that the controller could send requests to"})
	}
	return found
}
