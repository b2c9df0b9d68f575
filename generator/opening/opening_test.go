package opening

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/profiles"
)

func prepared(t *testing.T) *generator.Prepared {
	t.Helper()
	p, found := generator.Prepare(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

func source(named string, set ...string) profile.Source {
	return profile.Source{Profile: named, Set: set, Named: profiles.FS, ReadFile: os.ReadFile}
}

// folder is one with an owgen.yaml, if there is a text for it.
func folder(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if text != "" {
		if err := os.WriteFile(Own(dir), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const bundled = "version: 1\nextends: single-server\ndomain: example.org\n"

func TestForBundle(t *testing.T) {
	p := prepared(t)
	tests := map[string]struct {
		text   string
		source profile.Source
		save   bool
		domain string // what counts in the end
		saved  bool
		wrong  string
	}{
		"nothing there":              {"", source("single-server", "domain=new.org"), false, "new.org", false, ""},
		"nothing there, and named":   {"", source(""), false, "", false, ErrNoBundle.Error()},
		"repeated":                   {bundled, source(""), false, "example.org", false, ""},
		"the same again":             {bundled, source("single-server", "domain=example.org"), false, "example.org", false, ""},
		"the profile alone":          {bundled, source("single-server"), false, "example.org", false, ""},
		"something else":             {bundled, source("", "domain=new.org", "timezone=Europe/Rome"), false, "", false, "about timezone, domain"},
		"something else, saved":      {bundled, source("", "domain=new.org"), true, "new.org", true, ""},
		"nothing new is not saved":   {bundled, source("", "domain=example.org"), true, "example.org", false, ""},
		"a mistake in what is there": {"domian: x\n", source("", "domain=new.org"), true, "", false, "domian"},
		"a mistake in what is given": {bundled, source("", "domian=new.org"), true, "", false, "domian"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			in, err := ForBundle(t.Context(), p, test.source, folder(t, test.text), test.save)
			if test.wrong != "" {
				if err == nil || !sameWords(err.Error(), test.wrong) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			_, values, found := in.Resolve(in.Source)
			if found.Err() != nil || values.String("domain") != test.domain || in.Replaces != test.saved {
				t.Errorf("%v, domain %s, replaced %v", found, values.String("domain"), in.Replaces)
			}
			if test.saved && string(in.Read) != test.text {
				t.Errorf("replaced %q", in.Read)
			}
		})
	}
}

// sameWords says whether all words of a text are in another one.
func sameWords(text, words string) bool {
	for _, word := range strings.Fields(strings.ReplaceAll(words, ",", "")) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// What is saved stands on what was compared, whatever happens to the file in between.
func TestTheFileIsReadOnce(t *testing.T) {
	dir := folder(t, bundled)
	in, err := ForBundle(t.Context(), prepared(t), source(""), dir, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(Own(dir), []byte("domain: other.org\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, values, _ := in.Resolve(in.Source)
	if values.String("domain") != "example.org" {
		t.Errorf("the domain is %s", values.String("domain"))
	}
}

func TestContradictionsAreNamed(t *testing.T) {
	dir := folder(t, bundled)
	_, err := ForBundle(t.Context(), prepared(t), source("", "domain=new.org"), dir, false)
	var contradiction *ContradictionError
	if !errors.As(err, &contradiction) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&ContradictionError{Own(dir), []string{"domain"}}, contradiction); diff != "" {
		t.Error(diff)
	}
	var found diag.List
	if errors.As(err, &found) {
		t.Error("a contradiction is no mistake in a file")
	}
}

func TestADanglingLinkIsNoInput(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("nowhere", Own(dir)); err != nil {
		t.Skip("no links here")
	}
	if _, err := ForBundle(t.Context(), prepared(t), source("single-server"), dir, false); !errors.Is(err, ErrDangling) {
		t.Errorf("got %v", err)
	}
}

func TestLocate(t *testing.T) {
	with, without := folder(t, bundled), folder(t, "")
	t.Chdir(with)
	tests := []struct {
		name, input, dir string
		err              error
	}{
		{"", "owgen.yaml", ".", nil},
		{with, filepath.Join(with, "owgen.yaml"), with, nil},
		{without, filepath.Join(without, "owgen.yaml"), without, ErrNoBundle},
		{"single-server", "single-server", "", nil},
		{"owgen.yaml", "owgen.yaml", "", nil},
	}
	for _, test := range tests {
		input, dir, err := Locate(test.name)
		if input != test.input || dir != test.dir || !errors.Is(err, test.err) {
			t.Errorf("%q: %s, %s, %v", test.name, input, dir, err)
		}
	}
}
