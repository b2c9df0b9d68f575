package profile

import (
	"testing"

	"github.com/owgen/owgen/generator/settings"
)

// FuzzSetSurvivesTheFile proves that a value given with --set is the same after owgen.yaml was written and read.
func FuzzSetSurvivesTheFile(f *testing.F) {
	for _, v := range []string{"", "~", "null", "a", "0123", "yes", "1:30", "# x", "a: b", "'", `"`, `\`, "$x", "é ☃", " a ", "- a", "*x", "&(", "!!int 3", "a\nb", "\t", "[", "{a", "---"} {
		f.Add(v)
	}
	schema, _ := settings.NewSchema([]*settings.Setting{{Key: "a.b", Type: settings.Text}})
	f.Fuzz(func(t *testing.T, value string) {
		in, found := read(nil, Source{Profile: "base", Set: []string{"a.b=" + value}})
		if found.Err() != nil {
			t.Skip("not a value that a flag can carry")
		}
		in.Layers = in.Layers[1:]
		before, found := schema.Resolve(in.Layers)
		if found.Err() != nil {
			t.Skip("not a text")
		}
		out, err := Encode(in, schema)
		if err != nil {
			t.Skip("YAML cannot carry it")
		}
		again, found := read(map[string]string{"owgen.yaml": string(out)}, Source{Profile: "owgen.yaml"})
		if found.Err() != nil {
			t.Fatalf("%q does not read back: %v\n%s", value, found, out)
		}
		after, found := schema.Resolve(again.Layers[1:])
		if found.Err() != nil || after.String("a.b") != before.String("a.b") {
			t.Fatalf("%q came back as %q: %v\n%s", before.String("a.b"), after.String("a.b"), found, out)
		}
	})
}
