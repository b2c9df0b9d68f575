package lint_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/owgen/owgen/generator/diag"
)

// judged are the rules that judge what somebody may have meant; the others have fixtures of their own, and no doubt.
var judged = strings.Fields("undefined-variable unused-variable scalar-retyped scalar-ambiguous quotes-kept unused-resource completed-but-restarts " +
	"port-conflict port-ignored published-datastore image-unpinned secret-in-environment secret-in-command secret-default privileged confinement-off " +
	"host-namespace engine-socket host-path host-device no-restart")

// TestOthers measures on projects as people write them: what deserves a finding and gets none, and the other way round.
func TestOthers(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/others.txtar")
	if err != nil {
		t.Fatal(err)
	}
	projects, deserved, lines, missed, alarms := map[string]int{}, 0, 0, 0, 0
	for _, file := range archive.Files {
		name := path.Dir(file.Name)
		kind, _, _ := strings.Cut(name, "-")
		if path.Base(file.Name) == "compose.yml" {
			projects[kind]++
		}
		got := map[string]bool{}
		for _, f := range findingsOf(t, archive, name) {
			if f.File == path.Base(file.Name) && slices.Contains(judged, f.Rule) {
				got[fmt.Sprint(f.Line, " ", f.Rule)] = true
			}
		}
		for i, line := range strings.Split(string(file.Data), "\n") {
			lines++
			_, marks, _ := strings.Cut(line, " # ")
			for _, rule := range strings.Fields(marks) {
				deserved++
				key := fmt.Sprint(i+1, " ", rule)
				if !got[key] {
					missed++
					t.Logf("%s: missed %s: %s", file.Name, rule, strings.TrimSpace(line))
				}
				delete(got, key)
			}
		}
		for key := range got {
			alarms++
			t.Logf("%s: false alarm in line %s", file.Name, key)
		}
	}
	t.Logf("%v projects: %d of %d missed, %d false alarms in %d lines", projects, missed, deserved, alarms, lines)
	if projects["good"] < 30 || projects["bad"] < 25 || deserved < 150 {
		t.Fatal("the list is too short")
	}
	if 50*missed > deserved || alarms > 2 {
		t.Error("more than one in 50 is missed, or there are more than two false alarms")
	}
}

func findingsOf(t *testing.T, archive *txtar.Archive, name string) diag.List {
	_, found := projectIn(archive, name).check(t.Context())
	return found
}
