package importer

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// Patterns select what a real Ansible selects from the same inventories; testdata/patterns/results.txt has its answers.
func TestPatternsAsAnsible(t *testing.T) {
	data, err := os.ReadFile("testdata/patterns/results.txt")
	if err != nil {
		t.Fatal(err)
	}
	inventories := map[string]*inventory{}
	tried := 0
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		name, pattern, want := cells[0], cells[1], strings.Fields(cells[2])
		inv := inventories[name]
		if inv == nil {
			inv = newInventory()
			inv.source(source{FS: os.DirFS("testdata/patterns")}, name, 0)
			inv.finish()
			inventories[name] = inv
			if inv.findings.Err() != nil {
				t.Fatal(inv.findings)
			}
		}
		tried++
		hosts, err := inv.selected(strings.Split(pattern, " ; "))
		got := slices.Sorted(maps.Keys(hosts))
		if err != nil {
			got = []string{"!"}
		}
		if slices.Sort(want); !slices.Equal(got, want) {
			t.Errorf("%s: %s selects %v, not %v", name, pattern, got, want)
		}
	}
	if tried < 100 {
		t.Errorf("only %d patterns", tried)
	}
}
