package dockerfile_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/solver/pb"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/owgen/owgen/generator/dockerfile"
)

// TestLikeBuildKit compares what is found in testdata/buildkit/*.Dockerfile with what BuildKit itself says: its
// conversion of all stages, of the version in go.mod, with a registry whose images have PATH alone. Its packages are
// drawn in by this test only, because of what they cost at each start of the program.
func TestLikeBuildKit(t *testing.T) {
	files, err := filepath.Glob("testdata/buildkit/*.Dockerfile")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no files")
	}
	said := 0
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".Dockerfile"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := normalize(buildkitFindings(t.Context(), data))
			said += len(want)
			if diff := cmp.Diff(want, normalize(ourFindings(data))); diff != "" {
				t.Errorf("findings (-BuildKit +owgen):\n%s", diff)
			}
		})
	}
	if said < len(files) {
		t.Errorf("BuildKit says %d things of %d files: the comparison is empty", said, len(files))
	}
}

// buildkitFindings lists what BuildKit says, as "line rule message", or "line error message" where it gives up.
func buildkitFindings(ctx context.Context, data []byte) []string {
	var lines []string
	opt := dockerfile2llb.ConvertOpt{
		MetaResolver:   registry{},
		TargetPlatform: &ocispecs.Platform{OS: "linux", Architecture: "amd64"},
		AllStages:      true,
		Warn: func(rule, _, _, message string, location []parser.Range) {
			lines = append(lines, fmt.Sprintf("%d %s %s", firstLine(location), rule, message))
		},
	}
	opt.BuildPlatforms = []ocispecs.Platform{{OS: "linux", Architecture: "amd64"}}
	if _, err := dockerfile2llb.Dockerfile2LLB(ctx, data, opt); err != nil {
		line := 1
		var located *parser.LocationError
		if errors.As(err, &located) && len(located.Locations) > 0 {
			line = firstLine(located.Locations[0])
		}
		lines = append(lines, fmt.Sprintf("%d error %s", line, err))
	}
	return lines
}

func firstLine(location []parser.Range) int {
	if len(location) == 0 {
		return 1
	}
	return max(1, location[0].Start.Line)
}

// A registry has every image, and each sets PATH alone.
type registry struct{}

func (registry) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	image := ocispecs.Image{Platform: ocispecs.Platform{OS: "linux", Architecture: "amd64"}}
	image.Config.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	config, err := json.Marshal(image)
	return ref, digest.FromBytes(config), config, err
}

func (registry) ResolveSourceMetadata(_ context.Context, op *pb.SourceOp, _ sourceresolver.Opt) (*sourceresolver.MetaResponse, error) {
	return &sourceresolver.MetaResponse{Op: op}, nil
}

// ourFindings lists what the rules of BuildKit and its parser find here, in the same form.
func ourFindings(data []byte) []string {
	images := dockerfile.Parse(map[string]dockerfile.File{"web": {Path: "Dockerfile", Data: data}})
	dockerfile.Evaluate(images, map[string]dockerfile.Build{"web": {}})
	var lines []string
	for _, i := range images["web"].Issues {
		if rule, isBuildKit := strings.CutPrefix(i.Rule, "buildkit-"); isBuildKit {
			lines = append(lines, fmt.Sprintf("%d %s %s", i.Line, rule, i.Message))
		} else if i.Rule == "dockerfile-invalid" {
			lines = append(lines, fmt.Sprintf("%d error %s", i.Line, i.Message))
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
