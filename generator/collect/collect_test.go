package collect

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/output"
	"github.com/owgen/owgen/generator/secret"
)

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(file), 0o755))
		must(t, os.WriteFile(file, []byte(text), 0o644))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is a bundle of one file and one secret, with everything that may lie beside it.
func world(t *testing.T) (output.Comparison, *bundle.Bundle) {
	t.Helper()
	b := &bundle.Bundle{Files: map[string]bundle.File{"a.txt": {Data: []byte("a"), Mode: 0o644}, bundle.Attributes: {Data: []byte("*"), Mode: 0o644, Once: true}},
		Secrets: []secret.Spec{{Name: "one", Kind: secret.Random}, {Name: "own", Kind: secret.Provided, File: "mine/key"}}}
	b.Files[bundle.ManifestFile] = bundle.File{Data: (&bundle.Bundle{Files: b.Files}).Manifest("1", "input"), Mode: 0o644}
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.txt": "a", bundle.ManifestFile: string(b.Files[bundle.ManifestFile].Data), bundle.Attributes: "* mine", bundle.InputFile: "extends: x", bundle.OverrideFile: "services: {}",
		"custom/a/b": "custom", "notes": "no", "secrets/one": "s3cr3t", "secrets/stray": "stray", "mine/key": "own", ".owgen/backup/x": "old"})
	compared, err := output.Compare(dir, b)
	must(t, err)
	return compared, b
}

func TestEntries(t *testing.T) {
	compared, _ := world(t)
	found, err := Entries(t.Context(), compared)
	must(t, err)
	var names []string
	for _, e := range found {
		names = append(names, e.Path)
	}
	want := []string{bundle.Attributes, "a.txt", "custom/a/b", bundle.OverrideFile, bundle.ManifestFile, bundle.InputFile}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

// A link in custom/ may lead to a secret, or to anything of the machine's.
func TestLinksAreNotPacked(t *testing.T) {
	compared, _ := world(t)
	link := filepath.Join(compared.Dir, "custom/link")
	must(t, os.Symlink(filepath.Join(compared.Dir, "secrets/one"), link))
	_, err := Entries(t.Context(), compared)
	var notPlain *NotPlainError
	if !errors.As(err, &notPlain) || notPlain.Path != link {
		t.Errorf("got %v", err)
	}
}

func TestSecrets(t *testing.T) {
	compared, b := world(t)
	key := filepath.Join(t.TempDir(), "key")
	write(t, filepath.Dir(key), map[string]string{"key": "signs"})
	must(t, os.Mkdir(filepath.Join(compared.Dir, "secrets/folder"), 0o755))
	found, err := Secrets(t.Context(), compared.Dir, b.Secrets, key, filepath.Join(compared.Dir, "absent"))
	must(t, err)
	got := map[string]string{}
	for _, s := range found {
		got[s.Name] = string(s.Value)
	}
	if diff := cmp.Diff(map[string]string{"secrets/one": "s3cr3t", "secrets/stray": "stray", "mine/key": "own", filepath.ToSlash(key): "signs"}, got); diff != "" {
		t.Error(diff)
	}
}
