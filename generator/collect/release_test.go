package collect

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/archive"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/secret"
)

var errEngine = errors.New("the engine is down")

// built are images with the list of their packages, as an engine would have them.
type built map[string]string

func (b built) Absent(_ context.Context, names []string) ([]string, error) {
	if b == nil {
		return nil, errEngine
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { _, ok := b[name]; return ok }), nil
}

func (b built) Read(_ context.Context, name, file string) ([]byte, error) {
	if file != archive.PackagesFile || b[name] == "" {
		return nil, errEngine
	}
	return []byte(b[name]), nil
}

func (built) Save(context.Context, []string, io.Writer) error { return errEngine }
func (built) Load() string                                    { return "load" }
func (built) Build() string                                   { return "build" }

func release(images built) *Release {
	services := types.Services{}
	for name, image := range map[string]string{"web": "site/web:1", "worker": "site/web:1", "base": "site/base:1"} {
		var s types.ServiceConfig
		s.Image = image
		services[name] = s
	}
	return &Release{dir: "site", Deployment: &generator.Deployment{
		Built:   images,
		Bundle:  bundle.Bundle{Secrets: []secret.Spec{{Name: "made"}, {Name: "own", File: "mine/key"}, {Name: "far", File: "/etc/key"}}},
		Project: &types.Project{Services: services},
	}}
}

// Each image is looked into once, whoever shares it, and all of those that are not built are named.
func TestLookIntoImages(t *testing.T) {
	const installed = "Package: tini\nStatus: install ok installed\nVersion: 0.19\nArchitecture: amd64\n"
	for _, test := range []struct {
		name   string
		images built
		absent []string
		err    error
		read   []string
	}{
		{"all are built", built{"site/web:1": installed, "site/base:1": installed}, nil, nil, []string{"site/base:1 tini", "site/web:1 tini"}},
		{"one is not", built{"site/base:1": installed}, []string{"site/web:1"}, nil, nil},
		{"none is", built{}, []string{"site/base:1", "site/web:1"}, nil, nil},
		{"one cannot be read", built{"site/web:1": "", "site/base:1": installed}, nil, errEngine, []string{"site/base:1 tini"}},
		{"no engine", nil, nil, errEngine, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := release(test.images)
			err := r.LookIntoImages(t.Context())
			var absent *AbsentError
			switch {
			case errors.As(err, &absent):
				if diff := cmp.Diff(&AbsentError{test.absent, 2, "build"}, absent); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			case !errors.Is(err, test.err) || test.absent != nil:
				t.Errorf("error %v", err)
			}
			var read []string
			for _, image := range r.images {
				for _, p := range image.Packages {
					read = append(read, image.Name+" "+p.Name)
				}
			}
			if diff := cmp.Diff(test.read, read); diff != "" {
				t.Errorf("packages (-want +got)\n%s", diff)
			}
		})
	}
}

// The archive is written over no key: neither what signs, nor a file of the user's that is mounted as a secret.
func TestProtected(t *testing.T) {
	r := release(nil)
	if diff := cmp.Diff([]string{"site/mine/key", "/etc/key"}, r.Protected()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	r.options.Key = "sign.pem"
	if diff := cmp.Diff([]string{"sign.pem", "site/mine/key", "/etc/key"}, r.Protected()); diff != "" {
		t.Errorf("signed (-want +got)\n%s", diff)
	}
}

// What was unpacked on the way to a failure is removed.
func TestImagesAreRemovedAgain(t *testing.T) {
	below := t.TempDir()
	r := release(built{})
	if err := r.AddImages(t.Context(), below); !errors.Is(err, errEngine) {
		t.Fatal(err)
	}
	if left := names(t, below); len(left) != 1 {
		t.Errorf("%v lies there until Close", left)
	}
	must(t, r.Close())
	if left := names(t, below); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	var out []string
	for _, entry := range entries {
		out = append(out, entry.Name())
	}
	return out
}
