package making

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/secret"
)

// deployment is a bundle of the files that are given, and of one secret.
func deployment(texts map[string]string) *generator.Deployment {
	made := &generator.Deployment{Services: 3, Images: 1, Bundle: bundle.Bundle{Files: map[string]bundle.File{},
		Secrets: []secret.Spec{{Name: "one", Kind: secret.Random, Length: 20}}}}
	for name, text := range texts {
		made.Files[name] = bundle.File{Data: []byte(text), Mode: 0o644}
	}
	made.Files[bundle.ManifestFile] = bundle.File{Data: (&bundle.Bundle{Files: made.Files, Secrets: made.Secrets}).Manifest("1", "in"), Mode: 0o644}
	return made
}

// Each run says what it did, and a dry one says the same before it and does nothing.
func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	lock := bundle.ManifestFile
	first, second := map[string]string{"a": "1", "b": "1"}, map[string]string{"a": "2", "c": "1"}
	for _, step := range []struct {
		name  string
		texts map[string]string
		edit  string // a file that is edited by hand before
		force bool
		want  Result
	}{
		{"into nothing", first, "", false, Result{First: true, Files: 3, Written: []string{"a", "b", lock}, Secrets: []string{"secrets/one"}}},
		{"once more", first, "", false, Result{Files: 3}},
		{"other files", second, "", false, Result{Files: 3, Written: []string{"a", "c", lock}, Removed: []string{"b"}}},
		{"over an edit", second, "a", true, Result{Files: 3, Written: []string{"a"}, Edited: []string{"a"}}},
	} {
		t.Run(step.name, func(t *testing.T) {
			if step.edit != "" {
				if err := os.WriteFile(filepath.Join(dir, step.edit), []byte("mine"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			step.want.Bundle, step.want.Services = dir, 2
			ignored := cmpopts.IgnoreFields(Result{}, "Edited", "Backups", "Written")
			for _, dry := range []bool{true, false} {
				before := state(t, dir)
				got, found, err := Write(dir, deployment(step.texts), Options{DryRun: dry, Force: step.force})
				if err != nil || found.Err() != nil {
					t.Fatal(err, found)
				}
				if diff := cmp.Diff(step.want, got, cmpopts.EquateEmpty(), ignored); diff != "" {
					t.Errorf("dry %v (-want +got)\n%s", dry, diff)
				}
				if dry {
					if diff := cmp.Diff(step.want.Edited, got.Edited, cmpopts.EquateEmpty()); diff != "" {
						t.Errorf("edited (-want +got)\n%s", diff)
					}
					if diff := cmp.Diff(before, state(t, dir)); diff != "" {
						t.Errorf("a dry run has written (-before +after)\n%s", diff)
					}
				}
				if dry && step.edit != "" {
					continue // what was edited is not among what would be written
				}
				if diff := cmp.Diff(step.want.Written, got.Written, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("written (-want +got)\n%s", diff)
				}
				if !dry && len(got.Backups) != len(step.want.Edited) {
					t.Errorf("copies: %v", got.Backups)
				}
			}
		})
	}
}

// What was lost is told, and which of it services can take anew; before it is made, and when it was.
func TestWriteTellsWhatWasLost(t *testing.T) {
	dir := t.TempDir()
	made := deployment(map[string]string{"a": "1"})
	made.Plan = &plan.Plan{Rotations: []plan.Rotation{{Secret: "one"}, {Secret: "two"}}}
	for _, lost := range []bool{false, true} {
		var want []string
		if lost {
			want = []string{"secrets/one"}
			if err := os.Remove(filepath.Join(dir, "secrets", "one")); err != nil {
				t.Fatal(err)
			}
		}
		for _, dry := range []bool{true, false} {
			r, _, err := Write(dir, made, Options{DryRun: dry})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([][]string{want, want}, [][]string{r.Lost, r.Rotated}); diff != "" {
				t.Errorf("lost %v, dry %v (-want +got)\n%s", lost, dry, diff)
			}
		}
	}
}

// Without --force an edit stands, and nothing else is written either.
func TestAnEditIsNotWrittenOver(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := Write(dir, deployment(map[string]string{"a": "1", "b": "1"}), Options{}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	before := state(t, dir)
	if r, _, err := Write(dir, deployment(map[string]string{"a": "2", "b": "2"}), Options{}); err == nil {
		t.Errorf("written: %v", r.Written)
	}
	if diff := cmp.Diff(before, state(t, dir)); diff != "" {
		t.Errorf("(-before +after)\n%s", diff)
	}
}

// state is what lies in a folder.
func state(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		out[name] = string(text)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return out
}
