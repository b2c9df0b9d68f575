package importer

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/settings"
	"github.com/owgen/owgen/generator/yamltext"
)

// variablesOf reads what a service.yaml says.
func variablesOf(t *testing.T, text string) replaces.Variables {
	t.Helper()
	var l replaces.Variables
	if err := yaml.Unmarshal([]byte(text), &l); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestVariablesAreReadInAllForms(t *testing.T) {
	got := variablesOf(t, `[A, {name: [B, C], pick: "x(y)", map: {Yes: acme, true: "1"}, absent: ""}]`)
	want := replaces.Variables{{Names: yamltext.Names{"A"}}, {Names: yamltext.Names{"B", "C"}, Pick: "x(y)", Map: map[string]string{"Yes": "acme", "true": "1"}, Absent: new(string)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"A", "B", "C"}, got.Names()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, wrong := range []string{"{nmae: A}", "{name: A, pick: '('}", "{name: A, map: [x]}"} {
		var l replaces.Variables
		if err := yaml.Unmarshal([]byte(wrong), &l); err == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
}

func TestValue(t *testing.T) {
	tests := []struct {
		name     string
		setting  settings.Setting
		replaced string
		old      string // a YAML node
		want     any    // nil: the default
		wrong    string
	}{
		{"as it is", settings.Setting{Type: settings.String}, "A", `Europe/Rome`, "Europe/Rome", ""},
		{"null", settings.Setting{Type: settings.String}, "A", `null`, nil, ""},
		{"a word for none", settings.Setting{Type: settings.String}, "A", `"None"`, nil, ""},
		{"mapped", settings.Setting{Type: settings.Enum, Values: []string{"acme", "none"}}, "{name: A, map: {Yes: acme, No: none}}", `"yes"`, "acme", ""},
		{"mapped by its truth", settings.Setting{Type: settings.Enum, Values: []string{"starttls", "none"}}, "{name: A, map: {true: starttls, false: none}}", `"1"`, "starttls", ""},
		{"mapped to the default", settings.Setting{Type: settings.Host}, "{name: A, map: {postgres: ''}}", `postgres`, nil, ""},
		{"any other", settings.Setting{Type: settings.Bool}, "{name: A, map: {'': false, '*': ''}}", `vpn.example.org`, nil, ""},
		{"emptiness means something", settings.Setting{Type: settings.Bool}, "{name: A, map: {'': false, '*': ''}}", `""`, false, ""},
		{"no value of the enum", settings.Setting{Type: settings.Enum, Values: []string{"a", "b"}}, "A", `c`, nil, "must be one of a, b"},
		{"true as a number", settings.Setting{Type: settings.Bool}, "A", `"1"`, true, ""},
		{"not a truth", settings.Setting{Type: settings.Bool}, "A", `perhaps`, nil, "must be true or false"},
		{"picked", settings.Setting{Type: settings.Int}, `{name: A, pick: '--concurrency[= ](\d+)'}`, `--concurrency=4 -O fair`, int64(4), ""},
		{"not to be picked", settings.Setting{Type: settings.Int}, `{name: A, pick: '--concurrency[= ](\d+)'}`, `-O fair`, nil, ""},
		{"bytes", settings.Setting{Type: settings.Int, Unit: "MiB"}, "{name: A, unit: bytes}", `10485761`, int64(11), ""},
		{"a suffix", settings.Setting{Type: settings.Int, Unit: "MiB"}, "A", `20M`, int64(20), ""},
		{"hours", settings.Setting{Type: settings.Int, Unit: "seconds"}, "{name: A, unit: hours}", `1.5`, int64(5400), ""},
		{"no number", settings.Setting{Type: settings.Int, Unit: "MiB"}, "{name: A, unit: bytes}", `much`, nil, "must be a whole number of MiB, without the unit"},
		{"out of range", settings.Setting{Type: settings.Int, Max: limit(5)}, "A", `7`, nil, "must be at most 5"},
		{"words", settings.Setting{Type: settings.List, Items: settings.CIDR}, "{name: A, map: {all: ''}}", `10.0.0.0/8, 192.0.2.0/24`, []any{"10.0.0.0/8", "192.0.2.0/24"}, ""},
		{"all", settings.Setting{Type: settings.List, Items: settings.CIDR}, "{name: A, map: {all: ''}}", `all`, nil, ""},
		{"a list in Python", settings.Setting{Type: settings.List}, "A", `"['a', \"b\"]"`, []any{"a", "b"}, ""},
		{"a list", settings.Setting{Type: settings.List}, "A", `[a, b]`, []any{"a", "b"}, ""},
		{"some items", settings.Setting{Type: settings.List, Items: settings.Host}, "A", `"*,example.org,.b.org"`, []any{"example.org"}, "item 1 must be a domain name or an IP address; item 3 must be a domain name or an IP address"},
		{"JSON", settings.Setting{Type: settings.Map}, "A", `'{"a": {"b": 1}}'`, map[string]any{"a": map[string]any{"b": 1}}, ""},
		{"an empty mapping", settings.Setting{Type: settings.Map}, "A", `'{}'`, nil, ""},
		{"no mapping", settings.Setting{Type: settings.Map}, "A", `'[1]'`, nil, "must be a mapping of names to values"},
		{"an entry", settings.Setting{Type: settings.Map}, "{name: A, into: X}", `"10"`, map[string]any{"X": int64(10)}, ""},
		{"an entry that is true", settings.Setting{Type: settings.Map}, "{name: A, into: X}", `"True"`, map[string]any{"X": true}, ""},
		{"an entry that is text", settings.Setting{Type: settings.Map}, "{name: A, into: X}", `"a: b"`, map[string]any{"X": "a: b"}, ""},
		{"an entry that looks like a date", settings.Setting{Type: settings.Map}, "{name: A, into: X}", `"2026-11-22"`, map[string]any{"X": "2026-11-22"}, ""},
		{"an entry in JSON", settings.Setting{Type: settings.Map}, "{name: A, into: X}", `'[{"a": 1}]'`, map[string]any{"X": []any{map[string]any{"a": 1}}}, ""},
		{"an entry with a type", settings.Setting{Type: settings.Map}, "{name: A, into: X}", `{a: [1]}`, map[string]any{"X": map[string]any{"a": []any{1}}}, ""},
		{"a list where one value belongs", settings.Setting{Type: settings.Int}, "A", `[1]`, nil, "must be a single int, not a list or a mapping"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var document yaml.Node
			if err := yaml.Unmarshal([]byte(test.old), &document); err != nil {
				t.Fatal(err)
			}
			got, set, err := Value(&test.setting, variablesOf(t, test.replaced)[0], document.Content[0])
			message := ""
			if err != nil {
				message = err.Error()
			}
			if message != test.wrong {
				t.Errorf("error %q, not %q", message, test.wrong)
			}
			if set != (test.want != nil) {
				t.Errorf("is set: %v", set)
			} else if diff := cmp.Diff(test.want, got); set && diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// What does not fit is told without the value: it may be a password in the wrong place.
func TestErrorsNeverShowValues(t *testing.T) {
	for _, kind := range []settings.Type{settings.Int, settings.Bool, settings.Enum, settings.Host, settings.CIDR, settings.Port, settings.List, settings.Map, settings.URL, settings.Email, settings.Duration} {
		_, _, err := Value(&settings.Setting{Type: kind, Items: settings.CIDR}, replaces.Variable{}, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "{s3cr3t"})
		if err == nil || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestCovers(t *testing.T) {
	f := variablesOf(t, `{name: A, pick: '--concurrency[= ](\d+)'}`)[0]
	if diff := cmp.Diff([][]int{{3, 18}}, covers(f, "-x --concurrency=4 -O fair")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([][]int{{0, 3}}, covers(replaces.Variable{}, "abc")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSecretsMayBeAnyWord(t *testing.T) {
	for text, want := range map[string]string{"None": "None", "0": "0", " x ": " x ", "": "", "admin": ""} {
		got, ok := secretIn(replaces.Variable{Map: map[string]string{"admin": ""}}, text)
		if got != want || ok != (want != "") {
			t.Errorf("%q gives %q, %v", text, got, ok)
		}
	}
	got, ok := secretIn(variablesOf(t, `{name: A, pick: '://[^:/@]*:([^@]+)@'}`)[0], "redis://:p#$@host/0")
	if got != "p#$" || !ok {
		t.Errorf("the password of the URL is %q, %v", got, ok)
	}
}

func limit(n float64) *float64 { return &n }
