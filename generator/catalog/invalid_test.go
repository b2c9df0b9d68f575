package catalog

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the findings of the wrong catalogue")

// TestWhatACatalogueCannotMean reads folders in which everything is wrong that a folder can get wrong: each is a finding
// with the folder's path. Golden: testdata/invalid-catalog.findings.
func TestWhatACatalogueCannotMean(t *testing.T) {
	const golden = "../../testdata/invalid-catalog.findings"
	_, found := Read(Layer{Name: "catalog", FS: os.DirFS("../../testdata/invalid-catalog")})
	got := found.Sort().Error() + "\n"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
