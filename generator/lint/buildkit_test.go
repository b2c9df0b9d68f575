package lint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/lint"
)

// TestLikeBuildKit compares what is found in testdata/buildkit/*.Dockerfile with what BuildKit itself says.
// The .want files were written by its Dockerfile2LLB (v0.33, all stages, a resolver whose images have PATH
// alone): "line rule message", or "line error message" where it gave up. Its own packages are not among the
// dependencies, because of what they cost at each start.
func TestLikeBuildKit(t *testing.T) {
	files, err := filepath.Glob("testdata/buildkit/*.Dockerfile")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no files")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".Dockerfile"), func(t *testing.T) {
			want, err := os.ReadFile(strings.TrimSuffix(file, ".Dockerfile") + ".want")
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(normalize(strings.Split(strings.TrimSpace(string(want)), "\n")), normalize(dockerfileFindings(t, data))); diff != "" {
				t.Errorf("findings (-BuildKit +owgen):\n%s", diff)
			}
		})
	}
}

// dockerfileFindings lists what the rules of BuildKit and its parser find, as "line rule message".
func dockerfileFindings(t *testing.T, data []byte) []string {
	_, found := lint.Check(t.Context(), lint.Input{
		File: "compose.yml", Compose: []byte("services: {web: {build: .}}\n"),
		Dockerfiles: map[string]lint.Dockerfile{"web": {Path: "Dockerfile", Data: data}},
	})
	var lines []string
	for _, f := range found {
		switch rule, isBuildKit := strings.CutPrefix(f.Rule, "buildkit-"); {
		case f.File != "Dockerfile":
		case isBuildKit:
			lines = append(lines, fmt.Sprintf("%d %s %s", f.Line, rule, f.Message))
		case f.Rule == "dockerfile-invalid":
			lines = append(lines, fmt.Sprintf("%d error %s", f.Line, f.Message))
		}
	}
	return lines
}

// normalize sorts the findings, writes the rules alike, and leaves the words of errors out. Which of several
// equally near names BuildKit suggests depends on the order in which it has seen them.
func normalize(lines []string) []string {
	var out []string
	for _, line := range lines {
		fields := strings.SplitN(line, " ", 3)
		if len(fields) < 3 {
			continue
		}
		if fields[1] == "error" {
			fields[2] = ""
		}
		message, _, _ := strings.Cut(fields[2], " (did you mean")
		out = append(out, fields[0]+" "+strings.ToLower(strings.ReplaceAll(fields[1], "-", ""))+" "+message)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
