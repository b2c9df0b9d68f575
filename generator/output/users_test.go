package output

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
)

func users(texts map[string]string) map[string]bundle.File {
	out := files(texts)
	for p, f := range out {
		if strings.HasPrefix(p, bundle.SecretsFolder+"/") {
			f.Mode = 0o444
			out[p] = f
		}
	}
	return out
}

func TestUsersFilesWritesOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	all := map[string]string{"owgen.yaml": "version: 1\n", "secrets/a": "x", "custom/django/b.py": "y"}
	done, err := WriteUsersFiles(dir, users(all), false, options().Now)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"custom/django/b.py", "owgen.yaml", "secrets/a"}, done.Written); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for p, mode := range map[string]string{"secrets": "drwx------", "secrets/a": "-r--r--r--", "owgen.yaml": "-rw-r--r--", "custom/django": "drwxr-xr-x"} {
		if info, err := os.Stat(filepath.Join(dir, p)); err != nil || info.Mode().String() != mode {
			t.Errorf("%s: %v, %v", p, info.Mode(), err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, bundle.WorkFolder)); !absent(err) {
		t.Errorf("%s is left", bundle.WorkFolder)
	}
	again, err := WriteUsersFiles(dir, users(all), false, options().Now)
	if err != nil || len(again.Written) != 0 {
		t.Errorf("a second time wrote %v (%v)", again.Written, err)
	}
}

func TestUsersFilesReplacesOnlyByForceAndNoSecret(t *testing.T) {
	dir := t.TempDir()
	if _, err := WriteUsersFiles(dir, users(map[string]string{"owgen.yaml": "old", "secrets/a": "old"}), false, options().Now); err != nil {
		t.Fatal(err)
	}
	next := users(map[string]string{"owgen.yaml": "new", "other": "new"})
	var found diag.List
	if _, err := WriteUsersFiles(dir, next, false, options().Now); !errors.As(err, &found) || found[0].File != "owgen.yaml" {
		t.Fatalf("it is replaced: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "other")); !absent(err) {
		t.Error("a part of it was written")
	}
	done, err := WriteUsersFiles(dir, next, true, options().Now)
	if err != nil || len(done.Backups) != 1 {
		t.Fatalf("%v, copies %v", err, done.Backups)
	}
	if data, err := os.ReadFile(filepath.Join(dir, done.Backups[0].Copy)); string(data) != "old" {
		t.Errorf("the copy holds %q (%v)", data, err)
	}
	_, err = WriteUsersFiles(dir, users(map[string]string{"secrets/a": "s3cr3t"}), true, options().Now)
	if !errors.As(err, &found) || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("a secret is replaced, or told: %v", err)
	}
}

func TestUsersFilesRefusesWhatIsInItsWay(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secrets"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var found diag.List
	if _, err := WriteUsersFiles(dir, users(map[string]string{"secrets/a": "x"}), true, options().Now); !errors.As(err, &found) {
		t.Errorf("a file in the way of a folder: %v", err)
	}
	if _, err := WriteUsersFiles(dir, users(map[string]string{"../a": "x"}), true, options().Now); err == nil {
		t.Error("it leaves the folder")
	}
}
