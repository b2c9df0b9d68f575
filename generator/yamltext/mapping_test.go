package yamltext

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

func node(t *testing.T, text string) *yaml.Node {
	t.Helper()
	root, problems := Document([]byte(text))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return root
}

// Merging lays mappings into each other, and leaves what is laid over as it was.
func TestMerge(t *testing.T) {
	tests := []struct{ name, under, over, want string }{
		{"new keys come last", "a: 1\n", "b: 2\n", "a: 1\nb: 2\n"},
		{"mappings are merged", "a: {x: 1, y: 1}\n", "a: {y: 2, z: 2}\n", "a: {x: 1, y: 2, z: 2}\n"},
		{"lists are replaced", "a: [1, 2]\n", "a: [3]\n", "a: [3]\n"},
		{"a value in the place of a mapping", "a: {x: 1}\n", "a: 1\n", "a: 1\n"},
		{"a mapping in the place of a value", "a: 1\n", "a: {x: 1}\n", "a: {x: 1}\n"},
		{"a comment above a key", "a: {x: 1}\n", "# why\na: {y: 1}\n", "# why\na: {x: 1, y: 1}\n"},
		{"a comment above a key whose value is replaced", "# old\na: 1\n", "# why\na: 2\n", "# why\na: 2\n"},
		{"a value that gets no comment", "# old\na: 1\n", "a: 2\n", "a: 2\n"},
		{"comments inside of what is new", "a: 1\n", "b:\n    # why\n    c: 1\n", "a: 1\nb:\n    # why\n    c: 1\n"},
		{"null is a value", "a: 1\n", "a: null\n", "a: null\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			under, over := node(t, test.under), node(t, test.over)
			Merge(under, over)
			got, err := yaml.Marshal(under)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if left, _ := yaml.Marshal(over); string(left) != test.over {
				t.Errorf("what was laid over is %q now", left)
			}
		})
	}
}

// A mapping that was new may be merged into again, and what it came from stays as it was.
func TestMergeSharesNoMapping(t *testing.T) {
	root, first := node(t, "x: 1\n"), node(t, "a: {b: {c: 1}}\n")
	Merge(root, first)
	Merge(root, node(t, "a: {b: {d: 2}}\n"))
	if text, _ := yaml.Marshal(first); string(text) != "a: {b: {c: 1}}\n" {
		t.Errorf("the first is %q now", text)
	}
}

func TestNames(t *testing.T) {
	for text, want := range map[string]Names{"a": {"a"}, "[a, b]": {"a", "b"}, "[]": {}} {
		var got Names
		if err := yaml.Unmarshal([]byte(text), &got); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", text, diff)
		}
	}
	var got Names
	if err := yaml.Unmarshal([]byte("{a: b}"), &got); err == nil {
		t.Errorf("a mapping is %v", got)
	}
}
