package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"

	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/settings"
)

// allowed are the functions taken from sprig: each gives the same result for the same arguments, and
// none hides a missing key.
var allowed = []string{
	"trim", "trimSuffix", "trimPrefix", "lower", "upper", "join", "splitList", "replace", "contains", "hasPrefix", "hasSuffix",
	"indent", "nindent", "add", "sub", "mul", "div", "min", "max", "list", "first", "last", "rest", "sortAlpha", "uniq",
	"ternary", "b64enc", "sha256sum", "int", "toString", "until",
}

func (r *Renderer) funcs(s *plan.Service) template.FuncMap {
	funcs := r.planFuncs()
	for name, f := range sprigFuncs {
		funcs[name] = f
	}
	funcs["json"] = toJSON
	funcs["shell"] = func(v any) string { return "'" + strings.ReplaceAll(settings.Flat(v), "'", `'\''`) + "'" }
	funcs["scalar"] = func(v any) string { return dotenv.Scalar(settings.Flat(v)) }
	funcs["setting"] = r.setting
	funcs["cap"] = func(name string) (plan.Capability, error) { return r.plan.Capability(s, name) }
	funcs["clientNames"] = func() []string {
		if s == nil {
			return nil
		}
		return r.plan.NamesOf(s)
	}
	funcs["tenants"] = func() []plan.Tenant { return tenantsOf(r.plan, s) }
	funcs["registered"] = func() []plan.Client {
		if s == nil {
			return nil
		}
		return r.plan.ClientsOf(s.Name)
	}
	funcs["client"] = func(capability string) (plan.Client, error) {
		if s == nil {
			return plan.Client{}, errors.New("client: only in a service's folder")
		}
		return r.plan.Client(s.Name, capability)
	}
	funcs["intent"] = func(name string) (*plan.Intent, error) { return intent(s, name) }
	funcs["secret"] = func(name string) (string, error) {
		if !mounts(s, name) {
			return "", fmt.Errorf("the secret %s is not mounted here", name)
		}
		return "/run/secrets/" + name, nil
	}
	funcs["renewed"] = func(name string) string {
		for _, x := range s.Secrets {
			if _, file := x.Renewal(); x.Name == name {
				return file
			}
		}
		return ""
	}
	funcs["hasSecret"] = func(name string) bool { return mounts(s, name) }
	return funcs
}

var sprigFuncs = func() map[string]any {
	all, out := sprig.GenericFuncMap(), map[string]any{}
	for _, name := range allowed {
		out[name] = all[name]
	}
	return out
}()

// planFuncs are the questions that a template may ask of the plan.
func (r *Renderer) planFuncs() template.FuncMap {
	p := r.plan
	return template.FuncMap{
		"has": p.Has,
		"tenant": func(name string) (plan.Tenant, error) {
			for _, t := range p.Tenants {
				if t.Tenant == name {
					return t, nil
				}
			}
			return plan.Tenant{}, fmt.Errorf("no service uses a database named %s", name)
		},
		"host": func(key string) (string, error) {
			h, ok := p.Hosts[key]
			if !ok {
				return "", fmt.Errorf("hosts.%s is no setting", key)
			}
			return h, nil
		},
		"origin":     p.Origin,
		"scheme":     p.Scheme,
		"publicPort": p.PublicPort,
		"uid":        p.UID,
		"limits":     p.Limits,
		"laters":     p.Laters,
		"routes":     func() []plan.Route { return p.Routes },
		"files":      p.Handed,
		"askers":     func() []*plan.Asker { return p.Askers },
		"jobs":       p.Tasks,
		"restoring":  p.Restoring,
		"fragments":  r.fragments,
		"yours":      p.Yours,
		"given":      p.Given,
		"sensitive":  p.Sensitive,
		"shared":     p.Shared,
		"inside": func(service string) string {
			return r.command(plan.Step{Kind: "exec", Services: []string{service}, Command: []string{"COMMAND"}})
		},
		"commands": func(steps []plan.Step) []string {
			var out []string
			for _, s := range steps {
				out = append(out, r.command(s))
			}
			return out
		},
	}
}

func (r *Renderer) setting(key string) (any, error) {
	v, ok := r.plan.Values.Get(key)
	if !ok {
		return nil, fmt.Errorf("%s is no setting", key)
	}
	return v.Value, nil
}

func tenantsOf(p *plan.Plan, s *plan.Service) []plan.Tenant {
	if s == nil {
		return nil
	}
	return p.TenantsOf(s.Name)
}

func intent(s *plan.Service, name string) (*plan.Intent, error) {
	if s != nil {
		if x := s.Intent(name); x != nil {
			return x, nil
		}
	}
	return nil, fmt.Errorf("no intent %s: nobody provides what it is about, or service.yaml does not declare it", name)
}

func mounts(s *plan.Service, name string) bool {
	if s == nil {
		return false
	}
	for _, x := range s.Secrets {
		if x.Name == name {
			return true
		}
	}
	return false
}

// toJSON writes a value as JSON on one line, with mappings in the order of their keys.
func toJSON(v any) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return strings.TrimSuffix(out.String(), "\n"), err
}

// Functions lists what a template may call, for the documentation.
func (r *Renderer) Functions() []string {
	var names []string
	for name := range r.funcs(nil) {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
