package settings_test

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/settings"
)

// TestWhatHasItsOwn checks that an option of a mapping that takes any, and has a setting, says which: as an error where the
// mapping's list leaves it out, as a warning where it would count.
func TestWhatHasItsOwn(t *testing.T) {
	door := &settings.Setting{Key: "db.options", Type: settings.Map, Items: settings.String, OneOf: "names",
		Known: settings.ParseVocabulary("lists/names", []byte("jit\nssl_mode\n= port data_folder\n"))}
	free := &settings.Setting{Key: "app.settings", Type: settings.Map}
	memory := &settings.Setting{Key: "db.memory", Type: settings.String, Same: settings.Names{"db.options.work_mem"}}
	tls := &settings.Setting{Key: "db.tls", Type: settings.String, Same: settings.Names{"db.options.ssl_mode", "app.settings.SSL"}}
	schema, found := settings.NewSchema([]*settings.Setting{door, free, memory, tls})
	if len(found) > 0 {
		t.Fatal(found.Error())
	}
	for input, want := range map[string]string{
		`{db: {options: {jit: "on"}}, app: {settings: {OTHER: 1}}}`: "",
		`{db: {options: {work_mem: 8MB}}}`:                          "error: has a setting of its own: set db.memory",
		`{db: {options: {Work_Mem: 8MB}}}`:                          "error: has a setting of its own: set db.memory",
		`{db: {options: {work_men: 8MB}}}`:                          "did you mean work_mem? It has a setting of its own: db.memory",
		`{db: {options: {port: "1"}}}`:                              "error: is set by the image itself",
		`{db: {options: {git: "on"}}}`:                              "did you mean jit?",
		`{db: {options: {ssl_mode: x}}}`:                            "warning: has a setting of its own: set db.tls",
		`{app: {settings: {SSL: x}}}`:                               "warning: has a setting of its own: set db.tls",
	} {
		var root yaml.Node
		if err := yaml.Unmarshal([]byte(input), &root); err != nil {
			t.Fatal(err)
		}
		_, found := schema.Resolve([]settings.Layer{{Name: "file", File: "in", Root: root.Content[0]}})
		got := ""
		for _, f := range found {
			got += f.Severity.String() + ": " + f.Message + ": " + f.Hint + "\n"
		}
		severity, rest, _ := strings.Cut(want, ": ")
		if want == "" && got != "" || !strings.Contains(got, severity) {
			t.Errorf("%s: %q, not %q", input, got, want)
		}
		for _, part := range strings.Split(rest, ": ") {
			if !strings.Contains(got, part) {
				t.Errorf("%s: %q, not %q", input, got, want)
			}
		}
	}
}

// TestJoinedValues checks what items have together, and what a variable of a container's environment holds.
func TestJoinedValues(t *testing.T) {
	few := &settings.Setting{Key: "few", Type: settings.List, Together: 11}
	long := &settings.Setting{Key: "long", Type: settings.List, Env: "LONG"}
	schema, _ := settings.NewSchema([]*settings.Setting{few, long})
	item := strings.Repeat("x", 1000)
	for input, want := range map[string]bool{
		`{few: [abcde, fghij]}`:                           true,
		`{few: [abcde, fghijk]}`:                          false,
		`{few: [ä, ö, ü, ß]}`:                             true,
		`{few: [` + strings.Repeat("a,", 7) + `]}`:        false,
		`{long: [` + strings.Repeat(item+",", 130) + `]}`: true,
		`{long: [` + strings.Repeat(item+",", 132) + `]}`: false,
	} {
		var root yaml.Node
		if err := yaml.Unmarshal([]byte(input), &root); err != nil {
			t.Fatal(err)
		}
		if _, found := schema.Resolve([]settings.Layer{{File: "in", Root: root.Content[0]}}); (len(found) == 0) != want {
			t.Errorf("%.60s: %v", input, found)
		}
	}
}

// TestFirstLevel checks what is said of words that people write in the place of extends, or in the wrong place.
func TestFirstLevel(t *testing.T) {
	schema, _ := settings.NewSchema([]*settings.Setting{{Key: "web.on", Type: settings.Bool}})
	for input, want := range map[string]string{"inherits: x": "did you mean extends?", "web: {profile: x}": "first level", "extend: x": "did you mean extends?", "web: {extends: x}": "first level", "web: {om: x}": "web.on"} {
		var root yaml.Node
		if err := yaml.Unmarshal([]byte(input), &root); err != nil {
			t.Fatal(err)
		}
		if _, found := schema.Resolve([]settings.Layer{{File: "in", Root: root.Content[0]}}); !strings.Contains(found.Error(), want) {
			t.Errorf("%s: %v", input, found)
		}
	}
}
