package replaces

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// What a folder says for a way of installing that does not exist would be read by nobody.
func TestWaysOfInstallingAreKnown(t *testing.T) {
	var by By
	if err := yaml.Unmarshal([]byte("{docker-openwisp: [A, {name: B}], ansible-openwisp2: c}"), &by); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"A", "B"}, by[Docker].Names()); diff != "" || by[Ansible][0].Names[0] != "c" {
		t.Errorf("%v: %s", by, diff)
	}
	for text, want := range map[string]string{"{docker: A}": "no way of installing", "A": "is a mapping", "[A]": "is a mapping", "{docker-openwisp: {nmae: A}}": "nmae"} {
		var by By
		if err := yaml.Unmarshal([]byte(text), &by); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
		var files Files
		if err := yaml.Unmarshal([]byte(text), &files); err == nil {
			t.Errorf("%s is taken for files", text)
		}
	}
}
