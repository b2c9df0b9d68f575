package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
)

// The classes of volumes, which say where one has to lie when there are several machines.
const (
	ClassShared  = "shared"  // several read or write it, wherever they run
	ClassHome    = "home"    // one service's data, on the machine where it runs
	ClassScratch = "scratch" // nothing is lost with it: each machine has its own
)

// Where shared volumes lie, by the setting storage.mode.
const (
	StorageLocal = "local" // on the one machine that there is
	StorageNFS   = "nfs"
	StorageClass = "class" // of Kubernetes
)

// classify gives each volume its class, and its clients.
func (p *Plan) classify() {
	for i := range p.Volumes {
		v := &p.Volumes[i]
		role := ""
		for _, s := range p.Services {
			if slices.ContainsFunc(s.Volumes, func(m catalog.Volume) bool { return m.Name == v.Name }) {
				v.Services, role = append(v.Services, s.Name), s.Role
			}
		}
		switch {
		case len(v.Services) > 1:
			v.Class = ClassShared
		case role == catalog.RoleData || role == catalog.RoleMail:
			v.Class = ClassHome
		case len(v.Backup) > 0:
			v.Class = ClassShared
		default:
			v.Class = ClassScratch
		}
	}
}

// checkStorage finds shared volumes without a place that all machines reach.
func (p *Plan) checkStorage() diag.List {
	mode, target := p.Values.String("storage.mode"), p.Target()
	switch {
	case target == TargetCompose && (mode == StorageNFS || mode == StorageClass):
		return diag.List{p.Finding("plan/no-shared-storage", "storage.mode", "is "+mode+", and target is compose, which knows one machine: volumes lie there", "local, or target: swarm or kubernetes")}
	case target == TargetSwarm && mode == StorageClass: // each machine would have what all are to share
		return diag.List{p.Finding("plan/no-shared-storage", "storage.mode", "is class, and target is swarm, which has no storage classes", "nfs, or target: kubernetes")}
	case mode != StorageLocal:
		return nil
	}
	var names []string
	for _, v := range p.Volumes {
		if v.Class == ClassShared {
			names = append(names, v.Name)
		}
	}
	if len(names) == 0 || target == TargetCompose {
		return nil
	}
	return diag.List{p.Finding("plan/no-shared-storage", "storage.mode", fmt.Sprintf("is local, and services on several machines share %s", strings.Join(names, ", ")),
		"nfs, or with target: kubernetes class")}
}

// TargetCompose is the engine of one machine, and TargetKubernetes one on which nobody needs a way out to be reached.
const (
	TargetCompose    = "compose"
	TargetSwarm      = "swarm"
	TargetKubernetes = "kubernetes"
)

// Target is the engine that the deployment is for.
func (p *Plan) Target() string { return p.Values.String("target") }

// KeepsHome tells whether data of a service lie on the machine that it runs on, and follow it nowhere.
func (p *Plan) KeepsHome(s *Service) bool {
	return slices.ContainsFunc(s.Volumes, func(v catalog.Volume) bool { return p.Volume(v.Name).Class == ClassHome })
}

// Shared names the volumes that services on several machines write.
func (p *Plan) Shared() []string {
	var out []string
	for _, v := range p.Volumes {
		if v.Class == ClassShared {
			out = append(out, v.Name)
		}
	}
	return out
}
