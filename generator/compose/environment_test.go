package compose

import (
	"strings"
	"testing"

	parser "github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/plan"
)

// FuzzEnvFile proves that what a Compose file says in environment, and what .env holds, come through an env_file
// as compose-go reads it.
func FuzzEnvFile(f *testing.F) {
	for _, v := range []string{"", "a", "$", "$$", "${X}", "#", " # x", `"`, `'`, `\`, `a\`, "a\nb", "&(", " ", "é", "0123", "yes", "1:30", `\n`, `\$`, "$X"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if dotenv.CheckValue(value) != nil {
			t.Skip("no .env can carry it")
		}
		text := "A=" + envValue(strings.ReplaceAll(value, "$", "$$")) + "\nB=" + envValue("<${X}>") + "\nC=" + envValue("$${X}${X}") + "\n"
		got, err := parser.ParseWithLookup(strings.NewReader(text), func(name string) (string, bool) { return value, name == "X" })
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if diff := cmp.Diff(map[string]string{"A": value, "B": "<" + value + ">", "C": "${X}" + value}, got); diff != "" {
			t.Errorf("%q (-want +got)\n%s", text, diff)
		}
	})
}

func TestEnvironmentIsSharedByAFile(t *testing.T) {
	image := &plan.Service{Definition: &catalog.Definition{Name: "image", Role: catalog.RoleImage}}
	one := &plan.Service{Definition: &catalog.Definition{Name: "one", Role: catalog.RoleApp}, Images: []*catalog.Definition{image.Definition}}
	text := `
image: {environment: {A: "1", B: "2", C: "${C}", D: "4", E: "5", F: "6", G: "7", WHO: image}}
one: {environment: {A: "1", B: "2", C: "${C}", D: "4", E: "5", F: "6", G: "7", WHO: one, MORE: "8"}}`
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	files := shareEnvironments(doc.Content[0], &plan.Plan{Services: []*plan.Service{image, one}})
	out, err := yaml.Marshal(doc.Content[0])
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("image: {}\none: {env_file: [{path: ./env/image.env}], environment: {WHO: one, MORE: \"8\"}}\n", string(out)); diff != "" {
		t.Errorf("services (-want +got)\n%s", diff)
	}
	_, got, _ := strings.Cut(string(files["env/image.env"]), "\n")
	if diff := cmp.Diff("A=1\nB=2\nC=\"${C}\"\nD=4\nE=5\nF=6\nG=7\nWHO=image\n", got); diff != "" {
		t.Errorf("file (-want +got)\n%s", diff)
	}
}
