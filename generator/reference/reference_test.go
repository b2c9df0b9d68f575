package reference_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/reference"
	"github.com/owgen/owgen/generator/settings"
	"github.com/owgen/owgen/profiles"
)

func services(t *testing.T) *catalog.Catalog {
	t.Helper()
	c, found := catalog.Read(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return c
}

func makeReference(t *testing.T) *reference.Reference {
	t.Helper()
	var named []reference.Profile
	for _, name := range profile.Names(profiles.FS) {
		named = append(named, reference.Profile{Name: name, Summary: "What `" + name + "` is."})
	}
	r, err := reference.Make("0.0.0", services(t), named, []reference.Command{{
		Name: "deep command", Summary: "Does <things> & more.", Detail: `A \ backslash.`,
		Arguments: []reference.Argument{{Name: "dir", Help: "A folder.", Optional: true}},
		Flags:     []reference.Flag{{Name: "set", Short: "s", Placeholder: "KEY=VALUE", Help: "'Quoted' | piped.", Default: "x"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Every setting, service, command and rule stands in the pages that it belongs to.
func TestNothingIsMissing(t *testing.T) {
	r := makeReference(t)
	files, err := r.Files()
	if err != nil {
		t.Fatal(err)
	}
	has := func(file, text string) {
		if !bytes.Contains(files[file], []byte(text)) {
			t.Errorf("%s lacks %s", file, text)
		}
	}
	for _, d := range services(t).Settings() {
		has("settings.md", `<a id="`+d.Key+`"></a>`)
		has("reference.html", `<article id="`+d.Key+`">`)
	}
	for _, s := range services(t).Services {
		has("services.md", "\n## "+s.Name+"\n")
		has("reference.html", `<article id="service-`+s.Name+`">`)
	}
	for _, rule := range lint.Rules() {
		has("rules.md", "\n## "+rule.ID+"\n")
		has("reference.html", `<article id="rule-`+rule.ID+`">`)
	}
	has("commands.md", "owgen deep command [DIR] [FLAGS]")
	has("reference.html", "<code>-s, --set=KEY=VALUE</code>")
	has("man/owgen-deep-command.1", `\fB\-s, \-\-set=KEY=VALUE\fR`)
	has("man/owgen-deep-command.1", "\n\\&'Quoted' | piped. Default: x.\n")
	has("man/owgen-deep-command.1", `A \e backslash.`)
	has("man/owgen.1", `What \fBsingle\-server\fR is.`)
}

// The page needs nothing else, its links lead somewhere, and what is text stays text.
func TestPageIsSelfContained(t *testing.T) {
	page, err := makeReference(t).Page()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{`src=`, `<link`, `@import`, `url(`, `href="http`, `fetch(`, `XMLHttp`, `<things>`, `ZgotmplZ`} {
		if bytes.Contains(page, []byte(text)) {
			t.Errorf("the page contains %s", text)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllSubmatch(page, -1) {
		if ids[string(m[1])] {
			t.Errorf("the id %s stands twice", m[1])
		}
		ids[string(m[1])] = true
	}
	for _, m := range regexp.MustCompile(`href="#([^"]+)"`).FindAllSubmatch(page, -1) {
		if !ids[string(m[1])] {
			t.Errorf("the link #%s leads nowhere", m[1])
		}
	}
}

// Tables hold what is in them: no cell ends early, each row has as many as the head.
func TestMarkdownTables(t *testing.T) {
	for name, text := range makeReference(t).Markdown() {
		columns := 0
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "|") {
				columns = 0
				continue
			}
			n := len(regexp.MustCompile(`(^|[^\\])\|`).FindAllString(strings.TrimSpace(line), -1))
			if strings.HasPrefix(line, "| | |") {
				n = 3
			}
			if columns > 0 && n != columns {
				t.Errorf("%s: %d columns instead of %d: %s", name, n-1, columns-1, line)
			}
			columns = n
		}
	}
}

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := makeReference(t).Schema()
	if err != nil {
		t.Fatal(err)
	}
	var document any
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("owgen.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("owgen.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// validate reads YAML as editors do and holds it against the schema.
func validate(schema *jsonschema.Schema, text []byte) error {
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		return err
	}
	plain, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if value, err = jsonschema.UnmarshalJSON(bytes.NewReader(plain)); err != nil {
		return err
	}
	return schema.Validate(value)
}

func TestSchemaTakesWhatIsRight(t *testing.T) {
	schema := compile(t)
	var files []string
	for _, pattern := range []string{"../../profiles/*.yaml", "../../testdata/golden/*/owgen.yaml.golden"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v %v", pattern, found, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, rest, golden := bytes.Cut(text, []byte("rw-r--r--\n")); golden { // the mode in a golden file's first line
			text = rest
		}
		if err := validate(schema, text); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestSchemaFindsWhatIsWrong(t *testing.T) {
	schema := compile(t)
	for _, text := range []string{
		"domian: example.org", "publish: {https: 70000}", "publish: {https: no}", "tls: {mode: magic}", "modules: {radius: perhaps}",
		"extends: no-such-profile", "version: 2", "tls: proxy", "project: 'Not Allowed'", "tls: {trusted_proxies: {a: b}}",
		"resources: {migrate: {memory: lots}}", "sizes: {small: {domian: x}}", "[a, b]", "domain: [a]", "openwisp: {settings: [a]}",
		"timezone: Mars/Base", "vpn: {x509: {country: Italy}}",
	} {
		if validate(schema, []byte(text)) == nil {
			t.Errorf("the schema takes %s", text)
		}
	}
}

// What owgen takes, the schema takes: each setting is tried with values of all sorts.
func TestSchemaTakesWhatOwgenTakes(t *testing.T) {
	schema := compile(t)
	samples := []string{`""`, "null", "~", "true", "no", "On", "0", "1", "007", "+5", "-3", "443", `"443"`, "70000", "0.5", "1e3", "64M", "1G", "512k", "text", "two words",
		"example.org", "192.0.2.1", "'2001:db8::1'", "192.0.2.0/24", "a@example.org", "https://example.org/x", "/var/lib/x", "secrets/file", "90s", "24h", "2h30m",
		`"0 3 * * *"`, "[]", "[a]", "[example.org, 192.0.2.0/24]", "[1, 2]", "{}", "{a: 1, b: {c: [d]}}", "Europe/Rome", "US/Eastern", "Europe/Kiev", "en-gb", "no", "IT", "NO",
		"DEBUG", "small", "authority", "may", "'[relay.example.org]:587'", "sha256:" + strings.Repeat("a", 64)}
	accepted := 0
	for _, d := range services(t).Settings() {
		alone, _ := settings.NewSchema([]*settings.Setting{d})
		values := slices.Concat(samples, d.Values)
		for _, sample := range values {
			var text strings.Builder
			parts := strings.Split(d.Key, ".")
			for i, part := range parts {
				fmt.Fprintf(&text, "%s%s:", strings.Repeat("  ", i), part)
				if i < len(parts)-1 {
					text.WriteString("\n")
				}
			}
			text.WriteString(" " + sample + "\n")
			input, found := profile.Read(profile.Source{Profile: "x.yaml", ReadFile: func(string) ([]byte, error) { return []byte(text.String()), nil }})
			if found.Err() != nil {
				continue
			}
			if _, found := alone.Resolve(input.Layers); found.Err() != nil {
				continue
			}
			accepted++
			if err := validate(schema, []byte(text.String())); err != nil {
				t.Errorf("owgen takes this, and the schema does not:\n%s%v", text.String(), err)
			}
		}
	}
	if accepted < 1000 {
		t.Errorf("only %d values were tried", accepted)
	}
}

func TestSameBytes(t *testing.T) {
	first, err := makeReference(t).Files()
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		again, _ := makeReference(t).Files()
		for name := range first {
			if !bytes.Equal(first[name], again[name]) {
				t.Errorf("two runs differ in %s", name)
			}
		}
	}
}

func TestConditionsInWords(t *testing.T) {
	for want, when := range map[string]catalog.Condition{
		"`tls.mode` is authority or acme":      {"tls.mode": {"authority", "acme"}},
		"`external.directory.host` is empty":   {"external.directory.host": {""}},
		"something provides openid":            {"capability.openid": {"true"}},
		"`b.c` is true and nothing provides a": {"capability.a": {"false"}, "b.c": {"true"}},
	} {
		if diff := cmp.Diff(want, reference.Condition(when)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}
