package settings

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
)

func scalar(s string) yaml.Node { return yaml.Node{Kind: yaml.ScalarNode, Value: s} }

func testSchema(t *testing.T) *Schema {
	t.Helper()
	s, found := NewSchema([]*Setting{
		{Key: "domain", Type: Host, Default: scalar("example.test"), File: "s.yaml"},
		{Key: "hosts.main", Type: Host, Derive: "main.{domain}", File: "s.yaml"},
		{Key: "hosts.alias", Type: Host, Derive: "{hosts.main}", File: "s.yaml"},
		{Key: "mail.sender", Type: Email, Derive: "noreply@{domain}", File: "s.yaml"},
		{Key: "web.level", Type: Int, Default: scalar("6"), Min: number(0), Max: number(9), Env: "LEVEL", Description: "Level.", File: "s.yaml"},
		{Key: "web.on", Type: Bool, File: "s.yaml"},
		{Key: "web.extra", Type: Map, File: "s.yaml"},
	})
	if len(found) > 0 {
		t.Fatal(found)
	}
	return s
}

func layer(t *testing.T, name, text string) Layer {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return Layer{Name: name, File: name + ".yaml", Root: doc.Content[0]}
}

func TestResolveLayersAndOrigins(t *testing.T) {
	v, found := testSchema(t).Resolve([]Layer{
		layer(t, "profile", "domain: a.test\nweb: {level: 3, on: true}"),
		layer(t, "file", "web:\n  level: 4\n  extra: {b: 1, a: [x]}"),
	})
	if len(found) > 0 {
		t.Fatal(found)
	}
	want := map[string]any{
		"domain": "a.test",
		"hosts":  map[string]any{"main": "main.a.test", "alias": "main.a.test"},
		"mail":   map[string]any{"sender": "noreply@a.test"},
		"web":    map[string]any{"level": int64(4), "on": true, "extra": map[string]any{"b": 1, "a": []any{"x"}}},
	}
	if diff := cmp.Diff(want, v.Tree()); diff != "" {
		t.Errorf("tree (-want +got)\n%s", diff)
	}
	level, _ := v.Get("web.level")
	if diff := cmp.Diff(Origin{Layer: "file", File: "file.yaml", Line: 2}, level.Origin); diff != "" {
		t.Errorf("origin (-want +got)\n%s", diff)
	}
	if got := v.String("web.extra"); got != `{"a":["x"],"b":1}` {
		t.Errorf("flat map = %s", got)
	}
}

func TestNullTakesTheDefaultBack(t *testing.T) {
	v, found := testSchema(t).Resolve([]Layer{layer(t, "profile", "web: {level: 3}"), layer(t, "file", "web: {level: null}")})
	if len(found) > 0 || v.Int("web.level") != 6 {
		t.Errorf("level = %d, findings %v", v.Int("web.level"), found)
	}
}

func TestNamesBelowAnAddressAreTheAddress(t *testing.T) {
	v, found := testSchema(t).Resolve([]Layer{layer(t, "--set", "domain: 192.0.2.7")})
	if len(found) > 0 {
		t.Fatal(found)
	}
	got := []string{v.String("hosts.main"), v.String("hosts.alias"), v.String("mail.sender")}
	if diff := cmp.Diff([]string{"192.0.2.7", "192.0.2.7", "noreply@[192.0.2.7]"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestResolveReportsEverything(t *testing.T) {
	_, found := testSchema(t).Resolve([]Layer{layer(t, "file", "domian: x\nweb:\n  levle: 1\n  level: 12\n  on: maybe\nhosts: main\nmail: {sender: x, sender: y}\n")})
	want := diag.List{
		{Rule: "settings/unknown-key", File: "file.yaml", Line: 1, Path: "domian", Message: "is no setting", Hint: "did you mean domain?"},
		{Rule: "settings/unknown-key", File: "file.yaml", Line: 3, Path: "web.levle", Message: "is no setting", Hint: "did you mean web.level?"},
		{Rule: "settings/wrong-value", File: "file.yaml", Line: 4, Path: "web.level", Message: `must be between 0 and 9, not "12"`, Hint: "Level."},
		{Rule: "settings/wrong-value", File: "file.yaml", Line: 5, Path: "web.on", Message: `must be true or false, not "maybe"`},
		{Rule: "settings/wrong-type", File: "file.yaml", Line: 6, Path: "hosts", Message: "must be a mapping of settings", Hint: "write its settings below it, indented"},
		{Rule: "settings/wrong-value", File: "file.yaml", Line: 7, Path: "mail.sender", Message: "must be an e-mail address"},
		{Rule: "settings/twice", File: "file.yaml", Line: 7, Path: "mail.sender", Message: "is set in line 7 as well", Hint: "remove one of them"},
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Who writes the profile's name where it does not belong, or almost right, is told where and how, by the word that was written.
func TestTheProfileIsNoSetting(t *testing.T) {
	for _, x := range []struct{ layer, text, hint string }{
		{"--set", "profile: a", "name the profile as `owgen generate PROFILE` does, or in a file: profile: ..."},
		{"--set", "extends: a", "name the profile as `owgen generate PROFILE` does, or in a file: extends: ..."},
		{"--set", "web: {profile: a}", "it belongs to the first level of a file: profile: ..."},
		{"file", "web: {extends: a}", "it belongs to the first level of a file: extends: ..."},
		{"file", "profle: a", "did you mean profile? It names the profile"},
		{"file", "extend: a", "did you mean extends? It names the profile"},
		{"file", "inherits: a", "did you mean extends? It names the profile"},
	} {
		_, found := testSchema(t).Resolve([]Layer{layer(t, x.layer, x.text)})
		if len(found) != 1 || found[0].Hint != x.hint {
			t.Errorf("%s %s: %v", x.layer, x.text, found)
		}
	}
}

func TestSchemaRefusesContradictions(t *testing.T) {
	_, found := NewSchema([]*Setting{{Key: "a", Type: String, File: "1"}, {Key: "a", Type: Int, File: "2"}, {Key: "a.b", Type: Int, File: "3"}})
	var rules []string
	for _, f := range found {
		rules = append(rules, f.Rule)
	}
	if diff := cmp.Diff([]string{"catalog/setting-declared-twice", "catalog/setting-is-a-group", "catalog/setting-is-a-group"}, rules); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestDeriveLoopIsReported(t *testing.T) {
	s, _ := NewSchema([]*Setting{{Key: "a", Type: String, Derive: "{b}"}, {Key: "b", Type: String, Derive: "{a}"}, {Key: "c", Type: String, Derive: "{zz}"}})
	_, found := s.Resolve(nil)
	rules := map[string]bool{}
	for _, f := range found {
		rules[f.Rule] = true
	}
	if diff := cmp.Diff(map[string]bool{"catalog/derive-loop": true, "catalog/derive-unknown": true}, rules); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A wrong value is repeated where it cannot be a secret in the wrong place.
func TestWrongValuesAreRepeated(t *testing.T) {
	schema, found := NewSchema([]*Setting{{Key: "domain", Type: Host}, {Key: "api.key", Type: Int}, {Key: "sender", Type: Email},
		{Key: "zone", Type: String, OneOf: "zones", Known: ParseVocabulary("lists/zones", []byte("Europe/Rome\n"))}, {Key: "name", Type: String, Pattern: "[a-z]+"},
		{Key: "sql.user", Type: String, Pattern: "[a-z]+"}, {Key: "url", Type: URL}, {Key: "nets", Type: List, Items: CIDR}, {Key: "texts", Type: List, Items: Email}})
	if len(found) > 0 {
		t.Fatal(found)
	}
	for input, want := range map[string]string{
		"domain: my site":                          `must be a domain name or an IP address, not "my site"`,
		`domain: "a\u202eb"`:                       "must be a domain name or an IP address",
		"domain: " + strings.Repeat("a b", 30):     "must be a domain name or an IP address",
		"domain: https://me:hunter2@example.org":   "must be a domain name or an IP address",
		"api: {key: hunter2}":                      "must be a whole number",
		"sender: hunter2":                          "must be an e-mail address",
		"name: me:hunter2@example.org":             "must match [a-z]+",
		"name: A B":                                `must match [a-z]+, not "A B"`,
		"sql: {user: Hunter2}":                     "must match [a-z]+",
		"nets: [10.0.0.0/8, 10.0.0.1/8]":           `item 2 must be a network such as 192.0.2.0/24 with no bits set behind its mask, not "10.0.0.1/8"`,
		"texts: [hunter2]":                         "item 1 must be an e-mail address",
		"url: example.org":                         `must be a URL without credentials in it, not "example.org"`,
		"url: me:hunter2@example.org":              "must be a URL without credentials in it",
		"zone: Mars/Base":                          `must be one of the names that its reader knows, not "Mars/Base"`,
		`domain: "-----BEGIN PRIVATE KEY-----AAA"`: "must be a domain name or an IP address",
	} {
		_, found := schema.Resolve([]Layer{layer(t, "file", input)})
		if len(found) != 1 || found[0].Message != want {
			t.Errorf("%s: %v, not %q", input, found, want)
		}
	}
}
