package archive

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBill(t *testing.T) {
	lock := "# comment\nDjango[argon2]==4.2.1 ; python_version > '3' \\\n    --hash=sha256:" + strings.Repeat("a", 64) + "\nzope.interface==6.0+local \\\n    --hash=sha256:" + strings.Repeat("b", 64) + "\n"
	m := Material{Project: "test", Version: "0.1.0", Digest: "sha256:0",
		Entries: []Entry{{Path: "x/lock.txt", Data: []byte(lock)}, {Path: "x/notes.txt", Data: []byte("other==1.0\n")}},
		Images:  []Image{{Name: "a:1", Packages: []Package{{"libc6", "2.41-12+deb13u1", "amd64", "glibc"}}}, {Name: "b:2", Packages: []Package{{"libc6", "2.41-12+deb13u1", "amd64", "glibc"}}}}}
	text, err := Bill(m)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(m.Images)
	if again, _ := Bill(m); !bytes.Equal(text, again) {
		t.Error("the order of the images changes the bill")
	}
	for _, want := range []string{`"pkg:pypi/django@4.2.1"`, `"pkg:pypi/zope-interface@6.0+local"`, `"pkg:deb/debian/libc6@2.41-12+deb13u1?arch=amd64&source=glibc"`, `"image:a:1"`, `"serialNumber": "urn:uuid:`} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the bill lacks %s\n%s", want, text)
		}
	}
	if bytes.Contains(text, []byte("other")) || bytes.Contains(text, []byte("timestamp")) {
		t.Errorf("the bill has too much\n%s", text)
	}
}

func TestDebianPackages(t *testing.T) {
	status := "Package: libc6\nStatus: install ok installed\nSource: glibc (2.41)\nArchitecture: amd64\nVersion: 2.41-12\nDescription: x\n Package: not\n\n" +
		"Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\nPackage: tini\nStatus: install ok installed\nArchitecture: amd64\nVersion: 0.19\n"
	want := []Package{{"libc6", "2.41-12", "amd64", "glibc"}, {"tini", "0.19", "amd64", ""}}
	if diff := cmp.Diff(want, DebianPackages([]byte(status))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
