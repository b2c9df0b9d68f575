package lint_test

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dockerfile"
	"github.com/owgen/owgen/generator/lint"
)

var update = flag.Bool("update", false, "write what is found into the fixtures")

// projectIn makes the input of Check from the files of an archive below a folder: compose.yml, .env,
// SERVICE.Dockerfile, SERVICE.dockerignore, and SERVICE.files with a path a line.
func projectIn(archive *txtar.Archive, folder string) given {
	in := given{File: "compose.yml", EnvFile: ".env", Dockerfiles: map[string]dockerfile.File{}}
	for _, file := range archive.Files {
		name, ok := strings.CutPrefix(file.Name, folder+"/")
		if !ok {
			continue
		}
		service, kind, _ := strings.Cut(name, ".")
		dockerfile := in.Dockerfiles[service]
		switch {
		case name == "compose.yml":
			in.Compose = file.Data
			continue
		case name == ".env":
			in.Env = file.Data
			continue
		case strings.HasPrefix(name, "env/"):
			if in.EnvFiles == nil {
				in.EnvFiles = map[string][]byte{}
			}
			in.EnvFiles[name] = file.Data
			continue
		case kind == "Dockerfile":
			dockerfile.Path, dockerfile.Data = name, file.Data
		case kind == "dockerignore":
			dockerfile.Ignore = file.Data
		case kind == "files":
			dockerfile.Files = strings.Fields(string(file.Data))
		}
		in.Dockerfiles[service] = dockerfile
	}
	return in
}

// describe renders the findings of one rule as "file:line: severity: path: message", and the hint where it
// is not the rule's own.
func describe(found diag.List, rule lint.Rule) string {
	var b strings.Builder
	for _, f := range found {
		if f.Rule != rule.ID {
			continue
		}
		b.WriteString(f.File + ":" + strconv.Itoa(f.Line) + ": " + f.Severity.String() + ": ")
		if f.Path != "" {
			b.WriteString(f.Path + ": ")
		}
		b.WriteString(f.Message)
		if f.Hint != rule.Fix {
			b.WriteString(" (" + f.Hint + ")")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestRules runs each rule on its fixture testdata/rules/ID.txtar: the files under bad/ give exactly the
// findings in want, those under good/ none.
func TestRules(t *testing.T) {
	for _, rule := range lint.Rules() {
		t.Run(rule.ID, func(t *testing.T) {
			t.Parallel()
			name := filepath.Join("testdata", "rules", rule.ID+".txtar")
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatalf("each rule needs a fixture: %v", err)
			}
			_, found := projectIn(archive, "bad").check(t.Context())
			got := describe(found, rule)
			for i, file := range archive.Files {
				if file.Name != "want" {
					continue
				}
				if *update {
					archive.Files[i].Data = []byte(got)
					if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
						t.Fatal(err)
					}
				} else if diff := cmp.Diff(string(file.Data), got); diff != "" {
					t.Errorf("findings (-want +got):\n%s", diff)
				}
			}
			if got == "" {
				t.Errorf("found nothing; all findings:\n%s", found.Error())
			}
			_, found = projectIn(archive, "good").check(t.Context())
			if got := describe(found, rule); got != "" {
				t.Errorf("the good fixture has findings:\n%s", got)
			}
		})
	}
}

// TestRulesAreDocumented checks the texts from which explain, the reference and SARIF are made.
func TestRulesAreDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range lint.Rules() {
		if seen[rule.ID] {
			t.Errorf("%s is there twice", rule.ID)
		}
		seen[rule.ID] = true
		if rule.ID == "" || strings.Trim(rule.ID, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("%q is not lower case with hyphens", rule.ID)
		}
		if !strings.HasSuffix(rule.Summary, ".") || !strings.HasSuffix(rule.Reason, ".") || rule.Fix == "" || strings.HasSuffix(rule.Fix, ".") {
			t.Errorf("%s: summary and reason are sentences, the fix is a phrase: %q %q %q", rule.ID, rule.Summary, rule.Reason, rule.Fix)
		}
	}
	for _, attribute := range []string{"user", "read_only", "cap_add", "cap_drop", "security_opt", "devices", "network_mode", "healthcheck", "restart", "mem_limit", "pids_limit", "logging"} {
		if id := lint.ExceptionRule(attribute); !seen[id] {
			t.Errorf("the exception of %s names the rule %q, which does not exist", attribute, id)
		}
	}
}

// TestFixturesHaveRules finds fixtures that were left over.
func TestFixturesHaveRules(t *testing.T) {
	ids := map[string]bool{}
	for _, rule := range lint.Rules() {
		ids[rule.ID] = true
	}
	files, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if id := strings.TrimSuffix(filepath.Base(file), ".txtar"); !ids[id] {
			t.Errorf("%s belongs to no rule", file)
		}
	}
}
