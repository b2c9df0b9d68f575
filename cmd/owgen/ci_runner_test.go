//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// A workflow is what these tests run of docs/ci/github-workflow.yml.
type workflow struct {
	Env  map[string]string
	Jobs map[string]struct {
		If    string
		Env   map[string]string
		Steps []struct {
			ID, Name, If, Uses, Run string
			Env                     map[string]string
		}
	}
}

// expressions are all of GitHub's that the workflow uses, with the values that they have here.
var expressions = map[string]string{
	"github.token": "token", "github.repository": "example/bundle", "github.event.pull_request.number": "7", "secrets.OWGEN_KEY": "",
}

// conditions are those of jobs and steps: the event that they hold for, or nothing for any.
var conditions = map[string]string{
	"": "", "always()": "",
	"always() && github.event_name == 'pull_request'":                                                                   "pull_request",
	"always() && steps.diff.outcome == 'success' && github.event.pull_request.head.repo.full_name == github.repository": "pull_request",
	"startsWith(github.ref, 'refs/tags/v')":                                                                             "tag",
}

var expression = regexp.MustCompile(`\$\{\{ *(.*?) *\}\}`)

// A repository is a git repository with a bundle, in which a runner is at work.
type repository struct {
	*testing.T
	dir, temp string
	flow      workflow
	env       []string
}

// newRepository makes one with a bundle and a first commit that both branches have.
func newRepository(t *testing.T) *repository {
	t.Helper()
	for _, tool := range []string{"git", "bash", "sha256sum"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("needs " + tool)
		}
	}
	base := t.TempDir()
	r := &repository{T: t, dir: filepath.Join(base, "repo"), temp: filepath.Join(base, "temp")}
	text, err := os.ReadFile("../../docs/ci/github-workflow.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &r.flow); err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(base, "bin")
	for _, dir := range []string{r.dir, r.temp, bin} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "owgen")); err != nil {
		t.Fatal(err)
	}
	r.write(filepath.Join(bin, "gh"), "#!/bin/sh\necho \"$@\" >> \"$RUNNER_TEMP/gh\"\n", 0o755)
	r.env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+base, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org",
		"RUNNER_TEMP="+r.temp, "GITHUB_STEP_SUMMARY="+filepath.Join(r.temp, "summary"), "GITHUB_BASE_REF=main", "GITHUB_REF_NAME=v1")
	r.must("git init -q -b main && owgen generate single-server -o bundle && git add -A && git commit -qm one && git update-ref refs/remotes/origin/main main")
	return r
}

func (r *repository) write(name, text string, mode os.FileMode) {
	r.Helper()
	if !filepath.IsAbs(name) {
		name = filepath.Join(r.dir, name)
	}
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		r.Fatal(err)
	}
}

// add puts text at the end of a file.
func (r *repository) add(name, text string) {
	r.Helper()
	old := r.read(filepath.Join(r.dir, name))
	r.write(name, old+text, 0o644)
}

func (r *repository) read(name string) string {
	r.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		r.Error(err)
	}
	return string(text)
}

// shell runs a script as the runner does.
func (r *repository) shell(script string, env ...string) (string, error) {
	command := exec.CommandContext(r.Context(), "bash", "-e", "-c", script)
	command.Dir, command.Env = r.dir, append(append([]string{}, r.env...), env...)
	out, err := command.CombinedOutput()
	return string(out), err
}

func (r *repository) must(script string) {
	r.Helper()
	if out, err := r.shell(script); err != nil {
		r.Fatalf("%s\n%v\n%s", script, err, out)
	}
}

// run runs the steps of a job for an event, and returns those that fail, by name, with what they say.
func (r *repository) run(job, event string) map[string]string {
	r.Helper()
	j, failed := r.flow.Jobs[job], map[string]string{}
	holds := func(condition string) bool {
		of, known := conditions[condition]
		if !known {
			r.Fatalf("unknown condition %q", condition)
		}
		return of == "" || of == event
	}
	if len(j.Steps) == 0 || !holds(j.If) {
		r.Fatalf("no job %s for %s", job, event)
	}
	for _, step := range j.Steps {
		skipped := len(failed) > 0 && !strings.Contains(step.If, "always()")
		if step.ID != "" && strings.Contains(step.If, "steps."+step.ID) {
			r.Fatalf("%s waits for itself", step.Name)
		}
		if step.Run == "" || skipped || !holds(step.If) {
			continue
		}
		env := []string{}
		for _, set := range []map[string]string{r.flow.Env, j.Env, step.Env} {
			for name, value := range set {
				env = append(env, name+"="+r.expand(value))
			}
		}
		if expression.MatchString(step.Run) {
			r.Errorf("%s: an expression in a script is an injection: hand it over in env", step.Name)
		}
		if out, err := r.shell(step.Run, env...); err != nil {
			failed[step.Name] = out
		}
	}
	return failed
}

func (r *repository) expand(value string) string {
	return expression.ReplaceAllStringFunc(value, func(match string) string {
		inner := expression.FindStringSubmatch(match)[1]
		known, ok := expressions[inner]
		if !ok {
			r.Errorf("unknown expression %s", inner)
		}
		return known
	})
}
