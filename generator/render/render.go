// Package render fills the templates of a service folder from the settings and the plan. A template
// sees no environment, clock, network, randomness or secret, so the same input gives the same bytes.
package render

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"text/template"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lazy"
	"github.com/owgen/owgen/generator/plan"
)

// Suffix marks a file as a template.
const Suffix = ".tmpl"

// A Renderer renders templates for a plan.
type Renderer struct {
	templates *Templates
	plan      *plan.Plan
	tree      map[string]any
	command   func(plan.Step) string
	emptied   sync.Map // templates without a text, by service
}

// empty returns a template without a text that has the service's functions: they are made once for all its templates.
func (r *Renderer) empty(s *plan.Service) *template.Template {
	known, ok := r.emptied.Load(s)
	if !ok {
		known, _ = r.emptied.LoadOrStore(s, template.New("").Option(options).Funcs(r.funcs(s)))
	}
	return known.(*template.Template)
}

// data is the dot of a template.
type data struct {
	Settings map[string]any
	Project  string
	Service  *plan.Service
	Plan     *plan.Plan
}

// Text renders one template for a service, or for the bundle as a whole when s is nil. Name is the
// template's file as findings show it. Files that are no templates are returned as they are.
func (r *Renderer) Text(name string, content []byte, s *plan.Service) ([]byte, *diag.Finding) {
	t, err := r.templates.parse(name, content, r.empty(s))
	if err != nil {
		return nil, finding(name, err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, data{Settings: r.tree, Project: r.plan.Project, Service: s, Plan: r.plan}); err != nil {
		return nil, finding(name, err)
	}
	return out.Bytes(), nil
}

// Folder renders everything of a service folder that goes into its build context: Dockerfile and
// files/, by the path inside the context.
func (r *Renderer) Folder(s *plan.Service) (map[string][]byte, diag.List) {
	out := map[string][]byte{}
	var found diag.List
	for name, content := range s.Files {
		target, isTemplate := strings.CutSuffix(name, Suffix)
		if target != "Dockerfile" && !strings.HasPrefix(target, "files/") || strings.Contains(name, "__pycache__") {
			continue
		}
		if isTemplate {
			rendered, f := r.Text(s.Folder+"/"+name, content, s)
			if f != nil {
				found.Add(*f)
				continue
			}
			content = rendered
		}
		if target == "Dockerfile" {
			content = append(content[:len(content):len(content)], Labels(s)...)
		}
		out[target] = content
	}
	return out, found
}

// fragments are what the services' folders have to say in a text of the bundle's, such as runbook/start.md: each rendered for
// its service, in the plan's order, without empty lines between them unless they are paragraphs.
func (r *Renderer) fragments(name string) (string, error) {
	var out []string
	between := "\n"
	for _, s := range r.plan.Services {
		content, ok := s.Files[name+Suffix]
		if !ok {
			continue
		}
		text, f := r.Text(s.Folder+"/"+name+Suffix, content, s)
		if f != nil {
			return "", errors.New(f.String())
		}
		part := strings.Trim(string(text), "\n")
		if strings.Contains(part, "\n\n") {
			between = "\n\n"
		}
		if part != "" {
			out = append(out, part)
		}
	}
	return strings.Join(out, between), nil
}

// A Fragment is a rendered compose.yaml.tmpl.
type Fragment struct {
	File    string
	Content []byte
}

// Fragments renders the Compose fragments that make a service: those of the images it derives from, the
// root's first, and its own.
func (r *Renderer) Fragments(s *plan.Service) ([]Fragment, diag.List) {
	var out []Fragment
	var found diag.List
	for _, folder := range append(append([]*catalog.Definition{}, s.Images...), s.Definition) {
		const name = "compose.yaml" + Suffix
		content, ok := folder.Files[name]
		if !ok {
			continue
		}
		rendered, f := r.Text(folder.Folder+"/"+name, content, s)
		if f != nil {
			found.Add(*f)
			continue
		}
		out = append(out, Fragment{File: folder.Folder + "/" + name, Content: rendered})
	}
	return out, found
}

var position = lazy.Regexp(`^template: (.+?):(\d+)(?::\d+)?: (?s:(.*))$`)

// finding takes the position out of a template's error.
func finding(name string, err error) *diag.Finding {
	f := &diag.Finding{Rule: "render/template", File: name, Message: err.Error(), Hint: "mend the template; CONTRIBUTING.md lists what it may use"}
	if m := position().FindStringSubmatch(err.Error()); m != nil {
		f.Line, _ = strconv.Atoi(m[2])
		f.Message = m[3]
	}
	var exec template.ExecError
	if errors.As(err, &exec) {
		f.Message = fmt.Sprintf("%s", innermost(exec.Err))
	}
	return f
}

func innermost(err error) error {
	message := err.Error()
	if i := strings.LastIndex(message, "executing "); i >= 0 {
		if _, rest, ok := strings.Cut(message[i:], ": "); ok {
			return errors.New(rest)
		}
	}
	return err
}
