//go:build unix

package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestWorkflowReviews runs the steps for pull requests: a clean one, one with a hand edit, one with a broken input.
func TestWorkflowReviews(t *testing.T) {
	r := newRepository(t)
	r.must("git checkout -q -b change")
	r.add("bundle/owgen.yaml", "timezone: Europe/Rome\n")
	r.must("owgen generate -o bundle && git commit -qam two && rm -rf bundle/secrets") // a runner has a clone
	if failed := r.run("review", "pull_request"); len(failed) > 0 {
		t.Error(failed)
	}
	comment := r.read(filepath.Join(r.temp, "diff.md"))
	if !strings.HasPrefix(comment, "### `bundle`: recreate\n") || !strings.Contains(comment, "+TZ=Europe/Rome") {
		t.Error(comment)
	}
	if summary := r.read(filepath.Join(r.temp, "summary")); summary != comment {
		t.Error(summary)
	}
	if calls := r.read(filepath.Join(r.temp, "gh")); calls != "pr comment 7 --body-file "+r.temp+"/diff.md --edit-last --create-if-none\n" {
		t.Error(calls)
	}
	if failed := r.run("review", "push"); len(failed) > 0 {
		t.Error(failed)
	}

	r.add("bundle/.env", "TZ=UTC\n")
	failed := r.run("review", "pull_request")
	if out := failed["Check that the bundle is what its input gives"]; len(failed) != 1 || !strings.Contains(out, "keep it with the setting timezone") {
		t.Error(failed)
	}
	r.must("git checkout -q bundle/.env")
	r.write("bundle/docker-compose.override.yml", "services: {added: {image: example, privileged: true}}\n", 0o644)
	if failed := r.run("review", "pull_request"); len(failed) != 1 || !strings.Contains(failed["Lint"], "[privileged]") {
		t.Error(failed)
	}
	r.add("bundle/owgen.yaml", "timezon: UTC\n")
	if failed := r.run("review", "pull_request"); !strings.Contains(failed["Say what merging it changes and costs"], "did you mean timezone?") {
		t.Error(failed)
	}
}

// TestWorkflowReleases runs the steps for a tag, without a key and with one.
func TestWorkflowReleases(t *testing.T) {
	r := newRepository(t)
	r.must("rm -rf bundle/secrets && owgen package --new-key " + r.temp + "/key")
	for _, key := range []string{"", r.read(filepath.Join(r.temp, "key"))} {
		expressions["secrets.OWGEN_KEY"] = key
		if failed := r.run("release", "tag"); len(failed) > 0 {
			t.Fatal(failed)
		}
		archive := filepath.Join(r.temp, "release", "bundle-v1.tar.gz")
		if calls := r.read(filepath.Join(r.temp, "gh")); !strings.HasPrefix(calls, "release create v1 "+filepath.Join(r.temp, "release", "SHA256SUMS")+" "+archive+" --verify-tag") {
			t.Error(calls)
		}
		verify := "cd " + filepath.Dir(archive) + " && sha256sum -c --quiet SHA256SUMS && owgen verify " + archive
		if key != "" {
			verify += " --key " + r.temp + "/key.pub && ! test -e " + r.temp + "/release.pem"
		}
		r.must(verify)
		r.must("rm -r " + filepath.Dir(archive) + " " + r.temp + "/gh")
	}
	r.add("bundle/.env", "TZ=UTC\n")
	if failed := r.run("release", "tag"); len(failed) != 1 || failed["Package"] == "" {
		t.Error(failed)
	}
}

// TestPreCommitHook commits with the hook: only what is staged counts.
func TestPreCommitHook(t *testing.T) {
	r := newRepository(t)
	hook := r.read("../../docs/ci/pre-commit")
	r.write(".git/hooks/pre-commit", hook, 0o755)
	refused := func(script, says string) {
		t.Helper()
		out, err := r.shell(script + " && git commit -qm refused")
		if err == nil || !strings.Contains(out, says) {
			t.Errorf("%s: %v\n%s", script, err, out)
		}
	}
	r.write("notes.txt", "elsewhere\n", 0o644)
	r.must("git add notes.txt && git commit -qm notes")

	r.add("bundle/owgen.yaml", "timezone: Europe/Rome\n")
	refused("git add bundle/owgen.yaml", "its input has changed since it was generated")
	r.must("owgen generate -o bundle")
	refused("true", "its input has changed since it was generated") // what was generated is not staged
	r.must("git add -A && git commit -qm generated")

	r.add("bundle/docker-compose.yml", "# by hand\n")
	refused("git add -A", "edited by hand")
	r.must("git restore --staged --worktree bundle && git status --porcelain | wc -l | grep -qx 0")

	r.write("bundle/docker-compose.override.yml", "services: {added: {image: example, privileged: true}}\n", 0o644)
	refused("git add -A", "[privileged]")
	r.must("git rm -qf bundle/docker-compose.override.yml")
	refused("git add -f bundle/secrets/admin_password", "these are secrets")
	r.must("git rm -q --cached bundle/secrets/admin_password")

	// A second bundle, with a blank in its name and a profile beside it; the first one is not looked at.
	r.write("campus.yaml", "version: 1\nextends: single-server\nmodules: {radius: false}\n", 0o644)
	r.must("mkdir 'site two' && printf 'version: 1\\nextends: ../campus.yaml\\n' > 'site two/owgen.yaml' && owgen generate -o 'site two' && git add -A && git commit -qm second")
	r.must("echo >> bundle/README.md && git commit -qm broken --no-verify bundle && git rm -qr 'site two' && git commit -qm gone")
}
