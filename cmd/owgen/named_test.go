package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// Whichever command is given a path that is not there, by whatever flag or as an argument: that is a mistake of the command line. What is
// missing for somebody else's reason, such as a profile that a file extends, is not.
func TestExitCodeOfWrongPaths(t *testing.T) {
	t.Chdir(t.TempDir())
	var out bytes.Buffer
	if code := run([]string{"generate", "single-server", "-o", "bundle"}, &out, &out); code != 0 {
		t.Fatal(out.String())
	}
	for name, text := range map[string]string{"file": "", "wrong.yaml": "extends: ./absent.yaml\n", "fleet.yaml": "profile: single-server\nsites: {a: {domain: a.example.org}}\n",
		"lost.yaml": "profile: nowhere\nsites: {a: {domain: a.example.org}}\n"} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for line, want := range map[string]int{
		"generate absent.yaml -o x":                        exitUsage,
		"generate ./absent/profile.yaml -o x":              exitUsage,
		"generate absent -o x":                             exitUsage,
		"generate single-server -f absent.yaml -o x":       exitUsage,
		"generate single-server --values=absent.yaml -o x": exitUsage,
		"generate -o absent":                               exitUsage,
		"generate single-server -o file":                   exitUsage,
		"generate single-server -o file/x":                 exitUsage,
		"generate single-server -o x --catalog absent":     exitUsage,
		"generate --fleet absent.yaml -o x":                exitUsage,
		"generate --fleet fleet.yaml -o file":              exitUsage,
		"generate --fleet fleet.yaml -o x -f absent.yaml":  exitUsage,
		"check absent":                                     exitUsage,
		"check absent/deep":                                exitUsage,
		"check file":                                       exitUsage,
		"diff absent":                                      exitUsage,
		"diff bundle --against absent":                     exitUsage,
		"diff bundle -f absent.yaml":                       exitUsage,
		"graph absent":                                     exitUsage,
		"graph absent.yaml":                                exitUsage,
		"graph bundle -f absent.yaml":                      exitUsage,
		"graph bundle -o absent/x.svg":                     exitUsage,
		"graph bundle -o file/x.svg":                       exitUsage,
		"explain domain absent":                            exitUsage,
		"explain domain absent.yaml":                       exitUsage,
		"explain domain -f absent.yaml":                    exitUsage,
		"lint absent":                                      exitUsage,
		"lint absent.yaml":                                 exitUsage,
		"docs -o file/x":                                   exitUsage,
		"doctor absent":                                    exitUsage,
		"doctor absent.yaml":                               exitUsage,
		"doctor bundle -f absent.yaml":                     exitUsage,
		"package absent":                                   exitUsage,
		"package bundle -o absent/x.tar.gz":                exitUsage,
		"package bundle --key absent":                      exitUsage,
		"package bundle --key bundle":                      exitUsage,
		"package --new-key absent/key":                     exitUsage,
		"verify absent":                                    exitUsage,
		"verify bundle":                                    exitUsage,
		"verify file --key absent":                         exitUsage,
		"plan --devices 10 absent":                         exitUsage,
		"plan --devices 10 absent.yaml":                    exitUsage,
		"plan --devices 10 -f absent.yaml":                 exitUsage,
		"list nodes absent":                                exitUsage,
		"list nodes absent.yaml":                           exitUsage,
		"list nodes bundle -f absent.yaml":                 exitUsage,
		"list --catalog absent":                            exitUsage,
		"import absent -o x":                               exitUsage,
		"import file -o x":                                 exitUsage,
		"init x/y --profile absent --yes":                  exitUsage,
		"generate wrong.yaml -o x":                         exitFindings,
		"graph wrong.yaml":                                 exitFindings,
		"generate --fleet lost.yaml -o x":                  exitFindings,
	} {
		var out, errs bytes.Buffer
		if code := run(strings.Fields(line), &out, &errs); code != want {
			t.Errorf("owgen %s: exit %d, not %d: %s", line, code, want, errs.String())
		}
		if _, err := os.Stat("x"); err == nil {
			t.Fatalf("owgen %s wrote something", line)
		}
	}
}
