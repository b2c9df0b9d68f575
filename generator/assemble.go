package generator

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/diff"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/render"
	"github.com/owgen/owgen/generator/target"
	"github.com/owgen/owgen/generator/target/docker"
	"github.com/owgen/owgen/generator/target/kubernetes"
	"github.com/owgen/owgen/generator/target/swarm"
)

// rendered is what the templates gave.
type rendered struct {
	folders   map[string]map[string][]byte // build contexts, by service
	fragments map[string][]render.Fragment // Compose fragments, by service
	top       map[string][]byte            // the bundle's own files
	summary   []byte                       // what the command prints
}

// renderAll renders the services side by side: they don't depend on each other.
func renderAll(r *render.Renderer, c *catalog.Catalog, p *plan.Plan) (rendered, diag.List) {
	out := rendered{folders: map[string]map[string][]byte{}, fragments: map[string][]render.Fragment{}, top: map[string][]byte{}}
	var found diag.List
	var lock sync.Mutex
	var group sync.WaitGroup
	for _, s := range p.Services {
		group.Go(func() {
			folder, f := r.Folder(s)
			fragments, g := r.Fragments(s)
			lock.Lock()
			defer lock.Unlock()
			out.folders[s.Name], out.fragments[s.Name] = folder, fragments
			found.Add(append(f, g...)...)
		})
	}
	group.Wait()
	shared := func(name string, content []byte) []byte {
		text, f := r.Text(path.Join(catalog.Shared, name), content, nil)
		if f != nil {
			found.Add(*f)
		}
		return text
	}
	out.summary = shared("summary.txt"+render.Suffix, c.Summary)
	own := func(folder string, files map[string][]byte) {
		for name, content := range files {
			target, isTemplate := strings.CutSuffix(name, render.Suffix)
			if isTemplate {
				content = shared(path.Join(folder, name), content)
			}
			out.top[target] = content
		}
	}
	own("bundle", c.Bundle)
	engine := p.Values.String("target")
	own(engine, c.Targets[engine])
	return out, found
}

// assemble puts everything where it lies in the bundle. Nothing was checked for a target that reads no project.
func (d draft) assemble(checked *lint.Subject) (*Deployment, diag.List) {
	p, r, project := d.plan, d.rendered, d.project
	b := &Deployment{Bundle: bundle.Bundle{Files: map[string]bundle.File{}, Secrets: p.Secrets, Needed: p.Needed, Lasting: p.Lasting(), Edits: d.target.Edits()}, Services: len(p.Services),
		Summary: string(r.summary), Start: d.target.Start(), Renew: d.target.Renew(), Built: d.target.Images(), Plan: p, Project: checked.Loaded, draft: d}
	for _, s := range p.Services {
		if s.Role == catalog.RoleImage {
			b.Images++
		}
	}
	for name, content := range r.top {
		b.add(name, content)
	}
	if own, ok := b.Files[bundle.Attributes]; ok {
		own.Once = true
		b.Files[bundle.Attributes] = own
	}
	for service, folder := range r.folders {
		for name, content := range folder {
			b.add(path.Join(bundle.DockerfilesFolder, service, name), content)
		}
	}
	files, found := d.target.Files(target.Blueprint{Plan: p, Compose: project, Project: checked.Loaded, Images: checked.Images()})
	for name, content := range files {
		b.add(name, content)
	}
	for _, s := range p.Services {
		for _, bind := range s.Binds {
			if bundle.Within(bind.Source, bundle.CustomFolder) { // so that Docker does not make them, as root
				b.Files[path.Join(bind.Source, ".gitkeep")] = bundle.File{Mode: 0o644, Once: true}
			}
		}
	}
	own, err := profile.Encode(d.input, p.Values.Schema())
	if err != nil {
		return nil, append(found, diag.Finding{Rule: "profile/encode", File: bundle.InputFile, Message: err.Error()})
	}
	b.Files[bundle.ManifestFile] = bundle.File{Data: b.Manifest(Version, digest(p)), Mode: 0o644}
	b.Files[bundle.InputFile] = bundle.File{Data: own, Mode: 0o644, Once: true}
	return b, found
}

// targetOf is the engine that a bundle is written for.
func targetOf(name string) target.Target {
	switch name {
	case swarm.Name:
		return swarm.Target{}
	case kubernetes.Name:
		return &kubernetes.Target{}
	}
	return docker.Target{}
}

// Cluster is what a bundle's files tell an engine of several machines; nil where they are for Compose.
func Cluster(files map[string][]byte) (*diff.Cluster, error) {
	for _, engine := range []target.Target{swarm.Target{}, &kubernetes.Target{}} {
		if read, err := engine.Cluster(files); read != nil || err != nil {
			return read, err
		}
	}
	return nil, nil
}

// add puts a file into the bundle; scripts are executable, and what lies in the user's folder is the user's from then on.
func (b *Deployment) add(name string, content []byte) {
	mode := bundle.File{Data: content, Mode: 0o644, Once: bundle.Within(name, bundle.CustomFolder)}
	if bytes.HasPrefix(content, []byte("#!")) {
		mode.Mode = 0o755
	}
	b.Files[name] = mode
}

// digest is a hash of the values that the bundle was made from.
func digest(p *plan.Plan) string {
	hash := sha256.New()
	values := map[string]string{}
	for _, d := range p.Values.Schema().All() {
		values[d.Key] = p.Values.String(d.Key)
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprintf(hash, "%s=%q\n", key, values[key])
	}
	return "sha256:" + hex.EncodeToString(hash.Sum(nil))
}
