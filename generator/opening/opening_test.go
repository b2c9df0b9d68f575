package opening

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/profiles"
)

func request(named string, set ...string) generator.Request {
	return generator.Request{Catalog: []catalog.Layer{{Name: "dockerfiles", FS: dockerfiles.FS}},
		Source: profile.Source{Profile: named, Set: set, Named: profiles.FS, ReadFile: os.ReadFile}}
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
	tests := map[string]struct {
		text    string
		request generator.Request
		save    bool
		domain  string // what counts in the end
		saved   bool
		wrong   string
	}{
		"nothing there":              {"", request("single-server", "domain=new.org"), false, "new.org", false, ""},
		"nothing there, and named":   {"", request(""), false, "", false, "owgen.yaml to repeat"},
		"repeated":                   {bundled, request(""), false, "example.org", false, ""},
		"the same again":             {bundled, request("single-server", "domain=example.org"), false, "example.org", false, ""},
		"the profile alone":          {bundled, request("single-server"), false, "example.org", false, ""},
		"something else":             {bundled, request("", "domain=new.org", "timezone=Europe/Rome"), false, "", false, "about timezone, domain"},
		"something else, saved":      {bundled, request("", "domain=new.org"), true, "new.org", true, ""},
		"nothing new is not saved":   {bundled, request("", "domain=example.org"), true, "example.org", false, ""},
		"a mistake in what is there": {"domian: x\n", request("", "domain=new.org"), true, "", false, "domian"},
		"a mistake in what is given": {bundled, request("", "domian=new.org"), true, "", false, "domian"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			in, err := ForBundle(t.Context(), test.request, folder(t, test.text), test.save)
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
	in, err := ForBundle(t.Context(), request(""), dir, false)
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
	_, err := ForBundle(t.Context(), request("", "domain=new.org"), dir, false)
	if want := "the command line says otherwise than " + Own(dir) + " about domain"; !errors.Is(err, ErrContradiction) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
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
	if _, err := ForBundle(t.Context(), request("single-server"), dir, false); !errors.Is(err, ErrDangling) {
		t.Errorf("got %v", err)
	}
}

func TestNamed(t *testing.T) {
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
		asked, dir, err := Named(request("", "domain=new.org"), test.name)
		if asked.Source.Profile != test.input || dir != test.dir || !errors.Is(err, test.err) || len(asked.Source.Set) != 1 {
			t.Errorf("%q: %v, %s, %v", test.name, asked.Source, dir, err)
		}
	}
}

func TestExisting(t *testing.T) {
	with, without := folder(t, bundled), folder(t, "")
	if asked, err := Existing(request("single-server"), with); asked.Source.Profile != Own(with) || err != nil {
		t.Errorf("%s, %v", asked.Source.Profile, err)
	}
	for _, dir := range []string{without, filepath.Join(without, "no-such")} {
		if _, err := Existing(request(""), dir); !errors.Is(err, ErrNoBundle) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

// What is wrong with the service folders does not hide what is wrong with the input.
func TestFaultsOfTheCatalogueAndTheInputTogether(t *testing.T) {
	asked := request("")
	asked.Catalog = append(asked.Catalog, catalog.Layer{Name: "mine", FS: fstest.MapFS{"x/service.yaml": {Data: []byte("nonsense: 1\n")}}})
	_, err := ForBundle(t.Context(), asked, folder(t, "domian: x\n"), false)
	if err == nil || !sameWords(err.Error(), "nonsense domian") {
		t.Errorf("got %v", err)
	}
}

// Who types the first command once more, inside of the bundle that it has made, is told so; what lies beside a bundle is no business of it.
func TestNoBundleIsMadeInABundle(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("made/deep", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"made/owgen.lock", "made/owgen.yaml"} {
		if err := os.WriteFile(file, []byte(bundled), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for dir, want := range map[string]string{"made/bundle": "made", "made/deep/more/bundle": "made", "./made/x/../y": "made", "made": "", "other": "", "other/bundle": "", ".": "", "../elsewhere": "", filepath.Join(t.TempDir(), "x"): ""} {
		_, err := ForBundle(t.Context(), request("single-server"), dir, false)
		if (want != "") != errors.Is(err, ErrWithin) || want != "" && !strings.Contains(err.Error(), "in the bundle in "+want) {
			t.Errorf("%s: %v", dir, err)
		}
	}
	t.Chdir("made")
	for dir, want := range map[string]bool{"bundle": true, "deep/bundle": true, ".": false, "../beside": false} {
		if _, err := ForBundle(t.Context(), request("single-server"), dir, false); want != errors.Is(err, ErrWithin) {
			t.Errorf("inside, %s: %v", dir, err)
		}
	}
}
