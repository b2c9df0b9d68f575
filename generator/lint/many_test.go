package lint_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestManyEntries checks that a mapping of more names than anybody writes is refused before compose-go reads it, which
// compares each with all others.
func TestManyEntries(t *testing.T) {
	for n, want := range map[int]string{200: "", 100_000: "compose.yml:5: error: has 100000 names in one mapping"} {
		var b strings.Builder
		b.WriteString("services:\n  a:\n    image: x:1\n    environment:\n")
		for i := range n {
			fmt.Fprintf(&b, "      K%d: \"1\"\n", i)
		}
		s, found := given{File: "compose.yml", Compose: []byte(b.String())}.check(t.Context())
		if want != "" && !strings.Contains(found.Error(), want) || want == "" && s.Loaded == nil {
			t.Errorf("%d: %.300s", n, found.Error())
		}
	}
}
