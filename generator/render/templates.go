package render

import (
	"bytes"
	"sync"
	"text/template"

	"github.com/owgen/owgen/generator/plan"
)

// Templates holds the parsed templates of one catalogue: each is parsed once, for whatever number of services
// and plans it is rendered. Several goroutines may use it at a time.
type Templates struct {
	names  template.FuncMap // what a template may call; each rendering puts its own functions in their place
	parsed sync.Map         // by name
}

// NewTemplates returns an empty set.
func NewTemplates() *Templates {
	unbound := &Renderer{plan: &plan.Plan{}}
	return &Templates{names: unbound.funcs(nil)}
}

// For returns a renderer for a plan that is made of the same catalogue. Command is how the target does a step of an operation.
func (t *Templates) For(p *plan.Plan, command func(plan.Step) string) *Renderer {
	return &Renderer{templates: t, plan: p, tree: p.Values.Tree(), command: command}
}

type parsedTemplate struct {
	content []byte
	*template.Template
}

// parse returns the template with the functions of an empty one.
func (t *Templates) parse(name string, content []byte, empty *template.Template) (*template.Template, error) {
	parsed, err := t.tree(name, content)
	if err != nil {
		return nil, err
	}
	if parsed.Tree != nil && len(parsed.Templates()) == 1 { // defines nothing that another template of the service could define as well
		return empty.New(name).AddParseTree(name, parsed.Tree)
	}
	bound, err := empty.Clone()
	if err != nil {
		return nil, err
	}
	bound = bound.New(name)
	for _, part := range parsed.Templates() {
		if _, err := bound.AddParseTree(part.Name(), part.Tree); err != nil {
			return nil, err
		}
	}
	return bound, nil
}

// options makes a mistyped name an error.
const options = "missingkey=error"

// tree returns the template as it was parsed.
func (t *Templates) tree(name string, content []byte) (*template.Template, error) {
	if known, ok := t.parsed.Load(name); ok && bytes.Equal(known.(parsedTemplate).content, content) {
		return known.(parsedTemplate).Template, nil
	}
	parsed, err := template.New(name).Option(options).Funcs(t.names).Parse(string(content))
	if err != nil {
		return nil, err
	}
	t.parsed.Store(name, parsedTemplate{content, parsed})
	return parsed, nil
}
