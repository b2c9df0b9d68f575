package catalog

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// What has to be so elsewhere names settings that there are, and stands for each value of those that it says.
func TestOutside(t *testing.T) {
	const alone = "catalog/wrong-outside: mx: {each} in of stands for a value of the settings in each, and one is there without the other"
	for name, x := range map[string]struct {
		outside string
		want    []string
	}{
		"once":            {`{kind: mx, of: "{hosts.app}", is: x, hint: y}`, nil},
		"for each":        {`{kind: mx, each: [hosts.app, app.names], of: "a.{each}", is: x, hint: "publish {each}"}`, nil},
		"each of nothing": {`{kind: mx, of: "{each}", is: x, hint: y}`, []string{alone}},
		"each unused":     {`{kind: mx, each: [app.names], of: "{hosts.app}", is: x, hint: y}`, []string{alone}},
		"each of a text":  {`{kind: mx, each: [app.title], of: "{each}", is: x, hint: y}`, []string{"catalog/unknown-setting: app.title is a setting of type string"}},
		"no such setting": {`{kind: mx, each: [app.none], of: "{each}", is: "{app.is}", hint: "{app.hint}"}`,
			[]string{"catalog/unknown-setting: app.none is no setting", "catalog/unknown-setting: app.is is no setting", "catalog/unknown-setting: app.hint is no setting"}},
		"another kind": {`{kind: ns, of: x, is: x, hint: y}`, []string{`catalog/wrong-outside: "ns" is no kind`}},
		"no hint":      {`{kind: ptr, of: x}`, []string{"catalog/wrong-outside: ptr needs of, hint and, unless it is ptr, is"}},
	} {
		t.Run(name, func(t *testing.T) {
			layer := fstest.MapFS{}
			for file, text := range map[string]string{
				"_shared/settings.yaml": `settings: [{key: hosts.app, type: host, default: app.example.org, description: d}, {key: app.title, type: string, description: d}, {key: app.names, type: list, items: fqdn, default: [], description: d}]`,
				"_shared/networks.yaml": `networks: [{name: front, index: 0}]`,
				"somebody/service.yaml": `{summary: s, role: image, outside: [` + x.outside + `]}`,
			} {
				layer[file] = &fstest.MapFile{Data: []byte(text)}
			}
			_, found := Read(Layer{Name: "dockerfiles", FS: layer})
			var got []string
			for _, f := range found {
				if strings.HasPrefix(f.File, "dockerfiles/somebody/") && f.Path == "outside" {
					got = append(got, f.Rule+": "+f.Message)
				}
			}
			if diff := cmp.Diff(x.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
