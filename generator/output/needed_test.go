package output

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/secret"
)

func asked(line int, key string) diag.Place {
	return diag.Place{File: "owgen.yaml", Line: line, Path: key}
}

// What images are built from has to be there; the finding stands where the input names it.
func TestNeeded(t *testing.T) {
	dir := t.TempDir()
	elsewhere := t.TempDir()
	write(t, dir, map[string]string{"custom/there.pem": "x", "custom/empty.pem": "", "custom/modules/a/setup.py": "x"})
	write(t, elsewhere, map[string]string{"there.pem": "x"})
	b := bundled(map[string]string{"a": "1"})
	for i, n := range []bundle.Needed{
		{Path: "custom/there.pem"},
		{Path: "./custom/../custom/there.pem"},
		{Path: filepath.Join(elsewhere, "there.pem")},
		{Path: "custom/modules/a", Folder: true},
		{Path: "custom/absent.pem"},
		{Path: "custom/empty.pem"},
		{Path: "custom/modules"},
		{Path: "custom/modules/b", Folder: true},
		{Path: "custom/there.pem", Folder: true},
		{Path: "/nowhere/absent.pem"},
		{Path: "../absent.pem"},
	} {
		n.Asked = asked(i+1, "a.file")
		b.Needed = append(b.Needed, n)
	}
	b.Needed = append(b.Needed, bundle.Needed{Path: "by/default.pem"})
	p := compare(t, dir, b)
	equal(t, "findings", []string{
		"output/needed error by/default.pem: it is not there, and images are built from it",
		"output/needed error owgen.yaml:5 a.file: custom/absent.pem: it is not there, and images are built from it",
		"output/needed error owgen.yaml:6 a.file: custom/empty.pem: the file is empty",
		"output/needed error owgen.yaml:7 a.file: custom/modules: it is no file",
		"output/needed error owgen.yaml:8 a.file: custom/modules/b: it is not there, and images are built from it",
		"output/needed error owgen.yaml:9 a.file: custom/there.pem: it is no folder",
		"output/needed warning owgen.yaml:10 a.file: /nowhere/absent.pem: it is not there, and images are built from it",
		"output/needed warning owgen.yaml:11 a.file: ../absent.pem: it is not there, and images are built from it",
	}, placed(p.NeededFindings))
	if _, err := Apply(p, options()); err == nil {
		t.Error("Apply went on")
	}
	if _, err := os.Stat(filepath.Join(dir, "a")); err == nil {
		t.Error("Apply has written")
	}
	b.Needed = b.Needed[:4]
	apply(t, dir, b, options())
}

// A file of the user's that services get is missed where the input names it, and only that is the input's to say.
func TestAsked(t *testing.T) {
	b := bundled(map[string]string{"a": "1"}, random("one"),
		secret.Spec{Name: "cert", Kind: secret.Provided, File: "custom/cert.pem", Asked: asked(3, "tls.file")})
	p := compare(t, generated(t, b), b)
	want := []string{"output/secret-absent warning owgen.yaml:3 tls.file: custom/cert.pem: the file is not there"}
	equal(t, "findings", want, placed(p.SecretFindings))
	equal(t, "asked", want, placed(p.Asked()))
}

func placed(l diag.List) []string {
	var out []string
	for _, f := range l {
		at := f.Place()
		if f.Path != "" {
			at = at[:len(at)-2] + " " + f.Path + ": "
		}
		out = append(out, f.Rule+" "+f.Severity.String()+" "+at+f.Message)
	}
	return out
}
