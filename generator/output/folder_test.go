package output

import (
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/secret"
)

// tree is a folder as tests compare it: path -> mode and content, a trailing slash for folders.
type tree map[string]string

// files makes a bundle's files of texts: 0755 for scripts, Once for what begins with "once".
func files(texts map[string]string) map[string]bundle.File {
	out := map[string]bundle.File{}
	for p, text := range texts {
		f := bundle.File{Data: []byte(text), Mode: 0o644, Once: strings.HasPrefix(text, "once")}
		if strings.HasPrefix(text, "#!") {
			f.Mode = 0o755
		}
		out[p] = f
	}
	return out
}

// bundle makes a bundle of texts and secrets, with its manifest.
func bundled(texts map[string]string, secrets ...secret.Spec) *bundle.Bundle {
	b := &bundle.Bundle{Files: files(texts), Secrets: secrets}
	b.Files[bundle.ManifestFile] = bundle.File{Data: (&bundle.Bundle{Files: b.Files, Secrets: secrets}).Manifest("1", "input"), Mode: 0o644}
	return b
}

func random(name string) secret.Spec { return secret.Spec{Name: name, Kind: secret.Random} }

func authority() secret.Spec { return secret.Spec{Name: "ca_key", Kind: secret.Authority} }

func options() Options {
	return Options{Random: rand.NewChaCha8([32]byte{7}), Now: time.Date(2026, 11, 22, 10, 11, 12, 0, time.UTC)}
}

func forced() Options {
	o := options()
	o.Force = true
	return o
}

// generated writes a bundle into a new folder.
func generated(t *testing.T, b *bundle.Bundle) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "bundle")
	apply(t, dir, b, options())
	return dir
}

func apply(t *testing.T, dir string, b *bundle.Bundle, o Options) Result {
	t.Helper()
	r, err := folder{dir, quick{osDisk(dir)}}.apply(compare(t, dir, b), o)
	if err != nil {
		t.Fatalf("Apply: %v", err)
	}
	return r
}

func compare(t *testing.T, dir string, b *bundle.Bundle) Comparison {
	t.Helper()
	p, err := Compare(dir, b)
	if err != nil {
		t.Fatalf("Compare: %v", err)
	}
	return p
}

// write puts files of the user into a folder, whatever the umask is.
func write(t *testing.T, dir string, texts map[string]string) {
	t.Helper()
	for p, text := range texts {
		path := filepath.Join(dir, filepath.FromSlash(p))
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		_, err := os.Stat(path)
		must(t, os.WriteFile(path, []byte(text), 0o644))
		if err != nil {
			must(t, os.Chmod(path, 0o644))
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// snapshot reads a whole folder.
func snapshot(t *testing.T, dir string) tree {
	t.Helper()
	out := tree{}
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		switch {
		case e.IsDir():
			out[filepath.ToSlash(name)+"/"] = info.Mode().Perm().String()
		case info.Mode().IsRegular():
			data, err := os.ReadFile(path)
			out[filepath.ToSlash(name)] = info.Mode().Perm().String() + " " + string(data)
			return err
		default:
			out[filepath.ToSlash(name)] = info.Mode().String()
		}
		return nil
	}))
	return out
}

// restore writes what a snapshot holds into a new folder, or gives the name of one that is not there.
func restore(t *testing.T, from tree) string {
	t.Helper()
	dir := filepath.Join(memory(t), "bundle")
	if len(from) > 0 {
		must(t, os.Mkdir(dir, 0o755))
	}
	for _, p := range slices.Sorted(maps.Keys(from)) {
		path := filepath.Join(dir, filepath.FromSlash(p))
		mode, data, _ := strings.Cut(from[p], " ")
		if strings.HasSuffix(p, "/") {
			must(t, os.Mkdir(path, 0o755))
		} else {
			must(t, os.WriteFile(path, []byte(data), 0o644))
		}
		must(t, os.Chmod(path, permissions(mode)))
	}
	return dir
}

// memory makes a folder that needs no disk where the system has such: thousands of small writes
// take a tenth of the time there.
func memory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "owgen")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	return dir
}

// permissions reads "-rwxr-xr-x".
func permissions(text string) fs.FileMode {
	var mode fs.FileMode
	for _, c := range text[1:] {
		mode <<= 1
		if c != '-' {
			mode |= 1
		}
	}
	return mode
}

// states returns the states of a plan, without that of the manifest.
func states(p Comparison) map[string]State {
	out := map[string]State{}
	for _, c := range p.Changes {
		if c.Path != bundle.ManifestFile {
			out[c.Path] = c.State
		}
	}
	return out
}

// lines renders findings for comparison: rule, severity, file and message.
func lines(findings diag.List) []string {
	var out []string
	for _, f := range findings {
		out = append(out, f.Rule+" "+f.Severity.String()+" "+f.File+": "+f.Message)
	}
	return out
}

func equal(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
