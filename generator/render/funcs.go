package render

import (
	"bytes"
	"encoding/json"
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
	funcs["address"] = func(network string) (string, error) { return address(s, network) }
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
		"origin": p.Origin,
		"scheme": p.Scheme,
		"subnet": func(name string) (string, error) {
			subnet, ok := p.Subnet(name)
			if !ok {
				return "", fmt.Errorf("nobody joins the network %s", name)
			}
			return subnet.String(), nil
		},
		"publicPort": p.PublicPort,
		"uid":        p.UID,
		"pool":       func() string { return p.Pool.String() },
		"routes":     func() []plan.Route { return p.Routes },
		"jobs":       p.Tasks,
		"restoring":  p.Restoring,
		"fragments":  r.fragments,
		"yours":      p.Yours,
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

func address(s *plan.Service, network string) (string, error) {
	if s != nil {
		for _, n := range s.Networks {
			if n.Name == network && n.Address.IsValid() {
				return n.Address.String(), nil
			}
		}
	}
	return "", fmt.Errorf("no fixed address on the network %s", network)
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
