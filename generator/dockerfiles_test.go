package generator

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"mvdan.cc/sh/v3/syntax"

	"github.com/owgen/owgen/dockerfiles"
)

// lostPipes are the lines of a shell script that pipe without pipefail: the script goes on where the head has failed.
func lostPipes(script string) ([]string, error) {
	file, err := syntax.NewParser().Parse(strings.NewReader(script), "")
	if err != nil {
		return nil, err
	}
	if strings.Contains(script, "set -o pipefail") || strings.Contains(script, "set -euo pipefail") {
		return nil, nil
	}
	var lost []string
	syntax.Walk(file, func(n syntax.Node) bool {
		if pipe, ok := n.(*syntax.BinaryCmd); ok && (pipe.Op == syntax.Pipe || pipe.Op == syntax.PipeAll) {
			lost = append(lost, script[pipe.Pos().Offset():pipe.End().Offset()])
		}
		return true
	})
	return lost, nil
}

// builtBy returns the scripts that a Dockerfile's RUN instructions are, and the last user that it names.
func builtBy(data []byte) (scripts []string, user string, err error) {
	result, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		return nil, "", err
	}
	for _, n := range result.AST.Children {
		switch strings.ToUpper(n.Value) {
		case "FROM":
			user = "" // a stage begins as its parent ends
		case "USER":
			user = n.Next.Value
		case "RUN":
			for _, document := range n.Heredocs {
				scripts = append(scripts, document.Content)
			}
			if !n.Attributes["json"] && len(n.Heredocs) == 0 {
				scripts = append(scripts, n.Next.Value)
			}
		}
	}
	return scripts, user, nil
}

func TestLostPipesAreFound(t *testing.T) {
	for script, want := range map[string]int{
		"a | b": 1, "x=$(a | b)": 1, "a && { b | c | d; }": 2, "set -o pipefail; a | b": 0, "a || b": 0, "echo 'a | b'": 0, "bash -o pipefail /x a b": 0,
	} {
		if lost, err := lostPipes(script); err != nil || len(lost) != want {
			t.Errorf("%s: %v, %q", script, err, lost)
		}
	}
	scripts, user, err := builtBy([]byte("FROM a\nUSER 1\nRUN a \\\n | b\nRUN <<EOF\nc | d\nEOF\nFROM c\n"))
	if err != nil || len(scripts) != 2 || user != "" {
		t.Errorf("%q, %q, %v", scripts, user, err)
	}
}

// No image is built from the output of a command that failed, and each ends as the bundle's user. A container that
// starts as root does so because of an exception, with its reason.
func TestImagesFailWithTheirPipesAndEndUnprivileged(t *testing.T) {
	for name, flags := range variants {
		made := generateFrom(t, profileOf(name), append(slices.Clone(flags), "build.uid=2345", "build.apt_snapshot=20260901T000000Z", "build.apt_mirror=https://mirror.example.org")...)
		images := 0
		for _, p := range made.Paths() {
			if path.Base(p) != "Dockerfile" {
				continue
			}
			images++
			scripts, user, err := builtBy(made.Files[p].Data)
			if err != nil {
				t.Fatal(p, err)
			}
			// Who names no user has that of its image, which is one of these.
			if inherits := bytes.Contains(made.Files[p].Data, []byte("FROM openwisp-")); user != "2345:2345" && (user != "" || !inherits) {
				t.Errorf("%s: %s ends as %q", name, p, user)
			}
			for _, script := range scripts {
				if lost, err := lostPipes(script); err != nil || len(lost) > 0 {
					t.Errorf("%s: %s: %v, pipes whose head may fail: %q", name, p, err, lost)
				}
			}
		}
		if images < 8 {
			t.Errorf("%s: only %d Dockerfiles were read", name, images)
		}
		for _, s := range made.Plan.Services {
			reasoned := false
			for _, e := range s.Exceptions {
				reasoned = reasoned || e.User == "root" && e.Reason != ""
			}
			user, _, _ := strings.Cut(made.Project.Services[s.Name].User, ":") // none is the image's
			if user != "" && user != "2345" && !reasoned {
				t.Errorf("%s: %s starts as %q without a reason", name, s.Name, user)
			}
		}
	}
}

// suppression is where a linter is told to look away; what follows has to say why.
var suppression = regexp.MustCompile(`(?:shellcheck (?:disable|source)=|noqa|ruff: *noqa|type: *ignore|fmt: *(?:off|skip)).*`)

var reasoned = regexp.MustCompile(`^(?:shellcheck (?:source=\S+ )?disable=[A-Z0-9,]+ # \S.*\S|noqa: [A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)* \(\S.*\S\))$`)

// Whoever reads the images' sources learns why a linter is told to look away.
func TestSuppressionsHaveReasons(t *testing.T) {
	for text, want := range map[string]bool{
		"shellcheck disable=SC2086 # one word": true, "shellcheck disable=SC2086": false, "noqa": false, "noqa: F401": false, "noqa: F401 (on purpose)": true, "noqa (why)": false,
	} {
		if reasoned.MatchString(text) != want || !suppression.MatchString(text) {
			t.Errorf("%s: a reason is %v", text, !want)
		}
	}
	seen := 0
	err := fs.WalkDir(dockerfiles.FS, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(p), "requirements") {
			return err
		}
		data, err := fs.ReadFile(dockerfiles.FS, p)
		for i, line := range strings.Split(string(data), "\n") {
			if found := suppression.FindString(line); found != "" && strings.Contains(line, "#") {
				if seen++; !reasoned.MatchString(found) {
					t.Errorf("dockerfiles/%s has no reason for %s", fmt.Sprint(p, ":", i+1), found)
				}
			}
		}
		if bytes.HasPrefix(data, []byte("#!/bin/sh")) && strings.Contains(p, "/files/build/") && !strings.HasSuffix(p, ".tmpl") {
			if lost, err := lostPipes(string(data)); err != nil || len(lost) > 0 {
				t.Errorf("dockerfiles/%s: %v, pipes whose head may fail: %q", p, err, lost)
			}
		}
		return err
	})
	if err != nil || seen < 5 {
		t.Errorf("%v, %d suppressions", err, seen)
	}
}
