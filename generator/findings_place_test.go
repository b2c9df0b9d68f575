package generator

import (
	"strings"
	"testing"
)

// What a profile switches on runs because of a condition that the user has made true: a finding about it stands at the user's line.
func TestFindingsStandAtTheUsersLine(t *testing.T) {
	const image = "example.org/meet@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	_, found := Generate(t.Context(), request("groupware", "domain=example.org", "mail.suite=kopano", "kopano.repositories=[https://packages.example.org/]",
		"kopano.repository_key_file=key", "kopano.images.meet="+image))
	if len(found) < 3 {
		t.Errorf("nothing is missing: %v", found)
	}
	for _, f := range found {
		if f.File != "--set" || !strings.Contains(f.Hint, "set kopano.images.") {
			t.Errorf("%s", f)
		}
	}
}
