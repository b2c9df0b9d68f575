package profile

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/settings"
)

var named = fstest.MapFS{
	"base.yaml":  {Data: []byte("version: 1\nsummary: The base.\nservices: {a: true}\nsizes:\n  big: {a: {memory: 2G}}\n")},
	"child.yaml": {Data: []byte("extends: base\nservices: {b: true}\n")},
	"loop.yaml":  {Data: []byte("extends: loop\n")},
}

func read(files map[string]string, src Source) (Input, diag.List) {
	src.Named = named
	src.ReadFile = func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, &fs.PathError{Op: "open", Path: name, Err: os.ErrNotExist}
	}
	return Read(src)
}

func TestLayersAreInOrder(t *testing.T) {
	in, found := read(map[string]string{
		"dir/site.yaml":   "extends: ../common.yaml\nsize: big\nx: 1\n",
		"common.yaml":     "extends: child\ny: 1\n",
		"dir/values.yaml": "z: 1\n",
	}, Source{Profile: "dir/site.yaml", Values: []string{"dir/values.yaml"}, Set: []string{"a.b=c", "l=[1, 2]"}})
	if len(found) > 0 {
		t.Fatal(found)
	}
	var got []string
	for _, l := range in.Layers {
		got = append(got, l.Name+" "+l.File)
	}
	want := []string{"profile profiles/base.yaml", "profile profiles/child.yaml", "size profiles/base.yaml",
		"file common.yaml", "file dir/site.yaml", "file dir/values.yaml", "--set --set", "--set --set"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if in.Profile != "child" || in.Summary != "The base." {
		t.Errorf("profile %q, summary %q", in.Profile, in.Summary)
	}
}

func TestEncodeRepeatsTheInput(t *testing.T) {
	in, found := read(map[string]string{"site.yaml": "extends: child\n# why\ndomain: a.test\nweb:\n  level: 3\n  names: {a: 1, b: 2}\n"},
		Source{Profile: "site.yaml", Set: []string{"web.level=4", "web.on=true", "domain=b.test", "web.names={b: 3}"}})
	if len(found) > 0 {
		t.Fatal(found)
	}
	schema, _ := settings.NewSchema([]*settings.Setting{{Key: "web.names", Type: settings.Map}}) // one setting, which is replaced as a whole
	out, err := Encode(in, schema)
	if err != nil {
		t.Fatal(err)
	}
	want := "version: 1\nextends: child\n\n# why\ndomain: b.test\n\nweb:\n  level: 4\n  names: {b: 3}\n  on: true\n"
	_, got, _ := strings.Cut(string(out), "can be set.\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestProfileAndExtendsMeanTheSame(t *testing.T) {
	for _, key := range []string{"profile", "extends"} {
		in, found := read(map[string]string{"f.yaml": key + ": child\n"}, Source{Profile: "f.yaml"}) // which says extends itself
		if len(found) > 0 || in.Profile != "child" || in.Word != key {
			t.Errorf("%s: it is of %q, by the word %s: %v", key, in.Profile, in.Word, found)
		}
	}
}

func TestFindings(t *testing.T) {
	tests := map[string]struct {
		file string
		src  Source
		want []string
	}{
		"unknown profile":     {"", Source{Profile: "bse"}, []string{"error: bse: is no profile [profile/unknown]\n  hint: did you mean base? the profiles are base, child, loop; a file ends in .yaml"}},
		"missing file":        {"", Source{Profile: "no.yaml"}, []string{"no.yaml: error: does not exist [profile/absent]\n  hint: check the path"}},
		"not yaml":            {"a: [", Source{Profile: "f.yaml"}, []string{"f.yaml:1: error: is not YAML: did not find expected node content [profile/not-yaml]\n  hint: check indentation and quotes"}},
		"a list":              {"- a", Source{Profile: "f.yaml"}, []string{"f.yaml:1: error: must be a mapping of settings [profile/not-a-mapping]\n  hint: write key: value, one a line"}},
		"two documents":       {"a: 1\n---\nb: 1\n", Source{Profile: "f.yaml"}, []string{"f.yaml:2: error: begins a second YAML document [profile/not-yaml]\n  hint: keep one: remove the line with --- and join what stands below it"}},
		"future":              {"version: 99\n", Source{Profile: "f.yaml"}, []string{"f.yaml:1: error: version: must be 1, the version of the format; a higher one is for a newer owgen [profile/wrong-meta]"}},
		"loop":                {"", Source{Profile: "loop"}, []string{"profiles/loop.yaml:1: error: extends: loop is built on itself [profile/extends-itself]\n  hint: name a profile that does not lead back here"}},
		"loop, other word":    {"\nprofile: f.yaml\n", Source{Profile: "f.yaml"}, []string{"f.yaml:2: error: profile: f.yaml is built on itself [profile/extends-itself]\n  hint: name a profile that does not lead back here"}},
		"unknown, extends":    {"extends: bse\n", Source{Profile: "f.yaml"}, []string{"f.yaml:1: error: extends: bse is no profile [profile/unknown]\n  hint: did you mean base? the profiles are base, child, loop; a file ends in .yaml"}},
		"unknown, profile":    {"profile: bse\n", Source{Profile: "f.yaml"}, []string{"f.yaml:1: error: profile: bse is no profile [profile/unknown]\n  hint: did you mean base? the profiles are base, child, loop; a file ends in .yaml"}},
		"values, profile":     {"profile: base\n", Source{Profile: "child", Values: []string{"f.yaml"}}, []string{"f.yaml:1: error: profile: a file of values cannot name another profile than the command line [profile/extends-in-values]\n  hint: name the profile on the command line, or pass this file as the profile"}},
		"flag":                {"a: 1\n", Source{Profile: "f.yaml", Set: []string{"domain"}}, []string{"--set: error: domain: must be written key=value [profile/set]\n  hint: for example --set domain=example.org"}},
		"size":                {"extends: base\nsize: huge\n", Source{Profile: "f.yaml"}, []string{"f.yaml:2: error: size: the profile has no such size [profile/unknown-size]\n  hint: its sizes: big"}},
		"profile and extends": {"extends: base\nprofile: child\n", Source{Profile: "f.yaml"}, []string{"f.yaml:2: error: profile: the profile is named in line 1 already [profile/named-twice]\n  hint: keep one of profile and extends, which mean the same"}},
		"values of the same":  {"profile: base\n", Source{Profile: "base", Values: []string{"f.yaml"}}, nil},
		"values extend":       {"extends: base\n", Source{Profile: "child", Values: []string{"f.yaml"}}, []string{"f.yaml:1: error: extends: a file of values cannot name another profile than the command line [profile/extends-in-values]\n  hint: name the profile on the command line, or pass this file as the profile"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{}
			if test.file != "" {
				files["f.yaml"] = test.file
			}
			_, found := read(files, test.src)
			var got []string
			for _, f := range found {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A text that begins as a list does is one only if it ends as one.
func TestFlagsThatLookLikeLists(t *testing.T) {
	for flag, want := range map[string]yaml.Kind{
		"a=[x, y]":                  yaml.SequenceNode,
		"a={b: c}":                  yaml.MappingNode,
		"a=[relay.example.org]:587": yaml.ScalarNode,
		"a={z}/{x}/{y}.png":         yaml.ScalarNode,
		"a=[unfinished":             yaml.ScalarNode,
	} {
		var found diag.List
		layers := fromFlags([]string{flag}, &found)
		if got := layers[0].Root.Content[1].Kind; got != want || len(found) > 0 {
			t.Errorf("%s: kind %d, want %d; %v", flag, got, want, found)
		}
	}
}
