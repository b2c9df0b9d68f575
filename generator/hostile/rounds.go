package hostile

import (
	"iter"
	"maps"
	"os"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/settings"
)

// A Plan says how values are put together.
type Plan struct {
	Ways map[string][]string  // deployments, each of which uses settings that the others do not
	Good map[string]yaml.Node // harmless values of settings that contradict one another with the usual ones
	// Names are settings whose values are names of something in the files, which harmless deployments have as well.
	Names []string
	// Needed are switches that no deployment can do without.
	Needed []string
}

// ReadPlan reads a plan from a file.
func ReadPlan(file string) (Plan, error) {
	var p Plan
	data, err := os.ReadFile(file)
	if err != nil {
		return p, err
	}
	return p, yaml.Unmarshal(data, &p)
}

// Values are what is put through each setting, by its key.
type Values struct {
	Good map[string]*yaml.Node   // a harmless one
	Bad  map[string][]*yaml.Node // the hostile ones that it takes
	// Switches are the settings that are on or off, each with the value that is not its default. Hostile values have no room
	// in them, but what a switch adds to a file has room for those of others.
	Switches []Switch
	names    []string
}

// A Switch is a setting and the other of its two values.
type Switch struct {
	Key   string
	Value *yaml.Node
}

// Of returns the values of a schema's settings.
func (p Plan) Of(schema *settings.Schema) Values {
	v := Values{Good: map[string]*yaml.Node{}, Bad: map[string][]*yaml.Node{}, names: p.Names}
	for _, d := range schema.All() {
		good := Good(d)
		switch {
		case strings.HasPrefix(d.Key, "services."): // the profile runs them
			v.Switches = append(v.Switches, Switch{d.Key, node(d, "off")})
		case good == nil:
		case d.Type == settings.Bool:
			v.Switches = append(v.Switches, Switch{d.Key, good})
		default:
			v.Good[d.Key], v.Bad[d.Key] = good, Accepted(d)
		}
	}
	for key, good := range p.Good {
		v.Good[key] = &good
	}
	return v
}

// A Round is the values of one deployment: hostile ones, and harmless ones of the same settings.
type Round struct {
	Number            int
	Way               []string
	Hostile, Harmless map[string]*yaml.Node
	Switched          string // the switch that both have
	named             []string
}

// Rounds puts values together until each was in one, or each step-th. One switch is turned in each.
func (v Values) Rounds(way []string, step int) iter.Seq[Round] {
	left := maps.Clone(v.Bad)
	for key := range left {
		// A server elsewhere would take the place of one here, and no value would come to that one's files.
		named, _, _ := strings.Cut(strings.TrimPrefix(key, "external."), ".")
		if strings.HasPrefix(key, "external.") && !slices.ContainsFunc(way, func(s string) bool { return strings.HasPrefix(s, "external."+named+".") }) {
			delete(left, key)
		}
		if slices.ContainsFunc(way, func(s string) bool {
			return strings.HasPrefix(s, key+"=") && !strings.HasSuffix(key, "username") && !strings.HasSuffix(key, "relayhost")
		}) {
			delete(left, key)
		}
	}
	rounds := len(v.Switches) * step // each is turned, however many there come to be
	for _, values := range left {
		rounds = max(rounds, len(values))
	}
	return func(yield func(Round) bool) {
		for i := 0; i < rounds; i += step {
			r := Round{Number: i / step, Way: way, Hostile: map[string]*yaml.Node{}, Harmless: map[string]*yaml.Node{}}
			for key, values := range left {
				if len(values) > 0 {
					r.Hostile[key], r.Harmless[key] = values[i%len(values)], v.Good[key]
				}
				if slices.Contains(v.names, key) && len(values) > 0 {
					r.Harmless[key], r.named = r.Hostile[key], append(r.named, key)
				}
			}
			if len(v.Switches) > 0 {
				turned := v.Switches[i/step%len(v.Switches)]
				if !slices.ContainsFunc(way, func(s string) bool { return strings.HasPrefix(s, turned.Key+"=") }) {
					r.Hostile[turned.Key], r.Harmless[turned.Key], r.Switched = turned.Value, turned.Value, turned.Key
				}
			}
			if !yield(r) {
				return
			}
		}
	}
}

// Drop leaves out settings that contradict others, or else the switch; it tells whether that changed anything.
func (r *Round) Drop(refused []string) bool {
	dropped := false
	for _, key := range refused {
		if _, ok := r.Hostile[key]; ok {
			dropped = true
			delete(r.Hostile, key)
			delete(r.Harmless, key)
		}
	}
	if _, ok := r.Hostile[r.Switched]; !dropped && ok {
		delete(r.Hostile, r.Switched)
		delete(r.Harmless, r.Switched)
		dropped = true
	}
	if _, ok := r.Hostile[r.Switched]; !ok {
		r.Switched = ""
	}
	return dropped
}

// Same names what the harmless deployment of a round depends on.
func (r *Round) Same() string {
	parts := append(slices.Sorted(maps.Keys(r.Harmless)), r.Way...)
	for _, key := range r.named {
		if n := r.Harmless[key]; n != nil {
			text, _ := yaml.Marshal(n)
			parts = append(parts, string(text))
		}
	}
	return strings.Join(parts, " ")
}

// Source returns values as the content of a file of the user's.
func Source(values map[string]*yaml.Node) *yaml.Node {
	root := &yaml.Node{Kind: yaml.MappingNode}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, values[key])
	}
	return root
}

// Culprits says which values a round has.
func Culprits(values map[string]*yaml.Node) string {
	var out strings.Builder
	for _, key := range slices.Sorted(maps.Keys(values)) {
		text, _ := yaml.Marshal(values[key])
		out.WriteString(key + ": " + string(text))
	}
	return out.String()
}
