package settings

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// formers reads what a service.yaml says.
func formers(t *testing.T, text string) Formers {
	t.Helper()
	var l Formers
	if err := yaml.Unmarshal([]byte(text), &l); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestFormersAreReadInAllForms(t *testing.T) {
	got := formers(t, `[A, {name: [B, C], pick: "x(y)", map: {Yes: acme, true: "1"}, absent: ""}]`)
	want := Formers{{Names: Names{"A"}}, {Names: Names{"B", "C"}, Pick: "x(y)", Map: map[string]string{"Yes": "acme", "true": "1"}, Absent: new(string)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"A", "B", "C"}, got.Names()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, wrong := range []string{"{nmae: A}", "{name: A, pick: '('}", "{name: A, map: [x]}"} {
		var l Formers
		if err := yaml.Unmarshal([]byte(wrong), &l); err == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
}

func TestAdopt(t *testing.T) {
	tests := []struct {
		name    string
		setting Setting
		former  string
		old     string // a YAML node
		want    any    // nil: the default
		wrong   string
	}{
		{"as it is", Setting{Type: String}, "A", `Europe/Rome`, "Europe/Rome", ""},
		{"null", Setting{Type: String}, "A", `null`, nil, ""},
		{"a word for none", Setting{Type: String}, "A", `"None"`, nil, ""},
		{"mapped", Setting{Type: Enum, Values: []string{"acme", "none"}}, "{name: A, map: {Yes: acme, No: none}}", `"yes"`, "acme", ""},
		{"mapped by its truth", Setting{Type: Enum, Values: []string{"starttls", "none"}}, "{name: A, map: {true: starttls, false: none}}", `"1"`, "starttls", ""},
		{"mapped to the default", Setting{Type: Host}, "{name: A, map: {postgres: ''}}", `postgres`, nil, ""},
		{"any other", Setting{Type: Bool}, "{name: A, map: {'': false, '*': ''}}", `vpn.example.org`, nil, ""},
		{"emptiness means something", Setting{Type: Bool}, "{name: A, map: {'': false, '*': ''}}", `""`, false, ""},
		{"no value of the enum", Setting{Type: Enum, Values: []string{"a", "b"}}, "A", `c`, nil, "must be one of a, b"},
		{"true as a number", Setting{Type: Bool}, "A", `"1"`, true, ""},
		{"not a truth", Setting{Type: Bool}, "A", `perhaps`, nil, "must be true or false"},
		{"picked", Setting{Type: Int}, `{name: A, pick: '--concurrency[= ](\d+)'}`, `--concurrency=4 -O fair`, int64(4), ""},
		{"not to be picked", Setting{Type: Int}, `{name: A, pick: '--concurrency[= ](\d+)'}`, `-O fair`, nil, ""},
		{"bytes", Setting{Type: Int, Unit: "MiB"}, "{name: A, unit: bytes}", `10485761`, int64(11), ""},
		{"a suffix", Setting{Type: Int, Unit: "MiB"}, "A", `20M`, int64(20), ""},
		{"hours", Setting{Type: Int, Unit: "seconds"}, "{name: A, unit: hours}", `1.5`, int64(5400), ""},
		{"no number", Setting{Type: Int, Unit: "MiB"}, "{name: A, unit: bytes}", `much`, nil, "must be a whole number"},
		{"out of range", Setting{Type: Int, Max: number(5)}, "A", `7`, nil, "must be at most 5"},
		{"words", Setting{Type: List, Items: CIDR}, "{name: A, map: {all: ''}}", `10.0.0.0/8, 192.0.2.0/24`, []any{"10.0.0.0/8", "192.0.2.0/24"}, ""},
		{"all", Setting{Type: List, Items: CIDR}, "{name: A, map: {all: ''}}", `all`, nil, ""},
		{"a list in Python", Setting{Type: List}, "A", `"['a', \"b\"]"`, []any{"a", "b"}, ""},
		{"a list", Setting{Type: List}, "A", `[a, b]`, []any{"a", "b"}, ""},
		{"some items", Setting{Type: List, Items: Host}, "A", `"*,example.org,.b.org"`, []any{"example.org"}, "item 1 must be a domain name or an IP address; item 3 must be a domain name or an IP address"},
		{"JSON", Setting{Type: Map}, "A", `'{"a": {"b": 1}}'`, map[string]any{"a": map[string]any{"b": 1}}, ""},
		{"an empty mapping", Setting{Type: Map}, "A", `'{}'`, nil, ""},
		{"no mapping", Setting{Type: Map}, "A", `'[1]'`, nil, "must be a mapping of names to values"},
		{"an entry", Setting{Type: Map}, "{name: A, into: X}", `"10"`, map[string]any{"X": int64(10)}, ""},
		{"an entry that is true", Setting{Type: Map}, "{name: A, into: X}", `"True"`, map[string]any{"X": true}, ""},
		{"an entry that is text", Setting{Type: Map}, "{name: A, into: X}", `"a: b"`, map[string]any{"X": "a: b"}, ""},
		{"an entry that looks like a date", Setting{Type: Map}, "{name: A, into: X}", `"2026-11-22"`, map[string]any{"X": "2026-11-22"}, ""},
		{"an entry in JSON", Setting{Type: Map}, "{name: A, into: X}", `'[{"a": 1}]'`, map[string]any{"X": []any{map[string]any{"a": 1}}}, ""},
		{"an entry with a type", Setting{Type: Map}, "{name: A, into: X}", `{a: [1]}`, map[string]any{"X": map[string]any{"a": []any{1}}}, ""},
		{"a list where one value belongs", Setting{Type: Int}, "A", `[1]`, nil, "must be a single int, not a list or a mapping"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var document yaml.Node
			if err := yaml.Unmarshal([]byte(test.old), &document); err != nil {
				t.Fatal(err)
			}
			got, set, err := test.setting.Adopt(formers(t, test.former)[0], document.Content[0])
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
func TestAdoptNeverShowsValues(t *testing.T) {
	for _, kind := range []Type{Int, Bool, Enum, Host, CIDR, Port, List, Map, URL, Email, Duration} {
		_, _, err := (&Setting{Type: kind, Items: CIDR}).Adopt(Former{}, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "{s3cr3t"})
		if err == nil || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestCovers(t *testing.T) {
	f := formers(t, `{name: A, pick: '--concurrency[= ](\d+)'}`)[0]
	if diff := cmp.Diff([][]int{{3, 18}}, f.Covers("-x --concurrency=4 -O fair")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([][]int{{0, 3}}, Former{}.Covers("abc")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSecretsMayBeAnyWord(t *testing.T) {
	for text, want := range map[string]string{"None": "None", "0": "0", " x ": " x ", "": "", "admin": ""} {
		got, ok := Former{Map: map[string]string{"admin": ""}}.Secret(text)
		if got != want || ok != (want != "") {
			t.Errorf("%q gives %q, %v", text, got, ok)
		}
	}
	got, ok := formers(t, `{name: A, pick: '://[^:/@]*:([^@]+)@'}`)[0].Secret("redis://:p#$@host/0")
	if got != "p#$" || !ok {
		t.Errorf("the password of the URL is %q, %v", got, ok)
	}
}

func TestClosest(t *testing.T) {
	known := []string{"DB_PASS", "DB_PORT", "REDIS_PASS"}
	for name, want := range map[string]string{"DB_PAS": "DB_PASS", "DB_PASSWORD": "", "REDIS_PASSS": "REDIS_PASS", "X": ""} {
		if got := Closest(name, known); got != want {
			t.Errorf("closest to %s is %q, not %q", name, got, want)
		}
	}
}
