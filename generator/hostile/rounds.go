package hostile

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/settings"
)

// Ways are the deployments that values are tried in: each uses settings that the others do not.
var Ways = map[string][]string{
	"all": {"domain=example.org", "python.extra_requirements_file=r.txt", "build.ca_file=ca.pem", "postfix.relayhost=relay.example.org", "postfix.relayhost_username=u",
		"postfix.relayhost_password_file=p", "nginx.http_allow=true"},
	"external": {"domain=example.org", "external.sql.host=db.example.net", "external.cache.host=redis.example.net", "external.cache.password_file=p", "external.smtp.host=smtp.example.net",
		"external.smtp.password_file=p", "external.timeseries.host=ts.example.net"},
	"acme":     {"domain=example.org", "tls.mode=acme", "tls.acme_eab_key_id=k", "tls.acme_eab_key_file=p"},
	"provided": {"domain=example.org", "tls.mode=provided", "tls.certificate_file=c.pem", "tls.key_file=k.pem"},
	"proxy":    {"domain=example.org", "tls.mode=proxy", "tls.trusted_proxies=[192.0.2.10/32]"},
}

// Values are what is put through each setting, by its key.
type Values struct {
	Good map[string]*yaml.Node   // a harmless one
	Bad  map[string][]*yaml.Node // the hostile ones that it takes
	// Switches are the settings that are on or off, each with the value that is not its default. Hostile values have no room
	// in them, but what a switch adds to a file has room for those of others.
	Switches []Switch
}

// A Switch is a setting and the other of its two values.
type Switch struct {
	Key   string
	Value *yaml.Node
}

// Of returns the values for a schema.
func Of(schema *settings.Schema) Values {
	v := Values{Good: map[string]*yaml.Node{}, Bad: map[string][]*yaml.Node{}}
	for _, d := range schema.All() {
		good := Good(d)
		switch {
		case good == nil:
		case d.Type == settings.Bool:
			v.Switches = append(v.Switches, Switch{d.Key, good})
		default:
			v.Good[d.Key], v.Bad[d.Key] = good, Accepted(d)
		}
	}
	return v
}

// A Round is the values of one deployment: hostile ones, and harmless ones of the same settings.
type Round struct {
	Number            int
	Way               []string
	Hostile, Harmless map[string]*yaml.Node
	Switched          string // the switch that both have
}

// Rounds puts values together until each was in one, or each step-th. One switch is turned in each.
func (v Values) Rounds(way []string, step int) iter.Seq[Round] {
	left := maps.Clone(v.Bad)
	for key := range left {
		if slices.ContainsFunc(way, func(s string) bool {
			return strings.HasPrefix(s, key+"=") && !strings.HasSuffix(key, "username") && !strings.HasSuffix(key, "relayhost")
		}) {
			delete(left, key)
		}
	}
	rounds := len(v.Switches) * step
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
	return strings.Join(append(slices.Sorted(maps.Keys(r.Harmless)), r.Way...), " ")
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
