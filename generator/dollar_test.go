package generator

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/settings"
	"github.com/owgen/owgen/profiles"
)

// A dollar sign is a character like others: whatever setting has one, the containers get it, after .env, env_file, Compose's
// interpolation and all. What it stands beside is what a harmless text in its place stands beside.
func TestDollarsArrive(t *testing.T) {
	prepared, plan := hostilePlan(t)
	const harmless = "HARMLESS"
	arrived := map[string]bool{}
	for _, dollar := range []string{"a$b", "${x:?y}", "$$", `\$$$`, "$(id)"} {
		for _, way := range []string{"all", "external"} { // the others have no further texts, and nodes are of another target
			plain, dollars := &yaml.Node{Kind: yaml.MappingNode}, &yaml.Node{Kind: yaml.MappingNode}
			tokens := map[string]string{}
			set := slices.DeleteFunc(slices.Clone(plan.Ways[way]), func(set string) bool { return strings.Contains(set, "username=") })
			given := func(key string) bool {
				return slices.ContainsFunc(set, func(set string) bool { return strings.HasPrefix(set, key+"=") })
			}
			for i, d := range prepared.Schema().All() {
				token := fmt.Sprintf("q%dq", i)
				value := withText(d, token+dollar)
				if value == nil || withText(d, token+harmless) == nil || given(d.Key) || ofOtherTarget(prepared.Schema(), d.Key) || d.Needs != "" && !given(d.Needs) {
					continue
				}
				tokens[d.Key] = token
				for root, node := range map[*yaml.Node]*yaml.Node{plain: withText(d, token+harmless), dollars: value} {
					root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: d.Key}, node)
				}
			}
			for key := range tokens {
				arrived[key] = arrived[key] || false
			}
			want := dollarBundle(t, prepared, set, plain)
			got := dollarBundle(t, prepared, set, dollars)
			expected := map[string]string{}
			for at, text := range texts(want.Project) {
				expected[at] = strings.ReplaceAll(text, harmless, dollar)
			}
			for at, text := range texts(got.Project) {
				if text, same := asJSON(expected[at], dollar), asJSON(text, dollar); text != same {
					t.Errorf("%s in %s: %s is %q, want %q", dollar, way, at, same, text)
				}
				for key, token := range tokens {
					arrived[key] = arrived[key] || strings.Contains(text, token)
				}
			}
			if len(expected) != len(texts(got.Project)) {
				t.Errorf("%s in %s: other variables", dollar, way)
			}
		}
	}
	for k, v := range arrived {
		if !v {
			t.Log(k)
		}
	}
	for key, ok := range arrived {
		if !ok {
			t.Errorf("%s was in no container", key)
		}
	}
	if len(arrived) < 14 {
		t.Errorf("only %d settings were tried", len(arrived))
	}
}

// asJSON leaves a backslash of the text alone as JSON doubles it.
func asJSON(text, dollar string) string {
	return strings.ReplaceAll(text, strings.ReplaceAll(dollar, `\`, `\\`), dollar)
}

// ofOtherTarget tells whether a setting means nothing on one machine.
func ofOtherTarget(schema *settings.Schema, key string) bool {
	group, _, _ := strings.Cut(key, ".")
	return key == "nodes" || slices.Contains(schema.Lookup("target").Values, group)
}

// withText is a text as a value of the setting: itself, an item of a list, a value in a mapping; nil where it takes none.
func withText(d *settings.Setting, text string) *yaml.Node {
	if strings.HasPrefix(d.Key, "services.") || d.Key == "providers" {
		return nil
	}
	name := "good"
	if d.Known != nil && d.Type == settings.Map {
		name = "application_name"
	}
	scalar := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: text}
	for _, key := range []string{name, "GOOD"} {
		node := scalar
		switch d.Type {
		case settings.List:
			node = &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{scalar}}
		case settings.Map:
			node = &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: key}, scalar}}
		}
		if _, err := d.Convert(node); err == nil {
			return node
		}
	}
	return nil
}

func dollarBundle(t *testing.T, prepared *Prepared, way []string, values *yaml.Node) *Deployment {
	t.Helper()
	d, found := prepared.Generate(t.Context(), profile.Source{Profile: "single-server", Set: way, Given: []profile.Given{{File: "dollar.yaml", Values: values}}, Named: profiles.FS})
	if d == nil || d.Project == nil {
		t.Fatal(found)
	}
	return d
}

// texts are what containers and images are given: the environment, arguments, commands, labels.
func texts(p *types.Project) map[string]string {
	out := map[string]string{}
	for name, s := range p.Services {
		for key, value := range s.Environment {
			if value != nil {
				out[name+" environment "+key] = *value
			}
		}
		for i, word := range slices.Concat(s.Entrypoint, s.Command) {
			out[fmt.Sprint(name, " command ", i)] = word
		}
		if s.HealthCheck != nil {
			out[name+" probe"] = strings.Join(s.HealthCheck.Test, " ")
		}
		for key, value := range s.Labels {
			out[name+" label "+key] = value
		}
		if s.Build != nil {
			for key, value := range s.Build.Args {
				if value != nil {
					out[name+" argument "+key] = *value
				}
			}
		}
		out[name+" hostname"] = s.Hostname
	}
	return out
}
