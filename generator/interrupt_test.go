package generator

import (
	"context"
	"testing"

	"github.com/owgen/owgen/generator/diag"
)

func isInterrupted(found diag.List) bool {
	return len(found) == 1 && found[0].Rule == interrupted()[0].Rule
}

// Nobody waits for a bundle any more once the context is done: whichever stage is next does not begin.
func TestNoStageBeginsOnceItIsInterrupted(t *testing.T) {
	prepared, found := Prepare(request("single-server").Catalog...)
	if found.Err() != nil {
		t.Fatal(found)
	}
	done, stop := context.WithCancel(t.Context())
	stop()
	for name, make := range map[string]func() (*Deployment, bool){
		"checked": func() (*Deployment, bool) {
			made, found := prepared.Generate(done, request("single-server").Source)
			return made, isInterrupted(found)
		},
		"unchecked": func() (*Deployment, bool) {
			made, found := GenerateUnchecked(done, request("single-server"))
			return made, isInterrupted(found)
		},
	} {
		if made, interrupted := make(); made != nil || !interrupted {
			t.Errorf("%s: made %v, interrupted %v", name, made != nil, interrupted)
		}
	}
	if _, found := prepared.Generate(t.Context(), request("single-server", "domian=x").Source); isInterrupted(found) {
		t.Error("a mistake is no interruption")
	}
}
