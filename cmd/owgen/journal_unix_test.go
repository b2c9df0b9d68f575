//go:build unix

package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// contents lists all that is below a folder.
func contents(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.Walk(root, func(p string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		out[p] = info.Mode().String()
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(p)
			out[p] += " " + string(data)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// unfinishedBundle has a journal whose only step would write a file.
func unfinishedBundle(t *testing.T, journal func(place uint64) string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "bundle")
	var errs bytes.Buffer
	if code := run([]string{"generate", "single-server", "-o", dir}, &bytes.Buffer{}, &errs); code != 0 {
		t.Fatal(errs.String())
	}
	work := filepath.Join(dir, ".owgen")
	if err := os.Mkdir(work, 0o700); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(work)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(work, "journal"), []byte(journal(info.Sys().(*syscall.Stat_t).Ino)), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func reading(dir string) map[string][]string {
	return map[string][]string{
		"check": {"check", dir}, "diff": {"diff", dir}, "package": {"package", dir, "-o", filepath.Join(filepath.Dir(dir), "x.tar.gz")},
		"lint": {"lint", dir}, "graph": {"graph", dir, "--format", "dot"}, "explain": {"explain", "domain", dir}, "doctor": {"doctor", dir},
		"dry run": {"generate", "-o", dir, "--dry-run"},
	}
}

// Commands that read say that a run was killed, and leave everything as it is.
func TestReadingCommandsRepairNothing(t *testing.T) {
	dir := unfinishedBundle(t, func(place uint64) string {
		return fmt.Sprintf(`{"format":2,"place":%d,"backup":".owgen/backup/x","steps":[{"path":"extra","new":{"Data":"eA==","Mode":420}}]}`, place)
	})
	t.Setenv("DOCKER_HOST", "unix:///nowhere")
	before := contents(t, dir)
	for name, args := range reading(dir) {
		var out, errs bytes.Buffer
		code := run(args, &out, &errs)
		if code != 0 && name != "doctor" || !strings.Contains(errs.String(), "an earlier owgen was killed while it wrote 1 files") {
			t.Errorf("%s: exit %d\n%s%s", name, code, out.String(), errs.String())
		}
		if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
			t.Errorf("%s has changed the folder (-before +after)\n%s", name, diff)
		}
	}
	var errs bytes.Buffer
	if code := run([]string{"generate", "-o", dir}, &bytes.Buffer{}, &errs); code != 0 || !strings.Contains(errs.String(), "its work was completed") {
		t.Errorf("exit %d: %s", code, errs.String())
	}
	if _, err := os.Stat(filepath.Join(dir, "extra")); err != nil {
		t.Error(err)
	}
}

// A journal that came with a pull request is done by nobody.
func TestPlantedJournal(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "victim")
	t.Setenv("DOCKER_HOST", "unix:///nowhere")
	for _, path := range []string{"../victim", outside, "custom/x"} {
		dir := unfinishedBundle(t, func(uint64) string {
			return `{"format":1,"steps":[{"path":"` + path + `","new":{"Data":"cHduZWQK","Mode":420}}]}`
		})
		root := filepath.Dir(dir)
		before := contents(t, root)
		all := reading(dir)
		maps.Copy(all, map[string][]string{"generate": {"generate", "-o", dir}, "force": {"generate", "-o", dir, "--force"}, "init": {"init", dir, "--yes", "--force"}})
		for name, args := range all {
			var out, errs bytes.Buffer
			code := run(args, &out, &errs)
			stops := !strings.Contains("diff lint graph explain doctor", name)
			if stops && code != 1 || !stops && code != 0 && name != "doctor" {
				t.Errorf("%s: exit %d", name, code)
			}
			if !strings.Contains(errs.String(), "this journal is not believed") || !strings.Contains(errs.String(), "hint: look at where it comes from") {
				t.Errorf("%s says %s", name, errs.String())
			}
			if diff := cmp.Diff(before, contents(t, root)); diff != "" {
				t.Errorf("%s has changed something (-before +after)\n%s", name, diff)
			}
		}
		if _, err := os.Lstat(outside); err == nil {
			t.Error("an absolute path was written")
		}
	}
}
